package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// An office is a registry with a Sender, on either database; its pauses are told and not waited for.
type office struct {
	*world.World
	sender *Sender
	mine   bool // the lease is
}

func newOffice(t *testing.T, c Carrier) *office {
	t.Helper()
	o := &office{World: world.New(t, "2026-03-01T12:00:00Z"), mine: true}
	o.sender = NewSender(Config{
		Service: o.Service, Writer: writer(t), Carrier: c, From: "registry@registry.example", NewTRID: o.NewTRID,
		Lease: func() (registry.Fence, bool) { return registry.Fence{}, o.mine },
		Log:   slog.New(slog.NewTextHandler(io.Discard, nil)), Chance: func() float64 { return 0.5 },
	})
	return o
}

// queue queues mails of the ids 1 and so on to recipients.
func (o *office) queue(to ...string) {
	for i, address := range to {
		o.Mail(int64(i+1), registry.Mail{Registrar: world.Acme, To: address, Notice: registry.TextNotice{Text: fmt.Sprint("news ", i+1)}})
	}
}

// round sends and looks how long nothing is to be done, which passes.
func (o *office) round(what string, want time.Duration) {
	o.T.Helper()
	if got := o.sender.Round(o.T.Context()); got != want {
		o.T.Errorf("%s: rests %s, want %s", what, got, want)
	}
}

// outbox is what is left, in a line for each mail.
func (o *office) wantOutbox(what, want string) {
	o.T.Helper()
	got := o.Rows("SELECT id, attempts, CASE WHEN failed > 0 THEN 'failed' ELSE 'waits' END, problem FROM mail ORDER BY id")
	if got != want {
		o.T.Errorf("%s: the outbox has\n%s\nwant\n%s", what, got, want)
	}
}

func recipients(list []taken) string {
	var all []string
	for _, m := range list {
		all = append(all, m.to)
	}
	return strings.Join(all, " ")
}

// What is due goes, oldest first and once, over one connection for a batch; a second batch follows at once.
func TestSend(t *testing.T) {
	connections := 0
	s := newServer(t, func(s *server) {
		s.answer = func(verb, _ string) string {
			if verb == "GREETING" {
				connections++
			}
			return ""
		}
	})
	o := newOffice(t, s.client(StartTLS))
	var to []string
	for i := range batch + 2 {
		to = append(to, fmt.Sprintf("r%d@example.com", i))
	}
	o.queue(to...)
	o.sender.Flush(t.Context())
	if got := s.messages(); recipients(got) != strings.Join(to, " ") || !strings.Contains(got[0].data, "Message-ID: <dorado.1@registry.example>") {
		t.Errorf("the server took %s", recipients(got))
	}
	if connections != 2 {
		t.Errorf("%d connections for %d mails", connections, len(to))
	}
	o.wantOutbox("sent", "")
	o.round("nothing to do", idle)
}

// A mail that is put off waits longer each time, and so do others to its recipient; the rest goes.
func TestPutOff(t *testing.T) {
	busy := true
	s := newServer(t, func(s *server) {
		s.answer = func(verb, line string) string {
			if verb == "RCPT" && strings.Contains(line, "busy@") && busy {
				return "450 4.2.1 busy"
			}
			return ""
		}
	})
	o := newOffice(t, s.client(StartTLS))
	o.queue("busy@example.com", "ana@example.com", "busy@example.com")
	const problem = "put off: sending SMTP RCPT TO command: 450 4.2.1 busy"
	o.round("the first", idle)
	// The third was in the same batch, and was tried as well.
	o.wantOutbox("the first", "1 | 1 | waits | "+problem+"\n3 | 1 | waits | "+problem+"\n")
	o.Mail(4, registry.Mail{Registrar: world.Acme, To: "busy@example.com", Notice: registry.TextNotice{Text: "x"}})
	o.Pass(time.Minute)
	o.round("after a minute", idle)
	o.wantOutbox("after a minute", "1 | 2 | waits | "+problem+"\n3 | 2 | waits | "+problem+"\n4 | 1 | waits | "+problem+"\n")
	o.Pass(time.Minute)
	o.round("before the next attempt", idle)
	o.wantOutbox("before the next attempt", "1 | 2 | waits | "+problem+"\n3 | 2 | waits | "+problem+"\n4 | 1 | waits | "+problem+"\n")
	busy = false
	o.Pass(time.Minute)
	o.round("after two more", idle)
	o.wantOutbox("after two more", "")
	if got := recipients(s.messages()); got != "ana@example.com busy@example.com busy@example.com busy@example.com" {
		t.Errorf("the server took %s", got)
	}
}

// A mail that is refused has failed and stays for the operator, who has it tried again; so has one that is put off
// for three days, and one that cannot be written.
func TestFailed(t *testing.T) {
	refuse := true
	s := newServer(t, func(s *server) {
		s.answer = func(verb, line string) string {
			switch {
			case verb == "RCPT" && strings.Contains(line, "nobody@") && refuse:
				return "550 5.1.1 nobody"
			case verb == "RCPT" && strings.Contains(line, "busy@"):
				return "451 later"
			}
			return ""
		}
	})
	o := newOffice(t, s.client(StartTLS))
	o.queue("nobody@example.com", "busy@example.com", "no address")
	const nobody = "refused for good: sending SMTP RCPT TO command: 550 5.1.1 nobody"
	o.round("the first", idle)
	got := o.Rows("SELECT id, attempts FROM mail WHERE failed > 0 ORDER BY id")
	if got != "1 | 1\n3 | 1\n" {
		t.Errorf("failed are\n%s", got)
	}
	for range 100 {
		o.Pass(time.Hour)
		o.round("an hour later", idle)
	}
	if got := o.Rows("SELECT id, problem FROM mail WHERE failed > 0 AND id < 3 ORDER BY id"); got != "1 | "+nobody+"\n2 | put off: sending SMTP RCPT TO command: 451 later\n" {
		t.Errorf("after days, failed are\n%s", got)
	}
	refuse = false
	o.Do("", flow.MailRetry{ID: 1, Author: "ana"})
	o.round("tried again", idle)
	if got := recipients(s.messages()); got != "nobody@example.com" {
		t.Errorf("the server took %s", got)
	}
	o.Pass(31 * 24 * time.Hour)
	o.round("a month later", idle)
	o.wantOutbox("a month later", "")
}

// While the server is away, it is called less and less often, and all mails go when it is back.
func TestServerIsAway(t *testing.T) {
	s := newServer(t, func(*server) {})
	address := s.socket.Addr().String()
	s.socket.Close()
	o := newOffice(t, s.client(StartTLS))
	o.queue("ana@example.com", "eva@example.com")
	total := time.Duration(0)
	for i := range 12 {
		want := min(firstCall<<i, longestCall)
		o.round(fmt.Sprint("call ", i+1), want)
		o.Pass(want)
		total += want
	}
	if total < time.Hour {
		t.Errorf("12 calls in %s", total)
	}
	if got := o.Rows("SELECT id, attempts FROM mail WHERE failed = 0 ORDER BY id"); got != "1 | 12\n2 | 12\n" {
		t.Errorf("the outbox has\n%s", got)
	}
	s.start(address)
	o.round("back", idle)
	o.wantOutbox("back", "")
	if got := len(s.messages()); got != 2 {
		t.Errorf("%d mails, want 2", got)
	}
	s.socket.Close()
	o.queue("ana@example.com")
	o.round("away again", firstCall)
}

// A mail over which the server hangs up is not in the way of the others.
func TestHangUp(t *testing.T) {
	s := newServer(t, func(s *server) {
		s.answer = func(verb, data string) string {
			if verb == "." && strings.Contains(data, "news 1") {
				return hangUp
			}
			return ""
		}
	})
	o := newOffice(t, s.client(StartTLS))
	o.queue("ana@example.com", "eva@example.com", "iva@example.com")
	o.round("the bad one", firstCall)
	o.Pass(firstCall)
	o.round("the others", idle)
	if got := recipients(s.messages()); got != "eva@example.com iva@example.com" {
		t.Errorf("the server took %s", got)
	}
	if got := o.Rows("SELECT id, attempts FROM mail"); got != "1 | 1\n" {
		t.Errorf("the outbox has\n%s", got)
	}
}

// A doomed Carrier hands messages over, and the database fails right after.
type doomed struct {
	Carrier
	fault *world.Fault
}

type doomedDelivery struct {
	Delivery
	fault *world.Fault
}

func (d doomed) Open(ctx context.Context) (Delivery, error) {
	delivery, err := d.Carrier.Open(ctx)
	return doomedDelivery{delivery, d.fault}, err
}

func (d doomedDelivery) Deliver(m Message) error {
	err := d.Delivery.Deliver(m)
	d.fault.After(0)
	return err
}

// A mail that has gone while that could not be put down goes again, under the same Message-ID and word for word.
func TestCrashAfterSending(t *testing.T) {
	s := newServer(t, func(*server) {})
	o := newOffice(t, nil)
	o.sender.Carrier = doomed{s.client(StartTLS), o.Fault}
	o.queue("ana@example.com")
	o.round("the crash", idle)
	o.Fault.Disarm()
	o.wantOutbox("the crash", "1 | 0 | waits | \n")
	o.Reopen()
	o.sender.Service, o.sender.Carrier = o.Service, s.client(StartTLS)
	o.round("after it", idle)
	o.wantOutbox("after it", "")
	got := s.messages()
	if len(got) != 2 || got[0].data != got[1].data || !strings.Contains(got[0].data, "Message-ID: <dorado.1@registry.example>") {
		t.Errorf("the server took %+v", got)
	}
}

// Without a server and a folder mails wait, and fail when their time is over; without the lease nothing happens.
func TestNoWay(t *testing.T) {
	o := newOffice(t, nil)
	o.queue("ana@example.com")
	for range 72 {
		o.round("no way", idle)
		o.Pass(time.Hour)
	}
	o.wantOutbox("three days", "1 | 0 | waits | \n")
	o.Pass(time.Hour)
	o.mine = false
	o.round("another node's", idle)
	o.wantOutbox("another node's", "1 | 0 | waits | \n")
	o.mine = true
	o.round("no way", idle)
	o.wantOutbox("after three days", "1 | 0 | failed | nobody has tried to send it\n")
}

// A node that has lost the lease while it sent puts nothing down.
func TestLostLease(t *testing.T) {
	s := newServer(t, func(*server) {})
	o := newOffice(t, s.client(StartTLS))
	o.queue("ana@example.com")
	o.sender.swept = o.Now()
	o.sender.Lease = func() (registry.Fence, bool) { return registry.Fence{Lease: "engine", Number: 7}, true }
	o.round("fenced", idle)
	o.wantOutbox("fenced", "1 | 0 | waits | \n")
}

// Run ends with its context, in a pause and in a round.
func TestRunEnds(t *testing.T) {
	o := newOffice(t, Folder{t.TempDir()})
	o.queue("ana@example.com")
	ctx, cancel := context.WithCancel(t.Context())
	rests := 0
	o.sender.Pause = func(context.Context, time.Duration, <-chan struct{}) {
		if rests++; rests == 3 {
			cancel()
		}
	}
	if err := o.sender.Run(ctx); err != nil || rests != 3 {
		t.Errorf("it ended with %v after %d rests", err, rests)
	}
	o.wantOutbox("sent", "")
	o.sender.Poke()
	o.sender.Poke() // nobody waits for the second
	if len(o.sender.pokes) != 1 {
		t.Error("a poke is lost")
	}
	if rest, err := o.sender.unreachable(ctx, registry.Fence{}, nil, net.ErrClosed); rest != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("stopped while it called: %s, %v", rest, err)
	}
}

// A hasty Carrier is told to stop when a message has just gone.
type hasty struct {
	Folder
	stop func()
}

func (h hasty) Open(ctx context.Context) (Delivery, error) {
	_, err := h.Folder.Open(ctx)
	return h, err
}

func (h hasty) Deliver(m Message) error {
	defer h.stop()
	return h.Folder.Deliver(m)
}

// A mail that has gone in the moment in which the program is to stop is put down as gone; the next one stays.
func TestStopAfterDelivery(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := newOffice(t, hasty{Folder{t.TempDir()}, cancel})
	o.queue("ana@example.com", "eva@example.com")
	if rest := o.sender.Round(ctx); rest != 0 {
		t.Errorf("it rests %s", rest)
	}
	o.wantOutbox("stopped", "2 | 0 | waits | \n")
}

// Pauses double up to a limit, and differ by chance.
func TestPause(t *testing.T) {
	s := NewSender(Config{})
	for chance, part := range map[float64]float64{0: 0.8, 0.5: 1, 1: 1.2} {
		s.Chance = func() float64 { return chance }
		for failures, want := range map[int]time.Duration{0: time.Minute, 1: 2 * time.Minute, 5: 32 * time.Minute, 7: 2 * time.Hour, 500: 2 * time.Hour} {
			got := s.pause(firstPause, longestPause, failures)
			if diff := got - time.Duration(float64(want)*part); diff < -time.Second || diff > time.Second {
				t.Errorf("after %d failures and chance %v: %s, want %s times %v", failures, chance, got, want, part)
			}
		}
	}
}
