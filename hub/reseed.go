package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/gittree"
	"bones-tui/hub/internal/seed"
	"bones-tui/slots"
)

// Reseed replaces the workspace's repository by a fresh one with git's tree and a
// new project code. The old one is kept as hub-<UTC time>.fossil beside it. No hub
// may run: the error matches ErrRunning. Without WithForce it refuses while a slot's
// process lives, for the clone of that slot would no longer fit; the error is an
// *ActiveSlotsError then. After an error nothing has changed.
func Reseed(ctx context.Context, root string, opts ...StopOption) (done Reseeded, err error) {
	h, err := New(root)
	if err != nil {
		return done, err
	}
	r := &running{hub: h, dir: h.dir, set: h.set}
	r.group, r.ctx = errgroup.WithContext(ctx)
	tree, err := r.checkReseed(ctx, resolveStop(opts))
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, r.release(), h.leave(true)) }()
	return r.reseedAlone(ctx, tree)
}

// Reseed does what the function does with the workspace that this hub has kept, by a
// Shutdown WithRestart; a Successor goes on with it. After an error nothing has changed.
func (h *Hub) Reseed(ctx context.Context) (done Reseeded, err error) {
	n, err := h.Successor()
	if err != nil {
		return done, err
	}
	defer func() { // it is as it was
		h.mu.Lock()
		h.parked = true
		h.mu.Unlock()
	}()
	r := &running{hub: n, dir: n.dir, set: n.set}
	r.group, r.ctx = errgroup.WithContext(ctx)
	tree, err := seed.ReadTree(ctx, n.dir)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, r.release()) }()
	return r.reseedAlone(ctx, tree)
}

// reseedAlone reseeds with no hub up, in a process that has the lock or can have it.
func (r *running) reseedAlone(ctx context.Context, tree *gittree.Tree) (done Reseeded, err error) {
	for _, step := range []func(context.Context) error{r.lock, r.takeRole, r.hold, r.openLog} {
		if err := step(ctx); err != nil {
			return done, err
		}
	}
	if done, err = r.reseed(ctx, tree); err != nil {
		return Reseeded{}, fmt.Errorf("hub: reseed: %w", err)
	}
	r.tellReseeded(done)
	return done, nil
}

func (r *running) tellReseeded(done Reseeded) {
	r.log.Lifecycle(LevelWarn, "hub: reseeded from git %s; the old repository with %s is kept as %s",
		done.Base, unappliedCheckIns(done.Unapplied), done.Archive)
}

// checkReseed are the refusals that come before any side effect.
func (r *running) checkReseed(ctx context.Context, o stopOptions) (*gittree.Tree, error) {
	tree, err := seed.ReadTree(ctx, r.dir)
	if errors.Is(err, ErrTrackedState) {
		return nil, err
	}
	if unsafe := r.dir.Check(); unsafe != nil {
		return nil, unsafe
	}
	if err := mustBeFree(r.dir); err != nil {
		return nil, err
	}
	if found := r.checkOrigin(); found != nil { // it would be opened, and the store beside it signed
		return nil, found
	}
	if err != nil || o.force {
		return tree, err
	}
	if err := refusal(slots.Live(ctx, r.dir.Root, nil)); err != nil {
		return nil, err
	}
	return tree, nil
}

// reseed prepares the new repository under another name, so that the old one is
// out of its place for an instant only.
func (r *running) reseed(ctx context.Context, tree *gittree.Tree) (done Reseeded, err error) {
	path := r.dir.Fossil()
	if done.Unapplied, err = r.settle(ctx, path); err != nil {
		return done, err
	}
	r.sweepReseed()
	fresh := path + freshSuffix
	if err := r.seedFresh(ctx, fresh, tree); err != nil {
		r.sweepReseed()
		return done, err
	}
	done.Files, done.Base = r.seeded.Files, r.seeded.Base
	err = r.announce(r.repo.ProjectCode())
	if err == nil {
		done.Archive, err = replace(path, fresh)
	}
	if err != nil {
		r.sweepReseed()
		return done, err
	}
	r.settled(ctx, true)
	return done, nil
}

// freshSuffix is where a new repository is made ready.
const freshSuffix = ".new"

// sweepReseed removes what a reseed that was killed has left: never the repository.
func (r *running) sweepReseed() {
	for _, suffix := range sidecars {
		_ = os.Remove(r.dir.Fossil() + freshSuffix + suffix) // mostly there is none
	}
}

// replace puts a fresh repository into the place of the old one and returns where the
// old one is now. After an error it is in its place, or the error says where it is.
func replace(path, fresh string) (archived string, err error) {
	if archived, err = archive(path); err != nil {
		return "", err
	}
	if err := os.Rename(fresh, path); err != nil {
		return "", errors.Join(err, putBack(path, archived, sidecars))
	}
	return archived, nil
}

// sidecars are what a repository consists of, in the order in which it is moved: its
// own file last, so that it never stands without the others.
var sidecars = []string{"-wal", "-shm", ""}

// archive moves a repository aside and returns where it is now, "" if there is none.
// What SQLite left beside it goes along: it would spoil another file in this place.
func archive(path string) (moved string, err error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	to := archiveName(path)
	for i, suffix := range sidecars {
		if err := os.Rename(path+suffix, to+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", errors.Join(err, putBack(path, to, sidecars[:i]))
		}
	}
	return to, nil
}

// archiveName is a name that nothing has: two archives of one second are told apart.
func archiveName(path string) string {
	stem := strings.TrimSuffix(path, ".fossil") + "-" + time.Now().UTC().Format(archiveTime)
	name := stem + ".fossil"
	for n := 2; ; n++ {
		if _, err := os.Lstat(name); err != nil { // what else may be wrong is told by the move
			return name
		}
		name = fmt.Sprintf("%s-%d.fossil", stem, n)
	}
}

// putBack undoes the moves of an archive, those of the given sidecars.
func putBack(path, archived string, moved []string) error {
	if archived == "" {
		return nil
	}
	for _, suffix := range moved {
		if err := os.Rename(archived+suffix, path+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the old repository is in %s, move it back: %w", archived, err)
		}
	}
	return nil
}

// settle brings everything of a repository into its one file, and counts what git
// has not received. A repository that cannot be opened is archived as it is.
func (r *running) settle(ctx context.Context, path string) (unapplied int64, err error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	repo, err := seed.Open(ctx, r.dir, path, fossil.ReadWrite)
	if err != nil {
		r.log.Lifecycle(LevelWarn, "hub: the repository to archive is damaged: %v", err)
	}
	if repo == nil {
		return 0, nil
	}
	var st FossilStatus
	_ = readHistory(ctx, repo, seed.LastApplied(r.dir), &st) // its problem is in the status
	if st.Unapplied != nil {
		unapplied = *st.Unapplied
	}
	return unapplied, repo.Close()
}

func (r *running) seedFresh(ctx context.Context, path string, tree *gittree.Tree) error {
	repo, _, err := seed.OpenOrCreate(ctx, r.dir, path, r.set.durability == DurabilityOS)
	if err != nil {
		return err
	}
	r.repo = repo
	return errors.Join(r.seed(ctx, tree), repo.Close())
}
