package termtest

import (
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// open returns an emulator whose answers nobody reads.
func open(t *testing.T, width, height int) *emulator {
	t.Helper()
	e := newEmulator(width, height, DarkTheme())
	var wg sync.WaitGroup
	wg.Go(func() { e.answer(io.Discard) })
	t.Cleanup(func() {
		if err := e.close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
	})
	return e
}

func screen(e *emulator) string {
	f, _ := e.frame()
	return f.String()
}

func TestUpdatesShowWhenTheyAreComplete(t *testing.T) {
	e := open(t, 10, 2)
	for _, step := range []struct{ write, want string }{
		{"one", "one\n"},
		{"\x1b[?2026h\x1b[1;1Htwo e", "one\n"},
		{"\u0301", "one\n"},
		{"\x1b[?202", "one\n"},
		{"6l", "two e\u0301\n"},
		{"\x1b[", "two e\u0301\n"},
		{"?2026h\x1b[2;1Hthree", "two e\u0301\n"},
		{"\x1b[?2026l", "two e\u0301\nthree"},
	} {
		e.write([]byte(step.write))
		if got := screen(e); got != step.want {
			t.Errorf("after %q the screen is %q, want %q", step.write, got, step.want)
		}
	}
	e.write([]byte("\x1b[?2026h\x1b[2;1Hcut"))
	e.end()
	if got := screen(e); got != "two e\u0301\ncutee" {
		t.Errorf("after the end the screen is %q", got)
	}
}

func TestScrollingAfterAShrinkIsHarmless(t *testing.T) {
	e := open(t, 20, 40)
	e.write([]byte("\x1b[?1049h\x1b[1;40r"))
	e.resize(10, 5)
	e.write([]byte("\x1b[3;40r\x1b[S\x1b[T\x1b[40;1H\x1b[5L\x1b[5M\n\n\x1b[1;9999r\x1b[9999S\x1b[1;1Hok"))
	if got := screen(e); got != "ok\n\n\n\n" {
		t.Errorf("screen is %q", got)
	}
	if len(e.faults) > 0 {
		t.Errorf("faults %q", e.faults)
	}
}

func TestAFaultCostsOneSequence(t *testing.T) {
	e := open(t, 10, 2)
	e.vt.RegisterCsiHandler('z', func(_ ansi.Params) bool { panic("broken") })
	e.write([]byte("\x1b[1mone\x1b[5zlost\x1b[2;1Htwo"))
	if got := screen(e); got != "one\ntwo" {
		t.Errorf("screen is %q", got)
	}
	if len(e.faults) != 1 {
		t.Errorf("faults %q, want one", e.faults)
	}
}

func TestModesThatAreLeftAreNamed(t *testing.T) {
	for _, test := range []struct {
		write string
		want  []string
	}{
		{"", nil},
		{"\x1b[?1049h", []string{"alternate screen"}},
		{"\x1b[?1049h\x1b[?1049l", nil},
		{"\x1b[?25l", []string{"cursor hidden"}},
		{"\x1b[?7l\x1b[?7h", nil},
		{"\x1b[?1002h\x1b[?1006h\x1b[?2004h", []string{"bracketed paste", "mouse coordinates", "mouse drags"}},
		{"\x1b[?4321h", []string{"mode 4321"}},
		{"\x1b[>1u", []string{"keyboard enhancements"}},
		{"\x1b[>1u\x1b[<1u", nil},
		{"\x1b[?1049h\x1b[>1u\x1b[?1049l", nil},
		{"\x1b[>4;2m", []string{"modifyOtherKeys"}},
		{"\x1b[>4;2m\x1b[>4m", nil},
	} {
		e := open(t, 10, 2)
		e.write([]byte(test.write))
		if got := e.modes.left(); !slices.Equal(got, test.want) {
			t.Errorf("after %q: %q, want %q", test.write, got, test.want)
		}
	}
}

func TestColoursThatAreLeftAreNamed(t *testing.T) {
	e := open(t, 10, 2)
	e.write([]byte("\x1b]11;#ff0000\x07"))
	if got := leftColours(e.vt, DarkTheme()); !slices.Equal(got, []string{"background colour"}) {
		t.Errorf("%q", got)
	}
	e.write([]byte("\x1b]111\x07"))
	if got := leftColours(e.vt, DarkTheme()); got != nil {
		t.Errorf("after the reset: %q", got)
	}
}
