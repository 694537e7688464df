package hub_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"bones-tui/hub"
)

// FuzzStatus reads an answer that any client can give.
func FuzzStatus(f *testing.F) {
	for _, s := range []string{``, `null`, `[]`, `{"pid":1}`, `{"pid":-1,"at":"9999-12-31T23:59:59-12:00"}`, `{"phase":"\u001b[2J","pid":1e99}`} {
		f.Add([]byte(s))
	}
	if whole, err := json.Marshal(hub.Status{PID: 1}); err == nil {
		f.Add(whole)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if st, err := hub.Believe(data, 1); err == nil && st.PID != 1 {
			t.Fatalf("%q is believed", data)
		}
	})
}

func FuzzMarks(f *testing.F) {
	f.Add([]byte("{}\n44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\n"))
	f.Add([]byte("null\n74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b\n"))
	f.Add([]byte(""))
	path := filepath.Join(f.TempDir(), "marks")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_ = hub.ReadMarks(path)
	})
}
