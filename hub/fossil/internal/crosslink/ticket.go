package crosslink

import (
	"fmt"

	"bones-tui/hub/fossil/internal/artifact"
)

// ticket notes a change of a ticket. What the timeline says of it depends on
// the changes before, so the ticket is told again from its start.
func (l *Linker) ticket(rid int64, a *artifact.Artifact) error {
	err := l.tag(newTag("tkt-"+a.TicketID, artifact.Single, "", rid, artifact.Julian(a.Time), rid))
	l.tickets[a.TicketID] = struct{}{}
	l.targets[a.TicketID] = struct{}{}
	return err
}

// settleTickets writes the timeline of every ticket that has changed.
func (l *Linker) settleTickets() error {
	for id := range l.tickets {
		if err := l.tellTicket(id); err != nil {
			return err
		}
	}
	clear(l.tickets)
	return nil
}

// tellTicket goes through the changes of a ticket, oldest first. Tickets
// themselves are made by Fossil when it rebuilds the repository.
func (l *Linker) tellTicket(id string) error {
	tagID, err := l.tagID("tkt-" + id)
	if err != nil {
		return err
	}
	rids, err := l.column("SELECT rid FROM tagxref WHERE tagid=? ORDER BY mtime, rid", tagID)
	if err != nil {
		return err
	}
	t := ticketState{id: id, isNew: true, fields: map[string]string{}}
	for _, rid := range rids {
		a, err := structural(l.View, rid)
		if err != nil {
			return err
		}
		if a == nil || a.Kind != artifact.Ticket {
			continue
		}
		comment, brief := t.apply(a)
		err = l.Exec("REPLACE INTO event(type,tagid,mtime,objid,user,comment,brief) VALUES('t',?,?,?,?,?,?)",
			tagID, artifact.Julian(a.Time), rid, a.User, comment, brief)
		if err != nil {
			return err
		}
	}
	return nil
}

// ticketState is a ticket while its changes are told.
type ticketState struct {
	id     string
	isNew  bool
	fields map[string]string
}

// apply makes a change and words it as Fossil does.
func (t *ticketState) apply(a *artifact.Artifact) (comment, brief string) {
	status, changed := "", false
	for _, f := range a.Fields {
		if f.Append {
			t.fields[f.Name] += f.Value
			continue
		}
		t.fields[f.Name] = f.Value
		if f.Name == "status" {
			status, changed = f.Value, true
		}
	}
	link := fmt.Sprintf("icket [%s|%s]", short(t.id, 16), short(t.id, 10))
	title := htmlize(t.fields["title"])
	n := len(a.Fields)
	switch {
	case t.isNew:
		t.isNew = false
		return fmt.Sprintf("New t%s <i>%s</i>.", link, title), fmt.Sprintf("New t%s.", link)
	case !changed:
		comment = fmt.Sprintf("T%s <i>%s</i> status still %s with %d other change%s", link, title, htmlize(t.fields["status"]), n, plural(n))
		return comment, fmt.Sprintf("T%s: %d change%s", link, n, plural(n))
	case n > 1:
		comment = fmt.Sprintf(" plus %d other change%s", n-1, plural(n-1))
	}
	status = htmlize(status)
	return fmt.Sprintf("%s t%s: <i>%s</i>%s", status, link, title, comment), fmt.Sprintf("%s t%s.", status, link)
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}
