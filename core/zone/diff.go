package zone

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// A Diff leads from one serial of a zone to another: the records that go and those that come, in wire format without
// compression, each list beginning with the SOA of its side, as an incremental transfer has them. RFC 1995 section 4.
type Diff struct {
	From, To       uint32
	Removed, Added []byte
}

// Difference returns what leads from one version to another of the same zone. It looks only at what they do not share.
func Difference(old, now *Version) Diff {
	d := Diff{From: old.serial, To: now.serial}
	apex := func(v *Version) (soa []byte) {
		if n := v.Apex(); n != nil {
			eachRecord(v.origin, n.Set(TypeSOA), func(r Record) bool { soa = r.Append(soa); return r.Type != TypeSOA })
		}
		return soa
	}
	d.Removed, d.Added = apex(old), apex(now)
	skip := now.origin.Hash()
	differ(old.names.root, now.names.root, func(h Hash, was, is []byte) {
		d.Removed = appendMissing(d.Removed, now.origin, was, is, h == skip)
		d.Added = appendMissing(d.Added, now.origin, is, was, h == skip)
	})
	differ(old.chain.root, now.chain.root, func(h Hash, was, is []byte) {
		owner := h.Owner(now.origin)
		d.Removed = appendMissingOf(d.Removed, owner, was, is, false)
		d.Added = appendMissingOf(d.Added, owner, is, was, false)
	})
	return d
}

// appendMissing appends the records that a node has and another one of the same name lacks.
func appendMissing(to []byte, origin Name, has, lacks Node, apex bool) []byte {
	if has == nil {
		return to
	}
	owner := has.Owner(origin)
	has.Sets(func(s Set) bool {
		var other Set
		if lacks != nil {
			other = lacks.Set(s.Type())
		}
		to = appendMissingOf(to, owner, s, other, apex && s.Type() == TypeSOA)
		return true
	})
	return to
}

// appendMissingOf appends the records that a Set has and another one lacks. The SOA itself, which is written first, is
// left out where that is asked for.
func appendMissingOf(to []byte, owner Name, has, lacks Set, soa bool) []byte {
	if has == nil {
		return to
	}
	record := func(kind uint16, of func(Set) []byte) {
		Each(of(has), func(rdata []byte) {
			if lacks != nil && lacks.TTL() == has.TTL() && contains(of(lacks), rdata) || soa && kind == TypeSOA {
				return
			}
			to = Record{owner, kind, has.TTL(), rdata}.Append(to)
		})
	}
	record(has.Type(), Set.Data)
	record(TypeRRSIG, Set.Sigs)
	return to
}

func contains(framed, rdata []byte) bool {
	found := false
	Each(framed, func(other []byte) { found = found || bytes.Equal(other, rdata) })
	return found
}

// Condense returns the one difference that does what several do one after the other. What one of them adds and another
// removes again is in it no more, nor are the SOAs in between. RFC 1995 section 5.
func Condense(diffs []Diff) (Diff, error) {
	if len(diffs) == 0 {
		return Diff{}, nil
	}
	last := diffs[len(diffs)-1]
	d := Diff{From: diffs[0].From, To: last.To}
	var removed, added netRecords
	for _, one := range diffs {
		if err := removed.takeAll(one.Removed, &added); err != nil {
			return Diff{}, fmt.Errorf("serial %d: %w", one.From, err)
		}
		if err := added.takeAll(one.Added, &removed); err != nil {
			return Diff{}, fmt.Errorf("serial %d: %w", one.To, err)
		}
	}
	first, err := soaOf(diffs[0].Removed)
	if err != nil {
		return Diff{}, fmt.Errorf("serial %d: %w", d.From, err)
	}
	second, err := soaOf(last.Added)
	if err != nil {
		return Diff{}, fmt.Errorf("serial %d: %w", d.To, err)
	}
	d.Removed, d.Added = removed.append(first), added.append(second)
	return d, nil
}

// soaOf returns a copy of the first of records, which is an SOA.
func soaOf(records []byte) ([]byte, error) {
	r, n, err := readRecord(records)
	if err != nil || r.Type != TypeSOA {
		return nil, ErrDamaged
	}
	return append([]byte(nil), records[:n]...), nil
}

// netRecords are records that one side of a difference has in the end, in the order in which they came.
type netRecords struct {
	list [][]byte // nil for one that is gone again
	at   map[string]int
}

// takeAll takes in the records of one side, without the SOA. One that the other side has cancels out with it.
func (n *netRecords) takeAll(records []byte, other *netRecords) error {
	if n.at == nil {
		n.at = map[string]int{}
	}
	for len(records) > 0 {
		r, length, err := readRecord(records)
		if err != nil {
			return err
		}
		one := records[:length]
		records = records[length:]
		if at, found := other.at[string(one)]; found {
			other.list[at] = nil
			delete(other.at, string(one))
		} else if r.Type != TypeSOA {
			n.at[string(one)] = len(n.list)
			n.list = append(n.list, one)
		}
	}
	return nil
}

func (n *netRecords) append(to []byte) []byte {
	for _, one := range n.list {
		to = append(to, one...)
	}
	return to
}

// ErrDamaged is what was kept of a zone and cannot be read.
var ErrDamaged = errors.New("what was kept of the zone is damaged")

// Read calls f with each of records in wire format without compression, as a Diff has them, until it returns an error.
func Read(records []byte, f func(Record) error) error {
	for len(records) > 0 {
		r, n, err := readRecord(records)
		if err != nil {
			return err
		}
		if err := f(r); err != nil {
			return err
		}
		records = records[n:]
	}
	return nil
}

func readRecord(from []byte) (r Record, length int, err error) {
	at := 0
	for at < len(from) && from[at] != 0 {
		if from[at] > 63 {
			return r, 0, fmt.Errorf("a label of %d octets: %w", from[at], ErrDamaged)
		}
		at += 1 + int(from[at])
	}
	const fixed = 2 + 2 + 4 + 2
	if at++; at > maxName || at+fixed > len(from) {
		return r, 0, fmt.Errorf("a record that ends early: %w", ErrDamaged)
	}
	r.Owner = Name(from[:at])
	r.Type = binary.BigEndian.Uint16(from[at:])
	r.TTL = binary.BigEndian.Uint32(from[at+4:])
	n := int(binary.BigEndian.Uint16(from[at+8:]))
	if at += fixed; at+n > len(from) {
		return r, 0, fmt.Errorf("a record of %s that ends early: %w", r.Owner, ErrDamaged)
	}
	r.Data = from[at : at+n : at+n]
	return r, at + n, nil
}

// ReadDiff returns a Diff from its two lists of records, as they are kept. Both begin with an SOA, or are empty.
func ReadDiff(removed, added []byte) (Diff, error) {
	d := Diff{Removed: removed, Added: added}
	for _, side := range []struct {
		records []byte
		serial  *uint32
	}{{removed, &d.From}, {added, &d.To}} {
		if len(side.records) == 0 {
			continue
		}
		soa, _, err := readRecord(side.records)
		if err != nil {
			return d, err
		}
		if soa.Type != TypeSOA || len(soa.Data) < soaFixed {
			return d, fmt.Errorf("a difference without SOA: %w", ErrDamaged)
		}
		*side.serial = binary.BigEndian.Uint32(soa.Data[len(soa.Data)-soaFixed:])
	}
	return d, nil
}
