package flow

import (
	"slices"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// delegatedTo reports whether a name is delegated to a host: one that time has purged is not, while nobody has
// written that down. It returns those where no other is.
func (c *Call) delegatedTo(h registry.Host) (gone []names.Name, linked bool) {
	c.sees(registry.AnyTrace('d'))
	if !h.Linked || !c.anyLate() {
		return nil, h.Linked
	}
	all, unlinked := c.unlinked(func(limit int) ([]names.Name, error) {
		return c.reader.DelegatedTo(h.ROID, limit)
	}, names.Name{})
	return all.names, !unlinked
}

// linkedByOther reports whether a name of another sponsor is delegated to a host, whenever the engine last ran:
// time may have purged or moved the names that are stored.
func (c *Call) linkedByOther(h registry.Host) bool {
	if !c.anyLate() {
		linked, _ := read(c, func() (bool, bool, error) {
			linked, err := c.reader.LinkedByOther(h.ROID, h.Sponsor)
			return linked, true, err
		})
		return linked
	}
	return slices.ContainsFunc(c.delegatedNow(c.delegatedAfter(h.ROID, "", toldAtOnce)), func(d registry.Delegated) bool {
		return d.Sponsor != h.Sponsor
	})
}

// delegatedNow returns of names that are delegated to a host by what is stored those that live, each with the
// sponsor that it has now.
func (c *Call) delegatedNow(list []registry.Delegated) []registry.Delegated {
	if len(list) == 0 || !c.anyLate() {
		return list
	}
	c.prefetch(registry.Keys{Domains: namesOf(list)})
	var now []registry.Delegated
	for _, d := range list {
		due, _ := read(c, func() (time.Time, bool, error) { return c.reader.DomainDue(d.Name) })
		if due.After(c.Now) {
			now = append(now, d)
			continue
		}
		if domain, alive := c.Domain(d.Name); alive {
			d.Sponsor = domain.Sponsor
			now = append(now, d)
		}
	}
	return now
}
