// Package plural counts things in English.
package plural

import (
	"fmt"
	"strings"
)

// Of is a number with a noun whose plural is a regular one.
func Of[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	stem, y := strings.CutSuffix(noun, "y")
	if y && !strings.ContainsRune("aeiou", rune(stem[len(stem)-1])) {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Verb is the form of a verb that goes with a number.
func Verb(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}
