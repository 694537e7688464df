package tui_test

import (
	"regexp"
	"strings"
	"testing"
)

// TestEverySize draws panes and details at sizes from 40x10 to 300x100: each frame
// is as high as the screen, and no row is wider.
func TestEverySize(t *testing.T) {
	ways := map[string][]step{"panes": nil}
	for name, steps := range depths {
		ways[name] = steps
	}
	for name, steps := range ways {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			busy(w)
			w.inspect(inspectable())
			s := w.start(200, 60)
			s.AwaitText("1 stale")
			press(s, steps...)
			for width := 40; width <= 300; width += 13 {
				for height := 10; height <= 100; height += 9 {
					s.Resize(width, height)
					checkFrame(t, s.Frame(), width, height)
					s.Press("j")
				}
			}
		})
	}
}

// TestColoursAreTheTerminalsOwn looks at every style of every frame: sixteen colours,
// no background, and one exception for yellow on light screens.
func TestColoursAreTheTerminalsOwn(t *testing.T) {
	sgr := regexp.MustCompile(`\x1b\[([0-9;]*)m`)
	allowed := regexp.MustCompile(`^(|0|1|2|4|7|22|24|27|39|3[0-7]|9[0-7])$`)
	for name, steps := range depths {
		w := newWorld(t)
		busy(w)
		w.inspect(inspectable())
		s := w.start(120, 40)
		s.AwaitText("1 stale")
		press(s, steps...)
		for _, light := range []bool{false, true} {
			if light {
				s.Light()
			}
			for _, m := range sgr.FindAllStringSubmatch(s.Frame(), -1) {
				if light && m[1] == "38;5;130" || light && m[1] == "1;38;5;130" {
					continue
				}
				for _, code := range strings.Split(m[1], ";") {
					if !allowed.MatchString(code) {
						t.Errorf("%s: style %q is not of the terminal's sixteen", name, m[1])
					}
				}
			}
		}
	}
}
