package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"bones-tui/hub/fossil"
)

// writeTree writes n files of program-like text, of size bytes on average,
// below dir.
func writeTree(dir string, n, size int) error {
	rng := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("func return if err nil context string for range type struct interface package import map chan select case default")
	var b bytes.Buffer
	for i := range n {
		b.Reset()
		for want := size/2 + rng.IntN(size); b.Len() < want; {
			fmt.Fprintf(&b, "\t%s %s(%d) %x\n", words[rng.IntN(len(words))], words[rng.IntN(len(words))], rng.IntN(1000), rng.Uint32())
		}
		path := filepath.Join(dir, fmt.Sprintf("dir%02d/pkg%d/file%05d.go", i%40, i%7, i))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// listTree returns the files below dir for a commit.
func listTree(dir string) (files []fossil.File, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.HasPrefix(d.Name(), ".fslckout") {
			return err
		}
		name, err := filepath.Rel(dir, path)
		files = append(files, fossil.File{
			Name: filepath.ToSlash(name),
			Open: func() (io.ReadCloser, error) { return os.Open(path) },
		})
		return err
	})
	return files, err
}

// seedRepo makes a repository with the files below dir as its first check-in,
// safely on disk.
func seedRepo(ctx context.Context, path, dir string) (*fossil.Repo, error) {
	files, err := listTree(dir)
	if err != nil {
		return nil, err
	}
	r, err := fossil.Create(ctx, path, fossil.CreateOptions{ProjectName: "bench"})
	if err != nil {
		return nil, err
	}
	_, err = r.Commit(ctx, fossil.Commit{Comment: "seed", Files: files, Replace: true})
	return r, err
}
