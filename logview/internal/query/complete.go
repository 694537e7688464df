package query

import (
	"iter"
	"slices"
	"strings"
	"unicode"

	"bones-tui/hub/hublog"
)

// Values are values seen in the log, by field name.
type Values map[string][]string

// Complete returns what could stand in place of the word that ends at the
// cursor, col runes into s: field names with their operator, or values of the
// field that the word names. WordStart tells where that word begins.
func Complete(s string, col int, seen Values) []string {
	runes := []rune(s)
	col = min(max(col, 0), len(runes))
	word := string(runes[WordStart(s, col):col])
	sc := scanner{src: []rune(word)}
	name := sc.name()
	if name == "" {
		return completeName(word)
	}
	f, ok := fieldNamed(name)
	op := sc.operator()
	if !ok || !slices.Contains(f.operators(), op) || op == "~" {
		return nil
	}
	typed := string(sc.src[sc.at:])
	head := name + op
	if i := strings.LastIndexByte(typed, ','); i >= 0 && op == ":" {
		head, typed = head+typed[:i+1], typed[i+1:]
	}
	var out []string
	for _, v := range candidates(f, seen) {
		if strings.HasPrefix(strings.ToLower(v), strings.ToLower(strings.TrimPrefix(typed, `"`))) {
			out = append(out, head+parseGlob(v, false).String())
		}
	}
	return out
}

// WordStart returns where the word that ends at the cursor begins, both in
// runes from the start of s. A sign of negation and an opening parenthesis are
// not part of the word.
func WordStart(s string, col int) int {
	runes := []rune(s)
	col = min(max(col, 0), len(runes))
	start, quoted := 0, false
	for i, r := range runes[:col] {
		if r == '"' {
			quoted = !quoted
		} else if unicode.IsSpace(r) && !quoted {
			start = i + 1
		}
	}
	for start < col && strings.ContainsRune("-!(|", runes[start]) {
		start++
	}
	return start
}

func completeName(prefix string) []string {
	var out []string
	for _, f := range fields() {
		op := ":"
		switch f.kind {
		case kindLevel:
			op = ">="
		case kindDuration, kindNumber:
			op = ">"
		default:
		}
		if strings.HasPrefix(f.name, strings.ToLower(prefix)) {
			out = append(out, f.name+op)
		}
	}
	return out
}

// candidates are the values to offer for a field: the closed sets, and for
// open ones what has been seen.
func candidates(f field, seen Values) []string {
	switch f.kind {
	case kindLevel:
		return []string{"debug", "info", "warn", "error"}
	case kindRun:
		return []string{"last", "prev"}
	case kindRow:
		return []string{"entry", "raw", "partial", "gap"}
	case kindBound:
		return []string{"5m", "10m", "1h", "24h"}
	case kindDuration:
		return []string{"100ms", "1s", "10s"}
	case kindContext:
		return []string{"1", "3", "10"}
	case kindHas:
		var names []string
		for _, stored := range fields() {
			if stored.stored() {
				names = append(names, stored.name)
			}
		}
		return names
	default:
		if f.name == "event" && len(seen["event"]) == 0 {
			return []string{"rpc", "hook", "lifecycle", "error"}
		}
		return seen[f.name]
	}
}

// Offers yields the field names and values of an entry that Complete can offer for
// another filter: identities, not messages.
func Offers(e *hublog.Entry) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, f := range fields() {
			if f.kind != kindText || f.name == "err" || f.name == "msg" {
				continue
			}
			value, _ := entryValue(e, f.key)
			if f.name == "slot" {
				value = SlotOf(e.Agent)
			}
			if value != "" && !yield(f.name, value) {
				return
			}
		}
	}
}
