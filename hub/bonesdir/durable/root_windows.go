package durable

import "os"

// syncRoot does nothing: Windows has no way to flush a directory.
func syncRoot(*os.Root) error { return nil }
