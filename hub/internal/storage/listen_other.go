//go:build !linux

package storage

import "os"

// listen has nothing to tell: where watching a directory opens each file in it, closing
// the repository again would drop the locks on it.
func listen([]Thing) (changes <-chan struct{}, stop func()) { return nil, func() {} }

// pathOf does not know.
func pathOf(*os.File) string { return "" }
