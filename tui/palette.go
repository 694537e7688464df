package tui

import (
	"strings"

	"github.com/sahilm/fuzzy"
)

// offered is a command that can be chosen from a list.
type offered struct {
	act       action
	does, key string
	name      string // by which the settings know it; may be empty
}

// palette lists what can be done in the situation, but for moving the cursor.
func (m keyMap) palette(s situation) []offered {
	var out []offered
	named := commandNames()
	for _, b := range m {
		if h := b.Help(); b.listed(s) && b.act != actPalette && b.group != groupMove {
			out = append(out, offered{act: b.act, does: h.Desc, key: h.Key, name: named[b.act]})
		}
	}
	return out
}

// ranked returns which of some texts a typed one means, as their indexes, the best first.
// Nothing typed means all, as they stand.
func ranked(typed string, texts []string) []int {
	var found []int
	if typed == "" {
		for i := range texts {
			found = append(found, i)
		}
		return found
	}
	for i := range texts {
		texts[i] = strings.TrimSpace(texts[i])
	}
	for _, m := range fuzzy.Find(typed, texts) {
		found = append(found, m.Index)
	}
	return found
}
