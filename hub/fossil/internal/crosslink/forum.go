package crosslink

import (
	"cmp"

	"bones-tui/hub/fossil/internal/artifact"
)

// Fossil makes the table when it sees the first post, and a rebuild drops it.
const (
	makePosts  = "CREATE TABLE IF NOT EXISTS forumpost(fpid INTEGER PRIMARY KEY, froot INT, fprev INT, firt INT, fmtime REAL)"
	indexPosts = "CREATE INDEX IF NOT EXISTS forumpost_froot ON forumpost(froot)"
)

// forum enters a post. Every post of a thread shows the thread's newest title.
func (l *Linker) forum(rid int64, a *artifact.Artifact) error {
	for _, sql := range []string{makePosts, indexPosts} {
		if err := l.Exec(sql); err != nil {
			return err
		}
	}
	if _, err := l.parents(rid, a, false); err != nil {
		return err
	}
	root, earlier, asked := rid, int64(0), int64(0)
	for _, ref := range []struct {
		uuid string
		rid  *int64
	}{{a.ThreadRoot, &root}, {first(a.Parents), &earlier}, {a.InReplyTo, &asked}} {
		if ref.uuid == "" {
			continue
		}
		var err error
		if *ref.rid, err = l.RID(ref.uuid, false); err != nil {
			return err
		}
	}
	mtime := artifact.Julian(a.Time)
	err := l.Exec("REPLACE INTO forumpost(fpid,froot,fprev,firt,fmtime) VALUES(?,?,nullif(?,0),nullif(?,0),?)",
		rid, root, earlier, asked, mtime)
	if err != nil {
		return err
	}
	err = l.Exec("REPLACE INTO event(type,mtime,objid,user,comment) VALUES('f',?,?,?,?)",
		mtime, rid, a.User, postKind(a)+": "+cmp.Or(a.ThreadTitle, "(Deleted)"))
	if err != nil {
		return err
	}
	l.threads[root] = struct{}{}
	return nil
}

// settleThreads gives every post of a thread the title of its newest version
// of the first post.
func (l *Linker) settleThreads() error {
	for root := range l.threads {
		title := "<i>Unknown</i>"
		_, err := l.Query(`SELECT substr(comment,instr(comment,':')+2) FROM forumpost JOIN event ON objid=fpid
			WHERE froot=? AND firt IS NULL ORDER BY fmtime DESC, fpid DESC LIMIT 1`, root).Scan(&title)
		if err != nil {
			return err
		}
		err = l.Exec(`UPDATE event SET comment=substr(comment,1,instr(comment,':')) || ' ' || ?2
			WHERE objid IN (SELECT fpid FROM forumpost WHERE froot=?1)`, root, title)
		if err != nil {
			return err
		}
	}
	clear(l.threads)
	return nil
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// postKind says what a post does to its thread.
func postKind(a *artifact.Artifact) string {
	edited := len(a.Parents) > 0
	switch {
	case a.InReplyTo == "" && edited:
		return "Edit"
	case a.InReplyTo == "":
		return "Post"
	case len(a.Text) == 0:
		return "Delete reply"
	case edited:
		return "Edit reply"
	default:
		return "Reply"
	}
}
