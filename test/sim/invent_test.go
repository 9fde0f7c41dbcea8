package sim_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// What the commands are about. There is so little of it that commands collide all the time.
var (
	registrars = []registry.RegistrarID{
		world.Acme, world.Acme, world.Acme, world.Other, world.Other, world.Other, world.Deleter, world.Deleter,
		world.Poor, world.Held, world.Suspended, world.Stranger,
	}
	domains = []string{
		"one.co", "one.co", "one.co", "two.co", "two.co", "two.co", "three.co", "three.co", "three.co", "four.com.co", "xn--piata-pta.co", "ab.co", "school.edu.co",
		"com.co", "deep.one.co", "elsewhere.net",
	}
	hosts = []string{
		"ns1.one.co", "ns2.one.co", "one.co", "ns1.two.co", "ns1.three.co", "ns1.example.net", "ns2.example.net",
		"ns1.four.com.co", "co", "ns1.ab.co",
	}
	contacts  = []string{"PERSON-1", "person-1", "PERSON-2", "PERSON-3", "Person-3", "PERSON-4"}
	passwords = []string{"secret-one", "secret-two", ""}
	addresses = []string{"192.0.2.1", "192.0.2.2", "2001:db8::1"}
	countries = []string{"CO", "co", "GB", "uk", "XX", ""}
	emails    = []string{"ana@example.com", "eva@example.com", "nobody"}
	statuses  = []registry.Status{
		registry.ClientHold, registry.ClientDeleteProhibited, registry.ClientUpdateProhibited, registry.ClientRenewProhibited,
		registry.ClientTransferProhibited, registry.ServerHold,
	}
)

// An inventor makes commands and queries up.
type inventor struct {
	*rand.Rand
	now      time.Time
	deposits int

	// expiry tells when a name expires, for a registrar that has looked.
	expiry func(names.Name) (time.Time, bool)
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// some returns up to so many of a list, mostly few; now and then one twice.
func some[T any](r *rand.Rand, list []T, most int) []T {
	var chosen []T
	for range r.IntN(most + 1) {
		chosen = append(chosen, pick(r, list))
	}
	return chosen
}

// perhaps returns a value one time in so many, else nil.
func perhaps[T any](r *rand.Rand, oneIn int, value T) *T {
	if r.IntN(oneIn) > 0 {
		return nil
	}
	return &value
}

func parsed(list []string) []names.Name { return world.Names(list...) }

// command returns a command and who runs it: mostly the one registrar that could.
func (i *inventor) command() (registry.RegistrarID, flow.Command) {
	who, cmd := i.any()
	if who == "" || i.IntN(4) == 0 {
		return who, cmd
	}
	switch id := cmd.Subject().ID; {
	case strings.Contains(id, "two"):
		return world.Other, cmd
	case strings.Contains(id, "three"):
		return world.Deleter, cmd
	}
	return world.Acme, cmd
}

func (i *inventor) any() (registry.RegistrarID, flow.Command) {
	who := pick(i.Rand, registrars)
	switch n := i.IntN(100); {
	case n < 20:
		return who, i.domainCreate()
	case n < 38:
		return who, i.domainUpdate()
	case n < 46:
		return who, i.domainRenew()
	case n < 55:
		return who, flow.DomainDelete{Name: world.Name(pick(i.Rand, domains))}
	case n < 64:
		return who, flow.HostCreate{Name: world.Name(pick(i.Rand, hosts)), Addresses: i.addresses(2)}
	case n < 72:
		return who, i.hostUpdate()
	case n < 77:
		return who, flow.HostDelete{Name: world.Name(pick(i.Rand, hosts))}
	case n < 85:
		return who, i.contactCreate()
	case n < 90:
		return who, i.contactUpdate()
	case n < 93:
		return who, flow.ContactDelete{ID: pick(i.Rand, contacts)}
	case n < 94:
		return who, flow.Refused{
			About: flow.Subject{Command: "create", Object: "domain", ID: "bad name", Logged: true},
			Error: &registry.Error{Code: registry.ParameterSyntax, Field: "domain:name", Reason: "it is no name"},
		}
	default:
		return "", i.operator()
	}
}

func (i *inventor) operator() flow.Command {
	who := pick(i.Rand, registrars)
	switch i.IntN(6) {
	case 0:
		return flow.RegistrarHold{Registrar: who, Reason: pick(i.Rand, []string{"", "", "the balance is below the minimum"})}
	case 1:
		return flow.RegistrarCreate{
			Registrar: registry.Registrar{ID: pick(i.Rand, append(slices.Clone(registrars), "H2001", "H2002", "no id"))},
			Limits:    ledger.Funds{CreditLimit: 50_00},
		}
	case 2:
		return flow.Settle{Limit: settleLimit}
	default:
		i.deposits++
		return flow.Deposit{
			Author: "ana", Registrar: who, Amount: ledger.Money(i.IntN(5)-1) * 20_00,
			Reference: pick(i.Rand, []string{"", "R-1", "R-2", fmt.Sprintf("R-%d", i.deposits)}),
		}
	}
}

// settleLimit is more than ever falls due at once, so that the order in which it is settled shows nowhere.
const settleLimit = 10_000

func (i *inventor) roles(most int) []flow.Role {
	var roles []flow.Role
	for range i.IntN(most + 1) {
		roles = append(roles, flow.Role{Role: pick(i.Rand, []string{"admin", "tech", "billing"}), ID: pick(i.Rand, contacts)})
	}
	return roles
}

func (i *inventor) domainCreate() flow.Command {
	cmd := flow.DomainCreate{
		Name: world.Name(pick(i.Rand, domains)), Years: i.IntN(7), Nameservers: i.nameservers(),
		Registrant: pick(i.Rand, contacts), AuthInfo: pick(i.Rand, passwords),
		Contacts: []flow.Role{{Role: "admin", ID: pick(i.Rand, contacts)}, {Role: "tech", ID: pick(i.Rand, contacts)}},
	}
	if i.IntN(8) == 0 {
		cmd.Contacts = i.roles(2)
	}
	if i.IntN(2) == 0 {
		cmd.DS = i.signers(2)
	}
	if i.IntN(20) == 0 {
		cmd.Registrant = ""
	}
	return cmd
}

func (i *inventor) domainRenew() flow.Command {
	name := world.Name(pick(i.Rand, domains))
	expires, known := i.expiry(name)
	if !known || i.IntN(4) == 0 {
		expires = i.now.AddDate(i.IntN(4), 0, -i.IntN(3))
	}
	return flow.DomainRenew{Name: name, CurrentExpiry: expires, Years: i.IntN(4)}
}

func (i *inventor) domainUpdate() flow.Command {
	return flow.DomainUpdate{
		Name: world.Name(pick(i.Rand, domains)), Empty: i.IntN(30) == 0,
		Add:        i.edit(),
		Remove:     i.edit(),
		Registrant: perhaps(i.Rand, 4, pick(i.Rand, contacts)),
		AuthInfo:   perhaps(i.Rand, 3, pick(i.Rand, passwords)),
		DS:         i.signerEdit(),
	}
}

// signers are of few kinds, so that they meet; now and then one is illegal.
func (i *inventor) signers(most int) []registry.DSRecord {
	var list []registry.DSRecord
	for range i.IntN(most + 1) {
		ds := registry.DS{KeyTag: uint16(1 + i.IntN(3)), Algorithm: 13, DigestType: 1, Digest: strings.Repeat("4D", 20)}
		switch i.IntN(60) {
		case 0:
			ds.Algorithm = 4
		case 1:
			ds.Digest = "4D"
		case 2:
			ds.DigestType = 9
		}
		list = append(list, registry.DSRecord{DS: ds})
	}
	return list
}

// signerEdit is mostly empty, like every edit.
func (i *inventor) signerEdit() flow.SignerEdit {
	var edit flow.SignerEdit
	switch i.IntN(6) {
	case 0:
		edit.Add = i.signers(2)
	case 1:
		for _, r := range i.signers(1) {
			edit.Remove = append(edit.Remove, r.DS)
		}
	case 2:
		edit.RemoveAll, edit.Add = true, i.signers(1)
	}
	return edit
}

// nameservers are mostly none, or one that most likely exists.
func (i *inventor) nameservers() []names.Name {
	if i.IntN(3) > 0 {
		return parsed(some(i.Rand, hosts[5:7], 1))
	}
	return parsed(some(i.Rand, hosts, 2))
}

// edit is mostly empty, since an update that names what is not so does nothing.
func (i *inventor) edit() flow.DomainEdit {
	var edit flow.DomainEdit
	switch i.IntN(6) {
	case 0:
		edit.Nameservers = i.nameservers()
	case 1:
		edit.Contacts = i.roles(1)
	case 2:
		edit.Statuses = some(i.Rand, statuses, 1)
	}
	return edit
}

func (i *inventor) addresses(most int) []netip.Addr {
	var list []netip.Addr
	for _, a := range some(i.Rand, addresses, most) {
		list = append(list, netip.MustParseAddr(a))
	}
	return list
}

func (i *inventor) hostUpdate() flow.Command {
	cmd := flow.HostUpdate{
		Name: world.Name(pick(i.Rand, hosts)), Empty: i.IntN(30) == 0,
		Add: flow.HostEdit{Addresses: i.addresses(1)},
	}
	switch i.IntN(4) {
	case 0:
		cmd.NewName = world.Name(pick(i.Rand, hosts))
	case 1:
		cmd.Remove.Addresses = i.addresses(1)
	case 2:
		cmd.Add.Statuses = some(i.Rand, statuses, 1)
	case 3:
		cmd.Remove.Statuses = some(i.Rand, statuses, 1)
	}
	return cmd
}

func (i *inventor) contactCreate() flow.Command {
	return flow.ContactCreate{
		ID: pick(i.Rand, contacts), Voice: perhaps(i.Rand, 1, registry.Phone{Number: "+57.6015550100"}),
		Email: pick(i.Rand, append(emails, emails[:2]...)), AuthInfo: pick(i.Rand, passwords),
		Int: &registry.Postal{
			Name: "Ana Pena", Street: []string{"Calle 10"}, City: "Bogota", Postcode: "110221",
			Country: pick(i.Rand, append(countries, "CO", "CO", "CO")),
		},
		Disclose: i.disclosures(),
	}
}

func (i *inventor) disclosures() []flow.DiscloseEdit {
	var list []flow.DiscloseEdit
	for _, what := range some(i.Rand, registry.Disclosures(), 2) {
		list = append(list, flow.DiscloseEdit{What: what, Open: i.IntN(2) == 0})
	}
	return list
}

func (i *inventor) contactUpdate() flow.Command {
	return flow.ContactUpdate{
		ID: pick(i.Rand, contacts), Empty: i.IntN(30) == 0,
		Add: some(i.Rand, statuses, 1), Remove: some(i.Rand, statuses, 1),
		Loc:      perhaps(i.Rand, 3, flow.PostalEdit{Name: new("Ana Peña"), Address: &registry.Postal{Street: []string{"Carrera 7"}, City: "Cali", Postcode: "1", Country: "CO"}}),
		Email:    perhaps(i.Rand, 3, pick(i.Rand, emails)),
		AuthInfo: perhaps(i.Rand, 3, pick(i.Rand, passwords)),
		Fax:      perhaps(i.Rand, 3, registry.Phone{Number: pick(i.Rand, []string{"", "+57.1", "57.1"})}),
		Disclose: i.disclosures(),
	}
}

// query returns a query and who asks it.
func (i *inventor) query() (registry.RegistrarID, flow.Query) {
	who := pick(i.Rand, registrars)
	domain, host, contact := pick(i.Rand, domains), pick(i.Rand, hosts), pick(i.Rand, contacts)
	switch i.IntN(12) {
	case 0:
		return who, flow.DomainCheck{Names: append(domains, "not a name", "ñandú.co")}
	case 1, 2:
		return who, flow.DomainInfo{Name: world.Name(domain), AuthInfo: perhaps(i.Rand, 4, pick(i.Rand, passwords))}
	case 3:
		return who, flow.HostCheck{Names: hosts}
	case 4:
		return who, flow.HostInfo{Name: world.Name(host)}
	case 5:
		return who, flow.ContactCheck{IDs: contacts}
	case 6:
		return who, flow.ContactInfo{ID: contact, AuthInfo: perhaps(i.Rand, 3, pick(i.Rand, passwords))}
	case 7:
		return "", flow.DomainLookup{Name: world.Name(domain)}
	case 8:
		return "", flow.NameList{Limit: 1 + i.IntN(10)}
	case 9:
		return "", flow.DelegationsOf{Names: parsed(domains)}
	case 10:
		return "", flow.NameList{After: world.Name(domain), Limit: 1 + i.IntN(3)}
	default:
		return "", flow.RegistrarList{}
	}
}
