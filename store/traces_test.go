package store_test

import (
	"testing"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// What was read before a commit is known to be old as soon as the commit is told of, by everything that the commit changed
// and by nothing else; on other nodes a second later.
func TestTraces(t *testing.T) {
	w := world.Empty(t)
	nodes := []*store.DB{w.DB}
	if w.Postgres {
		nodes = append(nodes, w.Open(nil))
	}
	write(t, w, base())
	for _, db := range nodes {
		eventually(t, "what is known is sure", func() bool { _, sure := db.Seen(); return sure })
	}
	d, h, c := base().Domains[0], base().Hosts[0], base().Contacts[0]
	r := base().Registrars[0]
	name := func(n names.Name) []registry.Trace { return []registry.Trace{registry.DomainTrace(n)} }
	for _, test := range []struct {
		name    string
		changes registry.Changes
		things  []registry.Trace
		changed bool
	}{
		{"a name", registry.Changes{Domains: []registry.Domain{d.Next()}}, name(d.Name), true},
		{"any name", registry.Changes{Domains: []registry.Domain{d.Next().Next()}}, []registry.Trace{registry.AnyTrace('d')}, true},
		{"another name", registry.Changes{Domains: []registry.Domain{d.Next().Next().Next()}}, name(world.Name("free.co")), false},
		{"a name and its contacts", registry.Changes{Contacts: []registry.Contact{c.Next()}}, append(name(d.Name), registry.ObjectTrace(c.ROID)), true},
		{"a host by itself", registry.Changes{Hosts: []registry.Host{h.Next()}}, []registry.Trace{registry.ObjectTrace(h.ROID)}, true},
		{"a host by name", registry.Changes{Hosts: []registry.Host{h.Next().Next()}}, []registry.Trace{registry.HostTrace(h.Name)}, true},
		{"a registrar", registry.Changes{Registrars: []registry.Registrar{next(r)}}, []registry.Trace{registry.RegistrarTrace(r.ID)}, true},
		{"any registrar", registry.Changes{Registrars: []registry.Registrar{next(next(r))}}, []registry.Trace{registry.AnyTrace('r')}, true},
		{"a name beside a registrar", registry.Changes{Registrars: []registry.Registrar{next(next(next(r)))}}, name(world.Name("free.co")), false},
	} {
		var seen []uint64
		for _, db := range nodes {
			var number uint64
			eventually(t, test.name+" before it is changed", func() bool { // a node hears of its own commits, too
				number, _ = db.Seen()
				return db.Unchanged(number, test.things)
			})
			seen = append(seen, number)
		}
		write(t, w, test.changes)
		if got := !nodes[0].Unchanged(seen[0], test.things); got != test.changed {
			t.Errorf("%s: the node that wrote says changed %t, want %t", test.name, got, test.changed)
		}
		for i, db := range nodes[1:] {
			if test.changed {
				eventually(t, test.name+" on another node", func() bool { return !db.Unchanged(seen[i+1], test.things) })
			}
		}
	}
}

func next(r registry.Registrar) registry.Registrar {
	r.Version++
	return r
}

// A commit that nobody knows the end of makes everything old.
func TestTracesAfterDoubt(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	eventually(t, "what is known is sure", func() bool { _, sure := w.DB.Seen(); return sure })
	seen, _ := w.DB.Seen()
	store.Doubt(w.DB)
	if w.DB.Unchanged(seen, nil) {
		t.Error("what was seen before stands")
	}
	if seen, _ = w.DB.Seen(); !w.DB.Unchanged(seen, nil) {
		t.Error("what is seen afterwards does not stand")
	}
}
