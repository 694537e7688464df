package natsd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// ErrPortTaken is matched by the error of Start when another socket has the port.
var ErrPortTaken = errors.New("natsd: port is taken")

// ErrStore is matched by the error of Start when JetStream cannot be had from what the
// store is. A full disk, missing rights or missing descriptors are no fault of the store.
var ErrStore = errors.New("natsd: bad store")

// Config says what to start.
type Config struct {
	Name       string // server name, shown to clients; "" for a random one
	Port       int    // on 127.0.0.1; 0 for any free one
	StoreDir   string // JetStream's, made if missing
	SyncAlways bool   // fsync before each acknowledgement; otherwise power loss can cost two minutes

	// Log takes the server's lines; level is DEBUG, INFO, WARN or ERROR. It is
	// called from the server's goroutines and must not block. May be nil.
	Log func(level, text string)

	// Admit decides whether a TCP client may connect, given both ends of its
	// connection as the server sees them. It must be quick. nil admits everyone.
	// In-process clients are not asked about.
	Admit func(local, remote net.Addr) bool
}

// Server is one running NATS server with JetStream.
type Server struct {
	nats    *server.Server
	addr    net.Addr
	refused atomic.Uint64
	done    chan struct{} // closed when the server has shut down
}

// Start starts a server and returns once it answers clients, JetStream included,
// or not at all: after an error nothing of it is left running. The error matches
// ErrPortTaken or ErrStore if that is the reason, and ctx's if that has ended. Recovering a
// large store is part of the start, and is not cut short by ctx.
func Start(ctx context.Context, c Config) (*Server, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("natsd: start server: %w", err)
	}
	if portTaken(c.Port) { // before the store is recovered for nothing
		return nil, fmt.Errorf("%w: %d", ErrPortTaken, c.Port)
	}
	if err := os.MkdirAll(c.StoreDir, 0o700); err != nil {
		return nil, fmt.Errorf("natsd: make store: %w", err)
	}
	s := &Server{done: make(chan struct{})}
	log := newLogger(c.Log)
	opts := c.options()
	if c.Admit != nil {
		opts.CustomClientAuthentication = &doorman{admit: c.Admit, server: s, log: log}
	}
	ns, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("natsd: configure server: %w", err)
	}
	s.nats = ns
	if err := s.launch(ctx, c.StoreDir, log); err != nil {
		ns.Shutdown()
		ns.WaitForShutdown()
		if portTaken(c.Port) {
			err = fmt.Errorf("%w: %d: %w", ErrPortTaken, c.Port, err)
		}
		return nil, err
	}
	go func() {
		defer close(s.done)
		ns.WaitForShutdown()
	}()
	return s, nil
}

// launch starts the server and sees whether it answers. Start returns when the
// server listens or has given up; what it gave up for is in the log only.
func (s *Server) launch(ctx context.Context, storeDir string, log *logger) error {
	s.nats.SetLoggerV2(log, false, false, false)
	s.nats.Start()
	if why := log.gaveUp(); why != "" {
		err := fmt.Errorf("natsd: serve from %s: %s", storeDir, why)
		if storeToBlame(why) {
			err = fmt.Errorf("%w: %w", ErrStore, err)
		}
		return err
	}
	s.addr = s.nats.Addr()
	return s.answers(ctx)
}

// storeToBlame reports whether a server gave up for what its store is. What the machine
// refuses today, to a store that is sound, it may grant tomorrow.
func storeToBlame(why string) bool {
	if !strings.Contains(why, "JetStream") {
		return false
	}
	for _, refused := range []syscall.Errno{
		syscall.EACCES, syscall.EPERM, syscall.EROFS, syscall.ENOSPC, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EIO,
	} {
		if strings.Contains(why, refused.Error()) {
			return false
		}
	}
	return !strings.Contains(why, "not writable")
}

// answers checks that a client gets through to JetStream.
func (s *Server) answers(ctx context.Context) error {
	nc, err := nats.Connect("", s.InProcess(), nats.NoReconnect())
	if err != nil {
		return fmt.Errorf("natsd: reach own server: %w", err)
	}
	defer nc.Close()
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	if _, err := nc.RequestWithContext(ctx, "$JS.API.INFO", nil); err != nil {
		return fmt.Errorf("natsd: reach own JetStream: %w", err)
	}
	return nil
}

// answerWithin is ample: a server that has started answers within milliseconds.
const answerWithin = 5 * time.Second

// portTaken reports whether the port is a definite one and cannot be had.
func portTaken(port int) bool {
	if port == 0 {
		return false
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return true
	}
	return l.Close() != nil
}

// URL returns where clients connect.
func (s *Server) URL() string { return "nats://" + s.addr.String() }

// Port returns the port that the server listens on.
func (s *Server) Port() int { return s.addr.(*net.TCPAddr).Port }

// InProcess returns the option that makes nats.Connect("", …) reach this server
// through a pipe.
func (s *Server) InProcess() nats.Option { return nats.InProcessServer(s.nats) }

// Wait returns nil when the server no longer runs, or the error of ctx if that
// ends first.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close stops the server: clients are cut off, streams are flushed. It returns
// the error of ctx if that ends first; the shutdown then goes on behind it.
// Calling it again waits for the same shutdown.
func (s *Server) Close(ctx context.Context) error {
	go s.nats.Shutdown()
	if err := s.Wait(ctx); err != nil {
		return fmt.Errorf("natsd: stop server: %w", err)
	}
	return nil
}

// doorman asks Admit about each client that comes over TCP.
type doorman struct {
	admit  func(local, remote net.Addr) bool
	server *Server
	log    *logger
}

// Check is called by the server for each client that connects.
func (d *doorman) Check(c server.ClientAuthentication) bool {
	remote, ok := c.RemoteAddress().(*net.TCPAddr)
	if !ok { // a pipe: it is in our own process
		return true
	}
	if d.admit(d.server.nats.Addr(), remote) {
		return true
	}
	d.server.refused.Add(1)
	d.log.Warnf("refused a client at %s: it is not known to be this user's, or has gone already", remote)
	return false
}
