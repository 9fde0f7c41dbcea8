package flow

import (
	"cmp"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// OwnShow asks for all that a registrar is shown of one of its names.
type OwnShow struct{ Name names.Name }

// OwnShown is what OwnShow answers.
type OwnShown struct {
	TimelineFound
	Domain      registry.Domain // without its authInfo
	HasAuthInfo bool
	AutoRenews  bool // as its registrar wants now
	Servers     []Nameserver
	Subordinate []names.Name
	Published   lifecycle.Publication
	Possible    []Possible
	Holders     map[string]string // who the contacts are that the registrar has, by their ids; others' are not told
}

// Can returns what an action comes to: of a renewal, for as many years as can be had first.
func (s OwnShown) Can(a Action) Possible {
	var first Possible
	for _, p := range s.Possible {
		switch {
		case p.Action != a:
		case p.Refusal == nil:
			return p
		case first.Action == "":
			first = p
		}
	}
	return first
}

// Asks says what the query counts as.
func (q OwnShow) Asks() Question {
	return Question{Command: "info", Object: "domain", IDs: []string{q.Name.String()}}
}

// Answer returns an OwnShown. A name of another registrar is not there.
func (q OwnShow) Answer(c *Call) (Reply, error) {
	// Load.
	d, found := c.Domain(q.Name)

	// Check.
	if err := c.check(
		registrarIsActive(c.Registrar),
		nameIsOneOfOnesOwn(q.Name, found && d.Sponsor == c.Registrar.ID),
	); err != nil {
		return nil, err
	}

	// Return.
	timeline, err := Timeline(q).Answer(c)
	if err != nil {
		return nil, err
	}
	shown := OwnShown{
		TimelineFound: timeline.(TimelineFound), HasAuthInfo: len(d.AuthInfo) > 0,
		AutoRenews: c.Registrar.AutoRenewsAt(c.Now), Published: lifecycle.Delegation(d), Possible: c.possible(d),
	}
	for _, ref := range d.Nameservers {
		shown.Servers = append(shown.Servers, c.shownServer(ref))
	}
	for _, h := range c.SubordinateHosts(d.Name) {
		shown.Subordinate = append(shown.Subordinate, h.Name)
	}
	shown.Holders = c.holders(d)
	d.AuthInfo = nil
	shown.Domain = d
	return shown, nil
}

// holders are the names of the contacts of a name that its registrar has, by their ids.
func (c *Call) holders(d registry.Domain) map[string]string {
	names := map[string]string{}
	for _, id := range contactIDs(d.Registrant.ID, rolesOf(d.Contacts)) {
		if k, found := c.Contact(id); found && id != "" && k.Sponsor == c.Registrar.ID {
			names[id] = holderOf(k)
		}
	}
	return names
}

// holderOf is the name of a contact, in its own letters if it has them.
func holderOf(k registry.Contact) string {
	for _, p := range []*registry.Postal{k.Loc, k.Int} {
		if p != nil {
			return cmp.Or(p.Name, p.Org)
		}
	}
	return ""
}

// nameIsOneOfOnesOwn holds for a name that the registrar sponsors. Of any other it is told the same, whether or not it
// is registered.
func nameIsOneOfOnesOwn(n names.Name, own bool) Rule {
	return refuseIf("nameIsOneOfOnesOwn", !own, registry.Error{
		Code: registry.ObjectMissing, Field: "domain:name", Value: n.String(),
		Reason: "you have no such name; check its spelling",
	})
}

// OwnHistory asks what happened to an object of the registrar since it has been the registrar's, the newest first.
type OwnHistory struct {
	Object registry.ObjectKind // domain, host or contact
	ID     string
	Before int64 // OwnPast.Next of the page before; 0 for the first
	Limit  int   // of steps; policy.Limits.HistoryPerPage at most, and if it is 0
}

// OwnPast is what OwnHistory answers.
type OwnPast struct {
	Steps []Step // of the registry's acts without author, reason and case
	Next  int64  // for the page that follows; 0 if there is none
}

// Asks says what the query counts as.
func (q OwnHistory) Asks() Question {
	return Question{Command: "info", Object: string(q.Object), IDs: []string{q.ID}}
}

// Answer returns an OwnPast.
func (q OwnHistory) Answer(c *Call) (Reply, error) {
	// Load.
	most := c.Terms.Limits.HistoryPerPage
	limit := q.Limit
	if limit == 0 {
		limit = most
	}
	_, sponsor, found := c.versionOf(q.Object, q.ID)

	// Check.
	if err := c.check(
		registrarIsActive(c.Registrar),
		historyIsKept(q.Object),
		historyPageFits(limit, most),
		objectWasThere(q.Object, q.ID, found && sponsor == c.Registrar.ID),
	); err != nil {
		return nil, err
	}

	// Return.
	list := c.versions(registry.VersionFilter{Kind: q.Object, ROID: c.living(q.Object, q.ID), After: q.Before}, limit+1)
	var past OwnPast
	for i, p := range list {
		if sponsorOf(p.Object) != c.Registrar.ID {
			break
		}
		if i == limit {
			past.Next = list[i-1].Version
			break
		}
		var before registry.Past
		if i+1 < len(list) {
			before = list[i+1]
		}
		past.Steps = append(past.Steps, c.ownStep(before, p))
	}
	return past, nil
}

// ownStep is a step as the sponsor is told it. What the object was under another sponsor is not the registrar's.
func (c *Call) ownStep(before, after registry.Past) Step {
	s := c.step(before, after)
	s.Author, s.Reason, s.Case = "", "", ""
	if before.Object != nil && sponsorOf(before.Object) != c.Registrar.ID {
		s.Differences = nil
	}
	return s
}

// sponsorOf is who sponsored an object of the history.
func sponsorOf(object any) registry.RegistrarID {
	switch o := object.(type) {
	case registry.Domain:
		return o.Sponsor
	case registry.Host:
		return o.Sponsor
	case registry.Contact:
		return o.Sponsor
	case registry.Registrar:
		return o.ID
	}
	return ""
}
