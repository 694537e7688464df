package lines

import "bytes"

// Shape is what a line looks like to the line after it. Which raw lines make
// one row follows from the shapes of each line and the line before it, so that
// any part of a file can be cut into rows without reading what comes before.
type Shape uint8

// The shapes; the zero one is that of an entry.
const (
	Entry     Shape = iota
	Text            // a raw line that stands for itself
	Panic           // opens a report: panic: …, fatal error: …
	goroutine       // goroutine 7 [running]:
	frame           // a line of a trace
	blank           // empty or indented
)

// ShapeOf finds the shape of a line that is not an entry.
func ShapeOf(line []byte) Shape {
	const enough = 256
	line = line[:min(len(line), enough)]
	switch {
	case isPanic(line):
		return Panic
	case bytes.HasPrefix(line, []byte("goroutine ")):
		return goroutine
	case isFrame(line):
		return frame
	case len(line) == 0 || line[0] == ' ' || line[0] == '\t':
		return blank
	default:
		return Text
	}
}

func isPanic(line []byte) bool {
	for _, start := range []string{"panic: ", "fatal error: ", "runtime: ", "unexpected fault address ", "SIGQUIT: ", "SIGSEGV: ", "SIGABRT: "} {
		if after(line, start) != nil {
			return true
		}
	}
	return bytes.Contains(line, []byte("panic serving")) || bytes.Contains(line, []byte(" panic: "))
}

func isFrame(line []byte) bool {
	if len(line) > 0 && line[0] == '\t' {
		return bytes.Contains(line, []byte(".go:"))
	}
	for _, start := range []string{"created by ", "exit status ", "[signal ", "panic(", "runtime.", "...additional frames"} {
		if after(line, start) != nil {
			return true
		}
	}
	if open := bytes.IndexByte(line, '('); open > 0 && line[len(line)-1] == ')' {
		name := line[:open]
		return bytes.IndexByte(name, '.') > 0 && bytes.IndexByte(name, ' ') < 0
	}
	return isRegister(line)
}

// isRegister matches a line of the register dump of a fatal signal.
func isRegister(line []byte) bool {
	name, value, ok := bytes.Cut(line, []byte(" "))
	return ok && len(name) > 1 && len(name) <= len("rflags") && bytes.HasPrefix(bytes.TrimLeft(value, " "), []byte("0x"))
}

// Continues reports whether a raw line belongs to the row of the line before.
func Continues(before, line Shape) bool {
	switch line {
	case goroutine:
		return before == Panic || before == frame || before == blank
	case frame, blank:
		return before != Entry
	case Text:
		return before == Panic // the message of a panic may have two lines
	default:
		return false
	}
}

// IsTrace reports whether a raw row with this first line is a crash report.
func (s Shape) IsTrace() bool { return s == Panic || s == goroutine || s == frame }
