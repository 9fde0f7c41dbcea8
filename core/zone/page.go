package zone

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// Pages are how a version is kept: all names and NSEC3 records whose hashes begin with the same twelve bits. An edit
// changes few of them, so what is kept can follow the zone at the cost of what changed, and a start reads them back as
// they are, signatures and all.

// Pages is how many there are. A page may be empty.
const Pages = 1 << pageBits

const (
	pageBits  = 12
	pageDepth = pageBits / fanBits
)

// PageOf returns the page of a hash.
func PageOf(h Hash) int { return int(h[0])<<4 | int(h[1])>>4 }

// Page returns a page, nil if it is empty.
func (v *Version) Page(number int) []byte {
	names := v.names.root.appendPage(nil, number, 0)
	chain := v.chain.root.appendPage(nil, number, 0)
	if len(names)+len(chain) == 0 {
		return nil
	}
	page := binary.AppendUvarint(make([]byte, 0, len(names)+len(chain)+binary.MaxVarintLen64), uint64(len(names)))
	return append(append(page, names...), chain...)
}

// appendPage appends the entries of a page that are below a branch.
func (b *branch) appendPage(to []byte, number, depth int) []byte {
	switch {
	case b == nil:
		return to
	case b.kids != nil && depth < pageDepth:
		return b.kids[number>>(pageBits-fanBits*(depth+1))&(fan-1)].appendPage(to, number, depth+1)
	}
	b.each(func(hash, value []byte) bool {
		if depth == pageDepth || PageOf(Hash(hash)) == number {
			to = appendEntry(to, Hash(hash), value)
		}
		return true
	})
	return to
}

// ChangedPages returns the numbers of the pages that are not the same in two versions, in order.
func ChangedPages(old, now *Version) []int {
	changed := make([]bool, Pages)
	note := func(h Hash, _, _ []byte) { changed[PageOf(h)] = true }
	differ(old.names.root, now.names.root, note)
	differ(old.chain.root, now.chain.root, note)
	var list []int
	for number, is := range changed {
		if is {
			list = append(list, number)
		}
	}
	return list
}

// A Reader puts a version together from what was kept of it: its pages, which may be of different serials, and the
// differences that came after them.
type Reader struct {
	origin       Name
	names, chain *edit
	serials      [Pages]uint32 // of the pages
	paged        [Pages]bool   // which have been read
	behind       [Pages]bool   // which differences have changed since
	serial       uint32
}

// NewReader returns a Reader of a zone, whose serial is that one where no difference follows.
func NewReader(origin Name, serial uint32) *Reader {
	return &Reader{origin: origin, names: tree{}.edit(), chain: tree{}.edit(), serial: serial}
}

// Page takes a page in, as of a serial.
func (r *Reader) Page(number int, serial uint32, page []byte) error {
	if number < 0 || number >= Pages {
		return fmt.Errorf("page %d: %w", number, ErrDamaged)
	}
	r.serials[number], r.paged[number] = serial, true
	if len(page) == 0 {
		return nil
	}
	n, width := binary.Uvarint(page)
	if width <= 0 || n > uint64(len(page)-width) {
		return fmt.Errorf("page %d: %w", number, ErrDamaged)
	}
	names, chain := page[width:width+int(n)], page[width+int(n):]
	if err := takeEntries(r.names, names, number, checkNode); err != nil {
		return err
	}
	return takeEntries(r.chain, chain, number, checkSets)
}

// takeEntries puts the entries of a page into a tree.
func takeEntries(e *edit, entries []byte, number int, check func([]byte) bool) error {
	for at := 0; at < len(entries); {
		if !isEntry(entries[at:]) {
			return fmt.Errorf("page %d: %w", number, ErrDamaged)
		}
		hash, value, next := entryAt(entries, at)
		if PageOf(Hash(hash)) != number || !check(value) {
			return fmt.Errorf("page %d: %w", number, ErrDamaged)
		}
		e.put(Hash(hash), value)
		at = next
	}
	return nil
}

// isEntry reports whether octets begin with a whole entry.
func isEntry(from []byte) bool {
	if len(from) <= len(Hash{}) {
		return false
	}
	n, width := binary.Uvarint(from[len(Hash{}):])
	return width > 0 && n <= uint64(len(from)-len(Hash{})-width)
}

func checkNode(value []byte) bool {
	return len(value) > 0 && 1+int(value[0]) <= len(value) && checkSets(Node(value).sets())
}

// checkSets reports whether octets are whole Sets, one behind the other.
func checkSets(sets []byte) bool {
	for len(sets) > 0 {
		if len(sets) < setBytes || Set(sets).bytes() > len(sets) {
			return false
		}
		s := Set(sets)
		if !checkFramed(s.Data()) || !checkFramed(s.Sigs()) {
			return false
		}
		sets = sets[s.bytes():]
	}
	return true
}

func checkFramed(list []byte) bool {
	for len(list) > 0 {
		if len(list) < 2 {
			return false
		}
		n := 2 + int(binary.BigEndian.Uint16(list))
		if n > len(list) {
			return false
		}
		list = list[n:]
	}
	return true
}

// An at is where a record is kept: among the names, or in the chain.
type at struct {
	owner Name
	chain bool
}

func placeOf(rec Record) at {
	covers := rec.Type
	if rec.Type == TypeRRSIG && len(rec.Data) >= 2 {
		covers = binary.BigEndian.Uint16(rec.Data)
	}
	return at{rec.Owner, covers == TypeNSEC3}
}

// hash returns the hash of the place in a zone.
func (a at) hash(origin Name) (Hash, error) {
	if a.chain {
		h, ok := LinkHash(a.owner, origin)
		if !ok {
			return h, fmt.Errorf("%s is no owner of an NSEC3 record: %w", a.owner, ErrDamaged)
		}
		return h, nil
	}
	if a.owner != origin && !a.owner.IsBelow(origin) {
		return Hash{}, fmt.Errorf("%s is not in the zone: %w", a.owner, ErrDamaged)
	}
	return a.owner.Hash(), nil
}

// Diff takes a difference in, those of lower serials before. What a page has already is left as it is.
func (r *Reader) Diff(d Diff) error {
	pending := map[at]map[uint16]RRset{}
	if err := r.collect(d.Removed, d.To, pending, RRset.without); err != nil {
		return fmt.Errorf("serial %d: %w", d.To, err)
	}
	if err := r.collect(d.Added, d.To, pending, RRset.and); err != nil {
		return fmt.Errorf("serial %d: %w", d.To, err)
	}
	for place, sets := range pending {
		if err := r.put(place, sets); err != nil {
			return fmt.Errorf("serial %d: %w", d.To, err)
		}
	}
	r.serial = d.To
	return nil
}

// has reports whether what a hash has at a serial is in its page already. RFC 1982 section 3.2.
func (r *Reader) has(h Hash, serial uint32) bool {
	page := PageOf(h)
	return r.paged[page] && int32(r.serials[page]-serial) >= 0
}

// Behind returns the numbers of the pages that differences have changed.
func (r *Reader) Behind() []int {
	var list []int
	for number, is := range r.behind {
		if is {
			list = append(list, number)
		}
	}
	return list
}

// Version ends the reading. Names that exist only because of others below them are not kept in differences, so they
// are found anew.
func (r *Reader) Version() (*Version, error) {
	t := r.names.tree()
	r.names = t.edit()
	v := newVersion(r.origin, r.serial, t, tree{})
	above := map[Name]struct{}{}
	v.Nodes(func(n Node) bool {
		if n.IsEmpty() {
			r.names.remove(n.Owner(r.origin).Hash())
			return true
		}
		if label := n.label(); len(label) == 0 || int(label[0])+1 == len(label) {
			return true
		}
		for name := n.Owner(r.origin).Parent(); name != r.origin; name = name.Parent() {
			above[name] = struct{}{}
		}
		return true
	})
	for name := range above {
		h := name.Hash()
		if n := Node(r.names.peek().get(&h)); n != nil && !n.IsEmpty() {
			continue
		}
		n, err := newNode(name, r.origin, nil)
		if err != nil {
			return nil, err
		}
		r.names.put(h, n)
	}
	r.names.pack()
	r.chain.pack()
	return newVersion(r.origin, r.serial, r.names.tree(), r.chain.tree()), nil
}

// without and and are RRsets less or more a record, which is a signature if it is of another type.

func (s RRset) without(rec Record) RRset {
	is := func(data []byte) bool { return bytes.Equal(data, rec.Data) }
	if rec.Type == TypeRRSIG {
		s.Sigs = slices.DeleteFunc(slices.Clone(s.Sigs), is)
	} else {
		s.Data = slices.DeleteFunc(slices.Clone(s.Data), is)
	}
	return s
}

func (s RRset) and(rec Record) RRset {
	if rec.Type == TypeRRSIG {
		s.Sigs = append(slices.Clone(s.Sigs), rec.Data)
		return s
	}
	s.TTL = rec.TTL
	s.Data = append(slices.Clone(s.Data), rec.Data)
	return s
}

// collect applies records to the sets of their places.
func (r *Reader) collect(records []byte, serial uint32, pending map[at]map[uint16]RRset, apply func(RRset, Record) RRset) error {
	return Read(records, func(rec Record) error {
		place := placeOf(rec)
		h, err := place.hash(r.origin)
		if err != nil || r.has(h, serial) {
			return err
		}
		kind := rec.Type
		if kind == TypeRRSIG {
			if len(rec.Data) < 2 {
				return ErrDamaged
			}
			kind = binary.BigEndian.Uint16(rec.Data)
		}
		sets := pending[place]
		if sets == nil {
			sets = r.sets(place, h)
			pending[place] = sets
		}
		set := sets[kind]
		set.Type = kind
		sets[kind] = apply(set, rec)
		return nil
	})
}

// sets returns what is known at a place, by type.
func (r *Reader) sets(place at, h Hash) map[uint16]RRset {
	sets := map[uint16]RRset{}
	if place.chain {
		if s := Set(r.chain.peek().get(&h)); s != nil {
			sets[TypeNSEC3] = cloned([]RRset{s.RRset()})[0]
		}
		return sets
	}
	for _, s := range cloned(Node(r.names.peek().get(&h)).rrsets()) {
		sets[s.Type] = s
	}
	return sets
}

// LinkHash returns the hash that is the first label of an NSEC3 record's owner.
func LinkHash(owner, origin Name) (h Hash, ok bool) {
	if len(owner) != 1+labelBytes+len(origin) || owner[0] != labelBytes || owner[1+labelBytes:] != origin {
		return h, false
	}
	for i := range len(h) / 5 {
		var bits uint64
		for _, c := range []byte(owner[1+8*i : 1+8*(i+1)]) {
			v := bytes.IndexByte([]byte(base32), c)
			if v < 0 {
				return h, false
			}
			bits = bits<<5 | uint64(v)
		}
		for j := range 5 {
			h[5*i+j] = byte(bits >> (32 - 8*j))
		}
	}
	return h, true
}

// put stores what there is at a place from now on.
func (r *Reader) put(place at, sets map[uint16]RRset) error {
	h, err := place.hash(r.origin)
	if err != nil {
		return err
	}
	r.behind[PageOf(h)] = true
	if place.chain {
		return r.putLink(h, sets[TypeNSEC3])
	}
	var all []RRset
	for _, s := range sets {
		all = with(all, s.canonical())
	}
	if len(all) == 0 {
		r.names.remove(h)
		return nil
	}
	n, err := newNode(place.owner, r.origin, all)
	if err != nil {
		return err
	}
	r.names.put(h, n)
	return nil
}

func (r *Reader) putLink(h Hash, link RRset) error {
	if len(link.Data) == 0 {
		r.chain.remove(h)
		return nil
	}
	s, err := appendSet(nil, link)
	if err != nil {
		return err
	}
	r.chain.put(h, s)
	return nil
}
