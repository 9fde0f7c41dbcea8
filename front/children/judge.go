package children

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// atOnce is how many servers of one child are asked at a time.
const atOnce = 6

// probes is how many servers are tried to find one that says whether there is anything to look at.
const probes = 4

// A server is one name server at one address.
type server struct {
	name    names.Name
	address netip.Addr
}

func (s server) String() string { return s.name.String() + " " + s.address.String() }

// A sighting is what one server says of the apex of a child.
type sighting struct {
	server
	cds, cdnskey, dnskey, soa rrset
	err                       error // why it says nothing that counts
}

// A typed is a set with its type, also where it is empty.
type typed struct {
	kind uint16
	rrset
}

// wishes are the sets that say what a child asks for.
func (s sighting) wishes() []typed {
	return []typed{{mdns.TypeCDS, s.cds}, {mdns.TypeCDNSKEY, s.cdnskey}}
}

// errNothing is a child that asks for nothing.
var errNothing = errors.New("it has neither CDS nor CDNSKEY records")

// judge asks the servers of a child and judges what they say: first one of them whether there is anything to look at, as
// nearly always there is not, and then all. RFC 7344 section 4.1, RFC 9615 section 4.2.
func (l *look) judge(ctx context.Context) verdict {
	servers, err := l.servers(ctx)
	if err != nil {
		return verdict{result: registry.ChildUnreachable, why: err.Error()}
	}
	switch err := l.probe(ctx, servers); {
	case errors.Is(err, errNothing):
		return verdict{result: registry.ChildSilent, why: err.Error()}
	case err != nil:
		return verdict{result: registry.ChildUnreachable, why: err.Error()}
	}
	seen := l.gather(ctx, servers)
	if err := complete(seen); err != nil {
		return verdict{result: registry.ChildUnreachable, why: err.Error()}
	}
	seen = slices.DeleteFunc(seen, func(s sighting) bool { return s.err != nil })
	if err := consistent(seen); err != nil {
		return refused(err)
	}
	asked, err := wishOf(seen[0].cds, seen[0].cdnskey)
	switch {
	case err != nil:
		return refused(err)
	case !asked.exists:
		return verdict{result: registry.ChildSilent, why: errNothing.Error()}
	case sameDS(asked.ds, l.child.DS):
		return verdict{result: registry.ChildInStep, why: inStep(asked.ds), ds: asked.ds}
	}
	l.note("asked for", "%s", dsText(asked.ds))
	if len(l.child.DS) > 0 {
		return l.follow(seen, asked)
	}
	return l.bootstrap(ctx, seen, asked)
}

func refused(err error) verdict { return verdict{result: registry.ChildRefused, why: err.Error()} }

func inStep(list []registry.DS) string {
	if len(list) == 0 {
		return "it asks for no DS, and has none"
	}
	return "it asks for the DS that it has"
}

func dsText(list []registry.DS) string {
	if len(list) == 0 {
		return "no DS (RFC 8078 section 4)"
	}
	texts := make([]string, len(list))
	for i, ds := range list {
		texts[i] = ds.String()
	}
	return strings.Join(texts, ", ")
}

// servers returns the name servers of the delegation with their addresses: glue, or what a resolver says. Each name
// server has its share of the addresses that one scan may ask.
func (l *look) servers(ctx context.Context) ([]server, error) {
	var all []server
	share := max(1, l.limits.Servers/max(1, len(l.child.Servers)))
	for _, ns := range l.child.Servers {
		addresses := ns.Addresses
		if len(addresses) == 0 {
			var err error
			if addresses, err = l.scanner.resolver.addresses(ctx, ns.Name); err != nil {
				l.note(ns.Name.String(), "%s", err)
				return nil, fmt.Errorf("its name server %s: %w", ns.Name, err)
			}
		}
		for _, a := range fewest(addresses, share) {
			all = append(all, server{ns.Name, a})
		}
	}
	if len(all) == 0 {
		return nil, errors.New("it has no name servers")
	}
	return all, nil
}

// fewest returns up to n addresses, of both families in turn.
func fewest(addresses []netip.Addr, n int) []netip.Addr {
	var four, six, both []netip.Addr
	for _, a := range addresses {
		if a.Is4() {
			four = append(four, a)
		} else {
			six = append(six, a)
		}
	}
	for i := range max(len(four), len(six)) {
		both = append(both, four[min(i, len(four)):min(i+1, len(four))]...)
		both = append(both, six[min(i, len(six)):min(i+1, len(six))]...)
	}
	return both[:min(n, len(both))]
}

// probe asks servers until one says that there are CDS or CDNSKEY records, which is nil, or that there are none.
func (l *look) probe(ctx context.Context, servers []server) error {
	var last error
	begin := int(l.scanner.Chance() * float64(len(servers)))
	for i := range min(probes, len(servers)) {
		s := servers[(begin+i)%len(servers)]
		found := false
		var err error
		for _, kind := range []uint16{mdns.TypeCDS, mdns.TypeCDNSKEY} {
			var set rrset
			if set, err = l.read(ctx, s, kind); err != nil {
				break
			}
			found = found || len(set.records) > 0
		}
		switch {
		case err != nil:
			l.note(s.String(), "%s", err)
			last = fmt.Errorf("its name server %s: %w", s.name, err)
		case found:
			return nil
		default:
			l.note(s.String(), "neither CDS nor CDNSKEY records")
			return errNothing
		}
	}
	return last
}

// read asks a server for a set at the apex of the child.
func (l *look) read(ctx context.Context, s server, kind uint16) (rrset, error) {
	a := l.scanner.asker
	if err := a.turn(ctx, s.address, max(1, l.limits.PerAddress), l.insist); err != nil {
		return rrset{}, err
	}
	apex := absolute(l.child.Name.String())
	m, err := a.ask(ctx, question{to: netip.AddrPortFrom(s.address, dnsPort), name: apex, kind: kind})
	if err != nil {
		return rrset{}, err
	}
	if m.Rcode == mdns.RcodeSuccess && !m.Authoritative {
		return rrset{}, errors.New("the server is not authoritative for the zone")
	}
	return readSet(m, apex, kind)
}

// gather asks every server for all that is judged.
func (l *look) gather(ctx context.Context, servers []server) []sighting {
	seen := make([]sighting, len(servers))
	places := make(chan struct{}, atOnce)
	var running sync.WaitGroup
	for i, s := range servers {
		places <- struct{}{}
		running.Go(func() {
			defer func() { <-places }()
			seen[i] = l.sight(ctx, s)
		})
	}
	running.Wait()
	for _, s := range seen {
		if s.err != nil {
			l.note(s.String(), "%s", s.err)
			continue
		}
		l.note(s.String(), "%d CDS, %d CDNSKEY, %d DNSKEY records", len(s.cds.records), len(s.cdnskey.records), len(s.dnskey.records))
	}
	return seen
}

func (l *look) sight(ctx context.Context, from server) sighting {
	s := sighting{server: from}
	for _, ask := range []struct {
		kind uint16
		set  *rrset
	}{{mdns.TypeCDS, &s.cds}, {mdns.TypeCDNSKEY, &s.cdnskey}, {mdns.TypeDNSKEY, &s.dnskey}, {mdns.TypeSOA, &s.soa}} {
		if *ask.set, s.err = l.read(ctx, from, ask.kind); s.err != nil {
			break
		}
	}
	return s
}

// complete holds where every name server says something at one address at least, and none says what is no answer. An
// address that is out of reach beside one that answers may be our own lack of a path. RFC 9615 section 4.2 step 2.
func complete(seen []sighting) error {
	answered := map[names.Name]bool{}
	for _, s := range seen {
		if s.err != nil && !errors.Is(s.err, errSilent) {
			return fmt.Errorf("its name server %s at %s: %w", s.name, s.address, s.err)
		}
		answered[s.name] = answered[s.name] || s.err == nil
	}
	for _, s := range seen {
		if !answered[s.name] {
			return fmt.Errorf("its name server %s at %s: %w", s.name, s.address, s.err)
		}
	}
	return nil
}

// consistent holds where all servers have the same CDS and CDNSKEY records.
func consistent(seen []sighting) error {
	first := seen[0]
	for _, s := range seen[1:] {
		for i, set := range first.wishes() {
			if !slices.Equal(set.texts(), s.wishes()[i].texts()) {
				return fmt.Errorf("its name servers disagree: %s and %s have different %s records", first.server, s.server, mdns.TypeToString[set.kind])
			}
		}
	}
	return nil
}

// follow judges what a child asks for that has DS: on every server its records have to be signed by a key that these
// prove, and the DS that it asks for have to prove a key that signs. RFC 7344 section 4.1.
func (l *look) follow(seen []sighting, asked wish) verdict {
	now := l.began
	signed := make([]time.Time, len(seen))
	for i, s := range seen {
		trusted, err := trustedKeys(s, l.child.DS, believed(true), l.child.Name, now)
		if err != nil {
			return l.refuses(s, fmt.Errorf("under its present DS, %w", err))
		}
		if signed[i], err = signedSets(s, trusted, l.child.Name, now); err != nil {
			return l.refuses(s, fmt.Errorf("under its present DS, %w", err))
		}
		if err := goesOn(s, asked, l.child.Name, now); err != nil {
			return l.refuses(s, err)
		}
		l.note(s.String(), "signed by a key of the present DS")
	}
	oldest := slices.MinFunc(signed, time.Time.Compare)
	if oldest.Before(l.child.Signed) {
		return refused(fmt.Errorf("its records were signed on %s, before those that were taken last", oldest.UTC().Format(time.RFC3339)))
	}
	return verdict{result: registry.ChildChanged, why: "it asked for other DS: " + dsText(asked.ds), ds: asked.ds, basis: flow.ByChain, signed: oldest}
}

// refuses notes what is wrong at a server.
func (l *look) refuses(s sighting, err error) verdict {
	l.note(s.String(), "%s", err)
	return refused(fmt.Errorf("at its name server %s, %w", s.server, err))
}

// trustedKeys returns the keys of a zone that DS prove, where one of them has signed the DNSKEY records. RFC 4035 section 5.
func trustedKeys(s sighting, list []registry.DS, digests []uint8, zone names.Name, now time.Time) ([]*mdns.DNSKEY, error) {
	proven := vouchedFor(s.dnskey.keys(), list, digests)
	if len(proven) == 0 {
		return nil, errors.New("none of its DNSKEY records is proven by a DS")
	}
	var signing []*mdns.DNSKEY
	why := error(nil)
	for _, k := range proven {
		if _, err := s.dnskey.signedBy([]*mdns.DNSKEY{k}, absolute(zone.String()), now); err != nil {
			why = cmp.Or(why, err)
			continue
		}
		signing = append(signing, k)
	}
	if len(signing) == 0 {
		return nil, fmt.Errorf("its DNSKEY records: %w", why)
	}
	return signing, nil
}

// signedSets holds where the CDS and the CDNSKEY records that there are were signed by keys, and returns when, the older
// of both.
func signedSets(s sighting, keys []*mdns.DNSKEY, zone names.Name, now time.Time) (time.Time, error) {
	var oldest time.Time
	for _, set := range s.wishes() {
		if len(set.records) == 0 {
			continue
		}
		made, err := set.signedBy(keys, absolute(zone.String()), now)
		if err != nil {
			return made, fmt.Errorf("its %s records: %w", mdns.TypeToString[set.kind], err)
		}
		if oldest.IsZero() || made.Before(oldest) {
			oldest = made
		}
	}
	return oldest, nil
}

// goesOn holds where the zone can be validated under the DS that it asks for, at this server: one of them proves a key
// that signs the keys, and one of these signs the zone. RFC 7344 section 4.1, RFC 8078 section 5.
func goesOn(s sighting, asked wish, zone names.Name, now time.Time) error {
	if len(asked.ds) == 0 {
		return nil
	}
	if _, err := trustedKeys(s, asked.ds, believed(false), zone, now); err != nil {
		return fmt.Errorf("under the DS that it asks for, %w", err)
	}
	if len(s.soa.records) == 0 {
		return errors.New("it has no SOA record")
	}
	if _, err := s.soa.signedBy(s.dnskey.keys(), absolute(zone.String()), now); err != nil {
		return fmt.Errorf("its SOA record: %w", err)
	}
	return nil
}
