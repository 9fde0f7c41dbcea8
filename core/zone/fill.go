package zone

import "bytes"

// A Filler puts a version together from records, without signatures: what a zone should be, to be served from then on
// or to hold another version against.
type Filler struct{ r *Reader }

// NewFiller returns a Filler of a zone.
func NewFiller(origin Name) *Filler { return &Filler{NewReader(origin, 0)} }

// Put gives an owner a set of records in place of the one of that type that it has; none takes that away.
func (f *Filler) Put(c Change) error {
	place := at{owner: c.Owner}
	h, err := place.hash(f.r.origin)
	if err != nil {
		return err
	}
	sets := f.r.sets(place, h)
	set := c.canonical()
	set.Sigs = nil
	sets[c.Type] = set
	return f.r.put(place, sets)
}

// Version ends the filling. Its serial is 0.
func (f *Filler) Version() (*Version, error) { return f.r.Version() }

// Compare calls f with each set of records that is not the same in two versions of a zone, as it is in the one that is
// wanted. Signatures are not compared, nor is the chain, nor are sets that skip leaves out.
func Compare(now, want *Version, skip func(owner Name, kind uint16) bool, f func(Change)) {
	tell := func(owner Name, has, other Node, gone bool) {
		has.Sets(func(s Set) bool {
			var o Set
			if other != nil {
				o = other.Set(s.Type())
			}
			same := o != nil && s.TTL() == o.TTL() && bytes.Equal(s.Data(), o.Data())
			switch {
			case same || gone && o != nil || skip(owner, s.Type()):
			case gone:
				f(Change{owner, RRset{Type: s.Type()}})
			default:
				set := s.RRset()
				set.Sigs = nil
				f(Change{owner, set})
			}
			return true
		})
	}
	differ(now.names.root, want.names.root, func(_ Hash, was, is []byte) {
		if was != nil {
			tell(Node(was).Owner(now.origin), was, is, true)
		}
		if is != nil {
			tell(Node(is).Owner(now.origin), is, was, false)
		}
	})
}
