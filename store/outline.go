package store

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// What fills the zone at the start reads all names and all hosts, so it reads no more of them than it
// needs, and in the order of ROIDs: in that of names each row would lie on another page of the file.

// PageEnd returns the ROID of the last of up to limit domains after a ROID.
func (r *reader) PageEnd(after registry.ROID, limit int) (registry.ROID, error) {
	return value[registry.ROID](r, pageEnd, after, limit)
}

const pageEnd = `
SELECT COALESCE(MAX(roid), '')
FROM   (SELECT roid
        FROM   domain
        WHERE  roid > $1
        ORDER  BY roid
        LIMIT  $2) page`

// Outlines calls use with the domains of a span, in order of ROID.
func (r *reader) Outlines(span registry.Span, use func(registry.Domain)) error {
	return r.outlines(use, outlines, span.After, span.Last)
}

// DueOutlines calls use with the domains that are due in a span of time.
func (r *reader) DueOutlines(after, until time.Time, use func(registry.Domain)) error {
	return r.outlines(use, dueOutlines, micros(after), micros(until))
}

// DeletedOutlines calls use with the domains that wait for their purge or have something due, in order of name.
func (r *reader) DeletedOutlines(now, until time.Time, use func(registry.Domain) error) error {
	var o outlineRow
	return r.each(func(row row) error {
		if err := row.Scan(&o.roid, &o.name, &o.sponsor, &o.expires, &o.body); err != nil {
			return err
		}
		d, err := o.outline()
		if err != nil {
			return err
		}
		return use(d)
	}, deletedOutlines, micros(now), micros(until))
}

// deletedOutlines finds them by when they are due: the expression in its order keeps a database from reading all names
// in the order of their index instead.
const deletedOutlines = `
SELECT roid, name, sponsor, expires, body
FROM   domain
WHERE  due <= $2 AND (due <= $1 OR body LIKE '%"Deletion":%')
ORDER  BY name || ''`

func (r *reader) outlines(use func(registry.Domain), query string, args ...any) error {
	var o outlineRow // one for all: a million of them would be a quarter of what reading leaves behind
	return r.each(func(row row) error {
		if err := row.Scan(&o.roid, &o.name, &o.sponsor, &o.expires, &o.body, &o.hosts); err != nil {
			return err
		}
		d, err := o.outline()
		if err == nil {
			use(d)
		}
		return err
	}, query, args...)
}

const outlines = `
SELECT d.roid, d.name, d.sponsor, d.expires, d.body,
       COALESCE((SELECT string_agg(l.host, ' ' ORDER BY l.position)
                 FROM   domain_host l
                 WHERE  l.domain = d.roid), '')
FROM   domain d
WHERE  d.roid > $1 AND d.roid <= $2
ORDER  BY d.roid`

const dueOutlines = `
SELECT d.roid, d.name, d.sponsor, d.expires, d.body,
       COALESCE((SELECT string_agg(l.host, ' ' ORDER BY l.position)
                 FROM   domain_host l
                 WHERE  l.domain = d.roid), '')
FROM   domain d
WHERE  d.due > $1 AND d.due <= $2`

// An outlineRow is a row of outlines.
type outlineRow struct {
	roid    registry.ROID
	name    string
	sponsor registry.RegistrarID
	expires int64
	body    string
	hosts   string // their ROIDs in order, parted by blanks
}

func (o *outlineRow) outline() (registry.Domain, error) {
	d := registry.Domain{ROID: o.roid, Sponsor: o.sponsor, Expires: instant(o.expires)}
	var err error
	if d.Name, err = names.Parse(o.name); err != nil {
		return d, err
	}
	if o.hosts != "" {
		d.Nameservers = make([]registry.HostRef, 0, 1+strings.Count(o.hosts, " "))
	}
	for host := range strings.FieldsSeq(o.hosts) {
		d.Nameservers = append(d.Nameservers, registry.HostRef{ROID: registry.ROID(host)})
	}
	// A body does not mention what is zero, and of most names all of these are.
	if !mentions(o.body, `"Statuses":`, `"Deletion":`, `"Suspension":`, `"Transfer":`, `"RenewBy":`, `"DS":`, `"TTL":`) {
		return d, nil
	}
	var facts struct {
		Statuses   []registry.Status
		Graces     []registry.Grace
		Deletion   registry.Deletion
		Suspension registry.Suspension
		Transfer   registry.Transfer
		RenewBy    time.Time
		DS         []registry.DSRecord
		TTL        registry.TTLs
	}
	err = unbody(o.body, &facts, "domain")
	d.Statuses, d.DS, d.TTL = facts.Statuses, facts.DS, facts.TTL
	d.Graces, d.Deletion, d.Suspension = facts.Graces, facts.Deletion, facts.Suspension
	d.Transfer, d.RenewBy = facts.Transfer, facts.RenewBy
	return d, err
}

// mentions reports whether a body has any of some keys.
func mentions(body string, keys ...string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { return strings.Contains(body, key) })
}

// Glue returns up to limit hosts after a ROID, in order of ROID.
func (r *reader) Glue(after registry.ROID, limit int) ([]registry.Glue, error) {
	return many(r, scanGlue, glueAfter, after, limit)
}

const glueAfter = `
SELECT h.roid, h.name, h.body, COALESCE(s.due, 0)
FROM   host h LEFT JOIN domain s ON s.roid = h.superordinate
WHERE  h.roid > $1 AND h.gone = 0
ORDER  BY h.roid
LIMIT  $2`

func scanGlue(row row) (registry.Glue, error) {
	var g registry.Glue
	var name, text string
	var due int64
	if err := row.Scan(&g.ROID, &name, &text, &due); err != nil {
		return g, err
	}
	g.SuperordinateDue = instant(due)
	var err error
	if g.Name, err = names.Parse(name); err != nil || g.SuperordinateDue.IsZero() {
		return g, err
	}
	var facts struct {
		Addresses []netip.Addr
		TTL       registry.TTLs
	}
	err = unbody(text, &facts, "host")
	g.Addresses, g.TTL = facts.Addresses, facts.TTL
	return g, err
}
