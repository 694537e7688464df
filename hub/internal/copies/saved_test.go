package copies_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"bones-tui/hub/internal/copies"
)

// A saved state without its manifest is listed as it lies, and stays.
func TestDamagedManifests(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"missing":     os.Remove,
		"empty":       func(path string) error { return os.Truncate(path, 0) },
		"cut":         func(path string) error { return os.Truncate(path, 30) },
		"of nothing":  func(path string) error { return os.WriteFile(path, []byte("null"), 0o600) },
		"a directory": func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
	} {
		t.Run(name, func(t *testing.T) {
			d, tree := workspace(t, "a", "sub/b")
			save(t, copies.NewTaker(d, uuid.NewString()), work(t, "api", tree))
			path := trees(t, d)[0].Path
			if err := damage(filepath.Join(path, "edits.json")); err != nil {
				t.Fatal(err)
			}
			list := trees(t, d)
			if len(list) != 1 || list[0].Problem == "" || list[0].Slot != "api" || !slices.Equal(names(list[0]), []string{"a", "sub/b"}) {
				t.Fatalf("%+v", list)
			}
			if age := time.Since(list[0].Taken); age > time.Hour || age < -time.Hour {
				t.Errorf("taken at %v", list[0].Taken)
			}
			if n, err := copies.CopyTree(t.Context(), list[0], filepath.Join(t.TempDir(), "into")); err != nil || n != 2 {
				t.Errorf("%d, %v", n, err)
			}
			if gone := prune(t, d); len(gone) > 0 {
				t.Errorf("removed %v", gone)
			}
			save(t, copies.NewTaker(d, uuid.NewString()), work(t, "api", tree))
			if list := trees(t, d); len(list) != 2 {
				t.Errorf("it counts as saved: %+v", list)
			}
		})
	}
}

// A time that cannot be told is unknown.
func TestTimesThatCannotBeTold(t *testing.T) {
	d, _ := workspace(t)
	for _, at := range []int64{99999999999999, 253402300800, 9223372036854775807} {
		put(t, filepath.Join(d.Recovery(), fmt.Sprintf("far-%d", at), "q"), "q")
	}
	for _, at := range []string{"1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-10:00"} {
		dir := savedBy(t, d, "x", "a")
		text := fmt.Sprintf(`{"slot":"x","taken":%q,"files":[{"name":"a","kind":"added"}]}`, at)
		put(t, filepath.Join(dir, "edits.json"), text)
	}
	list := trees(t, d)
	if len(list) != 6 {
		t.Errorf("%d are listed", len(list))
	}
	for _, tree := range list {
		if _, err := json.Marshal(tree.Taken.UTC()); err != nil || time.Since(tree.Taken) > time.Hour || time.Since(tree.Taken) < -time.Hour {
			t.Errorf("%s: %v, %v", tree.Path, tree.Taken, err)
		}
	}
}
