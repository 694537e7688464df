package query_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"bones-tui/logview/internal/query"
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
		if got := query.Complete("a -"+g.name[:2], 5, nil); !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, g.name) }) {
			t.Errorf("%s: offered is %v", g.name, got)
		}
		head := g.name + legal[0]
		if got := query.Complete(head, len(head), nil); (len(got) > 0) != g.offers {
			t.Errorf("%s: offered is %v", head, got)
		}
		for _, offer := range query.Complete(head, len(head), nil) {
			parse(t, offer)
		}
	}
}

// failsAt checks that a filter is wrong at a column, and that something is said to be
// legal there.
func failsAt(t *testing.T, filter string, col int) {
	t.Helper()
	_, err := query.Parse(filter)
	var syntax *query.SyntaxError
	if !errors.As(err, &syntax) || syntax.Col != col || syntax.Hint == "" {
		t.Errorf("%s: %v, want a hint at column %d", filter, err, col)
	}
}
