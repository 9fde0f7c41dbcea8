package flow_test

import (
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Everything is wrong with the first ack; each row puts one thing right.
func TestPollAckRefusals(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Queue(5, world.Acme, registry.TextNotice{Text: "mine"})
	w.Queue(6, world.Other, registry.TextNotice{Text: "theirs"})
	w.Queue(7, world.Poor, registry.TextNotice{Text: "of who wants none"})
	w.Do("", flow.RegistrarPoll{Registrar: world.Poor, Off: true})
	who, cmd := world.Suspended, flow.PollAck{}
	for _, test := range []struct {
		put  func()
		want registry.Code
		says string
	}{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Acme }, registry.ParameterMissing, "an ack says which message; give msgID with the id of the answer to req"},
		{func() { cmd.ID = "x5" }, registry.ObjectMissing, "no such message waits in the registrar's queue; send req and take the id of its answer"},
		{func() { cmd.ID = "6" }, registry.ObjectMissing, "no such message waits in the registrar's queue; send req and take the id of its answer"},
		{func() { who, cmd.ID = world.Poor, "7" }, registry.ObjectMissing, "no such message waits in the registrar's queue; send req and take the id of its answer"},
	} {
		test.put()
		_, err := w.Run(who, cmd)
		wantRefusal(t, err, test.want, test.says)
	}
	if got := w.Do(world.Acme, flow.PollAck{ID: "5"}); got != (flow.PollAcked{ID: "5"}) {
		t.Errorf("the ack that is right: %+v", got)
	}
	if rows := w.Rows("SELECT * FROM log WHERE object = 'poll'"); rows != "" {
		t.Errorf("a poll is in the transaction log: %s", rows)
	}
}

// A queue gives its messages in order, counts them, and a message that was acknowledged is gone. A later one
// can be acknowledged first. The count stops at its limit.
func TestPoll(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Service.Profile.Versions = slices.Clone(w.Service.Profile.Versions)
	w.Service.Profile.Versions[0].Terms.Limits.PollCounted = 3
	for i := range int64(5) {
		w.Queue(10+i, world.Acme, registry.TextNotice{Text: strconv.FormatInt(i, 10)})
	}
	head := func(id int64, count int) {
		t.Helper()
		reply, err := w.Ask(world.Acme, flow.PollRequest{})
		p, ok := reply.(flow.Polled)
		if err != nil || !ok || p.Message.ID != id || p.Count != count {
			t.Fatalf("req: %+v, %v, want message %d and a count of %d", reply, err, id, count)
		}
	}
	ack := func(id string, left int) {
		t.Helper()
		if got := w.Do(world.Acme, flow.PollAck{ID: id}); got != (flow.PollAcked{ID: id, Count: left}) {
			t.Fatalf("ack: %+v, want %d left", got, left)
		}
	}
	head(10, 3)
	head(10, 3)
	ack("12", 3)
	head(10, 3)
	ack("10", 3)
	head(11, 3)
	ack("11", 2)
	ack("13", 1)
	head(14, 1)
	ack("14", 0)
	if reply, err := w.Ask(world.Acme, flow.PollRequest{}); err != nil || reply != (flow.NoMessage{}) {
		t.Errorf("req of an empty queue: %+v, %v", reply, err)
	}
}

// Sessions that acknowledge the same messages at once: each message is acknowledged once, and the others are
// told that it is not there.
func TestPollAckRace(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	const messages, sessions = 20, 4
	for i := range int64(messages) {
		w.Queue(i+1, world.Acme, registry.TextNotice{Text: "one"})
	}
	var mu sync.Mutex
	won, lost := map[string]int{}, 0
	var group sync.WaitGroup
	for range sessions {
		group.Go(func() {
			for i := range messages {
				id := strconv.Itoa(i + 1)
				_, err := w.Run(world.Acme, flow.PollAck{ID: id})
				mu.Lock()
				if err == nil {
					won[id]++
				} else if e := refusal(err); e != nil && e.Code == registry.ObjectMissing {
					lost++
				} else {
					t.Errorf("ack of %s: %v", id, err)
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	for id, n := range won {
		if n != 1 {
			t.Errorf("message %s was acknowledged %d times", id, n)
		}
	}
	if len(won) != messages || lost != messages*(sessions-1) {
		t.Errorf("%d messages acknowledged, %d refusals", len(won), lost)
	}
}

// Nothing is queued for a registrar that wants no messages, and what waited is not shown until it wants
// them again.
func TestPollOff(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Acme, "before.co")
	w.Domain(world.Acme, "while.co")
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("before.co")})
	w.Do("", flow.RegistrarPoll{Registrar: world.Acme, Off: true})
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("while.co")})
	if got := w.Take(world.Acme); got != nil {
		t.Errorf("a queue that is off shows %+v", got)
	}
	w.Do("", flow.RegistrarPoll{Registrar: world.Acme})
	if got := w.Take(world.Acme); len(got) != 1 || got[0].Notice.(registry.PendingActionNotice).Name != "before.co" {
		t.Errorf("a queue that is on again shows %+v, want that before.co is purged", got)
	}
	_, err := w.Run("", flow.RegistrarPoll{Registrar: world.Stranger})
	wantRefusal(t, err, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all")
}

// pendingActions are the messages that tell of the end of what a command began.
func pendingActions(list []registry.PollMessage) []registry.PollMessage {
	var found []registry.PollMessage
	for _, m := range list {
		if m.Notice.Kind() == registry.NoticePendingAction {
			found = append(found, m)
		}
	}
	return found
}

// Who deleted a name and still sponsors it is told of its purge, with the ids of the delete: at once in add
// grace, else at the instant of the purge, whoever writes it down. Nobody is told of a name that time
// deleted.
func TestPurgeMessages(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Acme, "young.co")
	w.Domain(world.Acme, "old.co")
	w.Domain(world.Deleter, "lapsed.co")
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("young.co")})
	got := w.Take(world.Acme)
	if len(got) != 1 || !got[0].At.Equal(w.Now()) {
		t.Fatalf("after a delete in add grace: %+v", got)
	}
	n := got[0].Notice.(registry.PendingActionNotice)
	if n.Name != "young.co" || !n.Done || n.ClTRID != "client" || n.SvTRID == "" || !n.At.Equal(w.Now()) {
		t.Errorf("after a delete in add grace: %+v", n)
	}
	w.At("2026-04-01T12:00:00Z")
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("old.co")})
	svTRID := w.Rows("SELECT svtrid FROM log WHERE object_id = 'old.co' AND command = 'delete'")
	w.At("2028-01-01T00:00:00Z")
	w.Settle()
	w.Settle()
	got = pendingActions(w.Take(world.Acme))
	if len(got) != 1 {
		t.Fatalf("after the purge: %+v", got)
	}
	n = got[0].Notice.(registry.PendingActionNotice)
	purge := time.Date(2026, 5, 6, 12, 1, 0, 0, time.UTC) // 35 days and 60 to 120 s after the delete
	if n.Name != "old.co" || n.SvTRID+"\n" != svTRID || n.At.Before(purge) || n.At.After(purge.Add(time.Minute)) || !got[0].At.Equal(n.At) {
		t.Errorf("after the purge: %+v, want the ids of the delete %s and an instant of %s", n, svTRID, purge)
	}
	told := w.Take(world.Deleter)
	if len(told) == 0 || told[0].Notice.Event() != registry.EventAutoDeleted || pendingActions(told) != nil {
		t.Errorf("after a purge of a name that time deleted: %+v, want that it was deleted, and nothing of its purge", told)
	}
}

// Messages that nobody fetches are removed when they are too old, a part at a time.
func TestPollExpire(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	for i := range int64(3) {
		w.Queue(i+1, world.Acme, registry.TextNotice{Text: "old"})
	}
	w.At("2027-03-01T12:00:00Z")
	w.Queue(4, world.Acme, registry.TextNotice{Text: "new"})
	if got := w.Do("", flow.PollExpire{Limit: 2}); got != 0 {
		t.Errorf("%v messages of 365 days were removed, want none", got)
	}
	w.Pass(time.Second)
	for _, want := range []int{2, 1, 0} {
		if got := w.Do("", flow.PollExpire{Limit: 2}); got != want {
			t.Errorf("%v messages were removed, want %d", got, want)
		}
	}
	if got := w.Take(world.Acme); len(got) != 1 || got[0].ID != 4 {
		t.Errorf("%+v is left, want the new one", got)
	}
}
