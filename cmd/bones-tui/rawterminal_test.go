package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bones-tui/cmd/bones-tui/internal/termtest"
)

// A log line of another program is the same JSON on a terminal and in a pipe, but on a
// terminal none of it is obeyed, and in a pipe no byte of it is changed.
func TestLogsAsJSON(t *testing.T) {
	t.Parallel()
	const line = "{\"ts\":\"2026-03-02T09:00:00Z\",\"level\":\"INFO\",\"event\":\"rpc\",\"msg\":\"a\u009b31mb\u202ec\x7f\xff\"}\n"
	path := filepath.Join(t.TempDir(), "hub.log")
	if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	var piped bytes.Buffer
	if code := run(context.Background(), []string{"logs", "--json", "--file", path}, nil, &piped, io.Discard); code != 0 || piped.String() != line {
		t.Errorf("exit code %d, piped %q", code, piped.String())
	}
	cmd := program(t, t.TempDir())
	cmd.Args = append(cmd.Args[:1:1], "logs", "--json", "--file", path)
	term := termtest.Start(t, cmd, 200, 10)
	if code := term.Exit(); code != 0 {
		t.Fatalf("exit code %d: %s", code, term.Screen())
	}
	out := string(term.Output())
	if strings.ContainsAny(out, "\u009b\u202e\x7f\x1b") || !strings.Contains(out, `a\u009b31mb\u202ec\u007f\ufffd`) {
		t.Errorf("a terminal gets %q", out)
	}
	var was, is any
	if err := json.Unmarshal([]byte(line), &was); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(out), &is); err != nil || was.(map[string]any)["msg"] != is.(map[string]any)["msg"] {
		t.Errorf("a terminal gets %v, %v", is, err)
	}
}
