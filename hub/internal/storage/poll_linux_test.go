package storage_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

const withoutEventsEnv = "STORAGE_TEST_WITHOUT_EVENTS"

// Where the user's watches are used up, looking at the paths must do.
func TestWatchWithoutEvents(t *testing.T) {
	if os.Getenv(withoutEventsEnv) != "" {
		TestWatchTellsWhatHappened(t)
		return
	}
	for _, limit := range []string{"max_inotify_instances", "max_inotify_watches"} {
		cmd := exec.Command("unshare", "-Ur", "--", "sh", "-c",
			`echo 0 > /proc/sys/user/`+limit+` || exit 77; exec "$0" -test.run='^TestWatchWithoutEvents$' -test.v`, os.Args[0])
		cmd.Env = append(os.Environ(), withoutEventsEnv+"=1")
		out, err := cmd.CombinedOutput()
		if err != nil && !strings.Contains(string(out), "--- FAIL") {
			t.Skipf("SKIPPED: events cannot be taken away here: %v\n%s", err, out)
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", limit, err, out)
		}
	}
}
