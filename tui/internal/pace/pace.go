// Package pace stands between the model and the program: it says when the screen is painted, and keeps
// a program that ends at once until the terminal has answered.
package pace

import (
	"context"
	"reflect"
	"sync"
	"time"

	"bones-tui/tui/internal/commands"

	tea "charm.land/bubbletea/v2"
)

// prompt is how soon a frame that answers a key is looked for.
const prompt = 4 * time.Millisecond

// Paced is a model whose program looks for a new frame at once after input, at a
// constant rate after other messages, and not at all after none. Bubble Tea's renderer
// by itself keeps that rate, which wakes an idle machine and lets a key wait.
type Paced struct {
	tea.Model
	Program *tea.Program
	frame   time.Duration // between two frames that nobody asked for
	input   bool          // what came last
	Panics  interface{ Pass() }

	mu     sync.Mutex
	ticker *time.Ticker  // the renderer's, once it runs
	every  time.Duration // of the ticker; 0 if it rests
	next   *time.Timer   // until the ticker slows down or rests
}

// New paces a model: the screen is painted at most so many times a second, but at once after input.
func New(m tea.Model, frames int) *Paced {
	frame := time.Second / time.Duration(frames)
	return &Paced{Model: m, frame: frame, every: frame, Panics: commands.New(context.Background())}
}

// Update implements tea.Model.
func (p *Paced) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg.(type) {
	case tea.KeyMsg, tea.MouseMsg, tea.PasteMsg, tea.WindowSizeMsg:
		p.input = true
	default:
		p.input = false
	}
	defer p.Panics.Pass()
	_, cmd := p.Model.Update(msg)
	return p, cmd
}

// View implements tea.Model. The renderer takes the frame right after, and paints it
// when the ticker says so.
func (p *Paced) View() tea.View {
	defer p.Panics.Pass()
	v := p.Model.View()
	p.wake()
	return v
}

// tickerOf returns what wakes the renderer of a program that runs, nil if it has
// another name. No option reaches it: https://github.com/charmbracelet/bubbletea
// stops it when idle from v2.1.2 on.
func tickerOf(program *tea.Program) *time.Ticker {
	f := reflect.ValueOf(program).Elem().FieldByName("ticker")
	if !f.IsValid() || f.Type() != reflect.TypeFor[*time.Ticker]() {
		return nil
	}
	return *(**time.Ticker)(f.Addr().UnsafePointer())
}

func (p *Paced) wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ticker == nil {
		if p.ticker = tickerOf(p.Program); p.ticker == nil {
			return
		}
		p.next = time.AfterFunc(2*p.frame, p.slower)
	}
	switch {
	case p.input:
		p.tick(prompt)
	case p.every == prompt:
		return // the usual rate follows anyway
	default:
		p.tick(p.frame)
	}
	p.next.Reset(2 * p.frame)
}

// slower lets the ticker look at its usual rate for as long as it takes to paint what
// came last, then rest.
func (p *Paced) slower() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.every == prompt {
		p.tick(p.frame)
		p.next.Reset(2 * p.frame)
		return
	}
	p.every = 0
	p.ticker.Stop()
}

func (p *Paced) tick(every time.Duration) {
	if p.every != every {
		p.every = every
		p.ticker.Reset(every)
	}
}

// End stops looking for frames.
func (p *Paced) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next != nil {
		p.next.Stop()
	}
}
