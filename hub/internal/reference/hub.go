//go:build unix

package reference

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/hublog"
	"bones-tui/hub/registry"
)

// Options say how to serve. The zero value is a hub on the recorded ports, or on free
// ones.
type Options struct {
	RepoPort, CoordPort int    // 0: the recorded one, else a free one
	Ready               func() // called by Serve once both ports answer; may be nil
}

// Serve is `hub start` in the foreground: the reference's hub in this process, until
// ctx ends. It keeps the start lock for life. Errors match ErrRunning and ErrLockHeld.
//
// The locks on hub.fossil name this process and end when it closes that file anywhere;
// whoever looks into the repository wants the hub in another process, see Start.
func Serve(ctx context.Context, root string, o Options) error {
	s, err := begin(ctx, root)
	if err != nil {
		return err
	}
	h, err := s.hub(ctx, ports{o.RepoPort, o.CoordPort})
	if err == nil {
		err = h.serve(ctx, o.Ready)
	}
	return errors.Join(err, s.lock.release())
}

// hub is one that is up.
type hub struct {
	dir    bonesdir.Dir
	ports  ports
	repo   net.Listener
	coord  net.Listener
	shared *sharedLock
	http   *http.Server
	work   sync.WaitGroup
}

// bringUp is the hub's own part of a start. It looks at hub.pid again, wipes, and makes
// a repository of a new project. If it fails after the wipe no repository remains.
func bringUp(ctx context.Context, d bonesdir.Dir, p ports) (*hub, error) {
	if alive(readPID(d.PIDFile())) {
		return nil, ErrRunning
	}
	h := &hub{dir: d, ports: p}
	h.log(hublog.LevelInfo, "hub: starting (pid=%d, repo-port=%d, coord-port=%d)", os.Getpid(), p.repo, p.coord)
	err := errors.Join(p.record(d), wipe(d), os.MkdirAll(d.Coord(), 0o755), os.WriteFile(d.PIDFile(), pidText(os.Getpid()), 0o644))
	if err == nil {
		err = h.open(ctx)
	}
	if err != nil {
		h.log(hublog.LevelError, "hub: bring-up failed: %v", err)
		return nil, errors.Join(err, h.close(), remove(d.PIDFile()), wipeRepository(d))
	}
	h.log(hublog.LevelInfo, "hub: ready")
	return h, nil
}

// open makes the repository, binds both ports and serves them. What it has opened when
// it fails is for close.
func (h *hub) open(ctx context.Context) (err error) {
	repo, err := createRepository(ctx, h.dir)
	if err != nil {
		return err
	}
	if h.repo, err = listen(h.ports.repo); err == nil {
		h.coord, err = listen(h.ports.coord)
	}
	if err == nil {
		err = seed(ctx, h.dir, repo)
	}
	if err = errors.Join(err, repo.Close()); err != nil {
		return err
	}
	if h.shared, err = lockShared(h.dir.Fossil()); err != nil {
		return err
	}
	h.http = &http.Server{Handler: http.HandlerFunc(answer), ReadHeaderTimeout: 5 * time.Second}
	h.work.Go(func() { _ = h.http.Serve(h.repo) })
	h.work.Go(func() { greet(h.coord, h.ports.coord) })
	return registry.Write(os.Getenv("HOME"), registry.Row{
		CWD: h.dir.Root, Name: h.dir.Name(), HubURL: h.ports.fossilURL(), NATSURL: h.ports.natsURL(),
		HubPID: os.Getpid(), StartedAt: time.Now().UTC(),
	})
}

func listen(port int) (net.Listener, error) {
	return net.Listen("tcp", fmt.Sprint("127.0.0.1:", port))
}

// answer is 200 for every path and method but POST.
func answer(w http.ResponseWriter, q *http.Request) {
	if q.Method == http.MethodPost {
		http.Error(w, "this stand-in takes no check-ins", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte("<html><body>hub</body></html>\n")) // the client has gone
}

// greet says what a NATS server says first, and hangs up, until the listener closes.
func greet(l net.Listener, port int) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		_ = c.SetDeadline(time.Now().Add(time.Second)) // nobody who does not read holds it up
		_, _ = fmt.Fprintf(c, "INFO {\"server_id\":\"REFERENCE\",\"version\":\"2.12.8\",\"proto\":1,\"host\":\"127.0.0.1\",\"port\":%d,\"max_payload\":1048576}\r\n", port)
		_ = c.Close()
	}
}

// serve waits for the end of ctx and stops in order.
func (h *hub) serve(ctx context.Context, ready func()) error {
	if ready != nil {
		ready()
	}
	<-ctx.Done()
	return h.shutdown()
}

// shutdown ends an open hub. URL files, the repository and coord/ stay.
func (h *hub) shutdown() error {
	h.log(hublog.LevelInfo, "hub: stopping")
	err := errors.Join(h.close(), remove(h.dir.PIDFile()), registry.Remove(os.Getenv("HOME"), h.dir.Root))
	h.log(hublog.LevelInfo, "hub: stopped")
	return err
}

// close closes what is open, and waits for what is served.
func (h *hub) close() (err error) {
	for _, l := range []net.Listener{h.repo, h.coord} {
		if l != nil {
			err = errors.Join(err, ignoreClosed(l.Close()))
		}
	}
	if h.http != nil {
		err = errors.Join(err, ignoreClosed(h.http.Close()))
	}
	h.work.Wait()
	if h.shared != nil {
		err = errors.Join(err, h.shared.unlock())
	}
	return err
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// log appends one line to hub.log in one write, as all writers of that file do.
func (h *hub) log(l hublog.Level, format string, args ...any) {
	f, err := os.OpenFile(h.dir.Log(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return // a log that cannot be written stops nobody
	}
	e := hublog.Entry{Ts: hublog.LoggedTime{Time: time.Now()}, Level: l, Event: hublog.EventLifecycle, Msg: fmt.Sprintf(format, args...)}
	_, _ = f.Write(e.Append(nil))
	_ = f.Close()
}
