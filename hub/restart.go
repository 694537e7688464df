package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"bones-tui/hub/internal/gittree"
	"bones-tui/hub/internal/owner"
)

// restartSubject is where a hub is asked to let another process take its place. The
// request is childSettings; the answer is empty once that process stands by.
const restartSubject = "bones.hub.restart"

// RestartOptions say how to restart a hub.
type RestartOptions struct {
	Start []Option     // of the new hub
	Stop  []StopOption // WithForce skips the refusal under active slots; the rest is for a hub that cannot hand over

	// Reseed archives the repository in between and makes a fresh one from git.
	Reseed bool
}

// Restarted says what Restart has done.
type Restarted struct {
	OldPID, PID int
	Handed      bool // the old hub handed over: at no moment was there no owner

	// Reseeded is what became of the repository, nil without a reseed.
	Reseeded *Reseeded
}

// Restart replaces the hub of the workspace at root by one in a process of its own, on the
// same ports, from any process. A hub of ours is asked to hand over, once it is ready, so
// that nobody else can take the workspace meanwhile. One that does not answer is an error;
// with WithForce it is killed, and the one that its keeper starts is asked. A hub of an
// earlier release or of the bones CLI is stopped first, and Handed is false. Without a hub
// one is started.
//
// Without WithForce it refuses under active slots, with an *ActiveSlotsError, and changes
// nothing.
func Restart(ctx context.Context, root string, o RestartOptions) (done Restarted, err error) {
	for range handsWithin {
		if done, err = restart(ctx, root, o); !errors.Is(err, ErrRunning) {
			break // else a start was faster, and now there is another hub to restart
		}
	}
	return done, err
}

func restart(ctx context.Context, root string, o RestartOptions) (done Restarted, err error) {
	h, err := New(root, slices.Concat(o.Start, []Option{WithDetach(true), withReseed(o.Reseed)})...)
	if err != nil {
		return done, err
	}
	blocked := mayFollow(ctx, h.dir, o.Reseed)
	if errors.Is(blocked, ErrTrackedState) {
		return done, blocked // before anything in the state directory is opened
	}
	v := owner.Whose(h.dir)
	if v.Answer == owner.CannotTell {
		return done, uncertain(h.dir, v)
	}
	done.OldPID = v.PID
	if v.Answer == owner.Free {
		if done.OldPID, err = endLost(ctx, h.dir, resolveStop(o.Stop)); err != nil {
			return done, err
		}
	}
	if v.Answer == owner.Held {
		if blocked != nil {
			return done, blocked
		}
		if err := h.replaceOther(ctx, v, &done, o); err != nil {
			return done, err
		}
	}
	if !done.Handed {
		if err := h.startDetached(ctx); err != nil {
			return done, err
		}
	}
	if done.PID, err = awaitServing(ctx, h.dir); err != nil {
		return done, fmt.Errorf("hub: restart: the new hub was not waited for: %w", err)
	}
	if o.Reseed {
		done.Reseeded, err = askReseeded(ctx, root)
	}
	return done, err
}

// replaceOther has the hub of another process hand over, or ends it.
func (h *Hub) replaceOther(ctx context.Context, v owner.Verdict, done *Restarted, o RestartOptions) error {
	stop := resolveStop(o.Stop)
	if !stop.force {
		if err := guardAttached(ctx, h.dir, v); err != nil {
			return err
		}
	}
	if v.Role == owner.RoleHub || v.Role == owner.RoleKeeper {
		err := h.replaceOurs(ctx, stop.force)
		switch {
		case err == nil:
			done.Handed = true
			return nil
		case errors.Is(err, ErrNotRunning): // it has just ended
			return nil
		case errors.Is(err, errLost):
			// Its lock file may be all that is gone: nobody shall get between it and the next.
			h.spare, _ = owner.Take(h.dir)
			h.heir = h.spare != nil
		case !errors.Is(err, errNobodyHears):
			return err
		}
	}
	_, err := endOther(ctx, h.dir, v, stop)
	return err
}

// handOverWithin bounds the wait for an heir to stand by: it reads git first.
const handOverWithin = time.Minute

// askToHandOver asks the hub of process pid, which was ready a moment ago, to let a detached
// one take its place. The error is a *SilentError if it does not answer, and errChanging if
// it has hung up: then it hands over, or has ended.
func (h *Hub) askToHandOver(ctx context.Context, pid int) error {
	begin := time.Now()
	nc, err := nats.Connect(h.dir.NATSURL(), nats.Timeout(answerPatience), nats.NoReconnect())
	if hungUp(err) {
		return errChanging
	}
	if err != nil {
		return &SilentError{Root: h.dir.Root, PID: pid, Waited: time.Since(begin).Round(100 * time.Millisecond)}
	}
	defer nc.Close()
	ctx, cancel := context.WithTimeout(ctx, handOverWithin)
	defer cancel()
	reply, err := nc.RequestWithContext(ctx, restartSubject, h.childSettings(h.set.reseed))
	if errors.Is(err, nats.ErrNoResponders) || hungUp(err) {
		return errChanging // a hub with this role knows the question, until it drains
	}
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("hub: restart: not waited for any longer; pid %d, which was asked to hand over, may go on with it: %w", pid, err)
	}
	if err != nil {
		return fmt.Errorf("hub: restart: ask pid %d to hand over: %w", pid, err)
	}
	switch reply.Header.Get(micro.ErrorCodeHeader) {
	case codeLost:
		return errLost
	case codeBusy:
		return errChanging
	}
	if text := reply.Header.Get(micro.ErrorHeader); text != "" {
		return fmt.Errorf("hub: restart: pid %d %w: %s", pid, errDeclined, text)
	}
	return nil
}

// hungUp reports whether err is that of a server which has ended, or just does.
func hungUp(err error) bool {
	return errors.Is(err, nats.ErrNoServers) || errors.Is(err, nats.ErrConnectionClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)
}

// awaitEnd waits until the hub is another process than pid.
func (h *Hub) awaitEnd(ctx context.Context, pid int) error {
	tick := time.NewTicker(servingPoll)
	defer tick.Stop()
	for {
		if v := owner.Whose(h.dir); v.Answer != owner.Held || v.PID != pid {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("hub: restart: wait for pid %d to hand over: %w", pid, ctx.Err())
		}
	}
}

// askReseeded asks the new hub what it did with the repository.
func askReseeded(ctx context.Context, root string) (*Reseeded, error) {
	r, err := Attach(ctx, root)
	if err != nil {
		return nil, err
	}
	st, err := r.Status(ctx)
	return st.Reseeded, errors.Join(err, r.Close())
}

// The codes of a hub that does not hand over.
const (
	codeLost  = "410" // it has no storage to hand over
	codeBusy  = "409" // another change is under way
	codeOther = "503"
)

// codeOf is the code of an error.
func codeOf(err error) string {
	switch {
	case errors.Is(err, errLost):
		return codeLost
	case errors.Is(err, errChanging), errors.Is(err, ErrNotRunning), errors.Is(err, context.Canceled):
		return codeBusy // this hub ends: who asks sees what comes after it
	default:
		return codeOther
	}
}

// serveRestart lets another process ask this hub to hand over. One request is looked at
// at a time: any client can send as many as it likes.
func (r *running) serveRestart(svc micro.Service) error {
	return svc.AddEndpoint("restart", micro.HandlerFunc(func(req micro.Request) {
		if n := len(req.Data()); n > maxAnswer {
			_ = req.Error(codeOther, fmt.Sprintf("a request of %d bytes", n), nil)
			return
		}
		if !r.asked.TryLock() {
			_ = req.Error(codeOf(errChanging), errChanging.Error(), nil)
			return
		}
		asked := append(json.RawMessage(nil), req.Data()...)
		answer := nats.NewMsg(req.Reply()) // the request is the library's when its handler has returned
		r.spawn("restart", func(ctx context.Context) error {
			defer r.asked.Unlock()
			var c childSettings
			err := json.Unmarshal(asked, &c)
			if err == nil {
				_, err = resolve(c.options())
			}
			if err == nil {
				_, err = r.hub.beginHandOver(ctx, asked)
			}
			if err != nil {
				r.often("hand-over", "asked to hand over, and cannot", err)
				answer.Header.Set(micro.ErrorCodeHeader, codeOf(err))
				answer.Header.Set(micro.ErrorHeader, err.Error())
				_ = r.conn.PublishMsg(answer)
				return nil
			}
			r.log.Lifecycle(LevelInfo, "hub: asked to hand over")
			_ = r.conn.PublishMsg(answer)
			_ = r.conn.FlushTimeout(answerPatience) // the answer must be out before the drain
			r.hub.interrupt(false)
			return nil
		})
	}), micro.WithEndpointSubject(restartSubject))
}

// reseedFirst archives the repository and makes a fresh one, if that is what this hub
// was started for.
func (r *running) reseedFirst(ctx context.Context, tree *gittree.Tree) error {
	r.sweepReseed()
	if !r.set.reseed || tree == nil {
		return nil
	}
	done, err := r.reseed(ctx, tree)
	if err != nil {
		return err
	}
	r.hub.mu.Lock()
	r.hub.reseeded = &done
	r.hub.mu.Unlock()
	r.tellReseeded(done)
	return nil
}
