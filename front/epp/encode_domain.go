package epp

import "example.org/dorado/flow"

// maxDomainStatuses is the maxOccurs of <domain:status>. RFC 5731 section 4.
const maxDomainStatuses = 11

// domainCreated writes <domain:creData>. RFC 5731 section 3.2.1, manual 9.4.4.
func (w *encoder) domainCreated(r flow.DomainCreated) {
	w.object(nsDomain, "creData")
	w.Element("domain:name", r.Name.String())
	w.Element("domain:crDate", instant(r.Created))
	w.Element("domain:exDate", instant(r.Expires))
	w.End()
}

// domainRenewed writes <domain:renData>. RFC 5731 section 3.2.3.
func (w *encoder) domainRenewed(r flow.DomainRenewed) {
	w.object(nsDomain, "renData")
	w.Element("domain:name", r.Name.String())
	w.Element("domain:exDate", instant(r.Expires))
	w.End()
}

// domainDetails writes <domain:infData>. It never has an authInfo. RFC 5731 section 3.1.2, manual
// 9.12.1, decisions 3.9.
func (w *encoder) domainDetails(r *flow.DomainDetails) {
	w.object(nsDomain, "infData")
	w.Element("domain:name", r.Name.String())
	w.Element("domain:roid", string(r.ROID))
	w.statuses("domain:status", r.EPPStatuses, maxDomainStatuses)
	w.optional("domain:registrant", r.Registrant.ID)
	for _, c := range r.Contacts {
		w.Start("domain:contact")
		w.Attr("type", c.Role)
		w.Text(c.ID)
		w.End()
	}
	w.domainHosts(r)
	w.Element("domain:clID", string(r.Sponsor))
	w.optional("domain:crID", string(r.Creator))
	w.optionalInstant("domain:crDate", r.Created)
	w.optional("domain:upID", string(r.Updater))
	w.optionalInstant("domain:upDate", r.Updated)
	w.optionalInstant("domain:exDate", r.Expires)
	w.optionalInstant("domain:trDate", r.Transferred)
	w.End()
}

// domainHosts writes <domain:ns> and <domain:host>, as far as they were asked for.
func (w *encoder) domainHosts(r *flow.DomainDetails) {
	if r.Wanted.Delegated && len(r.Nameservers) > 0 {
		w.Start("domain:ns")
		for _, h := range r.Nameservers {
			w.Element("domain:hostObj", h.Name.String())
		}
		w.End()
	}
	if r.Wanted.Subordinate {
		for _, h := range r.Subordinate {
			w.Element("domain:host", h.String())
		}
	}
}
