package store

import (
	"slices"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// Marks returns up to limit marks, those that were raised longest ago first.
func (r *reader) Marks(limit int) ([]registry.Mark, error) {
	return many(r, scanMark, oldestMarks, limit)
}

const oldestMarks = `
SELECT kind, name, version
FROM   mark
ORDER  BY version
LIMIT  $1`

func scanMark(row row) (registry.Mark, error) {
	var m registry.Mark
	var name string
	if err := row.Scan(&m.Kind, &name, &m.Version); err != nil {
		return m, err
	}
	m.Raised = instant(m.Version >> chanceBits)
	var err error
	m.Name, err = names.Parse(name)
	return m, err
}

// putMark leaves a mark, or raises the one that is there.
func (w *writer) putMark(m registry.Mark) {
	w.insert(marks, "mark "+m.Name.String(), putMark, m.Kind, m.Name.String(), w.ids.next())
}

const putMark = `
INSERT INTO mark (kind, name, version)
VALUES ($1, $2, $3)
ON CONFLICT (kind, name) DO UPDATE
SET version = CASE WHEN mark.version >= excluded.version THEN mark.version + 1 ELSE excluded.version END`

// dropMark removes a mark at the version that was published; one that was raised since stays.
func (w *writer) dropMark(m registry.Mark) {
	w.exec("remove the mark "+m.Name.String(), deleteMark, m.Kind, m.Name.String(), m.Version)
}

const deleteMark = `
DELETE FROM mark
WHERE  kind = $1 AND name = $2 AND version = $3`

// marksAside moves marks out of the way, and back.
func (w *writer) marksAside(changes registry.Changes) {
	for _, m := range sorted(changes.Aside, func(m registry.MarkAside) string { return m.Name.String() }) {
		w.dropMark(m.Mark)
		w.exec("set aside the mark "+m.Name.String(), setMarkAside, m.Kind, m.Name.String(), m.Version, orNull(m.Records))
	}
	for _, m := range changes.NotAside {
		w.exec("take back the mark "+m.Name.String(), unsetMarkAside, m.Kind, m.Name.String())
	}
	if changes.Resumed {
		w.exec("take back all marks", resumeMarks)
		w.exec("take back all marks", clearMarksAside)
	}
}

// orNull is NULL in place of no octets.
func orNull(octets []byte) any {
	if octets == nil {
		return nil
	}
	return octets
}

const setMarkAside = `
INSERT INTO mark_aside (kind, name, version, records)
VALUES ($1, $2, $3, $4)
ON CONFLICT (kind, name) DO UPDATE
SET records = excluded.records`

const unsetMarkAside = `
DELETE FROM mark_aside
WHERE  kind = $1 AND name = $2`

// resumeMarks leaves a mark alone that was raised since.
const resumeMarks = `
INSERT INTO mark (kind, name, version)
SELECT kind, name, version
FROM   mark_aside
WHERE  TRUE
ON CONFLICT (kind, name) DO NOTHING`

const clearMarksAside = `
DELETE FROM mark_aside`

// MarksAside returns up to limit marks that are set aside, those that were raised longest ago first.
func (r *reader) MarksAside(limit int) ([]registry.Mark, error) {
	return many(r, scanMark, oldestMarksAside, limit)
}

const oldestMarksAside = `
SELECT kind, name, version
FROM   mark_aside
ORDER  BY version, name, kind
LIMIT  $1`

// RecordsAside returns up to limit marks after a name that were set aside with records, in order of name.
func (r *reader) RecordsAside(after names.Name, limit int) ([]registry.MarkAside, error) {
	return many(r, func(row row) (m registry.MarkAside, err error) {
		var name string
		if err = row.Scan(&name, &m.Records); err != nil {
			return m, err
		}
		m.Kind = registry.MarkDomain
		m.Name, err = names.Parse(name)
		return m, err
	}, recordsAside, registry.MarkDomain, after.String(), limit)
}

const recordsAside = `
SELECT name, records
FROM   mark_aside
WHERE  kind = $1 AND name > $2 AND records IS NOT NULL
ORDER  BY name
LIMIT  $3`

// MarksOf returns the marks of a name, those that are set aside last.
func (r *reader) MarksOf(name names.Name) ([]registry.WaitingMark, error) {
	var list []registry.WaitingMark
	for _, text := range []string{marksOf, marksAsideOf} {
		marks, err := many(r, scanMark, text, name.String(), registry.MarkDomain, registry.MarkHost, registry.MarkLeft)
		if err != nil {
			return nil, err
		}
		for _, m := range marks {
			list = append(list, registry.WaitingMark{Mark: m, Aside: text == marksAsideOf})
		}
	}
	return list, nil
}

const marksOf = `
SELECT kind, name, version
FROM   mark
WHERE  name = $1 AND kind IN ($2, $3, $4)
ORDER  BY version`

const marksAsideOf = `
SELECT kind, name, version
FROM   mark_aside
WHERE  name = $1 AND kind IN ($2, $3, $4)
ORDER  BY version`

func (w *writer) log(l registry.LogRow) { w.logAs(w.ids.next(), l) }

// logAs writes a row of the log with its place among the others.
func (w *writer) logAs(id int64, l registry.LogRow) {
	w.insert(logLines, "log "+l.SvTRID, insertLog, id, micros(l.At), l.Registrar, l.Command, l.Object, l.ID,
		l.Code, l.Message, l.ClTRID, l.SvTRID, l.User)
}

const insertLog = `
INSERT INTO log (id, at, registrar, command, object, object_id, code, message, cltrid, svtrid, login)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`

// A version names one state of one object.
type version struct {
	kind   string
	roid   registry.ROID
	number int64
}

// A state is a version with what it is.
type state struct {
	version
	name   string
	object any
}

func registrarVersion(r registry.Registrar) state {
	return state{version{"registrar", registry.ROID(r.ID), r.Version}, string(r.ID), r}
}

func contactVersion(c registry.Contact) state {
	return state{version{"contact", c.ROID, c.Version}, c.ID, c}
}

func hostVersion(h registry.Host) state {
	return state{version{"host", h.ROID, h.Version}, h.Name.String(), h}
}

func maintenanceVersion(m registry.Maintenance) state {
	return state{version{"maintenance", registry.ROID(m.ID), m.Version}, m.ID, m}
}

func domainVersion(d registry.Domain) state {
	return state{version{"domain", d.ROID, d.Version}, d.Name.String(), d}
}

// histories leaves a row for each version of each object that a Changes puts or removes.
func (w *writer) histories(c registry.Changes) {
	for _, r := range c.Registrars {
		w.history(c.Origin, registrarVersion(r), false)
	}
	for _, o := range c.Contacts {
		w.history(c.Origin, contactVersion(o), false)
	}
	for _, h := range c.Hosts {
		w.history(c.Origin, hostVersion(h), false)
	}
	for _, d := range c.Domains {
		w.history(c.Origin, domainVersion(d), false)
	}
	for _, m := range c.Maintenances {
		w.history(c.Origin, maintenanceVersion(m), false)
	}
	for _, h := range slices.Concat(c.GoneHosts, c.Leaving) {
		w.history(c.Origin, hostVersion(h), true)
	}
	for _, d := range c.GoneDomains {
		w.history(c.Origin, domainVersion(d), true)
	}
	for _, o := range c.GoneContacts {
		w.history(c.Origin, contactVersion(o), true)
	}
}

func (w *writer) history(o registry.Origin, s state, gone bool) {
	w.insert(histories, "history of "+string(s.roid), insertHistory, s.roid, s.number, s.kind, s.name, micros(o.At),
		o.Registrar, o.Command, o.ClTRID, o.SvTRID, o.User, gone, w.body(s))
}

const insertHistory = `
INSERT INTO history (roid, version, kind, name, at, registrar, command, cltrid, svtrid, login, gone, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
