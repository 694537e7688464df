package lines_test

import (
	"testing"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/lines"
	"bones-tui/logview/internal/logtest"
)

func TestWhatHublogWritesIsKnownByItsBeginning(t *testing.T) {
	var x lines.Classifier
	for level := hublog.LevelDebug; level <= hublog.LevelError; level++ {
		for _, event := range []string{hublog.EventRPC, hublog.EventHook, hublog.EventLifecycle, hublog.EventError} {
			e := logtest.Claim()
			e.Level, e.Event = level, event
			e.Ts.Time = e.Ts.Add(time.Duration(level) * 61 * time.Second)
			line := e.Append(nil)
			line = line[:len(line)-1]
			c, sec, ok := x.Plain(line, false)
			if !ok || c.Level() != level || c.Event() != event || sec != e.Ts.Unix() || !c.IsHead() {
				t.Errorf("%s is class %x of second %d, plain %v", line, c, sec, ok)
			}
			if lines.IsGlued(line) || !lines.IsGlued(append(append([]byte(nil), line...), line...)) {
				t.Errorf("%s: whether it is one object is not seen", line)
			}
			if _, _, ok := x.Plain(line[:len(line)-1], false); ok {
				t.Error("half a line is taken for an entry")
			}
		}
	}
}

func TestOtherLinesAreRawOrDecoded(t *testing.T) {
	var x lines.Classifier
	odd, sec := x.Line([]byte(`  {"level":"WARN","ts":"2026-03-02T08:00:00Z","event":"custom"}`), false)
	if !odd.IsEntry() || odd.Level() != hublog.LevelWarn || odd.Event() != "" || sec == 0 {
		t.Errorf("another form of an entry is class %x of second %d", odd, sec)
	}
	for _, text := range []string{"", "panic: x", "{", "{}x", "\x00"} {
		if c, _ := x.Line([]byte(text), false); c.IsEntry() {
			t.Errorf("%q is taken for an entry", text)
		}
	}
}

func TestATraceIsOneRow(t *testing.T) {
	before := lines.Entry
	for _, line := range []struct {
		text string
		goes bool // on with the row before
	}{
		{"panic: assert", false},
		{"goroutine 7 [running]:", true},
		{"main.work(0xc0)", true},
		{"\t/src/main.go:7 +0x1", true},
		{"", true},
		{"exit status 2", true},
		{"hub: fossil at 127.0.0.1:41002", false},
		{"plain text", false},
	} {
		shape := lines.ShapeOf([]byte(line.text))
		if got := lines.Continues(before, shape); got != line.goes {
			t.Errorf("%q goes on: %v", line.text, got)
		}
		before = shape
	}
	if !lines.ShapeOf([]byte("panic: assert")).IsTrace() || lines.ShapeOf([]byte("text")).IsTrace() {
		t.Error("what a trace begins with is not seen")
	}
}

func TestTrimLeavesOutWhatIsNotText(t *testing.T) {
	for in, want := range map[string]string{"a\r": "a", "\x00\x00a": "a", "\xef\xbb\xbfa": "a", "a": "a"} {
		if got, skipped := lines.Trim([]byte(in), true); string(got) != want || in != "a\r" && skipped != len(in)-len(want) {
			t.Errorf("%q: %q, %d bytes left out", in, got, skipped)
		}
	}
}
