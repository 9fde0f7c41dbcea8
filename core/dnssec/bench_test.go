package dnssec_test

import (
	"fmt"
	"testing"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
)

// BenchmarkSign is how many signatures two workers make, by algorithm.
func BenchmarkSign(b *testing.B) {
	for _, algorithm := range []uint8{dnssec.RSASHA256, dnssec.ECDSAP256SHA256, dnssec.Ed25519} {
		b.Run(dnssec.AlgorithmName(algorithm), func(b *testing.B) {
			s := newSigner(b, dnssec.DefaultPolicy(), at(noon), newPair(b, 1, registry.KSK, algorithm).inUse(), newPair(b, 2, registry.ZSK, algorithm).inUse())
			jobs := make([]zone.Job, 512)
			for i := range jobs {
				jobs[i] = zone.Job{Owner: name(b, fmt.Sprintf("n%d.co", i)), RRset: zone.RRset{Type: zone.TypeDS, TTL: 60, Data: [][]byte{{1, 2, 8, 2, 9}}}}
			}
			b.ResetTimer()
			for range b.N {
				if err := s.Sign(jobs); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*len(jobs))/b.Elapsed().Seconds(), "signatures/s")
		})
	}
}

// BenchmarkStale is a look at all signatures of a zone of 200,000 delegations, one in twenty of them with DS.
func BenchmarkStale(b *testing.B) {
	s := newSigner(b, dnssec.DefaultPolicy(), at(noon), newPair(b, 1, registry.KSK, 15).inUse(), newPair(b, 2, registry.ZSK, 15).inUse())
	co := name(b, "co")
	e := zone.NewEditor(zone.Empty(co))
	soa := append([]byte(co+co), make([]byte, 20)...)
	changes := []zone.Change{{Owner: co, RRset: zone.RRset{Type: zone.TypeSOA, TTL: 60, Data: [][]byte{soa}}}}
	for i := range 200_000 {
		owner := name(b, fmt.Sprintf("n%d.co", i))
		changes = append(changes, zone.Change{Owner: owner, RRset: zone.RRset{Type: zone.TypeNS, TTL: 60, Data: [][]byte{[]byte(co)}}})
		if i%20 == 0 {
			changes = append(changes, zone.Change{Owner: owner, RRset: zone.RRset{Type: zone.TypeDS, TTL: 60, Data: [][]byte{make([]byte, 36)}}})
		}
	}
	step, err := e.Next(zone.Update{Changes: changes, Serial: 1, Signer: s})
	if err != nil {
		b.Fatal(err)
	}
	e.Take(step)
	b.ResetTimer()
	for range b.N {
		if scan := dnssec.Stale(e.Version(), s, 1000, noon); len(scan.Names)+len(scan.Links) > 0 {
			b.Fatal("signatures that were just made are stale")
		}
	}
}
