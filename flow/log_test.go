package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Everything is wrong with the first query; each row puts one thing right.
func TestLogRefusals(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	q := flow.LogQuery{Before: "x", Limit: 1001}
	q.Registrar, q.Since, q.Until = world.Other, w.Now(), w.Now()
	for _, test := range []struct {
		put  func()
		want registry.Code
		says string
	}{
		{func() {}, registry.Authorization, "the transaction log is another registrar's; ask for your own"},
		{func() { q.Registrar = world.Acme }, registry.ParameterPolicy, "a page has 1 to 1000 rows; ask for the next one with its Next"},
		{func() { q.Limit = 0 }, registry.ParameterRange, "the span of time ends before it begins; give a later end"},
		{func() { q.Until = w.Now().Add(1) }, registry.ParameterSyntax, "this names no page; give the Next of the page before as it was"},
	} {
		test.put()
		_, err := w.Ask(world.Acme, q)
		wantRefusal(t, err, test.want, test.says)
	}
	q.Before = ""
	if _, err := w.Ask(world.Acme, q); err != nil {
		t.Errorf("the query that is right: %v", err)
	}
}

// loggedWorld has some commands in its log, a minute apart: of H1001 a create, a lost one, a refused update
// and a delete, of H1002 a create.
func loggedWorld(t *testing.T) *world.World {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Contact(world.Acme, "X-H1001")
	w.Contact(world.Other, "X-H1002")
	w.Pass(time.Minute)
	w.Domain(world.Acme, "shop.co")
	w.Pass(time.Minute)
	w.Run(world.Acme, flow.DomainCreate{
		Name: world.Name("shop.co"), Registrant: "X-H1001", Contacts: []flow.Role{{Role: "admin", ID: "X-H1001"}, {Role: "tech", ID: "X-H1001"}},
	})
	w.Run(world.Acme, flow.DomainUpdate{Name: world.Name("none.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}}})
	w.Pass(time.Minute)
	w.Domain(world.Other, "other.co")
	w.Pass(time.Minute)
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.co")})
	return w
}

// rowsOf writes rows in short.
func rowsOf(rows []registry.LogRow) string {
	var list []string
	for _, r := range rows {
		list = append(list, fmt.Sprint(r.Registrar, " ", r.Command, " ", r.ID, " ", r.Code))
	}
	return strings.Join(list, ", ")
}

// The filters select, alone and together, whatever the size of a page and whatever is looked at for one.
// Every row has both transaction ids; a create that lost is not there.
func TestLog(t *testing.T) {
	w := loggedWorld(t)
	minute := func(n int) time.Time { return time.Date(2026, 3, 1, 12, n, 0, 0, time.UTC) }
	const (
		deleted, updated = "H1001 delete shop.co completedPending", "H1001 update none.co objectMissing"
		created, contact = "H1001 create shop.co completed", "H1001 create X-H1001 completed"
		others, theirs   = "H1002 create other.co completed", "H1002 create X-H1002 completed"
	)
	for _, test := range []struct {
		name   string
		who    registry.RegistrarID
		filter registry.LogFilter
		want   []string
	}{
		{"all of one", world.Acme, registry.LogFilter{}, []string{deleted, updated, created, contact}},
		{"all", "", registry.LogFilter{}, []string{deleted, others, updated, created, theirs, contact}},
		{"of one, for the operator", "", registry.LogFilter{Registrar: world.Other}, []string{others, theirs}},
		{"command", world.Acme, registry.LogFilter{Command: "update"}, []string{updated}},
		{"object", world.Acme, registry.LogFilter{Object: "contact"}, []string{contact}},
		{"id", "", registry.LogFilter{ID: "SHOP.co"}, []string{deleted, created}},
		{"code", world.Acme, registry.LogFilter{Codes: []registry.Code{registry.ObjectMissing}}, []string{updated}},
		{"codes", world.Acme, registry.LogFilter{Codes: []registry.Code{registry.ObjectMissing, registry.CompletedPending}}, []string{deleted, updated}},
		{"part of a code", world.Acme, registry.LogFilter{Codes: []registry.Code{"object"}}, nil},
		{"since", world.Acme, registry.LogFilter{Since: minute(2)}, []string{deleted, updated}},
		{"until", "", registry.LogFilter{Until: minute(2)}, []string{created, theirs, contact}},
		{"a span", "", registry.LogFilter{Since: minute(1), Until: minute(3)}, []string{updated, created}},
		{"server transaction", world.Acme, registry.LogFilter{SvTRID: "none"}, nil},
		{"client transaction", world.Other, registry.LogFilter{ClTRID: "client"}, []string{others, theirs}},
		{"several", "", registry.LogFilter{Command: "create", Object: "domain", ID: "other.co", Since: minute(3), Codes: []registry.Code{registry.Completed}}, []string{others}},
		{"nothing", world.Acme, registry.LogFilter{Until: minute(0)}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, size := range []struct{ limit, look int }{{1000, 100}, {1, 100}, {2, 3}, {1, 1}} {
				w.Service.Profile.Versions = slices.Clone(w.Service.Profile.Versions)
				w.Service.Profile.Versions[0].Terms.Limits.LogRowsRead = size.look
				var rows []registry.LogRow
				q := flow.LogQuery{LogFilter: test.filter, Limit: size.limit}
				for pages := 0; ; pages++ {
					reply, err := w.Ask(test.who, q)
					if err != nil || pages > 20 {
						t.Fatal(reply, err)
					}
					found := reply.(flow.LogFound)
					rows = append(rows, found.Rows...)
					if q.Before = found.Next; q.Before == "" {
						break
					}
				}
				if got, want := rowsOf(rows), strings.Join(test.want, ", "); got != want {
					t.Errorf("pages of %d, among %d rows:\n%s\nwant\n%s", size.limit, size.look, got, want)
				}
				for _, r := range rows {
					if r.ClTRID != "client" || !strings.HasPrefix(r.SvTRID, "TEST-") {
						t.Errorf("%+v lacks a transaction id", r)
					}
				}
			}
		})
	}
}

// An instant is found among many rows without looking at those that came after it.
func TestLogByTime(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	start := w.Now().UnixMicro()
	w.Exec("INSERT INTO log (id, at, registrar, command, object, object_id, code, message, cltrid, svtrid) " +
		series(w, fmt.Sprintf("SELECT n * 1000000, %d + CAST(n AS BIGINT) * 60000000, 'H1001', 'update', 'domain', 'n' || n, 'completed', '', 'c', 's'", start)))
	w.Service.Profile.Versions = slices.Clone(w.Service.Profile.Versions)
	w.Service.Profile.Versions[0].Terms.Limits.LogRowsRead = 10
	for _, who := range []registry.RegistrarID{world.Acme, ""} {
		q := flow.LogQuery{}
		q.Since, q.Until = w.Now().Add(100*time.Minute), w.Now().Add(102*time.Minute)
		reply, err := w.Ask(who, q)
		if err != nil {
			t.Fatal(err)
		}
		if found := reply.(flow.LogFound); rowsOf(found.Rows) != "H1001 update n101 completed, H1001 update n100 completed" || found.Next != "" {
			t.Errorf("%q finds %s, then %q", who, rowsOf(found.Rows), found.Next)
		}
	}
}
