package hub_test

import (
	"context"
	"fmt"
	"testing"

	"bones-tui/hub"
)

// BenchmarkStart measures from New to ready; the stop is not counted.
func BenchmarkStart(b *testing.B) {
	for _, files := range []int{10, 3000} {
		b.Run(fmt.Sprintf("fresh/files=%d", files), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				root := workspaceOf(b, files)
				b.StartTimer()
				h, stop := runHub(b, root)
				awaitReady(b, h)
				b.StopTimer()
				stop()
				b.StartTimer()
			}
		})
		b.Run(fmt.Sprintf("existing/files=%d", files), func(b *testing.B) {
			root := workspaceOf(b, files)
			h, stop := runHub(b, root)
			awaitReady(b, h)
			stop()
			for b.Loop() {
				h, stop := runHub(b, root)
				awaitReady(b, h)
				b.StopTimer()
				stop()
				b.StartTimer()
			}
		})
	}
}

// BenchmarkStop measures a polite stop of an idle hub.
func BenchmarkStop(b *testing.B) {
	root := workspaceOf(b, 10)
	for b.Loop() {
		b.StopTimer()
		h, stop := runHub(b, root)
		awaitReady(b, h)
		b.StartTimer()
		stop()
	}
}

// BenchmarkStatus measures one sample, which the dashboard takes once a second.
func BenchmarkStatus(b *testing.B) {
	root := workspaceOf(b, 3000)
	h, stop := runHub(b, root)
	defer stop()
	awaitReady(b, h)
	for b.Loop() {
		if _, err := h.Status(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

func runHub(b *testing.B, root string) (h *hub.Hub, stop func()) {
	b.Helper()
	h, err := hub.New(root)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { _ = h.Run(ctx) }()
	return h, func() {
		cancel()
		<-h.Done()
		if err := h.Err(); err != nil {
			b.Fatal(err)
		}
	}
}

// workspaceOf makes a git repository of n files of 12 kB of text.
func workspaceOf(b *testing.B, n int) string {
	b.Helper()
	root := b.TempDir()
	for i := range n {
		var text []byte
		for line := range 300 {
			text = fmt.Appendf(text, "file %d line %d of some source text %x\n", i, line, i*line)
		}
		write(b, root, fmt.Sprintf("dir%d/file%d.go", i/100, i), string(text), 0o644)
	}
	runGit(b, root, "init", "-q")
	commitAll(b, root, "init")
	return root
}
