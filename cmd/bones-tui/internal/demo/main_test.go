package demo_test

import (
	"testing"

	"go.uber.org/goleak"

	"bones-tui/hub"
)

func TestMain(m *testing.M) {
	hub.ServeChild()
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/nats-io/nats-server/v2/server/pse.periodic")) // lives as long as the process
}
