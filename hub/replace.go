package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bones-tui/hub/internal/owner"
	"bones-tui/hub/proc"
)

var (
	// errDeclined is matched by the error of a hub that has answered no.
	errDeclined = errors.New("does not hand over")
	// errNobodyHears is matched by the error of asking a hub that does not know the
	// question, or does not answer and has no keeper.
	errNobodyHears = errors.New("nobody answers")
)

// replaceOurs has a hub of ours hand over once it is ready. One that does not answer is
// killed if that is forced: its keeper starts another, so that the workspace stays held.
func (h *Hub) replaceOurs(ctx context.Context, force bool) error {
	pid, err := h.askInTurn(ctx)
	if err != nil && force && ctx.Err() == nil && isSilence(err) {
		if err := h.killSilent(ctx); err != nil {
			return err
		}
		pid, err = h.askInTurn(ctx)
	}
	if err != nil {
		return err
	}
	return h.awaitEnd(ctx, pid)
}

// turnPoll is how often one asks a hub again that is just changing hands.
const turnPoll = 100 * time.Millisecond

// askInTurn is askReady, once no other change of owner is under way: two that restart a hub
// at the same time both get what they ask for.
func (h *Hub) askInTurn(ctx context.Context) (pid int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*standByWithin)
	defer cancel()
	for {
		if pid, err = h.askReady(ctx); !errors.Is(err, errChanging) {
			return pid, err
		}
		select {
		case <-time.After(turnPoll):
		case <-ctx.Done():
			return pid, err
		}
	}
}

// isSilence reports whether err is that of asking somebody who is there, and says nothing.
func isSilence(err error) bool {
	for _, word := range []error{errDeclined, errChanging, errNobodyHears, errLost, ErrNotRunning, ErrUncertain} {
		if errors.Is(err, word) {
			return false
		}
	}
	return true
}

// askReady waits until there is a hub that is ready, and asks it to hand over.
func (h *Hub) askReady(ctx context.Context) (pid int, err error) {
	if err := AwaitReady(ctx, h.dir.Root); err != nil {
		return 0, err
	}
	v := owner.Whose(h.dir)
	if v.Role != owner.RoleHub {
		return 0, fmt.Errorf("hub: restart: %w", errNobodyHears)
	}
	return v.PID, h.askToHandOver(ctx, v.PID)
}

// killSilent kills the hub and leaves its keeper. A keeper that has not started a hub for
// so long is no help.
func (h *Hub) killSilent(ctx context.Context) error {
	v := owner.Whose(h.dir)
	if v.Role != owner.RoleHub || len(owner.Keepers(h.dir)) == 0 {
		return fmt.Errorf("hub: restart: %w", errNobodyHears)
	}
	p, err := proc.Find(v.PID, time.Now())
	if errors.Is(err, proc.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("hub: restart: %w", err)
	}
	defer func() { _ = p.Release() }()
	if err := p.Kill(ctx); err != nil {
		return fmt.Errorf("hub: restart: %w", err)
	}
	return nil
}
