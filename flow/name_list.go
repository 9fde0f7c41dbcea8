package flow

import (
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// NameList asks for up to Limit registered names after a name, in order, for the operator.
type NameList struct {
	After names.Name
	Limit int
}

// A NameLine is one registration as it is now.
type NameLine struct {
	Name        names.Name
	Sponsor     registry.RegistrarID
	Expires     time.Time
	EPPStatuses []registry.Status
	RGPStatuses []registry.RGPStatus
	Suspension  registry.Suspension
}

// NamePage is what NameList answers. Last is where the next page begins; it is zero when there is
// none.
type NamePage struct {
	Names []NameLine
	Last  names.Name
}

// Answer returns a NamePage. A name whose purge has come due is left out.
func (q NameList) Answer(c *Call) (Reply, error) {
	stored, _ := read(c, func() ([]registry.Domain, bool, error) {
		domains, err := c.reader.Domains(q.After, q.Limit)
		return domains, true, err
	})
	var page NamePage
	for _, d := range stored {
		page.Last = d.Name
		now, _, alive := lifecycle.Advance(d, c.rules(), c.Now)
		if alive {
			page.Names = append(page.Names, NameLine{
				now.Name, now.Sponsor, now.Expires, lifecycle.Statuses(now), lifecycle.RGPStatuses(now, c.Now), now.Suspension,
			})
		}
	}
	return page, nil
}
