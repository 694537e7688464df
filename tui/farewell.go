package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// answerWithin is how long a terminal may take to say its background colour. Those that never
// do, as the console of Linux, hold up a program that ends sooner.
const answerWithin = time.Second

// unansweredMsg says that the terminal does not answer any more.
type unansweredMsg struct{}

// farewell keeps a program that ends at once until the terminal has answered what it was
// asked first: an answer that comes later is typed at the shell's prompt.
type farewell struct{ answered, leaving bool }

// filter is called by the program with each message, before the model.
func (f *farewell) filter(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg.(type) {
	case tea.QuitMsg:
		f.leaving = true
		if !f.answered {
			return nil
		}
	case tea.BackgroundColorMsg, unansweredMsg:
		f.answered = true
		if f.leaving {
			return tea.QuitMsg{}
		}
		if msg == (unansweredMsg{}) {
			return nil
		}
	}
	return msg
}
