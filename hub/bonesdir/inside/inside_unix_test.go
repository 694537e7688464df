//go:build unix

package inside_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// Each of these waits for somebody, or does something, when it is opened as a file.
func TestSpecialFilesAreNotOpened(t *testing.T) {
	dir, _ := tree(t)
	pipe, socket, null := filepath.Join(dir, "a", "pipe"), filepath.Join(dir, "s"), filepath.Join(dir, "null")
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
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: only root makes devices and gives files away")
	}
	if err := unix.Mknod(null, unix.S_IFCHR|0o600, int(unix.Mkdev(1, 3))); err != nil {
		t.Skip("SKIPPED: no devices can be made here:", err)
	}
	refuses(t, dir, null, null+" is a device")
}

func TestAnotherUsersFileIsNotOpened(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: only root can give a file away")
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
