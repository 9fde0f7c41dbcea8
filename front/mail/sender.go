package mail

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

const (
	// batch is how many mails one connection takes at most. It bounds what is out of date when the operator
	// drops a mail or another node takes over.
	batch = 20
	// sweepBatch is how many mails one transaction ends or removes.
	sweepBatch = 200
	// sweepEvery is how often that is looked for. The lengths in the profile are days.
	sweepEvery = time.Hour

	// idle is how long the outbox is not looked at when nothing was in it; a poke ends that.
	idle = 5 * time.Second

	// A mail that was put off is tried again after firstPause, and each time after twice as long, up to
	// longestPause: RFC 5321 section 4.5.4.1 asks for some 30 minutes and for patience, once the first attempts
	// have shown that the trouble lasts.
	firstPause   = time.Minute
	longestPause = 2 * time.Hour
	// A server that does not answer is called again after firstCall, and so on up to longestCall.
	firstCall   = 5 * time.Second
	longestCall = 10 * time.Minute
)

// A Config is what a Sender needs.
type Config struct {
	Service *flow.Service
	Writer  *Writer
	Carrier Carrier // nil: mails wait until somebody configures one, or they are too old
	From    string  // the address that all mails come from
	NewTRID func() string
	Lease   func() (registry.Fence, bool) // under which it may work, if it may
	Log     *slog.Logger

	// Pause waits for a time, or until something pokes or the context ends.
	Pause func(ctx context.Context, d time.Duration, pokes <-chan struct{})
	// Chance is evenly from 0 to 1: by it pauses differ, so that not all come back at once.
	Chance func() float64
}

// A Sender empties the outbox. One of them works at a time, under the lease of the engine. A mail leaves at
// least once: when it has gone and that cannot be put down, it goes again under the same Message-ID.
type Sender struct {
	Config
	pokes    chan struct{}
	turn     sync.Mutex // one round at a time; it guards the rest
	failures int        // connections in a row that came to nothing
	swept    time.Time  // when the outbox was last swept
}

// NewSender returns a Sender.
func NewSender(c Config) *Sender { return &Sender{Config: c, pokes: make(chan struct{}, 1)} }

// Poke has the outbox looked at.
func (s *Sender) Poke() {
	select {
	case s.pokes <- struct{}{}:
	default:
	}
}

// Run empties the outbox until the context ends.
func (s *Sender) Run(ctx context.Context) error {
	if s.Carrier == nil {
		s.Log.Warn("mails to registrars are not sent: the configuration has neither mail.host nor mail.folder")
	}
	for ctx.Err() == nil {
		s.Pause(ctx, s.Round(ctx), s.pokes)
	}
	return nil
}

// Flush sends all that is due now.
func (s *Sender) Flush(ctx context.Context) {
	for ctx.Err() == nil && s.Round(ctx) == 0 {
	}
}

// Round sends what is due, up to a batch, and returns how long nothing is to be done.
func (s *Sender) Round(ctx context.Context) time.Duration {
	s.turn.Lock()
	defer s.turn.Unlock()
	fence, mine := s.Lease()
	if !mine {
		return idle
	}
	rest, err := s.round(ctx, fence)
	if err != nil && ctx.Err() == nil && !errors.Is(err, registry.ErrFenced) {
		s.Log.Error("send mails; trying again", "error", err)
	}
	return rest
}

func (s *Sender) round(ctx context.Context, fence registry.Fence) (time.Duration, error) {
	if err := s.sweep(ctx, fence); err != nil {
		return idle, err
	}
	if s.Carrier == nil {
		return idle, nil
	}
	reply, err := s.Service.Ask(ctx, "", flow.MailDue{Limit: batch})
	if err != nil {
		return idle, err
	}
	letters := reply.([]flow.Letter)
	if len(letters) == 0 {
		return idle, nil
	}
	delivery, err := s.Carrier.Open(ctx)
	if err != nil {
		return s.unreachable(ctx, fence, letters, err)
	}
	defer delivery.Close()
	for _, l := range letters {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		err := s.send(ctx, fence, delivery, l)
		var broken *brokenError
		if errors.As(err, &broken) {
			return s.broke(ctx, fence, l, broken.error)
		}
		if err != nil {
			return idle, err
		}
	}
	if len(letters) < batch {
		return idle, nil
	}
	return 0, nil
}

// A brokenError is of a Delivery that takes nothing more.
type brokenError struct{ error }

// send hands one letter over and puts down what became of it.
func (s *Sender) send(ctx context.Context, fence registry.Fence, d Delivery, l flow.Letter) error {
	tried := flow.MailTried{ID: l.ID, Result: flow.MailSent}
	m, err := s.Writer.Compose(l, s.From)
	if err != nil {
		tried.Result, tried.Problem = flow.MailRefused, err.Error()
		return s.put(ctx, fence, l, tried)
	}
	switch err := d.Deliver(m); {
	case err == nil:
		s.reached()
	case errors.Is(err, ErrRefused):
		tried.Result, tried.Problem = flow.MailRefused, err.Error()
	case errors.Is(err, ErrPutOff):
		tried = s.putOff(l, err)
		tried.All = true
	default:
		return &brokenError{err}
	}
	return s.put(ctx, fence, l, tried)
}

// put writes down what became of an attempt, also when the program is to stop: what has gone need not go twice.
func (s *Sender) put(ctx context.Context, fence registry.Fence, l flow.Letter, tried flow.MailTried) error {
	reply, err := s.Service.Run(context.WithoutCancel(ctx), flow.Request{SvTRID: s.NewTRID(), Fence: fence, Command: tried})
	if err != nil {
		return err
	}
	if m, ok := reply.(registry.Mail); ok && !m.Failed.IsZero() {
		s.Log.Warn("a mail has failed; dorado mail list shows it", "mail", m.ID, "registrar", l.Registrar, "to", m.To,
			"event", m.Event, "problem", m.Problem)
	}
	return nil
}

// putOff is what is put down of a letter that may go later: each time it waits twice as long.
func (s *Sender) putOff(l flow.Letter, why error) flow.MailTried {
	return s.later(l, why, s.pause(firstPause, longestPause, l.Attempts))
}

func (s *Sender) later(l flow.Letter, why error, wait time.Duration) flow.MailTried {
	return flow.MailTried{
		ID: l.ID, Result: flow.MailPutOff, Problem: why.Error(), Again: s.Service.Real().UTC().Add(wait),
	}
}

// unreachable puts letters off that met no server, and returns how long it is left alone: whatever else is due
// waits meanwhile and costs nothing.
func (s *Sender) unreachable(ctx context.Context, fence registry.Fence, letters []flow.Letter, why error) (time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	rest := s.missed(why)
	for _, l := range letters {
		if err := s.put(ctx, fence, l, s.later(l, why, rest)); err != nil {
			return idle, err
		}
	}
	return rest, nil
}

// broke puts a letter off that a server did not hear out. It may be the letter's fault, so others are tried first
// from then on.
func (s *Sender) broke(ctx context.Context, fence registry.Fence, l flow.Letter, why error) (time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	rest := s.missed(why)
	if err := s.put(ctx, fence, l, s.putOff(l, why)); err != nil {
		return idle, err
	}
	return rest, nil
}

// missed counts a connection that came to nothing, and returns how long to wait for the next.
func (s *Sender) missed(why error) time.Duration {
	if s.failures == 0 {
		s.Log.Warn("mails cannot be sent; trying again", "error", why)
	}
	s.failures++
	return s.pause(firstCall, longestCall, s.failures-1)
}

// reached says that a message was taken.
func (s *Sender) reached() {
	if s.failures > 0 {
		s.Log.Info("mails are sent again", "after_failures", s.failures)
		s.failures = 0
	}
}

// pause is how long to wait after so many failures: twice as long each time, and more or less by a fifth.
func (s *Sender) pause(first, longest time.Duration, failures int) time.Duration {
	d := longest
	if failures < 30 { // else the shift may overflow
		d = min(first<<failures, longest)
	}
	return time.Duration(float64(d) * (0.8 + 0.4*s.Chance()))
}

// sweep ends and removes what is too old, once in a while.
func (s *Sender) sweep(ctx context.Context, fence registry.Fence) error {
	now := s.Service.Real()
	if now.Sub(s.swept) < sweepEvery {
		return nil
	}
	var total flow.MailSwept
	for {
		reply, err := s.Service.Run(ctx, flow.Request{SvTRID: s.NewTRID(), Fence: fence, Command: flow.MailSweep{Limit: sweepBatch}})
		if err != nil {
			return err
		}
		swept := reply.(flow.MailSwept)
		total.Failed, total.Removed = total.Failed+swept.Failed, total.Removed+swept.Removed
		if swept.Failed+swept.Removed < sweepBatch {
			break
		}
	}
	s.swept = now
	if total != (flow.MailSwept{}) {
		s.Log.Warn("mails were not sent in time", "failed", total.Failed, "removed", total.Removed)
	}
	return nil
}
