package tui_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/tui"
)

func busyScreen(t *testing.T) (*world, *tui.Screen) {
	t.Helper()
	w := newWorld(t)
	w.SaveDir = filepath.Join(t.TempDir(), "saved")
	busy(w)
	w.raw("\ngoroutine 71 [running]:\nmain.main()\n\t/src/main.go:12 +0x1d\n")
	s := w.start(120, 40)
	s.AwaitText("6 lines ")
	s.AwaitText("(5 lines, enter opens)")
	s.AwaitText("1 stale")
	return w, s
}

func TestLogDetail(t *testing.T) {
	_, s := busyScreen(t)
	t.Run("a folded panic is shown whole, with its neighbours", func(t *testing.T) {
		s.Press("enter")
		s.AwaitText("/src/main.go:12")
		s.AwaitText("cas conflict")
	})
	t.Run("esc goes back", func(t *testing.T) {
		s.Press("esc")
		s.AwaitNoText("/src/main.go:12")
		s.AwaitText("FOLLOW")
	})
	t.Run("an entry is shown as formatted JSON", func(t *testing.T) {
		s.Press("k", "enter")
		s.AwaitText(`"err": "cas conflict: rev 41, want 40"`)
		s.Press("Y")
		s.Await("copy", func() bool { return strings.HasPrefix(s.Clipboard, `{"ts":"2026-11-24T11:59:42Z","level":"ERROR"`) })
		s.Press("esc")
	})
}

func TestSlotDetail(t *testing.T) {
	w, s := busyScreen(t)
	s.Press("3", "enter")
	s.AwaitText("SLOT auth")
	s.AwaitText("stale: its session was renewed 121s ago, more than 90s")
	s.AwaitText("Its last lines in hub.log")
	t.Run("follows the slot", func(t *testing.T) {
		renewed := team()
		renewed[1].Renewed = noon
		w.slots <- renewed
		s.Await("new snapshot", func() bool {
			s.Clock(noon)
			return strings.Contains(plain(s.Frame()), "active: its session was renewed 0s ago")
		})
	})
	t.Run("y copies its name", func(t *testing.T) {
		s.Press("y")
		s.Await("copy", func() bool { return s.Clipboard == "auth" })
	})
}

func TestSeek(t *testing.T) {
	w := newWorld(t)
	w.log(numbered(0, 3000)...)
	w.log(morning()...)
	w.log(numbered(3000, 3000)...)
	w.log(morning()...)
	w.log(numbered(6000, 3000)...)
	s := w.start(120, 40)
	s.AwaitText("9,010 lines ")
	t.Run("e goes to the newest error, then to none further", func(t *testing.T) {
		s.Press("e")
		s.AwaitText("cas conflict")
		s.AwaitText(line(6000))
		s.AwaitText("PAUSED")
		s.Press("e")
		s.AwaitText("no further errors")
	})
	t.Run("E goes back", func(t *testing.T) {
		s.Press("E")
		s.AwaitText(line(3000))
		s.AwaitText("cas conflict")
		s.Press("E")
		s.AwaitText("no earlier errors")
	})
	t.Run("c shows all and marks, n and N go from match to match", func(t *testing.T) {
		s.Press("G", "/")
		s.Type("PreToolUse")
		s.Press("enter")
		s.AwaitText("2 of 9,010")
		s.Press("c")
		s.AwaitText("marked")
		s.AwaitText(line(8999))
		s.Press("N")
		s.AwaitText("PreToolUse")
		s.AwaitText(line(6000))
		if !strings.Contains(s.Frame(), "\x1b[7mPreToolUse") {
			t.Errorf("the match does not stand out:\n%q", s.Frame())
		}
		s.Press("N")
		s.AwaitText(line(3000))
		s.Press("n")
		s.AwaitText(line(6000))
		s.Press("c")
		s.AwaitText("2 of 9,010")
		s.Press("esc")
		s.AwaitText("9,010 lines ")
	})
	t.Run("m marks, u goes around the marks", func(t *testing.T) {
		s.Press("u")
		s.AwaitText("no line is marked")
		s.Press("G")
		s.AwaitText(line(8999))
		s.Press("k", "m", "g")
		s.AwaitText(line(0))
		s.Press("m", "u")
		s.AwaitText(line(8998))
		s.Press("u")
		s.AwaitText(line(0))
		s.Press("m", "u") // unmarked: only the other one is left
		s.AwaitText(line(8998))
		s.AwaitText("◆")
	})
}

func TestPickField(t *testing.T) {
	_, s := busyScreen(t)
	s.Press("e")
	s.AwaitText("PAUSED")
	s.Press("k", "k", "x")
	s.AwaitText("Leave out lines with")
	s.Type("matcher")
	s.Press("enter")
	s.AwaitText("-matcher:bash")
	s.AwaitText("5 of 6 ")
	s.AwaitNoText("PreToolUse")
	t.Run("and stays where it was", func(t *testing.T) {
		s.AwaitText("▌■11:59:42") // the line after the one that is hidden now
		s.AwaitText("PAUSED")
	})
	s.Press("esc")
	s.AwaitText("PreToolUse")
	s.Press("i")
	s.AwaitText("Only lines with")
	s.Press("esc")
	s.AwaitNoText("Only lines with")
	s.AwaitText("6 lines ")
}

func TestPalette(t *testing.T) {
	_, s := busyScreen(t)
	s.Press(":")
	s.AwaitText("Commands")
	if s.View().Cursor == nil {
		t.Error("there is no cursor to type at")
	}
	s.Type("forcstp")
	s.Press("enter")
	s.AwaitText("FORCE stop")
	s.AwaitDialog()
	s.Press("esc", "ctrl+p")
	s.Type("histogram")
	s.AwaitText("▸ lines over time")
	s.Press("esc", "ctrl+p")
	s.Type("no such command")
	s.AwaitText("nothing like it")
	s.Press("enter")
	s.AwaitNoText("Commands")
}

func TestNothingToCopyIsSaid(t *testing.T) {
	w := newWorld(t)
	w.slots <- nil
	s := w.start(120, 40)
	s.AwaitText("RUNNING")
	s.Press("!")
	s.AwaitText("nothing needs a look")
	s.Press("Y")
	s.AwaitText("there is nothing to copy")
}

func TestPaletteInADetail(t *testing.T) {
	_, s := busyScreen(t)
	s.AwaitText("1 finding ")
	s.Press("!")
	s.AwaitText("mend it")
	s.Press(":")
	s.AwaitText("Commands")
	if strings.Contains(plain(s.Frame()), "force stop") {
		t.Error("the detail offers what it does not do")
	}
	s.Press("esc")
	s.AwaitText("FINDINGS")
	s.Press(":")
	s.Type("copall")
	s.Press("enter")
	s.AwaitText("copied")
	s.AwaitText("FINDINGS")
}

func TestPaletteWhoseHubEnds(t *testing.T) {
	w, s := busyScreen(t)
	s.AwaitText("RUNNING")
	s.Press(":")
	s.Type("force stop")
	w.hub.set((*fakeHub).finish)
	s.AwaitText("STOPPED")
	s.Press("enter")
	s.AwaitText("not possible any more: force stop")
}

func TestSave(t *testing.T) {
	w, s := busyScreen(t)
	s.Press("l", "l")
	s.AwaitText("3 of 6 ")
	s.Press("ctrl+s")
	s.AwaitText("saved 7 lines to")
	path := filepath.Join(w.SaveDir, "hub-20261124T120000Z.ndjson")
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want []byte
	for _, e := range morning() {
		if e.Level >= hublog.LevelWarn {
			want = e.Append(want)
		}
	}
	if !strings.HasPrefix(string(got), string(want)) || !strings.Contains(string(got), "\t/src/main.go:12") {
		t.Errorf("saved\n%s\nwant\n%s and the panic", got, want)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the file is readable by others: %v, %v", info.Mode(), err)
	}
	t.Run("does not overwrite", func(t *testing.T) {
		s.Press("ctrl+s")
		s.AwaitText("file exists")
	})
}

func TestFilterInput(t *testing.T) {
	_, s := busyScreen(t)
	t.Run("tab completes fields and seen values", func(t *testing.T) {
		s.Press("/")
		s.Type("agent:slot-b")
		s.Press("tab")
		s.AwaitText("agent:slot-billing")
		s.AwaitText("1 of 6 ")
		s.Press("enter")
		s.Press("esc")
		s.AwaitText("6 lines ")
	})
	t.Run("up and down go through what was kept", func(t *testing.T) {
		for _, text := range []string{"conflict", "level>=warn"} {
			s.Press("/")
			s.Type(text)
			s.Press("enter", "esc")
		}
		s.Press("/")
		s.Type("new")
		s.Press("up")
		s.AwaitText("/ level>=warn")
		s.Press("up")
		s.AwaitText("/ conflict")
		s.AwaitText("1 of 6 ")
		s.Press("down", "down")
		s.AwaitText("/ new")
		s.Press("esc")
		s.AwaitText("6 lines ")
	})
}

func TestFindings(t *testing.T) {
	_, s := busyScreen(t)
	s.AwaitText("pid 48211")
	s.Press("!")
	s.AwaitText("slot auth has not renewed its lease for 121s")
	s.AwaitText("bones swarm close --slot=auth --result=fail")
	s.Press("y")
	s.Await("copy", func() bool { return s.Clipboard == "bones swarm close --slot=auth --result=fail" })
}

func TestSlotsFilter(t *testing.T) {
	w, s := busyScreen(t)
	s.Press("3", "/")
	s.Type("agent:slot-*")
	s.AwaitText("5 of 6")
	s.Type(" -paginate")
	s.AwaitText("4 of 6")
	s.Press("enter")
	w.slots <- append(team(), slot("extra", "t-1", "one more", 0))
	s.AwaitText("5 of 7")
	s.Press("esc")
	s.AwaitNoText("5 of 7")
	s.AwaitText("sort: state")
}

func TestStartAgain(t *testing.T) {
	w := newWorld(t)
	connect := w.Connect
	w.fail(os.ErrDeadlineExceeded)
	again := w.Connect
	w.Connect = func(ctx context.Context) (tui.Session, error) { return again(ctx) }
	s := w.start(120, 40)
	s.AwaitText("FAILED")
	s.AwaitText("The hub failed")
	again = connect
	s.Press("r")
	s.AwaitText("RUNNING")
	s.AwaitNoText("The hub failed")
	t.Run("what an older hub says is not heard", func(t *testing.T) {
		s.Send(tui.Gone(nil)) // of the first generation
		s.AwaitText("RUNNING")
	})
}

func TestCursorStartsOnTheTopRow(t *testing.T) {
	w := newWorld(t)
	s := w.start(120, 40)
	all := team()
	for n := 1; n <= len(all); n++ { // as their directories, sessions and tasks are found
		w.slots <- all[:n]
	}
	s.AwaitText("1 expired")
	s.Press("3")
	s.AwaitText("▌ ! stale         auth")
	s.Press("j")
	s.AwaitText("▌ ● active        api")
	all[2].Renewed = noon.Add(-99 * time.Second)
	w.slots <- all
	s.AwaitText("2 stale")
	s.AwaitText("▌ ● active        api")
}

func TestSlotsSayHowOldTheyAre(t *testing.T) {
	w := newWorld(t)
	w.slots <- team()
	s := w.start(120, 40)
	s.AwaitText("pid 48211")
	s.AwaitText("1 stale")
	tell := func(problem string) {
		w.hub.set(func(h *fakeHub) { w.sees = problem })
		s.Await("answer", func() bool {
			s.Clock(noon.Add(7 * time.Second))
			return strings.Contains(plain(s.Frame()), "not connected") == (problem != "")
		})
	}
	s.AwaitNoText("as of")
	tell("not connected")
	s.AwaitText("as of 7s ago")
	tell("")
	s.AwaitNoText("as of")
}
