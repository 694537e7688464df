package natsd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
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

	// Log takes the server's lines. It is called from the server's goroutines and must not
	// block. May be nil.
	Log func(Line)

	// Admit decides whether a TCP client may connect, given both ends of its
	// connection as the server sees them. It must be quick. nil admits everyone.
	// In-process clients are not asked about. Who decides tells of it: the server counts only.
	Admit func(local, remote net.Addr) bool

	// Reopen is called before JetStream opens its store again after its disk had refused
	// writes, and Back when it answers again, by the same goroutine. Neither may wait for the
	// server to end, which ends Reopen's context. Each may be nil.
	Reopen func(context.Context)
	Back   func()
}

// Server is one running NATS server with JetStream. When its disk refuses writes, it
// starts again on the same port as soon as the disk takes them: JetStream gives up a
// stream at the first error, and takes it up again at a start only. Clients reconnect.
type Server struct {
	config  Config
	store   *storeDir
	addr    net.Addr
	refused atomic.Uint64
	shedded atomic.Int64  // clients that relieve has cut off
	quit    chan struct{} // closed by the first Close
	once    sync.Once
	done    chan struct{} // closed when the server has shut down for good

	nats   atomic.Pointer[server.Server] // the present one
	outage atomic.Pointer[error]         // what JetStream is away for, nil if it is not
	fault  chan struct{}                 // holds a token when the log tells of one
	mu     sync.Mutex                    // held while one server follows another
	off    bool                          // by SwitchOff; under mu
}

// Start starts a server and returns once it answers clients, JetStream included,
// or not at all: after an error nothing of it is left running. The error matches
// ErrPortTaken or ErrStore if that is the reason, and ctx's if that has ended. Recovering a
// large store is part of the start, and is not cut short by ctx.
//
// On Linux the server keeps to the directory that it found at StoreDir, wherever that is
// moved to and whatever takes its place.
func Start(ctx context.Context, c Config) (*Server, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("natsd: start server: %w", err)
	}
	if portTaken(c.Port) { // before the store is recovered for nothing
		return nil, fmt.Errorf("%w: %d", ErrPortTaken, c.Port)
	}
	store, err := openStore(c.StoreDir)
	if err != nil {
		return nil, err
	}
	s := &Server{config: c, store: store, quit: make(chan struct{}), done: make(chan struct{}), fault: make(chan struct{}, 1)}
	ns, err := s.launch(ctx, c.Port, true)
	if err != nil {
		store.close()
		if portTaken(c.Port) {
			err = fmt.Errorf("%w: %d: %w", ErrPortTaken, c.Port, err)
		}
		return nil, err
	}
	s.addr = ns.Addr()
	s.nats.Store(ns)
	go s.run()
	return s, nil
}

// launch starts a server, with JetStream or without, and sees whether it answers; one that does not is gone when it
// returns. The server's own Start returns when it listens or has given up; what it gave
// up for is in the log only.
func (s *Server) launch(ctx context.Context, port int, jetStream bool) (*server.Server, error) {
	log := &logger{write: s.line}
	opts := s.config.options(s.store.path, port)
	opts.JetStream = jetStream
	door := &doorman{admit: s.config.Admit, refused: &s.refused}
	if door.admit != nil {
		opts.CustomClientAuthentication = door
	}
	ns, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("natsd: configure server: %w", err)
	}
	door.server = ns
	ns.SetLoggerV2(log, false, false, false)
	ns.Start()
	if why := log.gaveUp(); why != "" {
		err = fmt.Errorf("natsd: serve from %s: %s", s.config.StoreDir, why)
		if storeToBlame(why) {
			err = fmt.Errorf("%w: %w", ErrStore, err)
		}
	} else if jetStream {
		err = answers(ctx, ns)
	}
	if err != nil {
		ns.Shutdown()
		ns.WaitForShutdown()
		return nil, err
	}
	return ns, nil
}

// line takes a line of the server.
func (s *Server) line(l Line) {
	if s.config.Log != nil {
		l.Text = s.store.words(l.Text)
		s.config.Log(l)
	}
	if l.Level == "ERROR" {
		put(s.fault)
	}
}

// warn tells of a change.
func (s *Server) warn(format string, v ...any) {
	s.line(Line{Level: "WARN", Text: fmt.Sprintf(format, v...)})
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
func answers(ctx context.Context, ns *server.Server) error {
	nc, err := nats.Connect("", nats.InProcessServer(ns), nats.NoReconnect())
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
func (s *Server) InProcess() nats.Option { return nats.InProcessServer(s) }

// InProcessConn returns a new pipe to the server; it is what nats.InProcessServer asks for.
func (s *Server) InProcessConn() (net.Conn, error) { return s.nats.Load().InProcessConn() }

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
	s.once.Do(func() {
		close(s.quit)
		go s.nats.Load().Shutdown()
	})
	if err := s.Wait(ctx); err != nil {
		return fmt.Errorf("natsd: stop server: %w", err)
	}
	return nil
}
