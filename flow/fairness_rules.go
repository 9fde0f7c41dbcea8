package flow

import (
	"errors"
	"fmt"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// commandIsOpen holds unless the operator has closed a command to a registrar. A login that is closed
// ends the connection. Decisions 4.5.
func commandIsOpen(l registry.CommandLimit) Rule {
	if l.Count > 0 {
		return holds("commandIsOpen", "", "")
	}
	code := registry.DataPolicy
	if l.Command == "login" {
		code = registry.SessionLimitClosing
	}
	return refuse("commandIsOpen", registry.Error{
		Code:   code,
		Reason: "the registry has closed " + Describe(l.Scope) + " to this registrar" + since(l.Measure) + "; ask the registry",
	})
}

// commandsAreFew holds for a command that is within its limits, on all nodes together; the wait is in
// the reason. A login over its limit ends the connection. Decisions 4.5.
func commandsAreFew(l registry.CommandLimit, wait time.Duration) Rule {
	if wait <= 0 {
		return holds("commandsAreFew", "", "")
	}
	code := registry.DataPolicy
	if l.Command == "login" {
		code = registry.SessionLimitClosing
	}
	return refuse("commandsAreFew", registry.Error{
		Code: code,
		Reason: fmt.Sprintf("the registry has limited %s of %s to %s%s; wait %s", Describe(l.Scope), limited(l.Measure),
			Pace(l), since(l.Measure), seconds(wait)),
	})
}

// limited says whom a limit is for.
func limited(m registry.Measure) string {
	if m.Since.IsZero() {
		return "each registrar"
	}
	return "this registrar"
}

// Describe says what a limit is about, such as "check of the domain shop.co".
func Describe(s registry.Scope) string {
	command := s.Command
	if command == "" {
		command = "all commands"
	}
	switch {
	case s.ID != "" && s.Object != "":
		return command + " of the " + s.Object + " " + s.ID
	case s.ID != "":
		return command + " of " + s.ID
	case s.Object != "":
		return command + " of " + s.Object + "s"
	}
	return command
}

// since says from when to when a measure holds, and why, behind what it is.
func since(m registry.Measure) string {
	text := ""
	if !m.Since.IsZero() {
		text = " since " + m.Since.UTC().Format(time.RFC3339)
	}
	if !m.Until.IsZero() {
		text += " until " + m.Until.UTC().Format(time.RFC3339)
	}
	if m.Reason != "" {
		text += ": " + m.Reason
	}
	return text
}

// Pace says a limit's rate as people write it, such as "10 in 1s".
func Pace(l registry.CommandLimit) string {
	switch {
	case l.Unlimited:
		return "unlimited"
	case l.Count == 0:
		return "closed"
	case l.Per == time.Second:
		return fmt.Sprintf("%d a second", l.Count)
	case l.Per == time.Minute:
		return fmt.Sprintf("%d a minute", l.Count)
	case l.Per == time.Hour:
		return fmt.Sprintf("%d an hour", l.Count)
	case l.Per == 24*time.Hour:
		return fmt.Sprintf("%d a day", l.Count)
	}
	return fmt.Sprintf("%d in %s", l.Count, l.Per)
}

// seconds says a wait in whole seconds, rounded up.
func seconds(wait time.Duration) string {
	n := int((wait + time.Second - 1) / time.Second)
	if n == 1 {
		return "1 second"
	}
	return fmt.Sprintf("%d seconds", n)
}

// SessionsAllowed is how many sessions a registrar may have now, on all nodes together. Manual 9.7.1.
func (s *Service) SessionsAllowed(r registry.Registrar) int {
	most, _ := s.Terms().Limits.Sessions(r.FairUse, s.Real())
	return most
}

// SessionsAreFew is the refusal of a session that is one too many. Decisions 4.4, 4.5.
func (s *Service) SessionsAreFew(r registry.Registrar) error {
	return check(sessionsAreFew(s.Terms().Limits.Sessions(r.FairUse, s.Real())))
}

// sessionsAreFew holds while a registrar has fewer sessions, on all nodes together, than it may. Manual
// 9.7.1, 9.7.3.
func sessionsAreFew(most int, by registry.Measure) Rule {
	reason := fmt.Sprintf("the registrar has %d sessions, which is the most; close one or wait for one to end", most)
	switch {
	case most == 0:
		reason = "the registry lets this registrar begin no session" + since(by) + "; ask the registry"
	case !by.Since.IsZero():
		reason = fmt.Sprintf("the registry has limited the sessions of this registrar to at most %d at once%s; close one or wait for one to end",
			most, since(by))
	}
	return refuse("sessionsAreFew", registry.Error{Code: registry.SessionLimitClosing, Reason: reason})
}

// refusalOf returns the refusal that an error is, if it is one.
func refusalOf(err error) (*registry.Error, bool) {
	return errors.AsType[*registry.Error](err)
}

// InForce returns what limits a registrar now: its own limits and those of the profile, the most sessions,
// and its cache if it is on. A Measure is zero where the profile says it.
func (s *Service) InForce(r registry.Registrar) registry.FairUse {
	limits, now := s.Terms().Limits, s.Real()
	in := registry.FairUse{Limits: limits.InForce(r.FairUse, now)}
	in.Sessions.Most, in.Sessions.Measure = limits.Sessions(r.FairUse, now)
	if age := policy.CacheAge(r.FairUse, now); age > 0 {
		in.Cache = r.FairUse.Cache
	}
	return in
}
