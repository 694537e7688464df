package natsd

import (
	"fmt"
	"strings"
	"sync"
)

// logger hands the server's lines on, and keeps the first fatal one: that is how
// a server reports that it cannot start. The stock logger would end the process.
type logger struct {
	write func(level, text string)

	mu    sync.Mutex
	fatal string // the first fatal line
}

func newLogger(write func(level, text string)) *logger {
	if write == nil {
		write = func(string, string) {}
	}
	return &logger{write: write}
}

// Noticef takes a line about what happens in order.
func (l *logger) Noticef(format string, v ...any) { l.write("INFO", fmt.Sprintf(format, v...)) }

// Warnf takes a warning.
func (l *logger) Warnf(format string, v ...any) { l.write("WARN", fmt.Sprintf(format, v...)) }

// Errorf takes an error that the server lives with. The doorman has told of a
// refused client already, and why.
func (l *logger) Errorf(format string, v ...any) {
	if text := fmt.Sprintf(format, v...); !strings.HasSuffix(text, "authentication error") {
		l.write("ERROR", text)
	}
}

// Debugf takes a line that is of use to the server's authors.
func (l *logger) Debugf(format string, v ...any) { l.write("DEBUG", fmt.Sprintf(format, v...)) }

// Tracef takes a protocol line. They are off.
func (l *logger) Tracef(string, ...any) {}

// Fatalf takes the reason why the server gave up.
func (l *logger) Fatalf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	l.write("ERROR", text)
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
