package seed

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/slots"
)

// Facts are what the hub's repository holds beyond its base.
type Facts struct {
	Project string
	Base    fossil.CheckIn      // zero if there is none
	Since   []fossil.CheckIn    // of all branches, the newest first
	Here    map[string]struct{} // hashes of Since
	pending map[string]struct{} // hashes of check-ins that git has not received
}

// Received reports whether git has a check-in that was made since the base.
func (f *Facts) Received(uuid string) bool {
	_, here := f.Here[uuid]
	_, pending := f.pending[uuid]
	return here && !pending
}

// Reader keeps the hub's repository open for reading and what was read of it,
// until one of its files changes.
type Reader struct {
	dir bonesdir.Dir

	mu    sync.Mutex
	repo  *fossil.Repo
	file  fs.FileInfo // of repo
	seen  [3]Stamp
	facts Facts

	listed [3]Stamp
	list   []slots.CheckIn
}

// NewReader opens nothing before it is asked.
func NewReader(d bonesdir.Dir) *Reader { return &Reader{dir: d} }

// Read returns what the repository holds now; nothing if there is none.
func (t *Reader) Read(ctx context.Context) (Facts, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	repo, err := t.open(ctx)
	if err != nil || repo == nil {
		return Facts{}, err
	}
	now := Stamps(t.dir)
	if now == t.seen {
		return t.facts, nil
	}
	facts, err := readSince(ctx, repo, LastApplied(t.dir))
	if err == nil {
		t.facts, t.seen = facts, now
	}
	return facts, err
}

// Newest returns the newest check-ins of all branches; they are shared, and only read.
func (t *Reader) Newest(ctx context.Context, limit int) ([]slots.CheckIn, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	repo, err := t.open(ctx)
	if err != nil || repo == nil {
		return nil, err
	}
	now := Stamps(t.dir)
	if now == t.listed && len(t.list) <= limit {
		return t.list, nil
	}
	list, err := repo.Timeline(ctx, fossil.TimelineOptions{Limit: limit})
	if err != nil {
		return nil, err
	}
	t.list, t.listed = make([]slots.CheckIn, len(list)), now
	for i, ci := range list {
		t.list[i] = slots.CheckIn{UUID: ci.UUID, Branch: ci.Branch, User: ci.User, Comment: ci.Comment, At: ci.Time}
	}
	return t.list, nil
}

// open returns the repository, opening it again if the file is another one.
func (t *Reader) open(ctx context.Context) (*fossil.Repo, error) {
	info, err := os.Lstat(t.dir.Fossil())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, t.release()
	case err != nil:
		return nil, err
	case t.repo != nil && os.SameFile(t.file, info):
		return t.repo, nil
	}
	if err := t.release(); err != nil {
		return nil, err
	}
	repo, err := Open(ctx, t.dir, t.dir.Fossil(), fossil.ReadOnly, fossil.WithoutCheck())
	if err != nil {
		return nil, err
	}
	t.repo, t.file = repo, info
	return repo, nil
}

func (t *Reader) release() error {
	repo := t.repo
	t.repo, t.file, t.seen, t.facts, t.list, t.listed = nil, nil, [3]Stamp{}, Facts{}, nil, [3]Stamp{}
	if repo == nil {
		return nil
	}
	return repo.Close()
}

// Close lets go of the repository; the next read opens it again.
func (t *Reader) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.release()
}

func readSince(ctx context.Context, repo *fossil.Repo, lastApplied string) (Facts, error) {
	f := Facts{Project: repo.ProjectCode(), Here: map[string]struct{}{}, pending: map[string]struct{}{}}
	var err error
	if f.Base, err = Base(ctx, repo); err != nil {
		return f, err
	}
	list, err := repo.Timeline(ctx, fossil.TimelineOptions{After: f.Base.Time})
	if err != nil {
		return f, err
	}
	for _, ci := range list {
		if ci.UUID != f.Base.UUID {
			f.Since = append(f.Since, ci)
			f.Here[ci.UUID] = struct{}{}
		}
	}
	pending, _, err := Unreceived(ctx, repo, lastApplied, 0)
	for _, ci := range pending {
		f.pending[ci.UUID] = struct{}{}
	}
	return f, err
}
