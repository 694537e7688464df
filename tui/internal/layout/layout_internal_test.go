package layout

import (
	"fmt"
	"testing"
)

func TestArrange(t *testing.T) {
	for w := range 310 {
		for h := range 110 {
			for _, rows := range []int{0, 1, 5, 1000} {
				for id := range Count {
					for _, zoomed := range []bool{false, true} {
						if err := checkLayout(Arrange(w, h, rows, id, zoomed)); err != nil {
							t.Fatalf("%dx%d, %d slots, focus %s, zoomed %t: %v", w, h, rows, id, zoomed, err)
						}
					}
				}
			}
		}
	}
}

func checkLayout(l Layout) error {
	if l.Shape == Tiny {
		return nil
	}
	rows := 3
	for id, a := range l.Areas {
		if a.Height < 0 || a.Width < 0 || a.Width > l.Width {
			return fmt.Errorf("%s is %dx%d", Pane(id), a.Width, a.Height)
		}
		rows += a.Height
	}
	switch {
	case l.Shape == Wide && l.Areas[NATS].Height > 0 && l.Areas[Fossil].Height > 0: // beside each other
		width := -1
		for _, id := range l.Upper() {
			rows -= l.Areas[id].Height
			width += l.Areas[id].Width + 1
		}
		if rows += l.Areas[NATS].Height; width != l.Width {
			return fmt.Errorf("%d columns in total", width)
		}
	case l.Shape == Single:
		rows++ // tabs
	}
	if rows != l.Height {
		return fmt.Errorf("%d rows in total", rows)
	}
	if l.Areas[l.Focus].Height < 1 {
		return fmt.Errorf("the focused pane is not shown")
	}
	return nil
}
