package flow_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// What a check costs, of one name and of fifty: half of them taken.
func BenchmarkDomainCheck(b *testing.B) {
	w := world.New(b, noon)
	for i := range 25 {
		w.Domain(world.Other, fmt.Sprintf("taken-%d.co", i))
	}
	for _, count := range []int{1, 50} {
		list := make([]string, count)
		for i := range list {
			list[i] = fmt.Sprintf("%s-%d.co", []string{"free", "taken"}[i%2], i/2)
		}
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w.Ask(world.Acme, flow.DomainCheck{Names: list}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What a create costs, of names at the standard price by 64 clients at once.
func BenchmarkDomainCreate(b *testing.B) {
	w := world.New(b, noon)
	w.Contact(world.Acme, "C")
	w.Deposit(world.Acme, 100_000_000_00, "bench")
	var n atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			name := world.Name(fmt.Sprintf("new-%d.co", n.Add(1)))
			_, err := w.Service.Run(b.Context(), flow.Request{Registrar: world.Acme, SvTRID: w.NewTRID(), Command: flow.DomainCreate{
				Name: name, Registrant: "C", Contacts: []flow.Role{{Role: "admin", ID: "C"}, {Role: "tech", ID: "C"}},
			}})
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
}
