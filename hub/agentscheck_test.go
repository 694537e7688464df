package hub_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/fossil"
	"bones-tui/slots"
)

// busy waits until each kind of work was confirmed once more, that is until the agents
// have a hub and use it.
func (a *agents) busy(tb testing.TB) {
	tb.Helper()
	before := a.snapshot()
	for _, kind := range a.kinds {
		within(tb, 30*time.Second, kind+" confirmed", func() bool { return a.snapshot()[kind] > before[kind] })
	}
}

func (a *agents) snapshot() map[string]int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.progress)
}

// outages returns what the agents went through since the last call. A gap counts where
// it ends, so a caller waits with busy first.
func (a *agents) outages() outages {
	a.mu.Lock()
	defer a.mu.Unlock()
	o := a.outage
	a.outage = outages{}
	return o
}

// String counts what was confirmed.
func (a *agents) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return fmt.Sprintf("%d messages, %d leases of %d slots, %d check-ins confirmed",
		len(a.done.messages), a.progress["lease"], len(a.done.slots), len(a.done.checkIns))
}

// check fails the test for each thing that was confirmed since the last check and is
// not there, and for each lease and slot directory. The workspace needs a ready hub;
// agents may be at work.
func (a *agents) check(tb testing.TB) {
	tb.Helper()
	report(tb, a.losses(tb, false))
}

// checkAll is check of everything that was ever confirmed, and looks into the whole
// repository.
func (a *agents) checkAll(tb testing.TB) {
	tb.Helper()
	report(tb, a.losses(tb, true))
}

func report(tb testing.TB, lost []string) {
	tb.Helper()
	for _, what := range lost[:min(len(lost), 20)] {
		tb.Error(what)
	}
	if len(lost) > 20 {
		tb.Errorf("and %d more", len(lost)-20)
	}
}

// losses names what is not there.
func (a *agents) losses(tb testing.TB, all bool) (lost []string) {
	tb.Helper()
	want := a.take(all)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	limit := 30*time.Second + time.Duration(len(want.messages))*time.Millisecond
	lost = append(lost, a.retry(tb, limit, func(ctx context.Context, js jetstream.JetStream) []string { return lostMessages(ctx, js, want) })...)
	lost = append(lost, a.retry(tb, limit, func(ctx context.Context, js jetstream.JetStream) []string { return lostLeases(ctx, js, want) })...)
	lost = append(lost, a.lostCheckIns(ctx, want.checkIns, all)...)
	for _, name := range want.slots {
		got, err := os.ReadFile(filepath.Join(a.dir.Slot(name), "wt", "work.txt"))
		if err != nil || string(got) != "work of "+name+"\n" {
			lost = append(lost, fmt.Sprintf("work of slot %s is lost: %q, %v", name, got, err))
		}
	}
	return lost
}

// lookTries is how often one looks for what is not there: an answer may get lost.
const lookTries = 3

// retry looks again, on a new connection, if something is not there.
func (a *agents) retry(tb testing.TB, limit time.Duration, look func(context.Context, jetstream.JetStream) []string) (lost []string) {
	tb.Helper()
	for range lookTries {
		js, end := a.dial(tb)
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		lost = look(ctx, js)
		cancel()
		end()
		if len(lost) == 0 {
			return nil
		}
	}
	return lost
}

// take returns a copy of what is to be looked for, which then is not fresh any more.
func (a *agents) take(all bool) record {
	a.mu.Lock()
	defer a.mu.Unlock()
	want := a.fresh
	a.fresh = newRecord()
	if all {
		want.messages, want.checkIns = maps.Clone(a.done.messages), slices.Clone(a.done.checkIns)
	}
	want.leases, want.revs, want.slots = maps.Clone(a.done.leases), maps.Clone(a.done.revs), slices.Clone(a.done.slots)
	return want
}

// dial connects to the hub that the URL file names.
func (a *agents) dial(tb testing.TB) (js jetstream.JetStream, end func()) {
	tb.Helper()
	var nc *nats.Conn
	within(tb, 30*time.Second, "connected", func() (ok bool) {
		var err error
		nc, err = nats.Connect(a.dir.NATSURL(), nats.Timeout(agentsPatience))
		return err == nil
	})
	js, err := jetstream.New(nc)
	if err != nil {
		tb.Fatal(err)
	}
	return js, nc.Close
}

// lostMessages reads the stream from the first message that is wanted to the last.
func lostMessages(ctx context.Context, js jetstream.JetStream, want record) (lost []string) {
	if len(want.messages) == 0 {
		return nil
	}
	sequences := slices.Sorted(maps.Keys(want.messages))
	got, err := readMessages(ctx, js, sequences[0], sequences[len(sequences)-1])
	if err != nil {
		return []string{fmt.Sprintf("the stream of %d messages: %v", len(want.messages), err)}
	}
	for seq, subject := range want.messages {
		if got[seq] != subject {
			lost = append(lost, fmt.Sprintf("message %d, %s, is lost: there is %q", seq, subject, got[seq]))
		}
	}
	return lost
}

// readMessages returns the subjects of the messages of a range that are there.
func readMessages(ctx context.Context, js jetstream.JetStream, first, last uint64) (map[uint64]string, error) {
	stream, err := js.Stream(ctx, slots.StreamTaskEvents)
	if err != nil {
		return nil, err
	}
	c, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: first})
	if err != nil {
		return nil, err
	}
	got := map[uint64]string{}
	for {
		batch, err := c.FetchNoWait(1000)
		if err != nil {
			return nil, err
		}
		any, past := false, false
		for m := range batch.Messages() {
			at, err := m.Metadata()
			if err != nil {
				return nil, err
			}
			any, past = true, past || at.Sequence.Stream >= last
			got[at.Sequence.Stream] = m.Subject()
		}
		if err := errors.Join(batch.Error(), ctx.Err()); err != nil || !any || past {
			return got, err
		}
	}
}

// lostLeases looks for the newest confirmed record of each slot, or a newer one.
func lostLeases(ctx context.Context, js jetstream.JetStream, want record) (lost []string) {
	kv, err := js.KeyValue(ctx, slots.BucketSessions)
	if err != nil {
		return []string{fmt.Sprintf("the bucket of %d leases: %v", len(want.leases), err)}
	}
	for name, s := range want.leases {
		e, err := kv.Get(ctx, name)
		if err != nil {
			lost = append(lost, fmt.Sprintf("lease of %s is lost: %v", name, err))
			continue
		}
		got, err := slots.DecodeSession(e.Value())
		if err != nil || e.Revision() < want.revs[name] || got.LastRenewed.Before(s.LastRenewed) {
			lost = append(lost, fmt.Sprintf("lease of %s went back from %d, %s, to %d, %s: %v",
				name, want.revs[name], s.LastRenewed, e.Revision(), got.LastRenewed, err))
		}
	}
	return lost
}

// lostCheckIns looks in the repository and in those that a reseed has archived.
func (a *agents) lostCheckIns(ctx context.Context, want []string, whole bool) (lost []string) {
	archives, err := filepath.Glob(filepath.Join(a.dir.State, "hub-*.fossil"))
	if err != nil {
		return []string{err.Error()}
	}
	slices.Reverse(archives) // the newest have what is fresh
	for i, path := range append([]string{a.dir.Fossil()}, archives...) {
		if i > 0 && len(want) == 0 {
			break
		}
		if want, err = missing(ctx, path, want, whole && i == 0); err != nil {
			lost = append(lost, err.Error())
		}
	}
	for _, uuid := range want {
		lost = append(lost, fmt.Sprintf("check-in %s is lost", uuid))
	}
	return lost
}

// missing returns what of want the repository does not have.
func missing(ctx context.Context, path string, want []string, whole bool) (not []string, err error) {
	repo, err := fossil.Open(ctx, path, fossil.ReadOnly, fossil.WithoutCheck())
	if err != nil {
		return want, err
	}
	defer func() { err = errors.Join(err, repo.Close()) }()
	all, err := repo.Timeline(ctx, fossil.TimelineOptions{})
	if err != nil {
		return want, err
	}
	there := map[string]bool{}
	for _, ci := range all {
		there[ci.UUID] = true
	}
	for _, uuid := range want {
		if !there[uuid] {
			not = append(not, uuid)
		}
	}
	if whole {
		err = repo.Verify(ctx)
	}
	return not, err
}
