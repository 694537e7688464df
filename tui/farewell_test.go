package tui_test

import (
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"

	"bones-tui/tui"
)

// A program that is refused ends within milliseconds; what the terminal answers then belongs
// to nobody.
func TestNobodyLeavesBeforeTheTerminalHasAnswered(t *testing.T) {
	quit, colour, key := tea.QuitMsg{}, tea.BackgroundColorMsg{}, tea.KeyPressMsg{}
	for _, tc := range []struct {
		name string
		in   []tea.Msg
		want []tea.Msg
	}{
		{"answered in time", []tea.Msg{colour, key, quit}, []tea.Msg{colour, key, quit}},
		{"left before the answer", []tea.Msg{key, quit, key, colour}, []tea.Msg{key, nil, key, quit}},
		{"never answered", []tea.Msg{quit, tui.Unanswered}, []tea.Msg{nil, quit}},
		{"answered late", []tea.Msg{tui.Unanswered, quit}, []tea.Msg{nil, quit}},
	} {
		filter := tui.NewFarewell()
		for i, msg := range tc.in {
			if got := filter(nil, msg); fmt.Sprintf("%T", got) != fmt.Sprintf("%T", tc.want[i]) {
				t.Errorf("%s: message %d became %T, want %T", tc.name, i, got, tc.want[i])
			}
		}
	}
}
