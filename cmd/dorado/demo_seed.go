package main

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/cmd/dorado/seed"
	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// demoRegistrar is a registrar of the demo as demo.json has it.
type demoRegistrar struct {
	ID          registry.RegistrarID `json:"id"`
	EPPPassword string               `json:"eppPassword"`
	FTPPassword string               `json:"ftpPassword"`
	Cert        string               `json:"cert"`
	Key         string               `json:"key"`
	Console     []demoUser           `json:"console"`
}

// The demo's registrars, and the funds that each begins with beside what its names cost.
const (
	firstRegistrar  registry.RegistrarID = "H1001"
	secondRegistrar registry.RegistrarID = "H1002"
	demoFunds                            = ledger.Money(25_000_00)
)

// demoHistory is how long ago the demo's registry began if it has no names of package seed, so that
// some names have renewed themselves.
const demoHistory = 400 * 24 * time.Hour

// demoSeed begins the random numbers of the names of package seed, which so are the same in every
// demo of one size.
const demoSeed = 1991

// A seeder fills a demo by commands that pretend to be sent in the past, in the order of their
// instants, so that history, charges and grace periods are what they would be.
type seeder struct {
	core    *registryCore
	service flow.Service
	data    demoData
	now, at time.Time
	steps   []seedStep
	made    func(names int) // called while names are made

	deposits map[registry.RegistrarID]int // so many of each

	together bool // names that are made up expire in the same second
}

// A seedStep is one command of the past.
type seedStep struct {
	at      time.Time
	who     registry.RegistrarID
	command flow.Command
}

func newSeeder(core *registryCore, data demoData) *seeder {
	s := &seeder{
		core: core, service: *core.service, data: data, now: core.clock.Now().Truncate(time.Second),
		made: func(int) {}, deposits: map[registry.RegistrarID]int{},
	}
	s.service.Clock = func() time.Time { return s.at }
	return s
}

// seed fills an empty registry with two registrars and n names: first those of the list, one command
// after the other, and then those that are made up, in bulk.
func (s *seeder) seed(ctx context.Context, registrars []registry.Registrar, n int) error {
	listed := min(n, len(s.data.Names))
	began := s.now.Add(-demoHistory)
	if n > listed {
		began = s.now.Add(-seed.Past)
	}
	for _, r := range registrars {
		s.add(began, "", flow.RegistrarCreate{Registrar: r, Limits: ledger.Funds{CreditThreshold: 500_00}})
		s.deposit(began, flow.Deposit{Registrar: r.ID, Amount: s.funds(listed), Reference: "DEMO-OPENING-" + string(r.ID)})
	}
	if err := s.offers(began); err != nil {
		return err
	}
	s.contacts(began)
	s.externalHosts(began)
	for _, d := range s.data.Names[:listed] {
		if err := s.name(d); err != nil {
			return err
		}
	}
	if err := s.play(ctx); err != nil || n == listed {
		return err
	}
	s.steps = nil
	return s.fill(ctx, registrars, n-listed)
}

// deposit records a payment; one that takes two people is approved by the second.
func (s *seeder) deposit(at time.Time, d flow.Deposit) {
	d.Author = "demo"
	s.add(at, "", d)
	s.deposits[d.Registrar]++
	if most := s.service.Profile.At(at).MoneyAlone; most > 0 && d.Amount > most {
		s.add(at, "", flow.MoneyDecide{
			ID:     fmt.Sprintf("%s-%d", d.Registrar, s.deposits[d.Registrar]),
			Author: "demo, the second person", Reason: "the demo's funds", Approve: true,
		})
	}
}

// offers settles what the premium names cost, and which names are reserved.
func (s *seeder) offers(at time.Time) error {
	var prices flow.PriceSet
	for _, line := range s.data.Premium {
		price, err := line.price(at)
		if err != nil {
			return fmt.Errorf("fill the demo: %w", err)
		}
		prices.Prices = append(prices.Prices, price)
	}
	var reserved flow.ListingAdd
	for _, text := range s.data.Reserved {
		name, err := nameOf(text)
		if err != nil {
			return fmt.Errorf("fill the demo: %w", err)
		}
		reserved.Listings = append(reserved.Listings, registry.Listing{
			Name: name, Kind: registry.Reserved, Reason: "the registry's own",
		})
	}
	s.add(at, "", prices)
	s.add(at, "", reserved)
	return nil
}

// fill adds n names that are made up, and deposits what they have cost.
func (s *seeder) fill(ctx context.Context, registrars []registry.Registrar, n int) error {
	number, err := s.core.db.Numbers(ctx, 1)
	if err != nil {
		return fmt.Errorf("fill the demo: %w", err)
	}
	made, err := seed.New(seed.Config{
		Names: n, Seed: demoSeed, Now: s.now, Service: s.core.service, Registrars: registrars,
		Taken: s.data.taken(), Number: number, NewTRID: s.core.trid, Made: s.made,
		Together: s.together,
	})
	if err != nil {
		return err
	}
	if err := s.core.db.Fill(ctx, made.Lives()); err != nil {
		return fmt.Errorf("fill the demo: %w", err)
	}
	if _, err := s.core.db.Numbers(ctx, int(made.Number()-number)); err != nil {
		return fmt.Errorf("fill the demo: %w", err)
	}
	for _, r := range registrars {
		if cost := made.Costs(r.ID); cost > 0 {
			// Behind the opening deposit, and before the first command of a life.
			s.deposit(s.now.Add(-seed.Past).Add(time.Second), flow.Deposit{Registrar: r.ID, Amount: cost, Reference: "DEMO-NAMES-" + string(r.ID)})
		}
	}
	return s.play(ctx)
}

// taken are the names that are not to be made up: those of the list, and the one to try.
func (d demoData) taken() []names.Name {
	list := []names.Name{names.MustParse(d.Try)}
	for _, n := range d.Names {
		list = append(list, names.MustParse(n.Name))
	}
	for _, n := range d.Premium {
		list = append(list, names.MustParse(n.Name))
	}
	for _, n := range d.Reserved {
		list = append(list, names.MustParse(n))
	}
	return list
}

// funds covers n names at the highest price that one of the list can come to, and leaves demoFunds.
func (s *seeder) funds(n int) ledger.Money {
	terms := s.service.Profile.At(s.now)
	return demoFunds + terms.Quote(policy.OpCreate, 2, registry.NamePrice{}).Total().Times(n)
}

func (s *seeder) add(at time.Time, who registry.RegistrarID, cmd flow.Command) {
	s.steps = append(s.steps, seedStep{at, who, cmd})
}

// play runs the steps in the order of their instants.
func (s *seeder) play(ctx context.Context) error {
	slices.SortStableFunc(s.steps, func(a, b seedStep) int { return a.at.Compare(b.at) })
	for _, step := range s.steps {
		s.at = step.at
		if _, err := s.service.Run(ctx, flow.Request{
			Registrar: step.who, SvTRID: s.core.trid(), Command: step.command,
		}); err != nil {
			return fmt.Errorf("fill the demo: %s %s: %w", step.command.Subject(), step.command.Subject().ID, err)
		}
	}
	return nil
}

func (s *seeder) contacts(at time.Time) {
	for _, c := range s.data.Contacts {
		s.add(at, firstRegistrar, flow.ContactCreate{
			ID: c.ID, Email: c.Email, Voice: &registry.Phone{Number: c.Phone},
			AuthInfo: newPassword(),
			Int: &registry.Postal{
				Name: c.Name, Org: c.Org, Street: []string{c.Street},
				City: c.City, Province: c.Province, Postcode: c.Postcode, Country: "CO",
			},
		})
	}
}

// hosted are the external hosts that most names of a registrar are delegated to.
func hosted(who registry.RegistrarID) []names.Name {
	if who == secondRegistrar {
		return []names.Name{names.MustParse("ns1.caribe.example"), names.MustParse("ns2.caribe.example")}
	}
	return []names.Name{names.MustParse("ns1.condor.example"), names.MustParse("ns2.condor.example")}
}

func (s *seeder) externalHosts(at time.Time) {
	for _, who := range []registry.RegistrarID{firstRegistrar, secondRegistrar} {
		for _, host := range hosted(who) {
			s.add(at, who, flow.HostCreate{Name: host})
		}
	}
}

// name adds the life of one name.
func (s *seeder) name(d demoName) error {
	name, err := names.Parse(d.Name)
	if err != nil {
		return fmt.Errorf("fill the demo: %q: %w", d.Name, err)
	}
	who := firstRegistrar
	if d.Second {
		who = secondRegistrar
	}
	people := s.data.Contacts
	owner := people[len(d.Name)%(len(people)-1)].ID // the last one is the technical contact
	// The time of day follows from the name, so that not everything happens at once.
	ago := func(days int) time.Time {
		return s.now.AddDate(0, 0, -days).Add(-time.Duration(len(d.Name)*397+days*31) * time.Second)
	}
	create := flow.DomainCreate{
		Name: name, Years: d.Years, Registrant: owner, AuthInfo: newPassword(),
		Contacts: []flow.Role{{Role: "admin", ID: owner}, {Role: "tech", ID: people[len(people)-1].ID}},
	}
	if d.Servers == "hosted" {
		create.Nameservers = hosted(who)
	}
	s.add(ago(d.Days), who, create)
	if d.Servers == "own" {
		s.ownHosts(ago(d.Days).Add(time.Minute), who, name)
	}
	if d.Status != "" {
		s.add(ago(d.Days).Add(time.Hour), who, flow.DomainUpdate{
			Name: name, Add: flow.DomainEdit{Statuses: []registry.Status{d.Status}},
		})
	}
	if d.Renewed > 0 {
		expires := ago(d.Days).AddDate(cmp.Or(d.Years, 1), 0, 0)
		s.add(ago(d.Renewed), who, flow.DomainRenew{Name: name, CurrentExpiry: expires, Years: 1})
	}
	if d.Deleted > 0 {
		s.add(ago(d.Deleted), who, flow.DomainDelete{Name: name})
	}
	return nil
}

// ownHosts delegates a name to two hosts below itself, with addresses for documentation. RFC 5737,
// RFC 3849.
func (s *seeder) ownHosts(at time.Time, who registry.RegistrarID, name names.Name) {
	var hosts []names.Name
	for i := 1; i <= 2; i++ {
		host := names.MustParse("ns" + strconv.Itoa(i) + "." + name.String())
		last := strconv.Itoa(10*i + len(name.String()))
		s.add(at, who, flow.HostCreate{Name: host, Addresses: []netip.Addr{
			netip.MustParseAddr("192.0.2." + last), netip.MustParseAddr("2001:db8::" + last),
		}})
		hosts = append(hosts, host)
	}
	s.add(at, who, flow.DomainUpdate{Name: name, Add: flow.DomainEdit{Nameservers: hosts}})
}

// newDemoRegistrars returns the registrars of a demo as the registry knows them, with the
// fingerprints of their certificates, and as demo.json has them. The files are to be written.
func newDemoRegistrars(ctx context.Context, ca authority, passwords *flow.Passwords) (
	registrars []registry.Registrar, known []demoRegistrar, files map[string][]byte, err error,
) {
	files = map[string][]byte{}
	for _, r := range []registry.Registrar{
		{
			ID: firstRegistrar, Name: "Condor Names", IANAID: 9995, // for tests. IANA registrar ids
			Email: "registry@condor.example", Voice: "+57.6015550100",
			Website: "https://condor.example", Abuse: "abuse@condor.example",
		},
		{
			ID: secondRegistrar, Name: "Caribe Dominios", IANAID: 9996,
			Email: "registry@caribe.example", Voice: "+57.6055550100",
			Website: "https://caribe.example", Abuse: "abuse@caribe.example",
		},
	} {
		pair, err := ca.client(string(r.ID))
		if err != nil {
			return nil, nil, nil, err
		}
		print, err := fingerprint(pair.certificate)
		if err != nil {
			return nil, nil, nil, err
		}
		base := strings.ToLower(string(r.ID))
		d := demoRegistrar{ID: r.ID, EPPPassword: newPassword(), FTPPassword: newPassword(), Cert: base + ".pem", Key: base + ".key"}
		files[d.Cert], files[d.Key] = pair.certificate, pair.key
		if r.Password, err = passwords.Hash(ctx, d.EPPPassword); err != nil {
			return nil, nil, nil, err
		}
		if r.FilesPassword, err = passwords.Hash(ctx, d.FTPPassword); err != nil {
			return nil, nil, nil, err
		}
		r.Certificates = []string{print}
		r.Networks = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
		r.Postal = registry.Postal{Name: r.Name, Street: []string{"Calle 100 # 8A-49"}, City: "Bogota", Postcode: "110221", Country: "CO"}
		registrars, known = append(registrars, r), append(known, d)
	}
	return registrars, known, files, nil
}

// readMessages empties the queues of the demo's registrars: of what happened before it began they have heard.
func readMessages(ctx context.Context, core *registryCore) error {
	for _, who := range []registry.RegistrarID{firstRegistrar, secondRegistrar} {
		for {
			reply, err := core.service.Ask(ctx, who, flow.PollRequest{})
			if err != nil {
				return fmt.Errorf("read the messages of %s: %w", who, err)
			}
			polled, waits := reply.(flow.Polled)
			if !waits {
				break
			}
			read := flow.PollAck{ID: strconv.FormatInt(polled.Message.ID, 10)}
			if _, err := core.service.Run(ctx, flow.Request{Registrar: who, SvTRID: core.trid(), Command: read}); err != nil {
				return fmt.Errorf("read the messages of %s: %w", who, err)
			}
		}
	}
	return nil
}
