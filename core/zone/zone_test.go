package zone_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"example.org/dorado/core/zone"
)

// prints signs with a hash of what it signs, so that two versions can be compared, signatures and all.
type prints struct{}

func (p prints) Sign(jobs []zone.Job) error {
	for i, j := range jobs {
		jobs[i].Sigs = [][]byte{p.print(j.Owner, j.RRset)}
	}
	return nil
}

func (p prints) print(owner zone.Name, s zone.RRset) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%q %d %d %x", owner, s.Type, s.TTL, s.Data)
	return h.Sum(binary.BigEndian.AppendUint16(nil, s.Type))
}

func (p prints) Good(owner zone.Name, s zone.RRset) bool {
	return len(s.Sigs) == 1 && string(s.Sigs[0]) == string(p.print(owner, s))
}

func name(t interface{ Fatal(...any) }, text string) zone.Name {
	n, err := zone.ParseName(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func set(kind uint16, data ...string) zone.RRset {
	s := zone.RRset{Type: kind, TTL: 3600}
	for _, d := range data {
		s.Data = append(s.Data, []byte(d))
	}
	return s
}

// apex is what every zone has at its own name.
func apex(t interface{ Fatal(...any) }, origin string) []zone.Change {
	o := name(t, origin)
	soa := append([]byte(name(t, "ns1.nic."+origin)+name(t, "hostmaster.nic."+origin)), make([]byte, 20)...)
	binary.BigEndian.PutUint32(soa[len(soa)-4:], 900)
	return []zone.Change{
		{Owner: o, RRset: zone.RRset{Type: zone.TypeSOA, TTL: 900, Data: [][]byte{soa}}},
		{Owner: o, RRset: set(zone.TypeNS, string(name(t, "ns1.nic."+origin)))},
		{Owner: o, RRset: set(zone.TypeNSEC3PARAM, string(zone.Param()))},
		{Owner: name(t, "ns1.nic."+origin), RRset: set(zone.TypeA, "\xc0\x00\x02\x01")},
	}
}

// draw returns a change of a name of a few, so that names meet: delegations, hosts below them, names below hosts.
func draw(t *rapid.T) zone.Change {
	owner := rapid.SampledFrom([]string{
		"a.co", "b.co", "c.co", "d.co", "e.co", "ns.a.co", "ns.b.co", "x.ns.a.co", "y.deep.c.co", "deep.c.co", "z.y.deep.c.co",
		"0123456789abcdefghijklmnopqrstuv.co",
	}).Draw(t, "owner")
	kind := rapid.SampledFrom([]uint16{zone.TypeNS, zone.TypeDS, zone.TypeA, zone.TypeAAAA}).Draw(t, "type")
	values := map[uint16][]string{
		zone.TypeNS: {string(name(t, "ns.a.co")), string(name(t, "ns.b.co")), string(name(t, "ns.example.net"))},
		zone.TypeDS: {"\x00\x01\x08\x02one", "\x00\x02\x08\x02two"},
		zone.TypeA:  {"\x7f\x00\x00\x01", "\x7f\x00\x00\x02"}, zone.TypeAAAA: {"1234567890123456"},
	}
	data := rapid.SliceOfNDistinct(rapid.SampledFrom(values[kind]), 0, 2, rapid.ID).Draw(t, "data")
	s := set(kind, data...)
	s.TTL = rapid.SampledFrom([]uint32{3600, 60}).Draw(t, "ttl")
	return zone.Change{Owner: name(t, owner), RRset: s}
}

// records are all of a version as text.
func records(v *zone.Version) []string {
	var list []string
	v.Records(func(r zone.Record) bool {
		list = append(list, fmt.Sprintf("%s %d %d %x", r.Owner, r.TTL, r.Type, r.Data))
		return true
	})
	return list
}

func next(t interface{ Fatal(...any) }, e *zone.Editor, u zone.Update) *zone.Step {
	s, err := e.Next(u)
	if err != nil {
		t.Fatal(err)
	}
	if s != nil {
		e.Take(s)
	}
	return s
}

// A version that came about by many small changes is, record by record, the one that is made of the same data at once.
// What was kept of it on the way, as pages of any serials and the differences after, gives it back.
func TestSmallStepsComeToTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		signer := prints{}
		e := zone.NewEditor(zone.Empty(name(t, "co")))
		next(t, e, zone.Update{Changes: apex(t, "co"), Serial: 1, Signer: signer})
		data := map[string]zone.Change{}
		versions, diffs := []*zone.Version{e.Version()}, []zone.Diff{{}}
		for serial := uint32(2); serial < uint32(rapid.IntRange(2, 25).Draw(t, "serials")); serial++ {
			changes := rapid.SliceOfN(rapid.Custom(draw), 1, 4).Draw(t, "changes")
			for _, c := range changes {
				data[fmt.Sprint(c.Owner, c.Type)] = c
			}
			old := e.Version()
			s, err := e.Next(zone.Update{Changes: changes, Serial: serial, Signer: signer})
			if err != nil {
				t.Fatal(err)
			}
			if s == nil {
				continue
			}
			if rapid.IntRange(0, 9).Draw(t, "drop") == 0 {
				e.Drop(s)
				if s, err = e.Next(zone.Update{Changes: changes, Serial: serial, Signer: signer}); err != nil {
					t.Fatal(err)
				}
			}
			e.Take(s)
			versions, diffs = append(versions, e.Version()), append(diffs, zone.Difference(old, e.Version()))
		}
		last := e.Version()
		fresh := zone.NewEditor(zone.Empty(name(t, "co")))
		all := slices.Concat(apex(t, "co"), slices.Collect(maps.Values(data)))
		next(t, fresh, zone.Update{Changes: all, Serial: last.Serial(), Signer: signer, LookAll: rapid.Bool().Draw(t, "all")})
		equal(t, records(last), records(fresh.Version()))
		equal(t, records(readBack(t, versions, diffs)), records(last))
		checkCondensed(t, versions, diffs)
		checkChain(t, last)
	})
}

// checkCondensed holds the one difference that is made of all from some serial on to that between the two versions.
func checkCondensed(t *rapid.T, versions []*zone.Version, diffs []zone.Diff) {
	base := rapid.IntRange(0, len(versions)-1).Draw(t, "condensed from")
	if base == len(versions)-1 {
		return
	}
	got, err := zone.Condense(diffs[base+1:])
	if err != nil {
		t.Fatal(err)
	}
	want := zone.Difference(versions[base], versions[len(versions)-1])
	if got.From != want.From || got.To != want.To {
		t.Fatalf("condensed from %d to %d, want %d to %d", got.From, got.To, want.From, want.To)
	}
	equal(t, wireRecords(t, got.Removed), wireRecords(t, want.Removed))
	equal(t, wireRecords(t, got.Added), wireRecords(t, want.Added))
}

// wireRecords are records of a difference as text: the SOA that begins them, then the others in order.
func wireRecords(t *rapid.T, records []byte) []string {
	var list []string
	err := zone.Read(records, func(r zone.Record) error {
		list = append(list, fmt.Sprintf("%s %d %d %x", r.Owner, r.TTL, r.Type, r.Data))
		return nil
	})
	if err != nil || !strings.Contains(list[0], " 6 ") {
		t.Fatalf("%v, the first record is %q", err, list[0])
	}
	slices.Sort(list[1:])
	return list
}

func equal(t interface{ Fatalf(string, ...any) }, got, want []string) {
	if !slices.Equal(got, want) {
		t.Fatalf("got:\n%q\nwant:\n%q", got, want)
	}
}

// readBack reads the last version from pages of versions from some serial on, and all differences after it.
func readBack(t *rapid.T, versions []*zone.Version, diffs []zone.Diff) *zone.Version {
	base := rapid.IntRange(0, len(versions)-1).Draw(t, "base")
	r := zone.NewReader(versions[0].Origin(), versions[base].Serial())
	newer := rapid.IntRange(base, len(versions)-1).Draw(t, "newer")
	changed := zone.ChangedPages(versions[base], versions[newer])
	for page := range zone.Pages {
		v := versions[base]
		if slices.Contains(changed, page) && rapid.Bool().Draw(t, "is newer") {
			v = versions[newer]
		}
		if err := r.Page(page, v.Serial(), v.Page(page)); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range diffs[base+1:] {
		if err := r.Diff(d); err != nil {
			t.Fatal(err)
		}
	}
	v, err := r.Version()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// checkChain holds the chain to be closed: each record leads to the next, the last to the first.
func checkChain(t *rapid.T, v *zone.Version) {
	var owners, nexts []zone.Hash
	v.Chain(func(owner zone.Hash, link zone.Set) bool {
		data := link.RRset().Data[0]
		owners, nexts = append(owners, owner), append(nexts, zone.Hash(data[6:26]))
		return true
	})
	for i, n := range nexts {
		if n != owners[(i+1)%len(owners)] {
			t.Fatalf("the record of %x leads to %x, not to %x", owners[i], n, owners[(i+1)%len(owners)])
		}
	}
}

// Signatures go when the signer goes, and with them the chain.
func TestUnsigned(t *testing.T) {
	e := zone.NewEditor(zone.Empty(name(t, "co")))
	changes := append(apex(t, "co"), zone.Change{Owner: name(t, "a.co"), RRset: set(zone.TypeDS, "\x00\x01\x08\x02one")},
		zone.Change{Owner: name(t, "a.co"), RRset: set(zone.TypeNS, string(name(t, "ns.example.net")))})
	next(t, e, zone.Update{Changes: changes, Serial: 1, Signer: prints{}})
	if e.Version().Links() != 4 { // apex, a, nic, ns1.nic
		t.Fatalf("%d NSEC3 records", e.Version().Links())
	}
	next(t, e, zone.Update{LookAll: true, Serial: 2})
	if e.Version().Links() != 0 || len(records(e.Version())) != 6 {
		t.Errorf("unsigned: %q", records(e.Version()))
	}
	if s := next(t, e, zone.Update{LookAll: true, Serial: 3}); s != nil {
		t.Errorf("a look at what is right makes serial %d", s.New.Serial())
	}
}
