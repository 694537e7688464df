package tui

// ink is the look of a row of a detail, before it is known on which theme.
type ink uint8

const (
	inkPlain ink = iota
	inkDim
	inkBold
	inkOK
	inkWarn
	inkBad
)

func (t *theme) ink(i ink) style {
	return [...]style{t.plain, t.dim, t.bold, t.ok, t.warn, t.bad}[i]
}
