package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// Among some ten thousand contacts, hosts, messages and names of jobs each list is read along an index: no plan has a
// scan of a table, nor a sort, but of links that were looked at.
func TestOwnListsUseIndexes(t *testing.T) {
	w := world.Empty(t)
	write(t, w, manyOwned(4000))
	if w.Postgres {
		w.Exec("ANALYZE")
	}
	for name, plan := range store.OwnPlans(t, w.DB, w.Postgres) {
		for _, bad := range []string{"SCAN contact", "SCAN c\n", "SCAN host\n", "SCAN h\n", "SCAN poll", "SCAN bulk", "SCAN d\n", "Seq Scan"} {
			if strings.Contains(plan+"\n", bad) {
				t.Errorf("%s is planned as\n%s", name, plan)
			}
		}
		if sorts := strings.Contains(plan, "TEMP B-TREE"); sorts && !strings.HasPrefix(name, "linked") { // which sorts what it has looked at
			t.Errorf("%s sorts:\n%s", name, plan)
		}
		if !strings.Contains(plan, "INDEX") && !strings.Contains(plan, "Index") {
			t.Errorf("%s uses no index:\n%s", name, plan)
		}
	}
}

// manyOwned is two registrars with so many contacts and hosts each, and messages and a job of the first.
func manyOwned(n int) registry.Changes {
	c := registry.Changes{
		Origin:     registry.Origin{At: now, Registrar: "H1", Command: "test", SvTRID: "S-1"},
		Registrars: []registry.Registrar{{ID: "H1", Version: 1, Name: "One"}, {ID: "H2", Version: 1, Name: "Two"}},
		Limits:     []ledger.Funds{{Party: "H1"}, {Party: "H2"}},
	}
	for i := range n {
		for k, who := range []registry.RegistrarID{"H1", "H2"} {
			c.Contacts = append(c.Contacts, registry.Contact{
				ROID: registry.ROID(fmt.Sprintf("C%d%d-CO", k, i)), ID: fmt.Sprintf("%s-%d", who, i), Version: 1, Sponsor: who, Created: now,
				Email: fmt.Sprintf("p%d@example.com", i*7919%n), Int: &registry.Postal{Name: fmt.Sprintf("Person %d", i*31%n), Org: "Org"},
			})
			c.Hosts = append(c.Hosts, registry.Host{
				ROID: registry.ROID(fmt.Sprintf("H%d%d-CO", k, i)), Name: names.MustParse(fmt.Sprintf("ns%d-%d.example.net", i, k)), Version: 1, Sponsor: who, Created: now,
			})
		}
		c.Poll = append(c.Poll, registry.PollMessage{Registrar: "H1", At: now, Notice: registry.TextNotice{Text: "x"}})
		c.Bulk.Items = append(c.Bulk.Items, registry.BulkItem{Registrar: "H1", Job: "J", Number: i + 1, Name: fmt.Sprintf("n%d.co", i), Result: registry.BulkNew})
	}
	c.Bulk.Jobs = []registry.BulkJob{{Registrar: "H1", ID: "J", Version: 1, State: registry.BulkPreviewing, Made: now, Goes: now.Add(time.Hour)}}
	return c
}

// Jobs come back as they were put, and a name's result only over the one that was read.
func TestBulkJobsAreKept(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	job := registry.BulkJob{
		Registrar: "H1", ID: "J1", Version: 1, State: registry.BulkPreviewing, User: "ana", Names: 2, Made: now, Goes: now.Add(time.Hour),
		Act: registry.BulkAct{
			Kind: registry.BulkContacts, Years: 3, Locks: []registry.Status{registry.ClientHold}, Registrant: "R",
			Nameservers: []names.Name{names.MustParse("ns1.example.net")}, Contacts: map[string]string{"tech": "T"},
		},
	}
	item := registry.BulkItem{
		Registrar: "H1", Job: "J1", Number: 1, Name: "a.co", Result: registry.BulkNew, Price: -5, Expiry: now, Code: registry.Syntax,
		Reason: "why", SvTRID: "S", At: now,
	}
	second := item
	second.Number, second.Name = 2, "b.co"
	write(t, w, registry.Changes{Bulk: registry.BulkChanges{Jobs: []registry.BulkJob{job}, Items: []registry.BulkItem{item, second}}})
	read := item
	read.From = registry.BulkNew
	view(t, w, func(r registry.Reader) error {
		same(t, job)(r.BulkJob("H1", "J1"))
		same(t, read)(r.BulkItem("H1", "J1", 1))
		for who, want := range map[registry.RegistrarID]int{"H1": 1, "H2": 0} {
			if list, err := r.BulkJobs(who, 10); err != nil || len(list) != want {
				t.Errorf("%s has %v, %v", who, list, err)
			}
		}
		if tally, err := r.BulkTally("H1", "J1"); err != nil || tally.Of(registry.BulkNew) != (registry.BulkCount{Result: registry.BulkNew, Names: 2, Price: -10}) {
			t.Errorf("the tally is %v, %v", tally, err)
		}
		if list, err := r.BulkItems(registry.BulkFilter{Registrar: "H1", Job: "J1", After: 1, Result: registry.BulkNew}, 9); err != nil || len(list) != 1 || list[0].Number != 2 {
			t.Errorf("behind the first come %v, %v", list, err)
		}
		return nil
	})
	for _, test := range []struct {
		from registry.BulkResult
		ok   bool
	}{{registry.BulkFits, false}, {registry.BulkNew, true}, {registry.BulkNew, false}} {
		next := item
		next.Result, next.From = registry.BulkMade, test.from
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		err := w.DB.Update(ctx, registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
			return registry.Changes{Bulk: registry.BulkChanges{Items: []registry.BulkItem{next}}}, nil
		})
		cancel()
		if (err == nil) != test.ok {
			t.Errorf("a result over %q: %v", test.from, err)
		}
	}
	gone := job.Next()
	write(t, w, registry.Changes{Bulk: registry.BulkChanges{Gone: []registry.BulkJob{gone}}})
	if rows := w.Rows("SELECT * FROM bulk_item"); rows != "" {
		t.Errorf("names are left: %s", rows)
	}
}

// Contacts that an older program has written get their keys at the next start, and are found from then on.
func TestContactsGetKeys(t *testing.T) {
	w := world.Empty(t)
	write(t, w, manyOwned(700))
	w.Exec("UPDATE contact SET name_key = '', org_key = '', email_key = ''")
	find := func() (n int) {
		view(t, w, func(r registry.Reader) (err error) {
			n, err = r.CountOwnContacts(registry.ContactSpan{Sponsor: "H1", By: registry.ByPerson, Prefix: "person"}, 10_000)
			return err
		})
		return n
	}
	if n := find(); n != 0 {
		t.Errorf("without keys %d are found", n)
	}
	if err := w.DB.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := find(); n != 700 {
		t.Errorf("%d are found", n)
	}
	if rows := w.Rows("SELECT COUNT(*) FROM contact WHERE email_key = ''"); rows != "0\n" {
		t.Errorf("without keys are %s", rows)
	}
}

// A cut removes the messages of one queue up to one, and those that are gone already are no conflict.
func TestCuts(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	write(t, w, registry.Changes{Registrars: []registry.Registrar{{ID: "H2", Version: 1}}})
	var changes registry.Changes
	for i := range 6 {
		who := registry.RegistrarID([]string{"H1", "H2"}[i%2])
		changes.Poll = append(changes.Poll, registry.PollMessage{Registrar: who, At: now, Notice: registry.TextNotice{Text: "x"}})
	}
	write(t, w, changes)
	for range 2 {
		view(t, w, func(r registry.Reader) error {
			list, err := r.Messages("H1", 0, 10)
			if err != nil || len(list) == 0 {
				t.Fatalf("the queue is %v, %v", list, err)
			}
			through := list[min(1, len(list)-1)].ID
			n, last, err := r.MessagesThrough("H1", through, 1)
			if err != nil || n != 1 || last != list[0].ID {
				t.Errorf("of those up to %d the first is %d of %d, %v", through, last, n, err)
			}
			changes = registry.Changes{Cuts: []registry.QueueCut{{Registrar: "H1", Through: list[0].ID}}}
			return nil
		})
		write(t, w, changes)
		write(t, w, changes)
	}
	for who, want := range map[string]string{"H1": "1\n", "H2": "3\n"} {
		if rows := w.Rows("SELECT COUNT(*) FROM poll WHERE registrar = $1", who); rows != want {
			t.Errorf("%s has %s messages left, want %s", who, rows, want)
		}
	}
}
