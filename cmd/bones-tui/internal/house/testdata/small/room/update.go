package room

func (m *Model) update() string { return m.panes[0].draw(m) }
