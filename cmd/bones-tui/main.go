// Command bones-tui is the dashboard of a bones hub: it starts the hub of the
// current workspace in its own process, or attaches to the one that runs, and
// shows it live.
package main

import (
	"context"
	"os"

	"bones-tui/hub"
)

func main() {
	hub.ServeChild()
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
