//go:build unix

package usage

import (
	"io/fs"
	"syscall"
)

// allocated is how many bytes of the disk a file takes, which a sparse one has fewer of than
// its size.
func allocated(info fs.FileInfo) int64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int64(st.Blocks) * 512 //nolint:unconvert // the types differ between systems
	}
	return info.Size()
}
