package flow

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// Searches find many objects and answer a page of them. Each reads a bounded part of one index: where that ends before the
// page is full, the page is shorter, and the next one goes on there. RFC 9082 section 3.2, RFC 8977 section 2.4.

// A Place is where a page of a search begins: behind that. Empty: at the beginning.
type Place string

// DomainSearch asks for registered names that a pattern fits, in order of name. RFC 9082 section 3.2.1.
type DomainSearch struct {
	Pattern names.Pattern
	After   Place // a name
	Limit   int   // 0, or more than there may be: as many as there may be
	Viewer  Viewer
}

// DomainsFound is a page of names.
type DomainsFound struct {
	Domains []DomainFound
	After   Place // where the next page begins; empty if there is none
}

// Answer returns a DomainsFound; it may be empty.
func (q DomainSearch) Answer(c *Call) (Reply, error) {
	limits := c.Terms.Limits.RDAP
	after, legal := nameOfPlace(q.After)
	if err := c.check(purposeIsStated(q.Viewer), placeIsOurs(q.After, legal), patternIsLongEnough(q.Pattern, limits)); err != nil {
		return nil, err
	}
	stored, next := c.fitting(q.Pattern, after, pageOf(q.Limit, limits), c.reader.NamesFrom)
	found := DomainsFound{After: next}
	for _, name := range stored {
		reply, err := DomainLookup{Name: name, Viewer: q.Viewer}.Answer(c)
		if err == nil { // else time has purged it
			found.Domains = append(found.Domains, reply.(DomainFound))
		}
	}
	return found, nil
}

// A namesFrom reads names in order, such as registry.Searches.NamesFrom.
type namesFrom func(prefix string, after names.Name, limit int) ([]names.Name, error)

// fitting returns up to limit stored names that a pattern fits, and where to go on.
func (c *Call) fitting(p names.Pattern, after names.Name, limit int, from namesFrom) (list []names.Name, next Place) {
	if name, whole := p.Whole(); whole {
		return []names.Name{name}, ""
	}
	look := c.Terms.Limits.RDAP.NamesLooked
	stored, _ := read(c, func() ([]names.Name, bool, error) {
		list, err := from(p.Prefix(), after, look)
		return list, true, err
	})
	for i, name := range stored {
		if p.Fits(name) {
			list = append(list, name)
		}
		if len(list) == limit && i+1 < len(stored) {
			return list, Place(name.String())
		}
	}
	if len(stored) == look {
		next = Place(stored[look-1].String())
	}
	return list, next
}

// DelegationSearch asks for the names that are delegated to hosts, in order of ROID: to those whose names a pattern fits,
// or that have an address. RFC 9082 section 3.2.1.
type DelegationSearch struct {
	Hosts   names.Pattern
	Address netip.Addr // instead of Hosts
	After   Place      // a ROID
	Limit   int        // as in DomainSearch
	Viewer  Viewer
}

// Answer returns a DomainsFound; it may be empty.
func (q DelegationSearch) Answer(c *Call) (Reply, error) {
	// Load.
	limits := c.Terms.Limits.RDAP
	var hosts []registry.ROID
	long := patternIsLongEnough(q.Hosts, limits)
	if q.Address.IsValid() {
		long = holds("patternIsLongEnough", "", "")
		hosts = c.hostsAt(q.Address, limits.HostsLooked+1)
	} else if long.Refusal == nil {
		hosts = c.hostsLike(q.Hosts, limits.HostsLooked+1)
	}

	// Check.
	if err := c.check(
		purposeIsStated(q.Viewer),
		long,
		hostsAreFew(len(hosts), limits),
	); err != nil {
		return nil, err
	}

	// Return.
	var found DomainsFound
	var page []registry.Delegated
	page, found.After = c.delegatedToAny(hosts, registry.ROID(q.After), pageOf(q.Limit, limits))
	for _, d := range page {
		reply, err := DomainLookup{Name: d.Name, Viewer: q.Viewer}.Answer(c)
		if err == nil && reply.(DomainFound).ROID == d.Domain {
			found.Domains = append(found.Domains, reply.(DomainFound))
		}
	}
	return found, nil
}

// hostsAt returns the ROIDs of up to limit hosts that have an address.
func (c *Call) hostsAt(address netip.Addr, limit int) []registry.ROID {
	stored, _ := read(c, func() ([]registry.Host, bool, error) {
		list, err := c.reader.HostsAt(address.Unmap().WithZone(""), "", limit)
		return list, true, err
	})
	list := make([]registry.ROID, len(stored))
	for i, h := range stored {
		list[i] = h.ROID
	}
	return list
}

// hostsLike returns the ROIDs of up to limit hosts whose names a pattern fits. Where the names that begin like it are
// more than may be looked at, it returns as many as are too many.
func (c *Call) hostsLike(p names.Pattern, limit int) []registry.ROID {
	fit, more := c.fitting(p, names.Name{}, limit, c.reader.HostsFrom)
	if more != "" {
		return make([]registry.ROID, limit)
	}
	var list []registry.ROID
	for _, name := range fit {
		if h, found := c.Host(name); found {
			list = append(list, h.ROID)
		}
	}
	return list
}

// delegatedToAny returns up to limit names that are delegated to any of some hosts, each once, in order of ROID, and where
// to go on.
func (c *Call) delegatedToAny(hosts []registry.ROID, after registry.ROID, limit int) (page []registry.Delegated, next Place) {
	for _, host := range hosts {
		list, _ := read(c, func() ([]registry.Delegated, bool, error) {
			list, err := c.reader.DelegatedAfter(host, after, limit+1)
			return list, true, err
		})
		page = append(page, list...)
	}
	slices.SortFunc(page, func(a, b registry.Delegated) int { return cmp.Compare(a.Domain, b.Domain) })
	page = slices.CompactFunc(page, func(a, b registry.Delegated) bool { return a.Domain == b.Domain })
	if len(page) > limit {
		page = page[:limit]
		next = Place(page[limit-1].Domain)
	}
	return page, next
}

// HostSearch asks for hosts whose names a pattern fits, in order of name. RFC 9082 section 3.2.2.
type HostSearch struct {
	Pattern names.Pattern
	After   Place // a name
	Limit   int   // as in DomainSearch
}

// HostPage is what HostSearch answers.
type HostPage struct {
	Hosts []HostFound
	After Place // where the next page begins; empty if there is none
}

// Answer returns a HostPage; it may be empty.
func (q HostSearch) Answer(c *Call) (Reply, error) {
	limits := c.Terms.Limits.RDAP
	after, legal := nameOfPlace(q.After)
	if err := c.check(placeIsOurs(q.After, legal), patternIsLongEnough(q.Pattern, limits)); err != nil {
		return nil, err
	}
	stored, next := c.fitting(q.Pattern, after, pageOf(q.Limit, limits), c.reader.HostsFrom)
	found := HostPage{After: next}
	for _, name := range stored {
		if h, lives := c.Host(name); lives {
			found.Hosts = append(found.Hosts, c.hostFound(h))
		}
	}
	return found, nil
}

// RegistrarSearch asks for registrars by their names, or by their handles, in order of id: all of them are looked through, of
// which there are some hundreds. A contact is found by its whole handle only, if the viewer may see anything of it; by what
// people are called nobody finds them. RFC 9082 section 3.2.3.
type RegistrarSearch struct {
	Name    string // or trading name; whatever the case
	Handle  string // instead of Name: the id, or the IANA id
	Partial bool   // what is given is a beginning
	After   Place  // an id
	Limit   int    // as in DomainSearch
	Viewer  Viewer
}

// RegistrarPage is what RegistrarSearch answers.
type RegistrarPage struct {
	Registrars []RegistrarFound
	Contacts   []ContactFound
	After      Place // where the next page begins; empty if there is none
}

// Answer returns a RegistrarPage; it may be empty.
func (q RegistrarSearch) Answer(c *Call) (Reply, error) {
	// Load.
	all, _ := read(c, func() ([]registry.Registrar, bool, error) {
		list, err := c.reader.Registrars()
		return list, true, err
	})

	// Check.
	if err := c.check(purposeIsStated(q.Viewer)); err != nil {
		return nil, err
	}

	// Decide.
	limit := pageOf(q.Limit, c.Terms.Limits.RDAP)
	var page RegistrarPage
	for _, r := range all {
		if Place(r.ID) <= q.After || !q.fits(r) {
			continue
		}
		if len(page.Registrars) == limit {
			page.After = Place(page.Registrars[limit-1].ID)
			break
		}
		page.Registrars = append(page.Registrars, RegistrarFound{public(r), c.registrarUpdated(r.ID)})
	}
	if q.Handle == "" || q.Partial || q.After != "" {
		return page, nil
	}
	if reply, err := (ContactLookup{Handle: q.Handle, Viewer: q.Viewer}).Answer(c); err == nil {
		page.Contacts = []ContactFound{reply.(ContactFound)}
	}
	return page, nil
}

// fits reports whether a registrar is one that is searched for.
func (q RegistrarSearch) fits(r registry.Registrar) bool {
	matches := func(text, asked string) bool {
		text, asked = person(text), person(asked)
		return text == asked || q.Partial && strings.HasPrefix(text, asked)
	}
	if q.Handle != "" {
		return matches(string(r.ID), q.Handle) || r.IANAID > 0 && matches(strconv.Itoa(r.IANAID), q.Handle)
	}
	return matches(r.Name, q.Name) || r.TradingName != "" && matches(r.TradingName, q.Name)
}

// pageOf is how many results a page has.
func pageOf(asked int, limits policy.RDAPLimits) int {
	if asked > 0 {
		return min(asked, limits.PageSize)
	}
	return limits.PageSize
}

// nameOfPlace reads a place that is a name.
func nameOfPlace(p Place) (names.Name, bool) {
	if p == "" {
		return names.Name{}, true
	}
	name, err := names.Parse(string(p))
	return name, err == nil
}

// placeIsOurs holds for a place in a search that one of our answers gave.
func placeIsOurs(p Place, legal bool) Rule {
	return refuseIf("placeIsOurs", !legal, registry.Error{
		Code: registry.ParameterSyntax, Field: "cursor", Value: string(p),
		Reason: "the cursor is not one that this search gave; begin at the first page",
	})
}

// patternIsLongEnough holds for a whole name, and for a beginning that is not that of half a registry.
func patternIsLongEnough(p names.Pattern, limits policy.RDAPLimits) Rule {
	_, whole := p.Whole()
	if whole || len(p.Prefix()) >= limits.PrefixCharacters {
		return holds("patternIsLongEnough", "pattern", "")
	}
	return refuse("patternIsLongEnough", registry.Error{
		Code: registry.ParameterPolicy, Field: "pattern", Value: p.String(),
		Reason: fmt.Sprintf("too much would fit; give %d characters or more before the asterisk", limits.PrefixCharacters),
	})
}

// hostsAreFew holds for a search through the names of so many hosts.
func hostsAreFew(n int, limits policy.RDAPLimits) Rule {
	if n <= limits.HostsLooked {
		return holds("hostsAreFew", "pattern", "")
	}
	return refuse("hostsAreFew", registry.Error{
		Code: registry.ParameterPolicy, Field: "pattern",
		Reason: fmt.Sprintf("more than %d name servers fit; ask for the names of one of them", limits.HostsLooked),
	})
}
