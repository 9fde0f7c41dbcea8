package store

import (
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// zones writes what was published.
func (w *writer) zones(changes registry.Changes) {
	for _, s := range changes.ZoneSteps {
		w.zoneStep(s)
	}
	for _, p := range changes.ZonePages {
		w.exec("page of the zone "+p.Origin.String(), putZonePage, p.Origin.String(), p.Number, int64(p.Serial), notNil(p.Body))
	}
	for _, b := range changes.ZoneBases {
		origin := b.Origin.String()
		w.exec("base of the zone "+origin, moveZoneBase, origin, b.Base, micros(b.RightAt))
		w.exec("old steps of the zone "+origin, dropZoneSteps, origin, b.Drop)
		w.exec("old receipts of the zone "+origin, dropReceipts, origin, b.Forget)
	}
	for _, r := range changes.Releases {
		w.exec("release the zone "+r.Origin.String(), releaseZone, r.Origin.String(), micros(r.From), micros(r.Until), r.Names)
	}
	for _, h := range changes.ZoneHolds {
		w.exec("hold of the zone "+h.Origin.String(), holdZone, h.Origin.String(), w.hold(h))
	}
	for _, j := range changes.Jumps {
		w.exec("jump of the zone "+j.Origin.String(), jumpZone, j.Origin.String(), int64(j.To))
	}
}

// hold is how a hold is kept: nothing if it is over.
func (w *writer) hold(h registry.ZoneHold) string {
	if !h.Holds() {
		return ""
	}
	text, err := body(h)
	if err != nil && w.err == nil {
		w.err = err
	}
	return text
}

// zoneStep writes one publication. Where somebody else has published, the node has lost its lease.
func (w *writer) zoneStep(s registry.ZoneStep) {
	z := s.State
	origin := z.Origin.String()
	w.list = append(w.list, write{what: "publish the zone " + origin, text: putZone, miss: registry.ErrFenced, args: []any{
		origin, z.Position, int64(z.Serial), micros(z.Made), micros(z.RightAt), z.Base, z.Basis, serialOrNone(z.Whole),
		serialOrNone(s.Jumped), micros(z.Release.From), z.Release.Gone,
	}})
	w.departures(s)
	w.exec("step of the zone "+origin, insertZoneStep, origin, z.Position, int64(z.Serial), micros(z.Made),
		notNil(s.Removed), notNil(s.Added))
	for _, r := range s.Receipts {
		w.insert(receipts, "receipt of "+r.Name.String(), insertReceipt, r.Name.String(), origin, z.Position, int64(z.Serial),
			micros(r.Changed), micros(z.Made))
	}
}

// departures counts the names that left a zone by a step, and those no more that are back.
func (w *writer) departures(s registry.ZoneStep) {
	origin := s.State.Origin.String()
	if len(s.Left) > 0 {
		w.exec("names that left the zone "+origin+" long ago", forgetDepartures, origin, micros(s.Uncounted))
	}
	for _, name := range s.Back {
		w.exec(name.String()+" is back", dropDeparture, origin, name.String())
	}
	for _, name := range s.Left {
		w.exec(name.String()+" has left", putDeparture, origin, name.String(), micros(s.State.Made))
	}
}

const forgetDepartures = `
DELETE FROM zone_left
WHERE  origin = $1 AND gone < $2`

const dropDeparture = `
DELETE FROM zone_left
WHERE  origin = $1 AND name = $2`

const putDeparture = `
INSERT INTO zone_left (origin, name, gone)
VALUES ($1, $2, $3)
ON CONFLICT (origin, name) DO UPDATE
SET gone = excluded.gone`

// ZoneDepartures returns the names that left a zone after an instant and are still away, in order of time.
func (r *reader) ZoneDepartures(origin names.Name, after time.Time) ([]registry.ZoneDeparture, error) {
	return many(r, func(row row) (d registry.ZoneDeparture, err error) {
		var name string
		var gone int64
		if err = row.Scan(&name, &gone); err != nil {
			return d, err
		}
		d.At = instant(gone)
		d.Name, err = names.Parse(name)
		return d, err
	}, zoneDepartures, origin.String(), micros(after))
}

const zoneDepartures = `
SELECT name, gone
FROM   zone_left
WHERE  origin = $1 AND gone > $2
ORDER  BY gone, name`

// noSerial is kept where there is none.
const noSerial = -1

func serialOrNone(serial *uint32) int64 {
	if serial == nil {
		return noSerial
	}
	return int64(*serial)
}

func serialFrom(kept int64) *uint32 {
	if kept == noSerial {
		return nil
	}
	return new(uint32(kept))
}

// notNil is no octets in place of nothing.
func notNil(body []byte) []byte {
	if body == nil {
		return []byte{}
	}
	return body
}

// putZone leaves a jump alone that was asked for since, and a release that was agreed to since.
const putZone = `
INSERT INTO zone (origin, position, serial, made, right_at, base, basis, whole)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (origin) DO UPDATE
SET    position = excluded.position, serial = excluded.serial, made = excluded.made, right_at = excluded.right_at,
       basis = excluded.basis, whole = excluded.whole, jump = CASE WHEN zone.jump = $9 THEN -1 ELSE zone.jump END,
       released_gone = CASE WHEN zone.released_from = $10 THEN $11 ELSE zone.released_gone END
WHERE  zone.position = excluded.position - 1`

const insertZoneStep = `
INSERT INTO zone_step (origin, position, serial, made, removed, added)
VALUES ($1, $2, $3, $4, $5, $6)`

const insertReceipt = `
INSERT INTO zone_receipt (name, origin, position, serial, changed, made)
VALUES ($1, $2, $3, $4, $5, $6)`

const putZonePage = `
INSERT INTO zone_page (origin, number, serial, body)
VALUES ($1, $2, $3, $4)
ON CONFLICT (origin, number) DO UPDATE
SET serial = excluded.serial, body = excluded.body`

const moveZoneBase = `
UPDATE zone
SET    base = $2, right_at = $3
WHERE  origin = $1`

const releaseZone = `
UPDATE zone
SET    released_from = $2, released = $3, released_names = $4, released_gone = 0
WHERE  origin = $1`

const holdZone = `
UPDATE zone
SET    hold = $2
WHERE  origin = $1`

const jumpZone = `
UPDATE zone
SET    jump = $2
WHERE  origin = $1`

const dropZoneSteps = `
DELETE FROM zone_step
WHERE  origin = $1 AND position <= $2`

const dropReceipts = `
DELETE FROM zone_receipt
WHERE  origin = $1 AND position <= $2`

// ZoneStates returns where each zone stands that was ever published.
func (r *reader) ZoneStates() ([]registry.ZoneState, error) { return many(r, scanZone, allZones) }

const allZones = `
SELECT origin, position, serial, made, right_at, base, basis, released_from, released, released_names, released_gone, hold, jump, whole
FROM   zone
ORDER  BY origin`

func scanZone(row row) (registry.ZoneState, error) {
	var z registry.ZoneState
	var origin, hold string
	var serial, made, rightAt, from, until, jump, whole int64
	err := row.Scan(&origin, &z.Position, &serial, &made, &rightAt, &z.Base, &z.Basis, &from, &until, &z.Release.Names, &z.Release.Gone, &hold, &jump, &whole)
	if err != nil {
		return z, err
	}
	if z.Origin, err = names.Parse(origin); err != nil {
		return z, err
	}
	if hold != "" {
		if err := unbody(hold, &z.Hold, "hold of a zone"); err != nil {
			return z, err
		}
	}
	z.Serial, z.Made, z.RightAt = uint32(serial), instant(made), instant(rightAt)
	z.Release.From, z.Release.Until, z.Jump, z.Whole = instant(from), instant(until), serialFrom(jump), serialFrom(whole)
	z.Release.Origin, z.Hold.Origin = z.Origin, z.Origin
	return z, nil
}

// ZonePages returns up to limit pages of a zone from a number on, in order.
func (r *reader) ZonePages(origin names.Name, from, limit int) ([]registry.ZonePage, error) {
	return many(r, func(row row) (registry.ZonePage, error) {
		p := registry.ZonePage{Origin: origin}
		var serial int64
		err := row.Scan(&p.Number, &serial, &p.Body)
		p.Serial = uint32(serial)
		return p, err
	}, zonePages, origin.String(), from, limit)
}

const zonePages = `
SELECT number, serial, body
FROM   zone_page
WHERE  origin = $1 AND number >= $2
ORDER  BY number
LIMIT  $3`

// ZoneSteps returns up to limit steps of a zone after a position, in order.
func (r *reader) ZoneSteps(origin names.Name, after int64, limit int) ([]registry.ZoneStep, error) {
	return many(r, func(row row) (registry.ZoneStep, error) {
		s := registry.ZoneStep{State: registry.ZoneState{Origin: origin}}
		var serial, made int64
		err := row.Scan(&s.State.Position, &serial, &made, &s.Removed, &s.Added)
		s.State.Serial, s.State.Made = uint32(serial), instant(made)
		return s, err
	}, zoneSteps, origin.String(), after, limit)
}

const zoneSteps = `
SELECT position, serial, made, removed, added
FROM   zone_step
WHERE  origin = $1 AND position > $2
ORDER  BY position
LIMIT  $3`

// Publications returns the last receipts of a name, up to limit, the latest first.
func (r *reader) Publications(name names.Name, limit int) ([]registry.ZoneReceipt, error) {
	return many(r, func(row row) (registry.ZoneReceipt, error) {
		receipt := registry.ZoneReceipt{Name: name}
		var origin string
		var serial, changed, made int64
		if err := row.Scan(&origin, &receipt.Position, &serial, &changed, &made); err != nil {
			return receipt, err
		}
		receipt.Serial, receipt.Changed, receipt.Made = uint32(serial), instant(changed), instant(made)
		var err error
		receipt.Origin, err = names.Parse(origin)
		return receipt, err
	}, lastReceipts, name.String(), limit)
}

const lastReceipts = `
SELECT origin, position, serial, changed, made
FROM   zone_receipt
WHERE  name = $1
ORDER  BY made DESC, position DESC
LIMIT  $2`
