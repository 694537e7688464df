package gittree

import (
	"strings"
	"testing"
)

const (
	sha1   = "0123456789abcdef0123456789abcdef01234567"
	sha256 = sha1 + "89abcdef0123456789abcdef"
)

func FuzzParseIndex(f *testing.F) {
	f.Add([]byte("H 100644 " + sha1 + " 0\tREADME\x00S 120000 " + sha256 + " 0\ta\tb\nc\x00M 160000 " + sha1 + " 3\tx\x00"))
	f.Add([]byte("H 100644 " + sha1 + " 0\tcut"))
	f.Fuzz(func(t *testing.T, out []byte) {
		entries, err := parseIndex(out)
		if err != nil {
			return
		}
		var again strings.Builder
		for _, e := range entries {
			if e.name == "" || strings.ContainsRune(e.name, 0) || !isHash(e.hash) || !isMode(e.mode) || e.stage < 0 || e.stage > 3 {
				t.Fatalf("%+v", e)
			}
			again.WriteString(e.mode + " " + e.hash + " " + string(rune('0'+e.stage)) + "\t" + e.name + "\x00")
		}
		var want strings.Builder
		for record := range strings.SplitAfterSeq(string(out), "\x00") {
			if record != "" {
				want.WriteString(record[2:]) // without its tag
			}
		}
		if again.String() != want.String() {
			t.Fatalf("%q became %q", out, again.String())
		}
	})
}

func FuzzParseTree(f *testing.F) {
	f.Add([]byte("100644 blob " + sha1 + "\tREADME\x00160000 commit " + sha1 + "\tmod\x00"))
	f.Fuzz(func(t *testing.T, out []byte) {
		entries, err := parseTree(out)
		for _, e := range entries {
			if err == nil && (e.name == "" || !isHash(e.hash) || !isMode(e.mode)) {
				t.Fatalf("%+v", e)
			}
		}
	})
}

func FuzzParseHead(f *testing.F) {
	f.Add([]byte(sha1 + "\n/a path\nof two lines\n" + sha1 + "\n/home/me/a\nb/.git\n0123456\n"))
	f.Add([]byte(sha1 + "\n/a\n" + sha1 + "\n/a/\n" + sha1 + "\n/.git\n0123456\n"))
	f.Add([]byte(sha1 + "\n/a\n" + sha1 + "\n--absolute-git-dir\n0123456\n"))
	f.Add([]byte("\"git\" signature\n/\n0123\n"))
	f.Add([]byte(sha1 + "\n" + sha1[:8] + "\n"))
	f.Fuzz(func(t *testing.T, out []byte) {
		h, err := parseHead(out)
		if err != nil {
			return
		}
		if len(h.short) < shortest || !strings.HasPrefix(h.commit, h.short) || h.top == "" || h.top[0] == '-' || h.dir == "" || h.dir[0] == '-' {
			t.Fatalf("%+v", h)
		}
		if again := h.commit + "\n" + h.top + "\n" + h.commit + "\n" + h.dir + "\n"; !strings.HasPrefix(string(out), again) {
			t.Fatalf("%+v", h)
		}
	})
}

func FuzzParseHeader(f *testing.F) {
	f.Add(sha1 + " blob 12\n")
	f.Add(sha1 + " missing\n")
	f.Add(sha1 + " blob -1\n")
	f.Fuzz(func(t *testing.T, line string) {
		if _, size, err := parseHeader(line, sha1); err == nil && size < 0 {
			t.Fatalf("size %d", size)
		}
	})
}
