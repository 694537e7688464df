package delta_test

import (
	"testing"

	"bones-tui/hub/fossil/internal/delta"
)

func TestGoldenVectors(t *testing.T) {
	for _, v := range []struct{ name, src, dst, want string }{
		{
			"copy", "The quick brown fox jumps over the lazy dog. The quick brown fox.\n",
			"The quick brown fox jumps over the lazy cat! The quick brown fox.\n", "12\nd@0,5:cat! J@0,2:.\n3SFlTI;",
		},
		{"short source is a literal", "abc", "abd", "3\n3:abd1XObG0;"},
		{"empty target", "anything", "", "0\n0;"},
	} {
		t.Run(v.name, func(t *testing.T) {
			if got := delta.Create([]byte(v.src), []byte(v.dst)); string(got) != v.want {
				t.Errorf("Create = %q, want %q", got, v.want)
			}
			got, err := delta.Apply([]byte(v.src), []byte(v.want), 1000)
			if err != nil || string(got) != v.dst {
				t.Errorf("Apply = %q, %v, want %q", got, err, v.dst)
			}
		})
	}
}
