package dnssec

import (
	"bytes"
	"crypto"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
)

// A Signer makes and judges the signatures of one zone, with the keys that it had when it was made. It may be used by
// several goroutines at a time if its private keys may. RFC 4035 section 2.2.
type Signer struct {
	config  SignerConfig
	keys    []signingKey // those that sign
	good    []signingKey // those whose signatures may stay, the former among them
	applies []uint8      // the algorithms of which everything but the keys has one signature each
}

var _ zone.Signer = (*Signer)(nil)

// SignerConfig is what a Signer needs.
type SignerConfig struct {
	Origin  zone.Name
	Keys    []registry.ZoneKey
	Private func(registry.ZoneKey) (crypto.Signer, error) // asked once for each key that signs
	Policy  Policy
	Now     func() time.Time // real time
	Workers int              // goroutines that sign at a time, one at least
}

type signingKey struct {
	role      registry.KeyRole
	algorithm uint8
	tag       uint16
	private   crypto.Signer
}

// NewSigner returns a Signer, nil if none of the keys signs. It is an error if a private key is not to be had.
func NewSigner(c SignerConfig) (*Signer, error) {
	s := &Signer{config: c}
	s.config.Workers = max(1, c.Workers)
	for _, k := range c.Keys {
		own := signingKey{role: k.Role, algorithm: k.Algorithm, tag: Tag(k)}
		if !signs(k) {
			if mayStay(k, c.Keys) {
				s.good = append(s.good, own)
			}
			continue
		}
		var err error
		if own.private, err = c.Private(k); err != nil {
			return nil, fmt.Errorf("the private key of %s: %w", k.ID(), err)
		}
		s.keys, s.good = append(s.keys, own), append(s.good, own)
		if k.Role == registry.ZSK && !slices.Contains(s.applies, k.Algorithm) {
			s.applies = append(s.applies, k.Algorithm)
		}
	}
	if len(s.keys) == 0 {
		return nil, nil
	}
	return s, nil
}

// signs reports whether a key makes signatures. A KSK does while its record is in the zone; of the ZSKs of one
// algorithm it is the one that came last.
func signs(k registry.ZoneKey) bool {
	if k.Role == registry.KSK {
		return isShown(k.Record)
	}
	return isShown(k.Signatures)
}

// mayStay reports whether signatures of a ZSK that signs no more stay until they would be made again anyway: if another
// one of its algorithm has taken over, and nobody else is feared to know the key.
func mayStay(k registry.ZoneKey, keys []registry.ZoneKey) bool {
	return k.Role == registry.ZSK && k.Signatures.State == registry.Going && isShown(k.Record) && !k.Urgent &&
		slices.ContainsFunc(keys, func(o registry.ZoneKey) bool {
			return o.Role == registry.ZSK && o.Algorithm == k.Algorithm && isShown(o.Signatures)
		})
}

// ofKeys reports whether an RRset is signed by the key-signing keys. RFC 7344 section 4.1.
func ofKeys(kind uint16) bool {
	return kind == zone.TypeDNSKEY || kind == zone.TypeCDS || kind == zone.TypeCDNSKEY
}

// Sign gives each job its signatures. The work is shared by the workers.
func (s *Signer) Sign(jobs []zone.Job) error {
	now := s.config.Now()
	var next atomic.Int64
	var group sync.WaitGroup
	var first atomic.Pointer[error]
	const grain = 16
	work := func() {
		var scratch []byte
		for first.Load() == nil {
			from := int(next.Add(grain)) - grain
			if from >= len(jobs) {
				return
			}
			for i := from; i < min(from+grain, len(jobs)); i++ {
				var err error
				if jobs[i].Sigs, scratch, err = s.signOne(jobs[i], now, scratch); err != nil {
					err = fmt.Errorf("%s, type %d: %w", jobs[i].Owner, jobs[i].Type, err)
					first.CompareAndSwap(nil, &err)
					return
				}
			}
		}
	}
	for range min(s.config.Workers, (len(jobs)+grain-1)/grain) - 1 {
		group.Go(work)
	}
	work()
	group.Wait()
	if err := first.Load(); err != nil {
		return *err
	}
	return nil
}

// signOne returns the signatures of a job. Scratch is room to work in.
func (s *Signer) signOne(j zone.Job, now time.Time, scratch []byte) (sigs [][]byte, room []byte, err error) {
	head := sigHead{
		covered: j.Type, labels: labelsOf(j.Owner), ttl: j.TTL,
		inception: serialTime(now.Add(-s.config.Policy.Inception)), expiration: serialTime(now.Add(s.validity(j))),
	}
	for _, k := range s.keys {
		if ofKeys(j.Type) != (k.role == registry.KSK) {
			continue
		}
		head.algorithm, head.tag = k.algorithm, k.tag
		scratch = appendSigned(scratch[:0], head, s.config.Origin, j.Owner, j.RRset)
		signature, err := sign(k.private, k.algorithm, scratch)
		if err != nil {
			return nil, scratch, fmt.Errorf("key %d: %w", k.tag, err)
		}
		rrsig := make([]byte, 0, rrsigFixed+len(s.config.Origin)+len(signature))
		rrsig = append(append(head.append(rrsig), s.config.Origin...), signature...)
		sigs = append(sigs, rrsig)
	}
	if len(sigs) == 0 {
		return nil, scratch, fmt.Errorf("no key signs it")
	}
	slices.SortFunc(sigs, bytes.Compare)
	return sigs, scratch, nil
}

// validity is for how long the signatures of a job are good: less by what its name and type give, the same each time,
// so that RRsets that are signed together are not signed together again.
func (s *Signer) validity(j zone.Job) time.Duration {
	p := s.config.Policy
	if p.Jitter <= 0 {
		return p.Validity
	}
	return p.Validity - time.Duration(spread(j.Owner, j.Type)%uint64(p.Jitter))
}

// spread maps names and types evenly over all numbers: FNV-1a, and two rounds of mixing since its high bits are poor.
func spread(owner zone.Name, kind uint16) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(owner) {
		h = (h ^ uint64(owner[i])) * 1099511628211
	}
	h = (h ^ uint64(kind)) * 1099511628211
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	return h ^ h>>33
}

// Good reports whether the signatures of an RRset may stay: one of each key, or algorithm, that has to sign it, none of
// others, and all good for longer than the policy's Refresh.
func (s *Signer) Good(owner zone.Name, set zone.RRset) bool {
	return s.judge(set.Type, set.TTL, set.Sigs, s.config.Now())
}

func (s *Signer) judge(kind uint16, ttl uint32, sigs [][]byte, at time.Time) bool {
	now := serialTime(at)
	refresh := int64(s.config.Policy.Refresh / time.Second)
	for _, rrsig := range sigs {
		head, ok := readHead(rrsig)
		if !ok || head.ttl != ttl || since(head.expiration, now) <= refresh || since(now, head.inception) < 0 {
			return false
		}
		if !slices.ContainsFunc(s.good, func(k signingKey) bool {
			return k.tag == head.tag && k.algorithm == head.algorithm && ofKeys(kind) == (k.role == registry.KSK)
		}) {
			return false
		}
	}
	if ofKeys(kind) {
		return s.ofEachKSK(sigs)
	}
	return len(sigs) == len(s.applies) && !slices.ContainsFunc(s.applies, func(algorithm uint8) bool {
		return !slices.ContainsFunc(sigs, func(rrsig []byte) bool { return rrsig[2] == algorithm })
	})
}

// ofEachKSK reports whether there is one signature of each key-signing key.
func (s *Signer) ofEachKSK(sigs [][]byte) bool {
	count := 0
	for _, k := range s.keys {
		if k.role != registry.KSK {
			continue
		}
		count++
		if !slices.ContainsFunc(sigs, func(rrsig []byte) bool {
			return rrsig[2] == k.algorithm && binary.BigEndian.Uint16(rrsig[16:]) == k.tag
		}) {
			return false
		}
	}
	return len(sigs) == count
}
