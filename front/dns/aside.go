package dns

import (
	"maps"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// An omission is what of a zone is not published.
type omission struct {
	all   bool // nothing is; else no name leaves it
	fault string
}

// setAside is what of a batch has to wait.
type setAside struct {
	omit   map[*served]omission
	marks  []registry.Mark // that the batch was made of
	stored bool            // whether these are in the database

	looked     map[*served][]zone.Name
	kept       map[*served]map[zone.Name]struct{} // that would leave the zone
	keptAt     map[zone.Name]struct{}             // the name servers of these
	left       map[zone.Name]struct{}             // hosts that are there no more
	hostsAside []zone.Name                        // whose addresses belong into a zone that waits
}

func newSetAside() setAside {
	return setAside{
		looked: map[*served][]zone.Name{}, kept: map[*served]map[zone.Name]struct{}{},
		keptAt: map[zone.Name]struct{}{}, left: map[zone.Name]struct{}{},
	}
}

// omitted returns what of zones waits already.
func (s *Server) omitted() map[*served]omission {
	omit := map[*served]omission{}
	for _, z := range s.zones.list {
		if h := s.holdOf(z); h.Holds() {
			omit[z] = omission{all: h.Fault != "", fault: h.Fault}
		}
	}
	return omit
}

// keeps notes that a name is looked at, and reports whether it stays as it is since it would leave its zone and may not.
func (b *batch) keeps(z *served, name zone.Name, had zone.Set, delegated bool) bool {
	b.looked[z] = append(b.looked[z], name)
	if _, omits := b.omit[z]; !omits || had == nil || delegated {
		return false
	}
	b.keep(z, name, had)
	return true
}

// keep notes that a name, which was looked at, stays in a zone.
func (b *batch) keep(z *served, name zone.Name, had zone.Set) {
	if b.kept[z] == nil {
		b.kept[z] = map[zone.Name]struct{}{}
	}
	b.kept[z][name] = struct{}{}
	zone.Each(had.Data(), func(host []byte) { b.keptAt[zone.Name(host)] = struct{}{} })
}

// waits reports whether something of what a mark names is not published. Of a host that left, all is that is not about
// names that stay.
func (b *batch) waits(m registry.Mark) bool {
	for z, o := range b.omit {
		if o.all && b.s.concerns(m, z) {
			return true
		}
	}
	name := wire(m.Name)
	if m.Kind == registry.MarkDomain {
		_, kept := b.kept[b.s.zones.of(m.Name)][name]
		return kept
	}
	_, left := b.left[name]
	_, used := b.keptAt[name]
	return left && used
}

// concerns reports whether publishing a mark may change a zone.
func (s *Server) concerns(m registry.Mark, z *served) bool {
	switch m.Kind {
	case registry.MarkDomain:
		return s.zones.of(m.Name) == z || s.zones.above(wire(m.Name)) == z
	case registry.MarkHost:
		return s.zones.above(wire(m.Name)) == z
	}
	return true // its users may be anywhere
}

// sorted parts the marks of a batch into those that are published, whose names get receipts, and those that wait, and
// says what holds these.
func (b *batch) sorted() (cmd flow.ZonesPublished) {
	marked := map[zone.Name]bool{}
	for _, m := range b.marks {
		marked[wire(m.Name)] = marked[wire(m.Name)] || m.Kind == registry.MarkDomain
		if b.waits(m) {
			cmd.Aside = append(cmd.Aside, registry.MarkAside{Mark: m, Records: b.records(m)})
			continue
		}
		if b.stored {
			cmd.Marks = append(cmd.Marks, m)
		}
		if _, was := b.s.aside[plain(m)]; was {
			cmd.NotAside = append(cmd.NotAside, m)
		}
		if !m.Raised.IsZero() {
			b.raised[m.Name] = m.Raised
		}
	}
	for _, host := range b.hostsAside {
		cmd.Aside = append(cmd.Aside, registry.MarkAside{Mark: registry.Mark{Kind: registry.MarkHost, Name: unwire(host)}})
	}
	for _, z := range b.s.zones.list {
		b.sortUnmarked(z, marked, &cmd)
		if h, other := b.holdOf(z, len(cmd.Aside) > 0); other {
			cmd.Holds = append(cmd.Holds, h)
		}
	}
	return cmd
}

// sortUnmarked does with names that were looked at for another reason than marks of their own, such as a host that left,
// as with those that have some: which names wait is known by these.
func (b *batch) sortUnmarked(z *served, marked map[zone.Name]bool, cmd *flow.ZonesPublished) {
	for _, name := range b.looked[z] {
		if marked[name] {
			continue
		}
		marked[name] = true
		m := registry.Mark{Kind: registry.MarkDomain, Name: unwire(name)}
		_, kept := b.kept[z][name]
		_, was := b.s.aside[m]
		switch {
		case kept && !was:
			cmd.Aside = append(cmd.Aside, registry.MarkAside{Mark: m, Records: b.records(m)})
		case was && !kept:
			cmd.NotAside = append(cmd.NotAside, m)
		}
	}
}

// records are those that the zones go on having of a name that a mark is about, and of its name servers.
func (b *batch) records(m registry.Mark) (list []byte) {
	z, name := b.s.zones.of(m.Name), wire(m.Name)
	if _, kept := b.kept[z][name]; m.Kind != registry.MarkDomain || !kept {
		return nil
	}
	n := z.editor.Version().Node(name)
	list = appendSet(list, name, n.Set(zone.TypeNS))
	list = appendSet(list, name, n.Set(zone.TypeDS))
	zone.Each(n.Set(zone.TypeNS).Data(), func(rdata []byte) {
		host := zone.Name(rdata)
		if home := b.s.zones.above(host); home != nil {
			if n := home.editor.Version().Node(host); n != nil {
				list = appendSet(list, host, n.Set(zone.TypeA))
				list = appendSet(list, host, n.Set(zone.TypeAAAA))
			}
		}
	})
	return list
}

// appendSet appends the records of a set, without its signatures, in wire format.
func appendSet(to []byte, owner zone.Name, set zone.Set) []byte {
	if set != nil {
		zone.Each(set.Data(), func(rdata []byte) {
			to = zone.Record{Owner: owner, Type: set.Type(), TTL: set.TTL(), Data: rdata}.Append(to)
		})
	}
	return to
}

// holdOf returns what holds a zone once the batch is published, and whether that is to be kept: it is other than it was,
// but for how many may leave, which changes with the zone.
func (b *batch) holdOf(z *served, aside bool) (h registry.ZoneHold, other bool) {
	o, omits := b.omit[z]
	if !omits {
		return h, false
	}
	f := b.s.fuse
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.zones[z]
	h = registry.ZoneHold{Origin: z.name, Since: l.hold.Since, Fault: o.fault}
	if h.Since.IsZero() {
		h.Since = b.s.config.Now()
	}
	if o.all {
		return h, aside && l.saved.Fault != h.Fault
	}
	h.Waiting, h.Away, h.Allowed = b.waiting(z, l), len(l.since), b.s.config.Breaker.allowed(z.editor.Version().Names())
	return h, !l.saved.Holds() || l.saved.Fault != "" || l.saved.Waiting != h.Waiting
}

// waiting counts the names that would leave a zone once the batch is published. It is called with the lock.
func (b *batch) waiting(z *served, l *losses) int {
	n := len(l.waiting) + len(b.kept[z])
	for _, name := range b.looked[z] {
		if _, was := l.waiting[name]; was {
			n--
		}
	}
	return n
}

// settleAside notes what waits from now on.
func (s *Server) settleAside(b *batch, cmd flow.ZonesPublished) {
	for _, m := range cmd.Aside {
		s.aside[plain(m.Mark)] = struct{}{}
	}
	for _, m := range cmd.NotAside {
		delete(s.aside, plain(m))
	}
	for _, z := range s.zones.list {
		s.fuse.mu.Lock()
		l := s.fuse.zones[z]
		for _, name := range b.looked[z] {
			delete(l.waiting, name)
		}
		maps.Copy(l.waiting, b.kept[z])
		s.fuse.mu.Unlock()
		for _, h := range cmd.Holds {
			if h.Origin == z.name {
				s.setHold(z, h)
				l.saved = h
			}
		}
	}
}

// stopZone notes that nothing of a zone can be published.
func (s *Server) stopZone(z *served, err error) {
	h := s.holdOf(z)
	if !h.Holds() {
		h.Since = s.config.Now()
	}
	s.setHold(z, registry.ZoneHold{Origin: z.name, Since: h.Since, Fault: err.Error()})
}
