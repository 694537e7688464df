package search_test

import (
	"bytes"
	"regexp/syntax"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bones-tui/logview/internal/search"
)

func TestFinderAgreesWithBytesIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hay := rapid.StringMatching(`[abAB"é]{0,30}`).Draw(t, "hay")
		text := rapid.StringMatching(`[abAB"é]{0,4}`).Draw(t, "text")
		exact := search.NewFinder(search.Literal{Text: text}, nil)
		if got, want := exact.Index([]byte(hay)), strings.Index(hay, text); got != want {
			t.Errorf("%q in %q: %d, want %d", text, hay, got, want)
		}
		fold := func(s string) string { return strings.NewReplacer("A", "a", "B", "b").Replace(s) }
		either := search.NewFinder(search.Literal{Text: fold(text), Fold: true}, &[256]uint32{'a': 9, 'b': 1})
		if got, want := either.Index([]byte(hay)), strings.Index(fold(hay), fold(text)); got != want {
			t.Errorf("%q in %q, either case: %d, want %d", text, hay, got, want)
		}
	})
}

func TestNeedleFindsWhatJSONWrites(t *testing.T) {
	for text, line := range map[string]string{
		`say "hi"`: `{"msg":"I say \"hi\""}`, "a<b": `{"msg":"a\u003cb"}`, "held": "HELD by another", "é": "É",
	} {
		if n := search.NewNeedle(text); !n.In([]byte(line)) || n.In([]byte("other")) {
			t.Errorf("%q is not what is found in %s", text, line)
		}
	}
	if n := search.NewNeedle("Held"); n.In([]byte("held")) || !n.IsPlain() {
		t.Error("an upper-case letter does not make case count")
	}
	n := search.NewNeedle("ab")
	if spans := n.Spans([]byte("abxAB")); len(spans) != 2 || spans[1] != [2]int{3, 5} {
		t.Errorf("spans %v", spans)
	}
}

func TestRequiredLiteralsAreInEachMatch(t *testing.T) {
	re, err := syntax.Parse(`(tasks\.)+claim[0-9]*|x`, syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	if got := search.Required(re); len(got) != 0 {
		t.Errorf("of alternatives: %v", got)
	}
	if re, err = syntax.Parse(`(tasks\.)+cl"aim[0-9]*`, syntax.Perl); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, l := range search.Required(re) {
		texts = append(texts, l.Text)
	}
	if got := strings.Join(texts, " "); got != "tasks. cl aim" {
		t.Errorf("%q", got)
	}
	if best := search.Rarest(search.Required(re), nil); !bytes.Contains([]byte("tasks."), []byte(best.Text)) {
		t.Errorf("the rarest is %q", best.Text)
	}
}
