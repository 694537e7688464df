package tui

import (
	"testing"

	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/services"
)

func TestMode(t *testing.T) {
	opened := map[event]mode{
		eventFilter: modeFilter, eventHelp: modeHelp, eventDetail: modeDetail, eventPicker: modePicker,
		eventFacets: modeFacets, eventDialog: modeDialog, eventClose: modeNormal,
	}
	want := func(m mode, e event) mode {
		if m == modeDetail && (e == eventFilter || e == eventHelp || e == eventPicker) {
			return opened[e]
		}
		if m == modeNormal || e == eventDialog || e == eventClose {
			return opened[e]
		}
		return m // what is open has to be left first
	}
	for m := range modeCount {
		for e := range eventCount {
			if got := next(m, e); got != want(m, e) {
				t.Errorf("mode %d after event %d is %d, want %d", m, e, got, want(m, e))
			}
		}
	}
}

func TestWordsOfTheHeader(t *testing.T) {
	for got, want := range map[string]string{
		services.Port("http://127.0.0.1:41001/"): ":41001", services.Port("nonsense"): "", cells.HomePath("/home/me/x", "/home/me"): "~/x",
		cells.HomePath("/home/mexico", "/home/me"): "/home/mexico",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
