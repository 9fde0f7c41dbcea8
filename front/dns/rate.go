package dns

import (
	"hash/maphash"
	"net/netip"
	"sync/atomic"
	"time"

	"example.org/dorado/core/zone"
)

// A class is what answers have in common that are limited together: by the network that they go to, this, and a name. An
// attacker who has many answers sent to somebody else can vary only what is in another class then.
type class byte

const (
	classAnswer   class = iota + 1 // and the name
	classReferral                  // and the name that is delegated, whatever is asked below it
	classNoData                    // and the name
	classNoName                    // and the zone
	classError                     // and nothing
)

// What is limited together. The largest networks that one party has as a rule.
const (
	prefix4 = 24
	prefix6 = 56
)

// rates bounds how many answers alike go to one network by UDP. It is a table of a fixed size without locks: each place
// has a tag and the time until which what was sent so far is paid for at the rate (generic cell rate algorithm). When all
// places of a key are in use, the one that is paid first is given away, so a flood over many networks makes the table
// forget, and never grow.
type rates struct {
	seed  maphash.Seed
	slots []atomic.Uint64 // tag, and time in ticks
	cost  uint32          // of one answer, in ticks
	burst uint32          // how far ahead of the time a key may be, in ticks
}

const (
	tick      = time.Second / 65536
	rateSlots = 1 << 17 // 1 MiB
	rateWays  = 4       // places of a key
)

// newRates returns a table for so many answers a second. None are limited if that is 0 or less.
func newRates(perSecond int) *rates {
	if perSecond <= 0 {
		return &rates{}
	}
	return &rates{
		seed: maphash.MakeSeed(), slots: make([]atomic.Uint64, rateSlots),
		cost: uint32(max(int(time.Second/tick)/perSecond, 1)), burst: uint32(time.Second / tick),
	}
}

// allow reports whether one more answer may go to an address.
func (r *rates) allow(to netip.Addr, c class, name []byte, now time.Time) bool {
	if len(r.slots) == 0 {
		return true
	}
	h := r.hash(to, c, name)
	tag, first := h>>32, int(h)&(rateSlots-1)&^(rateWays-1)
	at := uint32(now.UnixNano() / int64(tick))
	best, least := first, uint32(1<<32-1)
	for i := first; i < first+rateWays; i++ {
		v := r.slots[i].Load()
		ahead := r.ahead(v, at)
		if v>>32 == tag && v != 0 {
			if ahead >= r.burst {
				return false
			}
			// Who comes between makes two answers count as one.
			r.slots[i].CompareAndSwap(v, tag<<32|uint64(at+ahead+r.cost))
			return true
		}
		if ahead < least {
			best, least = i, ahead
		}
	}
	r.slots[best].Store(tag<<32 | uint64(at+r.cost))
	return true
}

// ahead returns how far a place is ahead of the time. What is further ahead than can be was left from long ago.
func (r *rates) ahead(slot uint64, at uint32) uint32 {
	if ahead := uint32(slot) - at; ahead <= r.burst+r.cost {
		return ahead
	}
	return 0
}

func (r *rates) hash(to netip.Addr, c class, name []byte) uint64 {
	var key [8 + 1 + maxName]byte
	if to.Is4() || to.Is4In6() {
		a := to.As4()
		copy(key[:], a[:prefix4/8])
	} else {
		a := to.As16()
		copy(key[:], a[:prefix6/8])
		key[7] = 1
	}
	key[8] = byte(c)
	return maphash.Bytes(r.seed, key[:9+copy(key[9:], name)])
}

// may reports whether an answer of a zone may be sent.
func (d *desk) may(v *zone.Version, r *zone.Result) bool {
	if d.proven || len(d.rates.slots) == 0 {
		return true
	}
	q := &d.request
	switch r.Outcome {
	case zone.Answered:
		return d.rates.allow(d.from, classAnswer, q.name, d.now)
	case zone.Referred:
		return d.rates.allow(d.from, classReferral, q.name[r.At:], d.now)
	case zone.NoData:
		return d.rates.allow(d.from, classNoData, q.name, d.now)
	}
	return d.rates.allow(d.from, classNoName, q.name[len(q.name)-len(v.Origin()):], d.now)
}

// mayFail reports whether an answer without records may be sent. It is no larger than the question, so there is nothing
// to send in its place.
func (d *desk) mayFail() bool {
	if d.proven || d.rates.allow(d.from, classError, nil, d.now) {
		return true
	}
	d.tally.add(countHeld)
	return false
}

// slip answers in place of what may not be sent: now and then with TC, so that who really asked comes by TCP, and to who
// has cookies with a good one, so that it shows that next time. RFC 7873 section 5.2.3.
func (d *desk) slip() []byte {
	d.slips++
	if d.every == 0 || d.slips%d.every != 0 {
		d.tally.add(countHeld)
		return nil
	}
	q := &d.request
	var tail [maxOptions]byte
	options := d.appendOptions(tail[:0])
	d.begin(q, maxMessage)
	if q.cookie == nil {
		d.tally.add(countSlipped)
		d.out[2] |= flagTC
		d.appendOPT(options, false)
		return d.out
	}
	d.tally.add(countBadCookie)
	d.outcome(rcodeBadCookie)
	d.appendOPT(options, false)
	d.extend(rcodeBadCookie)
	return d.out
}
