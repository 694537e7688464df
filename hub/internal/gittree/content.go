package gittree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"bones-tui/hub/fossil"
)

// Contents reads the files of a tree. Close it after use. It is safe for concurrent use.
type Contents struct {
	root    *os.Root
	objects objects
}

// Open opens the work tree to read the files of t until ctx ends.
func (t *Tree) Open(ctx context.Context) (*Contents, error) {
	root, err := os.OpenRoot(t.Root)
	if err != nil {
		return nil, fmt.Errorf("gittree: open work tree: %w", err)
	}
	return &Contents{root: root, objects: objects{ctx: ctx, dir: t.Root}}, nil
}

// Close lets go of the work tree, and ends a git that was asked for objects.
func (c *Contents) Close() error { return errors.Join(c.objects.close(), c.root.Close()) }

// Files are files of the tree for a check-in. Of an error of opening one, Tree.Leave knows whether the
// others can do without.
func (c *Contents) Files(list []File) []fossil.File {
	files := make([]fossil.File, len(list))
	for i, f := range list {
		if f.object != "" {
			c.objects.want(f.object)
		}
		files[i] = fossil.File{Name: f.Name, Perm: f.Perm}
		switch {
		case f.object != "":
			files[i].Open = func() (io.ReadCloser, error) { return c.objects.open(f.object) }
		case f.Perm == fossil.Symlink:
			files[i].Content = []byte(f.target)
		default:
			files[i].Open = func() (io.ReadCloser, error) { return c.open(f.Name) }
		}
	}
	return files
}

// open opens a regular file of the work tree. It was one when it was looked at; what has
// taken its place since is not waited for, and nothing outside the work tree is opened.
func (c *Contents) open(name string) (io.ReadCloser, error) {
	f, err := c.root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|dontWait, 0)
	if err != nil {
		if errors.Is(err, syscall.ENXIO) { // a socket
			return nil, &leftError{Special, err}
		}
		why, err := reasonOf(err)
		if err != nil {
			return nil, err
		}
		return nil, &leftError{why, nil}
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &leftError{Special, nil}
	}
	if err == nil && info.Size() > maxContent {
		err = &leftError{TooLarge, nil}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func sortFiles(files []File) {
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
}

// blob is an object's content.
type blob struct{ *bytes.Reader }

// Close lets go of nothing: it is all in memory.
func (blob) Close() error { return nil }
