package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"example.org/dorado/core/registry"
)

// Who knows the authInfo of an object can take it to himself, so there are limits on wrong ones: of one registrar
// for one object, of all registrars for one object, and of one registrar for all objects. A registrar that has used
// up one of them waits, with the right authInfo too, or it would be found by guessing on. The limit of an object is
// that of several registrars, so that none of them alone can keep the others from it; the last one also bounds how
// many buckets there are. Sponsors know the authInfo anyway, and are not concerned.
//
// Only wrong authInfos are written down. A right one is measured by what its node has seen of wrong ones, so that on
// several nodes one guess for each may go beyond a limit.

// guesses are what a node remembers of wrong authInfos. The zero guesses remembers nothing.
type guesses struct {
	turns turns
	wrong ownBuckets // of a registry that is this process; of another what this node has seen of them
}

// presented returns whose authInfo comes with a command or query: the ROID if it has one, or else the name. It is
// empty if none comes.
func presented(request any) string {
	of := func(object, name string, said *string, roid registry.ROID) string {
		if said == nil {
			return ""
		}
		return cmp.Or(string(roid), object+" "+name)
	}
	switch r := request.(type) {
	case IfUnchanged:
		return presented(r.Command)
	case DomainInfo:
		return of("domain", r.Name.String(), r.AuthInfo, r.ROID)
	case DomainTransfer:
		return of("domain", r.Name.String(), r.AuthInfo, r.ROID)
	case DomainTransferEnd:
		return of("domain", r.Name.String(), r.AuthInfo, r.ROID)
	case DomainTransferQuery:
		return of("domain", r.Name.String(), r.AuthInfo, r.ROID)
	case ContactInfo:
		return of("contact", r.ID, r.AuthInfo, r.ROID)
	case ContactTransfer:
		return of("contact", r.ID, r.AuthInfo, r.ROID)
	case ContactTransferEnd:
		return of("contact", r.ID, r.AuthInfo, r.ROID)
	case ContactTransferQuery:
		return of("contact", r.ID, r.AuthInfo, r.ROID)
	}
	return ""
}

// turnToGuess waits until no other authInfo of a registrar for the same object is looked at, if one is presented.
func (s *Service) turnToGuess(ctx context.Context, who registry.RegistrarID, request any) (leave func(), err error) {
	object := presented(request)
	if object == "" || s.Fairness == nil {
		return func() {}, nil
	}
	return s.Fairness.guesses.turns.take(ctx, string(who)+" for "+object)
}

// guessBuckets are those in which a wrong authInfo counts.
func (c *Call) guessBuckets(object registry.ROID) [3]guessBucket {
	limits, who := c.Terms.Limits, string(c.Registrar.ID)
	return [...]guessBucket{
		{"wrong authInfos of " + who + " for " + string(object), limits.WrongAuthInfos()},
		{"wrong authInfos for " + string(object), limits.ObjectAuthInfos()},
		{"wrong authInfos of " + who, limits.RegistrarAuthInfos()},
	}
}

// authInfosAreFew holds unless too many authInfos were wrong just now: of the registrar for the object, of all
// registrars for it, or of the registrar for all objects.
func (c *Call) authInfosAreFew(field string, sponsor registry.RegistrarID, object registry.ROID) Rule {
	s, now := c.service, c.service.Real()
	if s.Fairness == nil || c.Registrar.ID == "" || c.Registrar.ID == sponsor {
		return holds("authInfosAreFew", field, "")
	}
	c.guessed = object
	var longest time.Duration
	for _, b := range c.guessBuckets(object) {
		spent, _ := s.Fairness.guesses.wrong.Bucket(context.Background(), b.name) // of this node, which has no errors
		_, wait := b.rate.Spend(spent, now)
		longest = max(longest, wait)
	}
	return refuseIf("authInfosAreFew", longest > 0, registry.Error{
		Code: registry.DataPolicy, Field: field,
		Reason: fmt.Sprintf("too many wrong authInfos; wait %d seconds, and send the right one then", int(longest.Seconds())+1),
	})
}

// A wrongAuthInfo is one that a call was refused for: how often that is allowed. It is empty if the call was not.
type wrongAuthInfo []guessBucket

// wrongAuthInfo returns what a refusal counts as.
func (c *Call) wrongAuthInfo(err error) wrongAuthInfo {
	if c.guessed == "" { // mostly
		return nil
	}
	var refusal *registry.Error
	if !errors.As(err, &refusal) || refusal.Rule != "authInfoFits" && refusal.Rule != "contactAuthInfoFits" {
		return nil
	}
	buckets := c.guessBuckets(c.guessed)
	return buckets[:]
}

// countWrong counts a wrong authInfo on all nodes, and keeps on this one how many there are.
func (s *Service) countWrong(ctx context.Context, wrong wrongAuthInfo) error {
	if len(wrong) == 0 {
		return nil
	}
	now := s.Real()
	for _, b := range wrong {
		var after time.Time
		count := func(spent time.Time) time.Time {
			after, _ = b.rate.Spend(spent, now)
			return after
		}
		own := &s.Fairness.guesses.wrong
		if s.Buckets == nil {
			if err := own.Spend(ctx, b.name, count); err != nil {
				return err
			}
			continue
		}
		if err := s.Buckets.Spend(ctx, b.name, count); err != nil {
			return fmt.Errorf("count a wrong authInfo: %w", err)
		}
		if err := own.saw(ctx, b.name, after); err != nil {
			return err
		}
	}
	return nil
}
