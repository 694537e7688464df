package subjects

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"bones-tui/hub"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
)

// Recovery is the way back from copies of what the repository of a workspace has no longer.
// A copy is named by its path. While a hub runs each call but Files fails with an error that
// matches hub.ErrRunning.
type Recovery interface {
	// Copies lists what copies hold and the repository does not.
	Copies(context.Context) ([]hub.Recoverable, error)

	// BringBack brings the check-ins of a copy back into the repository.
	BringBack(ctx context.Context, path string) (hub.BroughtBack, error)

	// Patches writes what a copy has and git has not received to new files.
	Patches(ctx context.Context, path string) ([]hub.Patch, error)

	// Files writes the files of a saved worktree to a new directory, and counts them.
	Files(ctx context.Context, path string) (dir string, n int, err error)
}

// Copies lists what copies hold and the repository does not.
type Copies struct{ From Recovery }

// Title implements details.Subject.
func (Copies) Title() string { return "RECOVER" }

// Within implements details.Alone.
func (Copies) Within() time.Duration { return RecoverWithin }

func copiesColumns() []cells.Column {
	return []cells.Column{
		{Title: "KIND", Width: 8},
		{Title: "AGE", Width: 4, Right: true},
		{Title: "HOLDS"},
		{Title: "COPY", Width: 36, From: 90},
	}
}

// Load implements details.Subject.
func (s Copies) Load(ctx context.Context, _ details.Inspector, _ details.Query) (details.Content, error) {
	list, err := s.From.Copies(ctx)
	if errors.Is(err, hub.ErrRunning) { // asked again until it has ended
		return details.Content{Rows: []details.Row{{Ink: cells.InkWarn, Prose: true, Text: cells.Clean("A hub runs. " + StopFirst)}}}, nil
	}
	if err != nil {
		return details.Content{}, err
	}
	c := details.Content{Columns: copiesColumns(), Fixed: true, Summary: "what copies hold that neither git nor the repository has"}
	for _, r := range list {
		look := cells.InkPlain
		if r.Problem != "" {
			look = cells.InkBad
		}
		c.Rows = append(c.Rows, details.Row{
			Key: r.Path, Open: Copy{r}, Copy: r.Path,
			Cells: []cells.Cell{cells.TextCell(r.Kind), ageOrNone(r.Taken), cells.InkCell(look, r.Holds()), cells.TextCell(CopyName(r))},
		})
	}
	c.Rows = details.None(c.Rows, "no copy holds anything that the repository does not")
	return c, nil
}

// CopyName is a copy in a few words that tell it from others.
func CopyName(r hub.Recoverable) string {
	name := filepath.Base(r.Path)
	if r.Kind == "clone" && name == "leaf.fossil" {
		name = filepath.Join(filepath.Base(filepath.Dir(r.Path)), name)
	}
	return name
}

// Copy is one of them. It does not change.
type Copy struct{ hub.Recoverable }

// Title implements details.Subject.
func (s Copy) Title() string { return "COPY " + CopyName(s.Recoverable) }

// Within implements details.Alone.
func (Copy) Within() time.Duration { return details.LoadTimeout }

// Load implements details.Subject.
func (s Copy) Load(context.Context, details.Inspector, details.Query) (details.Content, error) {
	rows := []details.Row{{Ink: cells.InkBold, Label: "holds", Text: cells.Clean(s.Holds())}}
	rows = details.Labelled(rows, cells.InkPlain, "kind", s.Kind+": "+kindOfCopy(s.Kind))
	rows = details.Timed(rows, "taken", s.Taken)
	rows = details.Labelled(rows, cells.InkPlain, "size", cells.Size(float64(s.Bytes)))
	rows = append(rows, details.Row{Label: "path", Text: cells.Clean(s.Path), Copy: s.Path})
	rows = details.Labelled(rows, cells.InkPlain, "comes back", wayBack(s.Way))
	c := details.Content{Fixed: true, Copy: s.Path, Untitled: true}
	switch {
	case len(s.CheckIns) > 0:
		rows = details.Section(rows, "Check-ins")
		c.Columns = []cells.Column{{Title: "AGE", Width: 4, Right: true}, {Title: "BY", Width: 12, Wide: 18}, {Title: "BRANCH", Width: 12, From: 70}, {Title: "CHECK-IN", Width: 8, From: 60}, {Title: "COMMENT"}}
		for _, x := range s.CheckIns {
			comment, _, _ := strings.Cut(x.Comment, "\n")
			rows = append(rows, details.Row{
				Key: x.UUID, Copy: x.UUID, Raw: x.Comment,
				Cells: []cells.Cell{cells.AgeCell(x.Time), cells.TextCell(x.User), cells.TextCell(x.Branch), cells.TextCell(cells.ShortID(x.UUID)), {Text: safe.Line(comment, details.MaxPreview)}},
			})
		}
		if n := int64(len(s.CheckIns)); n < s.Total {
			c.Note = part(n, s.Total)
		}
	case len(s.Files) > 0:
		rows = listed(rows, "Files", s.Files)
	}
	if len(s.Notes) > 0 {
		rows = listed(rows, "Notes", s.Notes)
	}
	c.Rows = rows
	return c, nil
}

func listed(rows []details.Row, title string, names []string) []details.Row {
	rows = details.Section(rows, title)
	for _, name := range names {
		rows = append(rows, details.Row{Text: cells.Clean(name), Copy: name})
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

// RecoverWithin bounds whatever is done with copies: each is copied before it is opened.
const RecoverWithin = 5 * time.Minute

// StopFirst is why nothing is done with copies while a hub runs.
const StopFirst = "Copies are compared with a repository that nobody writes to: stop the hub first."
