package pace

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// AnswerWithin is how long a terminal may take to say its background colour. Those that never
// do, as the console of Linux, hold up a program that ends sooner.
const AnswerWithin = time.Second

// UnansweredMsg says that the terminal does not answer any more.
type UnansweredMsg struct{}

// Farewell keeps a program that ends at once until the terminal has answered what it was
// asked first: an answer that comes later is typed at the shell's prompt.
type Farewell struct{ answered, leaving bool }

// Filter is called by the program with each message, before the model.
func (f *Farewell) Filter(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg.(type) {
	case tea.QuitMsg:
		f.leaving = true
		if !f.answered {
			return nil
		}
	case tea.BackgroundColorMsg, UnansweredMsg:
		f.answered = true
		if f.leaving {
			return tea.QuitMsg{}
		}
		if msg == (UnansweredMsg{}) {
			return nil
		}
	}
	return msg
}
