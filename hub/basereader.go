package hub

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

// baseFacts are what the hub's repository holds beyond its base.
type baseFacts struct {
	project string
	base    fossil.CheckIn      // zero if there is none
	since   []fossil.CheckIn    // of all branches, the newest first
	here    map[string]struct{} // hashes of since
	pending map[string]struct{} // hashes of check-ins that git has not received
}

// of lists the check-ins of a slot since the base, the newest first.
func (f *baseFacts) of(slot *slots.Slot) []fossil.CheckIn {
	var own []fossil.CheckIn
	for _, ci := range f.since {
		if authored(ci.User, slot) {
			own = append(own, ci)
		}
	}
	return own
}

// received reports whether git has a check-in that was made since the base.
func (f *baseFacts) received(uuid string) bool {
	_, here := f.here[uuid]
	_, pending := f.pending[uuid]
	return here && !pending
}

// baseReader keeps the hub's repository open for reading and what was read of it,
// until one of its files changes.
type baseReader struct {
	dir bonesdir.Dir

	mu    sync.Mutex
	repo  *fossil.Repo
	file  fs.FileInfo // of repo
	seen  [3]stamp
	facts baseFacts

	listed [3]stamp
	list   []slots.CheckIn
}

// read returns what the repository holds now; nothing if there is none.
func (t *baseReader) read(ctx context.Context) (baseFacts, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	repo, err := t.open(ctx)
	if err != nil || repo == nil {
		return baseFacts{}, err
	}
	now := t.stamps()
	if now == t.seen {
		return t.facts, nil
	}
	facts, err := readSince(ctx, repo, readLastApplied(t.dir.LastApplied()))
	if err == nil {
		t.facts, t.seen = facts, now
	}
	return facts, err
}

// newest returns the newest check-ins of all branches; they are shared, and only read.
func (t *baseReader) newest(ctx context.Context, limit int) ([]slots.CheckIn, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	repo, err := t.open(ctx)
	if err != nil || repo == nil {
		return nil, err
	}
	now := t.stamps()
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

func (t *baseReader) stamps() [3]stamp {
	return [3]stamp{stampOf(t.dir.Fossil()), stampOf(t.dir.Fossil() + "-wal"), stampOf(t.dir.LastApplied())}
}

// open returns the repository, opening it again if the file is another one.
func (t *baseReader) open(ctx context.Context) (*fossil.Repo, error) {
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
	repo, err := openDatabase(ctx, t.dir, t.dir.Fossil(), fossil.ReadOnly, fossil.WithoutCheck())
	if err != nil {
		return nil, err
	}
	t.repo, t.file = repo, info
	return repo, nil
}

func (t *baseReader) release() error {
	repo := t.repo
	t.repo, t.file, t.seen, t.facts, t.list, t.listed = nil, nil, [3]stamp{}, baseFacts{}, nil, [3]stamp{}
	if repo == nil {
		return nil
	}
	return repo.Close()
}

func (t *baseReader) close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.release()
}

func readSince(ctx context.Context, repo *fossil.Repo, lastApplied string) (baseFacts, error) {
	f := baseFacts{project: repo.ProjectCode(), here: map[string]struct{}{}, pending: map[string]struct{}{}}
	var err error
	if f.base, err = findBase(ctx, repo); err != nil {
		return f, err
	}
	list, err := repo.Timeline(ctx, fossil.TimelineOptions{After: f.base.Time})
	if err != nil {
		return f, err
	}
	for _, ci := range list {
		if ci.UUID != f.base.UUID {
			f.since = append(f.since, ci)
			f.here[ci.UUID] = struct{}{}
		}
	}
	pending, _, err := unreceived(ctx, repo, lastApplied, 0)
	for _, ci := range pending {
		f.pending[ci.UUID] = struct{}{}
	}
	return f, err
}
