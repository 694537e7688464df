package main

import (
	"testing"
	"time"

	"bones-tui/hub"
)

// Whoever stops a hub must not give up at the moment at which the hub cuts its own drain.
func TestStopOutwaitsTheDrain(t *testing.T) {
	t.Parallel()
	root := ""
	flag := newHubStopCommand(&root).Flags().Lookup("stop-timeout")
	if d, err := time.ParseDuration(flag.DefValue); err != nil || d <= hub.DefaultDrainTimeout+2*time.Second {
		t.Errorf("the default is %s, %v", flag.DefValue, err)
	}
}
