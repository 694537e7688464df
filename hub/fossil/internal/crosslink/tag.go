package crosslink

import (
	"bytes"
	"container/heap"
	"strconv"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/schema"
	"bones-tui/hub/fossil/internal/sqlite"
)

// tag is a tag to be put on an artifact.
type tag struct {
	name  string
	kind  artifact.TagType
	value any   // string, or nil for none
	src   int64 // the artifact that says so
	mtime float64
	rid   int64 // the artifact it is about
}

func newTag(name string, kind artifact.TagType, value string, src int64, mtime float64, rid int64) tag {
	t := tag{name: name, kind: kind, src: src, mtime: mtime, rid: rid}
	if value != "" {
		t.value = value
	}
	return t
}

// tags applies the T cards of an artifact.
func (l *Linker) tags(rid int64, a *artifact.Artifact) error {
	for _, card := range a.Tags {
		target := rid
		if card.Target != "" {
			var err error
			if target, err = l.RID(card.Target, false); err != nil {
				return err
			}
		}
		err := l.tag(newTag(card.Name, card.Type, card.Value, rid, artifact.Julian(a.Time), target))
		if err != nil {
			return err
		}
	}
	return nil
}

// tag applies one tag unless a newer one is there, and passes it on.
func (l *Linker) tag(t tag) error {
	id, err := l.tagID(t.name)
	if err != nil {
		return err
	}
	newer, err := l.Exists("SELECT 1 FROM tagxref WHERE tagid=? AND rid=? AND mtime>=?", id, t.rid, t.mtime)
	if err != nil || newer {
		return err
	}
	err = l.Exec("REPLACE INTO tagxref(tagid,tagtype,srcid,origid,value,mtime,rid) VALUES(?,?,?,?,?,?,?)",
		id, int64(t.kind), t.src, t.rid, t.value, t.mtime, t.rid)
	if err != nil {
		return err
	}
	if t.kind == artifact.Cancel {
		t.value = nil
	}
	if err := l.tagEffect(id, t); err != nil {
		return err
	}
	return l.propagate(inherited{id: id, passOn: t.kind == artifact.Propagate, origin: t.rid, value: t.value, mtime: t.mtime}, t.rid)
}

// tagEffect does what the built-in tags mean.
func (l *Linker) tagEffect(id int64, t tag) error {
	switch id {
	case schema.TagBranch:
		return l.suspect(t.rid)
	case schema.TagBgcolor:
		return l.Exec("UPDATE event SET bgcolor=? WHERE objid=?", t.value, t.rid)
	case schema.TagComment:
		return l.Exec("UPDATE event SET ecomment=? WHERE objid=?", t.value, t.rid)
	case schema.TagUser:
		return l.Exec("UPDATE event SET euser=? WHERE objid=?", t.value, t.rid)
	case schema.TagDate:
		return l.Exec("UPDATE event SET mtime=julianday(?), omtime=coalesce(omtime,mtime) WHERE objid=?", t.value, t.rid)
	case schema.TagPrivate:
		return l.Exec("INSERT OR IGNORE INTO private(rid) VALUES(?)", t.rid)
	}
	return nil
}

// inherited is a tag on its way from a check-in to its descendants.
type inherited struct {
	id     int64
	passOn bool // false removes what descendants inherited
	origin int64
	value  any
	mtime  float64
}

// inherit passes on everything that a check-in carries to its children.
func (l *Linker) inherit(rid int64) error {
	var carried []inherited
	err := l.each("SELECT tagid, tagtype, mtime, value IS NULL, value, origid FROM tagxref WHERE rid=?", rid, func(r sqlite.Row) error {
		var kind int64
		var none bool
		var value string
		t := inherited{}
		r.Scan(&t.id, &kind, &t.mtime, &none, &value, &t.origin)
		if t.passOn = kind == int64(artifact.Propagate); !none {
			t.value = value
		}
		carried = append(carried, t)
		return nil
	})
	for _, t := range carried {
		if err == nil {
			err = l.propagate(t, rid)
		}
	}
	return err
}

// propagate walks the primary descendants of rid, oldest first, until one has
// its own or a newer value.
func (l *Linker) propagate(t inherited, rid int64) error {
	queue := byAge{{rid: rid}}
	for len(queue) > 0 {
		pid := heap.Pop(&queue).(aged).rid
		var heirs []aged
		err := l.Query(`SELECT cid, plink.mtime FROM plink LEFT JOIN tagxref ON cid=rid AND tagid=?1
				WHERE pid=?2 AND isprim AND coalesce(srcid=0 AND tagxref.mtime<?3, ?4)`,
			t.id, pid, t.mtime, t.passOn).Each(func(r sqlite.Row) error {
			var a aged
			r.Scan(&a.rid, &a.mtime)
			heirs = append(heirs, a)
			return nil
		})
		if err != nil {
			return err
		}
		for _, heir := range heirs {
			if err := l.bequeath(t, heir.rid); err != nil {
				return err
			}
			heap.Push(&queue, heir)
		}
	}
	return nil
}

// bequeath sets or removes the inherited tag of one check-in.
func (l *Linker) bequeath(t inherited, rid int64) error {
	var err error
	if t.passOn {
		err = l.Exec("REPLACE INTO tagxref(tagid,tagtype,srcid,origid,value,mtime,rid) VALUES(?,2,0,?,?,?,?)",
			t.id, t.origin, t.value, t.mtime, rid)
	} else {
		t.value = nil
		err = l.Exec("DELETE FROM tagxref WHERE tagid=? AND rid=?", t.id, rid)
	}
	switch {
	case err != nil:
		return err
	case t.id == schema.TagBgcolor:
		return l.Exec("UPDATE event SET bgcolor=? WHERE objid=?", t.value, rid)
	case t.id == schema.TagBranch:
		return l.suspect(rid)
	}
	return nil
}

// tagID returns the number of a tag.
func (l *Linker) tagID(name string) (int64, error) {
	var id int64
	found, err := l.Query("SELECT tagid FROM tag WHERE tagname=?", name).Scan(&id)
	if err != nil || found {
		return id, err
	}
	err = l.Exec("INSERT INTO tag(tagname) VALUES(?)", name)
	return l.LastID(), err
}

// byAge is a heap of check-ins, oldest first.
type byAge []aged

type aged struct {
	rid   int64
	mtime float64
}

func (q byAge) Len() int           { return len(q) }
func (q byAge) Less(i, j int) bool { return q[i].mtime < q[j].mtime }
func (q byAge) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push implements heap.Interface.
func (q *byAge) Push(x any) { *q = append(*q, x.(aged)) }

// Pop implements heap.Interface.
func (q *byAge) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

func trimLeft(b []byte) []byte { return bytes.TrimLeft(b, " \t\n\v\f\r") }

func decimal(n int) string { return strconv.Itoa(n) }
