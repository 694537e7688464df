package crosslink

import (
	"fmt"
	"strings"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/schema"
)

// technote enters a version of a technote. Only the newest one is in the
// timeline.
func (l *Linker) technote(rid int64, a *artifact.Artifact) error {
	if err := l.tags(rid, a); err != nil {
		return err
	}
	name := "event-" + a.EventID
	mtime := artifact.Julian(a.Time)
	err := l.tag(newTag(name, artifact.Single, decimal(len(trimLeft(a.Text))), rid, mtime, rid))
	if err != nil {
		return err
	}
	if _, err := l.parents(rid, a, false); err != nil {
		return err
	}
	id, err := l.tagID(name)
	if err != nil {
		return err
	}
	newer, err := l.Exists("SELECT 1 FROM tagxref WHERE tagid=? AND mtime>=? AND rid<>?", id, mtime, rid)
	if err != nil || newer {
		return err
	}
	err = l.Exec("DELETE FROM event WHERE type='e' AND tagid=?1 AND objid IN (SELECT rid FROM tagxref WHERE tagid=?1)", id)
	if err != nil {
		return err
	}
	err = l.Exec(`REPLACE INTO event(type,mtime,objid,tagid,user,comment,bgcolor)
		VALUES('e',?2,?1,?3,?4,?5,(SELECT value FROM tagxref WHERE tagid=?6 AND rid=?1))`,
		rid, artifact.Julian(a.EventTime), id, a.User, a.Comment, schema.TagBgcolor)
	if err != nil {
		return err
	}
	l.targets[a.EventID] = struct{}{}
	return nil
}

// attachment enters a file that is attached to something, or its removal. To
// what kind of thing is settled later: it may not be here yet.
func (l *Linker) attachment(rid int64, a *artifact.Artifact) error {
	at := a.Attachment
	err := l.Exec("INSERT INTO attachment(mtime,src,target,filename,comment,user) VALUES(?,nullif(?,''),?,?,?,?)",
		artifact.Julian(a.Time), at.Source, at.Target, at.Name, a.Comment, a.User)
	if err != nil {
		return err
	}
	err = l.Exec(`UPDATE attachment SET isLatest = mtime==(SELECT max(mtime) FROM attachment WHERE target=?1 AND filename=?2)
		WHERE target=?1 AND filename=?2`, at.Target, at.Name)
	if err != nil {
		return err
	}
	return l.attachmentEvent(rid, a)
}

// attachmentEvent writes the line of the timeline for what is known now.
func (l *Linker) attachmentEvent(rid int64, a *artifact.Artifact) error {
	kind, err := l.targetKind(a.Attachment.Target)
	if err != nil {
		return err
	}
	return l.Exec("REPLACE INTO event(type,mtime,objid,user,comment) VALUES(?,?,?,?,?)",
		kind, artifact.Julian(a.Time), rid, a.User, describeAttachment(a.Attachment, kind))
}

// The types of event for what a file can be attached to.
const (
	eventWiki     = "w"
	eventTicket   = "t"
	eventTechnote = "e"
)

// targetKind tells what a file is attached to: what is neither a ticket nor a
// technote is a wiki page.
func (l *Linker) targetKind(target string) (string, error) {
	if !blob.ValidUUID(target) {
		return eventWiki, nil
	}
	for _, kind := range []struct{ prefix, event string }{{"tkt-", eventTicket}, {"event-", eventTechnote}} {
		known, err := l.Exists("SELECT 1 FROM tag WHERE tagname=?", kind.prefix+target)
		if err != nil || known {
			return kind.event, err
		}
	}
	return eventWiki, nil
}

// describeAttachment words a change of an attachment as Fossil does.
func describeAttachment(at artifact.Attached, kind string) string {
	name := htmlize(at.Name)
	what, preposition := fmt.Sprintf("Add attachment [/artifact/%s|%s]", short(at.Source, 16), name), "to"
	if at.Source == "" {
		what, preposition = fmt.Sprintf("Delete attachment %q", name), "from"
	}
	long, brief := short(at.Target, 16), short(at.Target, 10)
	switch kind {
	case eventTicket:
		return fmt.Sprintf("%s %s ticket [%s|%s]", what, preposition, long, brief)
	case eventTechnote:
		return fmt.Sprintf("%s %s tech note [/technote/%s|%s]", what, preposition, long, brief)
	default:
		return fmt.Sprintf("%s %s wiki page [%s]", what, preposition, htmlize(at.Target))
	}
}

// settleAttachments words those attachments again that were taken for a wiki
// page's before their ticket or technote came.
func (l *Linker) settleAttachments() error {
	for target := range l.targets {
		used, err := l.Exists("SELECT 1 FROM attachment WHERE target=?", target)
		if err != nil {
			return err
		}
		if !used {
			continue
		}
		rids, err := l.column("SELECT objid FROM event WHERE type='w' AND comment LIKE '% attachment % wiki page [' || ? || ']'", target)
		if err != nil {
			return err
		}
		for _, rid := range rids {
			a, err := structural(l.View, rid)
			if err != nil {
				return err
			}
			if a != nil && a.Kind == artifact.Attachment {
				if err := l.attachmentEvent(rid, a); err != nil {
					return err
				}
			}
		}
	}
	clear(l.targets)
	return nil
}

func short(s string, n int) string { return s[:min(n, len(s))] }

// htmlize escapes text as Fossil does for its timeline.
func htmlize(s string) string {
	return strings.NewReplacer("<", "&lt;", ">", "&gt;", "&", "&amp;", `"`, "&quot;", "'", "&#39;").Replace(s)
}
