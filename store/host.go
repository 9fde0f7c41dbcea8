package store

import (
	"net/netip"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// Host returns the host of that name.
func (r *reader) Host(name names.Name) (registry.Host, bool, error) {
	return one(r, scanHost, hostByName, name.String())
}

const hostByName = `
SELECT version, body, EXISTS (SELECT 1 FROM domain_host l WHERE l.host = host.roid)
FROM   host
WHERE  name = $1`

// HostByROID finds a host whatever it is called now.
func (r *reader) HostByROID(roid registry.ROID) (registry.Host, bool, error) {
	return one(r, scanHost, hostByROID, roid)
}

const hostByROID = `
SELECT version, body, EXISTS (SELECT 1 FROM domain_host l WHERE l.host = host.roid)
FROM   host
WHERE  roid = $1 AND gone = 0`

// HostsAt returns up to limit hosts that have an address, those after a ROID, in order of ROID.
func (r *reader) HostsAt(address netip.Addr, after registry.ROID, limit int) ([]registry.Host, error) {
	return many(r, scanHost, hostsAt, address.String(), after, limit)
}

const hostsAt = `
SELECT host.version, host.body, EXISTS (SELECT 1 FROM domain_host l WHERE l.host = host.roid)
FROM   host_address a JOIN host ON host.roid = a.host
WHERE  a.address = $1 AND a.host > $2 AND host.gone = 0
ORDER  BY a.host
LIMIT  $3`

// SubordinateHosts returns the hosts at and below a registered name, in order of name.
func (r *reader) SubordinateHosts(name names.Name) ([]registry.Host, error) {
	return many(r, scanHost, subordinateHosts, name.String())
}

const subordinateHosts = `
SELECT version, body, EXISTS (SELECT 1 FROM domain_host l WHERE l.host = host.roid)
FROM   host
WHERE  superordinate = (SELECT roid FROM domain WHERE name = $1)
ORDER  BY name`

// LinkedByOther reports whether a domain of another sponsor links a host.
func (r *reader) LinkedByOther(host registry.ROID, sponsor registry.RegistrarID) (bool, error) {
	return value[bool](r, linkedByOther, host, sponsor)
}

const linkedByOther = `
SELECT EXISTS (SELECT 1
               FROM   domain_host l JOIN domain d ON d.roid = l.domain
               WHERE  l.host = $1 AND d.sponsor <> $2)`

// DelegatedAfter returns up to limit names that are delegated to a host, those whose ROID comes after one,
// in order of ROID.
func (r *reader) DelegatedAfter(host, after registry.ROID, limit int) ([]registry.Delegated, error) {
	return many(r, scanDelegated, delegatedAfter, host, after, limit)
}

const delegatedAfter = `
SELECT d.roid, d.name, d.sponsor
FROM   (SELECT host, domain
        FROM   domain_host
        WHERE  (host, domain) > ($1, $2) AND host <= $1
        ORDER  BY host, domain
        LIMIT  $3) page
       JOIN domain d ON d.roid = page.domain
ORDER  BY d.roid`

func scanDelegated(row row) (registry.Delegated, error) {
	var d registry.Delegated
	var name string
	if err := row.Scan(&d.Domain, &name, &d.Sponsor); err != nil {
		return d, err
	}
	var err error
	d.Name, err = names.Parse(name)
	return d, err
}

func scanHost(row row) (registry.Host, error) {
	var h registry.Host
	var version int64
	var linked bool
	var text string
	if err := row.Scan(&version, &text, &linked); err != nil {
		return h, err
	}
	if err := unbody(text, &h, "host"); err != nil {
		return h, err
	}
	h.Version, h.Linked = version, linked
	return h, nil
}

// putHost writes a host and its addresses.
func (w *writer) putHost(h registry.Host) {
	if h.Version == 1 {
		w.insertHost(h)
	} else {
		what := "put " + h.Name.String()
		w.execOne(what, updateHost, h.ROID, h.Version, h.Name.String(), h.Sponsor, superordinate(h), w.body(hostVersion(h)))
		w.exec(what, deleteHostAddresses, h.ROID)
	}
	w.linkAddresses(h)
}

func (w *writer) insertHost(h registry.Host) {
	what := "put " + h.Name.String()
	w.insert(hosts, what, insertHost, h.Name.String(), h.ROID, h.Version, h.Sponsor, superordinate(h), w.body(hostVersion(h)))
}

func (w *writer) linkAddresses(h registry.Host) {
	for _, a := range h.Addresses {
		w.insert(addresses, "put "+h.Name.String(), insertHostAddress, a.String(), h.ROID)
	}
}

// superordinate is NULL for a host outside our zones.
func superordinate(h registry.Host) *string {
	if h.Superordinate.Name.IsZero() {
		return nil
	}
	roid := string(h.Superordinate.ROID)
	return &roid
}

const insertHost = `
INSERT INTO host (name, roid, version, sponsor, superordinate, body)
VALUES ($1, $2, $3, $4, $5, $6)`

const updateHost = `
UPDATE host
SET    version = $2, name = $3, sponsor = $4, superordinate = $5, body = $6
WHERE  roid = $1 AND version = $2 - 1`

const insertHostAddress = `
INSERT INTO host_address (address, host)
VALUES ($1, $2)`

const deleteHostAddresses = `
DELETE FROM host_address
WHERE  host = $1`

// dropHost removes a host. A link that came meanwhile makes the foreign key refuse it.
func (w *writer) dropHost(h registry.Host) {
	what := "delete " + h.Name.String()
	w.exec(what, deleteHostAddresses, h.ROID)
	w.execOne(what, deleteHost, h.ROID, h.Version)
}

const deleteHostLink = `
DELETE FROM domain_host
WHERE  host = $1 AND domain = $2`

const deleteHost = `
DELETE FROM host
WHERE  roid = $1 AND version = $2 - 1`

// leaveHost makes a host be gone for everybody while links to it are left: it has no name any more that a host
// can have, nor an address, nor a name above it.
func (w *writer) leaveHost(h registry.Host, at time.Time) {
	what := "leave " + h.Name.String()
	w.exec(what, deleteHostAddresses, h.ROID)
	w.execOne(what, leaveHost, h.ROID, h.Version, micros(at))
}

const leaveHost = `
UPDATE host
SET    name = '/' || roid, version = $2, superordinate = NULL, gone = $3
WHERE  roid = $1 AND version = $2 - 1`

// endHost removes a host that is gone. A link that is left makes the foreign key refuse it: the name that has it
// has come to link the host meanwhile, and has still to be told.
func (w *writer) endHost(host registry.ROID) { w.execOne("end host "+string(host), endHost, host) }

const endHost = `
DELETE FROM host
WHERE  roid = $1 AND gone > 0`
