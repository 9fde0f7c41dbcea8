package dnssec

import (
	"errors"
	"fmt"
	"time"
)

// A Policy says how zones are signed and how long keys live. All spans are of real time.
type Policy struct {
	Algorithm uint8 // of a zone's first keys; later ones are of the same until a rollover to another is asked for
	Bits      int   // of RSA keys

	Validity  time.Duration // of a new signature, at most
	Jitter    time.Duration // by how much less it may be, so that not all are made again at once
	Refresh   time.Duration // a signature that ends sooner is made again
	Inception time.Duration // how long ago a signature begins, for resolvers whose clocks are behind

	ZSKLifetime time.Duration // after which a zone-signing key gets a successor; 0: never by itself
	KSKLifetime time.Duration // the same of a key-signing key, whose DS a person hands to the zone above

	KeyTTL      time.Duration // of DNSKEY, CDS and CDNSKEY
	MaxTTL      time.Duration // the longest TTL of a record that the zone has or had lately
	Propagation time.Duration // until the last secondary has what is published

	ParentTTL         time.Duration // of the DS RRset in the zone above
	ParentPropagation time.Duration // until the last secondary of the zone above has it

	// FirstAtOnce says that nobody has served the zones before: their first keys wait for no cache.
	FirstAtOnce bool

	// Unsigned says that zones are not to be signed here: none gets its first keys. One that is signed stays so until an
	// operator has it go unsigned, since resolvers find it bogus as long as they have a DS of it.
	Unsigned bool

	SHA384 bool // DS records in zones of ours have this digest beside SHA-256
}

const day = 24 * time.Hour

// DefaultPolicy returns what a configuration that says nothing means. Signatures are made again when they are good for
// 15 days still: a secondary drops a zone that it cannot refresh after 14 (the SOA's expire), so that it never serves
// one that has expired. RFC 6781 section 4.4.2.
func DefaultPolicy() Policy {
	return Policy{
		Algorithm: RSASHA256, Bits: DefaultBits,
		Validity: 30 * day, Jitter: 10 * day, Refresh: 15 * day, Inception: time.Hour,
		ZSKLifetime: 90 * day,
		KeyTTL:      time.Hour, MaxTTL: 2 * day, Propagation: time.Hour,
		ParentTTL: day, ParentPropagation: day,
	}
}

// Check says what is wrong with a policy, beginning with the key of the configuration that it is about.
func (p Policy) Check() error {
	for _, span := range []struct {
		key string
		is  time.Duration
	}{
		{"validity", p.Validity}, {"refresh", p.Refresh}, {"key_ttl", p.KeyTTL}, {"max_ttl", p.MaxTTL}, {"parent_ttl", p.ParentTTL},
	} {
		if span.is < time.Second {
			return fmt.Errorf("%s: it is at least a second", span.key)
		}
		if span.is > maxValidity {
			return fmt.Errorf("%s: it is at most a year", span.key)
		}
	}
	for _, span := range []struct {
		key string
		is  time.Duration
	}{
		{"jitter", p.Jitter},
		{"inception", p.Inception},
		{"zsk_lifetime", p.ZSKLifetime},
		{"ksk_lifetime", p.KSKLifetime},
		{"propagation", p.Propagation},
		{"parent_propagation", p.ParentPropagation},
	} {
		if span.is < 0 {
			return fmt.Errorf("%s: it is not negative", span.key)
		}
		if span.is > maxLifetime+day {
			return fmt.Errorf("%s: it is more than ten years", span.key)
		}
	}
	switch {
	case !IsKnown(p.Algorithm):
		return fmt.Errorf("algorithm: %w", ErrAlgorithm)
	case p.Bits < MinBits || p.Bits > MaxBits || p.Bits%8 != 0:
		return fmt.Errorf("bits: an RSA key has %d to %d bits, in whole octets", MinBits, MaxBits)
	case p.Validity-p.Jitter <= p.Refresh:
		return errors.New("refresh: it is less than validity less jitter, or a new signature would be made again at once")
	case p.Inception > maxInception:
		return errors.New("inception: it is at most a week; clocks that are wrong by more are nobody's to heed")
	case p.Refresh < p.MaxTTL+p.Propagation: // RFC 6781 section 4.4.2.1
		return fmt.Errorf("refresh: a signature ends after the caches have dropped it that have it; make it max_ttl and propagation (%s) or more",
			p.MaxTTL+p.Propagation)
	}
	return p.checkLifetimes()
}

// maxInception and maxLifetime bound what is likely to be meant.
const (
	maxInception = 7 * day
	maxLifetime  = 3660 * day
)

// checkLifetimes refuses lifetimes of keys in which a rollover does not fit: it would begin before the last has ended.
// RFC 6781 section 4.1, RFC 7583 section 3.
func (p Policy) checkLifetimes() error {
	record := p.KeyTTL + p.Propagation
	for _, l := range []struct {
		key      string
		is, most time.Duration
	}{
		{"zsk_lifetime", p.ZSKLifetime, 2*record + p.Validity - p.Refresh + p.MaxTTL + p.Propagation},
		{"ksk_lifetime", p.KSKLifetime, 2*record + p.ParentTTL + p.ParentPropagation},
	} {
		switch {
		case l.is == 0:
		case l.is <= l.most:
			return fmt.Errorf("%s: a rollover takes up to %s by what else is configured; make it longer than that, or 0s for never", l.key, l.most)
		case l.is > maxLifetime:
			return fmt.Errorf("%s: it is at most ten years, or 0s for never", l.key)
		}
	}
	return nil
}

// maxValidity bounds for how long a signature can be replayed, and keeps its instants apart from the wrap of their
// 32 bits. RFC 4034 section 3.1.5.
const maxValidity = 366 * day

// seconds is a span as a TTL.
func (p Policy) seconds(span time.Duration) uint32 { return uint32(span / time.Second) }

func (p Policy) digests() []uint8 {
	if p.SHA384 {
		return []uint8{DigestSHA256, DigestSHA384}
	}
	return []uint8{DigestSHA256}
}
