// Package config reads the operator's config.toml. It is strict: what it does not
// know is an error, with file, line and column, and nothing of the file counts.
// docs/config.md describes the file.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"bones-tui/tui"
)

// Error says what is wrong in the file, and where.
type Error struct {
	Path         string
	Line, Column int // from 1; 0 if it is about the file as a whole
	Msg          string
}

// Error is FILE:LINE:COLUMN: what is wrong.
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.Path, e.Msg)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Path, e.Line, e.Column, e.Msg)
}

// File is the form of the file. Every field is optional.
type File struct {
	Mouse   *bool               `toml:"mouse"`
	ASCII   *bool               `toml:"ascii"`
	Keys    map[string][]string `toml:"keys"`
	Theme   Theme               `toml:"theme"`
	Rates   Rates               `toml:"rates"`
	Alarms  Alarms              `toml:"alarms"`
	Filters map[string]string   `toml:"filters"`
}

// Theme is the table of colours.
type Theme struct {
	Background string `toml:"background"`
	OK         string `toml:"ok"`
	Warn       string `toml:"warn"`
	Bad        string `toml:"bad"`
	Busy       string `toml:"busy"`
}

// Rates is the table of intervals.
type Rates struct {
	Frames  *int   `toml:"frames"`
	Sample  string `toml:"sample"`
	Blurred string `toml:"blurred"`
}

// Alarms is the table of alarms.
type Alarms struct {
	Bell   *bool  `toml:"bell"`
	Errors *int   `toml:"errors"`
	DiskMB *int64 `toml:"disk_mb"`
}

// Load reads the file at path. One that is not there leaves everything at its
// default. The error is an *Error.
func Load(path string) (s tui.Settings, ascii bool, err error) {
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return tui.DefaultSettings(), false, nil
	case err != nil:
		return s, false, &Error{Path: path, Msg: cause(err).Error()}
	}
	var f File
	if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&f); err != nil {
		return s, false, decodeError(path, err)
	}
	s, err = f.settings()
	if err == nil {
		err = s.Check()
	}
	var wrong *tui.SettingError
	if errors.As(err, &wrong) {
		line, column := locate(data, wrong.Path)
		return s, false, &Error{path, line, column, wrong.Error()}
	}
	return s, f.ASCII != nil && *f.ASCII, err
}

// cause is the error without the path, which Error names.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func decodeError(path string, err error) error {
	var unknown *toml.StrictMissingError
	var bad *toml.DecodeError
	switch {
	case errors.As(err, &unknown):
		first := unknown.Errors[0]
		line, column := first.Position()
		return &Error{path, line, column, "there is no setting " + strings.Join(first.Key(), ".")}
	case errors.As(err, &bad):
		line, column := bad.Position()
		return &Error{path, line, column, strings.TrimPrefix(bad.Error(), "toml: ")}
	default:
		return &Error{Path: path, Msg: strings.TrimPrefix(err.Error(), "toml: ")}
	}
}

// settings puts what the file says in the place of the defaults.
func (f *File) settings() (tui.Settings, error) {
	s := tui.DefaultSettings()
	s.Keys = f.Keys
	set(&s.Mouse, f.Mouse)
	set(&s.Rates.Frames, f.Rates.Frames)
	set(&s.Alarms.Bell, f.Alarms.Bell)
	set(&s.Alarms.Errors, f.Alarms.Errors)
	for to, from := range map[*string]string{
		&s.Theme.Background: f.Theme.Background, &s.Theme.OK: f.Theme.OK, &s.Theme.Warn: f.Theme.Warn,
		&s.Theme.Bad: f.Theme.Bad, &s.Theme.Busy: f.Theme.Busy,
	} {
		if from != "" {
			*to = from
		}
	}
	if mb := f.Alarms.DiskMB; mb != nil {
		if *mb < 0 {
			return s, &tui.SettingError{Path: []string{"alarms", "disk_mb"}, Msg: "must not be negative"}
		}
		s.Alarms.Disk = uint64(*mb) << 20
	}
	for _, d := range []struct {
		to   *time.Duration
		text string
		name string
	}{{&s.Rates.Sample, f.Rates.Sample, "sample"}, {&s.Rates.Blurred, f.Rates.Blurred, "blurred"}} {
		if d.text == "" {
			continue
		}
		v, err := time.ParseDuration(d.text)
		if err != nil || v <= 0 {
			return s, &tui.SettingError{Path: []string{"rates", d.name}, Msg: `must be a duration such as "2s"`}
		}
		*d.to = v
	}
	if s.Rates.Frames == 0 {
		return s, &tui.SettingError{Path: []string{"rates", "frames"}, Msg: "must be from 1 to 60"}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Filters)) {
		s.Filters = append(s.Filters, tui.SavedFilter{Name: name, Filter: f.Filters[name]})
	}
	return s, nil
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// locate finds where a setting stands in the file; 0, 0 if it does not.
func locate(data []byte, path []string) (line, column int) {
	var p unstable.Parser
	p.Reset(data)
	var table []string
	for p.NextExpression() {
		e := p.Expression()
		var key []string
		var at unstable.Position
		for it := e.Key(); it.Next(); {
			key = append(key, string(it.Node().Data))
			at = p.Shape(it.Node().Raw).Start
		}
		if e.Kind == unstable.Table {
			table = key
			continue
		}
		whole := append(slices.Clone(table), key...)
		if slices.Equal(whole, path) {
			return at.Line, at.Column
		}
		if len(whole) < len(path) && slices.Equal(whole, path[:len(whole)]) {
			line, column = at.Line, at.Column // an inline table that holds it
		}
	}
	return line, column
}
