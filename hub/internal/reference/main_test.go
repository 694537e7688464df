//go:build unix

package reference_test

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"bones-tui/hub/internal/reference"
)

func TestMain(m *testing.M) {
	if served, err := reference.ServeChild(); served {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	home, err := os.MkdirTemp("", "bones-home-")
	if err != nil {
		panic(err)
	}
	os.Setenv("HOME", home) // the registry of these tests
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(home)
		os.Exit(code)
	}))
}
