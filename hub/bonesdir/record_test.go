package bonesdir_test

import (
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/bonesdir"
)

func TestPIDRecord(t *testing.T) {
	d := created(t)
	if _, err := d.ReadPID(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	begun := time.Now()
	if err := d.WritePID(4711); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(d.PIDFile()); err != nil || string(text) != "4711\n" || mode(t, d.PIDFile()) != 0o644 {
		t.Errorf("file holds %q, %v, %v", text, err, mode(t, d.PIDFile()))
	}
	r, err := d.ReadPID()
	if err != nil || r.PID != 4711 || r.Written.Before(begun.Add(-time.Second)) || r.Written.After(time.Now().Add(time.Second)) {
		t.Errorf("got %+v, %v", r, err)
	}
	if err := errors.Join(d.RemovePID(), d.RemovePID()); err != nil {
		t.Errorf("remove: %v", err)
	}
	if _, err := d.ReadPID(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("removed: %v", err)
	}
}

func TestReadPIDRefusesWhatIsNoPID(t *testing.T) {
	d := created(t)
	for _, text := range []string{"", "\n", "x", "0", "-1", "1.5", "7 8", "0x10", "99999999999", strings.Repeat(" ", 5000) + "7"} {
		put(t, d.PIDFile(), text)
		if r, err := d.ReadPID(); !errors.Is(err, bonesdir.ErrBadRecord) || r.PID != 0 {
			t.Errorf("%.20q: %+v, %v", text, r, err)
		}
	}
}

func TestURLs(t *testing.T) {
	d := created(t)
	if d.FossilURL() != "" || d.NATSURL() != "" {
		t.Errorf("missing: %q, %q", d.FossilURL(), d.NATSURL())
	}
	if err := held(t, d).WriteURLs(41001, 41002); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		d.FossilURLFile(): "http://127.0.0.1:41001\n", d.NATSURLFile(): "nats://127.0.0.1:41002\n",
	} {
		if text, err := os.ReadFile(file); err != nil || string(text) != want || mode(t, file) != 0o644 {
			t.Errorf("%s holds %q, %v, %v", file, text, err, mode(t, file))
		}
	}
	if d.FossilURL() != "http://127.0.0.1:41001" || d.NATSURL() != "nats://127.0.0.1:41002" {
		t.Errorf("got %q, %q", d.FossilURL(), d.NATSURL())
	}
	put(t, d.NATSURLFile(), "nats://203.0.113.7:4222\n")
	if got := d.NATSURL(); got != "" {
		t.Errorf("off loopback: %q", got)
	}
}

func TestLoopback(t *testing.T) {
	for raw, want := range map[string]string{
		"http://127.0.0.1:80":            "http://127.0.0.1:80",
		"http://127.1.2.3:80/":           "http://127.1.2.3:80",
		"http://[::1]:80":                "http://[::1]:80",
		"http://127.0.0.1":               "",
		"http://127.0.0.1:0":             "",
		"http://127.0.0.1:65536":         "",
		"http://localhost:80":            "",
		"http://203.0.113.7:80":          "",
		"http://0.0.0.0:80":              "",
		"http://[::1%25eth0]:80":         "",
		"http://user@127.0.0.1:80":       "",
		"http://127.0.0.1:80@evil.test":  "",
		"http://127.0.0.1:80/x":          "",
		"http://127.0.0.1:80?x":          "",
		"http://127.0.0.1:80#x":          "",
		"http://127.0.0.1:80\nhttp://x/": "",
		"nats://127.0.0.1:80":            "",
		"127.0.0.1:80":                   "",
		"":                               "",
	} {
		if got := bonesdir.Loopback("http", raw); got != want {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
	}
}

func FuzzLoopbackNeverLeadsElsewhere(f *testing.F) {
	for _, s := range []string{"http://127.0.0.1:80", "http://[::1]:80", "http://a@127.0.0.1:1", "http:127.0.0.1:2", "http://[::ffff:127.0.0.1]:3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got := bonesdir.Loopback("http", raw)
		if got == "" {
			return
		}
		ap, err := netip.ParseAddrPort(strings.TrimPrefix(got, "http://"))
		if err != nil || !ap.Addr().IsLoopback() || bonesdir.Loopback("http", got) != got ||
			bonesdir.RecordedPort(got) != int(ap.Port()) {
			t.Errorf("%q gives %q", raw, got)
		}
	})
}

func TestRecordedPort(t *testing.T) {
	for url, want := range map[string]int{
		"http://127.0.0.1:41001": 41001, "nats://127.0.0.1:1": 1, "": 0, "http://x": 0, "x:": 0, "x:70000": 0, "x:-1": 0,
	} {
		if got := bonesdir.RecordedPort(url); got != want {
			t.Errorf("%q: got %d", url, got)
		}
	}
}

func TestWritersLeaveNoTemporaryFiles(t *testing.T) {
	d := created(t)
	h := held(t, d)
	if err := errors.Join(d.WritePID(1), d.WritePID(2), h.WritePID(3), h.WriteURLs(1, 2), h.WriteURLs(3, 4), h.WriteCoordMarks(nil)); err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadDir(d.State)
	if err != nil || len(names) != 5 { // hub.pid, both URLs, coord.marks, .gitignore
		t.Errorf("%v, %v", names, err)
	}
}
