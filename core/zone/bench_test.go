package zone_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"

	"example.org/dorado/core/zone"
)

// benchNames is how many delegations the benchmarks have; BENCH_NAMES sets it.
func benchNames() int {
	if n, err := strconv.Atoi(os.Getenv("BENCH_NAMES")); err == nil {
		return n
	}
	return 100_000
}

// fixedSize signs with 256 octets, as RSA with 2048 bits does, in no time.
type fixedSize struct{}

func (fixedSize) Sign(jobs []zone.Job) error {
	for i := range jobs {
		jobs[i].Sigs = [][]byte{make([]byte, 18+4+256)}
		jobs[i].Sigs[0][0], jobs[i].Sigs[0][1] = byte(jobs[i].Type>>8), byte(jobs[i].Type)
	}
	return nil
}

func (fixedSize) Good(zone.Name, zone.RRset) bool { return true }

// delegation returns what the n-th of many names has: two of a thousand name servers, and DS for one of twenty.
func delegation(b testing.TB, n int) []zone.Change {
	owner := name(b, fmt.Sprintf("%s%d.co", []string{"tienda", "cafe-de-", "hotel", "viajes-", "mi"}[n%5], n))
	host := func(i int) string { return string(name(b, fmt.Sprintf("ns%d.hosting%d.example.net", i, n%1000))) }
	list := []zone.Change{{Owner: owner, RRset: set(zone.TypeNS, host(1), host(2))}}
	if n%20 == 0 {
		list = append(list, zone.Change{Owner: owner, RRset: set(zone.TypeDS, fmt.Sprintf("\x12\x34\x0d\x02%032d", n))})
	}
	return list
}

func bigZone(b testing.TB) *zone.Editor {
	f := zone.NewFiller(name(b, "co"))
	put := func(list []zone.Change) {
		for _, c := range list {
			if err := f.Put(c); err != nil {
				b.Fatal(err)
			}
		}
	}
	put(apex(b, "co"))
	for n := range benchNames() {
		put(delegation(b, n))
	}
	v, err := f.Version()
	if err != nil {
		b.Fatal(err)
	}
	e := zone.NewEditor(v)
	next(b, e, zone.Update{Serial: 1, LookAll: true, Signer: fixedSize{}})
	return e
}

// What a zone takes to make, and how much memory.
func BenchmarkFill(b *testing.B) {
	for b.Loop() {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		e := bigZone(b)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(benchNames()), "B/name")
		b.ReportMetric(float64(e.Version().Bytes())/float64(benchNames()), "packed-B/name")
		runtime.KeepAlive(e)
	}
}

// What a change costs: one name gets a name server less or more, and with DS or none.
func BenchmarkChange(b *testing.B) {
	e := bigZone(b)
	serial := uint32(1)
	b.ReportAllocs()
	for b.Loop() {
		serial++
		list := delegation(b, int(serial)*7919%benchNames())
		list[0].Data = list[0].Data[:1+serial%2]
		next(b, e, zone.Update{Changes: list, Serial: serial, Signer: fixedSize{}})
	}
}

// What it costs to find an answer with its proof.
func BenchmarkLookup(b *testing.B) {
	v := bigZone(b).Version()
	for _, kind := range []string{"referral", "nothing"} {
		b.Run(kind, func(b *testing.B) {
			var asked [][]byte
			for n := range 1000 {
				owner := delegation(b, n*7919%benchNames())[0].Owner
				if kind == "nothing" {
					owner = name(b, fmt.Sprintf("no%d.co", n))
				}
				asked = append(asked, []byte(name(b, "www."+owner.String())))
			}
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				r := v.Lookup(asked[n%len(asked)], zone.TypeA, true)
				if n++; r.Outcome == zone.Elsewhere {
					b.Fatal("it is in the zone")
				}
			}
		})
	}
}

// What it costs to read a kept zone.
func BenchmarkRead(b *testing.B) {
	v := bigZone(b).Version()
	var pages [zone.Pages][]byte
	for number := range pages {
		pages[number] = v.Page(number)
	}
	for b.Loop() {
		r := zone.NewReader(v.Origin(), v.Serial())
		for number, page := range pages {
			if err := r.Page(number, v.Serial(), page); err != nil {
				b.Fatal(err)
			}
		}
		read, err := r.Version()
		if err != nil || read.Names() != v.Names() {
			b.Fatal(err)
		}
		zone.NewEditor(read)
	}
}
