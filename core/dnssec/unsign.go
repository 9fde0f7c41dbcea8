package dnssec

import (
	"example.org/dorado/core/registry"
)

// IsSigned reports whether the keys of a zone sign it, or are on their way into it.
func IsSigned(keys []registry.ZoneKey) bool {
	for _, k := range keys {
		if isShown(k.Record) || isShown(k.Signatures) {
			return true
		}
	}
	return false
}

// unsigns reports whether the zone goes unsigned.
func (w *work) unsigns() bool { return w.any(registry.ZoneKey.Unsigning) }

// stayAfterAll takes back that the zone goes unsigned where it is to be signed again before its signatures have left.
// The DS that was to leave is asked for anew by turnDS.
func (w *work) stayAfterAll() {
	if w.policy.Unsigned || !w.unsigns() || !isSigned(w.keys) {
		return
	}
	for i := range w.keys {
		k := &w.keys[i]
		if !k.Gone.IsZero() {
			continue
		}
		k.Unsigns, k.Handed = registry.Measure{}, false
		w.tell(i, "the zone stays signed after all")
	}
}

// turnOut applies the first rule that holds for a zone that goes unsigned, and reports whether one did.
func (w *work) turnOut() bool {
	for i := range w.keys {
		if k := &w.keys[i]; k.Gone.IsZero() && w.turnOutDS(i, k) {
			return true
		}
	}
	if w.any(mayBeFollowed) {
		return false
	}
	for i := range w.keys {
		k := &w.keys[i]
		if !k.Gone.IsZero() {
			continue
		}
		if isShown(k.Signatures) {
			return w.move(i, &k.Signatures, registry.Going, "it signs no more: the zone goes unsigned")
		}
		if isShown(k.Record) {
			return w.move(i, &k.Record, registry.Going, "its DNSKEY record goes out of the zone, which goes unsigned")
		}
	}
	return false
}

// turnOutDS has the DS of a key leave the zone above. One that was never asked for may be there all the same, since the
// key was imported: it has to be seen, too, that there is none.
func (w *work) turnOutDS(i int, k *registry.ZoneKey) bool {
	switch {
	case k.Role != registry.KSK || !mayBeFollowed(*k) || k.DS.State == registry.Going && !k.Handed:
		return false
	case k.Handed:
		k.DS = registry.Presence{Since: w.now}
		w.tell(i, "another signer answers for the DS of the zone now")
		return true
	}
	return w.move(i, &k.DS, registry.Going, "its DS has to leave the zone above: the zone goes unsigned")
}

// mayBeFollowed reports whether a cache may have a DS that leads to a key.
func mayBeFollowed(k registry.ZoneKey) bool {
	unknown := k.DS.Since.IsZero() && k.Record.State != registry.Hidden
	return k.Role == registry.KSK && (k.DS.State != registry.Hidden || unknown)
}
