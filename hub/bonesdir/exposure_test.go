package bonesdir_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bones-tui/hub/bonesdir"
)

// What is not opened is told apart from what is worth a look.
func TestCheckNamesWhatIsNotUsed(t *testing.T) {
	for name, c := range map[string]struct {
		link string // below the state directory
		want string // after its path; "" if the directory is used
	}{
		"a directory":         {"coord", " is a symbolic link: nothing in the state directory is used; look at it, then `rm PATH`"},
		"deep in the store":   {"coord/jetstream/$G/streams/x", " is a symbolic link: nothing in the state directory is used; look at it, then `rm 'PATH'`"},
		"a slot's clone":      {"swarm/api/leaf.fossil", " is a symbolic link: nothing in the state directory is used; look at it, then `rm PATH`"},
		"a worktree's file":   {"swarm/api/wt/link", ""},
		"something of others": {"notes", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := created(t)
			path := filepath.Join(d.State, filepath.FromSlash(c.link))
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.Symlink(t.TempDir(), path)); err != nil {
				t.Fatal(err)
			}
			err := d.Check()
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var exposed *bonesdir.ExposedError
			if !errors.As(err, &exposed) || !errors.Is(err, bonesdir.ErrUntrusted) || exposed.Path != path || err.Error() != path+strings.ReplaceAll(c.want, "PATH", path) {
				t.Errorf("%v", err)
			}
		})
	}
}
