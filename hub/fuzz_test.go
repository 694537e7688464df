package hub_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"bones-tui/hub"
	"bones-tui/slots"
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

// FuzzReplay gives effect to any event on any record: the result is a record that can be
// written, of the same task.
func FuzzReplay(f *testing.F) {
	const record = `{"id":"t","title":"x","status":"open","files":null,"schema_version":4}`
	for _, event := range []string{
		`{"type":1,"task_id":"t","payload":{"title":"x","snapshot":{"id":"other"}}}`,
		`{"type":2,"task_id":"t","payload":{"agent_id":"a","claim_epoch":1}}`,
		`{"type":3,"task_id":"t","payload":{}}`,
		`{"type":4,"task_id":"t","payload":{"changes":[{"field":"title","old":"x","new":{}},{"field":"","new":null}]}}`,
		`{"type":5,"task_id":"t","payload":{"edge_type":"blocks","other_id":"t"}}`,
		`{"type":6,"task_id":"t","payload":{"to":"..","from":""}}`,
		`{"type":7,"task_id":"t","timestamp":"9999-12-31T23:59:59-12:00","payload":null}`,
	} {
		f.Add([]byte(record), []byte(event))
		f.Add([]byte(nil), []byte(event))
	}
	f.Fuzz(func(t *testing.T, record, event []byte) {
		ev, err := slots.DecodeTaskEvent(event)
		if err != nil {
			return
		}
		task, err := slots.DecodeTask(record)
		before := &task
		if err != nil {
			before = nil
		}
		after, ok := hub.Replay(before, ev)
		if ok && before != nil && after.ID != before.ID {
			t.Fatalf("%s on %s makes another task of it: %+v", event, record, after)
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
