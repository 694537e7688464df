package copies

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"
	"unicode/utf8"

	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
)

// Meta describes a saved state.
type Meta struct {
	Slot    string     `json:"slot"`
	Taken   time.Time  `json:"taken"`
	CheckIn string     `json:"check_in,omitempty"` // that the worktree stood on
	Clone   string     `json:"clone,omitempty"`    // stamp of the clone that is saved
	Files   []MetaFile `json:"files"`
	Left    int        `json:"left,omitempty"`   // files beyond the bounds, which are not saved
	Unread  int        `json:"unread,omitempty"` // files and directories that cannot be read, which are not saved
	first   string     // of these
}

// MetaFile is one edited file.
type MetaFile struct {
	Name     string `json:"name"` // with slashes
	Kind     string `json:"kind"` // as an EditKind; a missing file has no content
	Size     int64  `json:"size,omitempty"`
	Mode     uint32 `json:"mode,omitempty"`
	Modified int64  `json:"modified,omitempty"` // in ns
}

// same reports whether two states of a slot are one.
func (m Meta) same(o Meta) bool {
	return m.Slot == o.Slot && m.CheckIn == o.CheckIn && m.Clone == o.Clone && slices.Equal(m.Files, o.Files)
}

// skip counts what cannot be read.
func (m *Meta) skip(name string) {
	if m.Unread == 0 {
		m.first = name
	}
	m.Unread++
}

// complete reports whether the state is all that the slot had.
func (m Meta) complete() bool { return m.Left == 0 && m.Unread == 0 }

// incomplete is the error for a state that is not complete, nil for one that is.
func (m Meta) incomplete() (err error) {
	if m.Left > 0 {
		err = fmt.Errorf("%w: %d files of slot %s are not saved", ErrTooLarge, m.Left, m.Slot)
	}
	if m.Unread > 0 {
		err = errors.Join(err, fmt.Errorf("%w: %d files or directories of slot %s are not saved, the first is %q", ErrUnread, m.Unread, m.Slot, m.first))
	}
	return err
}

// manifest is a Meta as it is written. JSON holds no bytes that are not UTF-8: raw has those of
// a name that is not.
type manifest struct {
	Meta
	Raw []byte `json:"slot_raw,omitempty"`
}

// encode returns the text of a manifest.
func (m Meta) encode() ([]byte, error) {
	return json.MarshalIndent(manifest{m, rawOf(m.Slot)}, "", "  ")
}

// decode is its inverse.
func decode(text []byte) (Meta, error) {
	var f manifest
	if err := json.Unmarshal(text, &f); err != nil {
		return Meta{}, err
	}
	if len(f.Raw) > 0 {
		f.Slot = string(f.Raw)
	}
	if f.Slot == "" {
		return Meta{}, errors.New("it names no slot")
	}
	return f.Meta, nil
}

func rawOf(name string) []byte {
	if utf8.ValidString(name) {
		return nil
	}
	return []byte(name)
}

// plainFile is a MetaFile without its methods.
type plainFile MetaFile

type rawFile struct {
	plainFile
	Raw []byte `json:"raw,omitempty"`
}

// MarshalJSON keeps names that are not UTF-8.
func (f MetaFile) MarshalJSON() ([]byte, error) {
	return json.Marshal(rawFile{plainFile(f), rawOf(f.Name)})
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (f *MetaFile) UnmarshalJSON(text []byte) error {
	var r rawFile
	if err := json.Unmarshal(text, &r); err != nil {
		return err
	}
	*f = MetaFile(r.plainFile)
	if len(r.Raw) > 0 {
		f.Name = string(r.Raw)
	}
	return nil
}

// bounds of what is described.
type bounds struct {
	files    int
	bytes    int64
	manifest int64 // of the text, about
}

// unbounded is for what need not be copied.
var unbounded = bounds{math.MaxInt, math.MaxInt64, math.MaxInt64}

// textOf is the most that a file takes in a manifest.
func textOf(name string) int64 { return 256 + 8*int64(len(name)) }

// measure describes what a slot has and can be read, within bounds.
func measure(w Work, most bounds) Meta {
	m := Meta{Slot: w.Slot, Taken: time.Now().UTC(), CheckIn: w.CheckIn, Files: []MetaFile{}}
	if w.Clone != nil {
		m.Clone = w.Stamp
	}
	sum, text := int64(0), int64(0)
	for _, e := range w.Edits {
		f, err := lookAt(w.Tree, e)
		switch {
		case errors.Is(err, errNothing):
			continue
		case err != nil:
			m.skip(e.Name)
			continue
		case len(m.Files) >= most.files, f.Size > most.bytes-sum, textOf(e.Name) > most.manifest-text:
			m.Left++
			continue
		}
		sum, text = sum+f.Size, text+textOf(e.Name)
		m.Files = append(m.Files, f)
	}
	return m
}

// Errors of lookAt.
var (
	errNothing = errors.New("copies: there is nothing to keep")
	errClosed  = errors.New("copies: it cannot be looked at")
)

// lookAt describes one edit. Errors are errNothing, and why it cannot be read.
func lookAt(tree string, e fossil.Edit) (MetaFile, error) {
	f := MetaFile{Name: e.Name, Kind: string(e.Kind)}
	switch {
	case !filepath.IsLocal(filepath.FromSlash(e.Name)):
		return f, errNothing
	case e.Kind == fossil.EditUnread:
		return f, errClosed
	case e.Kind == fossil.EditMissing:
		return f, nil
	}
	path := filepath.Join(tree, filepath.FromSlash(e.Name))
	_, err := inside.Stat(tree, filepath.Dir(path), inside.Directory)
	var info fs.FileInfo
	if err == nil {
		info, err = os.Lstat(path)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && (e.Kind == fossil.EditChanged || e.Kind == fossil.EditRenamed):
		f.Kind = string(fossil.EditMissing)
		return f, nil
	case errors.Is(err, fs.ErrNotExist):
		return f, errNothing
	case err != nil:
		return f, err
	case info.Mode().IsRegular():
		in, err := inside.Open(tree, path)
		if err != nil {
			return f, err
		}
		_ = in.Close() // read only: nothing to lose
	case info.Mode()&fs.ModeSymlink == 0:
		return f, errNothing // a pipe or a socket has no content
	}
	f.Size, f.Mode, f.Modified = info.Size(), uint32(info.Mode()), info.ModTime().UnixNano()
	return f, nil
}
