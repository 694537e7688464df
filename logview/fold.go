package logview

import "bytes"

// shape is what a line looks like to the line after it. Which raw lines make
// one row follows from the shapes of each line and the line before it, so that
// any part of a file can be cut into rows without reading what comes before.
type shape uint8

const (
	shapeEntry     shape = iota
	shapeText            // a raw line that stands for itself
	shapePanic           // opens a report: panic: …, fatal error: …
	shapeGoroutine       // goroutine 7 [running]:
	shapeFrame           // a line of a trace
	shapeBlank           // empty or indented
)

// rawShape finds the shape of a line that is not an entry.
func rawShape(line []byte) shape {
	const enough = 256
	line = line[:min(len(line), enough)]
	switch {
	case isPanic(line):
		return shapePanic
	case bytes.HasPrefix(line, []byte("goroutine ")):
		return shapeGoroutine
	case isFrame(line):
		return shapeFrame
	case len(line) == 0 || line[0] == ' ' || line[0] == '\t':
		return shapeBlank
	default:
		return shapeText
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

// continues reports whether a raw line belongs to the row of the line before.
func continues(before, line shape) bool {
	switch line {
	case shapeGoroutine:
		return before == shapePanic || before == shapeFrame || before == shapeBlank
	case shapeFrame, shapeBlank:
		return before != shapeEntry
	case shapeText:
		return before == shapePanic // the message of a panic may have two lines
	default:
		return false
	}
}

// isTrace reports whether a raw row with this first line is a crash report.
func (s shape) isTrace() bool { return s == shapePanic || s == shapeGoroutine || s == shapeFrame }
