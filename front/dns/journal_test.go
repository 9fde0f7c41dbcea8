package dns_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/world"
)

// lines are the records of a version as text, in order.
func lines(v *zone.Version) []string {
	var list []string
	v.Records(func(r zone.Record) bool {
		list = append(list, line(r))
		return true
	})
	slices.Sort(list)
	return list
}

func line(r zone.Record) string { return fmt.Sprintf("%s %d %d %x", r.Owner, r.TTL, r.Type, r.Data) }

// patched are the records that differences make of others.
func patched(t *testing.T, from []string, diffs []zone.Diff) []string {
	t.Helper()
	has := map[string]bool{}
	for _, line := range from {
		has[line] = true
	}
	for _, d := range diffs {
		apply := func(records []byte, in bool) {
			err := zone.Read(records, func(r zone.Record) error {
				line := line(r)
				if has[line] == in {
					return fmt.Errorf("serial %d: %s is there: %v", d.To, line, in)
				}
				has[line] = in
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		apply(d.Removed, false)
		apply(d.Added, true)
	}
	var list []string
	for line, in := range has {
		if in {
			list = append(list, line)
		}
	}
	slices.Sort(list)
	return list
}

// change does something at random to one of a few names and their hosts.
func change(w *world.World, random *rand.Rand) {
	name := fmt.Sprintf("name%d.co", random.IntN(8))
	host := fmt.Sprintf("ns.name%d.co", random.IntN(4))
	edit := flow.DomainEdit{Nameservers: world.Names(host)}
	switch random.IntN(10) {
	case 0, 1:
		_, _ = w.Run(world.Acme, flow.DomainUpdate{Name: world.Name(name), Add: edit})
	case 2:
		_, _ = w.Run(world.Acme, flow.DomainUpdate{Name: world.Name(name), Remove: edit})
	case 3:
		_, _ = w.Run(world.Acme, flow.DomainUpdate{Name: world.Name(name), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}}})
	case 4:
		_, _ = w.Run(world.Acme, flow.DomainUpdate{Name: world.Name(name), Remove: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}}})
	case 5:
		_, _ = w.Run(world.Acme, flow.HostUpdate{Name: world.Name(host), Add: flow.HostEdit{Addresses: addresses(fmt.Sprintf("192.0.2.%d", random.IntN(9)))}})
	case 7, 8:
		records := []registry.DSRecord{{DS: signer(random.IntN(3))}}
		_, _ = w.Run(world.Acme, flow.DomainUpdate{Name: world.Name(name), DS: flow.SignerEdit{Add: records}})
	case 9:
		_, _ = w.Run(world.Acme, flow.DomainUpdate{Name: world.Name(name), DS: flow.SignerEdit{Remove: []registry.DS{signer(random.IntN(3))}}})
	case 6:
		_, _ = w.Run(world.Acme, flow.HostUpdate{Name: world.Name(host), NewName: world.Name(fmt.Sprintf("ns.name%d.co", random.IntN(4)))})
	}
}

// busy is a world with some names and hosts to change.
func busy(t *testing.T) *world.World {
	w := world.New(t, noon)
	for i := range 8 {
		w.Domain(world.Acme, fmt.Sprintf("name%d.co", i))
	}
	for i := range 2 {
		w.Host(world.Acme, fmt.Sprintf("ns.name%d.co", i), "192.0.2.200")
	}
	return w
}

// After any changes and restarts the zone is what the registry says, made anew; and from every serial that is kept the
// differences lead exactly to it.
func TestJournal(t *testing.T) {
	for _, signed := range []bool{false, true} {
		t.Run(fmt.Sprintf("signed=%v", signed), func(t *testing.T) { journal(t, signed) })
	}
}

// start returns a loaded server on a world, which signs the zones or not.
func start(w *world.World, signed bool) *dns.Server {
	w.T.Helper()
	c := config(w)
	if signed {
		c.Keys = newKeyring(w, compressed())
	}
	s, err := dns.New(c)
	if err == nil {
		err = s.Load(context.Background())
	}
	if err != nil {
		w.T.Fatal(err)
	}
	return s
}

func journal(t *testing.T, signed bool) {
	w := busy(t)
	random := rand.New(rand.NewPCG(1, 2))
	s := start(w, signed)
	type past struct {
		serial uint32
		lines  []string
	}
	var history []past
	for i := range 200 {
		for range 1 + random.IntN(3) {
			change(w, random)
		}
		publish(t, s)
		if v := s.Served("co"); len(history) == 0 || history[len(history)-1].serial != v.Serial() {
			history = append(history, past{v.Serial(), lines(v)})
		}
		switch {
		case i%10 == 5:
			if err := s.KeepNow(context.Background()); err != nil {
				t.Fatal(err)
			}
		case i%10 == 9:
			s = start(w, signed)
		}
		if signed {
			checkSigned(t, s.Served("co"), w.Now())
		}
		now := lines(s.Served("co"))
		if fresh := s.Fresh(t, "co", line); !slices.Equal(unsigned(now), unsigned(fresh)) {
			t.Fatalf("step %d: served\n%q\nwant\n%q", i, now, fresh)
		}
		if now := history[len(history)-1]; now.serial != s.Served("co").Serial() || !slices.Equal(now.lines, lines(s.Served("co"))) {
			t.Fatalf("step %d: a restart made serial %d of %d, or other records", i, s.Served("co").Serial(), now.serial)
		}
	}
	if len(history) < 60 {
		t.Fatalf("only %d serials", len(history))
	}
	for i, then := range history[:len(history)-1] {
		diffs, err := s.Diffs(context.Background(), "co", then.serial)
		if err != nil || len(diffs) != len(history)-1-i {
			t.Fatalf("from serial %d there are %d differences, want %d: %v", then.serial, len(diffs), len(history)-1-i, err)
		}
		if got, want := patched(t, then.lines, diffs), history[len(history)-1].lines; !slices.Equal(got, want) {
			t.Fatalf("from serial %d they lead to\n%q\nwant\n%q", then.serial, got, want)
		}
	}
	if wrong, err := s.Compare(context.Background()); err != nil || len(wrong) > 0 {
		t.Errorf("compared with the registry: %v, %v", wrong, err)
	}
}

// unsigned leaves out the SOA, whose serial differs, and what signing brings.
func unsigned(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(line string) bool {
		var owner string
		var ttl int
		var kind uint16
		_, _ = fmt.Sscan(line, &owner, &ttl, &kind)
		return slices.Contains([]uint16{
			zone.TypeSOA, zone.TypeRRSIG, zone.TypeNSEC3, zone.TypeNSEC3PARAM, zone.TypeDNSKEY, zone.TypeCDS, zone.TypeCDNSKEY,
		}, kind) || kind == zone.TypeDS && owner == "com.co."
	})
}

// checkSigned holds each set of a zone to its signatures: those that need some have one that is right, others have
// none.
func checkSigned(t *testing.T, v *zone.Version, now time.Time) {
	t.Helper()
	keys := v.Apex().Set(zone.TypeDNSKEY).RRset().Data
	check := func(owner zone.Name, set zone.Set, signed bool) {
		t.Helper()
		s := set.RRset()
		if (len(s.Sigs) > 0) != signed {
			t.Fatalf("serial %d: %s type %d has %d signatures", v.Serial(), owner, s.Type, len(s.Sigs))
		}
		for _, sig := range s.Sigs {
			right := false
			for _, key := range keys {
				right = right || dnssec.Verify(v.Origin(), zone.Job{Owner: owner, RRset: s}, sig, key, now) == nil
			}
			if !right {
				t.Fatalf("serial %d: a signature of %s type %d is not right", v.Serial(), owner, s.Type)
			}
		}
	}
	hidden := func(owner zone.Name) bool {
		for n := owner; n != v.Origin(); {
			if n = n.Parent(); n != v.Origin() && v.Node(n) != nil && v.Node(n).Set(zone.TypeNS) != nil {
				return true
			}
		}
		return false
	}
	v.Nodes(func(n zone.Node) bool {
		owner := n.Owner(v.Origin())
		cut := owner != v.Origin() && n.Set(zone.TypeNS) != nil
		n.Sets(func(set zone.Set) bool {
			check(owner, set, !(owner != v.Origin() && hidden(owner)) && (!cut || set.Type() == zone.TypeDS))
			return true
		})
		return true
	})
	v.Chain(func(h zone.Hash, link zone.Set) bool { check(h.Owner(v.Origin()), link, true); return true })
	if v.Links() == 0 {
		t.Fatal("there is no chain")
	}
}

// Every database operation of a publication fails once, and the answer of its commit gets lost, with and without the
// commit: afterwards the zone that is served, the one that is kept and the registry agree, no serial has stood for two
// contents, and none went back.
func TestJournalFaults(t *testing.T) {
	faulty := func(name string, signed bool, fail func(*world.World)) (operations int) {
		t.Run(name, func(t *testing.T) { operations = publishFaulty(t, name, signed, fail) })
		return operations
	}
	for _, signed := range []bool{false, true} {
		for n := 0; ; n++ {
			name := fmt.Sprintf("operation %d, signed=%v", n, signed)
			if faulty(name, signed, func(w *world.World) { w.Fault.After(n) }) <= n {
				break
			}
		}
	}
	if _, postgres := pg.Chosen(t); !postgres {
		return
	}
	faulty("the commit is lost", true, func(w *world.World) { w.Fault.LoseCommit(world.IsLost) })
	faulty("the answer of the commit is lost", true, func(w *world.World) { w.Fault.LoseCommit(world.TakesEffect) })
}

func publishFaulty(t *testing.T, name string, signed bool, fail func(*world.World)) (operations int) {
	t.Helper()
	w := busy(t)
	delegate(w, world.Acme, "name1.co", "ns.name0.co")
	s := start(w, signed)
	seen := map[uint32][]string{}
	last := uint32(0)
	look := func(s *dns.Server) {
		t.Helper()
		v := s.Served("co")
		if had, is := seen[v.Serial()]; is && !slices.Equal(had, lines(v)) {
			t.Fatalf("%s: serial %d has two contents:\n%q\n%q", name, v.Serial(), had, lines(v))
		}
		if v.Serial() < last {
			t.Fatalf("%s: serial %d after %d", name, v.Serial(), last)
		}
		last = v.Serial()
		seen[last] = lines(v)
	}
	look(s)
	delegate(w, world.Acme, "name2.co", "ns.name1.co")
	setStatus(w, "name1.co", registry.ClientHold)
	fail(w)
	_ = s.Publish(context.Background()) // what it says depends on what failed
	operations = w.Fault.Disarm()
	look(s)
	publish(t, s)
	look(s)
	if got, want := unsigned(lines(s.Served("co"))), unsigned(s.Fresh(t, "co", line)); !slices.Equal(got, want) {
		t.Fatalf("%s: served\n%q\nwant\n%q", name, got, want)
	}
	look(start(w, signed))
	return operations
}
