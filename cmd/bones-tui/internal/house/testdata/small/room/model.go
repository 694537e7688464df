// Package room has a knot of three files, and one file that stands below them.
package room

// Model is the root.
type Model struct {
	Name  string
	panes []pane
}

// View draws what update has changed.
func (m *Model) View() string { return m.update() + word }
