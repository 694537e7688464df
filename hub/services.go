package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/door"
	"bones-tui/hub/internal/gittree"
	"bones-tui/hub/internal/seed"
)

const loopback = "127.0.0.1"

// wantRepoPort is the pinned port, else the recorded one, else one that was free.
func (r *running) wantRepoPort() int {
	if r.set.repoPort != 0 {
		return r.set.repoPort
	}
	return cmp.Or(bonesdir.RecordedPort(r.dir.FossilURL()), r.chosen[0])
}

// choosePorts picks free ports where none is recorded or pinned, so that the first line of
// the log names them. Nothing listens before hub.pid is written.
func (r *running) choosePorts(ctx context.Context) {
	var lc net.ListenConfig
	for i, want := range []int{r.wantRepoPort(), r.wantCoordPort()} {
		if want != 0 {
			continue
		}
		l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(loopback, "0"))
		if err != nil {
			return // whoever needs the port says so
		}
		defer func() { _ = l.Close() }() // not before the other one is chosen
		r.chosen[i] = l.Addr().(*net.TCPAddr).Port
	}
}

// startServices brings up both stores at once: a start waits for the slower one. In a hub
// that follows another one NATS comes first, as it was the last to go: its clients see each
// moment that it is away, while those of the repository wait at the port.
func (r *running) startServices(ctx context.Context, tree *gittree.Tree) error {
	r.chooseDoors()
	r.readLast()
	r.onRelease("nats", func(ctx context.Context) error {
		if r.nats == nil { // it has not come up
			return nil
		}
		return errors.Join(r.nats.Close(ctx), r.nats.Wait(context.Background()), r.seal()) // release bounds it
	})
	g, ctx := errgroup.WithContext(ctx)
	tried := make(chan struct{})
	g.Go(func() error {
		defer close(tried)
		if err := errors.Join(r.hub.reach("nats", false), r.startNATS(ctx)); err != nil {
			return fmt.Errorf("nats: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		if r.hub.heir {
			<-tried
		}
		if err := r.openFossil(ctx); err != nil {
			return fmt.Errorf("repository: %w", err)
		}
		if err := r.hub.reach("seed", false); err != nil {
			return err
		}
		return r.seed(ctx, tree)
	})
	return g.Wait()
}

func (r *running) openFossil(ctx context.Context) error {
	repo, created, err := seed.OpenOrCreate(ctx, r.dir, r.dir.Fossil(), r.set.durability == DurabilityOS)
	if repo == nil {
		return err
	}
	r.repo = repo
	r.onRelease("fossil", func(context.Context) error { return repo.Close() })
	if err := r.checkProject(repo.ProjectCode(), created); err != nil {
		return err
	}
	if err != nil { // damaged: it opens for reading only, which is worth serving
		r.tellDamage(err)
		return nil
	}
	r.compareLast(ctx, created)
	if created {
		r.log.Lifecycle(LevelInfo, "hub: created repository (project %s)", repo.ProjectCode())
	}
	return nil
}

// maxWebConns is how many connections the repository's HTTP server has at a time. Agents
// have one each, for moments; each may bring smallBody of fossil before it has to wait.
const maxWebConns = 512

// webPatience is what a client may take to say what it wants. Fossil connects first and
// compresses its message then, which takes minutes on a busy machine, and takes a connection
// that is cut for success. First is less than the server's own limit.
func webPatience() door.Patience {
	return door.Patience{First: 5 * time.Minute, Header: 10 * time.Second}
}

func (r *running) serveHTTP(ctx context.Context) error {
	l, err := r.listen(ctx)
	if err != nil {
		return err
	}
	port := l.Addr().(*net.TCPAddr).Port
	r.fossilURL = "http://" + net.JoinHostPort(loopback, strconv.Itoa(port))
	r.web = fossil.NewServer(r.repo.Handler(fossil.HandlerOptions{
		Hosts: []string{
			net.JoinHostPort(loopback, strconv.Itoa(port)), net.JoinHostPort("localhost", strconv.Itoa(port)),
		},
		OnFailure: r.failed,
	}))
	r.web.ErrorLog = log.New(webLog{r}, "", 0)
	r.repo.SetReady(true)
	l = r.doors.fossil.Listener(l, door.Limits{Most: maxWebConns, Patience: webPatience(), Cut: r.cut})
	var fresh newcomers
	fresh.watch(r.web)
	served := make(chan struct{})
	r.onRelease("http", func(ctx context.Context) error {
		_ = l.Close() // who comes now waits for whoever has the port next
		<-served
		fresh.settle(ctx)
		return errors.Join(r.web.Shutdown(ctx), r.web.Close())
	})
	r.spawn("fossil http", func(ctx context.Context) error {
		defer close(served)
		err := r.web.Serve(l)
		if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) && ctx.Err() != nil {
			return nil
		}
		return err
	})
	return nil
}

// listen returns a listener on the repository's port: the family's, else the wanted one,
// or any if that was only recorded and is taken.
func (r *running) listen(ctx context.Context) (net.Listener, error) {
	return r.hub.tenancy().bind(r.set.repoPort, func() (net.Listener, error) {
		var lc net.ListenConfig
		want := r.wantRepoPort()
		l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(loopback, strconv.Itoa(want)))
		if err != nil && want != 0 && r.set.repoPort == 0 {
			r.warnPortTaken("fossil", want)
			l, err = lc.Listen(ctx, "tcp", net.JoinHostPort(loopback, "0"))
		}
		return l, err
	})
}

// answerWithin is ample even on a machine that is very busy.
const answerWithin = 10 * time.Second

// awaitAnswers makes sure that both services really answer before anyone is told
// so.
func (r *running) awaitAnswers(ctx context.Context) error {
	if _, err := r.conn.RTT(); err != nil {
		return fmt.Errorf("nats: %w", err)
	}
	if _, err := r.probe.Ask(ctx, r.fossilURL, answerWithin); err != nil {
		return fmt.Errorf("fossil: %w", err)
	}
	r.log.Lifecycle(LevelInfo, "hub: fossil at %s, nats at %s", r.fossilURL, r.nats.URL())
	return nil
}
