// Package hub runs the hub of a workspace: a NATS server with JetStream for tasks,
// sessions and events, and a Fossil repository behind HTTP that agents check in to.
// Both keep their state under .bones, both listen on loopback only, and whoever
// follows the contract of the bones command line can use them.
//
// A hub is a value:
//
//	h, err := hub.New(root)
//	if err != nil {
//		return err
//	}
//	go func() { <-h.Ready(); … }()
//	return h.Run(ctx) // until ctx ends; then it drains
//
// Start, Stop and IsRunning do the same from any process. WithDetach needs a main
// that calls ServeChild first. Attach sees the hub of another process from outside.
//
// Read hub.go for the life of a hub, then bringup.go, the list of what a start does, and
// steps.go and services.go, which do it; running.go lets go of it again. state.go has what a
// hub and one run of it are. Everything else refers down to these, or is asked by them.
//
// A hub never deletes work: a repository is kept across restarts, and what must give
// way is moved aside under a name that tells when.
package hub
