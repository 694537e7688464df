package tui

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"bones-tui/hub"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
)

// alone is a subject that asks no hub, and may take longer than one.
type alone interface {
	subject
	within() time.Duration
}

// copiesView lists what copies hold and the repository does not.
type copiesView struct{ from Recovery }

func (copiesView) title() string         { return "RECOVER" }
func (copiesView) within() time.Duration { return recoverWithin }

func copiesColumns() []cells.Column {
	return []cells.Column{
		{Title: "KIND", Width: 8},
		{Title: "AGE", Width: 4, Right: true},
		{Title: "HOLDS"},
		{Title: "COPY", Width: 36, From: 90},
	}
}

func (s copiesView) load(ctx context.Context, _ Inspector, _ query) (content, error) {
	list, err := s.from.Copies(ctx)
	if errors.Is(err, hub.ErrRunning) { // asked again until it has ended
		return content{rows: []detailRow{{ink: cells.InkWarn, prose: true, text: cells.Clean("A hub runs. " + stopFirst)}}}, nil
	}
	if err != nil {
		return content{}, err
	}
	c := content{columns: copiesColumns(), fixed: true, summary: "what copies hold that neither git nor the repository has"}
	for _, r := range list {
		look := cells.InkPlain
		if r.Problem != "" {
			look = cells.InkBad
		}
		c.rows = append(c.rows, detailRow{
			key: r.Path, open: copyView{r}, copy: r.Path,
			cells: []cells.Cell{cells.TextCell(r.Kind), ageOrNone(r.Taken), cells.InkCell(look, r.Holds()), cells.TextCell(copyName(r))},
		})
	}
	c.rows = none(c.rows, "no copy holds anything that the repository does not")
	return c, nil
}

// copyName is a copy in a few words that tell it from others.
func copyName(r hub.Recoverable) string {
	name := filepath.Base(r.Path)
	if r.Kind == "clone" && name == "leaf.fossil" {
		name = filepath.Join(filepath.Base(filepath.Dir(r.Path)), name)
	}
	return name
}

// copyView is one of them. It does not change.
type copyView struct{ hub.Recoverable }

func (s copyView) title() string       { return "COPY " + copyName(s.Recoverable) }
func (copyView) within() time.Duration { return loadTimeout }

func (s copyView) load(context.Context, Inspector, query) (content, error) {
	rows := []detailRow{{ink: cells.InkBold, label: "holds", text: cells.Clean(s.Holds())}}
	rows = labelled(rows, cells.InkPlain, "kind", s.Kind+": "+kindOfCopy(s.Kind))
	rows = timed(rows, "taken", s.Taken)
	rows = labelled(rows, cells.InkPlain, "size", cells.Size(float64(s.Bytes)))
	rows = append(rows, detailRow{label: "path", text: cells.Clean(s.Path), copy: s.Path})
	rows = labelled(rows, cells.InkPlain, "comes back", wayBack(s.Way))
	c := content{fixed: true, copy: s.Path, untitled: true}
	switch {
	case len(s.CheckIns) > 0:
		rows = section(rows, "Check-ins")
		c.columns = []cells.Column{{Title: "AGE", Width: 4, Right: true}, {Title: "BY", Width: 12, Wide: 18}, {Title: "BRANCH", Width: 12, From: 70}, {Title: "CHECK-IN", Width: 8, From: 60}, {Title: "COMMENT"}}
		for _, x := range s.CheckIns {
			comment, _, _ := strings.Cut(x.Comment, "\n")
			rows = append(rows, detailRow{
				key: x.UUID, copy: x.UUID, raw: x.Comment,
				cells: []cells.Cell{cells.AgeCell(x.Time), cells.TextCell(x.User), cells.TextCell(x.Branch), cells.TextCell(cells.ShortID(x.UUID)), {Text: safe.Line(comment, maxPreview)}},
			})
		}
		if n := int64(len(s.CheckIns)); n < s.Total {
			c.note = part(n, s.Total)
		}
	case len(s.Files) > 0:
		rows = listed(rows, "Files", s.Files)
	}
	if len(s.Notes) > 0 {
		rows = listed(rows, "Notes", s.Notes)
	}
	c.rows = rows
	return c, nil
}

func listed(rows []detailRow, title string, names []string) []detailRow {
	rows = section(rows, title)
	for _, name := range names {
		rows = append(rows, detailRow{text: cells.Clean(name), copy: name})
	}
	return rows
}

// kindOfCopy is where a copy comes from.
func kindOfCopy(kind string) string {
	switch kind {
	case "run":
		return "taken by a hub while it ran"
	case "archive":
		return "the repository of before a reseed, or of before something was brought back"
	case "lost":
		return "saved by a hub whose directory was taken from under it"
	case "clone":
		return "the clone of a slot"
	case "worktree":
		return "files of a slot that no check-in has"
	}
	return "unknown"
}

// wayBack is how check-ins would come back.
func wayBack(w hub.Way) string {
	switch w {
	case hub.WayReplace:
		return "in the place of the repository, which has nothing but its seed"
	case hub.WayMend:
		return "in the place of the repository, which is damaged"
	case hub.WayAdd:
		return "as they were, beside what the repository has"
	case hub.WayBranch:
		return "made once more, on a new branch"
	}
	return ""
}

// recoverWithin bounds whatever is done with copies: each is copied before it is opened.
const recoverWithin = 5 * time.Minute

// stopFirst is why nothing is done with copies while a hub runs.
const stopFirst = "Copies are compared with a repository that nobody writes to: stop the hub first."
