package durable_test

import (
	"errors"
	"testing"

	"bones-tui/hub/bonesdir/durable"
)

func TestASealTellsWhatWasChanged(t *testing.T) {
	sealed := durable.Seal([]byte(`{"a":1}`))
	if line, err := durable.Unseal(sealed); err != nil || string(line) != `{"a":1}` {
		t.Errorf("%q, %v", line, err)
	}
	for i := range sealed[:len(sealed)-1] {
		bad := append([]byte(nil), sealed...)
		bad[i] ^= 1
		if line, err := durable.Unseal(bad); !errors.Is(err, durable.ErrSeal) {
			t.Errorf("byte %d: %q, %v", i, line, err)
		}
		if line, err := durable.Unseal(sealed[:i]); !errors.Is(err, durable.ErrSeal) {
			t.Errorf("cut at %d: %q, %v", i, line, err)
		}
	}
}
