package safe_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"bones-tui/logview/safe"
)

func TestStringShowsWhatATerminalWouldObey(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"plain":                {"hub: ready", "hub: ready"},
		"empty":                {"", ""},
		"csi":                  {"a\x1b[2Jb", "a^[[2Jb"},
		"osc 52":               {"\x1b]52;c;aGk=\x07", "^[]52;c;aGk=^G"},
		"nul and delete":       {"\x00\x7f", "^@^?"},
		"line ends":            {"a\r\nb", "a^M^Jb"},
		"backspace":            {"pass\b\b", "pass^H^H"},
		"raw c1 byte":          {"\x9b31m", `\x9b31m`},
		"encoded c1":           {"\u009b31m", "<U+009B>31m"},
		"next line":            {"a\u0085b", "a<U+0085>b"},
		"separators":           {"a\u2028b\u2029", "a<U+2028>b<U+2029>"},
		"bidi override":        {"a\u202eb", "a<U+202E>b"},
		"bidi isolate":         {"\u2066x\u2069", "<U+2066>x<U+2069>"},
		"zero width":           {"a\u200bb\u200dc\ufeff", "a<U+200B>b<U+200D>c<U+FEFF>"},
		"soft hyphen":          {"a\u00adb", "a<U+00AD>b"},
		"tag characters":       {"\U000e0041", "<U+E0041>"},
		"variation selector":   {"☁\ufe0f", "☁<U+FE0F>"},
		"selector supplement":  {"x\U000e0100", "x<U+E0100>"},
		"hangul filler":        {"\u3164", "<U+3164>"},
		"blank braille":        {"\u2800", "<U+2800>"},
		"private use":          {"\ue0b0", "<U+E0B0>"},
		"grapheme joiner":      {"a\u034fb", "a<U+034F>b"},
		"invalid utf-8":        {"caf\xe9", `caf\xe9`},
		"overlong":             {"\xc0\xaf", `\xc0\xaf`},
		"surrogate half":       {"\xed\xa0\x80", `\xed\xa0\x80`},
		"letters of the world": {"žluť 日本 한글", "žluť 日本 한글"},
		"three marks":          {"e\u0301\u0302\u0303x", "e\u0301\u0302\u0303x"},
		"many marks":           {"e" + strings.Repeat("\u0301", 15) + "x", "e\u0301\u0301\u0301<+12 marks>x"},
		"mark first":           {"\u0301a", "<U+0301>a"},
		"mark after escape":    {"\x1b\u0301", "^[<U+0301>"},
		"tab":                  {"ab\tc", "ab      c"},
		"tab after wide":       {"日\tc", "日      c"},
		"two tabs":             {"\t12345678\tx", strings.Repeat(" ", 8) + "12345678" + strings.Repeat(" ", 8) + "x"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := safe.String(tt.in)
			if got.String() != tt.want {
				t.Errorf("String(%q) = %q, want %q", tt.in, got.String(), tt.want)
			}
			if w := ansi.StringWidth(tt.want); got.Width() != w {
				t.Errorf("width %d, want %d", got.Width(), w)
			}
		})
	}
}

func TestCutAndWindow(t *testing.T) {
	text := safe.String("日本語abc")
	if got := text.Cut(5); got.String() != "日本…" || got.Width() != 5 {
		t.Errorf("Cut(5) = %q, %d cells", got, got.Width())
	}
	if got := text.Cut(9); got != text {
		t.Errorf("Cut to its own width changed it to %q", got)
	}
	if got := text.Cut(0); got != (safe.Text{}) {
		t.Errorf("Cut(0) = %q", got)
	}
	for _, tt := range []struct {
		left, width int
		want        string
	}{{0, 4, "日本"}, {2, 4, "本語"}, {6, 9, "abc"}, {9, 3, ""}, {0, 20, "日本語abc"}, {1, 3, " 本"}} {
		got := text.Window(tt.left, tt.width)
		if got.String() != tt.want || got.Width() > tt.width {
			t.Errorf("Window(%d, %d) = %q, want %q", tt.left, tt.width, got, tt.want)
		}
	}
	if got := safe.String("hello world").Window(6, 3).String(); got != "wor" {
		t.Errorf("plain window = %q", got)
	}
}

func TestLineCostsItsWidthNotItsInput(t *testing.T) {
	huge := strings.Repeat("\x1bé日\u0301", 4<<20)
	allocated := testing.AllocsPerRun(5, func() {
		if got := safe.Line(huge, 80); got.Width() > 80 || !strings.HasSuffix(got.String(), "…") {
			t.Fatalf("%d cells: %q", got.Width(), got)
		}
	})
	if allocated > 2000 {
		t.Errorf("%v allocations for 80 cells", allocated)
	}
	if got := safe.Line("short", 80).String(); got != "short" {
		t.Errorf("short line became %q", got)
	}
	if got := safe.Line(strings.Repeat("x", 5000), 4).String(); got != "xxx…" {
		t.Errorf("long line became %q", got)
	}
	if got := safe.Line("e"+strings.Repeat("\u0301", 5000), 40).String(); !strings.HasSuffix(got, "…") {
		t.Errorf("a cut pile of marks is not marked as cut: %q", got)
	}
}

// forbidden reports the first rune of s that must never reach a terminal.
func forbidden(s string) (rune, bool) {
	marks := 0
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return r, true
			}
		}
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Co, unicode.Zl, unicode.Zp, unicode.Variation_Selector) {
			return r, true
		}
		if marks++; !unicode.In(r, unicode.Mn, unicode.Me) {
			marks = 0
		}
		if marks > 3 {
			return r, true
		}
	}
	return 0, false
}

func FuzzString(f *testing.F) {
	for _, s := range []string{
		"", "plain", "\x1b]0;x\x07", "\x9b1m", "\u202e", "e\u0301\u0301\u0301\u0301\u0301",
		"\t\t", "日\t", "\xff\xfe", "\U000e0001", "\u0301", "👩‍👩‍👧", "\xed\xa0\x80", "a\u200d\tb",
	} {
		f.Add(s, 10)
	}
	f.Fuzz(func(t *testing.T, s string, width int) {
		got := safe.String(s)
		if r, bad := forbidden(got.String()); bad {
			t.Fatalf("%q lets %U out: %q", s, r, got)
		}
		width = min(max(width, -1), 200)
		for _, part := range []safe.Text{got.Cut(width), safe.Line(s, width), got.Window(width/2, width)} {
			if part.Width() > max(width, 0) || part.Width() != ansi.StringWidth(part.String()) {
				t.Fatalf("%q in %d cells takes %d: %q", s, width, part.Width(), part)
			}
			if r, bad := forbidden(part.String()); bad {
				t.Fatalf("part of %q lets %U out: %q", s, r, part)
			}
		}
	})
}

func BenchmarkString(b *testing.B) {
	for name, s := range map[string]string{
		"ascii":   strings.Repeat("hub: lease watcher: slot auth not renewed for 95s ", 3),
		"unicode": strings.Repeat("žluťoučký kůň ", 10),
		"hostile": strings.Repeat("\x1b[31m\u202e\x00", 20),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				safe.String(s)
			}
		})
	}
}
