package dnssec

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"example.org/dorado/core/registry"
)

// The life of keys. Of each key the zone shows pieces: the DNSKEY record, the signatures, and in the zone above the DS.
// A piece is hidden, coming, there or going, as the caches of resolvers have it. A few rules say when a piece may come
// or go; each looks at what the other keys have there. Rollovers of all kinds follow from them, in whatever order they
// are asked for and however long the program stood still:
//
//   - ZSK: its record first, its signatures when every cache has the record, the record of the one before away when no
//     cache has a signature of it any more (pre-publication, RFC 6781 section 4.1.1.1);
//   - KSK: the record of the new one beside the old one's, both signing the keys, the DS when every cache has the record,
//     the old record away when no cache has the old DS (double-KSK, RFC 7583 section 3.3.1);
//   - algorithm: its signatures first, its records when every cache has them, the DS, then the old records away, and last
//     the old signatures (the conservative way, RFC 6781 section 4.1.4);
//   - no keys any more: the DS away first, and when no cache has it, records and signatures. Until then the zone asks for
//     that with CDS and CDNSKEY (RFC 8078 section 4).

// A Wish is a key that has to be made.
type Wish struct {
	Role      registry.KeyRole
	Algorithm uint8
	Bits      int
}

// An Event is something that happened to a key, for a log.
type Event struct {
	Key  registry.ZoneKey
	What string
}

// A Plan is what becomes of the keys of a zone at an instant.
type Plan struct {
	Keys    []registry.ZoneKey // all of them as they are now; the versions of those that changed are one higher
	Changed []registry.ZoneKey
	Make    []Wish
	Events  []Event
	Next    time.Time // when time alone changes something next; zero if never
}

// Advance returns what becomes of the keys of one zone, by what was seen of it and by time. It may be called at any
// instant and as often as one likes.
func Advance(keys []registry.ZoneKey, p Policy, f Facts, now time.Time) Plan {
	w := &work{keys: slices.Clone(keys), policy: p, facts: f, now: now, touched: make([]bool, len(keys))}
	w.stayAfterAll()
	w.retire()
	w.observe()
	w.fresh = !slices.ContainsFunc(w.keys, func(k registry.ZoneKey) bool { return k.Record.State != registry.Hidden })
	for w.turn() {
		continue
	}
	w.bury()
	return w.plan()
}

type work struct {
	keys    []registry.ZoneKey
	policy  Policy
	facts   Facts
	now     time.Time
	fresh   bool // nobody has seen a key of the zone yet
	touched []bool
	events  []Event
	next    time.Time
}

func (w *work) plan() Plan {
	plan := Plan{Events: w.events, Make: w.wishes(), Next: w.next}
	for i := range w.keys {
		if w.touched[i] {
			w.keys[i].Version++
			plan.Changed = append(plan.Changed, w.keys[i])
		}
	}
	plan.Keys = w.keys
	return plan
}

func (w *work) tell(i int, what string) {
	w.touched[i] = true
	w.events = append(w.events, Event{w.keys[i], what})
}

// after has the plan looked at again at an instant.
func (w *work) after(at time.Time) {
	if w.next.IsZero() || at.Before(w.next) {
		w.next = at
	}
}

// retire ends the time of keys that have signed for as long as the policy lets them, one role at a time and while no
// other key of the zone is on its way.
func (w *work) retire() {
	if slices.ContainsFunc(w.keys, isMoving) {
		return
	}
	for i, k := range w.keys {
		lifetime, began := w.policy.ZSKLifetime, k.Signatures.Since
		if k.Role == registry.KSK {
			lifetime, began = w.policy.KSKLifetime, k.DS.Since
		}
		if lifetime <= 0 || began.IsZero() || !k.Stays() {
			continue
		}
		if end := began.Add(lifetime); end.After(w.now) {
			w.after(end)
			continue
		}
		w.keys[i].Leaves = registry.Measure{Since: w.now, Reason: "its lifetime is over"}
		w.tell(i, "its lifetime is over; a successor is wanted")
		return
	}
}

// isMoving reports whether a key is on its way in or out. One whose DS nobody has put into the zone above yet is not.
func isMoving(k registry.ZoneKey) bool {
	if !k.Gone.IsZero() {
		return false
	}
	moves := func(p registry.Presence) bool { return p.State == registry.Coming || p.State == registry.Going }
	waits := k.DS.State == registry.Coming && k.DS.Seen.IsZero()
	return !k.Stays() || k.Unsigning() || k.Record.State == registry.Hidden || moves(k.Record) || moves(k.Signatures) || moves(k.DS) && !waits
}

// IsRolling reports whether a key is on its way out, or on its way in to take the place of another: it is not the time
// then to replace it. A key of a new zone, and one whose DS nobody has put into the zone above, may be replaced.
func IsRolling(k registry.ZoneKey) bool { return k.Gone.IsZero() && (!k.Stays() || k.Unsigning()) }

// observe moves pieces on that were seen in the zone, or seen gone, long enough ago.
func (w *work) observe() {
	for i := range w.keys {
		k := &w.keys[i]
		if !k.Gone.IsZero() {
			continue
		}
		looked := !w.facts.At.IsZero()
		has := w.facts.Has(*k)
		w.settle(i, &k.Record, sight{looked, has, !has}, "its DNSKEY record")
		signed := w.facts.Signatures[Ref(*k)]
		all := signed > 0 && signed == w.facts.Signed
		w.settle(i, &k.Signatures, sight{looked && w.facts.Counted, all, signed == 0}, "its signatures")
		in, out := w.parentHas(*k)
		w.settle(i, &k.DS, sight{looked && w.facts.ParentKnown, in, out}, "its DS")
	}
}

// A sight is what was seen of a piece.
type sight struct{ known, in, out bool }

// settle notes when a piece was first seen as it was decided, and ends its way when all caches know.
func (w *work) settle(i int, p *registry.Presence, s sight, what string) {
	if p.State != registry.Coming && p.State != registry.Going {
		return
	}
	is := s.in
	if p.State == registry.Going {
		is = s.out
	}
	fresh := s.known && w.facts.At.After(p.Since)
	switch {
	case fresh && is && p.Seen.IsZero():
		p.Seen = w.now
		p.TTL = max(p.TTL, w.ttlOf(p, &w.keys[i]))
		w.touched[i] = true
	case fresh && !is && !p.Seen.IsZero(): // what was published was taken back
		p.Seen = time.Time{}
		w.touched[i] = true
	}
	if p.Seen.IsZero() {
		return
	}
	end := Until(*p, w.propagation(p, &w.keys[i]))
	if end.After(w.now) {
		w.after(end)
		return
	}
	if p.State == registry.Coming {
		*p = registry.Presence{State: registry.There, Since: p.Since}
		w.tell(i, what+" can be found by all")
		return
	}
	*p = registry.Presence{State: registry.Hidden, Since: p.Since}
	w.tell(i, what+" can be found by nobody any more")
}

// Until returns when the way of a piece ends that was seen.
func Until(p registry.Presence, propagation time.Duration) time.Time {
	return p.Seen.Add(time.Duration(p.TTL)*time.Second + propagation)
}

// ttlOf returns the longest for which a cache keeps what was before a piece changed.
func (w *work) ttlOf(p *registry.Presence, k *registry.ZoneKey) uint32 {
	switch p {
	case &k.Record:
		if w.fresh { // a cache may have that there is no key
			return max(w.policy.seconds(w.policy.KeyTTL), w.policy.seconds(w.policy.MaxTTL), w.facts.MaxTTL)
		}
		return max(w.policy.seconds(w.policy.KeyTTL), w.facts.KeyTTL)
	case &k.DS:
		return max(w.policy.seconds(w.policy.ParentTTL), w.facts.Parent.TTL)
	}
	return max(w.policy.seconds(w.policy.MaxTTL), w.facts.MaxTTL)
}

func (w *work) propagation(p *registry.Presence, k *registry.ZoneKey) time.Duration {
	if p == &k.DS {
		return w.policy.ParentPropagation
	}
	return w.policy.Propagation
}

// parentHas reports whether the zone above has a DS of a key, and whether it has none.
func (w *work) parentHas(k registry.ZoneKey) (in, out bool) {
	ref := Ref(k)
	for _, ds := range w.facts.Parent.Data {
		in = in || len(ds) > 4 && (KeyRef{ds[2], uint16(ds[0])<<8 | uint16(ds[1])}) == ref
	}
	return in, !in
}

// move decides a piece's next state.
func (w *work) move(i int, p *registry.Presence, to registry.PresenceState, what string) bool {
	if w.fresh && w.policy.FirstAtOnce && to == registry.Coming && p != &w.keys[i].DS {
		*p = registry.Presence{State: registry.There, Since: w.now}
	} else {
		*p = registry.Presence{State: to, Since: w.now, TTL: w.ttlOf(p, &w.keys[i])}
	}
	w.tell(i, what)
	return true
}

// turn applies the first rule that holds, and reports whether one did.
func (w *work) turn() bool {
	switch {
	case w.unsigns():
		return w.turnOut()
	case w.policy.Unsigned && w.fresh: // keys that were imported wait until the zone is to be signed
		return false
	}
	for i := range w.keys {
		k := &w.keys[i]
		if !k.Gone.IsZero() {
			continue
		}
		if w.turnRecord(i, k) || k.Role == registry.ZSK && w.turnSignatures(i, k) || k.Role == registry.KSK && w.turnDS(i, k) {
			return true
		}
	}
	return false
}

func (w *work) turnRecord(i int, k *registry.ZoneKey) bool {
	switch {
	case k.Stays() && k.Record.State == registry.Hidden && w.recordMayCome(*k):
		return w.move(i, &k.Record, registry.Coming, "its DNSKEY record comes into the zone")
	case !k.Stays() && isShown(k.Record) && w.recordMayGo(*k):
		return w.move(i, &k.Record, registry.Going, "its DNSKEY record goes out of the zone")
	}
	return false
}

// recordMayCome: at once in a zone that has none, or beside another of its algorithm. Of a new algorithm, when all data
// has its signatures in all caches: a resolver that sees the key may ask for one of each. RFC 4035 section 2.2.
func (w *work) recordMayCome(k registry.ZoneKey) bool {
	return w.fresh || w.any(func(o registry.ZoneKey) bool {
		same := o.Algorithm == k.Algorithm
		return same && isShown(o.Record) || same && o.Role == registry.ZSK && o.Stays() && o.Signatures.State == registry.There
	})
}

// recordMayGo: of a KSK, when no cache has its DS; of a ZSK, when none has a signature of it. An algorithm that leaves
// takes its records away first and together, when no DS leads to it, and its signatures after them.
func (w *work) recordMayGo(k registry.ZoneKey) bool {
	stayOn := func(role registry.KeyRole) bool {
		return w.any(func(o registry.ZoneKey) bool { return o.Role == role && o.Stays() && o.Record.State == registry.There })
	}
	switch {
	case !w.stays(k.Algorithm, registry.KSK) && !w.stays(k.Algorithm, registry.ZSK):
		return stayOn(registry.KSK) && stayOn(registry.ZSK) && !w.any(func(o registry.ZoneKey) bool {
			return o.Role == registry.KSK && o.Algorithm == k.Algorithm && o.DS.State != registry.Hidden
		})
	case k.Role == registry.KSK:
		return k.DS.State == registry.Hidden && stayOn(registry.KSK)
	}
	return k.Signatures.State == registry.Hidden
}

// stays reports whether an algorithm has a key of a role that is not on its way out.
func (w *work) stays(algorithm uint8, role registry.KeyRole) bool {
	return w.any(func(o registry.ZoneKey) bool { return o.Algorithm == algorithm && o.Role == role && o.Stays() })
}

func (w *work) any(is func(registry.ZoneKey) bool) bool {
	return slices.ContainsFunc(w.keys, func(k registry.ZoneKey) bool { return k.Gone.IsZero() && is(k) })
}

func (w *work) turnSignatures(i int, k *registry.ZoneKey) bool {
	switch {
	case k.Stays() && k.Signatures.State == registry.Hidden && w.maySign(*k):
		for j := range w.keys { // at once: of each algorithm one key signs
			o := &w.keys[j]
			if j != i && o.Role == registry.ZSK && o.Algorithm == k.Algorithm && isShown(o.Signatures) {
				w.move(j, &o.Signatures, registry.Going, "it signs no more; its signatures stay until they are made again")
			}
		}
		return w.move(i, &k.Signatures, registry.Coming, "it signs from now on")
	case !k.Stays() && isShown(k.Signatures) && !w.stays(k.Algorithm, registry.ZSK) && !w.any(func(o registry.ZoneKey) bool {
		return o.Algorithm == k.Algorithm && o.Record.State != registry.Hidden
	}) && w.any(func(o registry.ZoneKey) bool {
		return o.Role == registry.ZSK && o.Stays() && o.Signatures.State == registry.There
	}):
		return w.move(i, &k.Signatures, registry.Going, "it signs no more, and its algorithm leaves the zone")
	}
	return false
}

// maySign: at once in a zone without keys or with a new algorithm, else when all caches have its record.
func (w *work) maySign(k registry.ZoneKey) bool {
	return w.fresh || k.Record.State == registry.There || !w.any(func(o registry.ZoneKey) bool {
		return o.Algorithm == k.Algorithm && o.Record.State != registry.Hidden
	})
}

func (w *work) turnDS(i int, k *registry.ZoneKey) bool {
	if !k.Stays() || isShown(k.DS) || k.Record.State != registry.There || !w.mayLead(*k) {
		return false
	}
	for j := range w.keys { // in one step: the DS RRset has the new one in place of the old one
		o := &w.keys[j]
		if j != i && o.Role == registry.KSK && !o.Stays() && isShown(o.DS) {
			w.move(j, &o.DS, registry.Going, "its DS has to leave the zone above")
		}
	}
	return w.move(i, &k.DS, registry.Coming, "its DS has to be in the zone above")
}

// mayLead: when the data can be validated by all that come by way of its DS.
func (w *work) mayLead(k registry.ZoneKey) bool {
	return w.any(func(o registry.ZoneKey) bool {
		same := o.Algorithm == k.Algorithm && o.Number != k.Number
		return same && o.Role == registry.KSK && o.DS.State != registry.Hidden ||
			same && o.Role == registry.ZSK && o.Record.State == registry.There && o.Signatures.State == registry.There
	})
}

// bury ends keys of which nothing is left. Their private keys are not kept.
func (w *work) bury() {
	for i := range w.keys {
		k := &w.keys[i]
		pieces := []registry.Presence{k.Record, k.Signatures, k.DS}
		leaves := k.Unsigning() || !k.Stays()
		if !leaves || !k.Gone.IsZero() || slices.ContainsFunc(pieces, func(p registry.Presence) bool { return p.State != registry.Hidden }) {
			continue
		}
		if !k.Unsigning() && !w.stays(k.Algorithm, k.Role) && !w.any(func(o registry.ZoneKey) bool { return o.Role == k.Role && o.Stays() }) {
			continue // a successor is not even made
		}
		if k.Stays() {
			k.Leaves = k.Unsigns
		}
		k.Gone, k.Sealed, k.SealedBy = w.now, nil, ""
		w.tell(i, "nothing of it is left")
	}
}

// wishes returns the keys that have to be made: one for each role that no key stays in, but none for a zone that goes
// unsigned, or is and is not to be signed.
func (w *work) wishes() []Wish {
	if w.unsigns() || w.policy.Unsigned && w.fresh {
		return nil
	}
	var list []Wish
	for _, role := range []registry.KeyRole{registry.KSK, registry.ZSK} {
		if w.any(func(o registry.ZoneKey) bool { return o.Role == role && o.Stays() }) {
			continue
		}
		wish := Wish{Role: role, Algorithm: w.policy.Algorithm}
		for _, k := range w.keys { // the last one decides
			if k.Role == role && k.Gone.IsZero() {
				wish.Algorithm = cmp.Or(k.Successor, k.Algorithm)
			}
		}
		if wish.Algorithm == RSASHA256 {
			wish.Bits = w.policy.Bits
		}
		list = append(list, wish)
	}
	return list
}

// String says what a wish is for.
func (w Wish) String() string {
	if w.Bits > 0 {
		return fmt.Sprintf("%s, %s of %d bits", w.Role, AlgorithmName(w.Algorithm), w.Bits)
	}
	return fmt.Sprintf("%s, %s", w.Role, AlgorithmName(w.Algorithm))
}
