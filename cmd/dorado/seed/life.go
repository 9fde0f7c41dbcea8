package seed

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

const day = 24 * time.Hour

// A provider is a company whose name servers many names share.
type provider []names.Name

// A million names have some thousands of hosts, and a small registry has enough to tell them apart.
const (
	namesOfProvider = 800 // the mean
	leastProviders  = 12
	hostTLD         = "example" // RFC 6761: nobody's
)

// share makes the hosts and contacts that many names share.
func (s *Seeder) share() error {
	began := s.config.Now.Add(-Past + 2*day)
	count := max(leastProviders, s.config.Names/namesOfProvider)
	s.popularity = rand.NewZipf(s.rand, 1.1, 3, uint64(count-1))
	for i := range count {
		label := s.hostLabels.label()
		for !s.hostLabels.take(label + "." + hostTLD) {
			label += pick(s.rand, s.data.Words["ending"])
		}
		p := make(provider, 2+s.rand.IntN(3))
		for j := range p {
			name, err := names.Parse("ns" + strconv.Itoa(j+1) + "." + label + "." + hostTLD)
			if err != nil {
				return err
			}
			p[j] = name
			who := s.config.Registrars[i%len(s.config.Registrars)].ID
			if err := s.run(began.Add(time.Duration(i)*time.Second), who, flow.HostCreate{Name: name}); err != nil {
				return err
			}
		}
		s.providers = append(s.providers, p)
	}
	for _, r := range s.config.Registrars {
		if err := s.run(began, r.ID, s.contact(technical(r.ID))); err != nil {
			return err
		}
	}
	s.memory.share()
	return nil
}

// technical is the id of a registrar's own technical contact.
func technical(id registry.RegistrarID) string { return "TECH-" + string(id) }

// namesOfOne draws how many names a registrant has: half have one, a few have dozens, and three is
// the mean.
func (s *Seeder) namesOfOne() int {
	switch p := s.rand.Float64(); {
	case p < 0.56:
		return 1
	case p < 0.75:
		return 2
	case p < 0.92:
		return 3 + s.rand.IntN(3)
	case p < 0.99:
		return 6 + s.rand.IntN(12)
	}
	return 18 + s.rand.IntN(40)
}

// A registrant is who holds the names of one life.
type registrant struct {
	id       string
	sponsor  registry.RegistrarID
	tech     string
	provider provider
}

// registrant makes one registrant with so many names.
func (s *Seeder) registrant(n int) error {
	s.registrants++
	r := registrant{
		id:       fmt.Sprintf("R%08d", s.registrants),
		sponsor:  s.config.Registrars[s.shares.draw(s.rand)].ID,
		provider: s.providers[s.popularity.Uint64()],
	}
	r.tech = r.id
	if s.rand.IntN(2) == 0 {
		r.tech = technical(r.sponsor)
	}
	instants := make([]time.Time, n)
	for i := range instants {
		instants[i] = s.created()
	}
	slices.SortFunc(instants, time.Time.Compare)
	if err := s.run(instants[0].Add(-s.upTo(time.Hour)), r.sponsor, s.contact(r.id)); err != nil {
		return err
	}
	for _, at := range instants {
		if err := s.name(r, at); err != nil {
			return err
		}
	}
	return s.settle()
}

// created draws when a name was registered. Every second name is in its first year, since many are
// not renewed.
func (s *Seeder) created() time.Time {
	if s.config.Together {
		return s.config.Now.Add(-togetherAgo).Truncate(day).Add(s.upTo(day - time.Second))
	}
	u := s.rand.Float64()
	age := time.Duration(u * (0.2 + 0.8*u*u) * float64(Past-60*day))
	return s.config.Now.Add(-age - time.Minute).Truncate(time.Second)
}

// togetherAgo is how long ago the day is on which names that expire together were registered: their add grace
// is over.
const togetherAgo = 30 * day

// upTo draws a whole number of seconds below a span, one at least.
func (s *Seeder) upTo(d time.Duration) time.Duration {
	return time.Second * time.Duration(1+s.rand.Int64N(int64(d/time.Second)))
}

// A step is one command of a name's life.
type step struct {
	at      time.Time
	command flow.Command
}

// name makes the life of one name.
func (s *Seeder) name(r registrant, created time.Time) error {
	name := s.labels.name()
	years := s.years()
	if s.config.Together {
		years = 1
	}
	create := flow.DomainCreate{
		Name: name, Years: years, Registrant: r.id, AuthInfo: s.authInfo(),
		Contacts: []flow.Role{{Role: "admin", ID: r.id}, {Role: "tech", ID: r.tech}},
	}
	if s.rand.IntN(signedOneOf) == 0 {
		create.DS = []registry.DSRecord{{DS: s.signer()}}
	}
	steps := []step{}
	switch p := s.rand.Float64(); {
	case p < 0.03: // no name servers yet
	case p < 0.06:
		steps = s.ownHosts(name, created)
	case p < 0.20:
		create.Nameservers = s.providers[s.popularity.Uint64()]
	default:
		create.Nameservers = r.provider
	}
	steps = append(steps, s.statuses(name, created)...)
	steps = append(steps, s.renewals(name, lifecycle.FirstExpiry(created, years))...)
	steps = s.deleted(name, created, steps)
	slices.SortStableFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	for _, step := range append([]step{{created, create}}, steps...) {
		if step.at.After(s.config.Now) {
			break
		}
		if err := s.run(step.at, r.sponsor, step.command); err != nil {
			return err
		}
	}
	return nil
}

// years draws the term of a registration.
func (s *Seeder) years() int {
	terms := s.service.Profile.At(s.config.Now)
	years := 1
	switch p := s.rand.Float64(); {
	case p < 0.76:
	case p < 0.89:
		years = 2
	case p < 0.94:
		years = 3
	case p < 0.95:
		years = 4
	default:
		years = 5
	}
	return min(max(years, terms.MinYears), terms.MaxYears)
}

// signedOneOf is how few names have a DS: a twentieth, as below many country codes.
const signedOneOf = 20

// signer makes up a DS of today's most common kind. RFC 6605, RFC 4509.
func (s *Seeder) signer() registry.DS {
	const ecdsaP256, sha256 = 13, 2
	digest := make([]byte, 0, 32)
	for range 4 {
		digest = binary.BigEndian.AppendUint64(digest, s.rand.Uint64())
	}
	return registry.DS{
		KeyTag: uint16(s.rand.Uint32()), Algorithm: ecdsaP256, DigestType: sha256,
		Digest: strings.ToUpper(hex.EncodeToString(digest)),
	}
}

// ownHosts delegates a name to two hosts below itself, with addresses for documentation. RFC 5737,
// RFC 3849.
func (s *Seeder) ownHosts(name names.Name, created time.Time) []step {
	var steps []step
	var hosts []names.Name
	for i := 1; i <= 2; i++ {
		host := names.MustParse("ns" + strconv.Itoa(i) + "." + name.String())
		last := byte(1 + s.rand.IntN(254))
		addresses := []netip.Addr{netip.AddrFrom4([4]byte{198, 51, 100, last})}
		if s.rand.IntN(3) == 0 {
			v6 := netip.MustParseAddr("2001:db8::").As16()
			v6[7], v6[15] = byte(s.rand.IntN(256)), last
			addresses = append(addresses, netip.AddrFrom16(v6))
		}
		steps = append(steps, step{created.Add(time.Duration(i) * time.Second), flow.HostCreate{Name: host, Addresses: addresses}})
		hosts = append(hosts, host)
	}
	return append(steps, step{created.Add(5 * time.Second), flow.DomainUpdate{Name: name, Add: flow.DomainEdit{Nameservers: hosts}}})
}

// statuses locks a fifth of the names against transfers, and holds one of a hundred.
func (s *Seeder) statuses(name names.Name, created time.Time) []step {
	set := func(at time.Time, status registry.Status) step {
		return step{at, flow.DomainUpdate{Name: name, Add: flow.DomainEdit{Statuses: []registry.Status{status}}}}
	}
	var steps []step
	if s.rand.IntN(5) == 0 {
		steps = append(steps, set(created.Add(s.upTo(10*time.Minute)+6*time.Second), registry.ClientTransferProhibited))
	}
	if s.rand.IntN(100) == 0 {
		steps = append(steps, set(created.Add(s.upTo(300*day)), registry.ClientHold))
	}
	return steps
}

// renewals renews two of five times before the name expires; otherwise time does it.
func (s *Seeder) renewals(name names.Name, expires time.Time) []step {
	var steps []step
	for ; !expires.After(s.config.Now); expires = lifecycle.AddYears(expires, 1) {
		if s.rand.IntN(5) < 2 {
			steps = append(steps, step{
				expires.Add(-s.upTo(30 * day)), flow.DomainRenew{Name: name, CurrentExpiry: expires, Years: 1},
			})
		}
	}
	return steps
}

// deleted deletes one of fifty names, now in redemption or pending delete: nothing else is done to
// it afterwards.
func (s *Seeder) deleted(name names.Name, created time.Time, steps []step) []step {
	terms := s.service.Profile.At(s.config.Now)
	waiting := terms.Redemption + terms.PendingDelete
	if s.config.Together || waiting < 1 || s.rand.IntN(50) > 0 {
		return steps
	}
	at := s.config.Now.Add(-s.upTo(time.Duration(waiting) * day))
	if at.Before(terms.AddGrace.After(created).Add(day)) {
		return steps
	}
	steps = slices.DeleteFunc(steps, func(s step) bool { return !s.at.Before(at) })
	return append(steps, step{at, flow.DomainDelete{Name: name}})
}

// authInfo makes up a secret that nobody is told.
func (s *Seeder) authInfo() string {
	return strconv.FormatUint(s.rand.Uint64(), 36) + "-" + strconv.FormatUint(s.rand.Uint64(), 36)
}

// contact makes up a person, of whom two in five are for a company.
func (s *Seeder) contact(id string) flow.ContactCreate {
	r, words := s.rand, s.data.Words
	first, last := pick(r, words["first"]), pick(r, words["last"])
	city := s.data.Cities[s.cities.draw(r)]
	postal := registry.Postal{
		Name:   capital(first) + " " + capital(last),
		Street: []string{fmt.Sprintf("%s %d # %d-%d", pick(r, s.data.Streets), 1+r.IntN(180), 1+r.IntN(120), 1+r.IntN(99))},
		City:   city.Name, Province: city.Province, Postcode: fmt.Sprintf("%s%02d", city.Postcode, r.IntN(100)), Country: city.Country,
	}
	if r.IntN(5) < 2 {
		postal.Org = capital(pick(r, words["spanish"])) + " " + capital(pick(r, words["adjective"])) + " " + pick(r, s.data.Forms)
	}
	return flow.ContactCreate{
		ID: id, Int: &postal, AuthInfo: s.authInfo(),
		Voice: &registry.Phone{Number: fmt.Sprintf("%s%04d", city.Phone, r.IntN(10000))},
		Email: fmt.Sprintf("%s.%s%d@%s.example", first, last, r.IntN(1000), pick(r, words["english"])),
	}
}

func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }
