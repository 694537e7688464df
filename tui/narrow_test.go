package tui_test

import (
	"strings"
	"testing"

	"bones-tui/tui"
)

// under is the text of the row below the titles of a list.
func under(s *tui.Screen, title string) string {
	rows := strings.Split(plain(s.Frame()), "\n")
	for i, row := range rows {
		if strings.Contains(row, title) && i+1 < len(rows) {
			return rows[i+1]
		}
	}
	return ""
}

// TestEveryListIsFilteredAndSortedTheSameWay goes into each list, narrows it, and
// sorts it by each of its columns.
func TestEveryListIsFilteredAndSortedTheSameWay(t *testing.T) {
	for _, c := range []struct {
		list, filter, shown string
		keys                string // sort by this column
		title, first        string // of the titles, and what is under them then
		reversed            string
	}{
		{"connections", "slot-", "2 of 5", "oooooo", "PENDING", "(no name)", "bones-hub"},
		{"stores", "presence | tasks-events", "2 of 3", "ooo", "MESSAGES", "tasks-events", "bones-presence"},
		{"bucket", "-t-7c92", "8 of 9", "o", "KEY", "t-7c92", "t-7c9a"},
		{"stream", "/1200|1201/", "0 of 6", "o", "SEQUENCE", "1,204", "1,199"},
		{"timeline", "paginate", "1 of 3", "oo", "BY", "orchestrator", "slot-auth"},
		{"timeline", "agent:slot-auth", "1 of 3", "oo", "BY", "orchestrator", "slot-auth"},
		{"timeline", "until:2000-01-01", "0 of 3", "oo", "BY", "orchestrator", "slot-auth"},
		{"check-in", "größe", "1 of 4", "oo", "4 files", "auth/keys.go", "docs/größe.md"},
		{"activity", "level>=error slot-web", "0 of 6", "oo", "WHAT", "! closed", "reap"},
		{"activity", "level>=error", "2 of 6", "o", "WHAT", "reap", "hub start"},
	} {
		t.Run(c.list+" "+c.filter, func(t *testing.T) {
			s := inspecting(t, inspectable())
			press(s, depths[c.list]...)
			s.AwaitDetail()
			rows := func() string { return strings.ReplaceAll(plain(s.Frame()), "▌", " ") } // the cursor stays on a row that was left
			before := rows()
			s.Press("/")
			s.Type(c.filter)
			s.AwaitText(c.shown)
			s.Press("enter")
			s.AwaitText("clear filter")
			s.AwaitText(c.shown)
			s.Press("esc")
			if after := rows(); after != before {
				t.Fatalf("esc does not lead back to all rows:\n%s", after)
			}
			s.Press("/")
			s.Type(c.filter)
			s.Press("esc")
			s.AwaitNoText(c.shown)
			s.Press(strings.Split(c.keys, "")...)
			s.AwaitText("sort: ")
			if got := under(s, c.title); !strings.Contains(got, c.first) {
				t.Errorf("the first row is %q, want %q in\n%s", got, c.first, plain(s.Frame()))
			}
			s.Press("O")
			s.AwaitText("↑")
			if got := under(s, c.title); !strings.Contains(got, c.reversed) {
				t.Errorf("reversed the first row is %q, want %q in\n%s", got, c.reversed, plain(s.Frame()))
			}
			for range 20 {
				s.Press("o")
				if strings.Contains(plain(s.Frame()), "sort: as they came") {
					return // after the last column: as they came
				}
			}
			t.Error("sorting never leads back to the order in which the rows came")
		})
	}
}

func TestAFilterStaysWithItsList(t *testing.T) {
	s := inspecting(t, inspectable())
	press(s, depths["bucket"]...)
	s.Press("/")
	s.Type("t-7c93")
	s.Press("enter")
	s.AwaitText("1 of 9")
	press(s, step{[]string{"enter"}, "KEY t-7c93"}, step{[]string{"esc"}, "1 of 9"}, step{[]string{"esc"}, "9 keys"})
	s.AwaitNoText("1 of 9")
	s.Press("esc")
	s.AwaitText("STREAMS AND BUCKETS")
}

func TestAnEmptyFilterIsNone(t *testing.T) {
	s := inspecting(t, inspectable())
	press(s, depths["bucket"]...)
	s.Press("/")
	s.Type("x")
	s.Press("backspace", "enter", "esc")
	if !strings.Contains(plain(s.Frame()), "STREAMS AND BUCKETS") {
		t.Error("esc does not lead back")
	}
}

func TestHelpInADetail(t *testing.T) {
	s := inspecting(t, inspectable())
	press(s, depths["connections"]...)
	s.Press("?")
	for _, text := range []string{"Keys that work now", "filter", "sort", "next list", "half a page up"} {
		if !strings.Contains(plain(s.Frame()), text) {
			t.Errorf("help does not name %q:\n%s", text, plain(s.Frame()))
		}
	}
	s.AwaitNoText("sample now")
	s.Press("?")
	s.AwaitNoText("Keys that work now")
	s.AwaitText("CONNECTIONS")
	s.Press("esc")
	s.AwaitText("FOLLOW")
}

// TestADialogLeadsBackToTheDetail: it interrupts what is typed, and nothing else.
func TestADialogLeadsBackToTheDetail(t *testing.T) {
	w := newWorld(t)
	w.inspect(inspectable())
	w.hub.live = team()[:1]
	s := w.start(120, 40)
	s.AwaitText("pid 48211")
	press(s, depths["connections"]...)
	s.Press("/")
	s.Type("auth")
	s.AwaitText("1 of 5")
	s.Press("ctrl+c")
	s.AwaitText("Quit webapp")
	s.AwaitDialog()
	s.Press("esc")
	s.AwaitNoText("Quit webapp")
	s.AwaitText("1 of 5")
	s.Press("esc", "esc")
	s.AwaitText("FOLLOW")
}
