package natsd

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// Line is a line of a server's log.
type Line struct {
	Level string // DEBUG, INFO, WARN or ERROR
	Text  string
	// Cause is what lines that clients can bring about as often as they like have in
	// common; "" for a line that tells of a change, each of which counts.
	Cause string
}

// particular is what differs between lines of the same cause: who, where and how much.
var particular = regexp.MustCompile(`"(?:\\.|[^"\\])*"?|'[^']*'?|\d+`)

// causeLen is more than the words of any cause have.
const causeLen = 120

// causeOf returns the cause of a line of the server.
func causeOf(text string) string {
	cause := particular.ReplaceAllString(text, "#")
	return cause[:min(len(cause), causeLen)]
}

// logger hands the server's lines on, and keeps the first fatal one: that is how
// a server reports that it cannot start. The stock logger would end the process.
type logger struct {
	write func(Line)

	mu    sync.Mutex
	fatal string // the first fatal line
}

func (l *logger) line(level, format string, v []any) string {
	text := fmt.Sprintf(format, v...)
	l.write(Line{Level: level, Text: text, Cause: causeOf(text)})
	return text
}

// Noticef takes a line about what happens in order.
func (l *logger) Noticef(format string, v ...any) { l.line("INFO", format, v) }

// Warnf takes a warning.
func (l *logger) Warnf(format string, v ...any) { l.line("WARN", format, v) }

// Errorf takes an error that the server lives with. Whoever refuses a client tells of it,
// and why.
func (l *logger) Errorf(format string, v ...any) {
	if !strings.HasSuffix(format, "authentication error") {
		l.line("ERROR", format, v)
	}
}

// Debugf takes a line that is of use to the server's authors. They are off.
func (l *logger) Debugf(string, ...any) {}

// Tracef takes a protocol line. They are off.
func (l *logger) Tracef(string, ...any) {}

// Fatalf takes the reason why the server gave up.
func (l *logger) Fatalf(format string, v ...any) {
	text := l.line("ERROR", format, v)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fatal == "" {
		l.fatal = text
	}
}

// gaveUp returns why the server gave up, "" if it has not.
func (l *logger) gaveUp() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fatal
}
