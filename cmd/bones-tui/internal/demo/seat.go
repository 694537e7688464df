package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"bones-tui/hub/fossil"
)

// seat is a slot's directory:
//
//	leaf.pid      the process that joined
//	log           NDJSON, one flat object a line
//	leaf.fossil   the slot's clone
//	wt/           the files of trunk, as the agent edits them
type seat struct {
	dir  string
	user string // login at the hub, author of check-ins
	leaf *fossil.Repo
	hub  fossil.Transport
}

// openSeat makes or reopens the directory and brings the clone up to date.
func openSeat(ctx context.Context, dir, user, hubURL string) (*seat, error) {
	s := &seat{dir: dir, user: user, hub: fossil.NewHTTPTransport(hubURL)}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("demo: open slot: %w", err)
	}
	if err := s.reopen(ctx); err == nil {
		return s, nil
	}
	if err := s.clone(ctx); err != nil {
		return nil, fmt.Errorf("demo: open slot: %w", err)
	}
	return s, nil
}

func (s *seat) repository() string { return filepath.Join(s.dir, "leaf.fossil") }

// tree is where a file of the working tree is.
func (s *seat) tree(name string) string {
	return filepath.Join(s.dir, "wt", filepath.FromSlash(name))
}

// reopen goes on with a clone from before.
func (s *seat) reopen(ctx context.Context) (err error) {
	if s.leaf, err = fossil.Open(ctx, s.repository(), fossil.ReadWrite, fossil.WithRelaxedSync(true)); err != nil {
		return err
	}
	if err := s.update(ctx); err != nil {
		return errors.Join(err, s.close())
	}
	return nil
}

// clone starts over: the hub may be another one than before.
func (s *seat) clone(ctx context.Context) (err error) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(s.repository() + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	s.leaf, err = fossil.Clone(ctx, s.repository(), s.hub, fossil.CloneOptions{Login: s.login(), RelaxedSync: true})
	if err != nil {
		return err
	}
	if err := s.update(ctx); err != nil {
		return errors.Join(err, s.close())
	}
	return nil
}

func (s *seat) close() error { return s.leaf.Close() }

func (s *seat) login() fossil.Login { return fossil.Login{User: s.user} }

// update pulls, and brings the working tree to the tip of trunk.
func (s *seat) update(ctx context.Context) error {
	if _, err := s.leaf.Pull(ctx, s.hub, fossil.SyncOptions{Login: s.login()}); err != nil {
		return err
	}
	files, err := s.leaf.Files(ctx, fossil.Trunk)
	if err != nil {
		return err
	}
	for _, f := range files {
		content, err := s.leaf.ReadFileAt(ctx, fossil.Trunk, f.Name)
		if err != nil {
			return err
		}
		if have, err := os.ReadFile(s.tree(f.Name)); err == nil && bytes.Equal(have, content) {
			continue
		}
		if err := writeFile(s.tree(f.Name), content); err != nil {
			return err
		}
	}
	return nil
}

// edit changes a file of the working tree.
func (s *seat) edit(e edit) error {
	content, err := os.ReadFile(s.tree(e.file))
	if err != nil {
		return fmt.Errorf("demo: edit: %w", err)
	}
	return writeFile(s.tree(e.file), append(content, e.text...))
}

// checkIn makes an edit on the tip of trunk, commits it and pushes.
func (s *seat) checkIn(ctx context.Context, e edit) (fossil.CheckIn, error) {
	if err := errors.Join(s.update(ctx), s.edit(e)); err != nil {
		return fossil.CheckIn{}, err
	}
	content, err := os.ReadFile(s.tree(e.file))
	if err != nil {
		return fossil.CheckIn{}, fmt.Errorf("demo: check in: %w", err)
	}
	ci, err := s.leaf.Commit(ctx, fossil.Commit{
		Branch: fossil.Trunk, User: s.user, Comment: e.comment,
		Files: []fossil.File{{Name: e.file, KeepPerm: true, Content: content}},
	})
	if err == nil {
		_, err = s.leaf.Push(ctx, s.hub, fossil.SyncOptions{Login: s.login()})
	}
	return ci, err
}

// clear removes the working tree of a closed slot.
func (s *seat) clear() error {
	return errors.Join(os.RemoveAll(filepath.Join(s.dir, "wt")), os.Remove(s.pidFile()))
}

func (s *seat) pidFile() string { return filepath.Join(s.dir, "leaf.pid") }

// sign records which process sits here.
func (s *seat) sign(pid int) error {
	return writeFile(s.pidFile(), append(strconv.AppendInt(nil, int64(pid), 10), '\n'))
}

// log appends a line to the slot's log in a single write: its keys are in
// alphabetical order on disk.
func (s *seat) log(event, slot string, more map[string]any) error {
	line := map[string]any{"ts": time.Now().UTC().Format(time.RFC3339), "event": event, "slot": slot}
	maps.Copy(line, more)
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("demo: write slot log: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	return errors.Join(err, f.Close())
}

// createUser gives an agent its account at the hub, as joining a slot does: in the
// repository itself.
func createUser(ctx context.Context, repository, login string) (err error) {
	r, err := fossil.Open(ctx, repository, fossil.ReadWrite)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if _, err := r.GetUser(ctx, login); !errors.Is(err, fossil.ErrNotFound) {
		return err
	}
	return r.CreateUser(ctx, fossil.User{Login: login, Caps: "oih"}, "")
}
