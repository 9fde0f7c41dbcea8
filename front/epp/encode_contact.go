package epp

import (
	"strings"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// maxContactStatuses is the maxOccurs of <contact:status>. RFC 5733 section 4.
const maxContactStatuses = 7

// contactCreated writes <contact:creData>. RFC 5733 section 3.2.1.
func (w *encoder) contactCreated(r flow.ContactCreated) {
	w.object(nsContact, "creData")
	w.Element("contact:id", r.ID)
	w.Element("contact:crDate", instant(r.Created))
	w.End()
}

// contactDetails writes <contact:infData>. It never has an authInfo. RFC 5733 section 3.1.2,
// decisions 2.3 and 2.4.
func (w *encoder) contactDetails(r *flow.ContactDetails) {
	w.object(nsContact, "infData")
	w.Element("contact:id", r.ID)
	w.Element("contact:roid", string(r.ROID))
	w.statuses("contact:status", r.EPPStatuses, maxContactStatuses)
	w.postal("int", r.Int)
	w.postal("loc", r.Loc)
	w.phone("contact:voice", r.Voice)
	w.phone("contact:fax", r.Fax)
	w.Element("contact:email", r.Email)
	w.Element("contact:clID", string(r.Sponsor))
	w.Element("contact:crID", string(r.Creator))
	w.Element("contact:crDate", instant(r.Created))
	w.optional("contact:upID", string(r.Updater))
	w.optionalInstant("contact:upDate", r.Updated)
	w.optionalInstant("contact:trDate", r.Transferred)
	w.disclosed(r.Disclose)
	w.End()
}

// postal writes <contact:postalInfo> of a form that the contact has.
func (w *encoder) postal(form string, p *registry.Postal) {
	if p == nil {
		return
	}
	w.Start("contact:postalInfo")
	w.Attr("type", form)
	w.Element("contact:name", p.Name)
	w.optional("contact:org", p.Org)
	w.Start("contact:addr")
	w.list("contact:street", p.Street)
	w.Element("contact:city", p.City)
	w.optional("contact:sp", p.Province)
	w.optional("contact:pc", p.Postcode)
	w.Element("contact:cc", p.Country)
	w.End()
	w.End()
}

// phone writes a number that the contact has.
func (w *encoder) phone(name string, p registry.Phone) {
	if p.Number == "" {
		return
	}
	w.Start(name)
	if p.Extension != "" {
		w.Attr("x", p.Extension)
	}
	w.Text(p.Number)
	w.End()
}

// disclosed writes what is open, in the order of the schema, and nothing if nothing is. Decisions 2.3.
func (w *encoder) disclosed(open []registry.Disclosure) {
	if len(open) == 0 {
		return
	}
	w.Start("contact:disclose")
	w.Attr("flag", "1")
	for _, d := range open {
		what, form, _ := strings.Cut(string(d), "/")
		w.Start("contact:" + what)
		if form != "" {
			w.Attr("type", form)
		}
		w.End()
	}
	w.End()
}
