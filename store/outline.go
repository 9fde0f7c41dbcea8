package store

import (
	"fmt"
	"net/netip"
	"strings"

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
	return r.each(func(row row) error {
		d, err := scanOutline(row)
		if err == nil {
			use(d)
		}
		return err
	}, outlines, span.After, span.Last)
}

const outlines = `
SELECT d.roid, d.name, d.sponsor, d.expires, d.body,
       COALESCE((SELECT string_agg(l.host, ' ' ORDER BY l.position)
                 FROM   domain_host l
                 WHERE  l.domain = d.roid), '')
FROM   domain d
WHERE  d.roid > $1 AND d.roid <= $2
ORDER  BY d.roid`

func scanOutline(row row) (registry.Domain, error) {
	var d registry.Domain
	var name, text, hosts string
	var expires int64
	if err := row.Scan(&d.ROID, &name, &d.Sponsor, &expires, &text, &hosts); err != nil {
		return d, err
	}
	d.Expires = instant(expires)
	var err error
	if d.Name, err = names.Parse(name); err != nil {
		return d, err
	}
	if hosts != "" {
		d.Nameservers = make([]registry.HostRef, 0, 1+strings.Count(hosts, " "))
	}
	for host := range strings.FieldsSeq(hosts) {
		d.Nameservers = append(d.Nameservers, registry.HostRef{ROID: registry.ROID(host)})
	}
	return d, unbodyOutline(text, &d)
}

// unbodyOutline reads the statuses and the deletion of a domain. A body does not mention what is zero,
// and of most names both are.
func unbodyOutline(text string, d *registry.Domain) error {
	if !strings.Contains(text, `"Statuses":`) && !strings.Contains(text, `"Deletion":`) {
		return nil
	}
	var facts struct {
		Statuses []registry.Status
		Deletion registry.Deletion
	}
	if err := unbody(text, &facts, "domain"); err != nil {
		return fmt.Errorf("%s: %w", d.Name, err)
	}
	d.Statuses, d.Deletion = facts.Statuses, facts.Deletion
	return nil
}

// Glue returns up to limit hosts after a ROID, in order of ROID.
func (r *reader) Glue(after registry.ROID, limit int) ([]registry.Glue, error) {
	return many(r, scanGlue, glueAfter, after, limit)
}

const glueAfter = `
SELECT h.roid, h.name, h.body, COALESCE(s.due, 0)
FROM   host h LEFT JOIN domain s ON s.roid = h.superordinate
WHERE  h.roid > $1
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
	var facts struct{ Addresses []netip.Addr }
	err = unbody(text, &facts, "host")
	g.Addresses = facts.Addresses
	return g, err
}
