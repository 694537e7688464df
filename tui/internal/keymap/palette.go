package keymap

import (
	"strings"

	"github.com/sahilm/fuzzy"
)

// Offered is a command that can be chosen from a list.
type Offered struct {
	Action    Action
	Does, Key string
	Name      string // by which the settings know it; may be empty
}

// Palette lists what can be done in the situation, but for moving the cursor.
func (m Map) Palette(s Situation) []Offered {
	var out []Offered
	named := commandNames()
	for _, b := range m {
		if h := b.Help(); b.listed(s) && b.act != Palette && b.group != groupMove {
			out = append(out, Offered{Action: b.act, Does: h.Desc, Key: h.Key, Name: named[b.act]})
		}
	}
	return out
}

// Ranked returns which of some texts a typed one means, as their indexes, the best first.
// Nothing typed means all, as they stand.
func Ranked(typed string, texts []string) []int {
	var found []int
	if typed == "" {
		for i := range texts {
			found = append(found, i)
		}
		return found
	}
	trimmed := make([]string, len(texts))
	for i, text := range texts {
		trimmed[i] = strings.TrimSpace(text)
	}
	for _, m := range fuzzy.Find(typed, trimmed) {
		found = append(found, m.Index)
	}
	return found
}
