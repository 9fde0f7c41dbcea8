package dnssec

import (
	"time"

	"example.org/dorado/core/registry"
)

// A Status says in a few words how far a key is, and what it waits for.
type Status struct {
	Text  string
	Until time.Time // when time ends the wait; zero if something has to be seen or done first
}

// StatusOf returns the status of a key.
func StatusOf(k registry.ZoneKey, p Policy) Status {
	switch {
	case !k.Gone.IsZero():
		return Status{Text: "gone"}
	case k.Unsigning() && isShown(k.Record) && k.DS.State != registry.Going:
		return Status{Text: "in use until the zone goes unsigned"}
	case k.Role == registry.KSK:
		return statusOfKSK(k, p)
	}
	return statusOfZSK(k, p)
}

func statusOfKSK(k registry.ZoneKey, p Policy) Status {
	switch {
	case k.Record.State == registry.Hidden && k.Stays():
		return Status{Text: "waits for signatures of its algorithm in all caches"}
	case k.Record.State == registry.Coming:
		return on(k.Record, p.Propagation, "waits to be published", "published; not in all caches yet")
	case k.Record.State == registry.Going:
		return on(k.Record, p.Propagation, "waits to be taken out", "taken out; in some caches still")
	case k.DS.State == registry.Coming:
		return on(k.DS, p.ParentPropagation, "waits for its DS in the zone above", "its DS is there; not in all caches yet")
	case k.DS.State == registry.Going:
		return on(k.DS, p.ParentPropagation, "waits for its DS to leave the zone above", "its DS has left; in some caches still")
	case !k.Stays():
		return Status{Text: "in use until its successor is"}
	case k.DS.State == registry.Hidden:
		return Status{Text: "waits for signatures in all caches"}
	}
	return Status{Text: "in use"}
}

func statusOfZSK(k registry.ZoneKey, p Policy) Status {
	switch {
	case k.Record.State == registry.Going:
		return on(k.Record, p.Propagation, "waits to be taken out", "taken out; in some caches still")
	case k.Signatures.State == registry.Going:
		return on(k.Signatures, p.Propagation, "signs no more; some signatures are there still", "its signatures are gone; in some caches still")
	case k.Record.State == registry.Coming:
		return on(k.Record, p.Propagation, "waits to be published", "published; not in all caches yet")
	case k.Signatures.State == registry.Coming:
		return on(k.Signatures, p.Propagation, "signs; not everything is signed by it yet", "signs everything; not in all caches yet")
	case !k.Stays() && k.Signatures.State == registry.There:
		return Status{Text: "in use until its successor is"}
	case k.Signatures.State == registry.There && k.Record.State == registry.There:
		return Status{Text: "in use"}
	case k.Record.State == registry.There:
		return Status{Text: "waits to sign"}
	}
	return Status{Text: "waits for its turn"}
}

// on is the status of a piece on its way.
func on(p registry.Presence, propagation time.Duration, before, after string) Status {
	if p.Seen.IsZero() {
		return Status{Text: before}
	}
	return Status{Text: after, Until: Until(p, propagation)}
}
