package incident_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/incident"
)

func workspace(tb testing.TB) (bonesdir.Dir, *bonesdir.Held) {
	tb.Helper()
	d := bonesdir.At(tb.TempDir())
	if err := d.Create(); err != nil {
		tb.Fatal(err)
	}
	h, err := d.Hold()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = h.Close() })
	return d, h
}

func open(tb testing.TB, d bonesdir.Dir) []incident.Incident {
	tb.Helper()
	r, err := incident.Read(d)
	if err != nil {
		tb.Fatal(err)
	}
	return r.Open()
}

func found(n int) incident.Found {
	return incident.Found{Kind: incident.Cut, Key: fmt.Sprint(n), Text: fmt.Sprint("stream ", n)}
}

func TestAnIncidentIsToldOnceAndUntilItIsDismissed(t *testing.T) {
	d, h := workspace(t)
	fresh, err := incident.Add(t.Context(), d, h, found(1), found(2), found(1))
	if err != nil || len(fresh) != 2 {
		t.Fatalf("%+v, %v", fresh, err)
	}
	if again, err := incident.Add(t.Context(), d, h, found(1)); err != nil || len(again) != 0 {
		t.Errorf("told again: %+v, %v", again, err)
	}
	gone, err := incident.Dismiss(t.Context(), d, h, fresh[0].ID)
	if err != nil || len(gone) != 1 || gone[0].Text != "stream 1" {
		t.Errorf("%+v, %v", gone, err)
	}
	if again, err := incident.Add(t.Context(), d, h, found(1)); err != nil || len(again) != 0 {
		t.Errorf("told after the dismissal: %+v, %v", again, err)
	}
	if left := open(t, d); len(left) != 1 || left[0].ID != fresh[1].ID || left[0].Next == "" {
		t.Errorf("left %+v", left)
	}
	if gone, err := incident.Dismiss(t.Context(), d, h); err != nil || len(gone) != 1 || len(open(t, d)) != 0 {
		t.Errorf("all: %+v, %v", gone, err)
	}
}

// Those who add and those who dismiss lose nothing of each other's.
func TestManyMayChangeTheRecordAtOnce(t *testing.T) {
	d, h := workspace(t)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			fresh, err := incident.Add(t.Context(), d, h, found(i))
			if err != nil || len(fresh) != 1 {
				t.Errorf("%+v, %v", fresh, err)
				return
			}
			if i%2 == 0 {
				if gone, err := incident.Dismiss(t.Context(), d, h, fresh[0].ID); err != nil || len(gone) != 1 {
					t.Errorf("%+v, %v", gone, err)
				}
			}
		})
	}
	all.Wait()
	if left := open(t, d); len(left) != 10 {
		t.Errorf("%d are left: %+v", len(left), left)
	}
}

func TestARecordIsBounded(t *testing.T) {
	d, h := workspace(t)
	for round := range 6 {
		var many []incident.Found
		for i := range 60 {
			f := found(round*100 + i)
			f.Text = strings.Repeat("é", 5000)
			many = append(many, f)
		}
		if _, err := incident.Add(t.Context(), d, h, many...); err != nil {
			t.Fatal(err)
		}
		if n := len(open(t, d)); n != 50 {
			t.Errorf("%d are told", n)
		}
		if _, err := incident.Dismiss(t.Context(), d, h); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(d.Incidents()); err != nil || info.Size() > 256<<10 {
		t.Errorf("%v, %v", info, err)
	}
}

// What makes no sense counts as none, is told as one line, and is replaced by the next that is
// put on record.
func TestABadRecordCountsAsNone(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "cut": "[{\"id\":\"1\"", "another sum": "[]\n00\n", "large": strings.Repeat("x", 300<<10),
	} {
		d, h := workspace(t)
		if err := os.WriteFile(d.Incidents(), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := incident.Read(d)
		if err == nil || len(r.Open()) != 0 || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, %v", name, r.Open(), err)
		}
		if _, err := incident.Add(t.Context(), d, h, found(1)); err != nil || len(open(t, d)) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The way back is never what a file says.
func TestTheWayBackIsNotBelievedOfAFile(t *testing.T) {
	d, h := workspace(t)
	for _, subject := range []string{"../../etc", "recovery/../../x", "/etc/passwd", "; rm -rf ~"} {
		for _, kind := range []incident.Kind{incident.Damaged, incident.Copied, "no kind"} {
			fresh, err := incident.Add(t.Context(), d, h, incident.Found{Kind: kind, Key: subject, Text: "x", Subject: subject})
			if err != nil || len(fresh) != 1 || strings.Contains(fresh[0].Next, subject) {
				t.Errorf("%s: %+v, %v", kind, fresh, err)
			}
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte("[]\n4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945\n"))
	f.Add([]byte(`[{"id":"a","kind":"check-out-copied","subject":"../x"},{"id":"a"},null]`))
	d, _ := workspace(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(d.Incidents(), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := incident.Read(d); err != nil && len(r.Open()) > 0 {
			t.Fatalf("%q is told beside %v", data, err)
		}
	})
}
