package logview_test

import (
	"strings"
	"testing"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
	"bones-tui/logview/internal/logtest"
)

// pre is the beginning of an entry as hublog writes it.
const pre = `{"ts":"2026-03-02T08:00:00Z","level":"WARN","event":"rpc"`

func TestHostileLinesAreShownForWhatTheyAre(t *testing.T) {
	tests := []struct {
		name, line string
		kind       logview.Kind
		level      hublog.Level
		event, msg string // of an entry
	}{
		{"plain", pre + `,"msg":"m"}`, logview.KindEntry, hublog.LevelWarn, "rpc", "m"},
		{"nothing but the three", pre + `}`, logview.KindEntry, hublog.LevelWarn, "rpc", ""},
		{"carriage return", pre + `,"msg":"m"}` + "\r", logview.KindEntry, hublog.LevelWarn, "rpc", "m"},
		{"carriage return inside", "a\rb", logview.KindRaw, hublog.LevelInfo, "", ""},
		{"zeros before", strings.Repeat("\x00", 5000) + pre + `,"msg":"m"}`, logview.KindEntry, hublog.LevelWarn, "rpc", "m"},
		{"zeros only", strings.Repeat("\x00", 300), logview.KindRaw, hublog.LevelInfo, "", ""},
		{"zeros inside", "a\x00b", logview.KindRaw, hublog.LevelInfo, "", ""},
		{"bad utf-8", pre + `,"msg":"` + "caf\xe9" + `"}`, logview.KindEntry, hublog.LevelWarn, "rpc", "caf\ufffd"},
		{"escape inside json", pre + `,"msg":"\u001b[2J"}`, logview.KindEntry, hublog.LevelWarn, "rpc", "\x1b[2J"},
		{"line separators", "a\u2028b\u0085c", logview.KindRaw, hublog.LevelInfo, "", ""},
		{"two objects", pre + `}{"a":1}`, logview.KindRaw, hublog.LevelInfo, "", ""},
		{"text glued on", pre + `} and so on`, logview.KindRaw, hublog.LevelInfo, "", ""},
		{"text glued on with a brace", pre + `} and so on }`, logview.KindRaw, hublog.LevelInfo, "", ""},
		{"text before", "log: " + pre + `}`, logview.KindRaw, hublog.LevelInfo, "", ""},
		{"cut", pre + `,"msg":"m`, logview.KindRaw, hublog.LevelInfo, "", ""},
		{"array", `[1,2]`, logview.KindRaw, hublog.LevelInfo, "", ""},
		{"number", `17`, logview.KindRaw, hublog.LevelInfo, "", ""},
		{"braces in a text", pre + `,"msg":"{}} {"}`, logview.KindEntry, hublog.LevelWarn, "rpc", "{}} {"},
		{"another object inside", pre + `,"extra":{"level":"ERROR","msg":"no"},"msg":"m"}`, logview.KindEntry, hublog.LevelWarn, "rpc", "m"},
		{"level in a text", pre + `,"msg":"\"level\":\"ERROR\""}`, logview.KindEntry, hublog.LevelWarn, "rpc", `"level":"ERROR"`},
		{"the first of two levels", pre + `,"level":"ERROR"}`, logview.KindEntry, hublog.LevelWarn, "rpc", ""},
		{"unknown keys", pre + `,"colour":"red","msg":"m"}`, logview.KindEntry, hublog.LevelWarn, "rpc", "m"},
		{"other order", `{"msg":"m","event":"hook","level":"ERROR","ts":"2026-03-02T08:00:00Z"}`, logview.KindEntry, hublog.LevelError, "hook", "m"},
		{"spaces", `{ "ts" : "2026-03-02T08:00:00Z", "level" : "DEBUG", "event" : "rpc", "msg" : "m" }`, logview.KindEntry, hublog.LevelDebug, "rpc", "m"},
		{"escaped key", `{"ts":"2026-03-02T08:00:00Z","l\u0065vel":"ERROR","event":"rpc","msg":"m"}`, logview.KindEntry, hublog.LevelError, "rpc", "m"},
		{"lower-case level", strings.Replace(pre, "WARN", "error", 1) + `}`, logview.KindEntry, hublog.LevelError, "rpc", ""},
		{"warning", strings.Replace(pre, "WARN", "Warning", 1) + `}`, logview.KindEntry, hublog.LevelWarn, "rpc", ""},
		{"unknown level", strings.Replace(pre, "WARN", "LOUD", 1) + `}`, logview.KindRaw, hublog.LevelInfo, "", ""},
		{"unknown event", strings.Replace(pre, `"rpc"`, `"dream"`, 1) + `,"msg":"m"}`, logview.KindEntry, hublog.LevelWarn, "dream", "m"},
		{"event that only begins right", strings.Replace(pre, `"rpc"`, `"rpcs"`, 1) + `}`, logview.KindEntry, hublog.LevelWarn, "rpcs", ""},
		{"no event", `{"ts":"2026-03-02T08:00:00Z","level":"WARN"}`, logview.KindRaw, hublog.LevelInfo, "", ""},
		{"level is a number", strings.Replace(pre, `"WARN"`, `3`, 1) + `}`, logview.KindRaw, hublog.LevelInfo, "", ""},
		{"message is a number", pre + `,"msg":7,"agent":"a"}`, logview.KindEntry, hublog.LevelWarn, "rpc", ""},
		{"took over 64 bits", pre + `,"took_ms":99999999999999999999,"msg":"m"}`, logview.KindEntry, hublog.LevelWarn, "rpc", "m"},
		{"fractions and offset", strings.Replace(pre, "08:00:00Z", "09:00:00.5+01:00", 1) + `,"msg":"m"}`, logview.KindEntry, hublog.LevelWarn, "rpc", "m"},
		{"not a time", strings.Replace(pre, "08:00:00Z", "25:00:00Z", 1) + `}`, logview.KindRaw, hublog.LevelInfo, "", ""},
		{"not a day", strings.Replace(pre, "03-02", "02-30", 1) + `}`, logview.KindRaw, hublog.LevelInfo, "", ""},
		{"leap second", strings.Replace(pre, "08:00:00Z", "23:59:60Z", 1) + `}`, logview.KindRaw, hublog.LevelInfo, "", ""},
		{"time is null", strings.Replace(pre, `"2026-03-02T08:00:00Z"`, "null", 1) + `}`, logview.KindRaw, hublog.LevelInfo, "", ""},
		{"20,000 levels deep", pre + `,"x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, logview.KindEntry, hublog.LevelWarn, "rpc", pre + `,"x":` + strings.Repeat("[", 4096-len(pre)-5)},
		{"damaged after the beginning", pre + `,"msg":oops}`, logview.KindEntry, hublog.LevelWarn, "rpc", pre + `,"msg":oops}`},
		{"empty", "", logview.KindRaw, hublog.LevelInfo, "", ""},
		{"panic", "panic: boom", logview.KindRaw, hublog.LevelError, "", ""},
		{"fatal", "fatal error: all goroutines are asleep - deadlock!", logview.KindRaw, hublog.LevelError, "", ""},
		{"recovered", "2026/03/02 08:00:00 http: panic serving 127.0.0.1:5: boom", logview.KindRaw, hublog.LevelError, "", ""},
		{"no panic", "do not panic", logview.KindRaw, hublog.LevelInfo, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDir(t)
			d.write("", line("INFO", "before")+tt.line+"\n"+line("INFO", "after"))
			l := d.open(logview.Options{})
			v := view(t, l, "")
			p, err := v.Head(t.Context(), 10)
			if err != nil || len(p.Rows) != 3 {
				t.Fatal(texts(p), err)
			}
			r := p.Rows[1]
			if r.Kind != tt.kind || r.Level != tt.level || r.Entry.Event != tt.event || r.Entry.Msg != tt.msg {
				t.Errorf("%v %v %q %.200q", r.Kind, r.Level, r.Entry.Event, r.Entry.Msg)
			}
			s := settled(t, v, matches(3))
			if want := [4]int64{}; s.Levels == want || s.Levels[tt.level] == 0 {
				t.Errorf("counted as %v", s.Levels)
			}
			// The class that was counted and the row agree, by any way to it.
			kind := view(t, l, "kind:"+tt.kind.String()+" level:"+tt.level.String())
			settled(t, kind, func(s logview.Snapshot) bool { return s.Matches > 0 })
			if tt.event != "" {
				event := view(t, l, "event:"+tt.event)
				settled(t, event, matches(1))
			}
		})
	}
}

func TestRowsOfAFileThatBeginsOddly(t *testing.T) {
	d := newDir(t)
	d.write("", "\ufeff"+line("WARN", "after the mark")+"\n\n\nmain.work(0xc0)\n\t/src/x.go:1\n")
	v := view(t, d.open(logview.Options{}), "")
	equal(t, all(t, v), "after the mark", " +4")
}

func TestEscapedTextIsFound(t *testing.T) {
	d := newDir(t)
	e := logtest.Ready()
	e.Msg = "open <internal/hub>: \"permission\" & more\tžluť \U0001f980"
	d.write("", string(e.Append(nil))+"raw <internal/hub>\n")
	l := d.open(logview.Options{})
	for filter, n := range map[string]int64{
		"<internal/hub>": 2, `"\"permission\" & more"`: 1, "/<INTERNAL.hub>/i": 2, "Žluť": 0, "žluť": 1, "ŽLUŤ": 0,
		"/permission. & MORE/i": 1, "\U0001f980": 1, "msg~/& more\\t/": 1, "-<internal": 0,
	} {
		v := view(t, l, filter)
		if s := settled(t, v, func(logview.Snapshot) bool { return true }); s.Matches != n {
			t.Errorf("%s: %d rows, want %d", filter, s.Matches, n)
		}
	}
}

func TestLongLinesStayCheap(t *testing.T) {
	const size = 10 << 20
	d := newDir(t)
	d.write("", line("INFO", "before")+pre+`,"msg":"`+strings.Repeat("x", size)+`needle"}`+"\n"+
		strings.Repeat("y", size)+"\n"+line("INFO", "after"))
	l := d.open(logview.Options{})
	v := view(t, l, "")
	p, err := v.Tail(t.Context(), 10)
	if err != nil || len(p.Rows) != 4 {
		t.Fatal(len(p.Rows), err)
	}
	long, raw := p.Rows[1], p.Rows[2]
	if long.Kind != logview.KindEntry || long.Level != hublog.LevelWarn || len(long.Text) > 4096 || len(long.Text)+int(long.Cut) != size+len(pre)+len(`,"msg":"needle"}`) {
		t.Errorf("long entry: kind %v, %d bytes and %d cut", long.Kind, len(long.Text), long.Cut)
	}
	if raw.Kind != logview.KindRaw || int64(len(raw.Text))+raw.Cut != size {
		t.Errorf("long raw line: kind %v, %d bytes and %d cut", raw.Kind, len(raw.Text), raw.Cut)
	}
	if detail, err := l.Detail(t.Context(), raw.Pos); err != nil || len(detail) != 1<<20 {
		t.Errorf("detail of %d bytes, %v", len(detail), err)
	}
	settled(t, v, matches(4))
	out := printed(t, d.path, logview.PrintOptions{JSON: true, Filter: parse(t, "level:warn")})
	if len(out) != size+len(pre)+len(`,"msg":"needle"}`)+1 {
		t.Errorf("printed %d bytes", len(out))
	}
}

func TestLineWithoutEndIsOnePartialRow(t *testing.T) {
	d := newDir(t)
	d.write("", strings.Repeat("z", 3<<20))
	l := d.open(logview.Options{})
	v := view(t, l, "")
	for range 20 {
		d.add(strings.Repeat("z", 1<<16))
	}
	settled(t, v, matches(1))
	p, err := v.Tail(t.Context(), 5)
	if err != nil || len(p.Rows) != 1 || p.Rows[0].Kind != logview.KindPartial || len(p.Rows[0].Text) > 4096 {
		t.Errorf("%d rows, %v", len(p.Rows), err)
	}
	d.add("\n")
	settled(t, v, func(logview.Snapshot) bool {
		p, err := v.Tail(t.Context(), 5)
		return err == nil && len(p.Rows) == 1 && p.Rows[0].Kind == logview.KindRaw
	})
}

func TestFoldedRowsReachAcrossUnits(t *testing.T) {
	const unit = 128 << 10
	for shift := -len(trace) - 2; shift <= 2; shift += 3 {
		d := newDir(t)
		fill := strings.Repeat(line("INFO", "filler"), unit/len(line("INFO", "filler")))
		room := unit + shift - len(fill)
		for room < 300 {
			fill = strings.TrimSuffix(fill, line("INFO", "filler"))
			room = unit + shift - len(fill)
		}
		fill += line("INFO", strings.Repeat("f", room-len(line("INFO", ""))))
		d.write("", fill+trace+line("INFO", "last"))
		l := d.open(logview.Options{})
		for _, filter := range []string{"level>=error", "exit", "boom", "/work.go:41/"} {
			v := view(t, l, filter)
			p, err := v.Tail(t.Context(), 10)
			if err != nil || len(p.Rows) != 1 || p.Rows[0].Folded != 5 || p.Rows[0].Text != "panic: assert: boom" {
				t.Fatalf("shift %d, %q: %q, %v", shift, filter, texts(p), err)
			}
			settled(t, v, matches(1))
		}
	}
}

func TestEndlessTraceIsCutIntoRows(t *testing.T) {
	d := newDir(t)
	d.write("", "panic: x\n"+strings.Repeat("\n", 1<<20)+line("INFO", "end"))
	v := view(t, d.open(logview.Options{}), "")
	s := settled(t, v, func(s logview.Snapshot) bool { return s.Matches > 1 })
	if s.Matches > 20 {
		t.Errorf("%d rows", s.Matches)
	}
	if got := all(t, v); int64(len(got)) != s.Matches {
		t.Errorf("%d rows counted, %d shown", s.Matches, len(got))
	}
}
