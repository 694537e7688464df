package tui

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// onceWithin bounds how long a single frame waits for what goes into it.
const onceWithin = 3 * time.Second

// ErrUnanswered is returned by Once if the hub has not told how it is.
var ErrUnanswered = errors.New("tui: the hub has not answered")

// Once returns one frame of the dashboard as plain text, as soon as the hub, the
// slots and the log have told what they know; what is missing after three seconds is
// missing in the frame. It uses no terminal. The error is Connect's, or ErrUnanswered
// beside a frame without a word of the hub's.
func Once(ctx context.Context, c Config, width, height int) (string, error) {
	c.Signals = nil
	ctx, cancel := context.WithTimeout(ctx, onceWithin)
	fx := newEffects(ctx, c)
	o := once{ctx: ctx, model: newModel(fx.cfg, fx), messages: make(chan tea.Msg)}
	defer func() { cancel(); fx.close(); o.running.Wait() }()
	o.run(func() tea.Msg { return tea.WindowSizeMsg{Width: width, Height: height} })
	o.run(o.model.Init())
	for !o.complete() {
		select {
		case msg := <-o.messages:
			o.take(msg)
		case <-ctx.Done():
			if !o.model.hub.Known && !o.model.hub.Ended() {
				return o.frame(), ErrUnanswered
			}
			return o.frame(), nil
		}
	}
	if o.model.hub.Ended() {
		return "", o.model.hub.Cause
	}
	return o.frame(), nil
}

// once is a program without a terminal: it only carries messages.
type once struct {
	ctx      context.Context
	model    *model
	messages chan tea.Msg
	running  sync.WaitGroup
}

func (o *once) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	o.running.Go(func() {
		select {
		case o.messages <- cmd():
		case <-o.ctx.Done():
		}
	})
}

func (o *once) take(msg tea.Msg) {
	if all, ok := msg.(tea.BatchMsg); ok {
		for _, cmd := range all {
			o.run(cmd)
		}
		return
	}
	_, cmd := o.model.Update(msg)
	o.run(cmd)
}

// complete reports whether the frame would not gain by waiting.
func (o *once) complete() bool {
	m := o.model
	if m.w == 0 {
		return false
	}
	seen := m.hub.Known && (m.slots.Known || m.session.Slots == nil) && (m.log.Snapshot.Version > 0 || m.cfg.Log == nil)
	return m.hub.Ended() || seen && m.toldNews()
}

func (o *once) frame() string {
	var b strings.Builder
	for _, row := range o.model.frame() {
		b.WriteString(strings.TrimRight(ansi.Strip(row), " "))
		b.WriteByte('\n')
	}
	return b.String()
}
