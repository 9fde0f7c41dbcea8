package dnssec

import (
	"bytes"
	"encoding/binary"
	"slices"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
)

// A KeyRef is how a signature names its key.
type KeyRef struct {
	Algorithm uint8
	Tag       uint16
}

// Ref returns how signatures name a key.
func Ref(k registry.ZoneKey) KeyRef { return KeyRef{k.Algorithm, Tag(k)} }

// Facts are what was seen of a zone as it is served. Keys move on by them alone: not because something was to be
// published, but because it was.
type Facts struct {
	At     time.Time // when it was looked at, of real time; zero if never
	Keys   [][]byte  // the RDATA of its DNSKEY records
	KeyTTL uint32

	// Counted says that all signatures were looked at: what follows is of those over other data than keys.
	Counted    bool
	Signed     int            // RRsets with signatures
	Signatures map[KeyRef]int // how many of them have one of a key
	MaxTTL     uint32         // the longest TTL of a signed RRset

	// Parent is the DS RRset of the zone in the zone above, if that is ours and known.
	Parent      zone.RRset
	ParentKnown bool
}

// Has reports whether the zone was seen with a key's DNSKEY record.
func (f Facts) Has(k registry.ZoneKey) bool {
	dnskey := DNSKEY(k)
	return slices.ContainsFunc(f.Keys, func(data []byte) bool { return bytes.Equal(data, dnskey) })
}

// A Scan is what has to be signed again in a version, and what was seen on the way. Names and Links are
// zone.Update.Look and zone.Update.LookLinks.
type Scan struct {
	Names []zone.Name
	Links []zone.Hash
	More  bool // there is more to sign than was asked for
	Facts Facts
}

// Look returns the facts that need no look at every signature.
func Look(v *zone.Version, now time.Time) Facts {
	f := Facts{At: now}
	if apex := v.Apex(); apex != nil {
		if keys := apex.Set(zone.TypeDNSKEY); keys != nil {
			f.Keys, f.KeyTTL = keys.RRset().Data, keys.TTL()
		}
	}
	return f
}

// Stale looks at all signatures of a version and returns what has to be signed again by a Signer, up to so many RRsets,
// and the facts. A nil Signer finds nothing to sign. A million delegations take some tenths of a second.
func Stale(v *zone.Version, s *Signer, limit int, now time.Time) Scan {
	c := &scanning{signer: s, limit: limit, now: now}
	c.Facts = Look(v, now)
	c.Facts.Counted, c.Facts.Signatures = true, map[KeyRef]int{}
	v.Nodes(func(n zone.Node) bool {
		stale := false
		n.Sets(func(set zone.Set) bool {
			if set.Signatures() > 0 && !c.look(set) {
				stale = true
			}
			return true
		})
		if stale && c.room() {
			c.Names = append(c.Names, n.Owner(v.Origin()))
		}
		return true
	})
	v.Chain(func(owner zone.Hash, link zone.Set) bool {
		if !c.look(link) && c.room() {
			c.Links = append(c.Links, owner)
		}
		return true
	})
	return c.Scan
}

type scanning struct {
	Scan
	signer *Signer
	limit  int
	now    time.Time
	sigs   [][]byte
}

// look counts the signatures of a Set and reports whether they may stay.
func (c *scanning) look(set zone.Set) bool {
	c.sigs = c.sigs[:0]
	zone.Each(set.Sigs(), func(rrsig []byte) { c.sigs = append(c.sigs, rrsig) })
	if !ofKeys(set.Type()) {
		c.count(set)
	}
	return c.signer == nil || c.signer.judge(set.Type(), set.TTL(), c.sigs, c.now)
}

func (c *scanning) count(set zone.Set) {
	f := &c.Facts
	f.Signed++
	f.MaxTTL = max(f.MaxTTL, set.TTL())
	for _, rrsig := range c.sigs {
		f.Signatures[KeyRef{rrsig[2], binary.BigEndian.Uint16(rrsig[16:])}]++
	}
}

// room takes one place of the limit.
func (c *scanning) room() bool {
	if len(c.Names)+len(c.Links) < c.limit {
		return true
	}
	c.More = true
	return false
}
