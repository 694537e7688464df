package dialogs

import (
	"strings"

	"bones-tui/hub"
	"bones-tui/tui/internal/cells"
)

// Patches says what was written, and the command that gives it to git, "" if there
// was nothing to write.
func Patches(list []hub.Patch, home string) (text, command string) {
	var files []hub.Patch
	for _, p := range list {
		if p.Path != "" {
			files = append(files, p)
		}
	}
	switch len(files) {
	case 0:
		return "No file is other than in git: there is nothing to write.", ""
	case 1:
		p := files[0]
		text = "Written: " + cells.Plural(int64(p.CheckIns), "check-in", "check-ins") + ", " + cells.Plural(int64(p.Files), "file", "files") + ". For git:"
		return text, "git apply --3way " + ShellPath(p.Path, "", home)
	}
	stem := files[0].Path
	for _, p := range files {
		for !strings.HasPrefix(p.Path, stem) {
			stem = stem[:len(stem)-1]
		}
	}
	stem = stem[:strings.LastIndexByte(stem, '-')+1]
	text = "Written: " + cells.Plural(int64(len(files)), "patch", "patches") + ", one for each fork. For git:"
	return text, "git apply --3way " + ShellPath(stem, "*.patch", home)
}

// ShellPath is a path as a shell takes it, and what follows it unquoted.
func ShellPath(path, glob, home string) string {
	if word := hub.ShellWord(path); word != path {
		return word + glob
	}
	return cells.HomePath(path, home) + glob
}
