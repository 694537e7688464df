//go:build unix

package owner

import "os"

// AnswerDirectoryLocks has every lock of a directory answered with err until the returned
// function is called.
func AnswerDirectoryLocks(err error) (restore func()) {
	old := excludeDir
	excludeDir = func(*os.File) error { return err }
	return func() { excludeDir = old }
}
