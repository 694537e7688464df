package crosslink

import (
	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/sqlite"
)

// changes writes what the check-in changes against its parents, and what the
// children that arrived before it change against it.
func (l *Linker) changes(t *tree, parents []int64, private bool) error {
	if len(parents) == 0 {
		if err := l.allNew(t, private); err != nil {
			return err
		}
	} else if err := l.against(t, parents, private); err != nil {
		return err
	}
	children, err := l.column("SELECT cid FROM plink WHERE pid=?1 UNION SELECT childid FROM cherrypick WHERE parentid=?1", t.rid)
	if err != nil {
		return err
	}
	for _, cid := range children {
		if err := l.revisit(cid); err != nil {
			return err
		}
	}
	return nil
}

// revisit completes the changes of a child whose parent has arrived.
func (l *Linker) revisit(cid int64) error {
	child, err := l.tree(cid)
	if err != nil || child == nil {
		return err
	}
	private, err := l.Private(cid)
	if err != nil {
		return err
	}
	parents := make([]int64, 0, len(child.Parents))
	for _, uuid := range child.Parents {
		pid, _, err := l.Lookup(uuid)
		if err != nil {
			return err
		}
		parents = append(parents, pid)
	}
	return l.against(child, parents, private)
}

// against compares a check-in with its primary parent and then, for files that
// differ there, with its merge parents and what it cherry-picked. Nothing
// happens before the primary parent is there.
func (l *Linker) against(t *tree, parents []int64, private bool) error {
	primary, err := l.tree(parents[0])
	if err != nil || primary == nil {
		return err
	}
	if err := l.compare(t, primary, false, private); err != nil {
		return err
	}
	others := parents[1:]
	for _, q := range t.CherryPicks {
		if q.BackOut {
			continue
		}
		rid, _, err := l.Lookup(q.Target)
		if err != nil {
			return err
		}
		if rid != 0 {
			others = append(others[:len(others):len(others)], rid)
		}
	}
	for _, pid := range others {
		other, err := l.tree(pid)
		if err != nil {
			return err
		}
		if other == nil {
			continue
		}
		if err := l.compare(t, other, true, private); err != nil {
			return err
		}
	}
	return l.markMerged(t.rid, 1+len(others))
}

// markMerged gives files that are new against the primary parent but come from
// another one the parent -1: they were not added here.
func (l *Linker) markMerged(mid int64, links int) error {
	if links < 2 {
		return nil
	}
	return l.Exec(`UPDATE mlink SET pid=-1 WHERE mid=?1 AND pid=0 AND fnid IN
		(SELECT fnid FROM mlink WHERE mid=?1 GROUP BY fnid HAVING count(*)<?2)`, mid, links)
}

// allNew writes the files of a root.
func (l *Linker) allNew(t *tree, private bool) error {
	m := change{mid: t.rid}
	for _, f := range t.files {
		if err := l.record(m.to(f), private); err != nil {
			return err
		}
	}
	return nil
}

// compare writes the differences between a check-in and one parent, once. Of a
// delta manifest only its own cards count, as in Fossil: they, not their
// absence, tell what was removed.
func (l *Linker) compare(child, parent *tree, aux, private bool) error {
	done, err := l.Exists("SELECT 1 FROM mlink WHERE mid=? AND pmid=?", child.rid, parent.rid)
	if err != nil || done {
		return err
	}
	l.noteFudge(parent, child)
	m := change{mid: child.rid, pmid: parent.rid, aux: aux}
	isDelta := child.Baseline != ""
	var diff []change
	for c, p := child.Files, parent.files; len(c) > 0 || len(p) > 0; {
		order := compareHeads(c, p)
		switch {
		case order > 0 && !isDelta, order == 0 && c[0].Deleted():
			diff = append(diff, m.removed(p[0]))
		case order <= 0 && !c[0].Deleted():
			diff = m.appendChange(diff, c[0], p, order == 0, parent)
		}
		if order <= 0 {
			c = c[1:]
		}
		if order >= 0 {
			p = p[1:]
		}
	}
	if isDelta {
		diff = append(diff, m.revived(child, parent)...)
	}
	for _, d := range diff {
		if err := l.record(d, private); err != nil {
			return err
		}
	}
	return nil
}

// change is one row of mlink with names instead of numbers.
type change struct {
	mid, pmid int64
	aux       bool
	name, old string // old only if renamed
	now, was  string // artifacts, "" for none
	perm      artifact.Perm
}

func (m change) to(f artifact.File) change {
	m.name, m.now, m.perm = f.Name, f.UUID, f.Perm
	return m
}

func (m change) removed(f artifact.File) change {
	m.name, m.was = f.Name, f.UUID
	return m
}

// revived returns the files that a parent, a delta manifest too, removed from
// the baseline and the child has again.
func (m change) revived(child, parent *tree) (diff []change) {
	for _, f := range parent.Files {
		if !f.Deleted() {
			continue
		}
		if back, ok := child.find(f.Name); ok {
			diff = append(diff, m.to(back))
		}
	}
	return diff
}

// appendChange appends the change that leads to f, if it is one. p[0] has the
// same name if same is set.
func (m change) appendChange(diff []change, f artifact.File, p []artifact.File, same bool, parent *tree) []change {
	m = m.to(f)
	if f.OldName != "" {
		if was, ok := parent.find(f.OldName); ok {
			m.old, m.was = f.OldName, was.UUID
		}
		return append(diff, m)
	}
	if same {
		m.was = p[0].UUID
		if m.was == f.UUID && p[0].Perm == f.Perm {
			return diff
		}
	}
	return append(diff, m)
}

// record inserts a change. Against a merge parent only files count that differ
// from the primary parent as well.
func (l *Linker) record(m change, private bool) error {
	fnid, err := l.filename(m.name)
	if err != nil {
		return err
	}
	var pfnid, fid, pid int64
	if m.old != "" {
		if pfnid, err = l.filename(m.old); err != nil {
			return err
		}
	}
	if m.was != "" {
		if pid, err = l.RID(m.was, private); err != nil {
			return err
		}
	}
	if m.now != "" {
		if fid, err = l.RID(m.now, private); err != nil {
			return err
		}
		if !private {
			if err := l.Publish(fid); err != nil {
				return err
			}
		}
	}
	if m.aux {
		found, err := l.Exists("SELECT 1 FROM mlink WHERE mid=? AND fnid=? AND NOT isaux", m.mid, fnid)
		if err != nil || !found {
			return err
		}
	}
	return l.Exec("INSERT INTO mlink(mid,fid,pmid,pid,fnid,pfnid,mperm,isaux) VALUES(?,?,?,?,?,?,?,?)",
		m.mid, fid, m.pmid, pid, fnid, pfnid, int64(m.perm), m.aux)
}

// filename returns the number of a file name.
func (l *Linker) filename(name string) (fnid int64, err error) {
	found, err := l.Query("SELECT fnid FROM filename WHERE name=?", name).First(func(r sqlite.Row) { fnid = r.Int64(0) })
	if err != nil || found {
		return fnid, err
	}
	err = l.Exec("INSERT INTO filename(name) VALUES(?)", name)
	return l.LastID(), err
}
