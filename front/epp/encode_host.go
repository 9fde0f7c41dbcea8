package epp

import "example.org/dorado/flow"

// maxHostStatuses is the maxOccurs of <host:status>. RFC 5732 section 4.
const maxHostStatuses = 7

// hostCreated writes <host:creData>. RFC 5732 section 3.2.1.
func (w *encoder) hostCreated(r flow.HostCreated) {
	w.object(nsHost, "creData")
	w.Element("host:name", r.Name.String())
	w.Element("host:crDate", instant(r.Created))
	w.End()
}

// hostDetails writes <host:infData>. RFC 5732 section 3.1.2.
func (w *encoder) hostDetails(r *flow.HostDetails) {
	w.object(nsHost, "infData")
	w.Element("host:name", r.Name.String())
	w.Element("host:roid", string(r.ROID))
	w.statuses("host:status", r.EPPStatuses, maxHostStatuses)
	for _, a := range r.Addresses {
		w.Start("host:addr")
		ip := "v6"
		if a.Is4() {
			ip = "v4"
		}
		w.Attr("ip", ip)
		w.Text(a.String())
		w.End()
	}
	w.Element("host:clID", string(r.Sponsor))
	w.Element("host:crID", string(r.Creator))
	w.Element("host:crDate", instant(r.Created))
	w.optional("host:upID", string(r.Updater))
	w.optionalInstant("host:upDate", r.Updated)
	w.optionalInstant("host:trDate", r.Transferred)
	w.End()
}
