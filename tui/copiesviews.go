package tui

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"bones-tui/hub"
	"bones-tui/logview/safe"
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

func copiesColumns() []tableColumn {
	return []tableColumn{
		{title: "KIND", width: 8},
		{title: "AGE", width: 4, right: true},
		{title: "HOLDS"},
		{title: "COPY", width: 36, from: 90},
	}
}

func (s copiesView) load(ctx context.Context, _ Inspector, _ query) (content, error) {
	list, err := s.from.Copies(ctx)
	if errors.Is(err, hub.ErrRunning) { // asked again until it has ended
		return content{rows: []detailRow{{ink: inkWarn, prose: true, text: clean("A hub runs. " + stopFirst)}}}, nil
	}
	if err != nil {
		return content{}, err
	}
	c := content{columns: copiesColumns(), fixed: true, summary: "what copies hold that neither git nor the repository has"}
	for _, r := range list {
		look := inkPlain
		if r.Problem != "" {
			look = inkBad
		}
		c.rows = append(c.rows, detailRow{
			key: r.Path, open: copyView{r}, copy: r.Path,
			cells: []cell{textCell(r.Kind), ageOrNone(r.Taken), inkCell(look, r.Holds()), textCell(copyName(r))},
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
	rows := []detailRow{{ink: inkBold, label: "holds", text: clean(s.Holds())}}
	rows = labelled(rows, inkPlain, "kind", s.Kind+": "+kindOfCopy(s.Kind))
	rows = timed(rows, "taken", s.Taken)
	rows = labelled(rows, inkPlain, "size", size(float64(s.Bytes)))
	rows = append(rows, detailRow{label: "path", text: clean(s.Path), copy: s.Path})
	rows = labelled(rows, inkPlain, "comes back", wayBack(s.Way))
	c := content{fixed: true, copy: s.Path, untitled: true}
	switch {
	case len(s.CheckIns) > 0:
		rows = section(rows, "Check-ins")
		c.columns = []tableColumn{{title: "AGE", width: 4, right: true}, {title: "BY", width: 12, wide: 18}, {title: "BRANCH", width: 12, from: 70}, {title: "CHECK-IN", width: 8, from: 60}, {title: "COMMENT"}}
		for _, x := range s.CheckIns {
			comment, _, _ := strings.Cut(x.Comment, "\n")
			rows = append(rows, detailRow{
				key: x.UUID, copy: x.UUID, raw: x.Comment,
				cells: []cell{ageCell(x.Time), textCell(x.User), textCell(x.Branch), textCell(shortID(x.UUID)), {text: safe.Line(comment, maxPreview)}},
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
		rows = append(rows, detailRow{text: clean(name), copy: name})
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
