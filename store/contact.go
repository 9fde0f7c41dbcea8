package store

import (
	"strings"
	"time"

	"example.org/dorado/core/lifecycle"
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
	w.execOne(what, updateContact, append([]any{
		c.ROID, c.Version, c.Sponsor, w.body(contactVersion(c)), micros(lifecycle.ContactDue(c)), micros(c.PurgeAt),
	}, contactKeys(c)...)...)
}

func (w *writer) insertContact(c registry.Contact) {
	what := "put contact " + string(c.ROID)
	w.insert(contacts, what, insertContact, append([]any{
		strings.ToLower(c.ID), c.ID, c.ROID, c.Version, c.Sponsor,
		w.body(contactVersion(c)), micros(lifecycle.ContactDue(c)), micros(c.PurgeAt),
	}, contactKeys(c)...)...)
}

const insertContact = `
INSERT INTO contact (id_key, id, roid, version, sponsor, body, due, purge_at, name_key, org_key, email_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`

const updateContact = `
UPDATE contact
SET    version = $2, sponsor = $3, body = $4, due = $5, purge_at = $6, name_key = $7, org_key = $8, email_key = $9
WHERE  roid = $1 AND version = $2 - 1`

// dropContact removes a contact. A link that came meanwhile makes the foreign key refuse it.
func (w *writer) dropContact(c registry.Contact) {
	w.execOne("delete contact "+string(c.ROID), deleteContact, c.ROID, c.Version)
}

const deleteContact = `
DELETE FROM contact
WHERE  roid = $1 AND version = $2 - 1`

// DueContacts returns up to limit contacts that time changes at or before now, the earliest first.
func (r *reader) DueContacts(now time.Time, limit int, but ...registry.RegistrarID) ([]registry.DueContact, error) {
	return many(r, scanDueContact, dueContacts, micros(now), limit, listed(but))
}

const dueContacts = `
SELECT id, sponsor, due
FROM   contact
WHERE  due > 0 AND due <= $1 AND ($3 = '' OR REPLACE($3, ',' || sponsor || ',', '') = $3)
ORDER  BY due
LIMIT  $2`

func scanDueContact(row row) (registry.DueContact, error) {
	var d registry.DueContact
	var due int64
	err := row.Scan(&d.ID, &d.Sponsor, &due)
	d.Due = instant(due)
	return d, err
}
