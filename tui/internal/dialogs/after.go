package dialogs

// AfterStop is what follows once the hub has ended.
type AfterStop uint8

// What can follow.
const (
	ThenNothing AfterStop = iota
	ThenQuit
	ThenRestart
	ThenReseed
)

// String is what happens once the slots are done, in a sentence that begins "then".
func (s AfterStop) String() string {
	return [...]string{"the hub stops", "the hub stops and this screen closes", "the hub restarts", "it is reseeded"}[s]
}
