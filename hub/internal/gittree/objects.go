package gittree

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
)

// maxContent is the size of the largest file that is seeded: SQLite holds no value of
// 10^9 bytes, and what does not compress gets a little larger.
const maxContent = 1_000_000_000 - 1<<20

// objects reads contents by their hashes from one git that stays until close.
type objects struct {
	ctx context.Context // of whoever has opened the tree: files are opened without one
	dir string

	mu   sync.Mutex
	git  *exec.Cmd // nil until the first question, and after an end
	ask  io.WriteCloser
	out  *bufio.Reader
	said *capped
	err  error // of git, which ends everything
}

// open returns the content of an object.
func (o *objects) open(hash string) (io.ReadCloser, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return nil, o.err
	}
	content, err := o.read(hash)
	var left *leftError
	if err != nil && !errors.As(err, &left) {
		o.err = o.broken(err)
		return nil, o.err
	}
	if err != nil {
		return nil, err
	}
	return blob{bytes.NewReader(content)}, nil
}

func (o *objects) read(hash string) ([]byte, error) {
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

// broken ends git after an answer that was none, and says why.
func (o *objects) broken(err error) error {
	if o.ctx.Err() != nil {
		err = o.ctx.Err()
	}
	var words string
	if o.git != nil {
		_ = o.git.Process.Kill()
		_ = o.git.Wait() // it was killed, or has failed: that is err
		words = firstLine(o.said.Bytes())
		o.git = nil
	}
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
		return fmt.Errorf("gittree: read objects: %w", &CommandError{Command: "cat-file", Words: firstLine(o.said.Bytes()), Err: err})
	}
	return nil
}
