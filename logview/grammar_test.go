package logview_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"bones-tui/logview"
)

// grammar is what each name of the language takes: its operators, a value in canonical
// form, a wrong one, and whether values are offered without any having been seen.
var grammar = []struct {
	name, ops, value, wrong string
	offers                  bool
}{
	{"level", ": = != > >= < <=", "warn", "loud", true},
	{"event", ": = !=", "rpc", `"`, true},
	{"rpc", ": = !=", "tasks.claim", `"`, false},
	{"agent", ": = !=", "slot-api", `"`, false},
	{"task", ": = !=", "t-1", `"`, false},
	{"slot", ": = !=", "api", `"`, false},
	{"session", ": = !=", "s-1", `"`, false},
	{"hook", ": = !=", "stop", `"`, false},
	{"matcher", ": = !=", "startup", `"`, false},
	{"took", "= != > >= < <=", "250ms", "fast", true},
	{"count", ": = != > >= < <=", "3", "", false},
	{"err", ": = !=", "timeout", `"`, false},
	{"msg", ": = !=", "ready", `"`, false},
	{"ts", "= != > >= < <=", "14:05", "soon", false},
	{"since", ":", "10m", "soon", true},
	{"until", ":", "14:05", "soon", true},
	{"run", ":", "last", "never", true},
	{"kind", ":", "raw", "odd", true},
	{"has", ":", "err", "nothing", true},
}

func TestEveryNameOfTheLanguage(t *testing.T) {
	all := strings.Fields(": = != > >= < <=")
	for _, g := range grammar {
		legal := strings.Fields(g.ops)
		for _, op := range legal {
			term := g.name + op + g.value
			for in, want := range map[string]string{
				term: term, "!" + term: "-" + term, "-(" + term + ")": "-" + term,
				strings.ToUpper(g.name) + op + g.value: term, "(a|" + term + ")": "(a | " + term + ")",
			} {
				if got := parse(t, in).String(); got != want || parse(t, got).String() != want {
					t.Errorf("%s prints as %s, want %s", in, got, want)
				}
			}
			failsAt(t, g.name+op+g.wrong, len(g.name+op)+1)
		}
		if strings.Contains(g.ops, "=") {
			term := g.name + "~/a b/i"
			if got := parse(t, term).String(); got != term {
				t.Errorf("%s prints as %s", term, got)
			}
			failsAt(t, g.name+"~a", len(g.name)+2)
			failsAt(t, g.name+"~/(/", len(g.name)+3)
		} else {
			for _, op := range append(all[1:], "~") {
				failsAt(t, g.name+op+"x", len(g.name)+1)
			}
		}
		if got := logview.Complete("a -"+g.name[:2], 5, nil); !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, g.name) }) {
			t.Errorf("%s: offered is %v", g.name, got)
		}
		head := g.name + legal[0]
		if got := logview.Complete(head, len(head), nil); (len(got) > 0) != g.offers {
			t.Errorf("%s: offered is %v", head, got)
		}
		for _, offer := range logview.Complete(head, len(head), nil) {
			parse(t, offer)
		}
	}
}

// failsAt checks that a filter is wrong at a column, and that something is said to be
// legal there.
func failsAt(t *testing.T, filter string, col int) {
	t.Helper()
	_, err := logview.ParseFilter(filter)
	var syntax *logview.SyntaxError
	if !errors.As(err, &syntax) || syntax.Col != col || syntax.Hint == "" {
		t.Errorf("%s: %v, want a hint at column %d", filter, err, col)
	}
}

// runStarts matches the first line of each run of the hub.
const runStarts = `event:lifecycle msg:"hub: starting*"`

func TestFindAtTheBorders(t *testing.T) {
	d := newDir(t)
	d.write("", "")
	l := d.open(logview.Options{})
	for _, dir := range []logview.Direction{logview.Forward, logview.Backward} {
		if _, wrapped, err := view(t, l, "").Find(t.Context(), logview.Pos{}, parse(t, "a"), dir); !errors.Is(err, logview.ErrNotFound) || wrapped {
			t.Errorf("in nothing: wrapped %v, %v", wrapped, err)
		}
	}
	d = newDir(t)
	d.write("", trace)
	l = d.open(logview.Options{})
	v := view(t, l, "")
	settled(t, v, func(s logview.Snapshot) bool { return s.Matches == 1 })
	for _, dir := range []logview.Direction{logview.Forward, logview.Backward} {
		r, wrapped, err := v.Find(t.Context(), logview.Pos{}, parse(t, "main.work"), dir)
		if err != nil || wrapped || r.Folded == 0 || !strings.HasPrefix(r.Text, "panic") {
			t.Errorf("in a fold: %q, wrapped %v, %v", r.Text, wrapped, err)
		}
		if r, wrapped, err = v.Find(t.Context(), r.Pos, parse(t, "level>=error"), dir); err != nil || !wrapped || r.Folded == 0 {
			t.Errorf("from the only row: %q, wrapped %v, %v", r.Text, wrapped, err)
		}
		if _, _, err = v.Find(t.Context(), r.Pos, parse(t, runStarts), dir); !errors.Is(err, logview.ErrNotFound) {
			t.Errorf("a run that never began: %v", err)
		}
	}
	if _, err := v.At(t.Context(), now, 1); !errors.Is(err, logview.ErrNotFound) {
		t.Errorf("a time where there are none: %v", err)
	}
}
