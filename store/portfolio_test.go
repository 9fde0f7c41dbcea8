package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// someNames fills a registry with names of a registrar, some of each sort.
func someNames(t *testing.T, w *world.World, count int) {
	t.Helper()
	created := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	err := w.DB.Fill(t.Context(), func(yield func(store.Life, error) bool) {
		host := registry.Host{ROID: "H900000001-CO", Name: names.MustParse("ns1.example.net"), Version: 1, Sponsor: world.Acme}
		contact := registry.Contact{ROID: "C900000001-CO", ID: "MANY", Version: 1, Sponsor: world.Acme}
		if !yield(store.Life{{Hosts: []registry.Host{host}, Contacts: []registry.Contact{contact}}}, nil) {
			return
		}
		for i := range count {
			at := created.Add(time.Duration(i) * time.Minute)
			d := registry.Domain{
				ROID: registry.ROID(fmt.Sprintf("D%d-CO", 1_000_000+i)), Name: names.MustParse(fmt.Sprintf("n%06d.co", i)), Version: 1,
				Sponsor: []registry.RegistrarID{world.Acme, world.Other}[i%2], Created: at, Expires: at.AddDate(1, 0, 0),
				Nameservers: []registry.HostRef{host.Ref()}, Registrant: contact.Ref(),
			}
			if i%7 == 0 {
				d.Nameservers = nil
			}
			if i%50 == 0 {
				d.Statuses = []registry.Status{registry.ClientHold}
			}
			if i%100 == 1 {
				d.Transfer = registry.Transfer{Status: registry.TransferPending, Gaining: world.Acme, Answer: at.AddDate(3, 0, 0)}
			}
			if !yield(store.Life{{Origin: registry.Origin{At: at}, Domains: []registry.Domain{d}}}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every way leads along its index, page by page, without a look at all names, and what it finds is sorted by it.
func TestOwnWaysAreIndexed(t *testing.T) {
	w := world.New(t, "2026-06-01T12:00:00Z")
	someNames(t, w, 6000)
	if w.Postgres {
		w.Exec("ANALYZE") // as it does by itself; SQLite is never told how many rows there are
	}
	all := registry.OwnFilter{Registrar: world.Acme}
	with := func(change func(*registry.OwnFilter)) registry.OwnFilter {
		f := all
		change(&f)
		return f
	}
	times := registry.Times{From: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)}
	for _, test := range []struct {
		way   registry.Way
		f     registry.OwnFilter
		index string
		count int
	}{
		{registry.ByName, all, "domain_sponsor ((sponsor,name)>(?,?) AND sponsor<?)", 3000},
		{registry.ByName, with(func(f *registry.OwnFilter) { f.Spans = []registry.NameSpan{{From: "n0001", To: "n0002"}} }), "domain_sponsor ((sponsor,name)>(?,?) AND sponsor<?)", 50},
		{registry.ByName, with(func(f *registry.OwnFilter) { f.Expires, f.Lacks, f.Zone = times, registry.TraitHeld, "co" }), "domain_sponsor ((sponsor,name)>(?,?) AND sponsor<?)", 0},
		{registry.ByTrait, with(func(f *registry.OwnFilter) { f.Has = registry.TraitHeld }), "domain_held", 120},
		{registry.ByTrait, with(func(f *registry.OwnFilter) { f.Has = registry.TraitInactive }), "domain_inactive", 429},
		{registry.ByTrait, with(func(f *registry.OwnFilter) { f.Has, f.Registrar = registry.TraitTransferring, world.Other }), "domain_transferring", 60},
		{registry.ByRequest, with(func(f *registry.OwnFilter) { f.Gaining = true }), "domain_gaining ((gaining,name)>(?,?) AND gaining<?)", 60},
		{registry.ByExpiry, all, "domain_expires ((sponsor,expires,roid)>(?,?,?) AND sponsor<?)", 3000},
		{registry.ByExpiry, with(func(f *registry.OwnFilter) { f.Expires = registry.Times{To: times.To.AddDate(1, 0, 0)} }), "domain_expires ((sponsor,expires,roid)>(?,?,?) AND sponsor<?)", 1080},
		{registry.ByCreation, with(func(f *registry.OwnFilter) { f.Created = times }), "domain_created ((sponsor,created,roid)>(?,?,?) AND sponsor<?)", 720},
		{registry.ByContact, with(func(f *registry.OwnFilter) { f.Contact = "C900000001-CO" }), "domain_contact_contact", 3000},
		{registry.ByHost, with(func(f *registry.OwnFilter) { f.Host = "H900000001-CO" }), "domain_host_host", 2571},
	} {
		leadsAlong(t, w, test.f, test.way, test.index)
		found := 0
		var last registry.OwnPlace
		for more := true; more; {
			page := ownPage(t, w, test.f, test.way, last)
			more, found = page.More, found+len(page.Names)
			if len(page.Names) > 100 || more && page.End == last {
				t.Fatalf("%s: %d names after %v, to %v", test.way, len(page.Names), last, page.End)
			}
			last = page.End
		}
		if found != test.count {
			t.Errorf("%s finds %d names, want %d", test.way, found, test.count)
		}
	}
}

func ownPage(t *testing.T, w *world.World, f registry.OwnFilter, way registry.Way, after registry.OwnPlace) (page registry.OwnPage) {
	t.Helper()
	err := w.DB.View(context.Background(), func(r registry.Reader) error {
		var err error
		page, err = r.Own(f, way, after, 100, 400)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// leadsAlong holds if SQLite reads a page in the middle of a way from an index, sorted by it; of what an object links those
// are sorted that are looked at. PostgreSQL decides by how many rows there are, and here there are few.
func leadsAlong(t *testing.T, w *world.World, f registry.OwnFilter, way registry.Way, index string) {
	t.Helper()
	if w.Postgres {
		return
	}
	middle := registry.OwnPlace{Name: "n000100.co", At: time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC), ROID: "D1000100-CO"}
	text, args := store.OwnStatement(f, way, middle)
	plan := w.Rows("EXPLAIN QUERY PLAN "+text, args...)
	linked := way == registry.ByContact || way == registry.ByHost
	sorted := strings.Contains(plan, "TEMP B-TREE FOR ORDER") || strings.Contains(plan, "ANY(")
	if !strings.Contains(plan, index) || strings.Contains(plan, "SCAN d") || sorted && !linked {
		t.Errorf("%s is not read along %s:\n%s", way, index, plan)
	}
}
