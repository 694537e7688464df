package crosslink

import (
	"errors"
	"slices"
	"strings"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/store"
)

// Manifest returns the check-in stored as rid, or nil if its content is missing
// or something else.
func Manifest(v store.View, rid int64) (*artifact.Artifact, error) {
	a, err := structural(v, rid)
	if a != nil && a.Kind != artifact.CheckIn {
		return nil, nil
	}
	return a, err
}

// structural returns the artifact stored as rid, or nil if its content is
// missing or plain.
func structural(v store.View, rid int64) (*artifact.Artifact, error) {
	content, err := v.Content(rid)
	if errors.Is(err, store.ErrPhantom) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	a, err := artifact.Parse(content)
	if err != nil {
		return nil, nil //nolint:nilerr // plain content that somebody named as something else
	}
	return a, nil
}

// Files returns all files of a check-in, sorted by name: those of the manifest
// itself, merged into those of its baseline if it is a delta manifest. It is
// nil if the baseline is missing, never for a full manifest.
func Files(v store.View, a *artifact.Artifact) ([]artifact.File, error) {
	if a.Baseline == "" {
		return append([]artifact.File{}, a.Files...), nil
	}
	rid, _, err := v.Lookup(a.Baseline)
	if err != nil || rid == 0 {
		return nil, err
	}
	base, err := Manifest(v, rid)
	if err != nil || base == nil || base.Baseline != "" {
		return nil, err
	}
	return merge(base.Files, a.Files), nil
}

// merge overlays the changes of a delta manifest on its baseline.
func merge(base, changes []artifact.File) []artifact.File {
	files := make([]artifact.File, 0, len(base)+len(changes))
	for len(base) > 0 || len(changes) > 0 {
		switch c := compareHeads(base, changes); {
		case c < 0:
			f := base[0]
			f.OldName = "" // a rename in the baseline, not in this check-in
			files = append(files, f)
			base = base[1:]
			continue
		case c == 0:
			base = base[1:]
		}
		if !changes[0].Deleted() {
			files = append(files, changes[0])
		}
		changes = changes[1:]
	}
	return files
}

// compareHeads orders the first names of two lists; an empty list comes last.
func compareHeads(a, b []artifact.File) int {
	switch {
	case len(b) == 0:
		return -1
	case len(a) == 0:
		return 1
	}
	return strings.Compare(a[0].Name, b[0].Name)
}

// find returns the file with a name.
func (t *tree) find(name string) (artifact.File, bool) {
	i, ok := slices.BinarySearchFunc(t.files, name, func(f artifact.File, name string) int {
		return strings.Compare(f.Name, name)
	})
	if !ok {
		return artifact.File{}, false
	}
	return t.files[i], true
}
