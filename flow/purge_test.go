package flow_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// A purge gives every name that was delegated to a host below it a new version without the host, of the
// purge's instant and whatever time did to the name before in its place, and tells each sponsor once for each
// host. It does not matter when the engine ran, nor which command settled the purge. Decisions 2.8.
func TestPurgeTakesDelegationsAlong(t *testing.T) {
	want := ""
	for _, by := range []string{"engine in time", "engine late", "an update of a user", "a create of the name"} {
		t.Run(by, func(t *testing.T) {
			w := world.New(t, noon)
			w.Domain(world.Deleter, "gone.co") // to be purged in April 2027
			w.Host(world.Deleter, "ns1.gone.co", "192.0.2.1")
			w.Host(world.Deleter, "ns2.gone.co", "192.0.2.2")
			w.Host(world.Acme, "ns1.example.net")
			w.Domain(world.Acme, "one.co", "ns1.gone.co", "ns1.example.net")
			w.Domain(world.Acme, "two.co", "ns1.gone.co", "ns2.gone.co")
			w.Domain(world.Other, "three.co", "ns2.gone.co")
			publishAll(t, w)
			for _, at := range []string{"2027-03-02T12:00:00Z", "2027-05-01T12:00:00Z", "2028-03-02T12:00:00Z"} {
				w.At(at)
				if by == "engine in time" {
					w.Settle()
				}
			}
			for name, hosts := range map[string]int{"one.co": 1, "two.co": 0, "three.co": 0} {
				d := info(t, w, name)
				if len(d.Nameservers) != hosts || slices.Contains(d.EPPStatuses, registry.Inactive) != (hosts == 0) {
					t.Errorf("%s is delegated to %v, statuses %v", name, d.Nameservers, d.EPPStatuses)
				}
			}
			switch by {
			case "an update of a user":
				w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("two.co"), AuthInfo: new("another one 1234")})
			case "a create of the name":
				w.Domain(world.Acme, "gone.co")
			}
			if by != "engine in time" && by != "engine late" {
				if w.Exists("host", "name", "ns2.gone.co") {
					t.Error("the purge is not settled")
				}
			}
			w.Settle()
			got := w.Rows(`SELECT name, version, at, command, registrar FROM history
			               WHERE  kind = 'domain' AND name IN ('one.co', 'two.co', 'three.co') AND command <> 'domain:update'
			               ORDER  BY name, version`)
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("the history is\n%s\nwant\n%s", got, want)
			}
			for who, told := range map[registry.RegistrarID]int{world.Acme: 2, world.Other: 1} {
				if n := hostsGone(w.Take(who)); n != told {
					t.Errorf("%s is told %d times of a host, want %d", who, n, told)
				}
			}
			w.CheckInvariants()
		})
	}
}

// A host with many names goes at once for everybody who asks, and its name is free; the engine writes it down a
// part at a time, and whoever writes a name meanwhile writes it down for that one.
func TestPurgeOfAHostOfMany(t *testing.T) {
	const users = 1100
	w := world.New(t, noon)
	w.Domain(world.Acme, "gone.co")
	w.Host(world.Acme, "ns1.gone.co", "192.0.2.1")
	w.Host(world.Acme, "ns1.example.net")
	manyDomains(w, users, "ns1.gone.co")
	w.Domain(world.Other, "last.co", "ns1.gone.co", "ns1.example.net")
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("gone.co")})

	if got := w.Rows("SELECT COUNT(*) FROM domain_host"); got != strconv.Itoa(users+2)+"\n" {
		t.Errorf("%s links are left: so many are not removed in one transaction", got)
	}
	isGone := func() {
		t.Helper()
		if d := info(t, w, "user-7.co"); len(d.Nameservers) != 0 || !slices.Contains(d.EPPStatuses, registry.Inactive) || d.Version != 2 {
			t.Errorf("user-7.co is delegated to %v, statuses %v, version %d", d.Nameservers, d.EPPStatuses, d.Version)
		}
		if d := info(t, w, "last.co"); len(d.Nameservers) != 1 {
			t.Errorf("last.co is delegated to %v", d.Nameservers)
		}
		delegations, err := w.Ask("", flow.DelegationsOf{Names: world.Names("last.co")})
		if list := delegations.([]flow.Delegation); err != nil || len(list[0].Nameservers) != 1 {
			t.Errorf("the zone has %+v, %v", list, err)
		}
		page, err := w.Ask("", flow.Nameservers{Limit: 10})
		if list := page.(flow.NameserverPage).Nameservers; err != nil || slices.ContainsFunc(list, func(n flow.Nameserver) bool {
			return n.Name == world.Name("ns1.gone.co") && len(n.Addresses) == 1 && n.Addresses[0].String() == "192.0.2.1"
		}) {
			t.Errorf("the zone has the hosts %+v, %v", list, err)
		}
	}
	isGone()
	w.CheckInvariants()

	w.Pass(time.Minute)
	w.Domain(world.Other, "gone.co") // the name and its hosts are free
	w.Host(world.Other, "ns1.gone.co", "192.0.2.9")
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("user-9.co"), Add: flow.DomainEdit{Nameservers: world.Names("ns1.gone.co")}})
	w.Do(world.Other, flow.DomainDelete{Name: world.Name("last.co")})
	isThere := func() {
		t.Helper()
		if d := info(t, w, "user-9.co"); len(d.Nameservers) != 1 || d.Version != 3 {
			t.Errorf("user-9.co is delegated to %v, version %d", d.Nameservers, d.Version)
		}
	}
	isThere()
	for range 3 {
		w.Do("", flow.Tell{Limit: 500})
		isThere()
		w.CheckInvariants()
	}
	if got := w.Rows("SELECT COUNT(*) FROM domain_host") + w.Rows("SELECT COUNT(*) FROM announcement") + w.Rows("SELECT name FROM host ORDER BY name"); got != "1\n0\nns1.example.net\nns1.gone.co\n" {
		t.Errorf("what is left is\n%s", got)
	}
	if told := hostsGone(w.Take(world.Acme)); told != 1 {
		t.Errorf("%s is told %d times", world.Acme, told)
	}
	bad := w.Rows("SELECT name, version FROM domain WHERE name LIKE 'user-%' AND name <> 'user-9.co' AND version <> 2")
	if bad != "" {
		t.Errorf("names of other versions:\n%s", bad)
	}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	if got := w.Rows("SELECT COUNT(*) FROM history WHERE name LIKE 'user-%' AND version = 2 AND at = $1 AND registrar = ''", at.UnixMicro()); got != strconv.Itoa(users)+"\n" {
		t.Errorf("%s names lost the host at the purge, want %d", got, users)
	}
}

func hostsGone(list []registry.PollMessage) int {
	n := 0
	for _, m := range list {
		if change, ok := m.Notice.(registry.ChangeNotice); ok && change.Step == registry.EventHostGone {
			n++
		}
	}
	return n
}

// manyDomains registers names of Acme's that are delegated to a host.
func manyDomains(w *world.World, n int, host string) {
	w.T.Helper()
	for i := range n {
		w.Domain(world.Acme, fmt.Sprintf("user-%d.co", i), host)
	}
}

// usersOfOneHost registers three names of Acme's that are delegated to ns1.example.net.
func usersOfOneHost(w *world.World) {
	w.T.Helper()
	w.Host(world.Acme, "ns1.example.net")
	manyDomains(w, 3, "ns1.example.net")
}

// leaves has that host go as one does that more names are delegated to than a command looks at.
func leaves(w *world.World) {
	w.T.Helper()
	h, err := w.Ask(world.Acme, flow.HostInfo{Name: world.Name("ns1.example.net")})
	if err != nil {
		w.T.Fatal(err)
	}
	host := h.(flow.HostDetails).Host
	err = w.DB.Update(context.Background(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
		return registry.Changes{
			Origin: registry.Origin{At: w.Now(), Command: "time"}, Leaving: []registry.Host{host.Next()},
			Announced: []registry.Announcement{{
				Topic: string(host.ROID), Due: w.Now(), Host: host.ROID, Gone: true,
				Notice: registry.ChangeNotice{Step: registry.EventHostGone, At: w.Now(), Host: &host},
			}},
		}, nil
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

// Who is told that a host has gone is who sponsored its names at that instant, not who does when the news comes to
// them: the new sponsor never had the host.
func TestLeavingHostIsToldToTheSponsorsOfThen(t *testing.T) {
	for _, row := range []struct {
		name string
		end  func(w *world.World, name string)
	}{
		{"approved", func(w *world.World, name string) {
			w.Do(world.Acme, flow.DomainTransferEnd{Name: world.Name(name), How: registry.TransferClientApproved})
		}},
		{"by time", func(w *world.World, _ string) { w.Pass(6 * day) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := world.New(t, noon)
			usersOfOneHost(w)
			w.Pass(70 * day)
			leaves(w)
			w.Pass(time.Hour)
			for i := range 3 {
				name := fmt.Sprintf("user-%d.co", i)
				w.Do(world.Other, flow.DomainTransfer{Name: world.Name(name), AuthInfo: new("domain-secret")})
				row.end(w, name)
			}
			w.Settle()
			w.Do("", flow.Tell{Limit: 100})
			if acme, other := hostsGone(w.Take(world.Acme)), hostsGone(w.Take(world.Other)); acme != 1 || other != 0 {
				t.Errorf("the sponsor of then is told %d times, that of now %d", acme, other)
			}
			w.CheckInvariants()
		})
	}
}

// A command that read a host before it left, and wrote a name's link to it after the announcement had come to that name,
// loses nothing unseen: the name has a version with the host, and one without it.
func TestALinkThatComesWhileItsHostLeaves(t *testing.T) {
	w := world.New(t, noon)
	usersOfOneHost(w)
	leaves(w)
	w.Do("", flow.Tell{Limit: 1})
	gone := registry.ROID(strings.TrimSpace(w.Rows("SELECT roid FROM host WHERE gone > 0")))
	err := w.DB.Update(context.Background(), registry.Keys{}, func(r registry.Reader) (registry.Changes, error) {
		d, _, err := r.Domain(world.Name("user-0.co"))
		d = d.Next()
		d.Nameservers = []registry.HostRef{{ROID: gone, Name: world.Name("ns1.example.net")}}
		return registry.Changes{Origin: registry.Origin{At: w.Now(), Registrar: world.Acme, Command: "domain:update"}, Domains: []registry.Domain{d}}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		w.Do("", flow.Tell{Limit: 1})
	}
	if got := w.Rows("SELECT version FROM history WHERE name = 'user-0.co' ORDER BY version"); got != "1\n2\n3\n4\n" {
		t.Errorf("the versions of the name that came late are %q, want a fourth without the host", got)
	}
	if got := w.Rows("SELECT COUNT(*) FROM domain_host") + w.Rows("SELECT COUNT(*) FROM host"); got != "0\n0\n" {
		t.Errorf("links and hosts are left: %s", got)
	}
	w.CheckInvariants()
}

// Every database operation of a step that takes a host from its names fails once, and leaves nothing behind.
func TestFaultsOfALeavingHost(t *testing.T) {
	w := world.New(t, noon)
	usersOfOneHost(w)
	w.Contact(world.Other, "C1")
	leaves(w)
	for steps := 0; steps < 2; {
		before := w.Dump()
		for n := 0; ; n++ {
			w.Fault.After(n)
			_, err := w.Run("", flow.Tell{Limit: 2})
			w.Fault.Disarm()
			if err == nil {
				break
			}
			if after := w.Dump(); after != before {
				t.Fatalf("operation %d failed: the step said %v, and left\n%s", n, err, after)
			}
		}
		w.CheckInvariants()
		steps++
	}
	if got := w.Rows("SELECT COUNT(*) FROM domain_host") + w.Rows("SELECT COUNT(*) FROM host"); got != "0\n0\n" {
		t.Errorf("links and hosts are left: %s", got)
	}
	if told := hostsGone(w.Take(world.Acme)); told != 1 {
		t.Errorf("the sponsor is told %d times", told)
	}
}

// The message of a purge has the ids of the last delete, if that was a command of the sponsor's. Decisions 3.8.
func TestPurgeMessagesOfDeletedAgain(t *testing.T) {
	restored := func(w *world.World, renewed bool) {
		w.Do(world.Deleter, restore("shop.co"))
		if renewed {
			d := info(t, w, "shop.co")
			w.Do(world.Deleter, flow.DomainRenew{Name: d.Name, CurrentExpiry: d.Expires.Truncate(day), Years: 1})
		}
	}
	remove := func(w *world.World) { w.Do(world.Deleter, flow.DomainDelete{Name: world.Name("shop.co")}) }
	for _, test := range []struct {
		name string
		live func(w *world.World)
		told int // with the ids of the last delete
	}{
		{"deleted", func(w *world.World) { remove(w) }, 1},
		{"deleted, restored", func(w *world.World) { remove(w); restored(w, true) }, 0},
		{"deleted, restored, deleted again", func(w *world.World) { remove(w); restored(w, true); w.Pass(day); remove(w) }, 1},
		{"deleted, restored, deleted by time", func(w *world.World) { remove(w); restored(w, false) }, 0},
		{"deleted by the operator", func(w *world.World) {
			w.Do("", flow.OperatorDelete{Deed: deed(), Name: world.Name("shop.co")})
		}, 0},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "-"), func(t *testing.T) {
			w := world.New(t, noon)
			w.Domain(world.Deleter, "shop.co")
			w.Pass(10 * day)
			test.live(w)
			last := w.Rows("SELECT svtrid FROM log WHERE command = 'delete' ORDER BY id DESC LIMIT 1")
			w.Take(world.Deleter)
			w.Pass(40 * day)
			w.Settle()
			got := pendingActions(w.Take(world.Deleter))
			if len(got) != test.told {
				t.Fatalf("told %+v", got)
			}
			if test.told == 1 {
				if n := got[0].Notice.(registry.PendingActionNotice); n.SvTRID+"\n" != last || n.ClTRID != "client" {
					t.Errorf("told with the ids of %+v, want those of %s", n, last)
				}
			}
			w.CheckInvariants()
		})
	}
}
