package tui_test

import (
	"fmt"
	"testing"

	"bones-tui/tui"
)

// step is keys, and then what must be on the screen.
type step struct {
	keys []string
	then string
}

// press goes through the steps.
func press(s *tui.Screen, steps ...step) {
	for _, x := range steps {
		s.Press(x.keys...)
		s.AwaitText(x.then)
	}
}

// depths are ways into detail, by the name of where they lead.
var depths = map[string][]step{
	"connections": {{[]string{"1", "enter"}, "slot-auth"}},
	"connection":  {{[]string{"1", "enter"}, "slot-auth"}, {[]string{"j", "enter"}, "tasks.events.>"}},
	"stores":      {{[]string{"1", "enter"}, "slot-auth"}, {[]string{"tab"}, "bones-tasks"}},
	"bucket":      {{[]string{"1", "enter"}, "slot-auth"}, {[]string{"tab"}, "bones-tasks"}, {[]string{"enter"}, "t-7c92"}},
	"key": {
		{[]string{"1", "enter"}, "slot-auth"},
		{[]string{"tab"}, "bones-tasks"},
		{[]string{"enter"}, "t-7c92"},
		{[]string{"j", "enter"}, `"id": "t-7c93"`},
	},
	"stream": {{[]string{"1", "enter"}, "slot-auth"}, {[]string{"tab"}, "bones-tasks"}, {[]string{"G", "enter"}, "1,204"}},
	"message": {
		{[]string{"1", "enter"}, "slot-auth"},
		{[]string{"tab"}, "bones-tasks"},
		{[]string{"G", "enter"}, "1,204"},
		{[]string{"j", "enter"}, `"task_id": "t-7c92"`},
	},
	"activity": {{[]string{"A"}, "rotate session keys"}},
	"timeline": {{[]string{"2", "enter"}, "paginate"}},
	"check-in": {{[]string{"2", "enter"}, "paginate"}, {[]string{"j", "enter"}, "größe.md"}},
	"diff":     {{[]string{"2", "enter"}, "paginate"}, {[]string{"enter"}, "größe.md"}, {[]string{"enter"}, "two generations"}},
}

func TestDetailFrames(t *testing.T) {
	sizes := []struct{ w, h int }{{40, 10}, {80, 24}, {120, 40}, {200, 60}}
	for name, steps := range depths {
		for _, ascii := range []bool{false, true} {
			variant := name
			if ascii {
				variant += "-ascii"
			}
			t.Run(variant, func(t *testing.T) {
				w := newWorld(t)
				w.ASCII = ascii
				w.inspect(inspectable())
				s := w.start(200, 60)
				s.AwaitText("pid 48211")
				press(s, steps...)
				if ascii {
					s.Resize(80, 24)
					checkFrame(t, s.Frame(), 80, 24)
					compare(t, variant+"-80x24.txt", trimmed(plain(s.Frame())))
					return
				}
				for _, size := range sizes {
					s.Resize(size.w, size.h)
					checkFrame(t, s.Frame(), size.w, size.h)
					compare(t, fmt.Sprintf("%s-%dx%d.txt", name, size.w, size.h), trimmed(plain(s.Frame())))
				}
				s.Resize(120, 40)
				compare(t, name+".ansi", s.Frame())
				s.Light()
				compare(t, name+"-light.ansi", s.Frame())
			})
		}
	}
}
