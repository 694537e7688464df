package termtest_test

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"
)

// TestMain is the program under the harness as well: a test binary that finds programEnv runs it instead of the tests.
func TestMain(m *testing.M) {
	if os.Getenv(programEnv) != "" {
		final, err := tea.NewProgram(program{}).Run()
		if err != nil {
			os.Exit(1)
		}
		fmt.Println("goodbye")
		os.Exit(final.(program).code)
	}
	goleak.VerifyTestMain(m)
}

const programEnv = "TERMTEST_PROGRAM"

// self returns the command that runs the program below.
func self(t *testing.T) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), programEnv+"=1", "TERM=xterm-256color", "COLORTERM=truecolor")
	return cmd
}

// program shows what its terminal tells it.
type program struct {
	w, h, code        int
	typed, pasted, bg string
	version           string
	rows              int
}

// settled says that the terminal has had its size for a while.
type settled struct{}

func (p program) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, tea.RequestTerminalVersion)
}

func (p program) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.w, p.h = msg.Width, msg.Height
		// A frame for the old size may still be on its way, and the renderer ends its scrolls by setting the scroll region
		// to the height that it knew. Undo that and paint once more when it has arrived.
		return p, tea.Tick(100*time.Millisecond, func(time.Time) tea.Msg { return settled{} })
	case settled:
		return p, tea.Sequence(tea.Raw("\x1b[r"), tea.ClearScreen)
	case tea.BackgroundColorMsg:
		p.bg = "light"
		if msg.IsDark() {
			p.bg = "dark"
		}
	case tea.TerminalVersionMsg:
		p.version = msg.Name
	case tea.PasteMsg:
		p.pasted = msg.Content
	case tea.KeyPressMsg:
		switch msg.String() {
		case "ctrl+c":
			return p, tea.Quit
		case "ctrl+e":
			p.code = 7
			return p, tea.Quit
		case "down":
			p.rows++
		default:
			p.typed += "<" + msg.String() + ">"
		}
	}
	return p, nil
}

func (p program) View() tea.View {
	text := fmt.Sprintf("\x1b[1;31mready\x1b[0m size %dx%d\nbackground %s\nversion %s\ntyped %s\npasted %s\n",
		p.w, p.h, p.bg, p.version, p.typed, p.pasted)
	for i := range max(p.h-7, 0) {
		text += fmt.Sprintf("row %d\n", p.rows+i)
	}
	v := tea.NewView(text + "last line")
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.ReportFocus = true
	v.WindowTitle = "program"
	return v
}
