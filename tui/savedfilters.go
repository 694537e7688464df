package tui

import (
	"context"
	"fmt"

	"bones-tui/tui/internal/filters"
	"bones-tui/tui/internal/picker"

	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
)

// savedFiltersMsg is every filter with a name, those of the settings first.
type savedFiltersMsg struct {
	filters []SavedFilter
	err     error
}

// keptFilterMsg is the outcome of keeping or forgetting a filter.
type keptFilterMsg struct {
	done string // what was done, in a few words
	err  error
}

// readFilters reads what was kept, by this dashboard or another.
func (fx *effects) readFilters() tea.Cmd {
	return fx.Do(func(context.Context) tea.Msg {
		kept, err := filters.Read(fx.cfg.SaveDir)
		return savedFiltersMsg{append(fx.cfg.Settings.Filters[:len(fx.cfg.Settings.Filters):len(fx.cfg.Settings.Filters)], kept...), err}
	})
}

// keepFilter appends a filter under a name.
func (fx *effects) keepFilter(f SavedFilter) tea.Cmd {
	return fx.Do(func(context.Context) tea.Msg {
		msg := keptFilterMsg{done: "kept as " + f.Name + "; b lists all"}
		if err := filters.Keep(fx.cfg.SaveDir, f); err != nil {
			msg.err = fmt.Errorf("tui: keep the filter: %w", err)
		}
		return msg
	})
}

// forgetFilter removes a kept filter.
func (fx *effects) forgetFilter(name string) tea.Cmd {
	return fx.Do(func(context.Context) tea.Msg {
		msg := keptFilterMsg{done: "forgot " + name}
		if err := filters.Forget(fx.cfg.SaveDir, name); err != nil {
			msg.err = fmt.Errorf("tui: forget the filter: %w", err)
		}
		return msg
	})
}

// savedFilters opens the list, once it has been read.
func (m *model) savedFilters(msg savedFiltersMsg) tea.Cmd {
	if msg.err != nil {
		m.notice.Fail(msg.err)
	}
	if m.mode != modeNormal {
		return nil
	}
	if len(msg.filters) == 0 {
		m.notice.Say("no filter has a name yet: B gives one to the filter in force")
		return nil
	}
	mine := len(m.cfg.Settings.Filters)
	var items []picker.Item
	for i, f := range msg.filters {
		parsed, err := logview.ParseFilter(f.Filter)
		if err != nil {
			continue // written by another version; the settings' own are checked
		}
		it := picker.Item{Text: f.Name, Hint: parsed.String(), Pick: picker.Choice{Filter: parsed}}
		if i >= mine {
			it.Forget = f.Name
		}
		items = append(items, it)
	}
	return m.openPicker(picker.New("Filters of yours", items))
}

// nameFilter asks for a name for the filter in force.
func (m *model) nameFilter() tea.Cmd {
	p := picker.New("Keep this filter as", nil)
	p.Free = m.log.Filter.String()
	return m.openPicker(p)
}

// forget removes the filter under the cursor, if it was kept with a key.
func (m *model) forget() tea.Cmd {
	it, ok := m.picker.Item()
	switch {
	case !ok:
		return nil
	case it.Forget == "":
		m.notice.Say(it.Text + " is in config.toml")
		return nil
	}
	m.picker = nil
	m.close()
	return m.fx.forgetFilter(it.Forget)
}

func (m *model) keptFilter(msg keptFilterMsg) {
	if msg.err != nil {
		m.notice.Fail(msg.err)
		return
	}
	m.notice.Say(msg.done)
}
