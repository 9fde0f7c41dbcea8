package flow

import (
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// HostCheck asks which names a host could have. RFC 5732 section 3.1.1. The names are as they were sent; a bad
// one is unavailable and does not fail the others. Whether the registrar sponsors the name above is not
// asked: that may change with its next command, and ICANN's tests (epp-05) expect a free name below any
// name to be available.
type HostCheck struct{ Names []string }

// Asks says what the check counts as.
func (q HostCheck) Asks() Question {
	return Question{Command: "check", Object: "host", IDs: q.Names}
}

// Answer looks each host up.
func (q HostCheck) Answer(c *Call) (Reply, error) {
	if err := c.check(registrarIsActive(c.Registrar), checkFits(c.Terms.Limits, len(q.Names), "host:name")); err != nil {
		return nil, err
	}
	answers := make([]Checked, len(q.Names))
	for i, text := range q.Names {
		answers[i] = checked(text, c.canCreateHost(text))
	}
	return answers, nil
}

// canCreateHost says why a create of a host would be refused, whoever sends it and whatever addresses it has.
func (c *Call) canCreateHost(text string) error {
	name, err := names.Parse(text)
	if err != nil {
		return notAName(err)
	}
	_, taken := c.Host(name)
	return c.check(hostIsFree(name, taken), hostIsNoZone(c.Profile, name), hostIsQualified(name))
}

// HostInfo asks for everything about a host. RFC 5732 section 3.1.2.
type HostInfo struct {
	Name names.Name
	TTL  TTLWanted
}

// HostDetails is what HostInfo answers.
type HostDetails struct {
	registry.Host
	EPPStatuses []registry.Status
	TTLs        []TTLDetail
	TTLWanted   TTLWanted
}

// Asks says what the info counts as.
func (q HostInfo) Asks() Question {
	return Question{Command: "info", Object: "host", IDs: []string{q.Name.String()}}
}

// Answer looks the host up.
func (q HostInfo) Answer(c *Call) (Reply, error) {
	h, found := c.Host(q.Name)
	if err := c.check(registrarIsActive(c.Registrar), hostExists(q.Name, found)); err != nil {
		return nil, err
	}
	_, h.Linked = c.delegatedTo(h)
	return HostDetails{h, lifecycle.HostStatuses(h), ttlDetails(c.Terms, "host", h.TTL, q.TTL), q.TTL}, nil
}
