package query_test

import (
	"reflect"
	"strings"
	"testing"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/query"
)

func TestKeysEditTheFilter(t *testing.T) {
	f := parse(t, "text level>=info agent:slot-* -event:hook")
	tests := []struct {
		got  *query.Filter
		want string
	}{
		{f.With("level", ">=", "warn"), "text level>=warn agent:slot-* -event:hook"},
		{f.Without("level"), "text agent:slot-* -event:hook"},
		{f.Without("event"), "text level>=info agent:slot-*"},
		{f.With("event", ":", "rpc", "error"), "text level>=info agent:slot-* -event:hook event:rpc,error"},
		{f.With("event", "!=", "rpc"), "text level>=info agent:slot-* -event:hook,rpc"},
		{f.With("event", "!=", "hook"), "text level>=info agent:slot-* -event:hook"},
		{f.With("agent", "!=", "two words"), `text level>=info agent:slot-* -event:hook -agent:"two words"`},
		{f.With("agent", ":", "slot-api"), "text level>=info agent:slot-api -event:hook"},
		{f.With("took", ">", "fast"), f.String()},
		{f.With("nonsense", ":", "x"), f.String()},
		{f.With("ctx", ":", "3"), f.String() + " ctx:3"},
		{f.With("ctx", ":", "3").Without("ctx"), f.String()},
		{(*query.Filter)(nil).With("level", ">=", "warn"), "level>=warn"},
		{(*query.Filter)(nil).Without("level"), ""},
	}
	for _, tt := range tests {
		if got := tt.got.String(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	if f.String() != "text level>=info agent:slot-* -event:hook" {
		t.Errorf("editing changed the filter itself: %q", f)
	}
	if got := f.MinLevel(); got != hublog.LevelInfo {
		t.Errorf("least level %v", got)
	}
	if got := parse(t, "level>warn").MinLevel(); got != hublog.LevelError {
		t.Errorf("level>warn has least level %v", got)
	}
	if got := (*query.Filter)(nil).MinLevel(); got != hublog.LevelDebug {
		t.Errorf("no filter has least level %v", got)
	}
	if got := parse(t, "event:rpc,error").Events(); !reflect.DeepEqual(got, []string{"rpc", "error"}) {
		t.Errorf("events %v", got)
	}
}

func TestComplete(t *testing.T) {
	seen := query.Values{"agent": {"slot-api", "slot-web", "system", "two words"}}
	tests := []struct {
		line string // the cursor is at |
		want []string
	}{
		{"ta|", []string{"task:"}},
		{"x -le|", []string{"level>="}},
		{"(t|", []string{"task:", "took>", "ts:"}},
		{"agent:slot-|", []string{"agent:slot-api", "agent:slot-web"}},
		{"agent:system,slot-w| level", []string{"agent:system,slot-web"}},
		{"agent:t|", []string{`agent:"two words"`}},
		{`agent:"two |`, []string{`agent:"two words"`}},
		{"level>=w|", []string{"level>=warn"}},
		{"level:|", []string{"level:debug", "level:info", "level:warn", "level:error"}},
		{"run:|", []string{"run:last", "run:prev"}},
		{"event:l|", []string{"event:lifecycle"}},
		{"has:er|", []string{"has:err"}},
		{"nonsense:x|", nil},
		{"agent~/x|", nil},
	}
	for _, tt := range tests {
		before, after, _ := strings.Cut(tt.line, "|")
		got := query.Complete(before+after, len([]rune(before)), seen)
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.line, got, tt.want)
		}
	}
}

func TestHighlights(t *testing.T) {
	f := parse(t, `hub /r.a/ -fossil (ready | "dy")`)
	got := f.Highlights("Hub: ready, hub")
	if want := [][2]int{{0, 3}, {5, 10}, {12, 15}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := (*query.Filter)(nil).Highlights("x"); len(got) != 0 {
		t.Errorf("no filter highlights %v", got)
	}
}
