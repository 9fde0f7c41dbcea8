package seed

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/store"
)

// A memory is the store that flows run on while lives are made: the registrars, the hosts and
// contacts that many names share, and the objects of the life in hand. It keeps the Changes of that
// life, and forgets them with its objects when the next one begins.
//
// What it does not read itself is the nil Reader's: no command of a life asks for it.
type memory struct {
	registry.Reader

	number     int64 // the last that was given
	registrars map[registry.RegistrarID]registry.Registrar
	shared     objects
	own        objects
	life       store.Life
	cost       map[registry.RegistrarID]ledger.Money // of charges that were not released
}

var _ registry.Store = (*memory)(nil)

// objects are some of a registry's, by name or id.
type objects struct {
	domains  map[names.Name]registry.Domain
	hosts    map[names.Name]registry.Host
	contacts map[string]registry.Contact
	charges  map[string]ledger.Charge
}

func newObjects() objects {
	return objects{
		map[names.Name]registry.Domain{},
		map[names.Name]registry.Host{},
		map[string]registry.Contact{},
		map[string]ledger.Charge{},
	}
}

func newMemory(registrars []registry.Registrar, number int64) *memory {
	m := &memory{
		number: number, shared: newObjects(), own: newObjects(),
		registrars: map[registry.RegistrarID]registry.Registrar{}, cost: map[registry.RegistrarID]ledger.Money{},
	}
	for _, r := range registrars {
		m.registrars[r.ID] = r
	}
	return m
}

// share keeps the objects of the life in hand for all that follow.
func (m *memory) share() { m.shared, m.own = m.own, newObjects() }

// end returns the life in hand and begins the next one.
func (m *memory) end() store.Life {
	life := m.life
	m.life = nil
	clear(m.own.domains)
	clear(m.own.hosts)
	clear(m.own.contacts)
	clear(m.own.charges)
	return life
}

// Offer says that nothing is settled about a name: names that are made up cost what most names do.
func (m *memory) Offer(names.Name, time.Time) (registry.Offer, error) { return registry.Offer{}, nil }

// Promotions says that there are none.
func (m *memory) Promotions(registry.RegistrarID, time.Time) ([]registry.Promotion, error) {
	return nil, nil
}

// LastSealedDay says that no day of the ledger is sealed.
func (m *memory) LastSealedDay() (registry.SealedDay, bool, error) {
	return registry.SealedDay{}, false, nil
}

// View runs a query.
func (m *memory) View(_ context.Context, f func(registry.Reader) error) error { return f(m) }

// Update runs a command and keeps its Changes.
func (m *memory) Update(_ context.Context, _ registry.Keys, f func(registry.Reader) (registry.Changes, error)) error {
	changes, err := f(m)
	if err != nil {
		return err
	}
	m.apply(changes)
	m.life = append(m.life, withoutNews(changes))
	return nil
}

// withoutNews returns Changes without messages and mails: of what happened before the registry began, registrars
// have heard.
func withoutNews(c registry.Changes) registry.Changes {
	c.Poll, c.Mail = nil, nil
	c.Earlier = slices.Clone(c.Earlier)
	for i, earlier := range c.Earlier {
		c.Earlier[i] = withoutNews(earlier)
	}
	return c
}

func (m *memory) apply(c registry.Changes) {
	for _, earlier := range c.Earlier {
		m.apply(earlier)
	}
	for _, d := range c.GoneDomains {
		delete(m.own.domains, d.Name)
	}
	for _, h := range c.GoneHosts {
		delete(m.own.hosts, h.Name)
	}
	for _, o := range c.GoneContacts {
		delete(m.own.contacts, strings.ToLower(o.ID))
	}
	for _, o := range c.Contacts {
		m.own.contacts[strings.ToLower(o.ID)] = o
	}
	for _, h := range c.Hosts {
		m.own.hosts[h.Name] = h
	}
	for _, d := range c.Domains {
		m.own.domains[d.Name] = d
	}
	for _, charge := range c.Charges {
		switch charge.State {
		case ledger.Open:
			m.cost[registry.RegistrarID(charge.Party)] += charge.Amount
		case ledger.Released:
			m.cost[registry.RegistrarID(charge.Party)] -= charge.Amount
		}
		m.own.charges[charge.ID] = charge
	}
}

// Registrar returns one of the registrars.
func (m *memory) Registrar(id registry.RegistrarID) (registry.Registrar, bool, error) {
	r, found := m.registrars[id]
	return r, found, nil
}

// RecentRegistrar returns one of the registrars.
func (m *memory) RecentRegistrar(id registry.RegistrarID) (registry.Registrar, bool, error) {
	return m.Registrar(id)
}

// Funds returns more than any life costs: what they cost together is deposited in the end.
func (m *memory) Funds(id registry.RegistrarID, _ time.Time) (ledger.Funds, bool, error) {
	return ledger.Funds{Party: ledger.Party(id), Balance: 1 << 50}, true, nil
}

// Account is Funds: nothing is due.
func (m *memory) Account(id registry.RegistrarID) (ledger.Funds, bool, error) {
	return m.Funds(id, time.Time{})
}

// Domain returns a name of the life in hand; no other is asked for.
func (m *memory) Domain(name names.Name) (registry.Domain, bool, error) {
	d, found := m.own.domains[name]
	return d, found, nil
}

// Variants returns none: names that are made up are no variants of each other.
func (m *memory) Variants(string) ([]names.Name, error) { return nil, nil }

// VariantListings returns none: nothing is listed.
func (m *memory) VariantListings(string) ([]registry.Listing, error) { return nil, nil }

// Host returns a host of the life in hand or a shared one.
func (m *memory) Host(name names.Name) (registry.Host, bool, error) {
	h, found := m.own.hosts[name]
	if !found {
		h, found = m.shared.hosts[name]
	}
	return h, found, nil
}

// Contact returns a contact of the life in hand or a shared one.
func (m *memory) Contact(id string) (registry.Contact, bool, error) {
	c, found := m.own.contacts[strings.ToLower(id)]
	if !found {
		c, found = m.shared.contacts[strings.ToLower(id)]
	}
	return c, found, nil
}

// Charge returns a charge of the life in hand.
func (m *memory) Charge(id string) (ledger.Charge, bool, error) {
	c, found := m.own.charges[id]
	return c, found, nil
}

// NextNumber counts on from where the database stands.
func (m *memory) NextNumber() (int64, error) {
	m.number++
	return m.number, nil
}

// SubordinateHosts returns the hosts of the life in hand at and below a name.
func (m *memory) SubordinateHosts(name names.Name) ([]registry.Host, error) {
	var below []registry.Host
	for _, h := range m.own.hosts {
		if h.Superordinate.Name == name {
			h.Linked = slices.ContainsFunc(m.ownDomains(), func(d registry.Domain) bool { return isDelegated(d, h.ROID) })
			below = append(below, h)
		}
	}
	slices.SortFunc(below, func(a, b registry.Host) int { return strings.Compare(a.Name.String(), b.Name.String()) })
	return below, nil
}

// ownDomains are the names of the life in hand in order of ROID.
func (m *memory) ownDomains() []registry.Domain {
	return slices.SortedFunc(maps.Values(m.own.domains), func(a, b registry.Domain) int {
		return strings.Compare(string(a.ROID), string(b.ROID))
	})
}

func isDelegated(d registry.Domain, host registry.ROID) bool {
	return slices.ContainsFunc(d.Nameservers, func(ref registry.HostRef) bool { return ref.ROID == host })
}

// DelegatedAfter returns the names of the life in hand that are delegated to one of its hosts.
func (m *memory) DelegatedAfter(host, after registry.ROID, limit int) ([]registry.Delegated, error) {
	var list []registry.Delegated
	for _, d := range m.ownDomains() {
		if d.ROID > after && isDelegated(d, host) && len(list) < limit {
			list = append(list, registry.Delegated{Domain: d.ROID, Name: d.Name, Sponsor: d.Sponsor})
		}
	}
	return list, nil
}

// Prefetch does nothing: all is here.
func (m *memory) Prefetch(registry.Keys) error { return nil }

// LinkedTo returns names of the life in hand that link a contact. A shared one stays linked: no life ends the
// lives that share it.
func (m *memory) LinkedTo(contact registry.ROID, limit int) ([]names.Name, error) {
	var list []names.Name
	for _, c := range m.shared.contacts {
		if c.ROID == contact {
			list = append(list, names.Name{})
		}
	}
	for _, d := range m.ownDomains() {
		if linksContact(d, contact) && len(list) < limit {
			list = append(list, d.Name)
		}
	}
	return list, nil
}

func linksContact(d registry.Domain, contact registry.ROID) bool {
	return d.Registrant.ROID == contact ||
		slices.ContainsFunc(d.Contacts, func(ref registry.DomainContact) bool { return ref.ROID == contact })
}

// DueContacts returns the contacts of the life in hand that time has changed.
func (m *memory) DueContacts(now time.Time, _ int, _ ...registry.RegistrarID) ([]registry.DueContact, error) {
	var due []registry.DueContact
	for _, c := range m.own.contacts {
		if at := lifecycle.ContactDue(c); !at.IsZero() && !at.After(now) {
			due = append(due, registry.DueContact{ID: c.ID, Sponsor: c.Sponsor, Due: at})
		}
	}
	slices.SortFunc(due, func(a, b registry.DueContact) int { return strings.Compare(a.ID, b.ID) })
	return due, nil
}

// DueDomains returns the names of the life in hand that time has changed.
func (m *memory) DueDomains(now time.Time, _ int, _ ...registry.RegistrarID) ([]registry.DueName, error) {
	var due []registry.DueName
	for _, d := range m.own.domains {
		if !lifecycle.Due(d).After(now) {
			due = append(due, registry.DueName{Name: d.Name, Sponsor: d.Sponsor, Due: lifecycle.Due(d)})
		}
	}
	slices.SortFunc(due, func(a, b registry.DueName) int { return strings.Compare(a.Name.String(), b.Name.String()) })
	return due, nil
}

// LastMonth returns none: no month is closed.
func (m *memory) LastMonth() (registry.ClosedMonth, bool, error) {
	return registry.ClosedMonth{}, false, nil
}

// DueLapses returns none: nobody has emergency credit.
func (m *memory) DueLapses(time.Time, int, ...registry.RegistrarID) ([]registry.Lapse, error) {
	return nil, nil
}

// DueCharges returns the charges of the life in hand that are to be posted.
func (m *memory) DueCharges(now time.Time, _ int, _ ...registry.RegistrarID) ([]ledger.Charge, error) {
	var due []ledger.Charge
	for _, c := range m.own.charges {
		if c.State == ledger.Open && !c.PostsAt.After(now) {
			due = append(due, c)
		}
	}
	slices.SortFunc(due, func(a, b ledger.Charge) int { return strings.Compare(a.ID, b.ID) })
	return due, nil
}
