package subjects

import (
	"context"
	"fmt"
	"strings"

	"bones-tui/hub/hublog"
	"bones-tui/hub/inspect"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
)

// Timeline lists the check-ins of the repository, or of one user, the newest first.
type Timeline struct {
	user  string // "" is everyone
	list  []inspect.TimelineEntry
	total int64 // of everyone
	more  bool  // older ones follow
}

// Title implements details.Subject.
func (s *Timeline) Title() string {
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

// Load implements details.Subject.
func (s *Timeline) Load(ctx context.Context, in details.Inspector, q details.Query) (details.Content, error) {
	if err := s.read(ctx, in, q.Rows); err != nil {
		return details.Content{}, err
	}
	c := details.Content{Columns: timelineColumns(), More: s.more}
	for i := range s.list {
		x := &s.list[i]
		mark, word := cells.TextCell(""), cells.TextCell("")
		if x.Unapplied {
			mark, word = cells.InkCell(cells.InkWarn, "!"), cells.InkCell(cells.InkWarn, "unapplied")
		}
		comment, _, _ := strings.Cut(x.Comment, "\n")
		c.Rows = append(c.Rows, details.Row{
			Fields: &hublog.Entry{Ts: hublog.LoggedTime{Time: x.Time}, Agent: x.User},
			Key:    x.UUID, Open: checkIn(x.UUID), Copy: x.UUID, Raw: x.Comment,
			Cells: []cells.Cell{
				cells.AgeCell(x.Time), mark, word, cells.TextCell(x.User), cells.TextCell(x.Branch), cells.TextCell(cells.ShortID(x.UUID)),
				{Text: safe.Line(comment, details.MaxPreview)},
			},
		})
	}
	switch {
	case !s.more:
		c.Note = cells.Plural(int64(len(s.list)), "check-in", "check-ins")
	case s.user != "":
		c.Note = "newest " + cells.Count(int64(len(s.list)))
	default:
		c.Note = part(int64(len(s.list)), s.total)
	}
	c.Rows = details.None(c.Rows, "there is no check-in")
	return c, nil
}

// read takes the newest page, keeps the older ones if they still follow it, and
// goes on to as many check-ins as are asked for.
func (s *Timeline) read(ctx context.Context, in details.Inspector, want int) error {
	newest, err := in.Timeline(ctx, s.user, 0, details.DetailPage)
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
	want = min(max(want, len(older)), details.DetailCap)
	for len(s.list) < want && s.more {
		next, err := in.Timeline(ctx, s.user, len(s.list), details.DetailPage)
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

// Title implements details.Subject.
func (s checkIn) Title() string { return "CHECK-IN " + cells.ShortID(string(s)) }

// Load implements details.Subject.
func (s checkIn) Load(ctx context.Context, in details.Inspector, _ details.Query) (details.Content, error) {
	d, err := in.CheckIn(ctx, string(s))
	if err != nil {
		return details.Content{}, err
	}
	var rows []details.Row
	for i, line := range strings.Split(strings.TrimRight(d.Comment, "\n"), "\n") {
		if i == 0 {
			rows = append(rows, details.Row{Ink: cells.InkBold, Label: "comment", Text: cells.Clean(line)})
		} else {
			rows = append(rows, details.Row{Label: " ", Text: cells.Clean(line)})
		}
	}
	rows = details.Labelled(rows, cells.InkPlain, "by", d.User)
	rows = details.Labelled(rows, cells.InkPlain, "branch", d.Branch)
	rows = details.Timed(rows, "time", d.Time)
	rows = append(rows, details.Row{Label: "check-in", Text: cells.Clean(d.UUID), Copy: d.UUID})
	for i, p := range d.Parents {
		label := "parent"
		if i > 0 {
			label = "merged"
		}
		rows = append(rows, details.Row{Label: label, Text: cells.Clean(p), Open: checkIn(p), Copy: p, Key: p})
	}
	if d.Unapplied {
		rows = details.Labelled(rows, cells.InkWarn, "git", "unapplied: git has not received it")
	}
	rows = details.Section(rows, cells.Plural(d.Total, "file", "files"))
	c := details.Content{Columns: fileColumns(), Untitled: true, Copy: d.UUID, Raw: d.Comment, Start: len(rows)}
	if len(d.Files) == 0 {
		c.Start = 0
	}
	for _, f := range d.Files {
		rows = append(rows, fileRow(d.UUID, f))
	}
	if int64(len(d.Files)) < d.Total {
		c.Note = part(int64(len(d.Files)), d.Total) + " files"
	}
	c.Rows = rows
	return c, nil
}

func fileColumns() []cells.Column {
	return []cells.Column{{Title: "CHANGE", Width: 9}, {Title: "FILE"}, {Title: "SIZE", Width: 14, Right: true, From: 60}}
}

func fileRow(uuid string, f inspect.FileChange) details.Row {
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
	return details.Row{
		Key: "file " + f.Name, Open: fileDiff{uuid, f}, Copy: f.Name,
		Cells: []cells.Cell{cells.InkCell(look, word), cells.TextCell(name), cells.InkCell(cells.InkDim, sizes).Of(float64(max(f.NowSize, f.WasSize)))},
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

// Title implements details.Subject.
func (s fileDiff) Title() string { return "DIFF " + s.change.Name }

// Load implements details.Subject.
func (s fileDiff) Load(ctx context.Context, in details.Inspector, _ details.Query) (details.Content, error) {
	d, err := in.Diff(ctx, s.change)
	if err != nil {
		return details.Content{}, err
	}
	c := details.Content{Fixed: true, Copy: s.change.Name, Raw: d.Text}
	cut := false
	switch {
	case d.TooLarge:
		c.Rows = []details.Row{{Ink: cells.InkWarn, Text: cells.Clean(fmt.Sprintf("from %s to %s: too large to be compared here",
			sizeText(s.change.WasSize), sizeText(s.change.NowSize)))}}
		c.Rows = details.Labelled(c.Rows, cells.InkPlain, "see it", "fossil artifact -R .bones/hub.fossil "+s.artifact())
	case d.Text == "":
		c.Rows = []details.Row{{Ink: cells.InkDim, Text: cells.Clean("its content is the same: only its name or mode has changed")}}
	default:
		c.Rows, cut = details.TextRows([]byte(d.Text), diffInk)
	}
	if cut || d.Cut {
		c.Note = "first " + cells.Count(int64(len(c.Rows))) + " lines, there are more"
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
