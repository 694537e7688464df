package natsd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// ErrPortTaken is matched by the error of Start when another socket has the port.
var ErrPortTaken = errors.New("natsd: port is taken")

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
// ErrPortTaken if that is the reason, and ctx's if that ended first. Recovery of
// a large store is part of the start.
func Start(ctx context.Context, c Config) (*Server, error) {
	if err := c.makeStore(); err != nil {
		return nil, fmt.Errorf("natsd: make store: %w", err)
	}
	s := &Server{done: make(chan struct{})}
	opts := c.options()
	if c.Admit != nil {
		opts.CustomClientAuthentication = &doorman{admit: c.Admit, server: s}
	}
	ns, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("natsd: configure server: %w", err)
	}
	s.nats = ns
	log := newLogger(c.Log)
	ns.SetLoggerV2(log, false, false, false)
	if err := s.launch(ctx, log); err != nil {
		s.abandon()
		if c.Port != 0 && portTaken(c.Port) {
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

// launch runs the start and waits until the server answers or gives up.
func (s *Server) launch(ctx context.Context, log *logger) error {
	started := make(chan struct{})
	go func() {
		defer close(started)
		s.nats.Start()
	}()
	select {
	case <-started:
	case err := <-log.fatal:
		<-started
		return err
	case <-ctx.Done():
		s.nats.Shutdown()
		<-started
		return fmt.Errorf("natsd: start server: %w", ctx.Err())
	}
	select {
	case err := <-log.fatal:
		return err
	default:
	}
	s.addr = s.nats.Addr()
	return s.answers(ctx)
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

const answerWithin = 5 * time.Second

// abandon ends a server that did not come up.
func (s *Server) abandon() {
	s.nats.Shutdown()
	s.nats.WaitForShutdown()
}

// portTaken reports whether the port cannot be listened on.
func portTaken(port int) bool {
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
	return false
}
