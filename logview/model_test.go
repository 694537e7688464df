package logview_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"bones-tui/logview"
)

// model is what is on disk, as far as a reader must know it.
type model struct {
	dir   dir
	keep  int
	files []string // content: of the file that is written, of .1, .2, …
	seq   int
	tail  string // rest of a line that has been written in part
	lost  map[string]bool
}

// step does one thing that a writer, a rotator or an operator may do.
func (m *model) step(op, arg byte) {
	switch {
	case op < 120: // some bytes of the stream of lines
		if m.tail == "" {
			for range 1 + arg%5 {
				m.seq++
				m.tail += line([]string{"INFO", "WARN"}[m.seq%2], fmt.Sprintf("seq %d %s", m.seq, strings.Repeat("x", int(arg))))
			}
		}
		n := len(m.tail)
		if arg%3 == 0 {
			n = 1 + int(arg)*7%n
		}
		m.write(m.tail[:n])
		m.tail = m.tail[n:]
	case op < 140: // a text that is not an entry
		m.write(m.tail)
		m.tail = ""
		m.seq++
		m.write(fmt.Sprintf("raw seq %d\n", m.seq))
	case op < 180:
		m.rotate()
	case op < 190: // truncated, and gone on with
		m.lose(m.files[0])
		m.files[0], m.tail = "", ""
		m.dir.write("", "")
	case op < 200: // deleted
		m.lose(m.files[0])
		m.files[0], m.tail = "", ""
		_ = os.Remove(m.dir.path)
	default: // late text in the newest backup
		if len(m.files) > 1 && strings.HasSuffix(m.files[1], "\n") {
			m.seq++
			m.files[1] += fmt.Sprintf("late seq %d\n", m.seq)
			appendTo(m.dir.tb, m.dir.path+".1", fmt.Sprintf("late seq %d\n", m.seq))
		}
	}
}

func appendTo(tb testing.TB, path, text string) {
	tb.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		tb.Fatal(err)
	}
}

func (m *model) write(text string) {
	m.files[0] += text
	m.dir.add(text)
}

func (m *model) rotate() {
	if m.files[0] == "" {
		return
	}
	m.write(m.tail)
	m.tail = ""
	m.dir.rotate(m.keep)
	m.files = append([]string{""}, m.files...)
	for len(m.files) > m.keep+1 {
		m.lose(m.files[len(m.files)-1])
		m.files = m.files[:len(m.files)-1]
	}
}

// lose notes lines that a reader may have seen, or not.
func (m *model) lose(content string) {
	for _, seq := range sequence(content) {
		m.lost[seq] = true
	}
}

func sequence(content string) []string {
	var out []string
	for l := range strings.Lines(content) {
		if s := regexp.MustCompile(`seq (\d+)`).FindStringSubmatch(l); s != nil && strings.HasSuffix(l, "\n") {
			out = append(out, s[1])
		}
	}
	return out
}

// want lists the lines on disk, oldest first.
func (m *model) want() []string {
	var out []string
	for i := len(m.files) - 1; i >= 0; i-- {
		out = append(out, sequence(m.files[i])...)
	}
	return out
}

// differs compares what a view shows with what is on disk. Lines that were
// lost to truncation or deletion may still be there, but nothing may be there
// twice or in another order.
func (m *model) differs(tb testing.TB, v *logview.View) string {
	tb.Helper()
	var rows strings.Builder
	p, err := v.Head(tb.Context(), 1<<20)
	if err != nil {
		tb.Fatal(err)
	}
	for _, r := range p.Rows {
		if r.Kind != logview.KindPartial {
			rows.WriteString(r.Text + "\n")
		}
	}
	var got []string
	for _, seq := range sequence(rows.String()) {
		if !m.lost[seq] {
			got = append(got, seq)
		}
	}
	if want := m.want(); strings.Join(got, " ") != strings.Join(want, " ") {
		return fmt.Sprintf("shows %v\nwant  %v", got, want)
	}
	seen := map[string]bool{}
	for _, seq := range sequence(rows.String()) {
		if seen[seq] {
			return "twice: " + seq
		}
		seen[seq] = true
	}
	return ""
}

// play runs the operations in ops, two bytes each, under a follower.
func play(t *testing.T, ops []byte, o logview.Options) {
	t.Helper()
	m := &model{dir: newDir(t), keep: 3, files: []string{""}, lost: map[string]bool{}}
	l, err := logview.Open(m.dir.path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	v, warn := l.View(nil), l.View(parse(t, "level>=warn"))
	for i := 0; i+1 < len(ops); i += 2 {
		m.step(ops[i], ops[i+1])
		if ops[i+1]%4 == 1 {
			synced(t, m, v)
		}
	}
	synced(t, m, v)
	// A truncation takes the lines before the reader can notice it.
	settled(t, warn, func(s logview.Snapshot) bool {
		p, err := warn.Head(t.Context(), 1<<20)
		return err == nil && int64(len(p.Rows)) == s.Matches
	})
}

func synced(t *testing.T, m *model, v *logview.View) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		seen := v.Snapshot().Version
		diff := m.differs(t, v)
		if diff == "" {
			return
		}
		if _, err := v.Await(ctx, seen); err != nil {
			t.Fatalf("%v; %s", err, diff)
		}
	}
}

func FuzzFollow(f *testing.F) {
	f.Add([]byte{0, 1, 150, 0, 0, 1, 150, 0, 0, 3, 185, 0, 0, 1, 195, 0, 0, 9, 250, 0, 0, 1})
	f.Add([]byte{0, 9, 0, 9, 130, 1, 150, 1, 210, 1, 0, 2, 0, 4})
	f.Fuzz(func(t *testing.T, ops []byte) {
		if len(ops) > 400 {
			return
		}
		play(t, ops, logview.Options{Poll: time.Millisecond})
	})
}

func TestFollowerAgreesWithAModel(t *testing.T) {
	runs := 10
	if testing.Short() {
		runs = 2
	}
	for seed := range runs {
		for name, o := range map[string]logview.Options{"events": {}, "polling": {Poll: time.Millisecond}} {
			t.Run(fmt.Sprint(name, seed), func(t *testing.T) {
				t.Parallel()
				r := rand.New(rand.NewPCG(uint64(seed), 0))
				ops := make([]byte, 0, 320)
				for range cap(ops) / 8 {
					ops = binary.LittleEndian.AppendUint64(ops, r.Uint64())
				}
				play(t, ops, o)
			})
		}
	}
}
