package tui_test

import "bones-tui/tui"

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

// overDetails are what can be done to a list in detail.
var overDetails = map[string][]step{
	"narrowed":    {{[]string{"1", "enter"}, "slot-auth"}, {[]string{"/", "s", "l", "o", "t", "enter"}, "2 of 5"}, {[]string{"o"}, "sort: name"}},
	"narrowing":   {{[]string{"1", "enter"}, "slot-auth"}, {[]string{"/", "s", "l", "o", "t"}, "2 of 5"}},
	"detail-help": {{[]string{"1", "enter"}, "slot-auth"}, {[]string{"?"}, "Keys that work now"}},
}
