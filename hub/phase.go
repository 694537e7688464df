package hub

// Phase is where a hub is in its life.
type Phase uint8

// The phases, in the order a healthy hub passes them. Failed is reached from
// any of them.
const (
	PhaseIdle     Phase = iota // built, not run
	PhaseStarting              // bringing services up; Status.Step says which
	PhaseReady                 // both services answer
	PhaseDraining              // stop accepted, letting go in order
	PhaseStopped               // ended cleanly
	PhaseFailed                // ended with an error, or one of its services died
)

// String returns the phase in lower case.
func (p Phase) String() string {
	switch p {
	case PhaseIdle:
		return "idle"
	case PhaseStarting:
		return "starting"
	case PhaseReady:
		return "ready"
	case PhaseDraining:
		return "draining"
	case PhaseStopped:
		return "stopped"
	case PhaseFailed:
		return "failed"
	default:
		return "unknown"
	}
}
