package hub_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"bones-tui/hub"
)

// A hub of this process lives until its context ends, or somebody asks it to stop. A program that runs one calls
// hub.ServeChild first thing in main, for the process that starts the hub again if this one dies.
func ExampleNew() {
	root, remove, err := exampleWorkspace()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer remove()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	h, err := hub.New(root)
	if err != nil {
		fmt.Println(err)
		return
	}
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	select {
	case <-h.Ready():
	case err := <-ended:
		fmt.Println("it did not come up:", err)
		return
	}
	fmt.Println("its connection is open:", h.Conn().IsConnected())

	if err := h.Shutdown(ctx); err != nil { // refused with hub.ErrActiveSlots while agents are at work
		fmt.Println(err)
	}
	fmt.Println("ended:", <-ended)
	// Output:
	// its connection is open: true
	// ended: <nil>
}

// A detached hub outlives the program that has started it. Its main has to call hub.ServeChild.
func ExampleStart_detached() {
	root, remove, err := exampleWorkspace()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer remove()

	if err := hub.Start(context.Background(), root, hub.WithDetach(true)); err != nil {
		fmt.Println(err)
		return
	}
	pid, running := hub.IsRunning(root)
	fmt.Println("running:", running, "here:", pid == os.Getpid())

	if err := hub.Stop(root); err != nil {
		fmt.Println(err)
	}
	_, running = hub.IsRunning(root)
	fmt.Println("running:", running)
	// Output:
	// running: true here: false
	// running: false
}

// Whoever started it, the hub of a workspace is seen from any process.
func ExampleAttach() {
	root, remove, err := exampleWorkspace()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer remove()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := hub.Start(ctx, root, hub.WithDetach(true)); err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Stop(root)

	r, err := hub.Attach(ctx, root)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	st, err := r.Status(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(st.Phase, "nats:", st.NATS.Up, "fossil:", st.Fossil.Up)
	if tip := st.Fossil.Tip; tip != nil { // a nil pointer is what cannot be known from here
		fmt.Println("newest check-in by", tip.User)
	}
	// Output:
	// ready nats: true fossil: true
	// newest check-in by orchestrator
}

// Without a hub there is nothing to attach to.
func ExampleAttach_notRunning() {
	root, remove, err := exampleWorkspace()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer remove()

	_, err = hub.Attach(context.Background(), root)
	fmt.Println(errors.Is(err, hub.ErrNotRunning))
	// Output: true
}

// exampleWorkspace makes a git repository with one commit in a temporary directory.
func exampleWorkspace() (root string, remove func(), err error) {
	root, err = os.MkdirTemp("", "example-hub-")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(root) }
	if err := os.WriteFile(filepath.Join(root, "README.md"), []byte("# demo\n"), 0o600); err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(root))
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=ada", "-c", "user.email=ada@example.com", "commit", "-qm", "first"}} {
		if out, err := exec.Command("git", append([]string{"-C", root}, args...)...).CombinedOutput(); err != nil {
			return "", nil, errors.Join(fmt.Errorf("git: %w: %s", err, out), os.RemoveAll(root))
		}
	}
	return root, remove, nil
}
