package store

import (
	"slices"

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
SELECT version, password, files_password, body
FROM   registrar
WHERE  id = $1`

// Registrars returns all registrars in order of id.
func (r *reader) Registrars() ([]registry.Registrar, error) {
	return many(r, scanRegistrar, allRegistrars)
}

const allRegistrars = `
SELECT version, password, files_password, body
FROM   registrar
ORDER  BY id`

// registrarsAre reports whether all registrars are those of a list, in its order and in its versions. It reads ids and numbers
// only, where all of every registrar would be hundreds of texts to read.
func (r *reader) registrarsAre(list []registry.Registrar) (bool, error) {
	type version struct {
		id     registry.RegistrarID
		number int64
	}
	stored, err := many(r, func(row row) (v version, err error) {
		err = row.Scan(&v.id, &v.number)
		return v, err
	}, registrarVersions)
	return err == nil && slices.EqualFunc(stored, list, func(v version, r registry.Registrar) bool {
		return v.id == r.ID && v.number == r.Version
	}), err
}

const registrarVersions = `
SELECT id, version
FROM   registrar
ORDER  BY id`

func scanRegistrar(row row) (registry.Registrar, error) {
	var r registry.Registrar
	var version int64
	var password, filesPassword, text string
	if err := row.Scan(&version, &password, &filesPassword, &text); err != nil {
		return r, err
	}
	if err := unbody(text, &r, "registrar"); err != nil {
		return r, err
	}
	r.Version, r.Password, r.FilesPassword = version, password, filesPassword
	return r, nil
}

// putRegistrar writes a registrar.
func (w *writer) putRegistrar(r registry.Registrar) {
	what, text := "put registrar "+string(r.ID), w.body(registrarVersion(r))
	if r.Version == 1 {
		w.exec(what, insertRegistrar, r.ID, r.Version, r.Password, r.FilesPassword, text)
		return
	}
	w.execOne(what, updateRegistrar, r.ID, r.Version, r.Password, r.FilesPassword, text)
}

const insertRegistrar = `
INSERT INTO registrar (id, version, password, files_password, body)
VALUES ($1, $2, $3, $4, $5)`

const updateRegistrar = `
UPDATE registrar
SET    version = $2, password = $3, files_password = $4, body = $5
WHERE  id = $1 AND version = $2 - 1`
