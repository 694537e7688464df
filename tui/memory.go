package tui

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"bones-tui/tui/internal/layout"
	"bones-tui/tui/internal/logrow"
	"bones-tui/tui/internal/memory"
	"bones-tui/tui/internal/slotspane"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub/bonesdir/durable"
	"bones-tui/logview"
	"bones-tui/tui/internal/notice"
)

// memory is what is to be kept now.
func (m *model) memory() memory.Screen {
	return memory.Screen{
		Focus: m.focus.String(), Zoomed: m.zoomed, Log: m.log.Filter.String(), Slots: m.slots.Filter.String(),
		Marking: m.log.Marking, Clock: m.log.Clock.String(), Sort: m.slots.Order.Key.String(), Reversed: m.slots.Order.Reversed,
		History: m.input.History(),
	}
}

// recall shows the screen as it was. What cannot be understood is left out and
// said; an error is of the reading.
func (m *model) recall(kept memory.Screen, err error) {
	problems := []error{err}
	filter := func(text string) *logview.Filter {
		if strings.TrimSpace(text) == "" {
			return nil
		}
		f, err := logview.ParseFilter(text)
		if err != nil {
			problems = append(problems, fmt.Errorf("tui: the kept filter %q is ignored: %w", text, err))
			return nil
		}
		return f
	}
	for id := range layout.Count {
		if id.String() == kept.Focus {
			m.focus = id
		}
	}
	for c := range logrow.ClockCount {
		if c.String() == kept.Clock {
			m.log.Clock = c
		}
	}
	for k := range slotspane.KeyCount {
		if k.String() == kept.Sort {
			m.slots.Order.Key = k
		}
	}
	m.zoomed, m.log.Marking, m.slots.Order.Reversed = kept.Zoomed, kept.Marking, kept.Reversed
	m.log.Filter = filter(kept.Log)
	m.log.SetFilter(m.log.Filter, false)
	m.slots.SetFilter(filter(kept.Slots))
	m.input.SetHistory(kept.History)
	for _, err := range problems {
		if err != nil {
			m.notice.Say(notice.Cause(err))
		}
	}
	m.kept = m.memoryText()
	m.arrange()
}

func (m *model) memoryText() string {
	b, err := json.MarshalIndent(m.memory(), "", "  ")
	if err != nil {
		return "" // strings and flags can be encoded
	}
	return string(b) + "\n"
}

// keepMemory writes what is to be kept, if it has changed.
func (m *model) keepMemory() tea.Cmd {
	text := m.memoryText()
	if text == m.kept || m.cfg.StateFile == "" || m.cfg.ReadOnly {
		return nil
	}
	m.kept = text
	m.keeps++
	n := m.keeps
	return m.fx.Do(func(context.Context) tea.Msg { return keptMsg{m.fx.keep(n, text)} })
}

// keep writes the n-th state, unless a later one was written before.
func (fx *effects) keep(n int, text string) error {
	fx.keeping.Lock()
	defer fx.keeping.Unlock()
	if n <= fx.kept {
		return nil
	}
	fx.kept = n
	if err := os.MkdirAll(filepath.Dir(fx.cfg.StateFile), 0o700); err != nil {
		return fmt.Errorf("tui: keep the state: %w", err)
	}
	if err := durable.WriteFile(fx.cfg.StateFile, []byte(text), 0o600); err != nil {
		return fmt.Errorf("tui: keep the state: %w", err)
	}
	return nil
}

// keepLast writes the state as the program ends.
func (m *model) keepLast() {
	if text := m.memoryText(); text != m.kept && m.cfg.StateFile != "" && !m.cfg.ReadOnly {
		_ = m.fx.keep(m.keeps+1, text) // there is no screen left to say so, and no harm done
	}
}
