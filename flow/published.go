package flow

import (
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// Published asks what the zones should hold now for one name, or for up to Limit names after one, in order of name. It is for
// who has no name server that he could ask: a test environment.
type Published struct {
	Name  names.Name // of one name; zero for a page
	After names.Name
	Limit int
}

// PublishedPage is what Published answers. Next is the last name of a page that others may follow; zero if none does.
type PublishedPage struct {
	At    time.Time
	Names []PublishedName
	Next  names.Name
}

// A PublishedName is what the zone holds for a name, or why it holds nothing.
type PublishedName struct {
	Delegation
	Why string // empty if something is there
}

// Answer returns a PublishedPage.
func (q Published) Answer(c *Call) (Reply, error) {
	page := PublishedPage{At: c.Now}
	if !q.Name.IsZero() {
		shown := PublishedName{Delegation{Name: q.Name}, "it is not registered"}
		if d, found := c.Domain(q.Name); found {
			shown = c.published(d)
		}
		page.Names = []PublishedName{shown}
		return page, nil
	}
	stored, _ := read(c, func() ([]registry.Domain, bool, error) {
		list, err := c.reader.Domains(q.After, q.Limit)
		return list, true, err
	})
	for _, d := range stored {
		if now, _, alive := lifecycle.Advance(d, c.rules(), c.Now); alive {
			page.Names = append(page.Names, c.published(now))
		}
	}
	if len(stored) == q.Limit {
		page.Next = stored[len(stored)-1].Name
	}
	return page, nil
}

// published returns what is published of a name, with why where that is nothing.
func (c *Call) published(d registry.Domain) PublishedName {
	shown := PublishedName{Delegation: c.delegation(d, c.nameserver)}
	if len(shown.Nameservers) > 0 {
		return shown
	}
	switch {
	case d.Deletion.Active():
		shown.Why = "it is deleted, and waits for its purge"
	case d.Has(registry.ClientHold):
		shown.Why = "it has the status clientHold"
	case d.Has(registry.ServerHold):
		shown.Why = "it has the status serverHold"
	case len(d.Nameservers) == 0:
		shown.Why = "it has no name servers"
	default:
		shown.Why = "none of its name servers exists any more"
	}
	return shown
}
