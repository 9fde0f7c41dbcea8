package zone

import (
	"bytes"
	"slices"
)

// The chain of NSEC3 records: one for each name that the zone is the authority of, for each delegation with DS, and
// for the empty names above these. Delegations without DS have none: the record that covers them says so with its
// opt-out flag. RFC 5155 section 7.1.

const (
	hashSHA1   = 1 // RFC 5155 section 11
	flagOptOut = 1
)

// linkFixed is where the types begin in the RDATA of an NSEC3 record without salt: hash algorithm, flags, iterations,
// salt length, hash length, next hash. RFC 5155 section 3.2.
const linkFixed = 1 + 1 + 2 + 1 + 1 + len(Hash{})

// Param is the RDATA of the NSEC3PARAM record of every zone of ours. Its flags are zero. RFC 5155 section 4.1.2.
func Param() []byte { return []byte{hashSHA1, 0, 0, 0, 0} }

// newLink returns the RDATA of an NSEC3 record.
func newLink(next Hash, types []byte) []byte {
	data := make([]byte, 0, linkFixed+len(types))
	data = append(data, hashSHA1, flagOptOut, 0, 0, 0, byte(len(next)))
	return append(append(data, next[:]...), types...)
}

// appendTypes appends a bitmap of types, which come in order. RFC 4034 section 4.1.2.
func appendTypes(to []byte, types []uint16) []byte {
	for len(types) > 0 {
		window := types[0] >> 8
		var bits [32]byte
		last := 0
		for len(types) > 0 && types[0]>>8 == window {
			low := int(types[0] & 0xff)
			bits[low>>3] |= 0x80 >> (low & 7)
			last = low >> 3
			types = types[1:]
		}
		to = append(to, byte(window), byte(last+1))
		to = append(to, bits[:last+1]...)
	}
	return to
}

// settleLink makes the record of one owner be there or not, with the types that it has.
func (w *work) settleLink(owner Name, n Node, hidden bool) error {
	h := owner.Hash()
	if w.signer == nil || hidden || !w.isLinked(owner, n) {
		w.unlink(h)
		return nil
	}
	types := w.typesOf(owner, n)
	if had := Set(w.chain.peek().get(&h)); had != nil && bytes.Equal(had.Data()[2+linkFixed:], types) {
		if had.Signatures() == 0 || had.TTL() != w.negativeTTL() {
			w.links[h] = struct{}{}
		}
		return nil
	}
	w.touched = true
	s, err := appendSet(nil, RRset{Type: TypeNSEC3, TTL: w.negativeTTL(), Data: [][]byte{newLink(Hash{}, types)}})
	if err != nil {
		return err
	}
	w.chain.put(h, s)
	w.links[h] = struct{}{}
	return nil
}

// isLinked reports whether an owner that is not hidden has a record in the chain.
func (w *work) isLinked(owner Name, n Node) bool {
	switch {
	case n.IsEmpty():
		for deep := range w.below[owner] {
			if d := w.node(deep); d != nil && !d.IsEmpty() && !w.isHidden(deep) && w.isLinked(deep, d) {
				return true
			}
		}
		return false
	case owner != w.now.origin && n.Set(TypeNS) != nil:
		return n.Set(TypeDS) != nil
	}
	return true
}

// typesOf returns the bitmap of a name in the chain. What a delegation has beside NS and DS is not the zone's to tell.
func (w *work) typesOf(owner Name, n Node) []byte {
	var types []uint16
	cut := owner != w.now.origin && n.Set(TypeNS) != nil
	n.Sets(func(s Set) bool {
		if !cut || s.Type() == TypeNS || s.Type() == TypeDS {
			types = append(types, s.Type())
		}
		return true
	})
	if len(types) > 0 {
		at, _ := slices.BinarySearch(types, TypeRRSIG)
		types = slices.Insert(types, at, TypeRRSIG)
	}
	return appendTypes(nil, types)
}

// unlink takes a name out of the chain.
func (w *work) unlink(h Hash) {
	t := w.chain.peek()
	if t.get(&h) == nil {
		return
	}
	w.touched = true
	delete(w.linked, h)
	w.chain.remove(h)
	w.links[h] = struct{}{} // the one before it leads to another now
}

// linkAll closes the chain around the places where it changed.
func (w *work) linkAll() error {
	if w.signer == nil {
		return nil
	}
	around := make(map[Hash]struct{}, 2*len(w.links))
	t := w.chain.peek()
	for h := range w.links {
		if t.get(&h) != nil {
			around[h] = struct{}{}
		}
		if before, _ := t.below(&h); before != nil {
			around[Hash(before)] = struct{}{}
		}
	}
	for h := range around {
		if err := w.link(h); err != nil {
			return err
		}
	}
	return nil
}

// link makes one record of the chain lead to the next, and has it signed if that or its signature is not as it was.
func (w *work) link(h Hash) error {
	t := w.chain.peek()
	had := Set(t.get(&h)).RRset()
	next, _ := t.above(&h)
	data := newLink(Hash(next), had.Data[0][linkFixed:])
	same := bytes.Equal(data, had.Data[0]) && had.TTL == w.negativeTTL()
	if same && len(had.Sigs) > 0 && w.signer.Good(h.Owner(w.now.origin), had) {
		return nil
	}
	if !same {
		w.touched = true
	}
	if _, waits := w.linked[h]; !waits {
		w.jobs++
	}
	w.linked[h] = RRset{Type: TypeNSEC3, TTL: w.negativeTTL(), Data: [][]byte{data}}
	return nil
}

// negativeTTL is that of NSEC3 records: the smaller one of the SOA's TTL and its last number. RFC 9077 section 3.
func (w *work) negativeTTL() uint32 {
	n := w.node(w.now.origin)
	if n == nil {
		return 0
	}
	return NegativeTTL(n.Set(TypeSOA))
}

// NegativeTTL returns for how long resolvers keep that something is not there, of a Set of an SOA, in seconds. RFC
// 2308 section 5, RFC 9077 section 3.
func NegativeTTL(soa Set) uint32 {
	if soa == nil {
		return 0
	}
	data := soa.Data()
	last := data[len(data)-4:]
	minimum := uint32(last[0])<<24 | uint32(last[1])<<16 | uint32(last[2])<<8 | uint32(last[3])
	return min(soa.TTL(), minimum)
}
