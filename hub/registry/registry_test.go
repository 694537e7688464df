package registry_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/registry"
)

func TestID(t *testing.T) {
	for root, want := range map[string]string{
		"/srv/demo": "926574b4279e7131", "/srv/demo/": "926574b4279e7131", "/srv/x/../demo": "926574b4279e7131",
	} {
		if got := registry.ID(root); got != want {
			t.Errorf("%s: %s", root, got)
		}
	}
}

// row returns a row of a workspace that exists.
func row(tb testing.TB, pid int) registry.Row {
	tb.Helper()
	return registry.Row{
		CWD: tb.TempDir(), Name: "demo", HubURL: "http://127.0.0.1:41001", NATSURL: "nats://127.0.0.1:41002",
		HubPID: pid, StartedAt: time.Date(2026, 3, 2, 9, 15, 10, 123456789, time.UTC),
	}
}

func put(tb testing.TB, home, name, text string) string {
	tb.Helper()
	path := filepath.Join(registry.Dir(home), name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		tb.Fatal(err)
	}
	return path
}

// text returns a row as it is on disk.
func text(r registry.Row) string {
	return fmt.Sprintf(`{
  "cwd": %q,
  "name": %q,
  "hub_url": %q,
  "nats_url": %q,
  "hub_pid": %d,
  "started_at": %q
}`, r.CWD, r.Name, r.HubURL, r.NATSURL, r.HubPID, r.StartedAt.UTC().Format(time.RFC3339Nano))
}

func files(tb testing.TB, home string) []string {
	tb.Helper()
	entries, err := os.ReadDir(registry.Dir(home))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		tb.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// only returns a judge of pids by which just these are alive.
func only(pids ...int) func(int) bool {
	return func(pid int) bool { return slices.Contains(pids, pid) }
}

func TestWriteGivesTheContractsFile(t *testing.T) {
	home, r := t.TempDir(), row(t, 4100)
	local := r
	local.StartedAt = r.StartedAt.In(time.FixedZone("", 3600))
	if err := registry.Write(home, local); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home, ".bones", "workspaces", registry.ID(r.CWD)+".json")
	got, err := os.ReadFile(path)
	info, serr := os.Stat(path)
	if err != nil || serr != nil || string(got) != text(r) || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v, %v\n%s", err, serr, info, got)
	}
	if back, err := registry.Read(home, r.CWD); err != nil || back != r {
		t.Errorf("read back: %+v, %v", back, err)
	}
	if n := len(files(t, home)); n != 1 {
		t.Errorf("%d files", n)
	}
}

func TestRemove(t *testing.T) {
	home, r := t.TempDir(), row(t, 0)
	if err := registry.Remove(home, r.CWD); err != nil {
		t.Errorf("missing: %v", err)
	}
	if err := errors.Join(registry.Write(home, r), registry.Remove(home, r.CWD)); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.Read(home, r.CWD); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("removed: %v", err)
	}
}

func TestReadRefusesWhatIsNoRow(t *testing.T) {
	home := t.TempDir()
	for _, bad := range []string{"", "{", "[]", `"x"`, `{}`, `{"cwd":"relative"}`, `{"cwd":"/w","hub_pid":-1}`, `{"cwd":"/w","hub_pid":"7"}`, strings.Repeat(" ", 70_000) + `{"cwd":"/w"}`} {
		put(t, home, registry.ID("/w")+".json", bad)
		if r, err := registry.Read(home, "/w"); !errors.Is(err, registry.ErrBadRow) {
			t.Errorf("%.20q: %+v, %v", bad, r, err)
		}
	}
}

func TestListOfNothing(t *testing.T) {
	if rows, err := registry.List(t.TempDir(), only()); err != nil || len(rows) != 0 {
		t.Errorf("%v, %v", rows, err)
	}
}

// populate makes a registry with every kind of row and returns those that hold.
func populate(t *testing.T, home string) []registry.Row {
	t.Helper()
	running, idle, dead, gone := row(t, 7), row(t, 0), row(t, 8), row(t, 7)
	if err := os.Remove(gone.CWD); err != nil {
		t.Fatal(err)
	}
	for _, r := range []registry.Row{running, idle, dead, gone} {
		if err := registry.Write(home, r); err != nil {
			t.Fatal(err)
		}
	}
	put(t, home, registry.ID("/corrupt")+".json", "{")
	put(t, home, "notes.txt", "mine")
	put(t, home, registry.ID("/x")+".json.tmp.123", text(running))
	rows := []registry.Row{running, idle}
	slices.SortFunc(rows, func(a, b registry.Row) int { return strings.Compare(a.CWD, b.CWD) })
	return rows
}

func TestListPrunesWhatDoesNotHold(t *testing.T) {
	home := t.TempDir()
	want := populate(t, home)
	got, err := registry.List(home, only(7))
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	left := files(t, home)
	wantLeft := []string{
		registry.ID(want[0].CWD) + ".json", registry.ID(want[1].CWD) + ".json",
		registry.ID("/corrupt") + ".json", "notes.txt", registry.ID("/x") + ".json.tmp.123",
	}
	slices.Sort(wantLeft)
	if !slices.Equal(left, wantLeft) {
		t.Errorf("left %v, want %v", left, wantLeft)
	}
}

func TestSnapshotChangesNothing(t *testing.T) {
	home := t.TempDir()
	want := populate(t, home)
	before := files(t, home)
	got, err := registry.Snapshot(home, only(7))
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if after := files(t, home); !slices.Equal(after, before) {
		t.Errorf("left %v of %v", after, before)
	}
}

func TestAllKeepsWhatDoesNotHold(t *testing.T) {
	home := t.TempDir()
	populate(t, home)
	before := files(t, home)
	got, err := registry.All(home, only(7))
	if err != nil || len(got) != 4 {
		t.Errorf("got %+v, %v", got, err)
	}
	if after := files(t, home); !slices.Equal(after, before) {
		t.Errorf("left %v of %v", after, before)
	}
}

func TestListFoldsFilesOfTheOlderForm(t *testing.T) {
	at := func(r registry.Row, pid int, age time.Duration) registry.Row {
		r.HubPID, r.StartedAt = pid, r.StartedAt.Add(-age)
		return r
	}
	base := row(t, 0)
	id := registry.ID(base.CWD)
	cases := []struct {
		name  string
		files map[string]registry.Row
		want  registry.Row
		none  bool
	}{
		{"the only one", map[string]registry.Row{"-7.json": at(base, 7, 0)}, at(base, 7, 0), false},
		{"the alive one", map[string]registry.Row{"-7.json": at(base, 7, time.Hour), "-8.json": at(base, 8, 0)}, at(base, 7, time.Hour), false},
		{"the newest of the alive", map[string]registry.Row{"-7.json": at(base, 7, time.Hour), "-9.json": at(base, 9, 0)}, at(base, 9, 0), false},
		{"alive before canonical", map[string]registry.Row{".json": at(base, 8, 0), "-7.json": at(base, 7, time.Hour)}, at(base, 7, time.Hour), false},
		{"canonical and alive", map[string]registry.Row{".json": at(base, 7, 0), "-8.json": at(base, 8, 0)}, at(base, 7, 0), false},
		{"idle before dead", map[string]registry.Row{".json": at(base, 0, time.Hour), "-8.json": at(base, 8, 2*time.Hour)}, at(base, 0, time.Hour), false},
		{"none alive", map[string]registry.Row{"-8.json": at(base, 8, 0), "-10.json": at(base, 10, 0)}, registry.Row{}, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			home := t.TempDir()
			for suffix, r := range c.files {
				put(t, home, id+suffix, text(r))
			}
			for range 2 {
				got, err := registry.List(home, only(7, 9))
				if err != nil {
					t.Fatal(err)
				}
				if c.none {
					if len(got) != 0 || len(files(t, home)) != 0 {
						t.Errorf("got %+v of %v", got, files(t, home))
					}
				} else if !slices.Equal(got, []registry.Row{c.want}) || !slices.Equal(files(t, home), []string{id + ".json"}) {
					t.Errorf("got %+v of %v", got, files(t, home))
				}
			}
		})
	}
}

func TestListKeepsARowThatWasWrittenMeanwhile(t *testing.T) {
	home, r := t.TempDir(), row(t, 8)
	if err := registry.Write(home, r); err != nil {
		t.Fatal(err)
	}
	renewed := r
	renewed.HubPID = 7
	_, err := registry.List(home, func(pid int) bool {
		if pid == 8 { // the judged hub is dead; a new one registers now
			if err := registry.Write(home, renewed); err != nil {
				t.Error(err)
			}
		}
		return pid == 7
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := registry.Read(home, r.CWD); err != nil || got != renewed {
		t.Errorf("left %+v, %v", got, err)
	}
}

func TestListPrunesARowWithAnOffsetInItsTime(t *testing.T) {
	home := t.TempDir()
	put(t, home, registry.ID("/gone")+".json", `{"cwd":"/no/such/root","started_at":"2026-03-02T09:15:10+02:00"}`)
	if rows, err := registry.List(home, only()); err != nil || len(rows) != 0 || len(files(t, home)) != 0 {
		t.Errorf("%v, %v, left %v", rows, err, files(t, home))
	}
}

func FuzzRowsNeverPanic(f *testing.F) {
	f.Add([]byte(`{"cwd":"/","name":"n","hub_pid":7,"started_at":"2026-03-02T09:15:10.1Z"}`))
	f.Add([]byte(`{"cwd":"/","hub_pid":1e99}`))
	home := f.TempDir()
	f.Fuzz(func(t *testing.T, file []byte) {
		put(t, home, registry.ID("/")+".json", string(file))
		rows, err := registry.Snapshot(home, only(7))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if back, err := registry.Read(home, "/"); err != nil || back.CWD != r.CWD || !filepath.IsAbs(r.CWD) {
				t.Errorf("%+v, %v", back, err)
			}
		}
	})
}

func TestRemoveOwnLeavesWhatAnotherHubHasListed(t *testing.T) {
	home := t.TempDir()
	old := registry.Row{CWD: filepath.Join(home, "ws"), HubPID: 7, StartedAt: time.Unix(1, 5)}
	young := old
	young.StartedAt = time.Unix(2, 0)
	if err := errors.Join(registry.RemoveOwn(home, old), registry.Write(home, young), registry.RemoveOwn(home, old)); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.Read(home, old.CWD); err != nil {
		t.Errorf("the other hub's row: %v", err)
	}
	if err := registry.RemoveOwn(home, young); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.Read(home, old.CWD); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its own row: %v", err)
	}
}
