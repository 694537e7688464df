package cells

// Ink is the look of a row or a cell, before it is known on which theme.
type Ink uint8

// The inks.
const (
	InkPlain Ink = iota
	InkDim
	InkBold
	InkOK
	InkWarn
	InkBad
)

// Ink is the style of an ink.
func (t *Theme) Ink(i Ink) Style {
	return [...]Style{t.Plain, t.Dim, t.Bold, t.OK, t.Warn, t.Bad}[i]
}
