package room

type pane struct{ title string }

func (p pane) draw(m *Model) string { return p.title + m.Name + word + word }
