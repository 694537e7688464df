package owner

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
)

// path returns the path of a file of the state directory.
func (f *facts) path(name string) string { return filepath.Join(f.state, name) }

// remove returns the command that removes a file of the state directory.
func (f *facts) remove(name string) string { return "rm " + shell(f.path(name)) }

// String returns the process as the operator knows it: number and name.
func (p *process) String() string {
	if p.name == "" {
		return fmt.Sprintf("process %d", p.pid)
	}
	return fmt.Sprintf("process %d (%s)", p.pid, p.name)
}

const stopElsewhere = "stop it where it runs: it is in another pid namespace (a container) or another user's"

func (f *facts) refusedVerdict() Verdict {
	return Verdict{
		Asked: f.refused,
		Next:  "look at it: ls -ld " + shell(f.state) + "; a directory of this user is needed there, or name another one in BONES_DIR",
	}
}

func (f *facts) twoHubs(a, b *process) Verdict {
	return Verdict{
		Asked: fmt.Sprintf("two processes are hubs of %s: %v and %v", f.state, a, b),
		Next:  fmt.Sprintf("stop one of them: kill %d, or kill %d", a.pid, b.pid),
	}
}

func (f *facts) unaskedLine(path string, p probe) (asked, next string) {
	return fmt.Sprintf("asked who has locked %s; the system answered: %s", path, p.why),
		"look at it: ls -l " + shell(path) + "; if no hub runs, move it away"
}

// busyLine is about a lock that is held, with no hub proven as its holder.
func (f *facts) busyLine(path string) (asked, next string) {
	asked = fmt.Sprintf("asked who has locked %s; ", path)
	var holders []*process
	for i := range f.others {
		if p := &f.others[i]; p.locks() {
			holders = append(holders, p)
		}
	}
	switch {
	case len(holders) == 0:
		return asked + "the system answered: somebody, and shows no process that has" + f.unreadNote(), stopElsewhere
	case f.lockNames > 1 && !f.roleBusy():
		return asked + fmt.Sprintf("%v has, and the file has %d names, so that it may be another directory's hub", holders[0], f.lockNames),
			"if this directory is a copy made with hard links: " + f.remove("hub.lock")
	case len(holders) > 1:
		return asked + fmt.Sprintf("%d processes have, among them %v and %v, and none is proven to be the hub", len(holders), holders[0], holders[1]),
			fmt.Sprintf("wait until a start or hand-over under way has ended; else end those that are no hub: kill %d", holders[0].pid)
	}
	p := holders[0]
	switch {
	case p.uid != f.me:
		return asked + fmt.Sprintf("%v has, of user %d", p, p.uid), "stop it as that user"
	case p.isReference():
		return asked + fmt.Sprintf("%v has, which starts a hub of bones", p), "wait until it has ended"
	case p.lock && !p.hasRole() && f.lockNames > 1:
		return asked + fmt.Sprintf("%v has, and the file has %d names, so that it may be another directory's hub", p, f.lockNames),
			"if this directory is a copy made with hard links: " + f.remove("hub.lock")
	case f.roleBusy() && !p.hasRole():
		return asked + fmt.Sprintf("somebody has, who is not shown; %v holds hub.lock", p), stopElsewhere
	}
	return asked + fmt.Sprintf("%v has, which does not look like a hub", p), fmt.Sprintf("wait until it has ended, or end it: kill %d", p.pid)
}

func (f *facts) unreadNote() string {
	if f.blind != "" {
		return " (" + f.blind + ")"
	}
	if f.unread == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d processes of this user do not show theirs)", f.unread)
}

// lockerLine is about SQLite's lock, held by a process that was not seen whole.
func (f *facts) lockerLine() (asked, next string) {
	asked = fmt.Sprintf("asked who has SQLite's lock on %s; the system answered: ", f.path("hub.fossil"))
	for i := range f.others {
		if p := &f.others[i]; p.pid == f.fossil.pid && p.unlisted != "" {
			return asked + fmt.Sprintf("%v of user %d, whose open files it does not show: %s", p, p.uid, p.unlisted),
				fmt.Sprintf("look at it: ps -p %d; if it is a hub or has no business here, stop it as its user", p.pid)
		}
	}
	if f.fossil.pid > 0 && f.foreign == 0 {
		return asked + fmt.Sprintf("process %d, which no longer has it", f.fossil.pid), "ask again"
	}
	return asked + "a process that it does not show" + f.unreadNote(), stopElsewhere
}

// partialLine is about a process that has a part of what makes a hub.
func (f *facts) partialLine(p *process) (asked, next string) {
	has := []string{}
	for _, e := range []struct {
		true bool
		what string
	}{
		{p.locks(), "holds a lock of it"},
		{p.fossil == writing, "has hub.fossil open for writing"},
		{p.fossil == reading, "has hub.fossil open"},
		{p.fossil == closed && p.touches, "has a file of it open"},
		{p.listens > 0, "listens on a recorded port"},
		{p.runs("start"), `has "hub start" in its arguments`},
	} {
		if e.true {
			has = append(has, e.what)
		}
	}
	lacks := []string{}
	if f.record.pid == 0 || !f.isNamed(p) {
		lacks = append(lacks, "is not the process that hub.pid names")
	}
	if p.uid != f.me {
		lacks = append(lacks, fmt.Sprintf("is of user %d", p.uid))
	}
	if p.listens == 0 {
		lacks = append(lacks, "listens on no recorded port")
	}
	if p.fossil == writing && f.fossil.standing != busy {
		lacks = append(lacks, "has not SQLite's lock on it")
	}
	if f.fossilNames > 1 {
		lacks = append(lacks, fmt.Sprintf("has a hub.fossil of %d names, which may be another directory's", f.fossilNames))
	}
	asked = fmt.Sprintf("asked whether %v is the hub of %s: it %s, but %s",
		p, f.state, strings.Join(has, " and "), orElse(strings.Join(lacks, " and "), "not all that makes a hub"))
	return asked, f.partialNext(p)
}

// partialNext is what clears the doubt about p.
func (f *facts) partialNext(p *process) string {
	stop := fmt.Sprintf("kill %d", p.pid)
	switch {
	case p.fossil != closed && f.fossilNames > 1:
		from := f.path("hub.fossil")
		return fmt.Sprintf("if this directory is a copy made with hard links: cp %s %s && mv %[2]s %[1]s", shell(from), shell(from+".own"))
	case p.runs("start") && p.listens == 0:
		return "if it is just starting, ask again in a moment; else stop it: " + stop
	case f.isNamed(p):
		return fmt.Sprintf("if %v is no hub: %s", p, f.remove("hub.pid"))
	case p.uid == f.me && p.listens > 0:
		return fmt.Sprintf("if it is: echo %d > %s; else stop it: %s", p.pid, shell(f.path("hub.pid")), stop)
	}
	return fmt.Sprintf("look at it: ps -p %d; then end it: %s", p.pid, stop)
}

func (f *facts) badRecordLine() (asked, next string) {
	return fmt.Sprintf("asked %s which process is the hub: %s", f.path("hub.pid"), f.record.bad),
		"no lock is held; if no hub runs: " + f.remove("hub.pid")
}

func (f *facts) unlistedLine(p *process) (asked, next string) {
	return fmt.Sprintf("asked what %v, which hub.pid names, has open; the system answered: %s", p, p.unlisted),
		fmt.Sprintf("if %v is no hub: %s", p, f.remove("hub.pid"))
}

// stale returns what hub.pid claims and is not so, given the proven holder, or nil where
// it is proven that there is none. While neither is, the record may be right.
func (f *facts) stale(holder *process) string {
	p := f.named
	switch {
	case !f.record.present:
		return ""
	case holder != nil && f.isNamed(holder):
		return ""
	case f.record.bad != "":
		return "hub.pid names no process: " + f.record.bad
	case p == nil:
		return fmt.Sprintf("hub.pid names process %d, which is not there", f.record.pid)
	case p.dead:
		return fmt.Sprintf("hub.pid names process %d, which has ended", p.pid)
	case p.late:
		return fmt.Sprintf("hub.pid names %v, which started after it was written", p)
	case p.uid != f.me:
		return fmt.Sprintf("hub.pid names %v, which is of user %d", p, p.uid)
	case p.unlisted == "" && !p.touches:
		return fmt.Sprintf("hub.pid names %v, which has nothing of this directory", p)
	case holder != nil:
		return fmt.Sprintf("hub.pid names %v, and process %d has the directory", p, holder.pid)
	}
	return ""
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// plain returns text that comes from outside without what moves a terminal's cursor.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}

// shell returns a path as a shell takes it.
func shell(path string) string {
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("/._-+:,@%", r)
	}
	if strings.IndexFunc(path, odd) < 0 {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
