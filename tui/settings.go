package tui

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/filters"
	"bones-tui/tui/internal/keymap"
)

// Settings are what an operator may choose once and for all. The zero value of a
// field means its default.
type Settings struct {
	Keys    map[string][]string // by command (Commands lists them): what to press instead
	Theme   Theme
	Rates   Rates
	Alarms  Alarms
	Filters []SavedFilter
	Mouse   bool // the wheel scrolls and a click selects, from the start
}

// Command is something that a key of the panes does, under the name by which the
// settings know it.
type Command = keymap.Command

// Commands lists what can be given other keys, in the order of the key table.
func Commands() []Command { return keymap.Commands() }

// Theme is how the screen looks. A colour is the number of one of the terminal's
// own (0 to 255) or #rrggbb.
type Theme struct {
	Background          string // dark, light, or auto: what the terminal says
	OK, Warn, Bad, Busy string // colours of states
}

func (t Theme) colors() cells.Colors {
	return cells.Colors{OK: t.OK, Warn: t.Warn, Bad: t.Bad, Busy: t.Busy}
}

// Rates are how often things happen.
type Rates struct {
	Frames  int           // the most a second
	Sample  time.Duration // between two looks at the hub
	Blurred time.Duration // the same while the terminal does not have the focus
}

// Alarms are when the operator is called.
type Alarms struct {
	Bell   bool   // ring the terminal's bell
	Errors int    // lines of level ERROR within a minute that make a burst
	Disk   uint64 // free bytes below which the disk counts as low
}

// SavedFilter is a filter of the log with a name.
type SavedFilter = filters.Saved

// DefaultSettings are those of an operator who has chosen nothing.
func DefaultSettings() Settings {
	return Settings{
		Theme:  Theme{Background: "auto", OK: "2", Warn: "3", Bad: "1", Busy: "6"},
		Rates:  Rates{Frames: 20, Sample: time.Second, Blurred: 5 * time.Second},
		Alarms: Alarms{Bell: true, Errors: 10, Disk: 1 << 30},
	}
}

// SettingError says which setting is wrong and why.
type SettingError struct {
	Path []string // of the setting: "rates", "sample"
	Msg  string
}

// Error names the setting.
func (e *SettingError) Error() string { return strings.Join(e.Path, ".") + ": " + e.Msg }

func wrong(msg string, path ...string) error { return &SettingError{Path: path, Msg: msg} }

// Check reports the first setting that cannot be, as a *SettingError.
func (s Settings) Check() error {
	switch s.Theme.Background {
	case "", "auto", "dark", "light":
	default:
		return wrong("must be auto, dark or light", "theme", "background")
	}
	for _, c := range []struct{ name, value string }{
		{"ok", s.Theme.OK}, {"warn", s.Theme.Warn}, {"bad", s.Theme.Bad}, {"busy", s.Theme.Busy},
	} {
		if c.value != "" && !isColor(c.value) {
			return wrong("must be a colour: a number from 0 to 255, or #rrggbb", "theme", c.name)
		}
	}
	r := s.Rates
	switch {
	case r.Frames != 0 && (r.Frames < 1 || r.Frames > 60):
		return wrong("must be from 1 to 60", "rates", "frames")
	case r.Sample != 0 && (r.Sample < time.Second || r.Sample > time.Minute):
		return wrong("must be from 1s to 1m", "rates", "sample")
	case r.Blurred != 0 && (r.Blurred < time.Second || r.Blurred > 10*time.Minute):
		return wrong("must be from 1s to 10m", "rates", "blurred")
	case s.Alarms.Errors < 0:
		return wrong("must be a number of lines", "alarms", "errors")
	}
	for _, f := range s.Filters {
		if _, err := logview.ParseFilter(f.Filter); err != nil {
			return wrong(err.Error(), "filters", f.Name)
		}
	}
	_, err := keymap.Default().Rebound(s.Keys)
	var bad *keymap.RebindError
	if errors.As(err, &bad) {
		return wrong(bad.Msg, "keys", bad.Command)
	}
	return err
}

func isColor(c string) bool {
	if hex, ok := strings.CutPrefix(c, "#"); ok {
		_, err := strconv.ParseUint(hex, 16, 32)
		return err == nil && len(hex) == 6
	}
	_, err := strconv.ParseUint(c, 10, 8)
	return err == nil
}

// filled has the default in place of every zero that means it.
func (s Settings) filled() Settings {
	d := DefaultSettings()
	for to, from := range map[*string]string{
		&s.Theme.Background: d.Theme.Background, &s.Theme.OK: d.Theme.OK, &s.Theme.Warn: d.Theme.Warn,
		&s.Theme.Bad: d.Theme.Bad, &s.Theme.Busy: d.Theme.Busy,
	} {
		if *to == "" {
			*to = from
		}
	}
	if s.Rates.Frames == 0 {
		s.Rates.Frames = d.Rates.Frames
	}
	if s.Rates.Sample == 0 {
		s.Rates.Sample = d.Rates.Sample
	}
	s.Rates.Blurred = max(s.Rates.Blurred, s.Rates.Sample)
	if s.Alarms.Errors == 0 {
		s.Alarms.Errors = d.Alarms.Errors
	}
	return s
}

// keyMapOf is the key table with the operator's keys; with the default ones if
// those make no sense, which Check tells.
func keyMapOf(s Settings) keymap.Map {
	m, err := keymap.Default().Rebound(s.Keys)
	if err != nil {
		return keymap.Default()
	}
	return m
}
