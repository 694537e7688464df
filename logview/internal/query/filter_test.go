package query_test

import (
	"errors"
	"strings"
	"testing"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/logtest"
	"bones-tui/logview/internal/query"
	"bones-tui/logview/internal/row"
)

var now = logtest.At("2026-03-02T15:00:00Z")

func entryRow(e hublog.Entry) row.Row {
	return row.Row{
		Kind: row.KindEntry, Entry: e, Level: e.Level, Time: e.Ts.Time,
		Text: strings.TrimSuffix(string(e.Append(nil)), "\n"),
	}
}

func panicRow() row.Row {
	return row.Row{Kind: row.KindRaw, Text: "goroutine 71 [running]:", Level: hublog.LevelError}
}

func plainRow() row.Row {
	return row.Row{Kind: row.KindRaw, Text: "hub: fossil at 127.0.0.1:41002", Level: hublog.LevelInfo}
}

func TestFilterMatches(t *testing.T) {
	rows := []row.Row{entryRow(logtest.Claim()), entryRow(logtest.Ready()), panicRow(), plainRow()}
	tests := []struct {
		filter string
		want   string // one letter per matching row
	}{
		{"", "crpt"},
		{"level>=warn", "cp"},
		{"level>warn", "cp"},
		{"level<error", "rt"},
		{"level:info,error", "crpt"},
		{"level:e*", "cp"},
		{"level=INFO", "rt"},
		{"level!=info", "cp"},
		{"level~/err/", "cp"},
		{"event:rpc,error", "c"},
		{"event:l*", "r"},
		{"-event:rpc", "rpt"},
		{"!event:rpc", "rpt"},
		{"rpc:tasks.*", "c"},
		{"rpc:TASKS.CLAIM", "c"},
		{"rpc:tasks", ""},
		{"rpc=tasks.*", ""},
		{"rpc=tasks.claim", "c"},
		{"rpc!=tasks.claim", "rpt"},
		{"agent:slot-*", "c"},
		{"agent:*web", "c"},
		{"agent:s*o*w*", "c"},
		{`agent:""`, "rpt"},
		{"slot:web", "c"},
		{"slot:api,web", "c"},
		{"has:slot", "c"},
		{"task:t-11b0", "c"},
		{"took>200ms", "c"},
		{"took>212", ""},
		{"took:212ms", "c"},
		{"took!=212", "rpt"},
		{"took<1s", "c"},
		{"count>0", ""},
		{"err~/conflict/", "c"},
		{"err~/Conflict/", ""},
		{"err~/CONFLICT/i", "c"},
		{`err~/41 < "42"/`, "c"},
		{"err:*conflict*", "c"},
		{"has:err", "c"},
		{"-has:err,msg", "pt"},
		{"msg:hub*", "r"},
		{`msg:"hub: ready"`, "r"},
		{"ready", "r"},
		{"Ready", ""},
		{`"rev 41 < "`, "c"},
		{`"\"42\""`, "c"},
		{"/cas.*rev/", "c"},
		{"/41 < .42/", "c"},
		{"/Cas.*rev/", ""},
		{"/^goroutine \\d+ /", "p"},
		{"since:30m", "rpt"},
		{"since:14:30", "rpt"},
		{"until:14:30", "cpt"},
		{"since:2026-03-02T14:50:01Z", "rpt"},
		{"ts>14:30", "r"},
		{"ts:2026-03-02T14:0*", "c"},
		{"kind:raw", "pt"},
		{"-kind:raw", "cr"},
		{"kind:entry", "cr"},
		{"kind:partial,gap", ""},
		{"run:last", "crpt"},
		{"(task:t-11b0 | ready)", "cr"},
		{"(task:t-11b0 level:info | kind:raw level:error)", "p"},
		{"-(event:rpc | kind:raw)", "r"},
		{"ready | fossil", "rt"},
		{"a|b", ""},
		{"level>=info -event:hook ctx:2", "crpt"},
	}
	for _, tt := range tests {
		t.Run(tt.filter, func(t *testing.T) {
			f, err := query.Parse(tt.filter)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for i, r := range rows {
				if f.Match(r, now) {
					got += "crpt"[i : i+1]
				}
			}
			if got != tt.want {
				t.Errorf("matches %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFilterPrintsInCanonicalForm(t *testing.T) {
	tests := map[string]string{
		"  level>=WARN   !event:hook ": "level>=warn -event:hook",
		"LEVEL:Warn,ERROR":             "level:warn,error",
		"took_ms>250ms":                "took>250ms",
		"result_count=0":               "count=0",
		"agent:Slot-*":                 "agent:slot-*",
		`agent:"two words",x`:          `agent:"two words",x`,
		`agent:"a*b"`:                  "agent:a*b",
		`agent:"a\*b"`:                 `agent:"a\*b"`,
		`"word"`:                       "word",
		`"-x" "a b" "(" "level:warn"`:  `"-x" "a b" "(" "level:warn"`,
		`"say \"hi\" \\ "`:             `"say \"hi\" \\ "`,
		`/a\/b/`:                       `/a\/b/`,
		"/x/i":                         "/x/i",
		"err~/x y/":                    "err~/x y/",
		"since:-15m":                   "since:15m",
		"since:2026-03-02t14:00:00z":   "since:2026-03-02T14:00:00Z",
		"run:LAST run:1 run:7":         "run:last run:prev run:7",
		"kind:RAW,entry":               "kind:raw,entry",
		"has:took_ms":                  "has:took",
		"(a)":                          "a",
		"(a b)":                        "a b",
		"((a | b))":                    "(a | b)",
		"(a|b)":                        "(a | b)",
		"a | b c":                      "(a | b c)",
		"-(a)":                         "-a",
		"-(-a)":                        "a",
		"-(a b)":                       "-(a b)",
		"ctx:3 a":                      "a ctx:3",
		"main.work(0xc0)":              `"main.work(0xc0)"`,
		"(f(x) | g)":                   `("f(x)" | g)`,
		`agent:""`:                     `agent:""`,
		"14:05":                        "14:05",
		"soft\u00adhyphen":             `"soft\u{ad}hyphen"`,
		`"\u{1f600} \u{2a} \u{zz} \u"`: `"😀 * u{zz} u"`,
		"agent:\u202eSlot-*":           `agent:"\u{202e}slot-*"`,
		`agent:"\u{2A}*"`:              `agent:"\**"`,
		"/a\u200b[\u2060-\ufeff]/":     `/a\x{200b}[\x{2060}-\x{feff}]/`,
	}
	for in, want := range tests {
		t.Run(in, func(t *testing.T) {
			f, err := query.Parse(in)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.String(); got != want {
				t.Fatalf("prints %q, want %q", got, want)
			}
			again, err := query.Parse(want)
			if err != nil || again.String() != want {
				t.Errorf("its canonical form reads as %q, %v", again.String(), err)
			}
		})
	}
}

func TestSyntaxErrorsPointAndHelp(t *testing.T) {
	tests := []struct {
		filter string
		col    int
		hint   string
	}{
		{"foo:bar", 1, "to look for the text, quote it; fields: level"},
		{"x leve>=warn", 3, "did you mean level"},
		{"hub: ready", 1, "quote it"},
		{"level>=loud", 8, "debug, info, warn or error"},
		{"level:warn,loud", 12, "debug"},
		{"agent>x", 6, "legal: : = != ~"},
		{"since>5m", 6, "legal: :"},
		{"agent:", 7, "wildcard"},
		{"agent:a,", 9, "wildcard"},
		{"took>fast", 6, "250ms"},
		{"count>many", 7, "whole number"},
		{"since:soon", 7, "14:05"},
		{"since:5m,6m", 10, "14:05"},
		{"run:never", 5, "last"},
		{"kind:odd", 6, "raw"},
		{"has:nothing", 5, "err"},
		{"has:since", 5, "err"},
		{"ctx:many", 5, "100"},
		{"ctx:101", 5, "100"},
		{"-ctx:3", 6, "outside"},
		{"(a ctx:3)", 8, "outside"},
		{`é "open`, 3, "close it"},
		{"/open", 1, "close it with /"},
		{"/usr/lib", 6, "quote it"},
		{"a /(/", 4, "RE2"},
		{"//", 1, "/pattern/"},
		{"err~x", 5, "err~/pattern/"},
		{"(a", 1, "close it with )"},
		{"()", 2, "write a term"},
		{"(a | )", 5, "write a term"},
		{"| a", 1, "write a term"},
		{"a - b", 3, `write "-"`},
		{`""`, 1, "between the quotes"},
		{`agent:"x"y`, 10, "space"},
		{strings.Repeat("(", 60), 51, ""},
		{strings.Repeat("x", 5000), 4097, ""},
	}
	for _, tt := range tests {
		t.Run(tt.filter[:min(len(tt.filter), 20)], func(t *testing.T) {
			f, err := query.Parse(tt.filter)
			syntax := (*query.SyntaxError)(nil)
			if !errors.As(err, &syntax) {
				t.Fatalf("%v, %v", f, err)
			}
			if syntax.Col != tt.col || !strings.Contains(syntax.Hint, tt.hint) {
				t.Errorf("column %d, hint %q (%s); want column %d, hint %q", syntax.Col, syntax.Hint, syntax.Msg, tt.col, tt.hint)
			}
		})
	}
}

func parse(tb testing.TB, s string) *query.Filter {
	tb.Helper()
	f, err := query.Parse(s)
	if err != nil {
		tb.Fatalf("parse %q: %v", s, err)
	}
	return f
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"level>=warn -event:hook", "(task:t-7c92 | err~/timeout/)", `"a b" /x\/y/i`, "rpc:tasks.* took>250ms",
		"since:10m run:last kind:raw has:err ctx:3", "-(a | -b)", `agent:"\*x",*y*`, "a|b", "ſ /K/", "--x", "\xff:", "level:*",
	} {
		f.Add(s)
	}
	rows := []row.Row{entryRow(logtest.Claim()), entryRow(logtest.Ready()), panicRow(), plainRow()}
	f.Fuzz(func(t *testing.T, s string) {
		filter, err := query.Parse(s)
		if err != nil {
			syntax := (*query.SyntaxError)(nil)
			if !errors.As(err, &syntax) || syntax.Col < 1 || syntax.Col > len([]rune(s))+1 {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		printed := filter.String()
		again, err := query.Parse(printed)
		if err != nil {
			t.Fatalf("%q prints as %q: %v", s, printed, err)
		}
		if got := again.String(); got != printed {
			t.Fatalf("%q prints as %q, and that as %q", s, printed, got)
		}
		for _, r := range rows {
			if filter.Match(r, now) != again.Match(r, now) {
				t.Fatalf("%q and its canonical form %q judge %q differently", s, printed, r.Text)
			}
		}
		query.Complete(s, len(s)/2, nil)
		filter.Highlights(s)
	})
}
