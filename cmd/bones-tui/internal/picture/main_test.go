package main

import (
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// cells returns how many columns and rows of text the picture has room for.
func cells(t *testing.T, path string) (columns, rows int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c, err := png.DecodeConfig(f)
	if err != nil {
		t.Fatal(err)
	}
	return (c.Width - 28) / 9, (c.Height - 28 - 32) / 19
}

func TestDrawsACapture(t *testing.T) {
	out := filepath.Join(t.TempDir(), "x.png")
	if err := run([]string{"-o", out, "-ansi", write(t, "\x1b[1mone\x1b[0m\ntwo and three\n")}); err != nil {
		t.Fatal(err)
	}
	if w, h := cells(t, out); w != 13 || h != 2 {
		t.Errorf("picture of %dx%d cells, want 13x2", w, h)
	}
}

func TestPlaysAScript(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no pseudo-terminal on this system")
	}
	dir := t.TempDir()
	first, last := filepath.Join(dir, "first.png"), filepath.Join(dir, "last.png")
	script := write(t, "# answer the question\n\nwait your name\ntype Ada \nkey backspace enter\nwait hello, Ada!\npicture "+first+
		"\nresize 30x4\nsettle 20ms\n")
	err := run([]string{
		"-size", "40x5", "-keys", script, "-o", last, "-wait", "what", "--",
		"sh", "-c", "echo what is your name; read n; echo \"hello, $n!\"; sleep 60",
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][2]int{first: {40, 5}, last: {30, 4}} {
		if w, h := cells(t, path); w != want[0] || h != want[1] {
			t.Errorf("picture of %dx%d cells, want %v", w, h, want)
		}
	}
}

func TestErrorsAreOneLineThatSaysWhere(t *testing.T) {
	out := filepath.Join(t.TempDir(), "x.png")
	script := func(line string) []string {
		return []string{"-keys", write(t, "# comment\n"+line), "--", "true"}
	}
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"nothing to draw", []string{"-o", out}, "either -ansi FILE or a command"},
		{"two things to draw", []string{"-o", out, "-ansi", "x", "--", "true"}, "either -ansi FILE or a command"},
		{"nowhere to write", []string{"--", "true"}, "give -o FILE"},
		{"unknown flag", []string{"-nope"}, "-nope"},
		{"bad size", []string{"-size", "80", "--", "true"}, `"80" is not a size`},
		{"too big", []string{"-size", "80x2000", "-o", out, "--", "true"}, "between 1 and 1000"},
		{"bad scale", []string{"-scale", "9", "-o", out, "-ansi", write(t, "x")}, "scale"},
		{"no capture", []string{"-o", out, "-ansi", "missing"}, "missing"},
		{"empty capture", []string{"-o", out, "-ansi", write(t, "")}, "size"},
		{"no command", []string{"-o", out, "--", "no-such-command"}, "no-such-command"},
		{"unknown step", script("press q"), "file:2: press q: no such step"},
		{"step without words", script("wait"), "file:2: wait"},
		{"bad time", script("settle soon"), "file:2: settle soon"},
		{"bad resize", script("resize 1x"), "file:2: resize 1x"},
		{"unknown key", script("key hyper+q"), "file:2: key hyper+q"},
		{"text that does not come", script("wait nothing"), "file:2: wait nothing: termtest: program has ended"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if runtime.GOOS == "windows" && test.args[len(test.args)-1] == "true" {
				t.Skip("no pseudo-terminal on this system")
			}
			err := run(test.args)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want one line with %q", err, test.want)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("a picture was written")
			}
		})
	}
}
