package zone

import (
	"bytes"
	"encoding/binary"
)

// A tree is an ordered map from hashes to values that never changes: an edit makes another one, which shares with it
// all that stayed the same. So readers need no lock, two trees are compared in the time of their difference, and a
// million values are some ten thousand objects for the garbage collector.
//
// A branch is either a leaf, with its entries one behind the other in order, or has sixteen kids by the next four bits
// of the hash. Hashes are even, so that the tree needs no balance; who makes names whose hashes begin alike makes it
// deeper by one for every four bits that they share.
type tree struct{ root *branch }

type branch struct {
	leaf  []byte
	marks []uint32      // of a leaf that is not being edited: for each entry, what tells it from the others, and where it is
	kids  *[fan]*branch // nil for a leaf

	count int   // of the entries below
	size  int   // of the entries below, in octets
	owner *edit // who may still change it in place
}

const (
	fan       = 16
	fanBits   = 4
	splitSize = 3072 // a leaf that grows beyond has kids from then on, if it has more than one entry
	mergeSize = 1024 // kids that shrink below become a leaf
)

// An entry is a hash, the length of its value and the value.

// appendEntry appends an entry to a leaf.
func appendEntry(leaf []byte, h Hash, value []byte) []byte {
	leaf = append(leaf, h[:]...)
	leaf = binary.AppendUvarint(leaf, uint64(len(value)))
	return append(leaf, value...)
}

// entryAt returns the entry at an offset of a leaf and the offset of the next.
func entryAt(leaf []byte, at int) (hash, value []byte, next int) {
	hash = leaf[at : at+len(Hash{})]
	at += len(Hash{})
	n := int(leaf[at]) // most values are shorter than 128 octets
	if at++; n >= 0x80 {
		long, width := binary.Uvarint(leaf[at-1:])
		n, at = int(long), at-1+width
	}
	return hash, leaf[at : at+n : at+n], at + n
}

// nibble returns the bits of a hash that choose a kid at a depth.
func nibble(h *Hash, depth int) int {
	if depth&1 == 0 {
		return int(h[depth>>1] >> 4)
	}
	return int(h[depth>>1] & 15)
}

// A mark is the sixteen bits of a hash that follow those that chose the leaf, and the offset of its entry: an entry is found
// in a line or two of the processor's cache instead of by going through a leaf.

// tagOf returns these bits for a leaf at a depth. In a leaf they are in the order of the hashes.
func tagOf(hash []byte, depth int) uint32 {
	return uint32(binary.BigEndian.Uint64(hash) << (depth * fanBits) >> 48)
}

// index makes the marks of the leaves of an edit.
func (b *branch) index(e *edit, depth int) {
	switch {
	case b == nil || b.owner != e:
		return
	case b.kids != nil:
		for _, kid := range b.kids {
			kid.index(e, depth+1)
		}
		return
	case len(b.leaf) > splitSize: // one entry, or more than a mark can tell apart
		return
	}
	b.marks = make([]uint32, 0, b.count)
	for at := 0; at < len(b.leaf); {
		hash, _, next := entryAt(b.leaf, at)
		b.marks = append(b.marks, tagOf(hash, depth)<<16|uint32(at))
		at = next
	}
}

// seek returns where a leaf at a depth has its first entry that is not before a hash, and the number of its mark; without
// marks, the beginning, and -1.
func (b *branch) seek(h *Hash, depth int) (at, mark int) {
	if b.marks == nil {
		return 0, -1
	}
	tag := tagOf(h[:], depth) << 16
	low, high := 0, len(b.marks)
	for low < high {
		if middle := (low + high) / 2; b.marks[middle] < tag {
			low = middle + 1
		} else {
			high = middle
		}
	}
	for ; low < len(b.marks); low++ { // whose tags are the same
		at = int(b.marks[low] & 0xffff)
		if bytes.Compare(b.leaf[at:at+len(h)], h[:]) >= 0 {
			return at, low
		}
	}
	return len(b.leaf), low
}

// get returns the value of a hash, nil if there is none.
func (t tree) get(h *Hash) []byte {
	_, value := t.entry(h)
	return value
}

// entry is get with the hash as the tree has it.
func (t tree) entry(h *Hash) (hash, value []byte) {
	b := t.root
	for depth := 0; b != nil; depth++ {
		if b.kids == nil {
			at, mark := b.seek(h, depth)
			return find(b.leaf[at:], h, mark >= 0)
		}
		b = b.kids[nibble(h, depth)]
	}
	return nil, nil
}

// find looks for a hash in entries; only in the first of them if that is where it has to be.
func find(leaf []byte, h *Hash, first bool) (hash, value []byte) {
	for at := 0; at < len(leaf); {
		hash, value, next := entryAt(leaf, at)
		if bytes.Equal(hash, h[:]) {
			return hash, value
		}
		if first {
			return nil, nil
		}
		at = next
	}
	return nil, nil
}

func (t tree) count() int {
	if t.root == nil {
		return 0
	}
	return t.root.count
}

func (t tree) size() int {
	if t.root == nil {
		return 0
	}
	return t.root.size
}

// floor returns the last entry at or before a hash, and the last of all where there is none: hashes are a circle. It
// returns nils from an empty tree.
func (t tree) floor(h *Hash) (hash, value []byte) {
	if hash, value = t.root.before(h, 0, true); hash == nil {
		return t.root.last()
	}
	return hash, value
}

// below is floor without the hash itself.
func (t tree) below(h *Hash) (hash, value []byte) {
	if hash, value = t.root.before(h, 0, false); hash == nil {
		return t.root.last()
	}
	return hash, value
}

// above returns the first entry after a hash, and the first of all where there is none.
func (t tree) above(h *Hash) (hash, value []byte) {
	if hash, value = t.root.after(h, 0); hash == nil {
		return t.root.first()
	}
	return hash, value
}

// before returns the last entry before a hash, or at it if that may be.
func (b *branch) before(h *Hash, depth int, at bool) (hash, value []byte) {
	if b == nil {
		return nil, nil
	}
	if b.kids == nil {
		return b.leafBefore(h, depth, at)
	}
	kid := nibble(h, depth)
	if hash, value = b.kids[kid].before(h, depth+1, at); hash != nil {
		return hash, value
	}
	for kid--; kid >= 0; kid-- {
		if hash, value = b.kids[kid].last(); hash != nil {
			return hash, value
		}
	}
	return nil, nil
}

// leafBefore is before for a leaf.
func (b *branch) leafBefore(h *Hash, depth int, at bool) (hash, value []byte) {
	from, mark := b.seek(h, depth)
	if mark >= 0 {
		if at && from < len(b.leaf) {
			if hash, value, _ = entryAt(b.leaf, from); bytes.Equal(hash, h[:]) {
				return hash, value
			}
		}
		if mark == 0 {
			return nil, nil
		}
		hash, value, _ = entryAt(b.leaf, int(b.marks[mark-1]&0xffff))
		return hash, value
	}
	for i := 0; i < len(b.leaf); {
		k, v, next := entryAt(b.leaf, i)
		if order := bytes.Compare(k, h[:]); order > 0 || order == 0 && !at {
			break
		}
		hash, value, i = k, v, next
	}
	return hash, value
}

func (b *branch) after(h *Hash, depth int) (hash, value []byte) {
	if b == nil {
		return nil, nil
	}
	if b.kids == nil {
		for i := 0; i < len(b.leaf); {
			k, v, next := entryAt(b.leaf, i)
			if bytes.Compare(k, h[:]) > 0 {
				return k, v
			}
			i = next
		}
		return nil, nil
	}
	kid := nibble(h, depth)
	if hash, value = b.kids[kid].after(h, depth+1); hash != nil {
		return hash, value
	}
	for kid++; kid < fan; kid++ {
		if hash, value = b.kids[kid].first(); hash != nil {
			return hash, value
		}
	}
	return nil, nil
}

func (b *branch) last() (hash, value []byte) {
	if b == nil {
		return nil, nil
	}
	if b.kids != nil {
		for kid := fan - 1; kid >= 0; kid-- {
			if hash, value = b.kids[kid].last(); hash != nil {
				return hash, value
			}
		}
		return nil, nil
	}
	at := 0
	if n := len(b.marks); n > 0 {
		at = int(b.marks[n-1] & 0xffff)
	}
	for at < len(b.leaf) {
		hash, value, at = entryAt(b.leaf, at)
	}
	return hash, value
}

func (b *branch) first() (hash, value []byte) {
	if b == nil {
		return nil, nil
	}
	if b.kids == nil {
		hash, value, _ = entryAt(b.leaf, 0)
		return hash, value
	}
	for _, kid := range b.kids {
		if hash, value = kid.first(); hash != nil {
			return hash, value
		}
	}
	return nil, nil
}

// each calls f with the entries in order until it returns false, and reports whether it never did.
func (b *branch) each(f func(hash, value []byte) bool) bool {
	switch {
	case b == nil:
		return true
	case b.kids != nil:
		for _, kid := range b.kids {
			if !kid.each(f) {
				return false
			}
		}
		return true
	}
	for at := 0; at < len(b.leaf); {
		hash, value, next := entryAt(b.leaf, at)
		if !f(hash, value) {
			return false
		}
		at = next
	}
	return true
}

// An edit makes a tree out of another. What it made itself it changes in place.
type edit struct{ root *branch }

func (t tree) edit() *edit { return &edit{root: t.root} }

// tree ends the edit.
func (e *edit) tree() tree {
	e.root.index(e, 0)
	t := tree{e.root}
	*e = edit{} // nothing that t has is changed any more
	return t
}

// peek is the tree as it stands, good until the next change.
func (e *edit) peek() tree { return tree{e.root} }

// put gives a hash a value.
func (e *edit) put(h Hash, value []byte) { e.root = e.change(e.root, &h, 0, value) }

// remove takes a hash out of the tree, if it is there.
func (e *edit) remove(h Hash) { e.root = e.change(e.root, &h, 0, nil) }

// change returns what becomes of a branch, nil if nothing stays. A value of nil removes.
func (e *edit) change(b *branch, h *Hash, depth int, value []byte) *branch {
	if b == nil {
		if value == nil {
			return nil
		}
		b = &branch{owner: e}
	}
	if b.kids == nil {
		return e.changeLeaf(b, h, depth, value)
	}
	i := nibble(h, depth)
	had := b.kids[i]
	var count, size int
	if had != nil {
		count, size = had.count, had.size
	}
	has := e.change(had, h, depth+1, value)
	if had == nil && has == nil {
		return b
	}
	b = e.own(b)
	b.kids[i] = has
	b.count, b.size = b.count-count, b.size-size
	if has != nil {
		b.count, b.size = b.count+has.count, b.size+has.size
	}
	switch {
	case b.count == 0:
		return nil
	case b.size < mergeSize:
		return e.merge(b)
	}
	return b
}

// own returns a branch with kids that may be changed.
func (e *edit) own(b *branch) *branch {
	if b.owner == e {
		return b
	}
	c := *b
	kids := *b.kids
	c.kids, c.owner = &kids, e
	return &c
}

func (e *edit) changeLeaf(b *branch, h *Hash, depth int, value []byte) *branch {
	from, to, found := place(b.leaf, h)
	if !found && value == nil {
		return b
	}
	var entry []byte
	if value != nil {
		entry = appendEntry(make([]byte, 0, len(h)+3+len(value)), *h, value)
	}
	c := b
	if b.owner != e {
		c = &branch{owner: e, count: b.count}
	}
	c.leaf, c.marks = e.splice(b, entry, from, to), nil
	if value != nil && !found {
		c.count++
	} else if value == nil {
		c.count--
	}
	c.size = len(c.leaf)
	switch {
	case c.count == 0:
		return nil
	case c.size > splitSize && c.count > 1:
		return e.split(c, depth)
	}
	return c
}

// place returns where the entry of a hash is in a leaf, or would be.
func place(leaf []byte, h *Hash) (from, to int, found bool) {
	for at := 0; at < len(leaf); {
		hash, _, next := entryAt(leaf, at)
		switch bytes.Compare(hash, h[:]) {
		case 0:
			return at, next, true
		case 1:
			return at, at, false
		}
		at = next
	}
	return len(leaf), len(leaf), false
}

// splice replaces a part of a leaf, in place if it is ours and there is room.
func (e *edit) splice(b *branch, entry []byte, from, to int) []byte {
	n := len(b.leaf) - (to - from) + len(entry)
	if b.owner != e || cap(b.leaf) < n {
		room := n
		if b.owner == e { // a tree that is being filled
			room += n / 4
		}
		leaf := make([]byte, 0, room)
		return append(append(append(leaf, b.leaf[:from]...), entry...), b.leaf[to:]...)
	}
	leaf := b.leaf[:n]
	copy(leaf[from+len(entry):], b.leaf[to:])
	copy(leaf[from:], entry)
	return leaf
}

// split makes a leaf a branch with kids.
func (e *edit) split(b *branch, depth int) *branch {
	c := &branch{kids: new([fan]*branch), count: b.count, size: b.size, owner: e}
	for at := 0; at < len(b.leaf); {
		hash, _, next := entryAt(b.leaf, at)
		i := nibble((*Hash)(hash), depth)
		kid := c.kids[i]
		if kid == nil {
			kid = &branch{owner: e}
			c.kids[i] = kid
		}
		kid.leaf = append(kid.leaf, b.leaf[at:next]...)
		kid.count, kid.size = kid.count+1, len(kid.leaf)
		at = next
	}
	for i, kid := range c.kids {
		if kid != nil && kid.size > splitSize && kid.count > 1 {
			c.kids[i] = e.split(kid, depth+1)
		}
	}
	return c
}

// merge makes a branch with kids a leaf.
func (e *edit) merge(b *branch) *branch {
	leaf := make([]byte, 0, b.size)
	b.each(func(hash, value []byte) bool {
		leaf = appendEntry(leaf, Hash(hash), value)
		return true
	})
	return &branch{leaf: leaf, count: b.count, size: len(leaf), owner: e}
}

// pack gives leaves that the edit filled no more room than they need.
func (e *edit) pack() { e.root.pack(e) }

func (b *branch) pack(e *edit) {
	switch {
	case b == nil || b.owner != e:
	case b.kids != nil:
		for _, kid := range b.kids {
			kid.pack(e)
		}
	case cap(b.leaf)-len(b.leaf) > len(b.leaf)/16:
		b.leaf = append(make([]byte, 0, len(b.leaf)), b.leaf...)
	}
}

// differ calls f with each hash whose value is not the same in both trees, in order, with nil for the value of the
// tree that lacks it. Branches that both share are not looked at.
func differ(old, now *branch, f func(h Hash, old, now []byte)) {
	switch {
	case old == now:
	case old != nil && now != nil && old.kids != nil && now.kids != nil:
		for i := range fan {
			differ(old.kids[i], now.kids[i], f)
		}
	default:
		differEntries(old, now, f)
	}
}

// differEntries merges the entries of two branches.
func differEntries(old, now *branch, f func(h Hash, old, now []byte)) {
	was := old.entries()
	is := now.entries()
	for len(was) > 0 || len(is) > 0 {
		order := 0
		switch {
		case len(is) == 0:
			order = -1
		case len(was) == 0:
			order = 1
		default:
			order = bytes.Compare(was[0].hash, is[0].hash)
		}
		switch {
		case order < 0:
			f(Hash(was[0].hash), was[0].value, nil)
			was = was[1:]
		case order > 0:
			f(Hash(is[0].hash), nil, is[0].value)
			is = is[1:]
		default:
			if !bytes.Equal(was[0].value, is[0].value) {
				f(Hash(was[0].hash), was[0].value, is[0].value)
			}
			was, is = was[1:], is[1:]
		}
	}
}

type entry struct{ hash, value []byte }

func (b *branch) entries() []entry {
	var list []entry
	b.each(func(hash, value []byte) bool {
		list = append(list, entry{hash, value})
		return true
	})
	return list
}
