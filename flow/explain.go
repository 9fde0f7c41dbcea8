package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A Trail is what a command or query looked at on its way: every rule of the lists that it came to, in
// order, and every price.
type Trail struct {
	Rules  []Rule // none where a registrar itself asks: those behind a refusal can tell of what another one has
	Prices []policy.Quote
}

// An Explanation is what a command or query would come to at an instant, and why. Nothing of it has
// happened.
type Explanation struct {
	At        time.Time
	Registrar registry.RegistrarID
	Terms     policy.Version // those in force for what is asked; zero where its names have different ones
	Trail

	Reply   Reply            // nil if it is refused
	Refusal *registry.Error  // nil if it is not
	Changes registry.Changes // what it would write; nothing if it is refused, or a query
}

// Ask is what is to be explained: one of Command and Query.
type Ask struct {
	Registrar registry.RegistrarID
	Command   Command
	Query     Query
	At        time.Time // now or later; zero: now
	User      string    // of the console, who asks: he is told all that is wrong at once; empty if none

	// Own says that the registrar itself asks. It counts as what is asked would, so that nobody looks for names, or for an
	// authInfo, where he may do it as often as he likes; and it is told of all that is wrong with what it wrote, and of no
	// rules, as a form is.
	Own bool
}

// request is the command or query.
func (a Ask) request() any {
	if a.Command != nil {
		return a.Command
	}
	return a.Query
}

// load is what is asked counts as.
func (a Ask) load() (policy.Load, bool) {
	if a.Command != nil {
		return loadOf(a.Command.Subject()), true
	}
	asking, ok := a.Query.(Asking)
	if !ok {
		return policy.Load{}, false
	}
	question := asking.Asks()
	return policy.Load{Command: question.Command, Object: question.Object, IDs: question.IDs}, true
}

// Explain runs a command or query without writing anything, and keeps every rule and price that it came
// to. It is the same flow with the same lists of rules that would run in earnest.
func (s *Service) Explain(ctx context.Context, ask Ask) (Explanation, error) {
	var e Explanation
	var wrong wrongAuthInfo
	leave, err := s.turnToGuess(ctx, ask.Registrar, ask.request())
	if err != nil {
		return e, err
	}
	defer leave()
	err = s.Store.View(ctx, func(r registry.Reader) error {
		now := s.Clock()
		c := s.callAt(r, ask.Registrar, cmp.Or(ask.At, now))
		if err := check(
			registrarExists(ask.Registrar, c.Registrar.ID == ask.Registrar || c.fault != nil),
			instantIsAhead(c.Now, now),
		); err != nil {
			return err
		}
		c.trail, c.User, c.whole = &Trail{}, ask.User, ask.Own
		e = Explanation{At: c.Now, Registrar: ask.Registrar, Terms: c.termsExplained(ask)}
		err := c.mayAsk(ctx, ask)
		switch {
		case err != nil:
		case ask.Command != nil:
			e.Reply, e.Changes, err = c.run(ask.Command)
		default:
			e.Reply, err = ask.Query.Answer(c)
		}
		e.Trail = *c.trail
		if ask.Own {
			e.Rules = nil
			wrong = c.wrongAuthInfo(err)
		}
		if c.fault != nil {
			return c.fault
		}
		if err != nil && !errors.As(err, &e.Refusal) {
			return err
		}
		return nil
	})
	if err = cmp.Or(s.countWrong(ctx, wrong), err); err != nil {
		return Explanation{}, fmt.Errorf("explain: %w", err)
	}
	return e, nil
}

// mayAsk says whether the registrar is over a limit. What it asks itself counts.
func (c *Call) mayAsk(ctx context.Context, ask Ask) error {
	s := c.service
	if err := c.wouldBeFair(ctx, ask); err != nil || !ask.Own || s.Fairness == nil {
		return err
	}
	if _, check := ask.Query.(DomainCheck); check {
		s.Fairness.tallies.of(c.Registrar.ID).checks.Add(1)
	}
	load, ok := ask.load()
	if !ok {
		return nil
	}
	return s.isFair(ctx, c.Registrar, load)
}

// termsExplained are the terms by which a command or query is judged: of names those of their zones, of everything
// else the registry's.
func (c *Call) termsExplained(ask Ask) policy.Version {
	load, _ := ask.load()
	if load.Object != "domain" {
		return c.Profile.VersionAt(c.Now)
	}
	var all policy.Version
	for i, id := range load.IDs {
		version := c.Profile.VersionAt(c.Now)
		if name, err := names.Parse(id); err == nil {
			version = c.Profile.VersionOf(name, c.Now)
		}
		if i > 0 && (!version.From.Equal(all.From) || version.Why != all.Why) {
			return policy.Version{}
		}
		all = version
	}
	return all
}

// instantIsAhead holds for an instant of which the registry can tell what would be: what is stored is how
// things are now.
func instantIsAhead(at, now time.Time) Rule {
	return refuseIf("instantIsAhead", at.Before(now.UTC().Truncate(time.Second)), registry.Error{
		Code: registry.ParameterRange, Field: "at", Value: at.Format(time.RFC3339),
		Reason: "the instant is before now; what would have been is not known; give one that is ahead",
	})
}

// wouldBeFair says whether the registrar is over a limit now, without counting what is asked.
func (c *Call) wouldBeFair(ctx context.Context, ask Ask) error {
	s, limits := c.service, c.Terms.Limits
	load, ok := ask.load()
	if s.Fairness == nil || !ok || limits.Unrestricted(c.Registrar.FairUse) {
		return nil
	}
	load.IDs = scopeIDs(load.IDs)
	for _, limit := range limits.Against(c.Registrar.FairUse, load, s.Real()) {
		rate := policy.RateOf(limit)
		spent, err := s.buckets().Bucket(ctx, purseKey{c.Registrar.ID, limit.Scope, rate}.bucket())
		if err != nil {
			return err
		}
		_, wait := rate.Spend(spent, s.Real())
		if err := c.check(commandIsOpen(limit), commandsAreFew(limit, wait)); err != nil {
			return err
		}
	}
	return nil
}
