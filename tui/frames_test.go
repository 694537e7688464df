package tui_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"bones-tui/tui"
)

// sizes at which every screen is looked at.
var sizes = [...]struct{ w, h int }{{40, 10}, {80, 24}, {120, 40}, {200, 60}}

// TestFrames looks at every screen at every size in every look: with colours, with
// NO_COLOR, on a light background, and in ASCII. A golden is text and, under it, the
// styles; the other looks follow from it, and are held against it. What the screen can
// be and no golden shows fails, and so does a golden that nothing shows.
func TestFrames(t *testing.T) {
	screens := map[string]func(*testing.T) *tui.Screen{}
	for _, sc := range scenes {
		screens[sc.name] = sc.play
	}
	ways := maps.Clone(depths)
	maps.Copy(ways, overDetails)
	for name, steps := range ways {
		screens[name] = func(t *testing.T) *tui.Screen {
			t.Helper()
			w := newWorld(t)
			w.inspect(inspectable())
			s := w.start(200, 60)
			s.AwaitText("pid 48211")
			s.AwaitNews()
			press(s, steps...)
			return s
		}
	}
	seen, files, whole := map[string]bool{}, map[string]bool{}, true
	for _, name := range slices.Sorted(maps.Keys(screens)) {
		played := false
		t.Run(name, func(t *testing.T) {
			played = true
			s := screens[name](t)
			for _, place := range s.Places() {
				seen[place] = true
			}
			for _, size := range slices.Backward(sizes[:]) {
				s.Resize(size.w, size.h)
				file := fmt.Sprintf("%s-%dx%d.txt", name, size.w, size.h)
				files[file] = true
				checkLooks(t, s, file, size.w, size.h)
			}
		})
		whole = whole && played
	}
	if !whole {
		return // only some were asked for
	}
	for _, place := range tui.AllPlaces() {
		if !seen[place] {
			t.Errorf("no golden shows the %s", place)
		}
	}
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !files[e.Name()] && !e.IsDir() {
			t.Errorf("testdata/%s is the golden of nothing", e.Name())
		}
	}
}

// checkLooks compares one size of a screen.
func checkLooks(t *testing.T, s *tui.Screen, file string, w, h int) {
	t.Helper()
	s.Look(true, false)
	frame := s.Frame()
	checkFrame(t, frame, w, h)
	text, marks := trimmed(plain(frame)), styles(frame, "33")
	compare(t, file, text+"\n\n"+marks)

	var bare bytes.Buffer
	if _, err := (&colorprofile.Writer{Forward: &bare, Profile: colorprofile.ASCII}).Write([]byte(frame)); err != nil {
		t.Fatal(err)
	}
	if colour := regexp.MustCompile(`\x1b\[[0-9;]*([39][0-7]|38;)[0-9;]*m`).FindString(bare.String()); colour != "" {
		t.Errorf("%s has the colour %q under NO_COLOR", file, colour)
	}
	if got := trimmed(plain(bare.String())); got != text {
		t.Errorf("%s says something else under NO_COLOR:\n%s", file, got)
	}

	s.Look(false, false)
	if light := s.Frame(); trimmed(plain(light)) != text || styles(light, "38;5;130") != marks {
		t.Errorf("%s is another on a light background:\n%s\n%s", file, plain(light), styles(light, "38;5;130"))
	}

	s.Look(true, true)
	ascii := s.Frame()
	if got, want := trimmed(plain(ascii)), asASCII(text); got != want || styles(ascii, "33") != marks {
		t.Errorf("%s is another in ASCII:\n%s\nwant\n%s", file, got, want)
	}
	s.Look(true, false)
}

// asASCII is text as it has to look with --ascii: glyphs of ours become others of the
// same width, what comes from outside stays.
func asASCII(text string) string {
	return strings.NewReplacer(
		"●", "*", "■", "X", "◐", "~", "○", "o", "◌", "@", "▲", "!", "┆", ":", "◆", "+", "▌", ">", "▸", ">", "✓", "v", "…", ".",
		"─", "-", "━", "=", "│", "|", "┬", "+", "┴", "+", "↑", "^", "↓", "v", "←", "<", "→", ">", "╭", "+", "╮", "+", "╰", "+", "╯", "+",
		"▁", "_", "▂", ".", "▃", ":", "▄", "-", "▅", "=", "▆", "+", "▇", "*", "█", "#",
	).Replace(text)
}

// styles is what stands on a frame besides its text: for each row that has any, runs of
// cells and how they look. Equal rows that follow each other are one line.
func styles(frame, warn string) string {
	names := map[string]string{
		"": ".", "1": "bold", "2": "faint", "7": "reverse", "31": "red", "32": "green", "36": "cyan", warn: "warn",
		"1;31": "RED", "1;32": "GREEN", "1;36": "CYAN", "1;" + warn: "WARN",
	}
	var out []string
	from, last := 0, ""
	flush := func(to int) {
		switch {
		case last == "":
		case from == to:
			out = append(out, fmt.Sprintf("%d: %s", from, last))
		default:
			out = append(out, fmt.Sprintf("%d-%d: %s", from, to, last))
		}
	}
	rows := strings.Split(frame, "\n")
	for i, row := range rows {
		if runs := runsOf(row, names); runs != last {
			flush(i)
			from, last = i+1, runs
		}
	}
	flush(len(rows))
	return strings.Join(out, "\n")
}

var sequence = regexp.MustCompile(`\x1b\[([0-9;]*)m`)

func runsOf(row string, names map[string]string) string {
	var runs []string
	n, look := 0, "."
	add := func(text, next string) {
		if n += ansi.StringWidth(text); next != look {
			if n > 0 {
				runs = append(runs, fmt.Sprint(look, n))
			}
			n, look = 0, next
		}
	}
	at := 0
	for _, m := range sequence.FindAllStringSubmatchIndex(row, -1) {
		code := row[m[2]:m[3]]
		switch code {
		case "0", "22", "24", "27", "39", "22;39", "39;22":
			code = ""
		}
		add(row[at:m[0]], cmp.Or(names[code], "<"+code+">"))
		at = m[1]
	}
	if add(row[at:], ""); len(runs) > 0 && runs[len(runs)-1][0] == '.' {
		runs = runs[:len(runs)-1] // nothing more follows
	}
	return strings.Join(runs, " ")
}
