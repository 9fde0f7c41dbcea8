package zone

// An Outcome is what a zone has to say to a question.
type Outcome uint8

// The outcomes. RFC 1034 section 4.3.2, RFC 2308 section 2.
const (
	Elsewhere Outcome = iota // the name is not in the zone
	Answered                 // Set is the answer
	Referred                 // Set is the NS RRset of the delegation at or above the name
	NoData                   // the name is there and has nothing of that type
	NoName                   // the name is not there, nor anything below it
)

// A Proof is an NSEC3 record that goes along with an outcome. Link is nil if there is none.
type Proof struct {
	Owner []byte // its hash
	Link  Set
}

// A Result is the outcome for one question. It shares the octets of the version.
type Result struct {
	Outcome Outcome
	At      int // where in the name asked for the owner of Set begins
	Set     Set
	DS      Set      // of a Referred delegation, nil if it has none
	Proofs  [3]Proof // that what is not there is not: no DS, no records, no name. RFC 5155 section 7.2
}

// maxLabels is how many labels a name can have, the root's not counted.
const maxLabels = 127

// Lookup returns what the version says of a name in wire format and lower case, and a type. With DNSSEC it adds the
// NSEC3 records that prove it, each once. Nothing is allocated.
func (v *Version) Lookup(name []byte, kind uint16, dnssec bool) Result {
	apex := len(name) - len(v.origin)
	if apex < 0 || Name(name[apex:]) != v.origin {
		return Result{}
	}
	var starts [maxLabels]uint8 // of the labels below the apex
	depth := 0
	for at := 0; at < apex; at += 1 + int(name[at]) {
		if depth == maxLabels {
			return Result{}
		}
		starts[depth] = uint8(at)
		depth++
	}
	h, node, at := v.apexHash, v.apex, apex
	if node == nil {
		return Result{}
	}
	for i := depth - 1; i >= 0; i-- {
		at = int(starts[i])
		h = HashOf(name[at:])
		if node = v.NodeAt(&h); node == nil {
			r := Result{Outcome: NoName, At: at}
			if dnssec {
				v.proveNoName(&r, spot{name, at, h})
			}
			return r
		}
		if ns := node.Set(TypeNS); ns != nil && (i > 0 || kind != TypeDS) {
			return v.refer(spot{name, at, h}, node, dnssec)
		}
	}
	return v.answer(spot{name, at, h}, node, kind, dnssec)
}

// A spot is a name above, or at, the one that was asked for.
type spot struct {
	name []byte // the one asked for
	at   int    // where in it the spot begins
	hash Hash   // of the spot
}

// refer sends the resolver on.
func (v *Version) refer(p spot, node Node, dnssec bool) Result {
	r := Result{Outcome: Referred, At: p.at, Set: node.Set(TypeNS)}
	if dnssec {
		if r.DS = node.Set(TypeDS); r.DS == nil {
			v.proveNothing(&r, p)
		}
	}
	return r
}

// answer answers at the node of the name itself. ANY gets one RRset. RFC 8482 section 4.1.
func (v *Version) answer(p spot, node Node, kind uint16, dnssec bool) Result {
	r := Result{Outcome: NoData, At: p.at, Set: node.Set(kind)}
	if kind == TypeANY {
		if r.Set = node.Set(TypeSOA); r.Set == nil {
			node.Sets(func(s Set) bool { r.Set = s; return false })
		}
	}
	if r.Set != nil {
		r.Outcome = Answered
	} else if dnssec {
		v.proveNothing(&r, p)
	}
	return r
}

// proveNothing proves that a name has nothing of a type: by its own NSEC3 record, and where opting out left it
// without one by those of the closest encloser that has one and of the name below it. RFC 5155 sections 7.2.3 and 7.2.4.
func (v *Version) proveNothing(r *Result, p spot) {
	owner, link := v.Cover(&p.hash)
	if link != nil && Hash(owner) == p.hash {
		r.prove(Proof{owner, link})
		return
	}
	v.proveEncloser(r, p, Proof{owner, link})
}

// proveNoName proves that neither a name nor a wildcard in its place is there. RFC 5155 section 7.2.2.
func (v *Version) proveNoName(r *Result, p spot) {
	owner, link := v.Cover(&p.hash)
	switch encloser := v.proveEncloser(r, p, Proof{owner, link}); {
	case encloser < 0:
	case encloser == len(p.name)-len(v.origin):
		r.prove(v.star)
	default:
		var wildcard [2 + maxName]byte
		wildcard[0], wildcard[1] = 1, '*'
		n := 2 + copy(wildcard[2:], p.name[encloser:])
		h := HashOf(wildcard[:n])
		owner, link := v.Cover(&h)
		r.prove(Proof{owner, link})
	}
}

// proveEncloser proves the closest encloser of a name that the chain has, with the name directly below it covered: a record
// that covers the name itself is given. It returns where that encloser begins, -1 in a zone without a chain. RFC 5155
// section 7.2.1.
func (v *Version) proveEncloser(r *Result, p spot, cover Proof) int {
	if v.chain.root == nil {
		return -1
	}
	for apex := len(p.name) - len(v.origin); p.at < apex; {
		above := p.at + 1 + int(p.name[p.at])
		h, encloser := v.apexHash, v.encloser
		if above < apex {
			h = HashOf(p.name[above:])
			encloser.Owner, encloser.Link = v.chain.entry(&h)
		}
		if encloser.Link != nil {
			r.prove(encloser)
			r.prove(cover)
			return above
		}
		p.at, p.hash = above, h
		cover.Owner, cover.Link = v.Cover(&h)
	}
	return -1
}

// prove adds a record unless it is there.
func (r *Result) prove(p Proof) {
	for i := range r.Proofs {
		switch {
		case r.Proofs[i].Link == nil:
			r.Proofs[i] = p
			return
		case string(r.Proofs[i].Owner) == string(p.Owner):
			return
		}
	}
}

// Address returns the A and AAAA sets of a host in the zone, nil where it has none.
func (v *Version) Address(host []byte) (a, aaaa Set) {
	h := HashOf(host)
	if n := v.NodeAt(&h); n != nil {
		return n.Set(TypeA), n.Set(TypeAAAA)
	}
	return nil, nil
}
