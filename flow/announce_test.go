package flow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// maintenance is one with nothing unusual about it.
var maintenance = registry.Maintenance{
	Name: "New switches", Environment: "production",
	Systems: []registry.MaintenanceSystem{{Name: "EPP", Host: "epp.registry.example", Impact: registry.ImpactFull}},
	Starts:  time.Date(2027, 6, 1, 2, 0, 0, 0, time.UTC), Ends: time.Date(2027, 6, 1, 4, 0, 0, 0, time.UTC),
	Detail: "https://registry.example/maintenance", Zones: []string{"co", "com.co"},
}

var renamedMaintenance = func() registry.Maintenance {
	m := maintenance
	m.ID = "M-1"
	return m
}()

// Everything is wrong with the first maintenance; each row puts one thing right.
func TestMaintenanceRefusals(t *testing.T) {
	w := world.New(t, "2027-05-01T12:00:00Z")
	m := registry.Maintenance{
		Zones: []string{"example"}, Detail: "ftp://x", Environment: "moon", Starts: w.Now().Add(-time.Second), Ends: w.Now().Add(-time.Minute),
		Description: strings.Repeat("x", 1001),
	}
	for _, test := range []struct {
		put  func()
		want registry.Code
		says string
	}{
		{func() {}, registry.ParameterMissing, "names the systems"},
		{func() { m.Systems = []registry.MaintenanceSystem{{Name: "EPP", Impact: "some"}} }, registry.ParameterPolicy, "more than 1000 characters"},
		{func() { m.Description = "" }, registry.ParameterSyntax, "write none, partial or full"},
		{func() { m.Systems = maintenance.Systems }, registry.ParameterRange, "no such environment"},
		{func() { m.Environment = "ote" }, registry.ParameterRange, "begins now or later"},
		{func() { m.Starts = w.Now() }, registry.ParameterRange, "ends after it begins"},
		{func() { m.Ends = w.Now().Add(time.Second) }, registry.ParameterRange, "no zone of ours"},
		{func() { m.Zones = nil }, registry.ParameterSyntax, "this is no address"},
	} {
		test.put()
		_, err := w.Run("", flow.MaintenanceAdd{Maintenance: m})
		if e := refusal(err); e == nil || e.Code != test.want || !strings.Contains(e.Reason, test.says) {
			t.Errorf("%v, want %s, %q", err, test.want, test.says)
		}
	}
	m.Detail = ""
	added := w.Do("", flow.MaintenanceAdd{Maintenance: m}).(registry.Maintenance)
	changed := added
	changed.ID, changed.Starts = "M-9", added.Starts.Add(time.Second)
	_, err := w.Run("", flow.MaintenanceChange{Maintenance: changed})
	wantRefusal(t, err, registry.ObjectMissing, "there is no such maintenance; list shows those that have not ended")
	changed.ID = added.ID
	if _, err = w.Run("", flow.MaintenanceChange{Maintenance: changed}); refusal(err) == nil || !strings.Contains(err.Error(), "has begun at") {
		t.Errorf("another start of one that has begun: %v", err)
	}
	w.Pass(time.Minute)
	for _, cmd := range []flow.Command{flow.MaintenanceChange{Maintenance: changed}, flow.MaintenanceCancel{ID: added.ID}} {
		_, err = w.Run("", cmd)
		wantRefusal(t, err, registry.StatusProhibits, "the maintenance has ended; announce a new one")
	}
}

// tellAll hands out all that is due, a few at a time.
func tellAll(w *world.World) {
	for !w.Do("", flow.Tell{Limit: 2}).(flow.Told).Done {
	}
}

// news returns the kinds of the messages about maintenances in a queue, with their instants.
func news(w *world.World, who registry.RegistrarID) string {
	var list []string
	for _, m := range w.Take(who) {
		list = append(list, fmt.Sprint(m.Notice.(registry.MaintenanceNotice).Type, " ", m.At.Format("01-02T15:04")))
	}
	return strings.Join(list, ", ")
}

// Every registrar hears once that a maintenance is announced, changed, begins, ends or is cancelled,
// however late and in how many parts the messages are made; but for those that want no messages.
func TestMaintenanceMessages(t *testing.T) {
	w := world.New(t, "2027-05-01T12:00:00Z")
	w.Do("", flow.RegistrarPoll{Registrar: world.Poor, Off: true})
	kept := w.Do("", flow.MaintenanceAdd{Maintenance: maintenance}).(registry.Maintenance)
	called := w.Do("", flow.MaintenanceAdd{Maintenance: maintenance}).(registry.Maintenance)
	tellAll(w)
	for _, who := range []registry.RegistrarID{world.Acme, world.Other, world.Suspended, world.Held, world.Deleter} {
		waits := strings.Count(w.Rows("SELECT id FROM poll WHERE registrar = $1", string(who)), "\n")
		if waits != 2 {
			t.Errorf("%d messages wait for %s, want 2", waits, who)
		}
	}
	if waits := w.Rows("SELECT id FROM poll WHERE registrar = $1", string(world.Poor)); waits != "" {
		t.Errorf("%s wants no messages, and has %s", world.Poor, waits)
	}
	if got, want := news(w, world.Acme), "create 05-01T12:00, create 05-01T12:00"; got != want {
		t.Errorf("announced: %s, want %s", got, want)
	}
	w.Pass(time.Hour)
	kept.Ends = kept.Ends.Add(time.Hour)
	w.Do("", flow.MaintenanceChange{Maintenance: kept})
	w.Do("", flow.MaintenanceCancel{ID: called.ID})
	w.At("2027-06-01T02:30:00Z")
	tellAll(w)
	if got, want := news(w, world.Acme), "update 05-01T13:00, delete 05-01T13:00, courtesy 06-01T02:00"; got != want {
		t.Errorf("changed, cancelled and begun: %s, want %s", got, want)
	}
	kept.Ends = kept.Ends.Add(time.Hour)
	w.Do("", flow.MaintenanceChange{Maintenance: kept})
	w.At("2028-01-01T00:00:00Z")
	tellAll(w)
	if got, want := news(w, world.Acme), "update 06-01T02:30, end 06-01T06:00"; got != want {
		t.Errorf("changed and ended: %s, want %s", got, want)
	}
}

// What is ahead is listed; what was called off is not there.
func TestMaintenanceQueries(t *testing.T) {
	w := world.New(t, "2027-05-01T12:00:00Z")
	first := w.Do("", flow.MaintenanceAdd{Maintenance: maintenance}).(registry.Maintenance)
	second := w.Do("", flow.MaintenanceAdd{Maintenance: maintenance}).(registry.Maintenance)
	w.Do("", flow.MaintenanceCancel{ID: second.ID})
	reply, err := w.Ask(world.Acme, flow.MaintenanceList{})
	if list := reply.([]registry.Maintenance); err != nil || len(list) != 1 || list[0].ID != first.ID {
		t.Errorf("the list is %+v, %v, want %s", reply, err, first.ID)
	}
	reply, err = w.Ask(world.Acme, flow.MaintenanceInfo{ID: first.ID})
	if got := reply.(flow.MaintenanceDetails); err != nil || got.Name != maintenance.Name || !got.Created.Equal(w.Now()) || got.Zones[1] != "com.co" {
		t.Errorf("info: %+v, %v", reply, err)
	}
	for _, q := range []flow.Query{flow.MaintenanceInfo{ID: second.ID}, flow.MaintenanceInfo{}} {
		_, err := w.Ask(world.Acme, q)
		wantRefusal(t, err, registry.ObjectMissing, "there is no such maintenance; list shows those that have not ended")
	}
	for _, q := range []flow.Query{flow.MaintenanceInfo{ID: first.ID}, flow.MaintenanceList{}, flow.PollRequest{}} {
		_, err := w.Ask(world.Suspended, q)
		wantRefusal(t, err, registry.Authorization, "the registrar is not active; ask the registry")
	}
	w.At("2027-06-01T04:00:00Z")
	if reply, err := w.Ask(world.Acme, flow.MaintenanceList{}); err != nil || len(reply.([]registry.Maintenance)) != 0 {
		t.Errorf("after the end the list is %+v, %v", reply, err)
	}
}

// The sponsors whose names a renamed host serves are told, each once; not the one who renamed it.
func TestRenameMessages(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	w.Host(world.Acme, "ns2.shop.co", "192.0.2.2")
	for i := range 3 {
		w.Domain(world.Other, fmt.Sprintf("other%d.co", i), "ns1.shop.co")
		w.Domain(world.Acme, fmt.Sprintf("own%d.co", i), "ns1.shop.co")
	}
	w.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns2.shop.co"), NewName: world.Name("ns3.shop.co")})
	w.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns1.shop.co"), NewName: world.Name("ns9.shop.co")})
	reply, err := w.Ask(world.Other, flow.PollRequest{})
	if err != nil {
		t.Fatal(err)
	}
	p := reply.(flow.Polled)
	n := p.Message.Notice.(registry.ChangeNotice)
	h := p.Object.(flow.HostDetails)
	if p.Count != 1 || n.Operation != "update" || n.Before || n.Who != string(world.Acme) || n.SvTRID == "" ||
		n.Text != "Host ns1.shop.co was renamed to ns9.shop.co; names delegated to it follow." ||
		h.Name != world.Name("ns9.shop.co") || len(h.EPPStatuses) != 2 || len(h.Addresses) != 1 {
		t.Errorf("the message is %+v about %+v", n, h)
	}
	if got := w.Take(world.Acme); got != nil {
		t.Errorf("who renamed it is told %+v", got)
	}
}

// Of a host that very many names are delegated to, the sponsors are told a part at a time, each once.
func TestRenameOfABusyHost(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	for i := range 3 {
		w.Domain(world.Other, fmt.Sprintf("other%d.co", i), "ns1.shop.co")
		w.Domain(world.Deleter, fmt.Sprintf("last%d.co", i), "ns1.shop.co")
	}
	// As if there were a thousand and more.
	w.Exec("INSERT INTO domain (name, roid, version, zone, sponsor, created, expires, due, body) " +
		series(w, "SELECT 'many' || n || '.co', 'M' || n, 1, 'co', 'H1002', 0, 0, 9999999999999999, '{}'"))
	w.Exec("INSERT INTO domain_host (domain, host, position) " +
		series(w, "SELECT 'M' || n, (SELECT roid FROM host WHERE name = 'ns1.shop.co'), 0"))
	w.Do(world.Acme, flow.HostUpdate{Name: world.Name("ns1.shop.co"), NewName: world.Name("ns9.shop.co")})
	for !w.Do("", flow.Tell{Limit: 100}).(flow.Told).Done {
	}
	for who, want := range map[registry.RegistrarID]int{world.Acme: 0, world.Other: 1, world.Deleter: 1, world.Held: 0} {
		if got := w.Take(who); len(got) != want {
			t.Errorf("%s is told %d times, want %d", who, len(got), want)
		}
	}
}

// series selects with n from 1 to 1000.
func series(w *world.World, selected string) string {
	if w.Postgres {
		return selected + " FROM generate_series(1, 1000) AS s(n)"
	}
	return "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 1000) " + selected + " FROM s"
}

// The sponsors whose names a host served that goes with the name above it are told.
func TestPurgedHostMessages(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	w.Domain(world.Other, "other.co", "ns1.shop.co")
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{Nameservers: world.Names("ns1.shop.co")}})
	w.At("2026-04-01T12:00:00Z")
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.co")})
	w.At("2026-06-01T12:00:00Z")
	w.Settle()
	got := w.Take(world.Other)
	if len(got) != 1 {
		t.Fatalf("the other sponsor is told %+v", got)
	}
	n := got[0].Notice.(registry.ChangeNotice)
	if n.Operation != "delete" || !n.Before || n.Host.Name != world.Name("ns1.shop.co") || n.Who != string(world.Acme) ||
		n.Text != "Host ns1.shop.co was removed when shop.co was purged; delegations to it were removed." {
		t.Errorf("the message is %+v", n)
	}
	if got := pendingActions(w.Take(world.Acme)); len(got) != 1 {
		t.Errorf("who deleted the name is told %+v", got)
	}
	w.CheckInvariants()
}
