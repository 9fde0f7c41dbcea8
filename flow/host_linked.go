package flow

import (
	"slices"

	"example.org/dorado/core/registry"
)

// linkedByOther reports whether a name of another sponsor is delegated to a host, whenever the engine last ran:
// time may have purged or moved the names that are stored.
func (c *Call) linkedByOther(h registry.Host) bool {
	late := c.late()
	if len(late) == 0 {
		linked, _ := read(c, func() (bool, bool, error) {
			linked, err := c.reader.LinkedByOther(h.ROID, h.Sponsor)
			return linked, true, err
		})
		return linked
	}
	return slices.ContainsFunc(c.delegatedAfter(h.ROID, "", toldAtOnce), func(d registry.Delegated) bool {
		if !slices.Contains(late, d.Name) {
			return d.Sponsor != h.Sponsor
		}
		now, alive := c.Domain(d.Name)
		return alive && now.Sponsor != h.Sponsor
	})
}
