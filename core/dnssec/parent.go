package dnssec

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
)

// CheckParent says what of the DS records that the zone above has of a zone is not as its keys want it now; nil if
// nothing is. Each key that should have a DS has one at least, of a digest that is known, and no other key has any.
func CheckParent(origin zone.Name, keys []registry.ZoneKey, has [][]byte) error {
	var wanted []registry.ZoneKey
	for _, k := range keys {
		if k.Role == registry.KSK && k.Gone.IsZero() && isShown(k.DS) {
			wanted = append(wanted, k)
		}
	}
	for _, ds := range has {
		if !slices.ContainsFunc(wanted, func(k registry.ZoneKey) bool { return isDSOf(origin, ds, k) }) {
			return fmt.Errorf("it has a DS that should not be there: %s", shortDS(ds))
		}
	}
	for _, k := range wanted {
		if !slices.ContainsFunc(has, func(ds []byte) bool { return isDSOf(origin, ds, k) }) {
			return fmt.Errorf("it has no DS of %s (tag %d)", k.ID(), Tag(k))
		}
	}
	return nil
}

// isDSOf reports whether a DS is that of a key. Of a digest that is not ours the tag and the algorithm have to do.
func isDSOf(origin zone.Name, ds []byte, k registry.ZoneKey) bool {
	if len(ds) < 5 || (KeyRef{ds[2], binary.BigEndian.Uint16(ds)}) != Ref(k) {
		return false
	}
	if ds[3] == DigestSHA256 || ds[3] == DigestSHA384 {
		return bytes.Equal(ds, DS(origin, k, ds[3]))
	}
	return true
}

// shortDS writes a DS so that it can be told from others.
func shortDS(ds []byte) string {
	if len(ds) < 5 {
		return fmt.Sprintf("%x", ds)
	}
	text := DSText(ds)
	return text[:min(len(text), 32)] + "…"
}
