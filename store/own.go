package store

import (
	"context"
	"fmt"
	"strings"

	"example.org/dorado/core/registry"
)

// last is behind every text that begins with another one: keys have no such character.
const last = "\U0010FFFF"

// The offset keeps PostgreSQL from reading all links at once to tell which objects of a page have one. What is in order of
// a unique key is read from a pair of whose an object is and its key on, so that PostgreSQL does not go through the objects
// of all registrars; it would not end at the last of such a pair, so that what lies behind is left out afterwards.

// OwnContacts returns up to limit contacts of a span.
func (r *reader) OwnContacts(s registry.ContactSpan, limit int) ([]registry.Contact, error) {
	if s.Links == "" {
		return many(r.anew(), scanContact, ownContacts(s.By, ownContactsAll), append(contactSpan(s), limit)...)
	}
	return many(r.anew(), scanContact, ownContacts(s.By, ownContactsLinked), append(contactSpan(s), s.Look, s.Links == registry.AnyLink, limit)...)
}

// contactSpan is the parameters $1 to $4 of a span.
func contactSpan(s registry.ContactSpan) []any {
	after := s.After
	if s.By == registry.ByContactID {
		after.Key = after.ID // whatever a page's address says
	}
	if after.Key < s.Prefix {
		after = registry.ContactPlace{Key: s.Prefix}
	}
	return []any{s.Sponsor, after.Key, after.ID, s.Prefix + last}
}

// ownContacts returns a statement, which is written for the order of names, for another order: each has an index of its
// own, which has rows with a key alone.
func ownContacts(by registry.ContactOrder, statement string) string {
	if by == registry.ByContactID {
		statement = strings.ReplaceAll(statement, behindContact, "(sponsor, id_key) >= ($1, $2) AND id_key || '' > $3 AND sponsor <= $1")
		statement = strings.ReplaceAll(statement, fromContact, "(sponsor, id_key) >= ($1, $2) AND sponsor <= $1")
		statement = strings.ReplaceAll(statement, "BY sponsor, name_key, id_key", "BY sponsor, id_key")
	}
	return strings.ReplaceAll(statement, "name_key", keyColumn(by))
}

// What is read of contacts, from a place and from a key on, in the order of names.
const (
	behindContact = `sponsor = $1 AND (name_key, id_key) > ($2, $3) AND name_key < $4`
	fromContact   = `sponsor = $1 AND name_key >= $2 AND name_key < $3`
)

func keyColumn(by registry.ContactOrder) string {
	switch by {
	case registry.ByPerson:
		return "name_key"
	case registry.ByOrg:
		return "org_key"
	case registry.ByEmail:
		return "email_key"
	}
	return "id_key"
}

const ownContactsAll = `
SELECT own.version, own.body, EXISTS (SELECT 1 FROM domain_contact l WHERE l.contact = own.roid LIMIT 1 OFFSET 0)
FROM   (SELECT roid, version, body, name_key AS key
        FROM   contact
        WHERE  sponsor = $1 AND (name_key, id_key) > ($2, $3) AND name_key < $4 AND name_key <> ''
        ORDER  BY sponsor, name_key, id_key
        LIMIT  $5) own
WHERE  own.key < $4`

// ownContactsLinked looks at links first, and reads the contacts of the page alone.
const ownContactsLinked = `
SELECT c.version, c.body, page.linked
FROM   (SELECT looked.sponsor, looked.key, looked.id_key, looked.linked
        FROM   (SELECT own.sponsor, own.key, own.id_key,
                       EXISTS (SELECT 1 FROM domain_contact l WHERE l.contact = own.roid LIMIT 1 OFFSET 0) AS linked
                FROM   (SELECT sponsor, name_key AS key, id_key, roid
                        FROM   contact
                        WHERE  sponsor = $1 AND (name_key, id_key) > ($2, $3) AND name_key < $4 AND name_key <> ''
                        ORDER  BY sponsor, name_key, id_key
                        LIMIT  $5) own
                WHERE  own.key < $4) looked
        WHERE  looked.linked = $6
        ORDER  BY looked.sponsor, looked.key, looked.id_key
        LIMIT  $7) page JOIN contact c ON c.id_key = page.id_key
ORDER  BY page.sponsor, page.key, page.id_key`

// OwnContactsEnd returns the last contact of a span that is looked at, and whether more come behind.
func (r *reader) OwnContactsEnd(s registry.ContactSpan) (registry.ContactPlace, bool, error) {
	return one(r.anew(), func(row row) (p registry.ContactPlace, err error) {
		return p, row.Scan(&p.Key, &p.ID)
	}, ownContacts(s.By, ownContactsEnd), append(contactSpan(s), s.Look-1)...)
}

// ownContactsEnd walks along an index, over so many entries as OwnContacts looks at.
const ownContactsEnd = `
SELECT own.key, own.id_key
FROM   (SELECT name_key AS key, id_key
        FROM   contact
        WHERE  sponsor = $1 AND (name_key, id_key) > ($2, $3) AND name_key < $4 AND name_key <> ''
        ORDER  BY sponsor, name_key, id_key
        LIMIT  1 OFFSET $5) own
WHERE  own.key < $4`

// CountOwnContacts counts the contacts of a span, up to a limit.
func (r *reader) CountOwnContacts(s registry.ContactSpan, limit int) (int, error) {
	n, err := value[int64](r.anew(), ownContacts(s.By, countOwnContacts), s.Sponsor, s.Prefix, s.Prefix+last, limit)
	return int(n), err
}

const countOwnContacts = `
SELECT COUNT(*)
FROM   (SELECT name_key AS key
        FROM   contact
        WHERE  sponsor = $1 AND name_key >= $2 AND name_key < $3 AND name_key <> ''
        ORDER  BY sponsor, name_key, id_key
        LIMIT  $4) counted
WHERE  counted.key < $3`

// OwnHosts returns up to limit hosts of a span.
func (r *reader) OwnHosts(s registry.HostSpan, limit int) ([]registry.Host, error) {
	if s.Links == "" {
		return many(r.anew(), scanHost, ownHostsAll, append(hostSpan(s), limit)...)
	}
	return many(r.anew(), scanHost, ownHostsLinked, append(hostSpan(s), s.Look, s.Links == registry.AnyLink, limit)...)
}

// hostSpan is the parameters $1 to $4 of a span.
func hostSpan(s registry.HostSpan) []any {
	return []any{s.Sponsor, max(s.Prefix, s.After), s.After, behind(s.Prefix)}
}

const ownHostsAll = `
SELECT own.version, own.body, EXISTS (SELECT 1 FROM domain_host l WHERE l.host = own.roid LIMIT 1 OFFSET 0)
FROM   (SELECT roid, version, body, name
        FROM   host
        WHERE  (sponsor, name) >= ($1, $2) AND name || '' > $3 AND sponsor <= $1 AND gone = 0
        ORDER  BY sponsor, name
        LIMIT  $5) own
WHERE  own.name < $4`

const ownHostsLinked = `
SELECT h.version, h.body, page.linked
FROM   (SELECT looked.sponsor, looked.name, looked.linked
        FROM   (SELECT own.sponsor, own.name, EXISTS (SELECT 1 FROM domain_host l WHERE l.host = own.roid LIMIT 1 OFFSET 0) AS linked
                FROM   (SELECT sponsor, name, roid
                        FROM   host
                        WHERE  (sponsor, name) >= ($1, $2) AND name || '' > $3 AND sponsor <= $1 AND gone = 0
                        ORDER  BY sponsor, name
                        LIMIT  $5) own
                WHERE  own.name < $4) looked
        WHERE  looked.linked = $6
        ORDER  BY looked.sponsor, looked.name
        LIMIT  $7) page JOIN host h ON h.name = page.name
ORDER  BY page.sponsor, page.name`

// OwnHostsEnd returns the last host of a span that is looked at, and whether more come behind.
func (r *reader) OwnHostsEnd(s registry.HostSpan) (string, bool, error) {
	return one(r.anew(), scanValue[string], ownHostsEnd, append(hostSpan(s), s.Look-1)...)
}

const ownHostsEnd = `
SELECT own.name
FROM   (SELECT name
        FROM   host
        WHERE  (sponsor, name) >= ($1, $2) AND name || '' > $3 AND sponsor <= $1 AND gone = 0
        ORDER  BY sponsor, name
        LIMIT  1 OFFSET $5) own
WHERE  own.name < $4`

// CountOwnHosts counts the hosts of a span, up to a limit.
func (r *reader) CountOwnHosts(s registry.HostSpan, limit int) (int, error) {
	n, err := value[int64](r.anew(), countOwnHosts, s.Sponsor, s.Prefix, behind(s.Prefix), limit)
	return int(n), err
}

const countOwnHosts = `
SELECT COUNT(*)
FROM   (SELECT name
        FROM   host
        WHERE  (sponsor, name) >= ($1, $2) AND sponsor <= $1 AND gone = 0
        ORDER  BY sponsor, name
        LIMIT  $4) counted
WHERE  counted.name < $3`

// ContactLinks returns up to limit names that link a contact, in order of ROID.
func (r *reader) ContactLinks(contact, after registry.ROID, limit int) ([]registry.ContactLink, error) {
	rows, err := many(r, scanContactLink, contactLinksAfter, contact, after, limit)
	var list []registry.ContactLink
	for _, l := range rows {
		if n := len(list); n > 0 && list[n-1].Domain == l.Domain {
			list[n-1].Roles = append(list[n-1].Roles, l.Roles...)
			continue
		}
		list = append(list, l)
	}
	return list, err
}

// contactLinksAfter reads the roles of the names of the page alone: the empty text behind the contact keeps SQLite from
// going through all that links it.
const contactLinksAfter = `
SELECT d.roid, d.name, d.sponsor, l.role
FROM   (SELECT contact, domain
        FROM   domain_contact
        WHERE  (contact, domain) > ($1, $2) AND contact <= $1
        GROUP  BY contact, domain
        ORDER  BY contact, domain
        LIMIT  $3) page
       JOIN domain d ON d.roid = page.domain
       JOIN domain_contact l ON l.domain = page.domain AND l.contact || '' = $1
ORDER  BY d.roid, l.role`

func scanContactLink(row row) (l registry.ContactLink, err error) {
	var role string
	l.Delegated, err = scanDelegated(withMore{row, &role})
	l.Roles = []string{role}
	return l, err
}

// withMore is a row with one more column behind those that are scanned.
type withMore struct {
	row
	more any
}

func (w withMore) Scan(into ...any) error { return w.row.Scan(append(into, w.more)...) }

// contactsKeyed is how many contacts get their keys in one transaction, which commands wait for.
const contactsKeyed = 500

// keyContacts gives contacts that an older program has written the keys that they are found by.
func (db *DB) keyContacts(ctx context.Context) error {
	for {
		n := 0
		err := db.writer.with(ctx, func(s *session) error {
			return s.transact(ctx, db.engine.beginWrite(), func() (err error) {
				n, err = s.keyContacts(ctx, &reader{ctx: ctx, open: on(s), db: db})
				return err
			})
		})
		if err != nil || n < contactsKeyed {
			return err
		}
	}
}

// keyContacts keys some contacts, and returns how many.
func (s *session) keyContacts(ctx context.Context, r *reader) (int, error) {
	list, err := many(r, scanContact, contactsUnkeyed, contactsKeyed)
	if err != nil {
		return 0, fmt.Errorf("read the contacts without keys: %w", err)
	}
	for _, c := range list {
		if _, err := s.exec(ctx, putContactKeys, append([]any{c.ROID}, contactKeys(c)...)...); err != nil {
			return 0, fmt.Errorf("put the keys of contact %s: %w", c.ROID, err)
		}
	}
	return len(list), nil
}

const contactsUnkeyed = `
SELECT version, body, FALSE
FROM   contact
WHERE  email_key = ''
ORDER  BY id_key
LIMIT  $1`

const putContactKeys = `
UPDATE contact
SET    name_key = $2, org_key = $3, email_key = $4
WHERE  roid = $1`

// contactKeys are the keys that a contact is found by. None is left without one for ever, since an address is
// mandatory; one that an import has left without it has a key that nobody can write.
func contactKeys(c registry.Contact) []any {
	email := registry.ByEmail.Key(c)
	if email == "" {
		email = last
	}
	return []any{registry.ByPerson.Key(c), registry.ByOrg.Key(c), email}
}

// What follows shows to a command what was decided before it in its group.

func (o *overlay) OwnContacts(s registry.ContactSpan, limit int) ([]registry.Contact, error) {
	return shown(o, func() ([]registry.Contact, error) { return o.reader.OwnContacts(s, limit) })
}

func (o *overlay) OwnContactsEnd(s registry.ContactSpan) (p registry.ContactPlace, more bool, err error) {
	if err := o.show(); err != nil {
		return p, false, err
	}
	return o.reader.OwnContactsEnd(s)
}

func (o *overlay) CountOwnContacts(s registry.ContactSpan, limit int) (int, error) {
	return shown(o, func() (int, error) { return o.reader.CountOwnContacts(s, limit) })
}

func (o *overlay) OwnHosts(s registry.HostSpan, limit int) ([]registry.Host, error) {
	return shown(o, func() ([]registry.Host, error) { return o.reader.OwnHosts(s, limit) })
}

func (o *overlay) OwnHostsEnd(s registry.HostSpan) (name string, more bool, err error) {
	if err := o.show(); err != nil {
		return "", false, err
	}
	return o.reader.OwnHostsEnd(s)
}

func (o *overlay) CountOwnHosts(s registry.HostSpan, limit int) (int, error) {
	return shown(o, func() (int, error) { return o.reader.CountOwnHosts(s, limit) })
}

func (o *overlay) ContactLinks(contact, after registry.ROID, limit int) ([]registry.ContactLink, error) {
	return shown(o, func() ([]registry.ContactLink, error) { return o.reader.ContactLinks(contact, after, limit) })
}
