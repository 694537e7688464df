package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

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
	screen := newPaced(m, fx.cfg.Settings.Rates.Frames)
	screen.panics = fx
	defer screen.end()
	opts = append([]tea.ProgramOption{
		tea.WithContext(ctx), tea.WithFPS(fx.cfg.Settings.Rates.Frames), tea.WithoutSignalHandler(),
		tea.WithFilter(new(farewell).filter),
	}, opts...)
	screen.program = tea.NewProgram(screen, opts...)
	defer time.AfterFunc(answerWithin, func() { screen.program.Send(unansweredMsg{}) }).Stop()
	if _, err := screen.program.Run(); err != nil {
		restore()
		return m.outcome(), fmt.Errorf("tui: run the screen: %w", errors.Join(fx.Panic(), err, context.Cause(ctx)))
	}
	m.keepLast()
	return m.outcome(), nil
}
