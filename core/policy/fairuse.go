package policy

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/dorado/core/registry"
)

// LimitedCommands are those that a limit can be about. Login is one; hello and logout are not.
func LimitedCommands() []string {
	return []string{"check", "info", "create", "update", "renew", "delete", "transfer", "poll", "login"}
}

// LimitedObjects are those that a limit can be about.
func LimitedObjects() []string { return []string{"domain", "host", "contact"} }

// A DefaultLimit is a limit on commands in a profile: so many in so many seconds for each registrar.
type DefaultLimit struct {
	Command string  `json:"command"` // empty: every command but login
	Object  string  `json:"object"`  // empty: every object
	Count   int     `json:"count"`
	Seconds Seconds `json:"seconds"`
	Why     string  `json:"why"` // as registrars are told
}

func (d DefaultLimit) check() error {
	switch {
	case d.Command != "" && !slices.Contains(LimitedCommands(), d.Command):
		return fmt.Errorf("%q is no command that can be limited", d.Command)
	case d.Object != "" && !slices.Contains(LimitedObjects(), d.Object):
		return fmt.Errorf("%q is no object", d.Object)
	case d.Count < 1 || d.Seconds < 1:
		return errors.New("count and seconds must be 1 or more")
	case d.Why == "":
		return errors.New("say why")
	}
	return nil
}

// limit is the default as a limit that no operator has set.
func (d DefaultLimit) limit() registry.CommandLimit {
	return registry.CommandLimit{
		Scope: registry.Scope{Command: d.Command, Object: d.Object}, Count: d.Count, Per: d.Seconds.Duration(),
		Measure: registry.Measure{Reason: d.Why},
	}
}

// RateOf is a limit as arithmetic; the limit is neither Unlimited nor of Count 0.
func RateOf(l registry.CommandLimit) Rate { return Rate{l.Count, l.Per / time.Duration(l.Count)} }

// A Load is what one command asks for, as limits see it.
type Load struct {
	Command, Object string
	IDs             []string // as in registry.Scope
}

// within reports whether a command counts against a limit of a scope.
func (l Load) within(s registry.Scope) bool {
	switch {
	case s.Command != l.Command && (s.Command != "" || l.Command == "login"):
		return false
	case s.Object != "" && s.Object != l.Object:
		return false
	}
	return s.ID == "" || slices.Contains(l.IDs, s.ID)
}

// Unrestricted reports whether no limit on commands can hold for a registrar with this FairUse. It is
// the usual case, and decided without looking at a command.
func (l Limits) Unrestricted(f *registry.FairUse) bool {
	return len(l.Commands) == 0 && (f == nil || len(f.Limits) == 0)
}

// InForce returns the limits on commands of a registrar at an instant of real time: its own, then those
// of the profile for which it has none of the same scope.
func (l Limits) InForce(f *registry.FairUse, now time.Time) []registry.CommandLimit {
	var list []registry.CommandLimit
	if f != nil {
		for _, limit := range f.Limits {
			if limit.InForce(now) {
				list = append(list, limit)
			}
		}
	}
	own := len(list)
	for _, d := range l.Commands {
		limit := d.limit()
		if !slices.ContainsFunc(list[:own], func(o registry.CommandLimit) bool { return o.Scope == limit.Scope }) {
			list = append(list, limit)
		}
	}
	return list
}

// Against returns those of the limits in force that a command counts against, the registrar's own first.
func (l Limits) Against(f *registry.FairUse, load Load, now time.Time) []registry.CommandLimit {
	return slices.DeleteFunc(l.InForce(f, now), func(limit registry.CommandLimit) bool {
		return limit.Unlimited || !load.within(limit.Scope)
	})
}

// Sessions is how many sessions a registrar may have at an instant of real time, and the measure that
// says so, which is zero where the profile does.
func (l Limits) Sessions(f *registry.FairUse, now time.Time) (most int, by registry.Measure) {
	if f != nil && f.Sessions.InForce(now) {
		return min(f.Sessions.Most, l.SessionsPerRegistrar), f.Sessions.Measure
	}
	return l.SessionsPerRegistrar, registry.Measure{}
}

// CacheAge is how old an answer to a check or an info of a registrar may be; 0: it is always new.
func CacheAge(f *registry.FairUse, now time.Time) time.Duration {
	if f == nil || !f.Cache.InForce(now) {
		return 0
	}
	return f.Cache.Age
}

// Excessive says what a registrar's day has too much of; empty if nothing. Who registered nothing is
// measured as if it were one name. Manual 9.9.1.
func (l Limits) Excessive(u registry.DayOfUse) string {
	sum := u.Checks + u.FailedCreates
	switch names := max(u.Registered, 1); {
	case l.DropCatchCommands > 0 && sum > l.DropCatchCommands:
		return fmt.Sprintf("%d checks and %d failed creates, more than %d", u.Checks, u.FailedCreates, l.DropCatchCommands)
	case l.DropCatchPerName > 0 && sum > l.DropCatchPerName*names:
		return fmt.Sprintf("%d checks and %d failed creates for %d names registered, more than %d for each",
			u.Checks, u.FailedCreates, u.Registered, l.DropCatchPerName)
	}
	return ""
}
