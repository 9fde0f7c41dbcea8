package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	post "example.org/dorado/front/mail"
	"example.org/dorado/store"
)

// A nursery is a test environment within the test.
type nursery struct {
	*testing.T
	all *sandboxes
}

func newNursery(t *testing.T) nursery {
	t.Helper()
	dir := shortDir(t)
	c := defaults()
	files, err := newFiles(c, making{})
	if err == nil {
		err = writeFiles(dir, files)
	}
	if err != nil {
		t.Fatal(err)
	}
	core, err := openCoreWith(t.Context(), dir, c, slog.New(slog.DiscardHandler), store.Options{Unsynced: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { core.db.Close() })
	writer, err := post.NewWriter(post.House{Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	all, err := openSandboxes(core, dir, noLease, writer)
	if err != nil {
		t.Fatal(err)
	}
	return nursery{t, all}
}

// sandbox makes a sandbox with one credential, which has a contact.
func (n nursery) sandbox(name string) *sandbox {
	n.Helper()
	s := n.all.newSandbox(name)
	s.record.Registrar = registry.RegistrarID("R-" + name)
	account := registry.Registrar{ID: registry.RegistrarID(name + "-A"), Name: name, Email: "a@test.example"}
	if err := errors.Join(os.Mkdir(s.dir, 0o700), s.keep(), s.fill(n.Context(), []registry.Registrar{account})); err != nil {
		n.Fatal(err)
	}
	n.all.mu.Lock()
	n.all.names[name], n.all.owners[s.record.Registrar] = s, s
	n.all.mu.Unlock()
	n.Cleanup(func() {
		s.using.Lock()
		defer s.using.Unlock()
		s.shut()
	})
	n.do(s, flow.ContactCreate{
		ID: "C-1", Int: &registry.Postal{Name: "Ana", Street: []string{"Calle 1"}, City: "Bogota", Postcode: "110111", Country: "CO"},
		Voice: &registry.Phone{Number: "+57.6015550100"}, Email: "ana@example.com",
	})
	return s
}

// do runs a command of a sandbox's credential.
func (n nursery) do(s *sandbox, cmd flow.Command) {
	who := registry.RegistrarID(s.name + "-A")
	if _, err := s.service.Run(n.Context(), flow.Request{Registrar: who, SvTRID: n.all.core.trid(), Command: cmd}); err != nil {
		n.Errorf("%T in %s: %v", cmd, s.name, err)
	}
}

// register registers so many names, many at a time.
func (n nursery) register(s *sandbox, label string, many int) {
	n.Helper()
	numbers := make(chan int)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for i := range numbers {
				n.do(s, flow.DomainCreate{
					Name: names.MustParse(fmt.Sprintf("%s%d.co", label, i)), Registrant: "C-1", AuthInfo: "Code-1234567",
					Contacts: []flow.Role{{Role: "admin", ID: "C-1"}, {Role: "tech", ID: "C-1"}},
				})
			}
		})
	}
	for i := range many {
		numbers <- i
	}
	close(numbers)
	all.Wait()
	if n.Failed() {
		n.FailNow()
	}
}

func (n nursery) move(s *sandbox, by string) clockState {
	n.Helper()
	state, err := s.move(n.Context(), clockMove{Advance: by})
	if err != nil {
		n.Fatal(err)
	}
	return state
}

// A movement ends on its way when the lease has gone to another node, which may have the sandbox by now, also where it has come
// back since.
func TestMovementEndsWithTheLease(t *testing.T) {
	n := newNursery(t)
	type passing struct { // of the lease, when a clock has come so far
		clock *clock
		at    time.Time
		back  bool
	}
	var passes atomic.Pointer[passing]
	n.all.lease = func() (registry.Fence, bool) {
		if p := passes.Load(); p != nil && p.clock.Now().After(p.at) {
			return registry.Fence{Lease: oteLease, Number: 3}, p.back
		}
		return registry.Fence{Lease: oteLease, Number: 1}, true
	}
	for _, back := range []bool{false, true} {
		s := n.sandbox(fmt.Sprintf("OTE%t", back))
		n.register(s, "first", 1)
		n.move(s, "10d")
		n.register(s, "second", 1)
		was := s.clock.Now()
		passes.Store(&passing{s.clock, was.AddDate(0, 0, 356), back}) // the first name has been renewed, the second not yet
		if _, err := s.move(t.Context(), clockMove{Advance: "500d"}); !errors.Is(err, registry.ErrUnavailable) {
			t.Errorf("a movement without its lease says %v", err)
		}
		if now := s.clock.Now(); now.Before(was.AddDate(0, 0, 355)) || now.After(was.AddDate(0, 0, 366)) {
			t.Errorf("the lease was gone after 356 days, and the clock went on for %s", now.Sub(was))
		}
		passes.Store(nil)
	}
}

// A short movement is done while a long one goes on, and messages of the long one, of more than a thousand names, are in the
// order in which things happened.
func TestMovementsTakeTurns(t *testing.T) {
	n := newNursery(t)
	n.all.turns.slice = 20 * time.Millisecond // so that it does not matter how fast the machine is
	long, short := n.sandbox("OTE1"), n.sandbox("OTE2")
	n.register(short, "short", 1)
	for i := range 4 {
		n.register(long, fmt.Sprintf("long%d-", i), 260)
		n.move(long, "3d")
	}
	ended := make(chan clockState, 1)
	before := n.all.counts.movements.Load()
	go func() {
		state, err := long.move(t.Context(), clockMove{Advance: strconv.Itoa(2*365-7) + "d"})
		if err != nil {
			t.Error(err)
		}
		ended <- state
	}()
	for n.all.counts.movements.Load() == before {
		time.Sleep(time.Millisecond)
	}
	n.move(short, "1d")
	n.move(short, "400d")
	select {
	case <-ended:
		t.Fatal("the long movement has ended before two short ones beside it: they took no turns, or it is too short to tell")
	default:
	}
	if state := <-ended; state.Renewed < 1040 {
		t.Errorf("in two years of 1,040 names it renewed %d", state.Renewed)
	}
	o, leave, err := long.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	var messages []registry.PollMessage
	err = o.core.db.View(t.Context(), func(r registry.Reader) error {
		messages, err = r.OldMessages(long.clock.Now().AddDate(1, 0, 0), 10_000)
		return err
	})
	if err != nil || len(messages) < 1000 {
		t.Fatalf("%d messages: %v", len(messages), err)
	}
	for i := range messages[1:] {
		if was, is := messages[i].At, messages[i+1].At; is.Before(was) {
			t.Fatalf("message %d is of %s, and the one before of %s", i+1, is, was)
		}
	}
}

// Who waits is let in by order, who has worked long enough goes behind the others, and who gives up leaves the others theirs.
func TestTurnstile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTurnstile()
		var mu sync.Mutex
		var said []string
		work := func(name string, pieces int) {
			turn, err := s.begin(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			defer turn.end()
			for range pieces {
				mu.Lock()
				said = append(said, name)
				mu.Unlock()
				time.Sleep(turnTime)
				if err := turn.share(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}
		for _, w := range []struct {
			name   string
			pieces int
		}{{"a", 5}, {"b", 1}, {"c", 2}} {
			go work(w.name, w.pieces)
			synctest.Wait()
		}
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error)
		go func() { _, err := s.begin(ctx); gone <- err }()
		synctest.Wait()
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up is told %v", err)
		}
		time.Sleep(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if got := strings.Join(said, ""); got != "abcacaaa" {
			t.Errorf("the turns were %s", got)
		}
		if s.under.Load() != 0 || s.waits() != 0 {
			t.Errorf("%d are under way, %d wait", s.under.Load(), s.waits())
		}
		if last, err := s.begin(t.Context()); err != nil {
			t.Error(err)
		} else {
			last.end()
		}
	})
}

// So many movements are under way at most, and one more is told so; and all of them end with the process.
func TestTurnstileIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTurnstile()
		first, err := s.begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ends := make(chan error, mostMovements)
		for range mostMovements - 1 {
			go func() { _, err := s.begin(t.Context()); ends <- err }()
		}
		synctest.Wait()
		_, err = s.begin(t.Context())
		refusal, refused := errors.AsType[*registry.Error](err)
		if !refused || refusal.Wait == 0 || !strings.Contains(refusal.Reason, "try again in a minute") {
			t.Errorf("one movement too many is told %v", err)
		}
		close(s.ended)
		for range mostMovements - 1 {
			if err := <-ends; !errors.Is(err, registry.ErrUnavailable) {
				t.Errorf("who waited at the end is told %v", err)
			}
		}
		if err := first.rest(t.Context(), time.Second, 75); !errors.Is(err, registry.ErrUnavailable) {
			t.Errorf("who worked at the end is told %v", err)
		}
		first.end()
		if s.under.Load() != 0 {
			t.Errorf("%d are under way", s.under.Load())
		}
	})
}

// Few acts wait for one sandbox, so that one registrar does not take all places; others are not in its way.
func TestActsWaitForASandbox(t *testing.T) {
	n := newNursery(t)
	s, other := n.sandbox("OTE1"), n.sandbox("OTE2")
	leave, err := s.takeTurn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range mostWaitingFor {
		all.Go(func() {
			if _, err := s.move(ctx, clockMove{Advance: "1d"}); !errors.Is(err, context.Canceled) {
				t.Errorf("who waits is told %v", err)
			}
		})
	}
	for s.queue.Load() <= mostWaitingFor {
		time.Sleep(time.Millisecond)
	}
	_, err = s.move(t.Context(), clockMove{Advance: "1d"})
	if refusal, refused := errors.AsType[*registry.Error](err); !refused || refusal.Wait == 0 {
		t.Errorf("one act too many is told %v", err)
	}
	n.move(other, "1d")
	cancel()
	all.Wait()
	leave()
	n.move(s, "1d")
	if s.queue.Load() != 0 {
		t.Errorf("%d acts wait", s.queue.Load())
	}
}
