package flow

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A guesser is who presents a password, as far as the limits on wrong ones tell one from another: a registrar,
// and a network or a registered certificate.
type guesser struct {
	registrar registry.RegistrarID
	source    string
	certified bool // source is the fingerprint of a certificate
	outside   bool // source is on no list of the registrar: over HTTPS only
	nobody    bool // there is no such registrar: over HTTPS only
	person    bool // a user of the console, whose id stands for the registrar's
	known     bool // of a person: the source is one with which he has signed in
	files     bool // the password is that for files
}

func guesserOf(r registry.Registrar, l Login) guesser {
	if l.Certificate != "" && slices.Contains(r.Certificates, l.Certificate) {
		return guesser{registrar: r.ID, source: l.Certificate, certified: true}
	}
	return guesser{registrar: r.ID, source: policy.Network(l.From).String()}
}

// verify compares the password, unless too many from where it comes were wrong: then a right one is refused
// like any other, or it would be found by guessing on. Who comes from where the registrar has logged in before is
// not concerned by what others guess elsewhere; all others have a limit together, too.
//
// Passwords from one source are looked at one after the other, and so are those of all strangers to a registrar,
// so that a hundred guesses at once count like a hundred; on several nodes one for each may be on its way.
//
// One that this node remembers, from a source that it knows, is measured by what the node last saw of the
// source's wrong ones, so that a hundred sessions that come back ask the database for nothing. The node looks
// again at each other guess: one right guess a node and WrongPasswordSeconds may go beyond the limit.
//
// Only those who may connect at all come this far by EPP; over HTTPS everybody does, and who is on no list of the
// registrar has a limit with all others outside, apart from strangers that are listed. A wrong password of a stranger
// leaves a bucket for its source only if all strangers' bucket has room, so there are no more of them than that one
// holds.
func (s *Service) verify(ctx context.Context, g guesser, password, hash string) (bool, error) {
	leave, err := s.Passwords.turns.take(ctx, s.turnOf(g))
	if err != nil {
		return false, err
	}
	defer leave()
	known, err := s.isKnown(ctx, g)
	if err != nil {
		return false, err
	}
	remembered := known && s.Passwords.Remembers(password, hash)
	buckets, now := s.guessBuckets(g, known), s.Real()
	var wait time.Duration
	for _, b := range buckets {
		more, err := s.waitOf(ctx, b, now, remembered)
		if err != nil {
			return false, err
		}
		wait = max(wait, more)
	}
	if err := check(guessesAreFew(wait)); err != nil {
		return false, err
	}
	matches := remembered
	if !remembered {
		if matches, err = s.Passwords.matches(ctx, password, hash, g.outside && !known); err != nil {
			return false, err
		}
	}
	if matches {
		if !g.person {
			s.Passwords.sources.add(g, s.Terms().Limits.KnownSources)
		}
		return true, nil
	}
	return false, s.countGuess(ctx, g, buckets, now)
}

// turnOf is in which turn a guesser waits.
func (s *Service) turnOf(g guesser) string {
	if g.certified || g.known || s.Passwords.sources.has(g) {
		return string(g.registrar) + " from " + g.source
	}
	if g.outside {
		return string(g.registrar) + " from outside"
	}
	return string(g.registrar)
}

// isKnown reports whether a registrar has logged in from a source before: on this node, or the last time on any.
// One that shows a registered certificate has shown its key too, and is nobody strange.
func (s *Service) isKnown(ctx context.Context, g guesser) (bool, error) {
	if g.person {
		return g.known, nil
	}
	if g.certified || s.Passwords.sources.has(g) {
		return true, nil
	}
	if s.Logins == nil {
		return false, nil
	}
	last, err := s.Logins.LastLogin(ctx, g.registrar)
	if err != nil || last.At.IsZero() || policy.Network(last.From).String() != g.source {
		return false, err
	}
	s.Passwords.sources.add(g, s.Terms().Limits.KnownSources)
	return true, nil
}

// A guessBucket is a bucket of wrong passwords or authInfos and how fast it empties.
type guessBucket struct {
	name string
	rate policy.Rate
}

// guessBuckets are those in which a wrong password of a guesser counts.
func (s *Service) guessBuckets(g guesser, known bool) []guessBucket {
	limits, name := s.Terms().Limits, "wrong passwords of "+string(g.registrar)
	if g.files {
		name = "wrong passwords for files of " + string(g.registrar)
	}
	list := []guessBucket{{name + " from " + g.source, limits.WrongPasswords()}}
	switch {
	case known:
	case g.person:
		list = append(list, guessBucket{name + " from outside", limits.StrangersPasswords()}, s.sourceBucket(g.source))
	case g.outside:
		list = append(list, guessBucket{name + " from outside", limits.StrangersPasswords()})
	default:
		list = append(list, guessBucket{name + " from strangers", limits.StrangersPasswords()})
	}
	return list
}

// waitOf returns how long one has to wait for the next guess, and asks the database only if what this node has
// seen is neither enough to refuse nor all that is wanted.
func (s *Service) waitOf(ctx context.Context, b guessBucket, now time.Time, seenIsEnough bool) (time.Duration, error) {
	spent, err := s.Passwords.wrong.Bucket(ctx, b.name)
	if err != nil {
		return 0, err
	}
	if _, wait := b.rate.Spend(spent, now); wait > 0 || seenIsEnough || s.Buckets == nil {
		return wait, nil
	}
	if spent, err = s.Buckets.Bucket(ctx, b.name); err != nil {
		return 0, err
	}
	_, wait := b.rate.Spend(spent, now)
	return wait, s.seen(ctx, b, spent, now)
}

// countGuess counts a wrong password. Of a registrar that there is not, only this node's memory knows.
func (s *Service) countGuess(ctx context.Context, g guesser, buckets []guessBucket, now time.Time) error {
	kept := s.buckets()
	if g.nobody {
		kept = &s.Passwords.wrong
	}
	if s.Logins != nil && !g.nobody && !g.person && !g.files { // which logins of EPP are told of
		if err := s.Logins.CountWrongPassword(ctx, g.registrar, now); err != nil {
			return err
		}
	}
	return s.spendBuckets(ctx, buckets, kept, now)
}

// spendBuckets counts one event in each of some buckets.
func (s *Service) spendBuckets(ctx context.Context, buckets []guessBucket, kept Buckets, now time.Time) error {
	for _, b := range buckets {
		var after time.Time
		if err := kept.Spend(ctx, b.name, func(spent time.Time) time.Time {
			after, _ = b.rate.Spend(spent, now)
			return after
		}); err != nil {
			return err
		}
		if err := s.seen(ctx, b, after, now); err != nil {
			return err
		}
	}
	return nil
}

// seen keeps on this node what a bucket of all nodes holds, if it holds anything.
func (s *Service) seen(ctx context.Context, b guessBucket, spent, now time.Time) error {
	if s.Buckets == nil || !spent.After(now) {
		return nil
	}
	return s.Passwords.wrong.saw(ctx, b.name, spent)
}

func (s *Service) buckets() Buckets {
	if s.Buckets != nil {
		return s.Buckets
	}
	return &s.Passwords.wrong
}

// guessesAreFew holds unless too many passwords of the registrar were wrong just now from where the login comes,
// or from strangers if it comes from where the registrar has not logged in.
func guessesAreFew(wait time.Duration) Rule {
	return refuseIf("guessesAreFew", wait > 0, registry.Error{
		Code:   registry.Authentication,
		Reason: fmt.Sprintf("too many wrong passwords; wait %d seconds", int(wait.Seconds())+1),
		Wait:   wait,

		Private: "locked after too many wrong passwords",
	})
}

// knownSources are from where registrars have logged in with the right password, as this node knows. The zero
// knownSources is empty; there are no more registrars in it than have logged in.
type knownSources struct {
	mu   sync.Mutex
	list map[registry.RegistrarID][]string // the latest last
}

func (k *knownSources) has(g guesser) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Contains(k.list[g.registrar], g.source)
}

// add makes a source the latest of a registrar, and forgets the oldest above so many. Certificates need not be
// known.
func (k *knownSources) add(g guesser, most int) {
	if g.certified || most < 1 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.list == nil {
		k.list = map[registry.RegistrarID][]string{}
	}
	list := k.list[g.registrar]
	if i := slices.Index(list, g.source); i >= 0 {
		list = slices.Delete(list, i, i+1)
	}
	if over := len(list) + 1 - most; over > 0 {
		list = slices.Delete(list, 0, over)
	}
	k.list[g.registrar] = append(list, g.source)
}
