package tui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"bones-tui/tui/internal/picker"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub/bonesdir/durable"
	"bones-tui/logview"
)

// filtersFile holds the filters that were kept with a key: a line each, name and
// filter with a tab between. Of two with the same name the later one counts.
const filtersFile = "filters"

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
		kept, err := readFilters(fx.filtersPath())
		return savedFiltersMsg{append(fx.cfg.Settings.Filters[:len(fx.cfg.Settings.Filters):len(fx.cfg.Settings.Filters)], kept...), err}
	})
}

func (fx *effects) filtersPath() string {
	if fx.cfg.SaveDir == "" {
		return ""
	}
	return filepath.Join(fx.cfg.SaveDir, filtersFile)
}

func readFilters(path string) ([]SavedFilter, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("tui: read the kept filters: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	var out []SavedFilter
	s := bufio.NewScanner(f)
	for s.Scan() {
		if name, filter, ok := strings.Cut(s.Text(), "\t"); ok {
			out = append(without(out, name), SavedFilter{name, filter})
		}
	}
	if err := s.Err(); err != nil {
		return out, fmt.Errorf("tui: read the kept filters: %w", err)
	}
	return out, nil
}

func without(filters []SavedFilter, name string) []SavedFilter {
	out := filters[:0]
	for _, f := range filters {
		if f.Name != name {
			out = append(out, f)
		}
	}
	return out
}

// keepFilter appends a filter under a name.
func (fx *effects) keepFilter(f SavedFilter) tea.Cmd {
	return fx.Do(func(context.Context) tea.Msg {
		msg := keptFilterMsg{done: "kept as " + f.Name + "; b lists all"}
		if err := appendLine(fx.filtersPath(), f.Name+"\t"+f.Filter+"\n"); err != nil {
			msg.err = fmt.Errorf("tui: keep the filter: %w", err)
		}
		return msg
	})
}

func appendLine(path, line string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line)
	return errors.Join(err, f.Close())
}

// forgetFilter removes a kept filter.
func (fx *effects) forgetFilter(name string) tea.Cmd {
	return fx.Do(func(context.Context) tea.Msg {
		msg := keptFilterMsg{done: "forgot " + name}
		all, err := readFilters(fx.filtersPath())
		if err == nil {
			var b strings.Builder
			for _, f := range without(all, name) {
				b.WriteString(f.Name + "\t" + f.Filter + "\n")
			}
			err = durable.WriteFile(fx.filtersPath(), []byte(b.String()), 0o600)
		}
		if err != nil {
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
