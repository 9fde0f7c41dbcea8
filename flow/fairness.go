package flow

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// Fairness is what one node remembers so that limits, cached answers and counts hold without a round
// trip for each command. Manual 9.7.3, 9.9.1; decisions 4.5.
//
// Limits hold on all nodes together by chunks: a node takes a tenth of a limit from the bucket that all
// share and spends it in memory. What is in a chunk has left the bucket, so all nodes together never
// allow more than the limit and what has been earned since; within one period of the limit they may
// allow a chunk more for each node, which it had taken before. What a node does not spend within a
// period of the limit is lost.
type Fairness struct {
	mu     sync.Mutex
	purses map[purseKey]*purse

	tallies tallies
	answers answers
	guesses guesses
}

// NewFairness returns a Fairness that remembers nothing yet.
func NewFairness() *Fairness { return &Fairness{purses: map[purseKey]*purse{}} }

// A purseKey names what a registrar may spend of one limit. A limit with another rate is another one.
type purseKey struct {
	registrar registry.RegistrarID
	scope     registry.Scope
	rate      policy.Rate
}

// bucket is the name of the bucket that all nodes take from.
func (k purseKey) bucket() string {
	return fmt.Sprintf("limit of %s: %q %q %q %d/%s", k.registrar, k.scope.Command, k.scope.Object, k.scope.ID,
		k.rate.Burst, k.rate.Every)
}

// A purse is what a node has of one limit.
type purse struct {
	turn  chan struct{} // who holds it has the rest
	left  int           // of the last chunk
	until time.Time     // when that is lost
	shut  time.Time     // before this the bucket has nothing
}

func (f *Fairness) purse(k purseKey) *purse {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.purses[k]
	if !ok {
		p = &purse{turn: make(chan struct{}, 1)}
		f.purses[k] = p
	}
	return p
}

// take returns when nobody else works with the purse.
func (p *purse) take(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
		return nil
	default:
	}
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *purse) giveBack() { <-p.turn }

// sweep forgets purses that hold nothing and that nobody works with.
func (f *Fairness) sweep(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for k, p := range f.purses {
		select {
		case p.turn <- struct{}{}:
		default:
			continue
		}
		if !now.Before(p.until) && !now.Before(p.shut) {
			delete(f.purses, k)
		}
		p.giveBack()
	}
}

// shortestRest is how long a node waits for a chunk before it asks for less: under a limit that is always
// full, it asks ten times a second.
const shortestRest = 100 * time.Millisecond

// spend counts one command against a limit, and says how long to wait where it is one too many.
func (s *Service) spend(ctx context.Context, k purseKey) (wait time.Duration, err error) {
	p := s.Fairness.purse(k)
	if err := p.take(ctx); err != nil {
		return 0, err
	}
	defer p.giveBack()
	now := s.Real()
	if p.left > 0 && now.Before(p.until) {
		p.left--
		return 0, nil
	}
	if now.Before(p.shut) {
		return p.shut.Sub(now), nil
	}
	var got int
	err = s.buckets().Spend(ctx, k.bucket(), func(spent time.Time) (after time.Time) {
		after, got, wait = k.rate.Take(spent, now, k.rate.Chunk())
		return after
	})
	if err != nil {
		return 0, err
	}
	if got < k.rate.Chunk() {
		wait = max(wait, min(time.Duration(k.rate.Chunk())*k.rate.Every, shortestRest))
		p.shut = now.Add(wait)
	}
	if got == 0 {
		return wait, nil
	}
	p.left, p.until = got-1, now.Add(k.rate.Whole())
	return 0, nil
}

// unspend gives back what spend took for a command that another limit refused.
func (s *Service) unspend(ctx context.Context, k purseKey) {
	p := s.Fairness.purse(k)
	if p.take(ctx) == nil {
		p.left++
		p.giveBack()
	}
}

// isFair counts a command against all limits that hold for it, and refuses it by the first that it
// is over.
func (s *Service) isFair(ctx context.Context, r registry.Registrar, load policy.Load) error {
	limits := s.Terms().Limits
	if limits.Unrestricted(r.FairUse) {
		return nil
	}
	load.IDs = scopeIDs(load.IDs)
	var spent []purseKey
	for _, limit := range limits.Against(r.FairUse, load, s.Real()) {
		err := check(commandIsOpen(limit))
		if err == nil {
			k := purseKey{r.ID, limit.Scope, policy.RateOf(limit)}
			wait, fault := s.spend(ctx, k)
			if fault != nil {
				return fault
			}
			if err = check(commandsAreFew(limit, wait)); err == nil {
				spent = append(spent, k)
			}
		}
		if err != nil {
			for _, k := range spent {
				s.unspend(ctx, k)
			}
			return err
		}
	}
	return nil
}

// scopeIDs returns the names and ids of objects as a registry.Scope has them.
func scopeIDs(ids []string) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = scopeID(id)
	}
	return list
}

func scopeID(id string) string {
	if name, err := names.Parse(id); err == nil {
		return name.String()
	}
	return strings.ToLower(id)
}

// recall returns a registrar as a query sees it: from memory, if the store has one.
func (s *Service) recall(ctx context.Context, id registry.RegistrarID) (found registry.Registrar, err error) {
	if memory, ok := s.Store.(recaller); ok {
		if r, known := memory.Recall(id); known {
			return r, nil
		}
	}
	err = s.Store.View(ctx, func(r registry.Reader) error {
		found, _, err = r.RecentRegistrar(id)
		return err
	})
	return found, err
}

// A recaller is a Store with a memory of registrars, which is as recent as Reader.RecentRegistrar.
type recaller interface {
	Recall(id registry.RegistrarID) (registry.Registrar, bool)
}

// fairly returns the command to run: the one that was asked for, or, if the registrar is over a limit,
// its refusal, which goes into the transaction log like any other. Decisions 4.6.
func (s *Service) fairly(ctx context.Context, req Request) (Command, error) {
	subject := req.Command.Subject()
	if s.Fairness == nil || req.Registrar == "" || !counts(subject) {
		return req.Command, nil
	}
	r, err := s.recall(ctx, req.Registrar)
	if err != nil {
		return nil, err
	}
	err = s.isFair(ctx, r, loadOf(subject))
	e, refused := refusalOf(err)
	switch _, already := req.Command.(Refused); {
	case !refused:
		return req.Command, err
	case already: // what is wrong with the command itself comes first
		return req.Command, nil
	}
	return Refused{About: subject, Error: e}, nil
}

// counts reports whether a command counts for the limits on commands. What a registrar does about its account and the
// users of the console does not.
func counts(s Subject) bool {
	return s.Object != "registrar" && s.Object != objectUser && s.Object != objectSession
}

// loadOf is what a command counts as. The acknowledgement of a message is a poll, of no object.
func loadOf(s Subject) policy.Load {
	if s.Object == "poll" {
		return policy.Load{Command: "poll"}
	}
	return policy.Load{Command: s.Command, Object: s.Object, IDs: []string{s.ID}}
}

// answer answers a query, if its registrar may ask it now: anew, or as it was answered before.
func (c *Call) answer(ctx context.Context, q Query) (Reply, error) {
	s, f := c.service, c.Registrar.FairUse
	if s.Fairness == nil || c.Registrar.ID == "" {
		return q.Answer(c)
	}
	if _, check := q.(DomainCheck); check {
		s.Fairness.tallies.of(c.Registrar.ID).checks.Add(1)
	}
	if f == nil && c.Terms.Limits.Unrestricted(nil) {
		return q.Answer(c)
	}
	asking, ok := q.(Asking)
	if !ok {
		return q.Answer(c)
	}
	question := asking.Asks()
	load := policy.Load{Command: question.Command, Object: question.Object, IDs: question.IDs}
	if err := s.isFair(ctx, c.Registrar, load); err != nil {
		return nil, err
	}
	if age := policy.CacheAge(f, s.Real()); age > 0 {
		return c.cached(q, age)
	}
	return q.Answer(c)
}

// A Question says what a query asks for, as far as limits go by it.
type Question struct {
	Command string // check, info, poll, transfer
	Object  string // domain, host, contact; empty for poll
	IDs     []string
}

// An Asking query can be limited and counted. Those of registrars are.
type Asking interface{ Asks() Question }
