package crosslink

import "bones-tui/hub/fossil/internal/schema"

// suspect has rid and its parents looked at again by settleLeaves.
func (l *Linker) suspect(rid int64) error {
	parents, err := l.column("SELECT pid FROM plink WHERE cid=? AND pid>0", rid)
	for _, r := range append(parents, rid) {
		l.suspects[r] = struct{}{}
	}
	return err
}

// settleLeaves decides for every suspect whether it is a leaf: a check-in
// without a child on its own branch.
func (l *Linker) settleLeaves() error {
	for rid := range l.suspects {
		isLeaf, err := l.Exists(`SELECT 1 FROM event WHERE objid=?1 AND type='ci' AND NOT EXISTS(
			SELECT 1 FROM plink WHERE pid=?1
				AND coalesce((SELECT value FROM tagxref WHERE tagid=?2 AND rid=plink.pid),'trunk')
				  = coalesce((SELECT value FROM tagxref WHERE tagid=?2 AND rid=plink.cid),'trunk'))`,
			rid, schema.TagBranch)
		if err != nil {
			return err
		}
		sql := "DELETE FROM leaf WHERE rid=?"
		if isLeaf {
			sql = "INSERT OR IGNORE INTO leaf VALUES(?)"
		}
		if err := l.Exec(sql, rid); err != nil {
			return err
		}
	}
	clear(l.suspects)
	return nil
}

// Two check-ins whose times contradict their order by less than fudgeWindow
// are shown in order: the parent moves to fudgeStep before its child.
const (
	fudgeWindow = 2.0 / 86400
	fudgeStep   = 0.025 / 86400
	maxFudges   = 30 // rounds, for chains of such check-ins
)

// fudge is a parent, the key in the map, that may seem younger than its child.
type fudge struct {
	child       int64
	own, childs float64 // times in days
}

// noteFudge remembers the pair if the child is not clearly the younger one.
func (l *Linker) noteFudge(parent, child *tree) {
	if child.Time.Sub(parent.Time).Seconds() < 2 {
		l.fudges[parent.rid] = fudge{child: child.rid}
	}
}

// settleTimes moves parents before their children in the timeline.
func (l *Linker) settleTimes() error {
	for rid, f := range l.fudges {
		var err error
		if f.own, err = l.eventTime(rid); err != nil {
			return err
		}
		if f.childs, err = l.eventTime(f.child); err != nil {
			return err
		}
		l.fudges[rid] = f
	}
	for range maxFudges {
		if !l.moveParents() {
			break
		}
	}
	for rid, f := range l.fudges {
		err := l.Exec("UPDATE event SET mtime=? WHERE objid=? AND (mtime=omtime OR omtime IS NULL)", f.own, rid)
		if err != nil {
			return err
		}
	}
	clear(l.fudges)
	return nil
}

// moveParents makes one round and reports whether anything moved.
func (l *Linker) moveParents() bool {
	moved := false
	for rid, f := range l.fudges {
		if f.own >= f.childs && f.own < f.childs+fudgeWindow {
			f.own, moved = f.childs-fudgeStep, true
			l.fudges[rid] = f
		}
	}
	for rid, f := range l.fudges {
		if next, ok := l.fudges[f.child]; ok {
			f.childs = next.own
			l.fudges[rid] = f
		}
	}
	return moved
}

func (l *Linker) eventTime(rid int64) (mtime float64, err error) {
	_, err = l.Query("SELECT mtime FROM event WHERE objid=?", rid).Scan(&mtime)
	return mtime, err
}
