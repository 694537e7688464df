package hub_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"bones-tui/hub"
)

// TestMicroServiceIsFound asks what `nats micro ls` and `nats micro info` ask, and
// then the endpoints that are named there.
func TestMicroServiceIsFound(t *testing.T) {
	root := newWorkspace(t)
	startHub(t, root)
	nc, err := nats.Connect(hub.NATSURL(root))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	ask := func(subject string) *nats.Msg {
		t.Helper()
		m, err := nc.Request(subject, nil, 10*time.Second)
		if err != nil {
			t.Fatalf("%s: %v", subject, err)
		}
		return m
	}
	var info micro.Info
	if err := json.Unmarshal(ask("$SRV.INFO.bones-hub").Data, &info); err != nil {
		t.Fatal(err)
	}
	subjects := map[string]string{}
	for _, e := range info.Endpoints {
		subjects[e.Name] = e.Subject
	}
	if len(subjects) != 3 || info.Version != hub.Version {
		t.Errorf("the service says %+v", info)
	}
	if m := ask(subjects["health"]); string(m.Data) != "ok" || m.Header.Get(micro.ErrorHeader) != "" {
		t.Errorf("health: %q, %v", m.Data, m.Header)
	}
	var st hub.Status
	if err := json.Unmarshal(ask(subjects["status"]).Data, &st); err != nil || st.Phase != hub.PhaseReady || !st.NATS.Up {
		t.Errorf("status: %+v, %v", st, err)
	}
}
