package flow

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A Restriction says who is restricted, by whom, why and until when, or that a restriction is lifted. It
// is the operator's. Manual 9.7.3, decisions 4.5.
type Restriction struct {
	Registrar registry.RegistrarID
	Lift      bool
	Author    string    // the operator
	Reason    string    // as the registrar is told
	Until     time.Time // of real time; zero: until it is lifted
}

// RegistrarLimit limits a registrar's commands of one scope, in the place of a limit of that scope.
type RegistrarLimit struct {
	Restriction
	Limit registry.CommandLimit // its Measure is ignored
}

// Subject is registrar:limit.
func (cmd RegistrarLimit) Subject() Subject {
	return Subject{Command: "limit", Object: "registrar", ID: string(cmd.Registrar)}
}

// Run sets or lifts the limit.
func (cmd RegistrarLimit) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)
	limit := cmd.Limit
	if limit.ID != "" {
		limit.ID = scopeID(limit.ID)
	}
	now := c.realNow()
	limit.Measure = cmd.measure(now)
	f := r.FairUse.Clone()
	f.Limits = slices.DeleteFunc(f.Limits, func(l registry.CommandLimit) bool { return !l.InForce(now) })
	at := slices.IndexFunc(f.Limits, func(l registry.CommandLimit) bool { return l.Scope == limit.Scope })

	// Check.
	if err := c.check(
		registrarExists(cmd.Registrar, found),
		restrictionIsExplained(cmd.Restriction, now),
		scopeIsKnown(limit.Scope),
		paceIsPossible(limit, cmd.Lift),
		restrictionStands(cmd.Lift && at < 0, Describe(limit.Scope)),
		limitsAreFew(c.Terms.Limits, len(f.Limits), cmd.Lift || at >= 0),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	switch {
	case cmd.Lift:
		f.Limits = slices.Delete(f.Limits, at, at+1)
	case at >= 0:
		f.Limits[at] = limit
	default:
		f.Limits = append(f.Limits, limit)
	}

	// Return.
	return cmd.put(r, f, now)
}

// RegistrarSessions limits how many sessions a registrar may have at once. Those that are open stay.
type RegistrarSessions struct {
	Restriction
	Most int // 0: none
}

// Subject is registrar:sessions.
func (cmd RegistrarSessions) Subject() Subject {
	return Subject{Command: "sessions", Object: "registrar", ID: string(cmd.Registrar)}
}

// Run sets or lifts the cap.
func (cmd RegistrarSessions) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)
	now, f := c.realNow(), r.FairUse.Clone()

	// Check.
	if err := c.check(
		registrarExists(cmd.Registrar, found),
		restrictionIsExplained(cmd.Restriction, now),
		sessionCapIsLower(c.Terms.Limits, cmd),
		restrictionStands(cmd.Lift && !f.Sessions.InForce(now), "sessions"),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	f.Sessions = registry.SessionCap{}
	if !cmd.Lift {
		f.Sessions = registry.SessionCap{Most: cmd.Most, Measure: cmd.measure(now)}
	}

	// Return.
	return cmd.put(r, f, now)
}

// RegistrarCache makes a registrar's checks and infos be answered by what they were answered before, up to
// an age.
type RegistrarCache struct {
	Restriction
	Age time.Duration
}

// Subject is registrar:cache.
func (cmd RegistrarCache) Subject() Subject {
	return Subject{Command: "cache", Object: "registrar", ID: string(cmd.Registrar)}
}

// Run switches the cache on or off.
func (cmd RegistrarCache) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)
	now, f := c.realNow(), r.FairUse.Clone()

	// Check.
	if err := c.check(
		registrarExists(cmd.Registrar, found),
		restrictionIsExplained(cmd.Restriction, now),
		cacheAgeIsPossible(cmd),
		restrictionStands(cmd.Lift && !f.Cache.InForce(now), "cache"),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	f.Cache = registry.AnswerCache{}
	if !cmd.Lift {
		f.Cache = registry.AnswerCache{Age: cmd.Age, Measure: cmd.measure(now)}
	}

	// Return.
	return cmd.put(r, f, now)
}

// realNow is the instant of real time at which a restriction begins, in whole seconds.
func (c *Call) realNow() time.Time { return c.service.Real().UTC().Truncate(time.Second) }

func (o Restriction) measure(now time.Time) registry.Measure {
	return registry.Measure{Since: now, Until: o.Until.UTC(), Author: o.Author, Reason: o.Reason}
}

// put writes a registrar with another FairUse, and who changed it.
func (o Restriction) put(r registry.Registrar, f *registry.FairUse, now time.Time) (Reply, registry.Changes, error) {
	f.Changed = o.measure(now)
	r.Version++
	r.FairUse = f
	return r, registry.Changes{Registrars: []registry.Registrar{r}}, nil
}

// maxReason is the most characters of a reason: it stands in every refusal that follows from it.
const maxReason = 200

// restrictionIsExplained holds for one with an author, a reason that can be shown, and an end ahead.
func restrictionIsExplained(o Restriction, now time.Time) Rule {
	unprintable := strings.ContainsFunc(o.Reason+o.Author, func(r rune) bool { return !unicode.IsPrint(r) })
	return allOf("restrictionIsExplained",
		refuseIf("restrictionIsExplained", o.Author == "", registry.Error{
			Code: registry.ParameterMissing, Field: "author", Reason: "a restriction has an author; name who decided it",
		}),
		refuseIf("restrictionIsExplained", strings.TrimSpace(o.Reason) == "", registry.Error{
			Code: registry.ParameterMissing, Field: "reason", Reason: "a restriction has a reason; give the one that the registrar is told",
		}),
		refuseIf("restrictionIsExplained", utf8.RuneCountInString(o.Reason) > maxReason || unprintable, registry.Error{
			Code: registry.ParameterSyntax, Field: "reason",
			Reason: fmt.Sprintf("a reason has at most %d characters that can be printed; shorten it", maxReason),
		}),
		refuseIf("restrictionIsExplained", !o.Until.IsZero() && !now.Before(o.Until), registry.Error{
			Code: registry.ParameterRange, Field: "until", Value: o.Until.UTC().Format(time.RFC3339),
			Reason: "the end is not ahead; it is in real time, UTC",
		}),
	)
}

// scopeIsKnown holds for a command and an object that can be limited.
func scopeIsKnown(s registry.Scope) Rule {
	return allOf("scopeIsKnown",
		refuseIf("scopeIsKnown", s.Command != "" && !slices.Contains(policy.LimitedCommands(), s.Command), registry.Error{
			Code: registry.ParameterRange, Field: "command", Value: s.Command,
			Reason: "it cannot be limited; these can: " + strings.Join(policy.LimitedCommands(), ", "),
		}),
		refuseIf("scopeIsKnown", s.Object != "" && !slices.Contains(policy.LimitedObjects(), s.Object), registry.Error{
			Code: registry.ParameterRange, Field: "object", Value: s.Object,
			Reason: "there are no such objects; there are " + strings.Join(policy.LimitedObjects(), ", "),
		}),
		refuseIf("scopeIsKnown", (s.Object != "" || s.ID != "") && (s.Command == "login" || s.Command == "poll"), registry.Error{
			Code: registry.ParameterPolicy, Field: "command", Value: s.Command,
			Reason: "it is about no object; leave object and name out",
		}),
	)
}

// The limits of limits: what arithmetic in microseconds can keep apart.
const (
	mostCommands = 1_000_000
	longestPer   = 31 * 24 * time.Hour
)

// paceIsPossible holds for a limit of none, of no limit, or of so many in a time.
func paceIsPossible(l registry.CommandLimit, lifted bool) Rule {
	possible := l.Unlimited || l.Count == 0 ||
		0 < l.Count && l.Count <= mostCommands && time.Second <= l.Per && l.Per <= longestPer
	return refuseIf("paceIsPossible", !lifted && !possible, registry.Error{
		Code: registry.ParameterRange, Field: "rate", Value: Pace(l),
		Reason: fmt.Sprintf("a limit is up to %d commands in 1 second to 31 days; 0 for none, unlimited to lift the profile's", mostCommands),
	})
}

// restrictionStands holds for a restriction that the registrar has: no other can be lifted.
func restrictionStands(missing bool, what string) Rule {
	return refuseIf("restrictionStands", missing, registry.Error{
		Code: registry.ObjectMissing, Field: "limit", Value: what,
		Reason: "the registrar has no such restriction; dorado registrar show lists those that it has",
	})
}

// limitsAreFew bounds how many limits of its own a registrar has.
func limitsAreFew(l policy.Limits, n int, replaces bool) Rule {
	return refuseIf("limitsAreFew", !replaces && n >= l.LimitsPerRegistrar, registry.Error{
		Code:   registry.ParameterPolicy,
		Reason: fmt.Sprintf("a registrar has at most %d limits; lift one first", l.LimitsPerRegistrar),
	})
}

// sessionCapIsLower holds for a number of sessions that is not above what the profile gives everybody.
func sessionCapIsLower(l policy.Limits, cmd RegistrarSessions) Rule {
	return refuseIf("sessionCapIsLower", !cmd.Lift && (cmd.Most < 0 || cmd.Most > l.SessionsPerRegistrar), registry.Error{
		Code: registry.ParameterRange, Field: "sessions", Value: fmt.Sprint(cmd.Most),
		Reason: fmt.Sprintf("the profile allows all registrars %d sessions; give 0 to that many", l.SessionsPerRegistrar),
	})
}

// cacheAgeIsPossible holds for an age of answers that a registrar can live with.
func cacheAgeIsPossible(cmd RegistrarCache) Rule {
	return refuseIf("cacheAgeIsPossible", !cmd.Lift && (cmd.Age < time.Second || cmd.Age > cachedAge), registry.Error{
		Code: registry.ParameterRange, Field: "cache", Value: cmd.Age.String(),
		Reason: fmt.Sprintf("no age for answers; give 1 second to %s", cachedAge),
	})
}
