package termtest_test

import (
	"errors"
	"testing"

	"bones-tui/cmd/bones-tui/internal/termtest"
)

func TestFrameIsTextAndPlaces(t *testing.T) {
	f, err := termtest.ParseANSI([]byte("one  \n  日本 two\n\nlast"), 12, 0)
	if err != nil {
		t.Fatal(err)
	}
	if want := "one\n  日本 two\n\nlast"; f.String() != want {
		t.Errorf("text %q, want %q", f.String(), want)
	}
	if x, y, ok := f.Find("two"); x != 7 || y != 1 || !ok {
		t.Errorf("two is at %d, %d, %v", x, y, ok)
	}
	if x, y, ok := f.Find("本"); x != 4 || y != 1 || !ok {
		t.Errorf("本 is at %d, %d, %v", x, y, ok)
	}
	if f.Has("one\n") || f.Has("three") {
		t.Error("found text that is not in one line")
	}
	if want := "┌────────────┐\n│one         │\n│  日本 two  │\n│            │\n│last        │\n└────────────┘"; f.Boxed() != want {
		t.Errorf("boxed\n%s\nwant\n%s", f.Boxed(), want)
	}
	if c := f.At(12, 0); c != (termtest.Cell{}) {
		t.Errorf("outside: %+v", c)
	}
}

func TestParseRefusesNothing(t *testing.T) {
	if _, err := termtest.ParseANSI(nil, 0, 0); !errors.Is(err, termtest.ErrSize) {
		t.Errorf("%v, want ErrSize", err)
	}
}

func FuzzParseANSI(f *testing.F) {
	for _, text := range []string{"plain", "\x1b[1;31mred\x1b[0m\nnext", "\x1b[5;40r\x1b[9S", "日本\x1b]8;;x\x07\x0eq\x0f", "\x1bP+q\x1b\\\xff\xc3"} {
		f.Add([]byte(text), uint8(20), uint8(5))
	}
	f.Fuzz(func(t *testing.T, text []byte, width, height uint8) {
		frame, err := termtest.ParseANSI(text, int(width), int(height))
		if err == nil && len(frame.Cells) != frame.Width*frame.Height {
			t.Errorf("%d cells in a frame of %dx%d", len(frame.Cells), frame.Width, frame.Height)
		}
	})
}
