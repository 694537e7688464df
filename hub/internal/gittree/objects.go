package gittree

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
)

// maxContent is the size of the largest file that is seeded: SQLite holds no value of
// 10^9 bytes, and what does not compress gets a little larger.
const maxContent = 1_000_000_000 - 1<<20

// objects reads contents by their hashes from one git that stays until close.
type objects struct {
	ctx context.Context // of whoever has opened the tree: files are opened without one
	dir string

	mu     sync.Mutex
	wanted map[string]bool // what will be asked for: true if it is there; it may be unknown for all
	known  bool            // it is not unknown
	git    *exec.Cmd       // nil until the first question, and after an end
	ask    io.WriteCloser
	out    *bufio.Reader
	said   *capped
	err    error // of git, which ends everything
}

// want announces that an object will be asked for.
func (o *objects) want(hash string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.wanted == nil {
		o.wanted = map[string]bool{}
	}
	o.wanted[hash] = false
}

// open returns the content of an object.
func (o *objects) open(hash string) (io.ReadCloser, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	content, err := o.read(hash)
	if o.isBroken(err) {
		words := o.end()
		if strings.Contains(words, "promisor") && !o.known { // it may not fetch what a partial clone lacks
			if err = o.takeStock(); err == nil {
				content, err = o.read(hash)
			}
		}
		if o.isBroken(err) {
			o.err = o.explain(err, words)
			return nil, o.err
		}
	}
	if err != nil {
		return nil, err
	}
	return blob{bytes.NewReader(content)}, nil
}

// isBroken reports whether an error is git's, and not that of one object.
func (o *objects) isBroken(err error) bool {
	var left *leftError
	return err != nil && o.err == nil && !errors.As(err, &left)
}

func (o *objects) read(hash string) ([]byte, error) {
	if o.err != nil {
		return nil, o.err
	}
	if o.known && !o.wanted[hash] {
		return nil, &leftError{reason: NotStored}
	}
	if o.git == nil {
		if err := o.start(); err != nil {
			return nil, err
		}
	}
	if _, err := io.WriteString(o.ask, hash+"\n"); err != nil {
		return nil, err
	}
	line, err := o.out.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	kind, size, err := parseHeader(string(line), hash)
	switch {
	case err != nil:
		return nil, err
	case kind == "":
		return nil, &leftError{reason: NotStored}
	case kind != "blob":
		return nil, o.pass(size, NotStored)
	case size > maxContent:
		return nil, o.pass(size, TooLarge)
	}
	content := make([]byte, size+1) // a line end follows
	if _, err := io.ReadFull(o.out, content); err != nil {
		return nil, err
	}
	if content[size] != '\n' {
		return nil, malformed("object", hash)
	}
	return content[:size], nil
}

// pass reads past an object that is left out.
func (o *objects) pass(size int64, why Reason) error {
	if _, err := io.CopyN(io.Discard, o.out, size+1); err != nil {
		return err
	}
	return &leftError{reason: why}
}

func (o *objects) start() (err error) {
	git := command(o.ctx, o.dir, "cat-file", "--batch")
	o.said = &capped{limit: maxWords, drop: true}
	git.Stderr = o.said
	if o.ask, err = git.StdinPipe(); err != nil {
		return err
	}
	out, err := git.StdoutPipe()
	if err != nil {
		return err
	}
	if err := git.Start(); err != nil {
		return err
	}
	o.git, o.out = git, bufio.NewReaderSize(out, 64<<10)
	return nil
}

// takeStock finds out which of the wanted objects are there, without asking for any.
func (o *objects) takeStock() error {
	out, err := run(o.ctx, o.dir, "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)")
	if err != nil {
		return err
	}
	for line := range bytes.Lines(out) {
		hash := string(bytes.TrimSuffix(line, []byte{'\n'}))
		if _, ok := o.wanted[hash]; ok {
			o.wanted[hash] = true
		}
	}
	o.known = true
	return nil
}

// end kills git after an answer that was none, and returns what it has said.
func (o *objects) end() (words string) {
	if o.git == nil {
		return ""
	}
	_ = o.git.Process.Kill()
	_ = o.git.Wait() // it was killed, or has failed: that is known
	o.git = nil
	return o.said.line()
}

// explain is the error about a git that answers no more.
func (o *objects) explain(err error, words string) error {
	if o.ctx.Err() != nil {
		return o.ctx.Err()
	}
	words = cmp.Or(o.end(), words)
	return fmt.Errorf("gittree: read objects: %w", &CommandError{Command: "cat-file", Words: words, Err: err})
}

// close ends git, and waits for it.
func (o *objects) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.git == nil {
		return nil
	}
	err := errors.Join(o.ask.Close(), o.git.Wait())
	o.git = nil
	if err != nil && o.ctx.Err() == nil {
		return fmt.Errorf("gittree: read objects: %w", &CommandError{Command: "cat-file", Words: o.said.line(), Err: err})
	}
	return nil
}
