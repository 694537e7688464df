package demo

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// history holds one archive for each commit: its subject, and the files it adds.
//
//go:embed history
var history embed.FS

// commits is how many archives there are.
const commits = 5

// firstCommit dates the history. Fixed dates make fixed hashes.
var firstCommit = time.Date(2026, time.March, 2, 9, 12, 0, 0, time.UTC)

// authors take turns.
var authors = [...]string{"Mira Okafor <mira@webapp.example>", "Tomas Lind <tomas@webapp.example>"}

// goneFile is tracked, and missing in the working tree: half of a commit that
// nobody finished, which a seed tells of.
const goneFile = "docs/v0.md"

// makeRepository makes root a git repository with the whole history. One import is
// quicker than ten commands, for which a newcomer would wait.
func makeRepository(ctx context.Context, root string) error {
	stream, err := importStream()
	if err != nil {
		return err
	}
	if err := git(ctx, root, nil, "init", "-q", "-b", "main"); err != nil {
		return err
	}
	if err := git(ctx, root, stream, "fast-import", "--quiet"); err != nil {
		return err
	}
	if err := git(ctx, root, nil, "reset", "-q", "--hard"); err != nil {
		return err
	}
	return os.Remove(filepath.Join(root, filepath.FromSlash(goneFile)))
}

// importStream is the history as git fast-import reads it.
func importStream() ([]byte, error) {
	var b bytes.Buffer
	for i := range commits {
		text, err := history.ReadFile(fmt.Sprintf("history/%d.txtar", i+1))
		if err != nil {
			return nil, err
		}
		a := txtar.Parse(text)
		when := firstCommit.Add(time.Duration(i) * 29 * time.Hour).Unix()
		fmt.Fprintf(&b, "commit refs/heads/main\ncommitter %s %d +0000\ndata %d\n%s", authors[i%len(authors)], when, len(a.Comment), a.Comment)
		for _, f := range a.Files {
			fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", f.Name, len(f.Data), f.Data)
		}
	}
	return b.Bytes(), nil
}

// git runs one git command in root, untouched by the user's settings: they may ask
// for signatures or run hooks.
func git(ctx context.Context, root string, input []byte, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = root
	cmd.Stdin = bytes.NewReader(input)
	cmd.Env = gitEnv()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("demo: git %s: %w: %s", args[0], err, strings.TrimSpace(string(out)))
	}
	return nil
}

// gitEnv is the environment of each git: no settings, and nothing that a hook has left.
func gitEnv() (env []string) {
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "GIT_") {
			env = append(env, kv)
		}
	}
	return append(env, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C")
}

// writeFile writes a file and the directories it needs.
func writeFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}
