package commands

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// PanicError is a panic in the screen's own code: in Update, in View, or in a command.
type PanicError struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

// Error is one line, as the Go runtime begins a panic.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// panics keeps the first panic on its way to Bubble Tea, which catches it, restores
// the terminal, and forgets what it was.
type panics struct {
	mu    sync.Mutex
	first *PanicError
}

// Pass is deferred around the screen's own code.
func (p *panics) Pass() {
	v := recover()
	if v == nil {
		return
	}
	p.mu.Lock()
	if p.first == nil {
		p.first = &PanicError{Value: v, Stack: debug.Stack()}
	}
	p.mu.Unlock()
	panic(v)
}

// Panic is the first panic, nil if there was none.
func (p *panics) Panic() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first == nil {
		return nil
	}
	return p.first
}
