package slots

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTail(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	file := tail{path: path, back: 8}
	read := func() string {
		var lines []string
		file.all(func(line []byte) { lines = append(lines, string(line)) })
		return strings.Join(lines, ",")
	}
	add := func(text string) {
		t.Helper()
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	expect := func(what, want string) {
		t.Helper()
		if got := read(); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	expect("no file", "")
	add("one\ntwo\nthree\n")
	expect("an old file, from its second half", "three")
	add("fo")
	expect("a torn line", "")
	add("ur\r\nfive\n")
	expect("and its end", "four,five")
	expect("nothing new", "")
	add("six\n")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	add("seven\n")
	expect("a rotation", "six,seven")
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	add("8\n")
	expect("a cut file", "8")
	add(strings.Repeat("x", 3*tailStep) + "\nnine\n")
	if got := read(); !strings.HasSuffix(got, ",nine") && got != "nine" {
		t.Errorf("after a line without measure: %d bytes, want nine", len(got))
	}
	for i := range 3 * tailStep / 8 {
		if i%1000 == 0 {
			add(strings.Repeat(fmt.Sprintf("%07d\n", i), 1000))
		}
	}
	if n := strings.Count(read(), ","); n < 3*tailStep/8 {
		t.Errorf("%d lines of many, want all", n+1)
	}
}
