package dns

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/maphash"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
)

// A Comparison is what another server has of a zone, held against what is served here.
type Comparison struct {
	Zone    zone.Name
	Theirs  uint32 // serial
	Ours    uint32 // serial that it was held against
	Known   bool   // whether what led from the one to the other is known, and was reckoned with
	Records int    // that came

	Missing, Extra, Different int      // RRsets that it lacks, has beside ours, and has with other records or TTL
	Lines                     []string // records of these, some at most: "- " that it lacks, "+ " that we do not have
}

// Same reports whether both have the same records, apart from what was published since their serial.
func (c Comparison) Same() bool { return c.Missing+c.Extra+c.Different == 0 && c.Known }

// maxLines is how many records a comparison names.
const maxLines = 200

// CompareWith transfers a zone from another server and holds each record, signatures and all, against the served version.
// Where the server is behind, what was published since its serial is reckoned with. It needs some 40 octets an RRset.
func (s *Server) CompareWith(ctx context.Context, q Fetch) (Comparison, error) {
	c := comparing{
		source: s.transfers.source, ctx: ctx, seed: maphash.MakeSeed(), sets: map[uint64]uint64{},
		Comparison: Comparison{Zone: q.Zone},
	}
	if c.source.version(q.Zone) == nil {
		return c.Comparison, fmt.Errorf("%s is no zone that is served here", q.Zone)
	}
	if err := q.Records(ctx, c.take); err != nil {
		return c.Comparison, err
	}
	if err := zone.Read(c.since.Added, func(r zone.Record) error { c.note(r); return nil }); err != nil {
		return c.Comparison, err
	}
	c.holdAgainst()
	return c.Comparison, nil
}

// comparing is a comparison that is under way.
type comparing struct {
	Comparison
	ctx     context.Context
	source  versionSource
	version *zone.Version
	since   zone.Diff           // what led from their serial to ours
	gone    map[string]struct{} // of which these are removed
	seed    maphash.Seed
	wire    []byte            // of the record in hand
	sets    map[uint64]uint64 // what they have: by a hash of owner and type, the sum of the hashes of the records
}

// take takes in a record of theirs.
func (c *comparing) take(r zone.Record) error {
	if c.version == nil {
		if err := c.begin(r); err != nil {
			return err
		}
	}
	c.Records++
	c.wire = r.Append(c.wire[:0])
	if _, gone := c.gone[string(c.wire)]; gone {
		return nil
	}
	c.note(r)
	if !c.hasOurs(r) {
		c.tell("+ ", r)
	}
	return nil
}

// begin takes what is served, and what led to it, when their SOA comes.
func (c *comparing) begin(soa zone.Record) error {
	if len(soa.Data) < 20 {
		return errFormat
	}
	c.Theirs = binary.BigEndian.Uint32(soa.Data[len(soa.Data)-20:])
	c.version = c.source.version(c.Zone)
	c.Ours = c.version.Serial()
	if c.Known = c.Theirs == c.Ours; c.Known || !isNewer(c.Ours, c.Theirs) {
		return nil
	}
	diffs, err := c.source.diffs(c.ctx, c.Zone, c.Theirs)
	if err != nil {
		return err
	}
	if diffs = leading(diffs, c.Theirs, c.Ours); diffs == nil {
		return nil
	}
	if c.since, err = zone.Condense(diffs); err != nil {
		return err
	}
	c.Known, c.gone = true, map[string]struct{}{}
	return zone.Read(c.since.Removed, func(r zone.Record) error {
		c.gone[string(r.Append(nil))] = struct{}{}
		return nil
	})
}

// key is a hash of what records of one RRset have in common. Signatures belong together that are over the same type.
func (c *comparing) key(r zone.Record) uint64 {
	key := binary.BigEndian.AppendUint16([]byte(r.Owner), r.Type)
	if r.Type == zone.TypeRRSIG && len(r.Data) >= 2 {
		key = append(key, r.Data[:2]...)
	}
	return maphash.Bytes(c.seed, key)
}

func (c *comparing) hash(r zone.Record) uint64 {
	c.wire = r.Append(c.wire[:0])
	return maphash.Bytes(c.seed, c.wire)
}

func (c *comparing) note(r zone.Record) { c.sets[c.key(r)] += c.hash(r) }

// hasOurs reports whether what is served has a record.
func (c *comparing) hasOurs(r zone.Record) bool {
	covered, found := r.Type, false
	if r.Type == zone.TypeRRSIG && len(r.Data) >= 2 {
		covered = binary.BigEndian.Uint16(r.Data)
	}
	for _, s := range c.ourSets(r.Owner, covered) {
		of := s.Data()
		if r.Type == zone.TypeRRSIG {
			of = s.Sigs()
		}
		zone.Each(of, func(rdata []byte) { found = found || s.TTL() == r.TTL && string(rdata) == string(r.Data) })
	}
	return found
}

// ourSets returns what is served under a name of a type: as a name of the zone, or as a link of its chain.
func (c *comparing) ourSets(owner zone.Name, kind uint16) []zone.Set {
	var list []zone.Set
	if n := c.version.Node(owner); n != nil {
		if s := n.Set(kind); s != nil {
			list = append(list, s)
		}
	}
	if h, is := zone.LinkHash(owner, c.Zone); is && kind == zone.TypeNSEC3 {
		if s := c.version.Link(&h); s != nil {
			list = append(list, s)
		}
	}
	return list
}

// holdAgainst counts what they lack, have otherwise, and have beside ours.
func (c *comparing) holdAgainst() {
	var set []zone.Record
	var key uint64
	judge := func() {
		if len(set) == 0 {
			return
		}
		sum := uint64(0)
		for _, r := range set {
			sum += c.hash(r)
		}
		theirs, has := c.sets[key]
		delete(c.sets, key)
		switch {
		case has && theirs == sum:
			return
		case has:
			c.Different++
		default:
			c.Missing++
		}
		for _, r := range set {
			c.tell("- ", r)
		}
	}
	c.version.Records(func(r zone.Record) bool {
		if k := c.key(r); k != key || len(set) == 0 {
			judge()
			set, key = set[:0], k
		}
		set = append(set, r)
		return c.ctx.Err() == nil
	})
	judge()
	c.Extra = len(c.sets)
}

func (c *comparing) tell(what string, r zone.Record) {
	if len(c.Lines) == maxLines {
		return
	}
	text := fmt.Sprintf("%s type %d, %d octets", r.Owner, r.Type, len(r.Data))
	if rr, _, err := mdns.UnpackRR(r.Append(nil), 0); err == nil {
		text = rr.String()
	}
	c.Lines = append(c.Lines, what+text)
}
