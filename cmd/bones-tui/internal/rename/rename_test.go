package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "../../../.."

// TestAnotherPath gives a copy of the module another path with the command that a person types, and looks whether it
// builds. Back under the path it had, not a byte of it is another than before.
func TestAnotherPath(t *testing.T) {
	was, err := goCommand(module, "list", "-m")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	before := copyModule(t, dir)
	command := []string{"make", "--no-print-directory", "module", "PATH=example.org/x/y"}
	if _, err := exec.LookPath("make"); err != nil {
		command = []string{"go", "run", "./cmd/bones-tui/internal/rename", "example.org/x/y"} // which is what it runs
	}
	if err := runIn(t, dir, command[0], command[1:]...); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"list", "-test", "-deps", "./..."},                            // whatever is imported is there
		{"build", "-trimpath", "-o", "bin/program", "./cmd/bones-tui"}, // as make build does: elsewhere nothing is built twice
	} {
		if err := runIn(t, dir, "go", args...); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command(filepath.Join(dir, "bin", "program"), "--version").Output(); err != nil || !strings.HasPrefix(string(out), "bones-tui ") {
		t.Errorf("the program says %q, %v", out, err)
	}
	checkNames(t, dir, strings.TrimSpace(was))

	if err := run(dir, []string{strings.TrimSpace(was)}); err != nil {
		t.Fatal(err)
	}
	for name, content := range before {
		if now, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(now, content) {
			t.Errorf("%s: there and back it is another (%v)", name, err)
		}
	}
}

func TestPathsThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	before := copyModule(t, dir)
	for _, args := range [][]string{nil, {""}, {"a b"}, {"/x"}, {"x", "y"}} {
		if err := run(dir, args); err == nil {
			t.Errorf("%q is a path", args)
		}
	}
	for name, content := range before {
		if now, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(now, content) {
			t.Errorf("%s changed (%v)", name, err)
		}
	}
}

// copyModule copies the module to dir and returns what it has copied, by name.
func copyModule(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(module), ".", func(name string, d fs.DirEntry, err error) error {
		to := filepath.Join(dir, name)
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "bin"}, name):
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(to, 0o755)
		case !d.Type().IsRegular(): // such as the .git of a worktree that is elsewhere
			return nil
		}
		content, err := os.ReadFile(filepath.Join(module, name))
		files[name] = content
		if err != nil {
			return err
		}
		return os.WriteFile(to, content, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func runIn(t *testing.T, dir, name string, args ...string) error {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "MAKEFLAGS=") // the test may run under make
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Logf("%s %s: %s", name, args, out)
	}
	return err
}

// checkNames looks for the path that the module had, which nothing may need any more.
func checkNames(t *testing.T, dir, was string) {
	t.Helper()
	for _, list := range []string{"{{.ImportPath}}", `{{join .Imports "\n"}}`, `{{join .TestImports "\n"}}`, `{{join .XTestImports "\n"}}`} {
		out, err := goCommand(dir, "list", "-f", list, "./...")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out) {
			if strings.HasPrefix(line, was+"/") {
				t.Errorf("still there: %s", line)
			}
		}
	}
}
