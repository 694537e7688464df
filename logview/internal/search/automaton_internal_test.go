package search

import (
	"regexp"
	"regexp/syntax"
	"testing"
)

// bothEngines runs an expression through both engines.
func bothEngines(tb testing.TB, expr string, line []byte) (ours, theirs, sure bool) {
	tb.Helper()
	re, err := regexp.Compile(expr)
	if err != nil {
		return false, false, false
	}
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		tb.Fatal(err)
	}
	a := NewAutomaton(parsed.Simplify())
	if a == nil {
		return false, false, false
	}
	ours, sure = a.Match(line)
	return ours, re.Match(line), sure
}

func TestAutomatonAgreesWithRegexp(t *testing.T) {
	for _, expr := range []string{
		"", "a", "^a", "a$", "^$", "^a*$", "a|b$", "(ab)+c", "[^a-c]x", "(?i)Error", "a.*b.*c", "x{2,3}y", "^(a|b)*c$",
		"$^", "(^a|b$)", "tasks.(claim|close).*[0-9]{4,}", `\d+\s\w`, "(?i:a)B", "()|x", `\x00`, "(?s).a", "^^a$$",
	} {
		for _, line := range []string{
			"", "a", "b", "ab", "ba", "abab c", "ababc", "xxy", "xxxxy", "ERROR", "error x", "a1b2c3", "tasks.claim 1234",
			"tasks.close 12", "aaac", "bbc", "c", "dx", "cx", "12 w", "\x00", "aB", "ab\n",
		} {
			ours, theirs, sure := bothEngines(t, expr, []byte(line))
			if sure == (line == "") || sure && ours != theirs {
				t.Errorf("/%s/ in %q: %v, sure %v; regexp says %v", expr, line, ours, sure, theirs)
			}
		}
	}
}

func TestAutomatonLeavesTheRestToRegexp(t *testing.T) {
	for expr, line := range map[string]string{`\bword\b`: "word", "é": "é", "a.b": "aéb"} {
		if _, _, sure := bothEngines(t, expr, []byte(line)); sure {
			t.Errorf("/%s/ in %q is decided without regexp", expr, line)
		}
	}
	parsed, _ := syntax.Parse("(a|b)*a(a|b){12}", syntax.Perl) // 2^12 states
	m := NewAutomaton(parsed.Simplify()).machine()
	line := make([]byte, 1<<20)
	for i := range line {
		line[i] = 'a' + byte(uint32(i)*2654435761>>31)
	}
	for range 3 * maxFlushes {
		m.match(line)
		if len(m.sets) > maxStates+1 {
			t.Fatalf("%d states", len(m.sets))
		}
	}
}

func FuzzAutomaton(f *testing.F) {
	f.Add("a(b|c)*d$", "xabcbd")
	f.Add("(?i)^k[^\n]+", "Kx")
	f.Add(`(?m)^a$`, "b\na\nc")
	f.Fuzz(func(t *testing.T, expr, line string) {
		if len(expr) > 100 || len(line) > 1000 {
			return
		}
		ours, theirs, sure := bothEngines(t, expr, []byte(line))
		if sure && ours != theirs {
			t.Errorf("/%s/ in %q: %v; regexp says %v", expr, line, ours, theirs)
		}
	})
}
