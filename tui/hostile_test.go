package tui_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"bones-tui/hub"
	"bones-tui/hub/hublog"
	"bones-tui/slots"
	"bones-tui/tui"
)

// hostile are texts that a terminal would obey, that hide, or that are endless.
func hostile() []string {
	return []string{
		"\x1b[2J\x1b[H\x1b[31mred", "\x1b]0;PWNED\x07", "\x1b]52;c;UFdORUQ=\x07", "\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\",
		"\x1bP+q544e\x1b\\", "\x1b_apc\x1b\\", "\x1b[?1049l\x1b[6n", "\x1bc", "\x9b31mC1", "\u009b31mC1", "a\rb\bc\x00\x07\x7f\x0e",
		"\x1b]0;never ended", "\u202eoverride\u2066isolate", "zero\u200bwidth\u2060\ufeff\u200d", "tag\U000e0041\U000e007f",
		"bad\xff\xfe\xc3utf", "e\u0301" + strings.Repeat("\u0301", 300), "日本語" + strings.Repeat("界", 20), "👩‍👩‍👧‍👦🇩🇪",
		"line\nfeed\ttab\u2028sep\u0085nel", strings.Repeat("x", 10<<10), strings.Repeat("\x1b[31m", 2000), "",
	}
}

// sgr are the styles that a theme can have.
var sgr = regexp.MustCompile(`^\x1b\[(?:|(?:0|1|2|4|7|22|24|27|39|3[0-7]|9[0-7]|38;5;130)(?:;(?:0|1|2|4|7|22|24|27|39|3[0-7]|9[0-7]|38;5;130))*)m`)

// checkSafe holds for every frame: nothing but what prints and our own styles.
func checkSafe(tb testing.TB, frame string) {
	tb.Helper()
	if bad := unsafeIn(frame); bad != "" {
		tb.Fatalf("%s: %q", bad, frame)
	}
}

// unsafeIn says what of a frame is neither a printable character nor a style of
// ours, "" if all is.
func unsafeIn(frame string) string {
	for i := 0; i < len(frame); {
		r, n := utf8.DecodeRuneInString(frame[i:])
		if r == '\x1b' {
			m := sgr.FindString(frame[i:])
			if m == "" {
				return fmt.Sprintf("a sequence at byte %d: %q", i, frame[i:min(i+20, len(frame))])
			}
			n = len(m)
		} else if r == utf8.RuneError && n == 1 || r != '\n' && !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r) {
			return fmt.Sprintf("%U at byte %d", r, i)
		}
		i += n
	}
	return ""
}

// poison puts a text wherever text can come from.
func (w *world) poison(text string) {
	st := &w.hub.status
	st.LogLevel, st.Step = text, text
	st.NATS.URL, st.NATS.Problem, st.NATS.Server.Version = text, text, text
	st.Fossil.URL, st.Fossil.Problem, st.Fossil.ProjectCode, st.Fossil.ProjectName = text, text, text, text
	st.Fossil.Tip = &hub.CheckIn{UUID: text, Branch: text, User: text, Comment: text, Time: noon}
	w.Name, w.Root, w.Version = "w"+text, "/"+text, text
	s := slot("s"+text, text, text, time.Second)
	s.Agent, s.Host, s.LastEvent, s.LastErr, s.TaskStatus = text, text, text, text, text
	s.Work = &slots.Work{HasTree: true, Branch: text, EditCount: 1, Edits: []slots.Edit{{Name: text, Kind: text}}, Problem: text, Unpushed: 1}
	w.slots <- []slots.Slot{s}
	e := entry(time.Second, hublog.LevelError, hublog.EventRPC)
	e.RPC, e.Agent, e.Task, e.Err, e.Session, e.Msg, e.Hook, e.Matcher = text, text, text, text, text, text, text, text
	w.log(append(morning(), e)...)
	w.raw(text + "\npanic: " + text + "\n")
}

// walkPanes visits every pane, detail, dialog and list, at a size for each layout.
func walkPanes(t *testing.T, s *tui.Screen, look func()) {
	t.Helper()
	for i, size := range [][2]int{{80, 24}, {200, 60}, {50, 14}} {
		s.Resize(size[0], size[1])
		for _, keys := range [][]string{
			{"1"},
			{"enter", "esc"},
			{"2"},
			{"enter", "esc"},
			{"3"},
			{"enter", "esc"},
			{"z", "z"},
			{"4"},
			{"end", "enter", "esc"},
			{"z", "z"},
			{"t", "t", "t"},
			{"right", "left"},
			{"?", "esc"},
			{":", "esc"},
			{"!", "esc"},
			{"s", "esc"},
			{"S", "esc"},
			{"r", "esc"},
			{"W", "esc"},
			{"D", "esc"},
			{"q", "esc"},
			{"x", "esc"},
			{"i", "esc"},
			{"esc"},
			{"f", "f"},
		} {
			for _, k := range keys {
				if i > 0 && strings.Contains("sSrWDq", k) {
					continue // each dialog takes its 300 ms; one size is enough
				}
				s.Press(k)
				for range 20 {
					s.Step()
				}
				if k == "esc" && s.DialogOpen() {
					s.AwaitDialog() // it hears nothing in its first 300 ms
					s.Press("esc")
				}
				look()
			}
		}
	}
}

// TestHostileTextIsOnlyEverPrinted puts every hostile text into every source and
// looks at every pane.
func TestHostileTextIsOnlyEverPrinted(t *testing.T) {
	for i, text := range hostile() {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			lookEverywhere(t, text)
		})
	}
}

func lookEverywhere(t *testing.T, text string) {
	t.Helper()
	w := newWorld(t)
	w.poison(text)
	w.inspect(inspectable())
	w.Background = func(context.Context) error { return errors.New(text) }
	w.Reseed = func(context.Context) (hub.Reseeded, error) { return hub.Reseeded{}, errors.New(text) }
	s := w.start(200, 60)
	s.AwaitText("pid 48211")
	s.AwaitText("tasks.claim")
	look := func() {
		v := s.View()
		checkSafe(t, v.Content)
		checkSafe(t, v.WindowTitle)
	}
	walkPanes(t, s, look)
	s.Send(tui.Slots(nil, errors.New(text)))
	look()
	s.Send(tui.Stopped(1, errors.New(text)))
	look()
	s.Press("esc")
	look()
	s.Send(tui.Sampled(w.hub.status, nil))
	s.Send(tui.Gone(&hub.StartError{Step: text, Log: text + "\n" + text, Err: errors.New(text)}))
	for range 20 {
		s.Step()
	}
	look()
	s.Press("esc")
	look()
	s.Stop()
}

// TestHostileTextDoesNotReachTheTerminal is the same through the renderer: what
// arrives at the terminal holds none of the sequences.
func TestHostileTextDoesNotReachTheTerminal(t *testing.T) {
	w := newWorld(t)
	w.poison(strings.Join(hostile()[:15], " "))
	ctx, cancel := context.WithCancel(t.Context())
	p := run(ctx, t, w)
	p.await("RUNNING")
	for _, k := range []string{"1", "2", "3", "z", "z", "4", "?", "q", "S"} {
		p.keys(k)
	}
	p.await("FORCE")
	cancel()
	<-p.end
	out := p.output.String()
	for _, bad := range []string{
		"\x1b]52", "PWNED\x07", "\x1b]8;", "\x1bP+q544e", "\x1b_", "\x1bc", "\x9b31m", "\u009b", "\u202e", "\u2066", "\u200b", "\u2060", "\ufeff",
		"\U000e0041", "\x00", "\x0e", "\x7f", "\x1b[6n",
	} {
		if i := strings.Index(out, bad); i >= 0 {
			t.Errorf("%q reached the terminal: %q", bad, out[max(i-40, 0):min(i+40, len(out))])
		}
	}
}
