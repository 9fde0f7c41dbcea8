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
	list := c.delegatedAfter(h.ROID, "", toldAtOnce)
	c.prefetch(registry.Keys{Domains: namesOf(list)})
	return slices.ContainsFunc(list, func(d registry.Delegated) bool {
		due, _ := read(c, func() (time.Time, bool, error) { return c.reader.DomainDue(d.Name) })
		if due.After(c.Now) {
			return d.Sponsor != h.Sponsor
		}
		now, alive := c.Domain(d.Name)
		return alive && now.Sponsor != h.Sponsor
	})
}
