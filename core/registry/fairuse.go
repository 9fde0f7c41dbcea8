package registry

import (
	"slices"
	"time"
)

// FairUse is what the operator restricts one registrar to, beyond the profile. Manual 9.7.3, decisions
// 4.5. It is a value: who changes it works on a Clone.
type FairUse struct {
	Limits   []CommandLimit `json:",omitzero"`
	Sessions SessionCap     `json:",omitzero"`
	Cache    AnswerCache    `json:",omitzero"`

	// Changed is the last change of any of them, so that each version in the history says who made
	// it and why, a lifting too.
	Changed Measure `json:",omitzero"`
}

// Clone returns a FairUse that shares nothing with f, which may be nil.
func (f *FairUse) Clone() *FairUse {
	if f == nil {
		return new(FairUse)
	}
	c := *f
	c.Limits = slices.Clone(f.Limits)
	return &c
}

// A Measure is something that an operator has put in force. Its instants are real time where it is about the load of
// machines, and the registry's where it changed a name, a host or a contact. The zero Measure is none.
type Measure struct {
	Since  time.Time `json:",omitzero"`
	Until  time.Time `json:",omitzero"` // half-open; zero: until it is lifted
	Author string    `json:",omitzero"` // the operator; registrars are not told
	Reason string    `json:",omitzero"` // as the registrar is told

	// Of what was done to an object, whose Reason its sponsor is not told: what it was told instead, and in which
	// case, such as "udrp:D2026-0001".
	Told string `json:",omitzero"`
	Case string `json:",omitzero"`
}

// InForce reports whether the measure holds at an instant of real time.
func (m Measure) InForce(now time.Time) bool {
	return !m.Since.IsZero() && (m.Until.IsZero() || now.Before(m.Until))
}

// A Scope is what a CommandLimit is about. Two limits of one scope do not stand together.
type Scope struct {
	Command string `json:",omitzero"` // check, info, create, … or login; empty: every command but login
	Object  string `json:",omitzero"` // domain, host or contact; empty: every object
	ID      string `json:",omitzero"` // an object's name or id in lower case, names as A-labels; empty: every one
}

// A CommandLimit allows so many commands in a time. Count 0 allows none at all.
type CommandLimit struct {
	Scope
	Count     int           `json:",omitzero"`
	Per       time.Duration `json:",omitzero"`
	Unlimited bool          `json:",omitzero"` // the profile's limit of this scope does not hold
	Measure
}

// A SessionCap is the most sessions that a registrar may have at once; 0 is none.
type SessionCap struct {
	Most int `json:",omitzero"`
	Measure
}

// An AnswerCache says how old the answers to checks and infos may be; at least 1 second while it is in
// force.
type AnswerCache struct {
	Age time.Duration `json:",omitzero"`
	Measure
}

// A DayOfUse counts what a registrar asked for on one day (UTC, real time), on all nodes together, as
// far as the additional limit on drop-catching counts it. Manual 9.9.1.
type DayOfUse struct {
	Registrar     RegistrarID
	Day           time.Time // its first instant
	Checks        int64     // of domains, whatever their outcome
	FailedCreates int64     // of domains, whatever the reason
	Registered    int64     // domains

	Flagged time.Time // when it was found excessive; zero: it was not
	Flag    string    // what was excessive, with the counts of that moment
}
