package termtest_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"bones-tui/cmd/bones-tui/internal/termtest"
)

func TestTypingReachesTheProgram(t *testing.T) {
	term := termtest.Start(t, self(t), 100, 20)
	term.WaitFor("ready size 100x20")
	term.Type("añ")
	for _, key := range []string{"enter", "esc"} {
		term.Key(key)
		term.WaitFor("<" + key + ">") // an escape and the key after it would be one key
	}
	term.Key("shift+tab", "pgdown", "ctrl+left", "f5", "alt+x", "ctrl+d")
	term.WaitFor("typed <a><ñ><enter><esc><shift+tab><pgdown><ctrl+left><f5><alt+x><ctrl+d>")
	term.Paste("two words")
	term.WaitFor("pasted two words")
	if err := term.Console().Key("hyper+q"); !errors.Is(err, termtest.ErrKey) {
		t.Errorf("an unknown key: %v, want ErrKey", err)
	}
}

func TestTheTerminalAnswersQuestions(t *testing.T) {
	term := termtest.Start(t, self(t), 80, 20)
	term.WaitFor("background dark")
	term.WaitFor("version termtest")
	if f := term.Frame(); f.Title != "program" {
		t.Errorf("title %q", f.Title)
	}
	light := termtest.StartTheme(t, self(t), 80, 20, termtest.LightTheme())
	light.WaitFor("background light")
	if !bytes.Contains(light.Output(), []byte(ansi.SetModeSynchronizedOutput)) {
		t.Error("the program did not learn that frames can be synchronised")
	}
}

func TestCellsHaveStyle(t *testing.T) {
	term := termtest.Start(t, self(t), 80, 20)
	f := term.WaitFor("ready size 80x20")
	x, y, ok := f.Find("ready")
	if c := f.At(x, y); !ok || x != 0 || y != 0 || c.Text != "r" || !c.Bold || c.Fg != ansi.Red {
		t.Errorf("cell at %d, %d is %+v, want a bold red r", x, y, c)
	}
	x, y, _ = f.Find("size")
	if c := f.At(x, y); c.Text != "s" || c.Style != (termtest.Style{}) {
		t.Errorf("cell at %d, %d is %+v, want a plain s", x, y, c)
	}
	if f.Cursor.Visible {
		t.Error("the program has hidden the cursor, the frame shows it")
	}
}

func TestResizeWhileScrolling(t *testing.T) {
	term := termtest.Start(t, self(t), 80, 40)
	term.WaitFor("last line")
	for _, size := range [][2]int{{60, 15}, {100, 30}, {40, 10}} {
		for range 5 {
			term.Key("down")
		}
		term.Resize(size[0], size[1])
		for range 5 {
			term.Key("down")
		}
		f := term.WaitForFunc("a whole frame", func(f termtest.Frame) bool {
			return f.Has(sizeText(size)) && f.Line(size[1]-2) == "last line"
		})
		if f.Width != size[0] || f.Height != size[1] || len(f.Cells) != size[0]*size[1] {
			t.Errorf("frame is %dx%d with %d cells", f.Width, f.Height, len(f.Cells))
		}
	}
}

func TestAProgramThatEndsRestoresItsTerminal(t *testing.T) {
	for key, want := range map[string]int{"ctrl+c": 0, "ctrl+e": 7} {
		term := termtest.Start(t, self(t), 80, 20)
		term.WaitFor("ready size 80x20")
		var left *termtest.NotRestoredError
		if err := term.Restored(); !errors.As(err, &left) {
			t.Errorf("while the program runs: %v, want a NotRestoredError", err)
		}
		term.Key(key)
		if code := term.Exit(); code != want {
			t.Errorf("%s: exit code %d, want %d", key, code, want)
		}
		if err := term.Restored(); err != nil {
			t.Errorf("%s: %v", key, err)
		}
		if screen := term.Screen(); !strings.HasPrefix(screen, "goodbye\n") {
			t.Errorf("after the program the screen is\n%s", screen)
		}
	}
}

func TestAKilledProgramLeavesItsTerminalAsItWas(t *testing.T) {
	term := termtest.Start(t, self(t), 80, 20)
	term.WaitFor("ready size 80x20")
	term.Signal(syscall.SIGKILL)
	if code := term.Exit(); code != 128+9 {
		t.Errorf("exit code %d, want 137", code)
	}
	var left *termtest.NotRestoredError
	if err := term.Restored(); !errors.As(err, &left) {
		t.Fatalf("%v, want a NotRestoredError", err)
	}
	for _, want := range []string{
		"alternate screen", "cursor hidden", "bracketed paste", "focus reports", "mouse drags", "echo off", "line mode off",
	} {
		if !slices.Contains(left.Left, want) {
			t.Errorf("%q is not in %q", want, left.Left)
		}
	}
}

func TestHangupIsSeenByTheProgram(t *testing.T) {
	// Where the tests were started with SIGHUP ignored, as under nohup, a shell
	// would inherit that and could not trap it.
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	term := termtest.Start(t, exec.Command("sh", "-c", "trap 'exit 3' HUP; echo up; while :; do read line || sleep 0.01; done"), 40, 5)
	term.WaitFor("up")
	term.Hangup()
	if code := term.Exit(); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
	if err := term.Restored(); err == nil {
		t.Error("a closed terminal counts as restored")
	}
}

func TestTheLastOutputIsOnTheScreen(t *testing.T) {
	term := termtest.Start(t, exec.Command("sh", "-c", "seq 1 20000; printf 'the end'"), 40, 5)
	if code := term.Exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if want := "19997\n19998\n19999\n20000\nthe end"; term.Screen() != want {
		t.Errorf("screen is\n%s\nwant\n%s", term.Screen(), want)
	}
}

func TestPictureOfATerminal(t *testing.T) {
	term := termtest.Start(t, self(t), 80, 20)
	term.WaitFor("ready size 80x20")
	path := filepath.Join(t.TempDir(), "screen.png")
	term.Picture(path)
	decode(t, path)
}

func sizeText(size [2]int) string { return fmt.Sprintf("size %dx%d", size[0], size[1]) }
