package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"time"

	"github.com/adrg/xdg"
	"github.com/charmbracelet/x/term"
	"github.com/nats-io/nats.go"
	"github.com/shirou/gopsutil/v4/disk"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"bones-tui/cmd/bones-tui/internal/config"
	"bones-tui/hub"
	"bones-tui/logview"
	"bones-tui/slots"
	"bones-tui/tui"
)

// connectFunc makes the screen's next session.
type connectFunc func(context.Context) (tui.Session, error)

type dashboardFlags struct {
	hubFlags
	readOnly bool
	ascii    bool
	mouse    bool
	noShield bool
	frame    frameFlags
	forget   bool // the workspace will be thrown away, and how its screen was with it

	// through, if set, stands between the screen and what it is connected to. Only
	// tests set it: it is how they break the program.
	through func(connectFunc) connectFunc
}

// settings are the operator's, with what the flags say instead.
func (f *dashboardFlags) settings() (tui.Settings, error) {
	s, ascii, err := config.Load(filepath.Join(xdg.ConfigHome, "bones-tui", "config.toml"))
	f.ascii = f.ascii || ascii
	s.Mouse = s.Mouse || f.mouse
	return s, err
}

func (f *dashboardFlags) register(fs *pflag.FlagSet) {
	f.hubFlags.register(fs)
	f.frame.register(fs)
	fs.BoolVar(&f.readOnly, "read-only", os.Getenv("BONES_TUI_READ_ONLY") == "1", "watch only: no key changes anything, and no hub is started")
	fs.BoolVar(&f.ascii, "ascii", asciiLocale(os.Getenv), "draw with ASCII only; the default in a locale without UTF-8")
	fs.BoolVar(&f.mouse, "mouse", false, "the wheel scrolls and a click selects; most terminals then select text with shift")
	fs.BoolVar(&f.noShield, "no-shield", false, "run without the parent process that restores the terminal after a crash")
}

var errNoTerminal = errors.New("standard input and output are not a terminal; `bones-tui hub start` runs the hub without a screen")

// runDashboard shows the workspace's hub until the operator leaves.
func runDashboard(ctx context.Context, cmd *cobra.Command, root string, f dashboardFlags) error {
	settings, err := f.settings()
	if err != nil {
		return err
	}
	if f.frame.once {
		return f.frame.print(ctx, cmd, root, f.ascii, settings)
	}
	if !term.IsTerminal(os.Stdin.Fd()) || !term.IsTerminal(os.Stdout.Fd()) {
		return errNoTerminal
	}
	if os.Getenv("TERM") == "dumb" {
		return usageError{errors.New("TERM=dumb cannot show a screen; `bones-tui hub start` runs the hub without one")}
	}
	if !f.noShield && !shielded() {
		return shield(cmd.ErrOrStderr())
	}
	report, err := openCrashReport()
	if err != nil {
		return err
	}
	return report.close(showDashboard(ctx, cmd, root, f, settings))
}

func showDashboard(ctx context.Context, cmd *cobra.Command, root string, f dashboardFlags, settings tui.Settings) error {
	c := &connector{root: root, flags: f, runCtx: context.WithoutCancel(ctx)}
	log, err := logview.Open(hub.LogPath(root), logview.Options{})
	if err != nil {
		return err
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, endSignals...)
	defer signal.Stop(signals)
	host, _ := os.Hostname()    // unknown: every session counts as another host's
	home, _ := os.UserHomeDir() // only shortens the root on the screen
	state := filepath.Join(xdg.StateHome, "bones-tui", "screen-"+hub.ID(root)+".json")
	if f.forget {
		state = ""
	}
	session := connectFunc(c.connect)
	if f.through != nil {
		session = f.through(session)
	}
	outcome, err := tui.Run(ctx, tui.Config{
		Root: root, Home: home, Name: hub.Name(root), Version: hub.Version, Host: host,
		Connect: session, Background: c.background, Reseed: c.reseed, Log: log, Signals: signals,
		Now: time.Now, ReadOnly: f.readOnly, ASCII: f.ascii,
		DrainTimeout: f.drainTimeout, SaveDir: filepath.Join(xdg.StateHome, "bones-tui"),
		StateFile: state,
		Settings:  settings, FreeDisk: freeDisk(root),
		Checkup: func(ctx context.Context) []hub.Finding { return hub.Checkup(ctx, root) },
	})
	err = errors.Join(err, c.close(), log.Close())
	if outcome.Ending == tui.EndedRefused {
		return errors.Join(outcome.Err, err)
	}
	if errors.As(err, new(*tui.PanicError)) { // how it should have ended is not how it did
		return err
	}
	say(cmd.ErrOrStderr(), "%s", outcome)
	if err == nil && outcome.Ending == tui.EndedFailed {
		return exitError{exitFailed}
	}
	return err
}

// freeDisk tells how much of the disk under a directory is free.
func freeDisk(dir string) func(context.Context) (uint64, error) {
	return func(ctx context.Context) (uint64, error) {
		u, err := disk.UsageWithContext(ctx, dir)
		if err != nil {
			return 0, err
		}
		return u.Free, nil
	}
}

// connector makes sessions: over the hub that runs, or over one of its own.
type connector struct {
	root   string
	flags  dashboardFlags
	runCtx context.Context // of hubs of our own: they end by Shutdown, not with a key's context

	mu    sync.Mutex
	owned *hub.Hub
	runs  sync.WaitGroup
}

// connect attaches to the hub that runs, else starts one in this process.
func (c *connector) connect(ctx context.Context) (tui.Session, error) {
	for {
		s, err := c.attach(ctx)
		switch {
		case !errors.Is(err, hub.ErrNotRunning):
			return s, err
		case c.flags.readOnly:
			return s, &tui.RefusedError{Err: fmt.Errorf("no hub runs in %s, and --read-only starts none", c.root)}
		}
		if s, err = c.own(); !errors.Is(err, hub.ErrRunning) {
			return s, err
		}
		select { // another process is just bringing one up
		case <-ctx.Done():
			return tui.Session{}, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (c *connector) attach(ctx context.Context) (tui.Session, error) {
	r, err := hub.Attach(ctx, c.root)
	if err != nil {
		return tui.Session{}, err
	}
	files := hub.NewSurveyor(c.root)
	w := slots.Watch(c.root, r.Conn(), slots.WithWork(files.Work))
	a := &lazyActivity{root: c.root, conn: r.Conn, files: files}
	return tui.Session{Hub: r, Slots: w, Inspector: r.Inspector(), Activity: a, Close: func() error {
		return errors.Join(w.Close(), a.Close(), files.Close(), r.Close())
	}}, nil
}

// own starts a hub in this process and returns once it is past the point where
// it could find that another one exists, or that it must not be started.
func (c *connector) own() (tui.Session, error) {
	h, err := newHub(c.root, &c.flags.hubFlags)
	if err != nil {
		return tui.Session{}, err
	}
	c.runs.Go(func() { _ = h.Run(c.runCtx) }) // its error is Err's
	select {
	case <-h.Locked():
	case <-h.Done():
		if err := h.Err(); err != nil {
			return tui.Session{}, &tui.RefusedError{Err: err}
		}
	}
	c.mu.Lock()
	c.owned = h
	c.mu.Unlock()
	s := &ownedSlots{root: c.root, hub: h, files: hub.NewSurveyor(c.root)}
	a := &lazyActivity{root: c.root, conn: s.conn, files: s.files}
	return tui.Session{Hub: h, Slots: s, Inspector: h.Inspector(), Activity: a, Owned: true, Drain: h.Drain, Close: func() error {
		return errors.Join(s.Close(), a.Close(), s.files.Close())
	}}, nil
}

// background hands the hub of this process over to a detached one.
func (c *connector) background(ctx context.Context) error {
	c.mu.Lock()
	h := c.owned
	c.mu.Unlock()
	if h == nil {
		return errors.New("the hub is not ours to hand over")
	}
	return h.HandOver(ctx)
}

// reseed puts a fresh repository into the place of the old one.
func (c *connector) reseed(ctx context.Context) (hub.Reseeded, error) {
	return hub.Reseed(ctx, c.root)
}

// close ends a hub of our own, if the screen ended without doing so, and waits.
func (c *connector) close() error {
	c.mu.Lock()
	h := c.owned
	c.mu.Unlock()
	if h == nil {
		return nil
	}
	err := h.Shutdown(context.Background(), hub.WithForce(true))
	c.runs.Wait()
	return err
}

// ownedSlots is the slot source over a hub that may still be starting.
type ownedSlots struct {
	root  string
	hub   *hub.Hub
	files *hub.Surveyor

	mu      sync.Mutex
	watcher *slots.Watcher
}

// Next returns the next snapshot, once the hub is ready.
func (s *ownedSlots) Next(ctx context.Context) ([]slots.Slot, error) {
	select {
	case <-s.hub.Ready():
	case <-s.hub.Done():
		return nil, hub.ErrNotRunning
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.mu.Lock()
	if s.watcher == nil {
		s.watcher = slots.Watch(s.root, s.hub.Conn(), slots.WithWork(s.files.Work))
	}
	w := s.watcher
	s.mu.Unlock()
	return w.Next(ctx)
}

// Problem says why slots may not be as the last snapshot shows them.
func (s *ownedSlots) Problem() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watcher == nil {
		return ""
	}
	return s.watcher.Problem()
}

// Close ends the watcher.
func (s *ownedSlots) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watcher == nil {
		return nil
	}
	return s.watcher.Close()
}

// conn is the hub's own connection, nil before it is ready.
func (s *ownedSlots) conn() *nats.Conn {
	select {
	case <-s.hub.Ready():
		return s.hub.Conn()
	default:
		return nil
	}
}
