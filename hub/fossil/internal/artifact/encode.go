package artifact

import (
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strings"
)

// Encode returns the canonical bytes of a check-in, control artifact or
// cluster: cards in order, files, tags and members sorted, the Z card last. It
// panics for the other kinds, which a hub never makes.
func (a *Artifact) Encode() []byte {
	w := writer{make([]byte, 0, 256+96*len(a.Files)+66*len(a.Members))}
	switch a.Kind {
	case CheckIn:
		w.checkIn(a)
	case Control:
		w.card('D', FormatDate(a.Time))
		w.tags(a.Tags)
		w.card('U', Escape(cmp.Or(a.User, anonymous)))
	case Cluster:
		for _, m := range slices.Sorted(slices.Values(a.Members)) {
			w.card('M', m)
		}
	default:
		panic("artifact: encode: unsupported kind " + a.Kind.String())
	}
	sum := md5.Sum(w.b)
	w.card('Z', hex.EncodeToString(sum[:]))
	return w.b
}

// writer collects cards.
type writer struct{ b []byte }

// card appends one line; the arguments are escaped already.
func (w *writer) card(letter byte, args ...string) {
	w.b = append(w.b, letter)
	for _, arg := range args {
		w.b = append(append(w.b, ' '), arg...)
	}
	w.b = append(w.b, '\n')
}

func (w *writer) optional(letter byte, arg string) {
	if arg != "" {
		w.card(letter, Escape(arg))
	}
}

func (w *writer) checkIn(a *Artifact) {
	w.optional('B', a.Baseline)
	comment := a.Comment
	if comment == "" {
		comment = "(no comment)"
	}
	w.card('C', Escape(comment))
	w.card('D', FormatDate(a.Time))
	w.files(a.Files)
	w.optional('N', a.Mimetype)
	if len(a.Parents) > 0 {
		w.card('P', a.Parents...)
	}
	w.cherryPicks(a.CherryPicks)
	w.optional('R', a.RSum)
	w.tags(a.Tags)
	w.optional('U', a.User)
}

func (w *writer) files(files []File) {
	byName := func(a, b File) int { return strings.Compare(a.Name, b.Name) }
	if !slices.IsSortedFunc(files, byName) {
		files = slices.SortedFunc(slices.Values(files), byName)
	}
	for _, f := range files {
		w.b = appendEscaped(append(w.b, "F "...), f.Name)
		if !f.Deleted() {
			w.b = append(append(w.b, ' '), f.UUID...)
			w.b = append(w.b, permText(f)...)
		}
		if f.OldName != "" {
			w.b = appendEscaped(append(w.b, ' '), f.OldName)
		}
		w.b = append(w.b, '\n')
	}
}

// permText returns the permission argument with its leading space. A renamed
// regular file needs one to keep the old name in fourth place.
func permText(f File) string {
	switch {
	case f.Perm == Exec:
		return " x"
	case f.Perm == Symlink:
		return " l"
	case f.OldName != "":
		return " w"
	default:
		return ""
	}
}

func (w *writer) cherryPicks(picks []CherryPick) {
	lines := make([]string, 0, len(picks))
	for _, p := range picks {
		line := "+" + p.Target
		if p.BackOut {
			line = "-" + p.Target
		}
		if p.Base != "" {
			line += " " + p.Base
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	for _, line := range lines {
		w.card('Q', line)
	}
}

func (w *writer) tags(tags []Tag) {
	for _, t := range slices.SortedFunc(slices.Values(tags), compareTags) {
		target := t.Target
		if target == "" {
			target = "*"
		}
		args := []string{string(t.Type.Prefix()) + Escape(t.Name), target}
		if t.Value != "" {
			args = append(args, Escape(t.Value))
		}
		w.card('T', args...)
	}
}

// compareTags orders T cards by prefix and name, then by target with the
// artifact itself first.
func compareTags(a, b Tag) int {
	if a.Type != b.Type {
		return int(a.Type.Prefix()) - int(b.Type.Prefix())
	}
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return strings.Compare(a.Target, b.Target)
}
