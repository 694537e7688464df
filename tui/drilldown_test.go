package tui_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/inspect"
	"bones-tui/tui"
)

func inspecting(t *testing.T, f *fakeInspector) *tui.Screen {
	t.Helper()
	w := newWorld(t)
	w.inspect(f)
	s := w.start(120, 40)
	s.AwaitText("pid 48211")
	return s
}

// TestEveryDepthIsLeftOneStepAtATime goes into each detail and back: esc leads to
// what was there before, and at last to the panes.
func TestEveryDepthIsLeftOneStepAtATime(t *testing.T) {
	for name, steps := range depths {
		t.Run(name, func(t *testing.T) {
			s := inspecting(t, inspectable())
			var titles []string
			for _, x := range steps {
				press(s, x)
				if x.keys[len(x.keys)-1] != "tab" { // beside, not below
					titles = append(titles, title(s))
				} else {
					titles[len(titles)-1] = title(s)
				}
			}
			for i := len(titles) - 2; i >= 0; i-- {
				s.Press("esc")
				if got := title(s); got != titles[i] {
					t.Fatalf("esc leads to %q, want %q", got, titles[i])
				}
			}
			s.Press("esc")
			s.AwaitText("FOLLOW")
		})
	}
}

// title is the words of the second row.
func title(s *tui.Screen) string {
	row := strings.Split(plain(s.Frame()), "\n")[1]
	return strings.TrimSpace(strings.Split(strings.Trim(row, "━ "), "━")[0])
}

func TestListsFollowWhatChanges(t *testing.T) {
	f := inspectable()
	s := inspecting(t, f)
	press(s, depths["bucket"]...)
	s.Press("j", "j")
	s.AwaitText("▌ t-7c94")
	t.Run("the cursor stays on its key", func(t *testing.T) {
		f.set(func(f *fakeInspector) {
			e := f.entries[5]
			e.Key, e.Revision = "brand-new", 42
			f.entries = append([]inspect.Entry{e}, f.entries...)
		})
		s.Await("new key", func() bool { s.Clock(noon); return strings.Contains(plain(s.Frame()), "brand-new") })
		s.AwaitText("▌ t-7c94")
	})
	t.Run("a failure leaves what was read, and says so", func(t *testing.T) {
		f.set(func(f *fakeInspector) { f.err = errors.New("hub: read: nobody \x1b[2J answers") })
		s.Await("failure", func() bool { s.Clock(noon); return strings.Contains(plain(s.Frame()), "nobody ^[[2J answers") })
		s.AwaitText("as of 0s ago")
		s.AwaitText("▌ t-7c94")
		f.set(func(f *fakeInspector) { f.err = nil })
		s.Await("recovery", func() bool { s.Clock(noon); return !strings.Contains(plain(s.Frame()), "as of") })
	})
	t.Run("y copies the key, Y the value", func(t *testing.T) {
		s.Press("y")
		s.Await("copy", func() bool { return s.Clipboard == "t-7c94" })
		s.Press("Y")
		s.Await("copy", func() bool { return strings.HasPrefix(s.Clipboard, `{"id":"t-7c94"`) })
	})
}

func TestLongListsAreReadPageByPage(t *testing.T) {
	f := inspectable()
	f.entries, f.checkIns, f.messages = nil, nil, nil
	for i := range 30_000 {
		f.entries = append(f.entries, inspect.Entry{Key: fmt.Sprintf("key%06d", i), Revision: uint64(30_000 - i), Time: noon})
		f.messages = append(f.messages, inspect.Message{Sequence: uint64(i + 1), Subject: "s.x", Time: noon})
		f.checkIns = append(f.checkIns, inspect.TimelineEntry{CheckIn: fossil.CheckIn{UUID: fmt.Sprintf("%040d", i), Time: noon, Comment: fmt.Sprint("paginate ", i)}})
	}
	for name, c := range map[string]struct {
		steps       []step
		first, page string
	}{
		"bucket": {
			[]step{{[]string{"1", "enter"}, "slot-auth"}, {[]string{"tab"}, "bones-tasks"}, {[]string{"enter"}, "key000000"}},
			"newest first 200 of 30,000", "key000399",
		},
		"stream": {
			[]step{{[]string{"1", "enter"}, "slot-auth"}, {[]string{"tab"}, "bones-tasks"}, {[]string{"G", "enter"}, "30,000"}},
			"newest first 200 of 30,000", "29,601",
		},
		"timeline": {[]step{{[]string{"2", "enter"}, "paginate 0"}}, "first 200 of 30,000", "paginate 399"},
	} {
		t.Run(name, func(t *testing.T) {
			s := inspecting(t, f)
			press(s, c.steps...)
			s.AwaitText(c.first)
			s.Press("G")
			s.AwaitText("400 of 30,000")
			s.Press("G")
			s.AwaitText(c.page)
			before := f.count()
			s.Clock(noon)
			s.Await("refresh", func() bool { s.Clock(noon.Add(time.Second)); return f.count() > before })
			s.AwaitText(c.page)
		})
	}
}

func (f *fakeInspector) count() int { f.mu.Lock(); defer f.mu.Unlock(); return f.calls }

func TestWithoutAHubToAsk(t *testing.T) {
	w := newWorld(t)
	s := w.start(120, 40)
	s.AwaitText("pid 48211")
	s.Press("1", "enter")
	s.AwaitText("there is no hub to ask")
	s.Press("esc")
	s.AwaitText("FOLLOW")
}

func TestHostileTextInDetails(t *testing.T) {
	const evil = "\x1b[2J\x1b]52;c;aGk=\x07\u202e\r\nx\x00\u009b31m"
	f := inspectable()
	f.activity = evil
	for i := range f.conns {
		f.conns[i].Name, f.conns[i].Lang = evil+f.conns[i].Name, evil
	}
	for i := range f.stores {
		f.stores[i].Subjects = []string{evil}
	}
	for i := range f.entries {
		f.entries[i].Value, f.entries[i].Key = []byte(evil+string(f.entries[i].Value)), f.entries[i].Key+evil
	}
	for i := range f.messages {
		f.messages[i].Subject, f.messages[i].Data = evil, append(f.messages[i].Data, evil...)
		f.messages[i].Header = map[string][]string{evil: {evil}}
	}
	for i := range f.checkIns {
		c := &f.checkIns[i]
		c.User, c.Branch, c.Comment = evil, evil, evil+c.Comment
	}
	for i := range f.files {
		f.files[i].Name += evil
	}
	f.diff.Text = "+" + evil + f.diff.Text
	for name, steps := range depths {
		t.Run(name, func(t *testing.T) {
			s := inspecting(t, f)
			s.Resize(200, 60)
			for _, x := range steps {
				s.Press(x.keys...)
				s.AwaitDetail()
				s.AwaitText("^[[2J^[]52;c;aGk=^G<U+202E>")
			}
			for _, size := range [][2]int{{40, 10}, {80, 24}, {200, 60}} {
				s.Resize(size[0], size[1])
				checkFrame(t, s.Frame(), size[0], size[1])
				for _, r := range plain(s.Frame()) {
					if r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e) {
						t.Fatalf("%U reaches the screen", r)
					}
				}
			}
		})
	}
}

func TestASlotLeadsToItsTaskAndCheckIns(t *testing.T) {
	w := newWorld(t)
	busy(w)
	w.inspect(inspectable())
	s := w.start(120, 40)
	s.AwaitText("1 stale")
	press(s, step{[]string{"3", "enter"}, "Its last lines in hub.log"})
	to := func(label string) {
		s.Press("g")
		for range 40 {
			if strings.Contains(plain(s.Frame()), "▌ "+label) {
				return
			}
			s.Press("j")
		}
		t.Fatalf("the cursor does not come to %s:\n%s", label, plain(s.Frame()))
	}
	to("task")
	press(s, step{[]string{"enter"}, `"title": "rotate session keys"`}, step{[]string{"esc"}, "SLOT auth"})
	to("timeline")
	press(s, step{[]string{"enter"}, "CHECK-INS of slot-auth"}, step{nil, "rotate session keys on login"})
	s.AwaitText("1 check-in")
	press(s, step{[]string{"enter"}, "größe.md"}, step{[]string{"esc"}, "CHECK-INS of"}, step{[]string{"esc"}, "SLOT auth"}, step{[]string{"esc"}, "FOLLOW"})
}
