package store

import (
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"example.org/dorado/core/registry"
)

// Whether a contact is linked is decided by rows that others write. On a server, where groups are decided on one
// snapshot and written later, two names could drop the last two links of a contact at one moment, each leaving it
// to the other to have it purged; or one could link it while another has just found it linked no longer. In a
// database of this process a group is decided in the transaction that writes it, and nobody comes between.
//
// Who takes a link away locks the contact first: against others that do so, and, if the link was the last, against
// everybody who links it, since a foreign key locks what it refers to. When all is written, it is looked at again:
// a contact is linked, or is not, as the group decided, and none that the group links waits for its purge.

// contactLocks locks the contacts that names of a group link no longer, in order.
func contactLocks(group []*job) []asked {
	last, others := unlinkedBy(group)
	var list []asked
	if len(last) > 0 {
		list = append(list, asked{lockContacts, []any{strings.Join(last, " ")}, ended})
	}
	if len(others) > 0 {
		list = append(list, asked{lockContactsWeakly, []any{strings.Join(others, " ")}, ended})
	}
	return list
}

const lockContacts = `
SELECT roid
FROM   contact
WHERE  roid = ANY (string_to_array($1, ' '))
ORDER  BY roid
FOR    UPDATE`

const lockContactsWeakly = `
SELECT roid
FROM   contact
WHERE  roid = ANY (string_to_array($1, ' '))
ORDER  BY roid
FOR    NO KEY UPDATE`

// linkChecks looks, when a group has written, whether contacts are linked as it has decided.
func linkChecks(group []*job) []asked {
	last, others := unlinkedBy(group)
	linked := linkedBy(group)
	var list []asked
	if len(last) > 0 {
		list = append(list, counted(linkedContacts, last, 0))
	}
	if len(others) > 0 {
		list = append(list, counted(linkedContacts, others, len(others)))
	}
	if len(linked) > 0 {
		list = append(list, counted(waitingContacts, linked, 0))
	}
	return list
}

const linkedContacts = `
SELECT COUNT(*)
FROM   contact c
WHERE  c.roid = ANY (string_to_array($1, ' ')) AND EXISTS (SELECT 1 FROM domain_contact l WHERE l.contact = c.roid)`

const waitingContacts = `
SELECT COUNT(*)
FROM   contact
WHERE  roid = ANY (string_to_array($1, ' ')) AND purge_at > 0`

// counted is a statement that has to count so many of the contacts, or another transaction has come between.
func counted(text string, contacts []string, want int) asked {
	return asked{text, []any{strings.Join(contacts, " ")}, func(results pgx.BatchResults) error {
		var n int
		if err := results.QueryRow().Scan(&n); err != nil {
			return err
		}
		if n != want {
			return errConflict
		}
		return nil
	}}
}

// unlinkedBy returns the contacts that names of a group link no longer: those that nobody links then, and the
// others. The job that was decided last knows.
func unlinkedBy(group []*job) (last, others []string) {
	how := map[registry.ROID]bool{}
	for _, j := range group {
		for _, u := range j.changes.Unlinked {
			how[u.Contact] = u.Last
		}
	}
	for contact, isLast := range how {
		if isLast {
			last = append(last, string(contact))
		} else {
			others = append(others, string(contact))
		}
	}
	slices.Sort(last)
	slices.Sort(others)
	return last, others
}

// linkedBy returns the contacts that names of a group link in the end, each once.
func linkedBy(group []*job) []string {
	last := map[registry.ROID]registry.Domain{}
	for _, j := range group {
		lastOf(j.changes, last)
	}
	var list []string
	for _, d := range last {
		if d.Registrant.ROID != "" {
			list = append(list, string(d.Registrant.ROID))
		}
		for _, contact := range d.Contacts {
			list = append(list, string(contact.ROID))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// lastOf enters the last versions of the domains of a Changes.
func lastOf(changes registry.Changes, last map[registry.ROID]registry.Domain) {
	for _, earlier := range changes.Earlier {
		lastOf(earlier, last)
	}
	for _, d := range changes.GoneDomains {
		delete(last, d.ROID)
	}
	for _, d := range changes.Domains {
		last[d.ROID] = d
	}
}
