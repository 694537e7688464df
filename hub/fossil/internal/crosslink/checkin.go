package crosslink

import (
	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/schema"
	"bones-tui/hub/fossil/internal/sqlite"
)

// checkIn enters a check-in into the graph and the timeline. A delta manifest
// whose baseline is missing waits in orphan.
func (l *Linker) checkIn(rid int64, a *artifact.Artifact) error {
	private, err := l.Private(rid)
	if err != nil {
		return err
	}
	t, err := l.grow(rid, a)
	if err != nil {
		return err
	}
	if t == nil {
		return l.orphan(rid, a, private)
	}
	if err := l.cherryPicks(rid, a); err != nil {
		return err
	}
	parents, err := l.parents(rid, a, private)
	if err != nil {
		return err
	}
	if err := l.changes(t, parents, private); err != nil {
		return err
	}
	if err := l.event(rid, a); err != nil {
		return err
	}
	if err := l.tags(rid, a); err != nil {
		return err
	}
	if len(parents) > 0 {
		if err := l.inherit(parents[0]); err != nil {
			return err
		}
	}
	l.checkIns = append(l.checkIns, rid)
	if err := l.suspect(rid); err != nil {
		return err
	}
	return l.adopt(rid)
}

func (l *Linker) orphan(rid int64, a *artifact.Artifact, private bool) error {
	base, err := l.RID(a.Baseline, private)
	if err != nil {
		return err
	}
	return l.Exec("INSERT OR IGNORE INTO orphan(rid,baseline) VALUES(?,?)", rid, base)
}

// adopt links the delta manifests that waited for rid as their baseline.
func (l *Linker) adopt(rid int64) error {
	orphans, err := l.column("SELECT rid FROM orphan WHERE baseline=?", rid)
	if err != nil || len(orphans) == 0 {
		return err
	}
	if err := l.Exec("DELETE FROM orphan WHERE baseline=?", rid); err != nil {
		return err
	}
	for _, orphan := range orphans {
		content, err := l.Content(orphan)
		if err != nil {
			return err
		}
		if err := l.link(orphan, content); err != nil {
			return err
		}
	}
	return nil
}

func (l *Linker) cherryPicks(rid int64, a *artifact.Artifact) error {
	for _, q := range a.CherryPicks {
		err := l.Exec(`REPLACE INTO cherrypick(parentid,childid,isExclude)
			SELECT rid, ?, ? FROM blob WHERE uuid=?`, rid, q.BackOut, q.Target)
		if err != nil {
			return err
		}
	}
	return nil
}

// parents writes the edges to the parents, creating phantoms for unknown ones,
// and returns their rids.
func (l *Linker) parents(rid int64, a *artifact.Artifact, private bool) ([]int64, error) {
	var base any
	if a.Baseline != "" {
		id, _, err := l.Lookup(a.Baseline)
		if err != nil {
			return nil, err
		}
		base = id
	}
	parents := make([]int64, 0, len(a.Parents))
	for i, uuid := range a.Parents {
		pid, err := l.RID(uuid, private)
		if err != nil {
			return nil, err
		}
		parents = append(parents, pid)
		err = l.Exec("INSERT OR IGNORE INTO plink(pid,cid,isprim,mtime,baseid) VALUES(?,?,?,?,?)",
			pid, rid, i == 0, artifact.Julian(a.Time), base)
		if err != nil {
			return nil, err
		}
	}
	return parents, nil
}

// event writes the line of the timeline. Tags may have come before it.
func (l *Linker) event(rid int64, a *artifact.Artifact) error {
	return l.Exec(`REPLACE INTO event(type,mtime,objid,user,comment,bgcolor,euser,ecomment,omtime)
		VALUES('ci', coalesce((SELECT julianday(value) FROM tagxref WHERE rid=?1 AND tagid=?5), ?2), ?1, ?3, ?4,
			(SELECT value FROM tagxref WHERE rid=?1 AND tagid=?6 AND tagtype>0),
			(SELECT value FROM tagxref WHERE rid=?1 AND tagid=?7),
			(SELECT value FROM tagxref WHERE rid=?1 AND tagid=?8), ?2)`,
		rid, artifact.Julian(a.Time), a.User, a.Comment,
		schema.TagDate, schema.TagBgcolor, schema.TagUser, schema.TagComment)
}

// wiki enters a version of a page: its tag, and a line of the timeline.
func (l *Linker) wiki(rid int64, a *artifact.Artifact) error {
	text := trimLeft(a.Text)
	mtime := artifact.Julian(a.Time)
	if err := l.tag(newTag("wiki-"+a.WikiTitle, artifact.Single, decimal(len(text)), rid, mtime, rid)); err != nil {
		return err
	}
	parents, err := l.parents(rid, a, false)
	if err != nil {
		return err
	}
	mark := "+"
	switch {
	case len(text) == 0:
		mark = "-"
	case len(parents) > 0:
		mark = ":"
	}
	return l.Exec("REPLACE INTO event(type,mtime,objid,user,comment) VALUES('w',?,?,?,?)",
		mtime, rid, a.User, mark+a.WikiTitle)
}

func (l *Linker) column(sql string, arg any) (values []int64, err error) {
	err = l.each(sql, arg, func(r sqlite.Row) error {
		values = append(values, r.Int64(0))
		return nil
	})
	return values, err
}
