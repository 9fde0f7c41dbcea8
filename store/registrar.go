package store

import (
	"example.org/dorado/core/registry"
)

// Registrar returns the registrar of that id.
func (r *reader) Registrar(id registry.RegistrarID) (registry.Registrar, bool, error) {
	return one(r, scanRegistrar, registrarByID, id)
}

// RecentRegistrar returns the registrar of that id.
func (r *reader) RecentRegistrar(id registry.RegistrarID) (registry.Registrar, bool, error) {
	return r.Registrar(id)
}

const registrarByID = `
SELECT version, password, body
FROM   registrar
WHERE  id = $1`

// Registrars returns all registrars in order of id.
func (r *reader) Registrars() ([]registry.Registrar, error) {
	return many(r, scanRegistrar, allRegistrars)
}

const allRegistrars = `
SELECT version, password, body
FROM   registrar
ORDER  BY id`

func scanRegistrar(row row) (registry.Registrar, error) {
	var r registry.Registrar
	var version int64
	var password, text string
	if err := row.Scan(&version, &password, &text); err != nil {
		return r, err
	}
	if err := unbody(text, &r, "registrar"); err != nil {
		return r, err
	}
	r.Version, r.Password = version, password
	return r, nil
}

// putRegistrar writes a registrar.
func (w *writer) putRegistrar(r registry.Registrar) {
	what, text := "put registrar "+string(r.ID), w.body(registrarVersion(r))
	if r.Version == 1 {
		w.exec(what, insertRegistrar, r.ID, r.Version, r.Password, text)
		return
	}
	w.execOne(what, updateRegistrar, r.ID, r.Version, r.Password, text)
}

const insertRegistrar = `
INSERT INTO registrar (id, version, password, body)
VALUES ($1, $2, $3, $4)`

const updateRegistrar = `
UPDATE registrar
SET    version = $2, password = $3, body = $4
WHERE  id = $1 AND version = $2 - 1`
