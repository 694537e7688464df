//go:build unix

package safe_test

import (
	"bufio"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/creack/pty"

	"bones-tui/logview/safe"
)

// TestNothingButTextReachesTheTerminal writes hostile lines to a terminal
// through the sanitiser and looks at every rune that comes out at its other
// end. SAFE_LINES sets how many; ten million take some minutes.
func TestNothingButTextReachesTheTerminal(t *testing.T) {
	n := 20_000
	if s := os.Getenv("SAFE_LINES"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	master, slave, err := pty.Open()
	if err != nil {
		t.Skip("no pseudo terminal here: ", err)
	}
	defer master.Close()
	done := make(chan error, 1)
	go func() { done <- writeHostile(slave, n) }()
	in := bufio.NewReaderSize(master, 1<<16)
	for i := range n {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatalf("after %d lines: %v", i, err)
		}
		line = strings.TrimSuffix(line, "\r\n") // the terminal's own
		if r, bad := forbidden(line); bad || !utf8.ValidString(line) {
			t.Fatalf("line %d lets %U out: %q", i, r, line)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func writeHostile(slave *os.File, n int) (err error) {
	defer func() { err = errors.Join(err, slave.Close()) }()
	r := rand.New(rand.NewPCG(1, 2))
	out := bufio.NewWriterSize(slave, 1<<12)
	for range n {
		if _, err := io.WriteString(out, safe.Line(hostile(r), 200).String()+"\n"); err != nil {
			return err
		}
	}
	return out.Flush()
}

// hostile makes a line of what terminals obey, of letters, and of noise.
func hostile(r *rand.Rand) string {
	pieces := []string{
		"\x1b[2J", "\x1b]52;c;aGk=\x07", "\x1bP+q\x1b\\", "\x9b31m", "\u009b31m", "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\U000e0041",
		"\r", "\n", "\b", "\x00", "\x7f", "\t", "e\u0301\u0301\u0301\u0301\u0301", "\u0301", "\xff", "\xc0\xaf", "\xed\xa0\x80", "\u2028", "\u3164",
		"hub: ready ", "žluť", "日本", "👩‍👩‍👧", "\ue000", "\ufe0f", "\u0600", "{\"ts\":",
	}
	var b strings.Builder
	for range 1 + r.IntN(12) {
		switch r.IntN(4) {
		case 0:
			b.WriteByte(byte(r.Uint32()))
		case 1:
			b.WriteRune(rune(r.IntN(0x110000)))
		default:
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
	}
	return b.String()
}
