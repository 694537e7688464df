package gittree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// switches come before every git command. A hook or a file system monitor would be a
// program of the repository's choosing; replacement objects would change what a hash names.
var switches = []string{"-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull, "--no-replace-objects"}

// Limits of one command.
const (
	patience  = 2 * time.Minute  // a configuration can include a pipe that nobody writes to
	afterKill = 10 * time.Second // for its pipes to end with it, on a machine that is busy
	maxOutput = 1 << 30          // the list of some ten million files
	maxWords  = 16 << 10
)

// kept are the variables of git's own that may stay: the user's, not the repository's.
var kept = map[string]bool{
	"GIT_CONFIG_GLOBAL": true, "GIT_CONFIG_SYSTEM": true, "GIT_CONFIG_NOSYSTEM": true, "GIT_CEILING_DIRECTORIES": true,
}

// environment is that of every git command. The variables that a hook inherits would point
// git at another repository, or name programs to run.
func environment() []string {
	var env []string
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if name = strings.ToUpper(name); !strings.HasPrefix(name, "GIT_") || kept[name] {
			env = append(env, kv)
		}
	}
	return append(env, "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
}

// command is git in dir, with one of: rev-parse, ls-files without -m, ls-tree, cat-file
// --batch without --filters and --textconv.
func command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append(switches[:len(switches):len(switches)], args...)...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, environment(), afterKill
	return cmd
}

// run returns what a git command prints. Errors are those of failed.
func run(ctx context.Context, dir string, args ...string) ([]byte, error) {
	within, cancel := context.WithTimeoutCause(ctx, patience, errNoAnswer)
	defer cancel()
	cmd := command(within, dir, args...)
	out, words := capped{limit: maxOutput}, capped{limit: maxWords, drop: true}
	cmd.Stdout, cmd.Stderr = &out, &words
	err := cmd.Run()
	switch {
	case err == nil:
		return out.Bytes(), nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case within.Err() != nil:
		err = context.Cause(within)
	case out.full:
		err = errTooMuch
	}
	return out.Bytes(), &CommandError{Command: args[0], Words: words.line(), Err: err}
}

var (
	errNoAnswer = errors.New("no answer within " + patience.String())
	errTooMuch  = errors.New("endless output")
)

// CommandError is the error of a git command that has failed, with git's own words.
type CommandError struct {
	Command string // rev-parse, …
	Words   string // what it complained, as one line of plain text; may be empty
	Err     error
}

// Error quotes git.
func (e *CommandError) Error() string {
	if e.Words == "" {
		return fmt.Sprintf("git %s: %v", e.Command, e.Err)
	}
	return fmt.Sprintf("git %s: %s", e.Command, e.Words)
}

// Unwrap returns how the command has failed.
func (e *CommandError) Unwrap() error { return e.Err }

// capped keeps what is written up to a limit. Then it refuses more, which ends the writer,
// or drops it.
type capped struct {
	bytes.Buffer
	limit int
	drop  bool
	full  bool
}

// Write is an io.Writer's.
func (c *capped) Write(b []byte) (int, error) {
	room := min(len(b), c.limit-c.Len())
	c.Buffer.Write(b[:room])
	if room == len(b) {
		return len(b), nil
	}
	c.full = true
	if c.drop {
		return len(b), nil
	}
	return room, errTooMuch
}

// maxLine bounds what is quoted.
const maxLine = 300

// line is what a program says, as one line that no terminal takes for more than text.
func (c *capped) line() string {
	return plain(strings.Join(strings.Fields(c.String()), " "), maxLine)
}
