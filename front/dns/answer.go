package dns

import "example.org/dorado/core/zone"

// askedAt is where the name that was asked for is in every answer.
const askedAt = headerBytes

// answered appends the RRset that was asked for.
func (d *desk) answered(r *zone.Result) {
	q := &d.request
	d.out[2] |= flagAA
	s := rrset{section: sectionAnswer, at: askedAt, set: r.Set, ttl: r.Set.TTL(), signed: q.dnssec}
	if q.kind == zone.TypeRRSIG {
		d.signatures(s)
		return
	}
	d.tally.add(countAnswered)
	if !d.add(s) {
		d.truncate()
		return
	}
	if r.Set.Type() == zone.TypeNS {
		d.siblings(r.Set, nil)
	}
}

// signatures answers a question for RRSIG with those of one RRset, as for ANY. RFC 8482 section 4.1.
func (d *desk) signatures(s rrset) {
	d.tally.add(countAnswered)
	if !d.addSigs(s) {
		d.truncate()
	}
}

// referred sends the resolver on: the name servers, DS or the proof that there is none, and the addresses without which
// that would lead nowhere. RFC 1034 section 4.3.2, step 3b; RFC 4035 section 3.1.4.
func (d *desk) referred(v *zone.Version, r *zone.Result) {
	q := &d.request
	d.tally.add(countReferred)
	cut := askedAt + r.At
	ns := rrset{section: sectionAuthority, at: cut, set: r.Set, ttl: r.Set.TTL()}
	if !d.addSome(ns) {
		d.cutOff()
		return
	}
	if r.DS != nil && !d.add(rrset{section: sectionAuthority, at: cut, set: r.DS, ttl: r.DS.TTL(), signed: true}) {
		d.cutOff()
		return
	}
	if !d.prove(v, r) || !d.glue(v, r.Set, q.name[r.At:]) {
		d.cutOff()
		return
	}
	d.siblings(r.Set, q.name[r.At:])
}

// nothing says that there is no such name, or nothing of that type, for how long, and proves it. RFC 2308 sections 2 and
// 3, RFC 5155 section 7.2.
func (d *desk) nothing(v *zone.Version, r *zone.Result) {
	q := &d.request
	d.out[2] |= flagAA
	if r.Outcome == zone.NoName {
		d.tally.add(countNoName)
		d.outcome(rcodeNameError)
	} else {
		d.tally.add(countNoData)
	}
	soa := v.Apex().Set(zone.TypeSOA)
	apex := askedAt + len(q.name) - len(v.Origin())
	s := rrset{section: sectionAuthority, at: apex, set: soa, ttl: zone.NegativeTTL(soa), signed: q.dnssec}
	if !d.add(s) || !d.prove(v, r) {
		d.truncate()
	}
}

// prove appends the NSEC3 records of an answer.
func (d *desk) prove(v *zone.Version, r *zone.Result) bool {
	for i := range r.Proofs {
		p := &r.Proofs[i]
		if p.Link == nil {
			break
		}
		owner := zone.Hash(p.Owner).AppendLabel(d.owners[i][:0])
		owner = append(owner, v.Origin()...)
		if !d.add(rrset{section: sectionAuthority, host: owner, set: p.Link, ttl: p.Link.TTL(), signed: true}) {
			return false
		}
	}
	return true
}

// glue appends the addresses of the name servers at or below the name that is delegated to them, which nobody could find
// otherwise, and reports whether all fit. RFC 9471 section 3.1.
func (d *desk) glue(v *zone.Version, ns zone.Set, cut []byte) bool {
	for data := ns.Data(); len(data) > 0; {
		host, rest := unframe(data)
		if isAtOrBelow(host, cut) && !d.addresses(v, host) {
			return false
		}
		data = rest
	}
	return true
}

// siblings appends the addresses of other name servers in zones of ours while there is room. RFC 9471 section 3.2.
func (d *desk) siblings(ns zone.Set, cut []byte) {
	for data := ns.Data(); len(data) > 0; {
		host, rest := unframe(data)
		if cut == nil || !isAtOrBelow(host, cut) {
			if v := d.zoneFor(host, zone.TypeA); v != nil && !d.addresses(v, host) {
				return
			}
		}
		data = rest
	}
}

// addresses appends those of one host, and reports whether they fit.
func (d *desk) addresses(v *zone.Version, host []byte) bool {
	a, aaaa := v.Address(host)
	for _, set := range [...]zone.Set{a, aaaa} {
		if set == nil {
			continue
		}
		s := rrset{section: sectionAdditional, host: host, set: set, ttl: set.TTL(), signed: d.request.dnssec}
		if !d.add(s) {
			return false
		}
	}
	return true
}

// isAtOrBelow reports whether a name is another one or below it, both in lower case.
func isAtOrBelow(name, other []byte) bool {
	for len(name) > len(other) {
		name = name[1+int(name[0]):]
	}
	return string(name) == string(other)
}

// cutOff says that something is missing, so that the asker comes again by TCP. What is there may be of use.
func (d *desk) cutOff() {
	d.out[2] |= flagTC
	d.tally.add(countTruncated)
}

// truncate does so without records: those that fit would be of no use to anybody but an attacker who wants large answers
// sent to somebody else.
func (d *desk) truncate() {
	d.empty(&d.request)
	d.cutOff()
}
