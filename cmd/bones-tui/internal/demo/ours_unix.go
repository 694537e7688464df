//go:build !windows

package demo

import (
	"io/fs"
	"os"
	"syscall"
)

// ours reports whether the file belongs to our user.
func ours(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid()
}
