package hub_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/checkup"
	"bones-tui/hub/findings"
	"bones-tui/slots"
)

// publishRaw writes a message under a subject that client libraries refuse.
func publishRaw(tb testing.TB, url, subject, data string) {
	tb.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "nats://"))
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		tb.Fatal(err)
	}
	fmt.Fprintf(conn, "CONNECT {\"verbose\":false}\r\nSUB ack 1\r\nPUB %s ack %d\r\n%s\r\n", subject, len(data), data)
	var got []byte
	for buf := make([]byte, 4096); !bytes.Contains(got, []byte("MSG ack")); {
		n, err := conn.Read(buf)
		if got = append(got, buf[:n]...); err != nil {
			tb.Fatalf("no answer to %q: %v: %q", subject, err, got)
		}
	}
}

func bucketOf(tb testing.TB, nc *nats.Conn, name string) jetstream.KeyValue {
	tb.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		tb.Fatal(err)
	}
	kv, err := js.KeyValue(tb.Context(), name)
	if err != nil {
		tb.Fatal(err)
	}
	return kv
}

// Keys that corrupt JetStream's index at a restart cannot be refused by the server that we
// embed; they are told of, by name, and nothing is lost.
func TestKeysThatCorruptTheIndexAreTold(t *testing.T) {
	for name, key := range map[string]string{
		"no UTF-8": "a\xffb", "U+FFFD": "a\ufffdb", "NUL": "a\x00b", "form feed": "a\fb", "wildcard": "a.>.b",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := newWorkspace(t)
			h := startHub(t, root)
			publishRaw(t, hub.NATSURL(root), "$KV."+slots.BucketTasks+"."+key, `{"id":"x"}`)
			publishRaw(t, hub.NATSURL(root), "tasks.events."+key, `{"type":1,"task_id":"`+strings.ToValidUTF8(key, "?")+`"}`)
			kv := bucketOf(t, h.Conn(), slots.BucketTasks)
			if _, err := kv.Put(t.Context(), "good", []byte(`{"id":"good"}`)); err != nil {
				t.Fatal(err)
			}
			stopHub(t, h)
			h = startHub(t, root)
			if _, err := bucketOf(t, h.Conn(), slots.BucketTasks).Get(t.Context(), "good"); err != nil {
				t.Errorf("after a restart the good record: %v", err)
			}
			for _, f := range checkup.Run(t.Context(), root) {
				if f.Grade == findings.GradeWarn && strings.Contains(f.Text, "stream KV_bones-tasks has 1 key that no client should have written") {
					return
				}
			}
			t.Errorf("doctor says nothing of %q", key)
		})
	}
}

// Streams that take messages from elsewhere, or pass them on, are named: at a start, and by
// the doctor.
func TestStreamsThatAreNotSetUpAsOursAreNamed(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	h := startHub(t, root)
	js, err := jetstream.New(h.Conn())
	if err != nil {
		t.Fatal(err)
	}
	foreign := map[string]jetstream.StreamConfig{
		`evil-mirror mirrors "KV_bones-tasks"`:                      {Name: "evil-mirror", Mirror: &jetstream.StreamSource{Name: "KV_bones-tasks"}},
		`evil-source takes in "KV_bones-tasks"`:                     {Name: "evil-source", Sources: []*jetstream.StreamSource{{Name: "KV_bones-tasks"}}},
		`evil-echo publishes again what comes in on "a.>" as "b.>"`: {Name: "evil-echo", Subjects: []string{"a.>"}, RePublish: &jetstream.RePublish{Source: "a.>", Destination: "b.>"}},
		`evil-turn renames "c.>" to "d.>"`:                          {Name: "evil-turn", Subjects: []string{"c.>"}, SubjectTransform: &jetstream.SubjectTransformConfig{Source: "c.>", Destination: "d.>"}},
		`evil-seal is sealed`:                                       {Name: "evil-seal", Subjects: []string{"e.>"}},
	}
	for _, c := range foreign {
		if _, err := js.CreateStream(t.Context(), c); err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
	}
	sealed := foreign["evil-seal is sealed"]
	sealed.Sealed = true
	if _, err := js.UpdateStream(t.Context(), sealed); err != nil {
		t.Fatal(err)
	}
	stopHub(t, h)
	startHub(t, root)
	var told []string
	for _, f := range checkup.Run(t.Context(), root) {
		if f.Grade == findings.GradeWarn && f.Check == "store" {
			told = append(told, f.Text)
		}
	}
	if len(told) != len(foreign) {
		t.Errorf("the doctor says %q", told)
	}
	for want := range foreign {
		if !strings.Contains(strings.Join(told, "\n"), "stream "+want+", which no hub") {
			t.Errorf("the doctor does not say %q", want)
		}
		within(t, time.Minute, want, func() bool {
			named, _, _ := strings.Cut(want, `"`)
			return strings.Contains(readFile(t, bonesdir.At(root).Log()), "hub: stream "+named)
		})
	}
}

// An answer of another client is not believed, whatever it says and however long it is.
func TestImpostorsAreNotBelieved(t *testing.T) {
	t.Parallel()
	forged, err := json.Marshal(hub.Status{PID: 2})
	if err != nil {
		t.Fatal(err)
	}
	for name, answer := range map[string][]byte{
		"another process": forged, "garbage": []byte("\x1b[2J"), "deep": bytes.Repeat([]byte("["), 100_000),
		"8 MB": bytes.Repeat([]byte(" "), 8<<20-100), "nothing": nil, "a list": []byte("[]"), "null": []byte("null"),
	} {
		t.Run(name, func(t *testing.T) {
			if st, err := hub.Believe(answer, 1); err == nil {
				t.Errorf("believed: %+v", st)
			} else if n := len(err.Error()); n > 500 {
				t.Errorf("the refusal has %d bytes", n)
			}
		})
	}
}

// Requests to hand over that make no sense change nothing.
func TestSenselessRequestsChangeNothing(t *testing.T) {
	h := startHub(t, newWorkspace(t))
	for _, data := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("["), 100_000), bytes.Repeat([]byte("x"), 1<<20), []byte(`{"repo_port":-1e99}`)} {
		m, err := h.Conn().Request("bones.hub.restart", data, 20*time.Second)
		if err != nil || m.Header.Get("Nats-Service-Error") == "" {
			t.Errorf("%.20q is answered by %v, %v", data, m, err)
		}
	}
	if st := statusOf(t, h); st.Phase != hub.PhaseReady {
		t.Errorf("the hub is %v", st.Phase)
	}
}

// A burst of events whose records never come is logged whole, in bounded memory.
func TestBurstOfEventsIsLogged(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	h := startHub(t, root)
	const events = 12_000
	long := strings.Repeat("x", 10_000)
	for i := range events {
		data := fmt.Appendf(nil, `{"type":2,"task_id":"burst-%d","payload":{"agent_id":%q}}`, i, "a")
		if i%1000 == 0 {
			data = fmt.Appendf(nil, `{"type":2,"task_id":"burst-%s","payload":{"agent_id":%q}}`, long, long)
		}
		if err := h.Conn().Publish("tasks.events.burst", data); err != nil {
			t.Fatal(err)
		}
	}
	within(t, time.Minute, "every event in the log", func() bool {
		return strings.Count(readFile(t, hub.LogPath(root)), `"task":"burst-`) >= events
	})
	lines := strings.Split(readFile(t, hub.LogPath(root)), "\n")
	if longest := slices.MaxFunc(lines, func(a, b string) int { return len(a) - len(b) }); len(longest) > 2000 {
		t.Errorf("a line has %d bytes", len(longest))
	}
}
