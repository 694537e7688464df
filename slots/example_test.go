package slots_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/natsd"
	"bones-tui/slots"
)

// A Watcher tells of every change. The connection is that of a hub: hub.Attach offers it, and so does any nats.Connect
// to hub.NATSURL. Here it is to a server that has a hub's buckets and nothing else.
func ExampleWatch() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	root, conn, stop, err := exampleServer(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()

	w := slots.Watch(root, conn)
	defer w.Close()
	all, err := w.Next(ctx) // at once
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(all), "slots")

	if err := exampleJoin(ctx, conn, "auth"); err != nil {
		fmt.Println(err)
		return
	}
	all, err = w.Next(ctx) // when something has changed
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range all {
		fmt.Println(s.Name, s.Agent, s.State(time.Now(), "build-7"))
	}
	// Output:
	// 0 slots
	// auth slot-auth active
}

// One look, for a program that does not stay. Without a connection only what lies in the workspace is seen.
func ExampleSnapshot() {
	root, err := os.MkdirTemp("", "example-slots-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(root)
	if err := os.MkdirAll(filepath.Join(root, ".bones", "swarm", "auth"), 0o700); err != nil {
		fmt.Println(err)
		return
	}

	all, err := slots.Snapshot(context.Background(), root, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range all {
		fmt.Printf("%s: directory %t, session %t\n", s.Name, s.HasDir, s.HasSession)
	}
	// Output: auth: directory true, session false
}

// exampleServer starts a server with the buckets of a hub over a workspace in a temporary directory.
func exampleServer(ctx context.Context) (root string, conn *nats.Conn, stop func(), err error) {
	root, err = os.MkdirTemp("", "example-slots-")
	if err != nil {
		return "", nil, nil, err
	}
	server, err := natsd.Start(ctx, natsd.Config{StoreDir: filepath.Join(root, "coord")})
	if err != nil {
		return "", nil, nil, err
	}
	conn, err = nats.Connect(server.URL())
	if err != nil {
		return "", nil, nil, err
	}
	stop = func() {
		conn.Close()
		_ = server.Close(context.Background())
		os.RemoveAll(root)
	}
	return root, conn, stop, slots.EnsureBuckets(ctx, conn)
}

// exampleJoin does what an agent's join does: it writes a session, which the agent then renews.
func exampleJoin(ctx context.Context, conn *nats.Conn, slot string) error {
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	sessions, err := js.KeyValue(ctx, slots.BucketSessions)
	if err != nil {
		return err
	}
	now := time.Now()
	value, err := slots.Session{Slot: slot, AgentID: "slot-" + slot, Host: "build-7", StartedAt: now, LastRenewed: now}.Encode()
	if err != nil {
		return err
	}
	_, err = sessions.Put(ctx, slot, value)
	return err
}
