package zone

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// An RRset is all records of one type that an owner has, and the RRSIG records over them. Data and Sigs are RDATA in
// canonical form, those of Data in canonical order and each once. RFC 2181 section 5, RFC 4034 section 6.
type RRset struct {
	Type uint16
	TTL  uint32
	Data [][]byte
	Sigs [][]byte
}

// canonical puts the records in canonical order and leaves out what is there twice. RFC 4034 section 6.3.
func (s RRset) canonical() RRset {
	s.Data = slices.Clone(s.Data)
	slices.SortFunc(s.Data, bytes.Compare)
	s.Data = slices.CompactFunc(s.Data, bytes.Equal)
	return s
}

// sameRecords reports whether two RRsets have the same type, TTL and records.
func (s RRset) sameRecords(o RRset) bool {
	return s.Type == o.Type && s.TTL == o.TTL && slices.EqualFunc(s.Data, o.Data, bytes.Equal)
}

// Same reports whether two RRsets have the same records, in whatever order; two without records are the same.
func (s RRset) Same(o RRset) bool {
	return len(s.Data)+len(o.Data) == 0 || s.canonical().sameRecords(o.canonical())
}

// A Set is an RRset as a version keeps it: type, TTL, the number of records and their length, the number of signatures
// and their length, then all of them, each as RDLENGTH and RDATA. It is never changed.
type Set []byte

// setBytes is what a Set has before its records.
const setBytes = 2 + 4 + 2 + 2 + 1 + 2

// ErrTooLarge is an RRset that no message can carry.
var ErrTooLarge = errors.New("an RRset of more than 65,535 octets fits into no message")

// appendSet appends an RRset as a Set.
func appendSet(to []byte, s RRset) ([]byte, error) {
	data, sigs := framedBytes(s.Data), framedBytes(s.Sigs)
	if data+sigs > 1<<16-1 || len(s.Sigs) > 1<<8-1 {
		return nil, fmt.Errorf("type %d, %d records: %w", s.Type, len(s.Data), ErrTooLarge)
	}
	to = binary.BigEndian.AppendUint16(to, s.Type)
	to = binary.BigEndian.AppendUint32(to, s.TTL)
	to = binary.BigEndian.AppendUint16(to, uint16(len(s.Data)))
	to = binary.BigEndian.AppendUint16(to, uint16(data))
	to = append(to, byte(len(s.Sigs)))
	to = binary.BigEndian.AppendUint16(to, uint16(sigs))
	return appendFramed(appendFramed(to, s.Data), s.Sigs), nil
}

func framedBytes(list [][]byte) int {
	n := 0
	for _, data := range list {
		n += 2 + len(data)
	}
	return n
}

func appendFramed(to []byte, list [][]byte) []byte {
	for _, data := range list {
		to = binary.BigEndian.AppendUint16(to, uint16(len(data)))
		to = append(to, data...)
	}
	return to
}

// Type returns the type of the records.
func (s Set) Type() uint16 { return binary.BigEndian.Uint16(s) }

// TTL returns their TTL in seconds, which is also that of their signatures. RFC 4034 section 3.
func (s Set) TTL() uint32 { return binary.BigEndian.Uint32(s[2:]) }

// Count returns how many records there are.
func (s Set) Count() int { return int(binary.BigEndian.Uint16(s[6:])) }

// Signatures returns how many RRSIG records there are.
func (s Set) Signatures() int { return int(s[10]) }

func (s Set) dataBytes() int { return int(binary.BigEndian.Uint16(s[8:])) }
func (s Set) sigBytes() int  { return int(binary.BigEndian.Uint16(s[11:])) }
func (s Set) bytes() int     { return setBytes + s.dataBytes() + s.sigBytes() }

// Data returns the records, each as RDLENGTH and RDATA, one behind the other.
func (s Set) Data() []byte { return s[setBytes : setBytes+s.dataBytes()] }

// Sigs returns the RRSIG records in the same way.
func (s Set) Sigs() []byte { return s[setBytes+s.dataBytes() : s.bytes()] }

// Each calls f with the RDATA of each of framed records, as Data and Sigs return them.
func Each(framed []byte, f func(rdata []byte)) {
	for len(framed) > 0 {
		n := 2 + int(binary.BigEndian.Uint16(framed))
		f(framed[2:n])
		framed = framed[n:]
	}
}

// RRset returns the Set taken apart. It shares the octets.
func (s Set) RRset() RRset {
	set := RRset{Type: s.Type(), TTL: s.TTL()}
	Each(s.Data(), func(rdata []byte) { set.Data = append(set.Data, rdata) })
	Each(s.Sigs(), func(rdata []byte) { set.Sigs = append(set.Sigs, rdata) })
	return set
}

// A Node is what a version has of one name: the name without its zone, with its length before it, and its Sets in the
// order of their types. A node without Sets is an empty non-terminal. It is never changed.
type Node []byte

func (n Node) label() []byte { return n[1 : 1+int(n[0])] }
func (n Node) sets() []byte  { return n[1+int(n[0]):] }

// Label returns the labels of the name that are below its zone, each with its length before it; none for the apex.
func (n Node) Label() []byte { return n.label() }

// Owner returns the name in a zone.
func (n Node) Owner(origin Name) Name { return Name(n.label()) + origin }

// IsEmpty reports whether the name has no records and is there because of names below it.
func (n Node) IsEmpty() bool { return len(n.sets()) == 0 }

// Set returns the Set of a type, nil if there is none.
func (n Node) Set(kind uint16) Set {
	for sets := n.sets(); len(sets) > 0; {
		s := Set(sets)
		length := s.bytes()
		if s.Type() == kind {
			return s[:length:length]
		}
		sets = sets[length:]
	}
	return nil
}

// Sets calls f with each Set in the order of the types until it returns false.
func (n Node) Sets(f func(Set) bool) {
	for sets := n.sets(); len(sets) > 0; {
		s := Set(sets)
		length := s.bytes()
		if !f(s[:length:length]) {
			return
		}
		sets = sets[length:]
	}
}

// rrsets returns all Sets of a node, which may be nil, taken apart.
func (n Node) rrsets() []RRset {
	if n == nil {
		return nil
	}
	var list []RRset
	n.Sets(func(s Set) bool {
		list = append(list, s.RRset())
		return true
	})
	return list
}

// newNode returns a node of an owner of a zone.
func newNode(owner, origin Name, sets []RRset) (Node, error) {
	label := owner[:len(owner)-len(origin)]
	size := 1 + len(label)
	for _, s := range sets {
		size += setBytes + framedBytes(s.Data) + framedBytes(s.Sigs)
	}
	n := append(make(Node, 0, size), byte(len(label)))
	n = append(n, label...)
	for _, s := range sets {
		var err error
		if n, err = appendSet(n, s); err != nil {
			return nil, fmt.Errorf("%s: %w", owner, err)
		}
	}
	return n, nil
}

// with returns sets with one of them in place of that of its type; without it if it has no records.
func with(sets []RRset, set RRset) []RRset {
	at, found := slices.BinarySearchFunc(sets, set.Type, func(s RRset, kind uint16) int {
		return int(s.Type) - int(kind)
	})
	switch {
	case found && len(set.Data) == 0:
		return slices.Delete(slices.Clone(sets), at, at+1)
	case len(set.Data) == 0:
		return sets
	case found:
		sets = slices.Clone(sets)
		sets[at] = set
		return sets
	}
	return slices.Insert(slices.Clone(sets), at, set)
}

// find returns the RRset of a type, one without records if there is none.
func findSet(sets []RRset, kind uint16) RRset {
	for _, s := range sets {
		if s.Type == kind {
			return s
		}
	}
	return RRset{}
}
