package flow

import (
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// CameDue asks which names are published otherwise now than they were at an earlier instant, by time alone: so
// the zone is right at the instant, whether or not the engine has run. When nothing is due, it costs one look
// at an index.
type CameDue struct {
	Since time.Time // the zone is right as of then

	// Overdue asks of all names that wait for the engine. Without it only of those that came due after Since:
	// the others' next step is no sooner than what Came.Next said of them.
	Overdue bool

	// Every asks of names that are published now as they were at Since, too: it is not known whether the zone has
	// seen what they were in between.
	Every bool
}

// Came is what CameDue answers.
type Came struct {
	Marks []registry.Mark // what has to be looked at; their versions are 0
	Until time.Time       // as of when that is all
	Next  time.Time       // when the next step of a name follows that waits for the engine; zero if none waits
}

// Answer returns a Came.
func (q CameDue) Answer(c *Call) (Reply, error) {
	came := Came{Until: c.Now}
	first, _ := read(c, func() (time.Time, bool, error) {
		at, err := c.reader.NextDue()
		return at, true, err
	})
	if first.IsZero() || first.After(c.Now) {
		return came, nil
	}
	rules := c.rulesOfPublication()
	if c.fault != nil {
		return nil, c.fault
	}
	after := q.Since
	if q.Overdue {
		after = time.Time{}
	}
	var gone []names.Name
	err := c.reader.DueOutlines(after, c.Now, func(d registry.Domain) {
		before, _, was := lifecycle.Advance(d, rules, q.Since)
		now, _, is := lifecycle.Advance(before, rules, c.Now)
		if was && is && (q.Every || lifecycle.Delegation(before) != lifecycle.Delegation(now)) {
			came.Marks = append(came.Marks, registry.Mark{Kind: registry.MarkDomain, Name: d.Name})
		}
		if was && !is {
			gone = append(gone, d.Name)
		}
		if next := lifecycle.Due(now); is && (came.Next.IsZero() || next.Before(came.Next)) {
			came.Next = next
		}
	})
	if err != nil {
		return nil, err
	}
	for _, name := range gone { // its hosts are gone with it, for those that are delegated to them
		for _, h := range c.storedHostsBelow(name) {
			came.Marks = append(came.Marks, registry.Mark{Kind: registry.MarkHost, Name: h.Name})
		}
	}
	return came, nil
}

// rulesOfPublication are the rules of time as far as the zone is concerned, with all that they need read
// before: no price, and every registrar.
func (c *Call) rulesOfPublication() lifecycle.Rules {
	all, _ := read(c, func() ([]registry.Registrar, bool, error) {
		all, err := c.reader.Registrars()
		return all, true, err
	})
	c.others = map[registry.RegistrarID]registry.Registrar{}
	for _, r := range all {
		c.others[r.ID] = r
	}
	rules := c.rules()
	rules.Price = nil
	return rules
}

// SuspensionPages returns the name servers of the page that suspended names show now, by their zone.
func (s *Service) SuspensionPages() map[names.Name][]names.Name {
	pages := map[names.Name][]names.Name{}
	now := s.Clock()
	for _, z := range s.Profile.Zones {
		if page := s.Profile.TermsIn(z.Name, now).SuspensionPage; len(page) > 0 {
			pages[z.Name] = page
		}
	}
	return pages
}
