package flow

import (
	"cmp"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// LaunchSaid is what a check or a create says of the phase that it is about. The zero LaunchSaid says
// nothing. RFC 8334 sections 3.1 and 3.3.
type LaunchSaid struct {
	Phase, Subphase string
	Application     bool // it asks for an application, not a registration
	Notices         bool // it says that its sender has read notices of claims
}

// phaseIsOpen holds for what is asked in a phase in which names are sold, with nothing that belongs to
// another. RFC 8334 sections 2.3 and 3.3.
func phaseIsOpen(t *policy.Terms, l LaunchSaid, now time.Time) Rule {
	phase, reason := cmp.Or(l.Phase, policy.PhaseOpen), ""
	switch {
	case !t.Launch.IsActive(phase, now):
		reason = "names are not sold in this phase; choose one that is open, or leave it out"
	case l.Subphase != "":
		reason = "the phase " + phase + " has no subphase; leave it out"
	case l.Application:
		reason = "there are no applications in this phase; ask for a registration"
	case l.Notices:
		reason = "there are no claims that a notice could be about; leave it out"
	}
	if reason == "" {
		return holds("phaseIsOpen", "launch:phase", l.Phase)
	}
	e := registry.Error{Code: registry.ParameterPolicy, Field: "launch:phase", Value: phase, Reason: reason}
	if l.Phase == "" {
		e.Field, e.Value = "", ""
	}
	return refuse("phaseIsOpen", e)
}

// DomainClaims asks whether there are claims to names: trademark owners' that a registrant is told of, or
// their marks. While the service of claims is off there is none. RFC 8334 section 3.1.
type DomainClaims struct {
	Names []string
	Phase string // empty: that of the form
}

// ClaimsChecked is what DomainClaims answers: names to which there is no claim.
type ClaimsChecked struct {
	Names []string
	Phase string // as it was asked for
}

// Asks says what the check counts as.
func (q DomainClaims) Asks() Question {
	return Question{Command: "check", Object: "domain", IDs: q.Names}
}

// Answer says that there is no claim.
func (q DomainClaims) Answer(c *Call) (Reply, error) {
	if err := c.check(registrarIsActive(c.Registrar), checkFits(c.Terms.Limits, len(q.Names), "domain:name")); err != nil {
		return nil, err
	}
	return ClaimsChecked(q), nil
}
