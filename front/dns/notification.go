package dns

import (
	"net/netip"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/zone"
)

// notification answers a NOTIFY. One of the CDS of a name below a zone of ours is a hint, for which childNotify is there;
// one of its CSYNC is answered alike and has no effect; of others nothing is known here. It costs no more than an
// answer, and tells nothing of the name. RFC 1996, RFC 9859 section 4.
func (d *desk) notification(message []byte) []byte {
	q := &d.request
	if !q.read(message) {
		d.tally.add(countMalformed)
		return d.bare(rcodeFormatError)
	}
	if q.class != zone.ClassIN || q.kind != zone.TypeCDS && q.kind != typeCSYNC {
		d.tally.add(countNotImplemented)
		return d.fail(rcodeNotImplemented, errorNotSupported)
	}
	name, err := names.Parse(strings.TrimSuffix(zone.Name(q.name).String(), "."))
	if err != nil || !d.childNotify(ChildNotice{name, d.from, q.kind == zone.TypeCDS}) {
		d.tally.add(countRefused)
		return d.fail(rcodeRefused, errorNotAuthoritative)
	}
	d.tally.add(countNotified)
	return d.fail(rcodeSuccess, errorNone)
}

// A ChildNotice says that a child zone has something to see.
type ChildNotice struct {
	Name names.Name
	From netip.Addr
	CDS  bool // else there are changes that the registry does not follow
}
