// Package crosslink derives what Fossil's tables say about structural
// artifacts: the graph of check-ins, the changes between them, tags, leaves,
// the timeline and clusters. The result does not depend on the order in which
// artifacts arrive.
package crosslink

import (
	"errors"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
)

// Linker interprets the artifacts that one transaction adds.
type Linker struct {
	*store.Tx
	parsed   map[int64]*tree // the last few check-ins looked at
	fudges   map[int64]fudge
	suspects map[int64]struct{}  // rids whose place in leaf may have changed
	tickets  map[string]struct{} // that have changed
	targets  map[string]struct{} // tickets and technotes that attachments may have waited for
	threads  map[int64]struct{}  // first posts of changed forum threads
	checkIns []int64
}

// maxParsed bounds how many trees are kept; a tree may list a hundred thousand
// files.
const maxParsed = 4

// New returns a linker for t.
func New(t *store.Tx) *Linker {
	return &Linker{
		Tx:       t,
		parsed:   map[int64]*tree{},
		fudges:   map[int64]fudge{},
		suspects: map[int64]struct{}{},
		tickets:  map[string]struct{}{},
		targets:  map[string]struct{}{},
		threads:  map[int64]struct{}{},
	}
}

// Link interprets every artifact whose content became available since the last
// call, and those that waited for them.
func (l *Linker) Link() error {
	for _, f := range l.Fresh() {
		if err := l.link(f.RID, f.Content); err != nil {
			return err
		}
	}
	return nil
}

// Finish settles what depends on the whole of the transaction: leaves, the
// order of check-ins whose clocks disagree, and texts about other artifacts.
func (l *Linker) Finish() error {
	for _, settle := range []func() error{l.settleTimes, l.settleLeaves, l.settleTickets, l.settleAttachments, l.settleThreads} {
		if err := settle(); err != nil {
			return err
		}
	}
	return nil
}

// CheckIns returns the rids of the check-ins that were linked.
func (l *Linker) CheckIns() []int64 { return l.checkIns }

// link interprets one artifact. Most are plain content and are left alone.
func (l *Linker) link(rid int64, content []byte) error {
	a, err := artifact.Parse(content)
	if errors.Is(err, artifact.ErrNotStructural) {
		return nil
	}
	if err != nil {
		return err
	}
	switch a.Kind {
	case artifact.CheckIn:
		return l.checkIn(rid, a)
	case artifact.Control:
		return l.control(rid, a)
	case artifact.Cluster:
		return l.cluster(rid, a)
	case artifact.Wiki:
		return l.wiki(rid, a)
	case artifact.Ticket:
		return l.ticket(rid, a)
	case artifact.Attachment:
		return l.attachment(rid, a)
	case artifact.Technote:
		return l.technote(rid, a)
	case artifact.Forum:
		return l.forum(rid, a)
	}
	return nil
}

// tree is a check-in with its complete list of files.
type tree struct {
	*artifact.Artifact
	rid   int64
	files []artifact.File // sorted; a delta manifest's merged into its baseline's
}

// tree returns the check-in rid, or nil if it or its baseline is missing or it
// is something else.
func (l *Linker) tree(rid int64) (*tree, error) {
	if t, ok := l.parsed[rid]; ok {
		return t, nil
	}
	a, err := Manifest(l.View, rid)
	if err != nil || a == nil {
		return nil, err
	}
	return l.grow(rid, a)
}

// grow completes a parsed check-in with its baseline and remembers it.
func (l *Linker) grow(rid int64, a *artifact.Artifact) (*tree, error) {
	files, err := Files(l.View, a)
	if err != nil || files == nil {
		return nil, err
	}
	if len(l.parsed) >= maxParsed {
		clear(l.parsed)
	}
	t := &tree{Artifact: a, rid: rid, files: files}
	l.parsed[rid] = t
	return t, nil
}

func (l *Linker) each(sql string, arg any, fn func(sqlite.Row) error) error {
	return l.Query(sql, arg).Each(fn)
}
