//go:build unix

package inside_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"bones-tui/hub/bonesdir/inside"
)

// Each of these waits for somebody, or does something, when it is opened as a file.
func TestSpecialFilesAreNotOpened(t *testing.T) {
	dir, _ := tree(t)
	pipe, socket := filepath.Join(dir, "a", "pipe"), filepath.Join(dir, "s")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	refuses(t, dir, pipe, pipe+" is a pipe")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	refuses(t, dir, socket, socket+" is a socket")
	null, err := os.Lstat("/dev/null")
	if err != nil || inside.Judge(null, inside.File) != "is a device" {
		t.Errorf("/dev/null: %q, %v", inside.Judge(null, inside.File), err)
	}
}

// Only root can give a file away. Everybody else has those of root at hand.
func TestAnotherUsersFileIsNotOpened(t *testing.T) {
	if os.Geteuid() != 0 {
		refuses(t, "/", "/etc/passwd", "/ belongs to user 0")
		return
	}
	const other = 65534
	for _, at := range []string{"a", "a/b/file"} {
		dir, _ := tree(t)
		path := filepath.Join(dir, at)
		if err := os.Chown(path, other, -1); err != nil {
			t.Fatal(err)
		}
		refuses(t, dir, filepath.Join(dir, "a", "b", "file"), fmt.Sprintf("%s belongs to user %d", path, other))
	}
}
