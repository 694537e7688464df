package logview_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"bones-tui/logview"
)

// TestLateLinesOfABackupComeFirst has a writer that notices a rotation one line
// too late, again and again: what it writes to the renamed file comes before
// what it writes to the new one, however the reader's looks fall in between.
func TestLateLinesOfABackupComeFirst(t *testing.T) {
	for name, jsonLines := range map[string]bool{"text": false, "json": true} {
		t.Run(name, func(t *testing.T) {
			rounds := 400
			if testing.Short() {
				rounds = 50
			}
			d := newDir(t)
			d.write("", line("INFO", "start"))
			r, w := io.Pipe()
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() {
				defer w.Close()
				done <- logview.Print(ctx, w, d.path, logview.PrintOptions{Follow: true, JSON: jsonLines})
			}()
			in := bufio.NewScanner(r)
			in.Scan()
			for i := range rounds {
				writeLate(t, d, i)
				for j := range 4 {
					want := fmt.Sprintf("line %d.", 4*i+j)
					if !in.Scan() || !strings.Contains(in.Text(), want) {
						t.Fatalf("%q instead of %q", in.Text(), want)
					}
				}
			}
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}

// writeLate writes line 4*i to the log, rotates it, writes another to the old
// file and two more to the new one.
func writeLate(t *testing.T, d dir, i int) {
	t.Helper()
	text := func(j int) string { return line("INFO", fmt.Sprintf("line %d.", 4*i+j)) }
	old, err := os.OpenFile(d.path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	for j := range 2 {
		if _, err := old.WriteString(text(j)); err != nil {
			t.Fatal(err)
		}
		if j == 0 {
			d.rotate(3)
		}
	}
	d.add(text(2))
	d.add(text(3))
}

// TestOpenSeesAllFilesAmidRotations opens a log of many small files, which is
// rotated a few times at the same moment: what is seen has no hole.
func TestOpenSeesAllFilesAmidRotations(t *testing.T) {
	const keep, times, rounds = 8, 3, 100
	d := newDir(t)
	d.add(line("INFO", "0"))
	begin, done := make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		for i := range rounds * times {
			if i%times == 0 {
				<-begin
			}
			d.rotate(keep)
			d.add(line("INFO", fmt.Sprint(i+1)))
			if i%times == times-1 {
				done <- true
			}
		}
	}()
	for range rounds {
		begin <- true
		var b strings.Builder
		if err := logview.Print(t.Context(), &b, d.path, logview.PrintOptions{JSON: true}); err != nil {
			t.Fatal(err)
		}
		checkConsecutive(t, b.String())
		<-done
	}
}

func checkConsecutive(t *testing.T, text string) {
	t.Helper()
	last := -1
	for l := range strings.Lines(text) {
		var n int
		if _, err := fmt.Sscanf(l[strings.Index(l, `"msg":"`)+7:], "%d", &n); err != nil {
			t.Fatal(err)
		}
		if last >= 0 && n != last+1 {
			t.Fatalf("%d after %d in\n%s", n, last, text)
		}
		last = n
	}
}

// TestAWriteRightAfterOpenIsSeenAtOnce writes before the follower can have put
// its watch on. Without care such a line waits for the next look at everything.
func TestAWriteRightAfterOpenIsSeenAtOnce(t *testing.T) {
	const rounds = 25
	var slow []time.Duration
	for i := range rounds {
		d := newDir(t)
		d.write("", line("INFO", "a"))
		l := d.open(logview.Options{})
		d.write(".1", line("INFO", "found"))
		d.add(line("INFO", "b"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		begun := time.Now()
		v := l.View(nil)
		for seen := uint64(0); ; {
			s, err := v.Await(ctx, seen)
			if err != nil {
				t.Fatalf("round %d: %v; %q", i, err, all(t, v))
			}
			if seen = s.Version; s.Matches == 3 && s.Complete {
				break
			}
		}
		slow = append(slow, time.Since(begun))
		cancel()
		l.Close()
	}
	slices.Sort(slow)
	// The follower looks at the file itself once a second, without any care.
	if half := slow[rounds/2]; half > 900*time.Millisecond {
		t.Errorf("half of the rounds took %v and more", half)
	}
}
