package store

import (
	"strings"

	"example.org/dorado/core/registry"
)

// Contact finds a contact without regard to the case of its id. Manual 9.5.2.
func (r *reader) Contact(id string) (registry.Contact, bool, error) {
	return one(r, scanContact, contactByID, strings.ToLower(id))
}

const contactByID = `
SELECT version, body, EXISTS (SELECT 1 FROM domain_contact l WHERE l.contact = contact.roid)
FROM   contact
WHERE  id_key = $1`

func scanContact(row row) (registry.Contact, error) {
	var c registry.Contact
	var version int64
	var linked bool
	var text string
	if err := row.Scan(&version, &text, &linked); err != nil {
		return c, err
	}
	if err := unbody(text, &c, "contact"); err != nil {
		return c, err
	}
	c.Version, c.Linked = version, linked
	return c, nil
}

// putContact writes a contact.
func (w *writer) putContact(c registry.Contact) {
	if c.Version == 1 {
		w.insertContact(c)
		return
	}
	what := "put contact " + string(c.ROID)
	w.execOne(what, updateContact, c.ROID, c.Version, c.Sponsor, w.body(contactVersion(c)))
}

func (w *writer) insertContact(c registry.Contact) {
	what := "put contact " + string(c.ROID)
	w.insert(contacts, what, insertContact, strings.ToLower(c.ID), c.ID, c.ROID, c.Version, c.Sponsor, w.body(contactVersion(c)))
}

const insertContact = `
INSERT INTO contact (id_key, id, roid, version, sponsor, body)
VALUES ($1, $2, $3, $4, $5, $6)`

const updateContact = `
UPDATE contact
SET    version = $2, sponsor = $3, body = $4
WHERE  roid = $1 AND version = $2 - 1`

// dropContact removes a contact. A link that came meanwhile makes the foreign key refuse it.
func (w *writer) dropContact(c registry.Contact) {
	w.execOne("delete contact "+string(c.ROID), deleteContact, c.ROID, c.Version)
}

const deleteContact = `
DELETE FROM contact
WHERE  roid = $1 AND version = $2 - 1`
