//go:build linux || darwin

package copies

import "golang.org/x/sys/unix"

// freeSpace returns how many bytes this user can write to the disk of a directory.
func freeSpace(dir string) (free int64, known bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail) * int64(st.Bsize), true //nolint:unconvert // the types differ between systems
}
