package query

import (
	"strconv"
	"strings"
)

// unknownHint says what could have been meant by a name that is no field.
func unknownHint(name string) string {
	best, distance := "", min(3, len(name)/2+1)
	for _, f := range fields() {
		if strings.HasPrefix(f.name, strings.ToLower(name)) {
			best, distance = f.name, 0
		}
		if d := editDistance(strings.ToLower(name), f.name); d < distance {
			best, distance = f.name, d
		}
	}
	if best != "" {
		return "did you mean " + best + "? to look for the text, quote it"
	}
	return "to look for the text, quote it; fields: " + strings.Join(fieldNames(), " ")
}

func fieldNames() []string {
	var names []string
	for _, f := range fields() {
		names = append(names, f.name)
	}
	return names
}

// valueHint says which values a field takes.
func valueHint(f field) string {
	switch f.kind {
	case kindLevel:
		return "debug, info, warn or error"
	case kindDuration:
		return "250ms, 2s or a number of milliseconds"
	case kindNumber:
		return "a whole number"
	case kindTime, kindBound:
		return momentHint
	case kindRun:
		return "last, prev or how many runs back"
	case kindRow:
		return "entry, raw, partial or gap"
	case kindHas:
		return "a field that lines have, such as err"
	case kindContext:
		return "0 to " + strconv.Itoa(maxContext)
	default:
		return "a word, * as a wildcard, or quoted text"
	}
}

// editDistance counts the letters to change, add or take away.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
