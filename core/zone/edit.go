package zone

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
)

// A Change says what an owner has of one type from now on; no records means nothing.
type Change struct {
	Owner Name
	RRset
}

// A Job is an RRset that needs signatures. Signer.Sign fills in RRset.Sigs.
type Job struct {
	Owner Name
	RRset
}

// A Signer makes the signatures of a zone.
type Signer interface {
	// Sign gives each Job the RDATA of its RRSIG records, one at least. RFC 4034 section 3.
	Sign(jobs []Job) error

	// Good reports whether the signatures that an RRset has may stay: they are of the keys that sign it now and are
	// valid for long enough.
	Good(owner Name, s RRset) bool
}

// An Update is what the next version has other than the present one. Nothing in it may change nothing.
type Update struct {
	Changes []Change
	Serial  uint32 // of the next version, if it differs
	Signer  Signer // nil for a zone that is not signed

	// Look names what may need other signatures although its records stay.
	Look      []Name
	LookLinks []Hash
	LookAll   bool // at every name, in place of Look

	Raise bool // the serial, though nothing else differs
}

// An Editor makes the versions of one zone. It knows beside the present version which owners are below others, so
// that a change costs what it concerns and not the zone. It is for one goroutine.
type Editor struct {
	now *Version

	// below has, for each name strictly between the apex and an owner with records, these owners. The names of a
	// registry are directly below the apex and hardly ever in here.
	below map[Name]map[Name]struct{}
}

// NewEditor returns an Editor that goes on from a version.
func NewEditor(v *Version) *Editor {
	e := &Editor{now: v, below: map[Name]map[Name]struct{}{}}
	v.Nodes(func(n Node) bool {
		if label := n.label(); !n.IsEmpty() && len(label) > 0 && int(label[0])+1 < len(label) {
			e.enter(n.Owner(v.origin))
		}
		return true
	})
	return e
}

// Version returns the present version.
func (e *Editor) Version() *Version { return e.now }

// between calls f with each name strictly between an owner and the apex, upward.
func (e *Editor) between(owner Name, f func(Name)) {
	if owner == e.now.origin {
		return
	}
	for n := owner.Parent(); n != e.now.origin; n = n.Parent() {
		f(n)
	}
}

func (e *Editor) enter(owner Name) {
	e.between(owner, func(above Name) {
		if e.below[above] == nil {
			e.below[above] = map[Name]struct{}{}
		}
		e.below[above][owner] = struct{}{}
	})
}

func (e *Editor) leave(owner Name) {
	e.between(owner, func(above Name) {
		if delete(e.below[above], owner); len(e.below[above]) == 0 {
			delete(e.below, above)
		}
	})
}

// A Step leads from one version to the next. It is taken by Editor.Take or given up by Editor.Drop before the Editor
// makes another one.
type Step struct {
	Old, New *Version
	entered  []Name // in Editor.below
	left     []Name
}

// Take makes the new version of a step the present one.
func (e *Editor) Take(s *Step) { e.now = s.New }

// Drop forgets a step.
func (e *Editor) Drop(s *Step) {
	for _, owner := range s.entered {
		e.leave(owner)
	}
	for _, owner := range s.left {
		e.enter(owner)
	}
}

// Next returns the step to the version that an update asks for, nil if that is the present one. It looks at what the
// update names and at what depends on it, and signs nothing else. RFC 4035 section 2, RFC 5155 section 7.
func (e *Editor) Next(u Update) (*Step, error) {
	w := &work{
		Editor: e, Step: Step{Old: e.now}, signer: u.Signer,
		names: e.now.names.edit(), chain: e.now.chain.edit(),
		dirty: map[Name]struct{}{}, links: map[Hash]struct{}{},
		nodes: map[Name][]RRset{}, linked: map[Hash]RRset{},
	}
	changed, err := w.run(u)
	if err != nil || !changed {
		e.Drop(&w.Step)
		return nil, err
	}
	w.New = newVersion(e.now.origin, u.Serial, w.names.tree(), w.chain.tree())
	return &w.Step, nil
}

// work is a step that is being made.
type work struct {
	*Editor
	Step
	signer       Signer
	names, chain *edit
	touched      bool // some record is other than it was

	dirty map[Name]struct{} // owners to look at
	links map[Hash]struct{} // of the chain, to look at

	nodes  map[Name][]RRset // that wait for signatures
	linked map[Hash]RRset   // NSEC3 records that do
	jobs   int              // how many these are
}

// batch is how many RRsets are signed together at most, which bounds the memory of a whole zone's signing.
const batch = 4096

func (w *work) run(u Update) (changed bool, err error) {
	for _, c := range u.Changes {
		if err := w.put(c); err != nil {
			return false, err
		}
	}
	if err := w.settleAll(u); err != nil {
		return false, err
	}
	if !w.touched && w.jobs == 0 && !u.Raise {
		return false, nil
	}
	if err := w.raise(u.Serial); err != nil {
		return false, err
	}
	return true, w.sign()
}

// node returns the node of an owner as it stands, nil if there is none; good until the next change.
func (w *work) node(owner Name) Node {
	h := owner.Hash()
	return w.names.peek().get(&h)
}

// put makes one change of records.
func (w *work) put(c Change) error {
	if c.Owner != w.now.origin && !c.Owner.IsBelow(w.now.origin) {
		return fmt.Errorf("%s is not in the zone %s", c.Owner, w.now.origin)
	}
	had := w.node(c.Owner).rrsets()
	set := c.canonical()
	set.Sigs = nil
	if findSet(had, c.Type).sameRecords(set) || len(set.Data) == 0 && len(findSet(had, c.Type).Data) == 0 {
		return nil
	}
	w.touched = true
	has := with(had, set)
	wasCut, isCut := w.isCut(c.Owner, had), w.isCut(c.Owner, has)
	if err := w.keep(c.Owner, has); err != nil {
		return err
	}
	w.dirty[c.Owner] = struct{}{}
	if wasCut != isCut {
		maps.Copy(w.dirty, w.below[c.Owner])
		w.emptyBelow(c.Owner)
	}
	if len(had) == 0 || len(has) == 0 {
		return w.count(c.Owner, len(has) > 0)
	}
	w.between(c.Owner, func(above Name) { w.dirty[above] = struct{}{} })
	return nil
}

// keep stores what an owner has; one that has nothing stays while there are others below it.
func (w *work) keep(owner Name, sets []RRset) error {
	if len(sets) == 0 && len(w.below[owner]) == 0 {
		w.names.remove(owner.Hash())
		return nil
	}
	n, err := newNode(owner, w.now.origin, sets)
	if err != nil {
		return err
	}
	w.names.put(owner.Hash(), n)
	return nil
}

// isCut reports whether an owner with these sets is delegated. RFC 1034 section 4.2.1.
func (w *work) isCut(owner Name, sets []RRset) bool {
	return owner != w.now.origin && len(findSet(sets, TypeNS).Data) > 0
}

// emptyBelow looks again at the empty non-terminals below an owner that has become a cut or is one no more.
func (w *work) emptyBelow(owner Name) {
	for deep := range w.below[owner] {
		for n := deep.Parent(); n != owner; n = n.Parent() {
			w.dirty[n] = struct{}{}
		}
	}
}

// count enters an owner that now has records, or no more has any, with the names above it, which exist as long as
// something is below them. RFC 8020.
func (w *work) count(owner Name, has bool) error {
	if owner == w.now.origin || owner.Parent() == w.now.origin {
		return nil
	}
	if has {
		w.enter(owner)
		w.entered = append(w.entered, owner)
	} else {
		w.leave(owner)
		w.left = append(w.left, owner)
	}
	var err error
	w.between(owner, func(above Name) {
		w.dirty[above] = struct{}{}
		n := w.node(above)
		if err == nil && (n == nil || n.IsEmpty()) {
			err = w.keep(above, nil)
		}
	})
	return err
}

// settleAll looks at what the changes and the update make necessary.
func (w *work) settleAll(u Update) error {
	for _, name := range u.Look {
		w.dirty[name] = struct{}{}
	}
	for _, h := range u.LookLinks {
		w.links[h] = struct{}{}
	}
	if u.LookAll {
		return w.settleZone()
	}
	for name := range w.dirty {
		if err := w.settle(name); err != nil {
			return err
		}
	}
	return w.linkAll()
}

// settleZone looks at every name, and signs in between so that not all waits in memory.
func (w *work) settleZone() error {
	names := w.names.tree()
	w.names = names.edit()
	for name := range w.dirty { // those that are there no more
		if err := w.settle(name); err != nil {
			return err
		}
	}
	var err error
	names.root.each(func(_, value []byte) bool {
		if err = w.settle(Node(value).Owner(w.now.origin)); err == nil && w.jobs >= batch {
			w.touched = true
			err = w.sign()
		}
		return err == nil
	})
	if err != nil {
		return err
	}
	chain := w.chain.tree()
	w.chain = chain.edit()
	chain.root.each(func(hash, _ []byte) bool {
		if err = w.link(Hash(hash)); err == nil && w.jobs >= batch {
			w.touched = true
			err = w.sign()
		}
		return err == nil
	})
	return err
}

// settle makes one owner's signatures, and its place in the chain, what they have to be.
func (w *work) settle(owner Name) error {
	n := w.node(owner)
	if n == nil {
		w.unlink(owner.Hash())
		return nil
	}
	sets, hidden := n.rrsets(), w.isHidden(owner)
	cut := w.isCut(owner, sets)
	strip, missing := false, 0
	for i, s := range sets {
		signed := w.signer != nil && !hidden && (!cut || s.Type == TypeDS)
		switch {
		case signed && (len(s.Sigs) == 0 || !w.signer.Good(owner, s)):
			sets[i].Sigs = nil
			missing++
		case !signed && len(s.Sigs) > 0:
			sets[i].Sigs = nil
			strip = true
		}
	}
	if err := w.settleLink(owner, n, hidden); err != nil {
		return err
	}
	w.forget(owner)
	switch {
	case missing > 0:
		w.jobs += missing
		w.nodes[owner] = cloned(sets)
	case strip:
		w.touched = true
		return w.keep(owner, cloned(sets))
	}
	return nil
}

// forget takes back what waits of an owner that is looked at again.
func (w *work) forget(owner Name) {
	for _, s := range w.nodes[owner] {
		if w.waits(owner, s) {
			w.jobs--
		}
	}
	delete(w.nodes, owner)
}

// waits reports whether an RRset of a node in w.nodes is to be signed.
func (w *work) waits(owner Name, s RRset) bool {
	return len(s.Sigs) == 0 && !(owner != w.now.origin && s.Type != TypeDS && len(findSet(w.nodes[owner], TypeNS).Data) > 0)
}

// cloned returns sets whose octets are their own, since a node is good until the next change only.
func cloned(sets []RRset) []RRset {
	for i, s := range sets {
		sets[i].Data, sets[i].Sigs = clonedData(s.Data), clonedData(s.Sigs)
	}
	return sets
}

func clonedData(list [][]byte) [][]byte {
	if len(list) == 0 {
		return nil
	}
	own := make([][]byte, len(list))
	for i, data := range list {
		own[i] = append([]byte(nil), data...)
	}
	return own
}

// isHidden reports whether an owner is below a delegation: glue, of which the zone is not the authority. RFC 2181
// section 6.1.
func (w *work) isHidden(owner Name) bool {
	hidden := false
	w.between(owner, func(above Name) {
		n := w.node(above)
		hidden = hidden || n != nil && n.Set(TypeNS) != nil
	})
	return hidden
}

// raise gives the SOA the next serial.
func (w *work) raise(serial uint32) error {
	sets := w.node(w.now.origin).rrsets()
	if waiting, found := w.nodes[w.now.origin]; found {
		sets = waiting
	}
	soa := findSet(sets, TypeSOA)
	if len(soa.Data) != 1 || len(soa.Data[0]) < soaFixed {
		return errors.New("the zone " + w.now.origin.String() + " has no SOA; give its apex one")
	}
	data := append([]byte(nil), soa.Data[0]...)
	binary.BigEndian.PutUint32(data[len(data)-soaFixed:], serial)
	n := cloned(with(sets, RRset{Type: TypeSOA, TTL: soa.TTL, Data: [][]byte{data}}))
	if err := w.keep(w.now.origin, n); err != nil {
		return err
	}
	return w.settle(w.now.origin)
}

// soaFixed is the length of the five numbers that end the RDATA of an SOA, the serial first. RFC 1035 section 3.3.13.
const soaFixed = 20

// sign has all signed that waits, and stores it.
func (w *work) sign() error {
	if w.signer == nil {
		return nil
	}
	jobs := make([]Job, 0, w.jobs)
	type place struct{ set *RRset }
	var places []place
	for owner, sets := range w.nodes {
		for i := range sets {
			if w.waits(owner, sets[i]) {
				jobs = append(jobs, Job{owner, sets[i]})
				places = append(places, place{&sets[i]})
			}
		}
	}
	hashes := make([]Hash, 0, len(w.linked))
	for h, s := range w.linked {
		jobs = append(jobs, Job{h.Owner(w.now.origin), s})
		hashes = append(hashes, h)
	}
	if err := w.signer.Sign(jobs); err != nil {
		return fmt.Errorf("sign the zone %s: %w", w.now.origin, err)
	}
	for i, p := range places {
		p.set.Sigs = jobs[i].Sigs
	}
	return w.store(hashes, jobs[len(places):])
}

// store keeps what has been signed.
func (w *work) store(hashes []Hash, links []Job) error {
	for owner, sets := range w.nodes {
		if err := w.keep(owner, sets); err != nil {
			return err
		}
	}
	for i, h := range hashes {
		s, err := appendSet(nil, links[i].RRset)
		if err != nil {
			return err
		}
		w.chain.put(h, s)
	}
	clear(w.nodes)
	clear(w.linked)
	w.jobs = 0
	return nil
}
