package store

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// Domain returns the domain of that name, as it was last written. Its hosts are called what they
// are called now.
func (r *reader) Domain(name names.Name) (registry.Domain, bool, error) {
	return one(r, scanDomain, domainByName, name.String())
}

const domainByName = `
SELECT d.version, d.body,
       COALESCE((SELECT string_agg(h.roid || ' ' || h.name || ' ' || COALESCE(s.due, 0) || ' ' || h.gone, ',' ORDER BY l.position)
                 FROM   domain_host l JOIN host h ON h.roid = l.host
                 LEFT   JOIN domain s ON s.roid = h.superordinate
                 WHERE  l.domain = d.roid), '')
FROM   domain d
WHERE  d.name = $1`

// DomainDue returns when time next changes the domain of that name.
func (r *reader) DomainDue(name names.Name) (time.Time, bool, error) {
	due, found, err := one(r, scanValue[int64], domainDue, name.String())
	return instant(due), found, err
}

const domainDue = `
SELECT due
FROM   domain
WHERE  name = $1`

// Domains returns up to limit domains after a name, in order of name.
func (r *reader) Domains(after names.Name, limit int) ([]registry.Domain, error) {
	return many(r, scanDomain, domainsAfter, after.String(), limit)
}

const domainsAfter = `
SELECT d.version, d.body,
       COALESCE((SELECT string_agg(h.roid || ' ' || h.name || ' ' || COALESCE(s.due, 0) || ' ' || h.gone, ',' ORDER BY l.position)
                 FROM   domain_host l JOIN host h ON h.roid = l.host
                 LEFT   JOIN domain s ON s.roid = h.superordinate
                 WHERE  l.domain = d.roid), '')
FROM   domain d
WHERE  d.name > $1
ORDER  BY d.name
LIMIT  $2`

func scanDomain(row row) (registry.Domain, error) {
	var d registry.Domain
	var version int64
	var text, hosts string
	if err := row.Scan(&version, &text, &hosts); err != nil {
		return d, err
	}
	if err := unbody(text, &d, "domain"); err != nil {
		return d, err
	}
	d.Version = version
	refs, err := scanHostRefs(hosts)
	if err != nil {
		return d, fmt.Errorf("a stored host of %s %w: %w", d.Name, registry.ErrUnreadable, err)
	}
	d.Nameservers = slices.DeleteFunc(refs, func(ref registry.HostRef) bool {
		return !ref.Gone.IsZero() && !had(d, ref.ROID) // a later version is without it
	})
	return d, nil
}

// had reports whether a domain had a host when it was last written.
func had(d registry.Domain, host registry.ROID) bool {
	return slices.ContainsFunc(d.Nameservers, func(ref registry.HostRef) bool { return ref.ROID == host })
}

// scanHostRefs reads the hosts of a domain: ROID, name, what is due above it and when it went, parted by blanks.
func scanHostRefs(text string) ([]registry.HostRef, error) {
	if text == "" {
		return nil, nil
	}
	var refs []registry.HostRef
	for host := range strings.SplitSeq(text, ",") {
		fields := strings.Fields(host)
		if len(fields) != 4 {
			return nil, fmt.Errorf("%q is not four fields", host)
		}
		due, err1 := strconv.ParseInt(fields[2], 10, 64)
		gone, err2 := strconv.ParseInt(fields[3], 10, 64)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		if gone > 0 {
			refs = append(refs, registry.HostRef{ROID: registry.ROID(fields[0]), Gone: instant(gone)})
			continue
		}
		name, err := names.Parse(fields[1])
		if err != nil {
			return nil, err
		}
		refs = append(refs, registry.HostRef{ROID: registry.ROID(fields[0]), Name: name, SuperordinateDue: instant(due)})
	}
	return refs, nil
}

// putDomain writes a domain at an instant, and its links and its sponsor unless they are as they were in the version
// before: most of what is done to a name is about its dates, and each of these rows lies on a page of its own.
func (w *writer) putDomain(d registry.Domain, at time.Time) {
	before := w.before[d.ROID]
	w.before[d.ROID] = d
	w.days.domain(before, d, at)
	if d.Version == 1 {
		w.insertDomain(d)
		w.linkDomain(d)
		return
	}
	known := before.Version == d.Version-1
	if known && before.Sponsor == d.Sponsor {
		w.updateOwn(d)
	} else {
		w.updateDomain(d)
	}
	if !known || !sameLinks(before, d) {
		what := "unlink " + d.Name.String()
		w.exec(what, deleteLivingHosts, d.ROID)
		w.exec(what, deleteDomainContacts, d.ROID)
		w.linkDomain(d)
	}
}

// follows says what the versions are that domains of a Changes follow, as far as the caller knows: with the links
// that are stored.
func (w *writer) follows(changes registry.Changes, known func(names.Name) registry.Domain) {
	for _, earlier := range changes.Earlier {
		w.follows(earlier, known)
	}
	for _, d := range changes.Domains {
		if before := known(d.Name); before.ROID == d.ROID && before.Version > w.before[d.ROID].Version {
			w.before[d.ROID] = before
		}
	}
}

// sameLinks reports whether two versions of a domain link the same hosts and contacts.
func sameLinks(a, b registry.Domain) bool {
	return a.Registrant.ROID == b.Registrant.ROID &&
		slices.EqualFunc(a.Nameservers, b.Nameservers, func(a, b registry.HostRef) bool { return a.ROID == b.ROID }) &&
		slices.EqualFunc(a.Contacts, b.Contacts, func(a, b registry.DomainContact) bool { return a.Role == b.Role && a.ROID == b.ROID })
}

func (w *writer) insertDomain(d registry.Domain) {
	what := "put " + d.Name.String()
	w.insert(domains, what, insertDomain, d.Name.String(), d.ROID, d.Version, d.Name.Parent().String(), d.Sponsor,
		micros(d.Created), micros(d.Expires), micros(lifecycle.Due(d)), w.body(domainVersion(d)), variantKey(d.Name),
		d.Traits(), gaining(d))
}

func (w *writer) updateDomain(d registry.Domain) {
	what := "put " + d.Name.String()
	w.execOne(what, updateDomain, d.Name.String(), d.Version, d.Sponsor, micros(d.Expires),
		micros(lifecycle.Due(d)), w.body(domainVersion(d)), d.Traits(), gaining(d))
}

// updateOwn is updateDomain for one that keeps its sponsor.
func (w *writer) updateOwn(d registry.Domain) {
	w.execOne("put "+d.Name.String(), updateOwnDomain, d.Name.String(), d.Version, micros(d.Expires),
		micros(lifecycle.Due(d)), w.body(domainVersion(d)), d.Traits(), gaining(d))
}

func (w *writer) linkDomain(d registry.Domain) {
	for i, h := range d.Nameservers {
		w.linkHost(d, h.ROID, i)
	}
	w.linkContacts(d)
}

func (w *writer) linkHost(d registry.Domain, host registry.ROID, position int) {
	w.insert(hostLinks, "link "+d.Name.String(), insertDomainHost, d.ROID, host, position)
}

func (w *writer) linkContacts(d registry.Domain) {
	what := "link " + d.Name.String()
	if d.Registrant.ROID != "" {
		w.insert(contactLinks, what, insertDomainContact, d.ROID, "registrant", d.Registrant.ROID)
	}
	for _, c := range d.Contacts {
		w.insert(contactLinks, what, insertDomainContact, d.ROID, c.Role, c.ROID)
	}
}

const insertDomain = `
INSERT INTO domain (name, roid, version, zone, sponsor, created, expires, due, body, variant, traits, gaining)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`

const updateDomain = `
UPDATE domain
SET    version = $2, sponsor = $3, expires = $4, due = $5, body = $6, traits = $7, gaining = $8
WHERE  name = $1 AND version = $2 - 1`

const updateOwnDomain = `
UPDATE domain
SET    version = $2, expires = $3, due = $4, body = $5, traits = $6, gaining = $7
WHERE  name = $1 AND version = $2 - 1`

const insertDomainHost = `
INSERT INTO domain_host (domain, host, position)
VALUES ($1, $2, $3)`

const insertDomainContact = `
INSERT INTO domain_contact (domain, role, contact)
VALUES ($1, $2, $3)`

func (w *writer) unlinkDomain(d registry.Domain) {
	what := "unlink " + d.Name.String()
	w.exec(what, deleteDomainHosts, d.ROID)
	w.exec(what, deleteDomainContacts, d.ROID)
}

// deleteLivingHosts leaves links to hosts that are gone to the announcement that ends them.
const deleteLivingHosts = `
DELETE FROM domain_host
WHERE  domain = $1 AND host NOT IN (SELECT roid FROM host WHERE gone > 0)`

const deleteDomainHosts = `
DELETE FROM domain_host
WHERE  domain = $1`

const deleteDomainContacts = `
DELETE FROM domain_contact
WHERE  domain = $1`

// dropDomain frees a name. Its links are gone before.
func (w *writer) dropDomain(d registry.Domain) {
	w.execOne("purge "+d.Name.String(), deleteDomain, d.Name.String(), d.Version)
}

const deleteDomain = `
DELETE FROM domain
WHERE  name = $1 AND version = $2 - 1`

// DelegatedTo returns up to limit names that link a host.
func (r *reader) DelegatedTo(host registry.ROID, limit int) ([]names.Name, error) {
	return many(r, scanName, delegatedTo, host, limit)
}

const delegatedTo = `
SELECT d.name
FROM   (SELECT domain
        FROM   domain_host
        WHERE  host = $1
        ORDER  BY domain
        LIMIT  $2) l JOIN domain d ON d.roid = l.domain
ORDER  BY d.name`

// LinkedTo returns up to limit names that link a contact.
func (r *reader) LinkedTo(contact registry.ROID, limit int) ([]names.Name, error) {
	return many(r, scanName, linkedTo, contact, limit)
}

const linkedTo = `
SELECT d.name
FROM   (SELECT DISTINCT domain
        FROM   domain_contact
        WHERE  contact = $1
        ORDER  BY domain
        LIMIT  $2) l JOIN domain d ON d.roid = l.domain
ORDER  BY d.name`

func scanName(row row) (names.Name, error) {
	text, err := scanValue[string](row)
	if err != nil {
		return names.Name{}, err
	}
	return names.Parse(text)
}
