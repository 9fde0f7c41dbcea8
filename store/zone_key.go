package store

import (
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// zoneKeys writes keys: new ones at version 1, others in place of the version before.
func (w *writer) zoneKeys(changes registry.Changes) {
	for _, k := range changes.ZoneKeys {
		text, err := body(k)
		if err != nil && w.err == nil {
			w.err = err
		}
		args := []any{k.Zone.String(), k.Number, k.Version, micros(k.Gone), text}
		if k.Version == 1 {
			w.exec("put the key "+k.ID(), insertZoneKey, args...)
			continue
		}
		w.execOne("put the key "+k.ID(), updateZoneKey, args...)
	}
}

const insertZoneKey = `
INSERT INTO zone_key (zone, number, version, gone, body)
VALUES ($1, $2, $3, $4, $5)`

const updateZoneKey = `
UPDATE zone_key
SET    version = $3, gone = $4, body = $5
WHERE  zone = $1 AND number = $2 AND version = $3 - 1`

// ZoneKeys returns all keys of a zone in order of their numbers, those of which nothing is left too.
func (r *reader) ZoneKeys(zone names.Name) ([]registry.ZoneKey, error) {
	return many(r, scanZoneKey, zoneKeysOf, zone.String())
}

const zoneKeysOf = `
SELECT body
FROM   zone_key
WHERE  zone = $1
ORDER  BY number`

func scanZoneKey(row row) (k registry.ZoneKey, err error) {
	var text string
	if err = row.Scan(&text); err == nil {
		err = unbody(text, &k, "key of a zone")
	}
	return k, err
}
