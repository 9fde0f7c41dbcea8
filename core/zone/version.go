package zone

import "encoding/binary"

// A Version is a zone at one serial. It never changes, so it may be read, sent and stored while others follow it. An
// Editor makes them.
type Version struct {
	origin Name
	serial uint32
	names  tree // of Nodes
	chain  tree // of Sets of one NSEC3 record; empty for a zone that is not signed

	// What answers need again and again: the node of the zone's own name, its NSEC3 record, and the one that covers the
	// wildcard below it.
	apex           Node
	apexHash       Hash
	encloser, star Proof
}

// newVersion returns a version of these records.
func newVersion(origin Name, serial uint32, names, chain tree) *Version {
	v := &Version{origin: origin, serial: serial, names: names, chain: chain, apexHash: origin.Hash()}
	v.apex = v.NodeAt(&v.apexHash)
	v.encloser.Owner, v.encloser.Link = v.chain.entry(&v.apexHash)
	star := ("\x01*" + origin).Hash()
	v.star.Owner, v.star.Link = v.Cover(&star)
	return v
}

// Empty returns a version without any record, which an Editor fills.
func Empty(origin Name) *Version { return newVersion(origin, 0, tree{}, tree{}) }

// Origin returns the name of the zone.
func (v *Version) Origin() Name { return v.origin }

// Serial returns the number of the SOA, 0 before there is one. RFC 1982.
func (v *Version) Serial() uint32 { return v.serial }

// Names returns how many names there are, empty non-terminals and the apex among them.
func (v *Version) Names() int { return v.names.count() }

// Links returns how many NSEC3 records there are.
func (v *Version) Links() int { return v.chain.count() }

// Bytes returns how much memory the records take, in octets.
func (v *Version) Bytes() int { return v.names.size() + v.chain.size() }

// Node returns what there is of a name, nil if there is nothing.
func (v *Version) Node(name Name) Node {
	h := name.Hash()
	return v.names.get(&h)
}

// NodeAt is Node for a hash.
func (v *Version) NodeAt(h *Hash) Node { return v.names.get(h) }

// Apex returns the node of the zone's own name, nil before there is one.
func (v *Version) Apex() Node { return v.apex }

// Link returns the NSEC3 record whose owner is that hash, nil if there is none.
func (v *Version) Link(h *Hash) Set { return v.chain.get(h) }

// Cover returns the NSEC3 record that is at or covers a hash, and the hash of its owner; nils from a zone that is not
// signed.
func (v *Version) Cover(h *Hash) (owner []byte, link Set) { return v.chain.floor(h) }

// Nodes calls f with all names in the order of their hashes until it returns false.
func (v *Version) Nodes(f func(Node) bool) {
	v.names.root.each(func(_, value []byte) bool { return f(value) })
}

// Chain calls f with all NSEC3 records in order until it returns false.
func (v *Version) Chain(f func(owner Hash, link Set) bool) {
	v.chain.root.each(func(hash, value []byte) bool { return f(Hash(hash), value) })
}

// A Record is one record as a zone transfer has it.
type Record struct {
	Owner Name
	Type  uint16
	TTL   uint32
	Data  []byte // RDATA
}

// Append appends the record in wire format without compression. RFC 1035 section 3.2.1.
func (r Record) Append(to []byte) []byte {
	to = append(to, r.Owner...)
	to = binary.BigEndian.AppendUint16(to, r.Type)
	to = binary.BigEndian.AppendUint16(to, ClassIN)
	to = binary.BigEndian.AppendUint32(to, r.TTL)
	to = binary.BigEndian.AppendUint16(to, uint16(len(r.Data)))
	return append(to, r.Data...)
}

// Records calls f with each record of the zone until it returns false: those of the apex first, beginning with the SOA,
// then the others by the hashes of their owners, then the chain.
func (v *Version) Records(f func(Record) bool) {
	apex := v.Apex()
	if apex == nil {
		return
	}
	soa := apex.Set(TypeSOA)
	if !eachRecord(v.origin, soa, f) {
		return
	}
	ok := eachOf(v.origin, apex, func(r Record) bool { return r.Type == TypeSOA || isSOASig(r) || f(r) })
	if !ok {
		return
	}
	v.Nodes(func(n Node) bool {
		if len(n.label()) > 0 {
			ok = eachOf(n.Owner(v.origin), n, f)
		}
		return ok
	})
	if !ok {
		return
	}
	v.Chain(func(h Hash, link Set) bool { return eachRecord(h.Owner(v.origin), link, f) })
}

func isSOASig(r Record) bool {
	return r.Type == TypeRRSIG && binary.BigEndian.Uint16(r.Data) == TypeSOA
}

func eachOf(owner Name, n Node, f func(Record) bool) bool {
	ok := true
	n.Sets(func(s Set) bool {
		ok = eachRecord(owner, s, f)
		return ok
	})
	return ok
}

// eachRecord calls f with the records of a Set and then with their signatures.
func eachRecord(owner Name, s Set, f func(Record) bool) bool {
	ok := true
	each := func(kind uint16) func([]byte) {
		return func(rdata []byte) { ok = ok && f(Record{owner, kind, s.TTL(), rdata}) }
	}
	Each(s.Data(), each(s.Type()))
	Each(s.Sigs(), each(TypeRRSIG))
	return ok
}
