package store

import (
	"time"

	"example.org/dorado/core/registry"
)

func (w *writer) putMaintenance(m registry.Maintenance) {
	text := w.body(maintenanceVersion(m))
	if m.Version == 1 {
		w.exec("put the maintenance "+m.ID, insertMaintenance, m.ID, m.Version, micros(m.Ends), m.Cancelled, text)
		return
	}
	w.execOne("put the maintenance "+m.ID, updateMaintenance, m.ID, m.Version, micros(m.Ends), m.Cancelled, text)
}

const insertMaintenance = `
INSERT INTO maintenance (id, version, ends, cancelled, body)
VALUES ($1, $2, $3, $4, $5)`

const updateMaintenance = `
UPDATE maintenance
SET    version = $2, ends = $3, cancelled = $4, body = $5
WHERE  id = $1 AND version = $2 - 1`

// Maintenance returns a maintenance, cancelled ones too.
func (r *reader) Maintenance(id string) (registry.Maintenance, bool, error) {
	return one(r, scanMaintenance, maintenanceByID, id)
}

const maintenanceByID = `
SELECT body
FROM   maintenance
WHERE  id = $1`

// Maintenances returns up to limit maintenances that end after an instant, in order of their ends.
func (r *reader) Maintenances(endAfter time.Time, limit int) ([]registry.Maintenance, error) {
	return many(r, scanMaintenance, maintenancesAfter, micros(endAfter), limit)
}

const maintenancesAfter = `
SELECT body
FROM   maintenance
WHERE  ends > $1 AND NOT cancelled
ORDER  BY ends, id
LIMIT  $2`

func scanMaintenance(row row) (m registry.Maintenance, err error) {
	var text string
	if err = row.Scan(&text); err == nil {
		err = unbody(text, &m, "maintenance")
	}
	return m, err
}
