package tui

import (
	"context"
	"fmt"
	"strings"

	"bones-tui/hub/hublog"
	"bones-tui/hub/inspect"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
)

// timeline lists the check-ins of the repository, or of one user, the newest first.
type timeline struct {
	user  string // "" is everyone
	list  []inspect.TimelineEntry
	total int64 // of everyone
	more  bool  // older ones follow
}

func (s *timeline) title() string {
	if s.user != "" {
		return "CHECK-INS of " + s.user
	}
	return "TIMELINE"
}

func timelineColumns() []cells.Column {
	return []cells.Column{
		{Title: "AGE", Width: 4, Right: true},
		{Title: "!", Width: 1, Until: 80},
		{Title: "GIT", Width: 9, From: 80},
		{Title: "BY", Width: 12, Wide: 18},
		{Title: "BRANCH", Width: 12, From: 70},
		{Title: "CHECK-IN", Width: 8, From: 90},
		{Title: "COMMENT"},
	}
}

func (s *timeline) load(ctx context.Context, in Inspector, q query) (content, error) {
	if err := s.read(ctx, in, q.rows); err != nil {
		return content{}, err
	}
	c := content{columns: timelineColumns(), more: s.more}
	for i := range s.list {
		x := &s.list[i]
		mark, word := cells.TextCell(""), cells.TextCell("")
		if x.Unapplied {
			mark, word = cells.InkCell(cells.InkWarn, "!"), cells.InkCell(cells.InkWarn, "unapplied")
		}
		comment, _, _ := strings.Cut(x.Comment, "\n")
		c.rows = append(c.rows, detailRow{
			fields: &hublog.Entry{Ts: hublog.LoggedTime{Time: x.Time}, Agent: x.User},
			key:    x.UUID, open: checkIn(x.UUID), copy: x.UUID, raw: x.Comment,
			cells: []cells.Cell{
				cells.AgeCell(x.Time), mark, word, cells.TextCell(x.User), cells.TextCell(x.Branch), cells.TextCell(cells.ShortID(x.UUID)),
				{Text: safe.Line(comment, maxPreview)},
			},
		})
	}
	switch {
	case !s.more:
		c.note = cells.Plural(int64(len(s.list)), "check-in", "check-ins")
	case s.user != "":
		c.note = "newest " + cells.Count(int64(len(s.list)))
	default:
		c.note = part(int64(len(s.list)), s.total)
	}
	c.rows = none(c.rows, "there is no check-in")
	return c, nil
}

// read takes the newest page, keeps the older ones if they still follow it, and
// goes on to as many check-ins as are asked for.
func (s *timeline) read(ctx context.Context, in Inspector, want int) error {
	newest, err := in.Timeline(ctx, s.user, 0, detailPage)
	if err != nil {
		return err
	}
	same := len(s.list) > 0 && len(newest.CheckIns) > 0 && s.total == newest.Total && s.list[0].UUID == newest.CheckIns[0].UUID
	older := s.list
	s.list, s.total = newest.CheckIns, newest.Total
	if n := len(newest.CheckIns); same && len(older) > n {
		s.list = append(s.list[:n:n], older[n:]...)
	} else {
		s.more = newest.More
	}
	want = min(max(want, len(older)), detailCap)
	for len(s.list) < want && s.more {
		next, err := in.Timeline(ctx, s.user, len(s.list), detailPage)
		if err != nil {
			return err
		}
		s.list = append(s.list, next.CheckIns...)
		s.more = next.More
	}
	return nil
}

// checkIn is one check-in, by its hash.
type checkIn string

func (s checkIn) title() string { return "CHECK-IN " + cells.ShortID(string(s)) }

func (s checkIn) load(ctx context.Context, in Inspector, _ query) (content, error) {
	d, err := in.CheckIn(ctx, string(s))
	if err != nil {
		return content{}, err
	}
	var rows []detailRow
	for i, line := range strings.Split(strings.TrimRight(d.Comment, "\n"), "\n") {
		if i == 0 {
			rows = append(rows, detailRow{ink: cells.InkBold, label: "comment", text: cells.Clean(line)})
		} else {
			rows = append(rows, detailRow{label: " ", text: cells.Clean(line)})
		}
	}
	rows = labelled(rows, cells.InkPlain, "by", d.User)
	rows = labelled(rows, cells.InkPlain, "branch", d.Branch)
	rows = timed(rows, "time", d.Time)
	rows = append(rows, detailRow{label: "check-in", text: cells.Clean(d.UUID), copy: d.UUID})
	for i, p := range d.Parents {
		label := "parent"
		if i > 0 {
			label = "merged"
		}
		rows = append(rows, detailRow{label: label, text: cells.Clean(p), open: checkIn(p), copy: p, key: p})
	}
	if d.Unapplied {
		rows = labelled(rows, cells.InkWarn, "git", "unapplied: git has not received it")
	}
	rows = section(rows, cells.Plural(d.Total, "file", "files"))
	c := content{columns: fileColumns(), untitled: true, copy: d.UUID, raw: d.Comment, start: len(rows)}
	if len(d.Files) == 0 {
		c.start = 0
	}
	for _, f := range d.Files {
		rows = append(rows, fileRow(d.UUID, f))
	}
	if int64(len(d.Files)) < d.Total {
		c.note = part(int64(len(d.Files)), d.Total) + " files"
	}
	c.rows = rows
	return c, nil
}

func fileColumns() []cells.Column {
	return []cells.Column{{Title: "CHANGE", Width: 9}, {Title: "FILE"}, {Title: "SIZE", Width: 14, Right: true, From: 60}}
}

func fileRow(uuid string, f inspect.FileChange) detailRow {
	word, look, sizes := "~ changed", cells.InkPlain, sizeText(f.WasSize)+" to "+sizeText(f.NowSize)
	switch {
	case f.Was == "":
		word, look, sizes = "+ added", cells.InkOK, sizeText(f.NowSize)
	case f.Now == "":
		word, look, sizes = "- deleted", cells.InkBad, sizeText(f.WasSize)
	case f.From != "" && f.From != f.Name:
		word = "~ renamed"
	}
	name := f.Name
	if f.From != "" && f.From != f.Name {
		name += "  was " + f.From
	}
	return detailRow{
		key: "file " + f.Name, open: fileDiff{uuid, f}, copy: f.Name,
		cells: []cells.Cell{cells.InkCell(look, word), cells.TextCell(name), cells.InkCell(cells.InkDim, sizes).Of(float64(max(f.NowSize, f.WasSize)))},
	}
}

func sizeText(n int64) string {
	if n < 0 {
		return cells.Unknown
	}
	return cells.Size(float64(n))
}

// fileDiff is what a check-in did to one file. It never changes.
type fileDiff struct {
	checkIn string
	change  inspect.FileChange
}

func (s fileDiff) title() string { return "DIFF " + s.change.Name }

func (s fileDiff) load(ctx context.Context, in Inspector, _ query) (content, error) {
	d, err := in.Diff(ctx, s.change)
	if err != nil {
		return content{}, err
	}
	c := content{fixed: true, copy: s.change.Name, raw: d.Text}
	cut := false
	switch {
	case d.TooLarge:
		c.rows = []detailRow{{ink: cells.InkWarn, text: cells.Clean(fmt.Sprintf("from %s to %s: too large to be compared here",
			sizeText(s.change.WasSize), sizeText(s.change.NowSize)))}}
		c.rows = labelled(c.rows, cells.InkPlain, "see it", "fossil artifact -R "+fossilPath+" "+s.artifact())
	case d.Text == "":
		c.rows = []detailRow{{ink: cells.InkDim, text: cells.Clean("its content is the same: only its name or mode has changed")}}
	default:
		c.rows, cut = textRows([]byte(d.Text), diffInk)
	}
	if cut || d.Cut {
		c.note = "first " + cells.Count(int64(len(c.rows))) + " lines, there are more"
	}
	return c, nil
}

func (s fileDiff) artifact() string {
	if s.change.Now != "" {
		return s.change.Now
	}
	return s.change.Was
}

// diffInk is the look of a line of a diff; its first character says the same.
func diffInk(line string) cells.Ink {
	switch {
	case strings.HasPrefix(line, "+++ "), strings.HasPrefix(line, "--- "):
		return cells.InkBold
	case strings.HasPrefix(line, "@@"):
		return cells.InkDim
	case strings.HasPrefix(line, "+"):
		return cells.InkOK
	case strings.HasPrefix(line, "-"):
		return cells.InkBad
	}
	return cells.InkPlain
}
