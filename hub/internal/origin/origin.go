// Package origin tells state that a hub of this user has made from state that came with a
// checkout. What a hub makes it signs, with a key of this user that no checkout can hold.
package origin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/durable"
	"bones-tui/hub/bonesdir/inside"
)

const (
	keyFile  = "origin.key"
	keyLen   = 32
	maxKey   = 4 << 10 // of what is read of a key, bytes
	maxMark  = 64 << 10
	maxKnown = 64 // projects that a mark names; the oldest go first
)

// mark is the content of the file: one JSON object and a newline.
type mark struct {
	Projects []string `json:"projects"` // codes of the repositories that hubs have made here, the newest last
	MAC      string   `json:"mac"`      // HMAC-SHA256 of them, in hex
}

func (m mark) sum(key []byte) string {
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "bones-tui origin 1\n%s\n", strings.Join(m.Projects, "\n"))
	return hex.EncodeToString(h.Sum(nil))
}

// Projects returns the codes of the repositories that hubs of this user have made, or taken
// over, in a state directory; made is false if nothing says that there was such a hub.
func Projects(d bonesdir.Dir) (codes []string, made bool) {
	dir, err := bonesdir.UserState()
	if err != nil {
		return nil, false
	}
	key, err := readKey(dir)
	if err != nil {
		return nil, false
	}
	m, ok := read(d, key)
	return m.Projects, ok
}

func read(d bonesdir.Dir, key []byte) (m mark, ok bool) {
	text, err := inside.ReadFile(d.State, d.OriginFile(), maxMark)
	if err != nil || json.Unmarshal(text, &m) != nil || !hmac.Equal([]byte(m.MAC), []byte(m.sum(key))) {
		return mark{}, false
	}
	return m, true
}

// Sign says that a hub of this user makes what is in a state directory, and the repositories
// with those project codes, or has been told to trust them. It changes nothing if that has
// been said. Sign before something is made: a hub may die at any moment.
func Sign(d bonesdir.Dir, codes ...string) error {
	key, err := ownKey()
	if err != nil {
		return fmt.Errorf("origin: sign: %w", err)
	}
	m, made := read(d, key)
	fresh := slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return slices.Contains(m.Projects, code) })
	if made && len(fresh) == 0 {
		return nil
	}
	m.Projects = append(m.Projects, fresh...)
	m.Projects = m.Projects[max(0, len(m.Projects)-maxKnown):]
	m.MAC = m.sum(key)
	text, err := json.Marshal(m)
	if err == nil {
		err = durable.WriteFile(d.OriginFile(), append(text, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("origin: sign: %w", err)
	}
	return nil
}

// ownKey returns this user's key, and makes it if there is none.
func ownKey() ([]byte, error) {
	dir, err := bonesdir.UserState()
	if err != nil {
		return nil, err
	}
	key, err := readKey(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := makeKey(dir); err != nil && !errors.Is(err, fs.ErrExist) { // another process was first
		return nil, err
	}
	return readKey(dir)
}

func readKey(dir string) ([]byte, error) {
	dir, err := filepath.EvalSymlinks(dir) // it is the user's, who may keep it elsewhere
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, keyFile)
	key, err := inside.ReadFile(dir, path, maxKey)
	if err == nil && len(key) != keyLen {
		return nil, fmt.Errorf("%s is no key; it has %d bytes", path, len(key))
	}
	return key, err
}

// makeKey gives a key its name once it is whole, unless there is one by then.
func makeKey(dir string) error {
	key := make([]byte, keyLen)
	_, _ = rand.Read(key) // never fails
	f, err := os.CreateTemp(dir, keyFile+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(key)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Link(f.Name(), filepath.Join(dir, keyFile))
	}
	return errors.Join(err, os.Remove(f.Name()))
}
