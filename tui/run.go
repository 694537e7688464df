package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"bones-tui/tui/internal/pace"

	tea "charm.land/bubbletea/v2"
)

// Run shows the dashboard until the operator leaves it, and says how that went.
// Cancelling ctx is the last resort: it restores the terminal at once, without
// stopping the hub. Errors are about the terminal, or hold a *PanicError.
func Run(ctx context.Context, c Config, opts ...tea.ProgramOption) (Outcome, error) {
	fx := newEffects(ctx, c)
	defer fx.close()
	m := openModel(fx)
	restore := paintFirst(os.Stdout, m)
	screen := pace.New(m, fx.cfg.Settings.Rates.Frames)
	screen.Panics = fx
	defer screen.End()
	opts = append([]tea.ProgramOption{
		tea.WithContext(ctx), tea.WithFPS(fx.cfg.Settings.Rates.Frames), tea.WithoutSignalHandler(),
		tea.WithFilter(new(pace.Farewell).Filter),
	}, opts...)
	screen.Program = tea.NewProgram(screen, opts...)
	defer time.AfterFunc(pace.AnswerWithin, func() { screen.Program.Send(pace.UnansweredMsg{}) }).Stop()
	if _, err := screen.Program.Run(); err != nil {
		restore()
		return m.outcome(), fmt.Errorf("tui: run the screen: %w", errors.Join(fx.Panic(), err, context.Cause(ctx)))
	}
	m.keepLast()
	return m.outcome(), nil
}
