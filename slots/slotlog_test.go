package slots_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bones-tui/slots"
)

func TestLastLogLine(t *testing.T) {
	t.Parallel()
	const join = `{"event":"join","slot":"a","task_id":"t-1","ts":"2026-03-02T09:00:00Z","worktree":"/w"}` + "\n"
	const commit = `{"event":"commit","files":2,"message":"m","sha":"9c4e","slot":"a","ts":"2026-03-02T09:01:00Z"}` + "\n"
	const failed = `{"event":"commit_error","reason":"push refused","slot":"a","ts":"2026-03-02T09:02:00.5+01:00"}` + "\n"
	const closed = `{"event":"close","result":"fail","slot":"a","summary":"gave up","ts":"2026-03-02T09:03:00Z"}` + "\n"
	for _, c := range []struct {
		name, text, event, err string
	}{
		{"the newest line", join + commit, "commit", ""},
		{"a failure with its reason", join + failed, "commit_error", "push refused"},
		{"a failed close with its summary", closed, "close", "gave up"},
		{"no newline at the end", join + strings.TrimSpace(commit), "commit", ""},
		{"a torn last line", join + commit[:20], "join", ""},
		{"foreign lines", join + "panic: x\n\n{}\n[1]\nnull\n", "join", ""},
		{"lines longer than a window", join + strings.Replace(commit, `"m"`, `"`+strings.Repeat("m", 100<<10)+`"`, 1), "commit", ""},
		{"a line before much noise", join + strings.Repeat("noise\n", 50<<10), "join", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := writeFile(t, filepath.Join(t.TempDir(), "log"), c.text)
			line, err := slots.LastLogLine(path)
			if err != nil || line.Event != c.event || line.Err != c.err || line.At.IsZero() {
				t.Errorf("got %+v, %v; want %s %q", line, err, c.event, c.err)
			}
		})
	}
	for name, text := range map[string]string{"empty": "", "only noise": "x\ny\n", "too far back": join + strings.Repeat("noise\n", 400<<10)} {
		if line, err := slots.LastLogLine(writeFile(t, filepath.Join(t.TempDir(), "log"), text)); !errors.Is(err, slots.ErrNoLogLine) {
			t.Errorf("%s: got %+v, %v", name, line, err)
		}
	}
	if _, err := slots.LastLogLine(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func FuzzDecodeLogLine(f *testing.F) {
	f.Add([]byte(`{"event":"commit_error","reason":"x","ts":"2026-03-02T09:02:00Z"}`))
	f.Add([]byte(`{"event":"close","result":"fail","ts":"2026-03-02T09:02:00.5+01:00"}`))
	f.Add([]byte(`{"event":1,"ts":null}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		l, err := slots.DecodeLogLine(line)
		if err != nil {
			if !errors.Is(err, slots.ErrNoLogLine) {
				t.Fatalf("error %v does not match ErrNoLogLine", err)
			}
			return
		}
		if l.Event == "" || l.At.IsZero() || !json.Valid(line) {
			t.Fatalf("%q decodes to %+v", line, l)
		}
	})
}
