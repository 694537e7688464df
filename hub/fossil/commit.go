package fossil

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/crosslink"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
)

// Perm is the mode of a file.
type Perm uint8

// The modes Fossil knows.
const (
	Regular Perm = Perm(artifact.Regular)
	Exec    Perm = Perm(artifact.Exec)
	Symlink Perm = Perm(artifact.Symlink)
)

// File is one file of a check-in. A symlink's content is its target.
type File struct {
	Name     string // relative, "/" separated; see CheckName
	Perm     Perm
	KeepPerm bool                          // take Perm from the parent if it has the file
	Content  []byte                        // if nil, Open is used
	Open     func() (io.ReadCloser, error) // called at most once, maybe on another goroutine
}

// Tag is a tag that a check-in puts on itself.
type Tag struct {
	Name, Value string
	Propagate   bool // descendants inherit it
	Cancel      bool // ends an inherited tag
}

// Commit describes a check-in to be made.
type Commit struct {
	Branch     string // "" means the parent's, or trunk for a root
	Parent     string // hash; "" means the tip of Branch, or none if that does not exist
	Merge      []string
	User       string // "" means "orchestrator"
	Comment    string
	Time       time.Time // zero means now
	Files      []File    // changes on the parent
	Delete     []string  // names to be removed
	Replace    bool      // Files are the whole tree
	AllowEmpty bool      // make a check-in even if it changes nothing
	Tags       []Tag

	// Progress, if set, is called after each file of Files is stored.
	Progress func(done, total int)

	// LeaveOut, if set, is asked about each of Files that cannot be read, with the error.
	// True makes the check-in without the file; otherwise there is none.
	LeaveOut func(name string, err error) bool
}

// defaultUser makes check-ins that name nobody.
const defaultUser = "orchestrator"

// CheckName returns an error if a file of this name cannot be committed.
func CheckName(name string) error { return artifact.ValidName(name) }

// Commit makes a check-in. All files are read while the repository is locked
// for other writers. If the tree would be that of the parent, the error matches
// ErrNothing. After a Commit with Replace the main file is complete; otherwise
// that takes a moment, see Checkpoint.
func (r *Repo) Commit(ctx context.Context, c Commit) (ci CheckIn, err error) {
	if err := c.prepare(); err != nil {
		return ci, fmt.Errorf("fossil: commit: %w", err)
	}
	err = r.write(ctx, "commit", func(conn *sqlite.Conn) error {
		tx := r.store.Tx(conn, store.Origin{User: c.User, Time: time.Now()})
		ci, err = c.run(ctx, crosslink.New(tx))
		return err
	})
	if err != nil {
		return CheckIn{}, err
	}
	if c.Replace {
		_ = r.settle(ctx) // the check-in is safe in the log; the keeper tries again
	}
	r.watch.announce(context.WithoutCancel(ctx), r, []int64{ci.RID})
	return ci, nil
}

// settleTimeout bounds the wait for readers that keep the log from being
// emptied.
const settleTimeout = 2 * time.Second

// settle brings the main file up to date now. A reader in the way is no error:
// the keeper tries again.
func (r *Repo) settle(ctx context.Context) error {
	brief, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	err := r.db.Checkpoint(brief, true)
	if ctx.Err() == nil && (errors.Is(err, sqlite.ErrBusy) || errors.Is(err, context.DeadlineExceeded)) {
		return nil
	}
	return explain(r.path, "checkpoint", err)
}

// prepare fills in defaults and rejects what no repository could take.
func (c *Commit) prepare() error {
	if c.User == "" {
		c.User = defaultUser
	}
	if t := c.Time.UTC(); !t.IsZero() && (t.Before(artifact.First) || t.After(artifact.Last)) {
		return fmt.Errorf("date %s cannot be written", t.Format(time.DateOnly))
	}
	seen := make(map[string]struct{}, len(c.Files))
	for _, f := range c.Files {
		if err := CheckName(f.Name); err != nil {
			return err
		}
		if f.Content == nil && f.Open == nil {
			return fmt.Errorf("file %q has no content", f.Name)
		}
		if _, twice := seen[f.Name]; twice {
			return fmt.Errorf("file %q is given twice", f.Name)
		}
		seen[f.Name] = struct{}{}
	}
	return nil
}

// run makes the check-in inside a transaction.
func (c *Commit) run(ctx context.Context, l *crosslink.Linker) (ci CheckIn, err error) {
	base, err := c.findBase(l.View)
	if err != nil {
		return ci, err
	}
	t := newTreeWriter(c, base)
	if err := t.store(ctx, l.Tx); err != nil {
		return ci, err
	}
	m, err := c.manifest(base, t)
	if err != nil {
		return ci, err
	}
	rid, err := putManifest(l, m)
	if err != nil {
		return ci, err
	}
	if err := l.MakeClusters(); err != nil {
		return ci, err
	}
	if err := l.Finish(); err != nil {
		return ci, err
	}
	return checkInOf(l.View, rid)
}

// base is what a check-in builds on.
type base struct {
	parent  CheckIn // zero for a root
	branch  string  // of the new check-in
	files   []artifact.File
	parents []string
}

// findBase settles parent and branch.
func (c *Commit) findBase(v store.View) (b base, err error) {
	b.branch = c.Branch
	switch {
	case c.Parent != "":
		b.parent, err = byHash(v, c.Parent)
	case c.Branch == "":
		b.parent, err = tip(v, Trunk)
	default:
		b.parent, err = tip(v, c.Branch)
	}
	if c.Parent == "" && errors.Is(err, ErrNotFound) {
		err = nil
	}
	if err != nil {
		return b, err
	}
	if b.branch == "" {
		b.branch = Trunk
		if b.parent.UUID != "" {
			b.branch = b.parent.Branch
		}
	}
	if b.parent.UUID == "" {
		return b, nil
	}
	b.parents = append(b.parents, b.parent.UUID)
	for _, uuid := range c.Merge {
		if _, err := byHash(v, uuid); err != nil {
			return b, err
		}
		b.parents = append(b.parents, uuid)
	}
	b.files, err = filesOf(v, b.parent.RID)
	return b, err
}

// byHash returns the check-in with exactly this hash.
func byHash(v store.View, uuid string) (CheckIn, error) {
	rid, _, err := v.Lookup(uuid)
	if err != nil {
		return CheckIn{}, err
	}
	ci, err := checkInOf(v, rid)
	if errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("check-in %s: %w", uuid, err)
	}
	return ci, err
}

// manifest describes the new check-in.
func (c *Commit) manifest(b base, t *treeWriter) (*artifact.Artifact, error) {
	if !c.AllowEmpty && b.parent.UUID != "" && len(c.Merge) == 0 && b.branch == b.parent.Branch && !t.changed() {
		return nil, ErrNothing
	}
	return &artifact.Artifact{
		Kind:    artifact.CheckIn,
		Comment: c.Comment,
		Time:    c.when(b.parent),
		User:    c.User,
		Files:   t.files,
		Parents: b.parents,
		RSum:    t.rsum(),
		Tags:    c.tags(b),
	}, nil
}

// when returns the time of the check-in: if it is not given, later than its parent's whatever
// the clock says.
func (c *Commit) when(parent CheckIn) time.Time {
	if !c.Time.IsZero() {
		return c.Time.UTC().Truncate(time.Millisecond)
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	after := parent.Time.Add(time.Millisecond)
	switch {
	case after.After(artifact.Last): // the end of time: of two of one date the newer one counts
		return artifact.Last
	case now.Before(after):
		return after
	}
	return now
}

// tags returns the T cards. A check-in that stays on its parent's branch
// inherits everything.
func (c *Commit) tags(b base) (tags []artifact.Tag) {
	if b.branch != b.parent.Branch {
		tags = append(tags,
			artifact.Tag{Type: artifact.Propagate, Name: "branch", Value: b.branch},
			artifact.Tag{Type: artifact.Propagate, Name: "sym-" + b.branch})
		if b.parent.Branch != "" {
			tags = append(tags, artifact.Tag{Type: artifact.Cancel, Name: "sym-" + b.parent.Branch})
		}
	}
	for _, t := range c.Tags {
		kind := artifact.Single
		switch {
		case t.Cancel:
			kind = artifact.Cancel
		case t.Propagate:
			kind = artifact.Propagate
		}
		tags = append(tags, artifact.Tag{Type: kind, Name: t.Name, Value: t.Value})
	}
	return tags
}

func putManifest(l *crosslink.Linker, m *artifact.Artifact) (int64, error) {
	content := m.Encode()
	name, err := l.Name(content)
	if err != nil {
		return 0, err
	}
	rid, err := l.Put(store.Artifact{UUID: name, Plain: content})
	if err != nil {
		return 0, err
	}
	return rid, l.Link()
}

// Matches reports whether the file's content has this hash.
func (f File) Matches(uuid string) (bool, error) {
	content := f.Content
	if content == nil {
		var err error
		if content, err = readAll(f.Open, nil); err != nil {
			return false, fmt.Errorf("fossil: read %s: %w", f.Name, err)
		}
	}
	return blob.Verify(uuid, content), nil
}
