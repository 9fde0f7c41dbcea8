package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// What is found by an index of its own is what a look at every row would find, in pages of any size: of objects that
// had a name one after the other, of several registrars, of commands that were refused, and of clocks that jumped.
func TestLogOfObject(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	attempt := func(who registry.RegistrarID, cmd flow.Command) {
		_, _ = w.Run(who, cmd) // refused or not, it is in the log
		w.Pass(700 * time.Millisecond)
	}
	w.Contact(world.Acme, "BOSS")
	for _, who := range []registry.RegistrarID{world.Acme, world.Other, world.Acme} {
		w.Domain(who, "shop.co")
		attempt(who, flow.DomainUpdate{Name: world.Name("shop.co"), AuthInfo: new("new-secret")})
		attempt(world.Acme, flow.DomainDelete{Name: world.Name("none.co")})
		attempt(who, flow.DomainDelete{Name: world.Name("shop.co")})
		w.Pass(24 * time.Hour)
	}
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	attempt(world.Acme, flow.HostUpdate{Name: world.Name("ns1.shop.co"), NewName: world.Name("ns2.shop.co")})
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	attempt(world.Acme, flow.ContactUpdate{ID: "boss", Email: new("new@example.com")})
	attempt(world.Acme, flow.ContactDelete{ID: "Boss"})
	all := rowsOf(t, w, registry.LogFilter{}, 1000)
	if len(all) < 15 {
		t.Fatalf("the log has %d rows of the registrar", len(all))
	}
	for name, f := range map[string]registry.LogFilter{
		"a name": {ID: "Shop.CO"}, "of creates": {ID: "shop.co", Command: "create"}, "of a kind": {ID: "shop.co", Object: "host"},
		"a host": {ID: "ns1.shop.co"}, "that it is now": {ID: "ns2.shop.co"}, "a contact": {ID: "BOSS"}, "nothing": {ID: "'"},
		"since": {ID: "shop.co", Since: w.Now().Add(-36 * time.Hour)}, "until": {ID: "shop.co", Until: w.Now().Add(-36 * time.Hour)},
		"refused": {Codes: []registry.Code{registry.ObjectMissing}}, "refused of a name": {ID: "none.co", Codes: []registry.Code{registry.ObjectMissing}},
		"succeeded of a name": {ID: "shop.co", Codes: []registry.Code{registry.Completed}},
	} {
		var want []registry.LogRow
		for _, row := range all {
			if fits(f, row) {
				want = append(want, row)
			}
		}
		for _, limit := range []int{1, 2, 3, 100} {
			if got := rowsOf(t, w, f, limit); !slices.Equal(got, want) {
				t.Errorf("%s, %d a page:\n%v\nwant\n%v", name, limit, got, want)
			}
		}
	}
}

// fits is what the filters of this test say.
func fits(f registry.LogFilter, row registry.LogRow) bool {
	return (f.ID == "" || strings.EqualFold(f.ID, row.ID)) && (f.Command == "" || f.Command == row.Command) &&
		(f.Object == "" || f.Object == row.Object) && (len(f.Codes) == 0 || slices.Contains(f.Codes, row.Code)) &&
		!row.At.Before(f.Since) && (f.Until.IsZero() || row.At.Before(f.Until))
}

// rowsOf are all rows of Acme that a filter selects, read in pages of a size.
func rowsOf(t *testing.T, w *world.World, f registry.LogFilter, limit int) (rows []registry.LogRow) {
	t.Helper()
	q := flow.LogQuery{LogFilter: f, Limit: limit}
	for n := 0; ; n++ {
		reply, err := w.Ask(world.Acme, q)
		if err != nil || n > 100 {
			t.Fatalf("%+v: %v after %d pages", f, err, n)
		}
		found := reply.(flow.LogFound)
		rows = append(rows, found.Rows...)
		if q.Before = found.Next; q.Before == "" {
			return rows
		}
	}
}

// Those statements read their own index, also where the log is long.
func TestLogIsIndexed(t *testing.T) {
	w := world.Empty(t)
	for n := range 20_000 {
		if n%5_000 == 0 {
			var values []string
			for i := n; i < n+5_000; i++ {
				values = append(values, fmt.Sprintf("(%d,%d,'H100%d','update','domain','name%d.co','%s','','','T%d','')",
					i, i, i%3, i%500, []string{"completed", "objectMissing"}[i%100/99], i))
			}
			w.Exec("INSERT INTO log (id, at, registrar, command, object, object_id, code, message, cltrid, svtrid, login) VALUES " + strings.Join(values, ","))
		}
	}
	w.Exec("ANALYZE")
	for name, s := range store.StatementsOfLog() {
		explain := "EXPLAIN QUERY PLAN "
		if w.Postgres {
			explain = "EXPLAIN "
		}
		index, _, _ := strings.Cut(name, " ")
		if plan := w.Rows(explain+s.Text, s.Args...); !strings.Contains(plan, index) {
			t.Errorf("%s does not read %s:\n%s", name, index, plan)
		}
	}
}
