package fossil_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"bones-tui/hub/fossil"
)

// exampleRepo makes a repository with one check-in in a temporary directory.
func exampleRepo(ctx context.Context) (repo *fossil.Repo, remove func(), err error) {
	dir, err := os.MkdirTemp("", "example-fossil-")
	if err != nil {
		return nil, nil, err
	}
	repo, err = fossil.Create(ctx, filepath.Join(dir, "hub.fossil"), fossil.CreateOptions{ProjectName: "demo"})
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	_, err = repo.Commit(ctx, fossil.Commit{Comment: "first", Files: []fossil.File{{Name: "README.md", Content: []byte("# demo\n")}}})
	return repo, func() {
		repo.Close()
		os.RemoveAll(dir)
	}, err
}

func ExampleCreate() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example-fossil-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	repo, err := fossil.Create(ctx, filepath.Join(dir, "hub.fossil"), fossil.CreateOptions{ProjectName: "demo"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer repo.Close()
	first, err := repo.Commit(ctx, fossil.Commit{
		User:    "ada",
		Comment: "first",
		Files: []fossil.File{
			{Name: "README.md", Content: []byte("# demo\n")},
			{Name: "bin/run", Perm: fossil.Exec, Content: []byte("#!/bin/sh\n")},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(first.Branch, first.User, first.Comment)
	// Output: trunk ada first
}

// A revision is a hash, the beginning of one, or the name of a branch or tag.
func ExampleRepo_ReadFileAt() {
	ctx := context.Background()
	repo, remove, err := exampleRepo(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer remove()

	files, err := repo.Files(ctx, fossil.Trunk)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range files {
		content, err := repo.ReadFileAt(ctx, fossil.Trunk, f.Name)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s, %d bytes: %q\n", f.Name, f.Size, content)
	}
	_, err = repo.ReadFileAt(ctx, fossil.Trunk, "LICENSE")
	fmt.Println(errors.Is(err, fossil.ErrNotFound))
	// Output:
	// README.md, 7 bytes: "# demo\n"
	// true
}

// The server answers the fossil program and this package alike: here a clone commits, and pushes.
func ExampleRepo_Handler() {
	ctx := context.Background()
	repo, remove, err := exampleRepo(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer remove()

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := fossil.NewServer(repo.Handler(fossil.HandlerOptions{Hosts: []string{l.Addr().String()}}))
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	repo.SetReady(true)

	if err := exampleClient(ctx, "http://"+l.Addr().String()); err != nil {
		fmt.Println(err)
	}
	if err := server.Shutdown(ctx); err != nil {
		fmt.Println(err)
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		fmt.Println(err)
	}

	history, err := repo.Timeline(ctx, fossil.TimelineOptions{Limit: 10})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range history {
		fmt.Println(c.User, c.Comment)
	}
	// Output:
	// ada second
	// orchestrator first
}

// exampleClient clones the repository at url, makes a check-in and pushes it.
func exampleClient(ctx context.Context, url string) error {
	dir, err := os.MkdirTemp("", "example-clone-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	t := fossil.NewHTTPTransport(url)
	clone, err := fossil.Clone(ctx, filepath.Join(dir, "clone.fossil"), t, fossil.CloneOptions{})
	if err != nil {
		return err
	}
	defer clone.Close()
	_, err = clone.Commit(ctx, fossil.Commit{User: "ada", Comment: "second", Files: []fossil.File{{Name: "NEWS", Content: []byte("none\n")}}})
	if err != nil {
		return err
	}
	_, err = clone.Push(ctx, t, fossil.SyncOptions{})
	return err
}
