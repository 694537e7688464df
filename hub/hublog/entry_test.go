package hublog_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/hublog"
)

var instant = time.Date(2026, 3, 2, 9, 16, 2, 987654321, time.FixedZone("", 2*3600))

func at(t time.Time) hublog.LoggedTime { return hublog.LoggedTime{Time: t} }

func full() hublog.Entry {
	return hublog.Entry{
		Ts: at(instant), Level: hublog.LevelWarn, Event: hublog.EventRPC, RPC: "tasks.claim", Agent: "a-1",
		Task: "7f0c3a52-9d1e-4b7a-8a51-0d5a1f2b3c4d", Session: "s-91", Hook: "SessionStart", Matcher: "startup",
		TookMs: 7, ResultCount: 12, Err: "already claimed", Msg: "primed 3",
	}
}

// asJSON is the line that encoding/json makes.
func asJSON(tb testing.TB, e hublog.Entry) string {
	tb.Helper()
	text, err := json.Marshal(e)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text) + "\n"
}

func TestAppendWritesTheContractsLine(t *testing.T) {
	const want = `{"ts":"2026-03-02T07:16:02Z","level":"WARN","event":"rpc","rpc":"tasks.claim","agent":"a-1",` +
		`"task":"7f0c3a52-9d1e-4b7a-8a51-0d5a1f2b3c4d","session":"s-91","hook":"SessionStart","matcher":"startup",` +
		`"took_ms":7,"result_count":12,"err":"already claimed","msg":"primed 3"}` + "\n"
	if got := string(full().Append(nil)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := string(full().Append([]byte("x"))); got != "x"+want {
		t.Errorf("does not append: %s", got)
	}
}

func TestAppendLeavesOutEmptyFields(t *testing.T) {
	e := hublog.Entry{Ts: at(instant), Event: hublog.EventLifecycle, Msg: "hub: ready"}
	const want = `{"ts":"2026-03-02T07:16:02Z","level":"DEBUG","event":"lifecycle","msg":"hub: ready"}` + "\n"
	if got := string(e.Append(nil)); got != want {
		t.Errorf("got %s", got)
	}
}

func FuzzAppendEqualsEncodingJSON(f *testing.F) {
	f.Add(int64(0), uint8(1), "rpc", "tasks.claim", "a", "<&>\u2028\u2029", int64(-1), 3, "\x00\x1f\x7f\xff\b\f\n\r\t", `"\`)
	f.Add(int64(1e9), uint8(9), "", "", "", "", int64(0), 0, "", "plain \U0001f600 \ufffd \xed\xa0\x80")
	f.Fuzz(func(t *testing.T, sec int64, level uint8, event, rpc, agent, task string, took int64, n int, errText, msg string) {
		e := hublog.Entry{
			Ts: at(time.Unix(sec%200_000_000_000, 0)), Level: hublog.Level(level), Event: event, RPC: rpc, Agent: agent,
			Task: task, Session: msg, Hook: rpc, Matcher: agent, TookMs: took, ResultCount: n, Err: errText, Msg: msg,
		}
		if got, want := string(e.Append(nil)), asJSON(t, e); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}

func TestDecodeReadsWhatAppendWrote(t *testing.T) {
	want := full()
	want.Ts = at(instant.UTC().Truncate(time.Second))
	got, err := hublog.Decode(full().Append(nil))
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestDecodeToleratesOtherWriters(t *testing.T) {
	base := hublog.Entry{Ts: at(time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)), Level: hublog.LevelWarn, Event: "rpc"}
	with := func(change func(*hublog.Entry)) hublog.Entry {
		e := base
		change(&e)
		return e
	}
	cases := map[string]struct {
		line string
		want hublog.Entry
	}{
		"spaces and CRLF":     {" { \"ts\" : \"2026-03-02T07:00:00Z\" , \"level\":\"WARN\",\"event\":\"rpc\" } \r\n", base},
		"level in lower case": {`{"ts":"2026-03-02T07:00:00Z","level":"warn","event":"rpc"}`, base},
		"level WARNING":       {`{"ts":"2026-03-02T07:00:00Z","level":"Warning","event":"rpc"}`, base},
		"any order":           {`{"event":"rpc","level":"WARN","ts":"2026-03-02T07:00:00Z"}`, base},
		"unknown keys":        {`{"ts":"2026-03-02T07:00:00Z","level":"WARN","event":"rpc","x":{"y":[1,{}]},"z":null}`, base},
		"null fields":         {`{"ts":"2026-03-02T07:00:00Z","level":"WARN","event":"rpc","msg":null}`, base},
		"number for text":     {`{"ts":"2026-03-02T07:00:00Z","level":"WARN","event":"rpc","msg":7}`, base},
		"text for number":     {`{"ts":"2026-03-02T07:00:00Z","level":"WARN","event":"rpc","took_ms":"7"}`, base},
		"escapes": {
			`{"ts":"2026-03-02T07:00:00Z","level":"WARN","event":"rpc","msg":"\"\\\/\b\f\n\r\t\u003c\u20ac"}`,
			with(func(e *hublog.Entry) { e.Msg = "\"\\/\b\f\n\r\t<€" }),
		},
		"surrogates": {
			`{"ts":"2026-03-02T07:00:00Z","level":"WARN","event":"rpc","msg":"\ud83d\ude00"}`,
			with(func(e *hublog.Entry) { e.Msg = "😀" }),
		},
		"bad UTF-8": {
			`{"ts":"2026-03-02T07:00:00Z","level":"WARN","event":"rpc","msg":"` + "a\xffb" + `"}`,
			with(func(e *hublog.Entry) { e.Msg = "a\ufffdb" }),
		},
		"fraction and offset": {
			`{"ts":"2026-03-02T09:00:00.5+02:00","level":"WARN","event":"rpc"}`,
			with(func(e *hublog.Entry) { e.Ts = at(e.Ts.Add(time.Second / 2)) }),
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := hublog.Decode([]byte(c.line))
			if err != nil || !equal(got, c.want) {
				t.Errorf("got  %+v, %v\nwant %+v", got, err, c.want)
			}
		})
	}
}

func TestDecodeRefusesWhatIsNoEntry(t *testing.T) {
	for _, line := range []string{
		"", "\n", "null", "7", "[]", "{}", "panic: assert: boom", "\tmain.go:41 +0x1d", `{"ts":"2026-03-02T07:00:00Z"`,
		`{"level":"WARN","event":"rpc"}`,
		`{"ts":null,"level":"WARN","event":"rpc"}`,
		`{"ts":"yesterday","level":"WARN","event":"rpc"}`,
		`{"ts":"2026-13-02T07:00:00Z","level":"WARN","event":"rpc"}`,
		`{"ts":"2026-03-02T07:00:00Z","event":"rpc"}`,
		`{"ts":"2026-03-02T07:00:00Z","level":"TRACE","event":"rpc"}`,
		`{"ts":"2026-03-02T07:00:00Z","level":1,"event":"rpc"}`,
		`{"ts":"2026-03-02T07:00:00Z","level":null,"event":"rpc"}`,
		`{"ts":"2026-03-02T07:00:00Z","level":"WARN"}`,
		`{"ts":"2026-03-02T07:00:00Z","level":"WARN","event":""}`,
		`{"ts":"2026-03-02T07:00:00Z","level":"WARN","event":7}`,
		`{"ts":"2026-03-02T07:00:00Z","level":"WARN","event":"rpc"} {}`,
		`{"ts":"2026-03-02T07:00:00Z","level":"WARN","event":"rpc",}`,
		`{"ts":"2026-03-02T07:00:00Z","level":"WARN","event":"rpc","took_ms":01}`,
		"{\"ts\":\"2026-03-02T07:00:00Z\",\"level\":\"WARN\",\"event\":\"r\npc\"}",
	} {
		if e, err := hublog.Decode([]byte(line)); !errors.Is(err, hublog.ErrNotEntry) || e != (hublog.Entry{}) {
			t.Errorf("%q: %+v, %v", line, e, err)
		}
	}
}

// equal compares entries by instant, not by the zone it was written in.
func equal(a, b hublog.Entry) bool {
	same := a.Ts.Equal(b.Ts.Time)
	a.Ts, b.Ts = hublog.LoggedTime{}, hublog.LoggedTime{}
	return same && reflect.DeepEqual(a, b)
}

// oracle is Decode by encoding/json alone.
func oracle(line []byte) (hublog.Entry, bool) {
	var have struct {
		Ts    *json.RawMessage
		Level *json.RawMessage
	}
	var e hublog.Entry
	err := json.Unmarshal(line, &e)
	if wrongType := (*json.UnmarshalTypeError)(nil); err != nil && !errors.As(err, &wrongType) {
		return e, false
	}
	if json.Unmarshal(line, &have) != nil || have.Ts == nil || have.Level == nil {
		return e, false
	}
	return e, !e.Ts.IsZero() && e.Event != ""
}

func FuzzDecodeEqualsEncodingJSON(f *testing.F) {
	f.Add(full().Append(nil))
	for _, line := range strings.Split(sample, "\n") {
		f.Add([]byte(line))
	}
	f.Add([]byte(`{"ts":"2026-03-02T07:00:00Z","level":"WARN","event":"rpc","took_ms":-0,"result_count":9223372036854775808}`))
	f.Add([]byte(`{"TS":"2026-03-02T07:00:00Z","Level":"warn","e\u0076ent":"rpc","msg":"\ud800x","msg":"\u2028"}`))
	f.Add([]byte(`{"ts":"2026-03-02T7:00:00.0Z","level":"WARN","event":"rpc","task":"a","task":null}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		before := bytes.Clone(line)
		got, err := hublog.Decode(line)
		want, ok := oracle(line)
		if ok != (err == nil) || ok && !equal(got, want) {
			t.Errorf("%q\ngot  %+v, %v\nwant %+v, %v", line, got, err, want, ok)
		}
		if !bytes.Equal(line, before) {
			t.Error("the line was changed")
		}
	})
}

func TestDecodeIsAsStrictAboutTimesAsEncodingJSON(t *testing.T) {
	const ts = "2026-03-02T07:00:09Z"
	for i := range len(ts) {
		for _, c := range "0159-:TtZz.,+ " {
			line := `{"ts":"` + ts[:i] + string(c) + ts[i+1:] + `","level":"WARN","event":"rpc"}`
			got, err := hublog.Decode([]byte(line))
			if want, ok := oracle([]byte(line)); ok != (err == nil) || ok && !equal(got, want) {
				t.Errorf("%s: got %v, %v; want %v, %v", line, got.Ts, err, want.Ts, ok)
			}
		}
	}
}

func TestDecodeStringDoesNotAllocateForAnOrdinaryLine(t *testing.T) {
	line := string(full().Append(nil))
	if n := testing.AllocsPerRun(100, func() { _, _ = hublog.DecodeString(line) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestDecodedEntryDoesNotShareTheLine(t *testing.T) {
	line := full().Append(nil)
	e, err := hublog.Decode(line)
	if err != nil {
		t.Fatal(err)
	}
	clear(line)
	if e.Agent != "a-1" || e.Msg != "primed 3" {
		t.Errorf("changed with the line: %+v", e)
	}
}

const sample = `{"ts":"2026-03-02T09:15:10Z","level":"INFO","event":"lifecycle","msg":"hub: starting (pid=5200, repo-port=41001, coord-port=41002)"}
hub: fossil at 127.0.0.1:41001, nats at nats://127.0.0.1:41002
{"ts":"2026-03-02T09:15:10Z","level":"WARN","event":"lifecycle","msg":"hub: recovery failed (demo cause) — orphan events will retry on next start"}
{"ts":"2026-03-02T09:16:09Z","level":"INFO","event":"rpc","rpc":"tasks.claim","agent":"render-leaf","task":"7f0c3a52-9d1e-4b7a-8a51-0d5a1f2b3c4d"}
{"ts":"2026-03-02T09:22:30Z","level":"DEBUG","event":"rpc","rpc":"tasks.list","agent":"a-1","took_ms":7,"result_count":12}
{"ts":"2026-03-02T09:22:31Z","level":"INFO","event":"rpc","rpc":"tasks.claim","agent":"a-2","err":"\"already\" claimed"}
panic: assert: boom`

func TestParseLevelTakesTheWordsInAnyCase(t *testing.T) {
	for word, want := range map[string]hublog.Level{
		"debug": hublog.LevelDebug, "Info": hublog.LevelInfo, "WARN": hublog.LevelWarn, "eRRoR": hublog.LevelError, "Warning": hublog.LevelWarn,
	} {
		if got, err := hublog.ParseLevel(word); err != nil || got != want {
			t.Errorf("%s: %v, %v", word, got, err)
		}
	}
	for _, word := range []string{"", "trace", "warnings", "info ", "1"} {
		if _, err := hublog.ParseLevel(word); !errors.Is(err, hublog.ErrLevel) {
			t.Errorf("%q: error is %v", word, err)
		}
	}
}

func TestLevelsAreOrdered(t *testing.T) {
	if hublog.LevelDebug >= hublog.LevelInfo || hublog.LevelInfo >= hublog.LevelWarn || hublog.LevelWarn >= hublog.LevelError {
		t.Error("order is wrong")
	}
}

func BenchmarkAppend(b *testing.B) {
	e := full()
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		var buf []byte
		for b.Loop() {
			buf = e.Append(buf[:0])
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(e); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	escaped := full()
	escaped.Msg = `say "<hello>"`
	for name, line := range map[string][]byte{"plain": full().Append(nil), "escaped": escaped.Append(nil)} {
		b.Run(name+"/ours", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(line)))
			for b.Loop() {
				if _, err := hublog.Decode(line); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/encoding-json", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(line)))
			for b.Loop() {
				var e hublog.Entry
				if err := json.Unmarshal(line, &e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
