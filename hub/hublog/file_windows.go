package hublog

import "os"

const noFollow = 0

// claim closes the file: an open one cannot be renamed there, by whomever it is
// open, which keeps others out too.
func claim(f *os.File) bool { return f.Close() == nil }
