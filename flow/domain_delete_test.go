package flow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

const day = 24 * time.Hour

// A delete credits what the grace periods that run say, restores the former expiry, and purges only
// in add grace. Decisions 3.3.
func TestDomainDelete(t *testing.T) {
	for _, test := range []struct {
		name     string
		live     func(w *world.World)
		credited ledger.Money
		gone     bool
		expires  string // after the delete
	}{
		{"in add grace", func(w *world.World) {}, 20_00, true, ""},
		{"one second before add grace ends", func(w *world.World) { w.Pass(5*day - time.Second) }, 20_00, true, ""},
		{"in add grace and renewed", func(w *world.World) { renew(w, 2, "2027-03-01") }, 60_00, true, ""},
		{"when add grace ends", func(w *world.World) { w.Pass(5 * day) }, 0, false, "2027-03-01"},
		{"in renew grace", func(w *world.World) { w.Pass(9 * day); renew(w, 3, "2027-03-01") }, 60_00, false, "2027-03-01"},
		{"in two renew graces", func(w *world.World) {
			w.Pass(9 * day)
			renew(w, 1, "2027-03-01")
			w.Pass(day)
			renew(w, 1, "2028-03-01")
		}, 40_00, false, "2027-03-01"},
		{"when the first of two renew graces has ended", func(w *world.World) {
			w.Pass(9 * day)
			renew(w, 1, "2027-03-01")
			w.Pass(4 * day)
			renew(w, 1, "2028-03-01")
			w.Pass(day)
		}, 20_00, false, "2028-03-01"},
		{"in auto-renew grace, not written down yet", func(w *world.World) { w.At("2027-03-20T00:00:00Z") }, 20_00, false, "2027-03-01"},
		{"in auto-renew grace", func(w *world.World) { w.At("2027-03-20T00:00:00Z"); w.Settle() }, 20_00, false, "2027-03-01"},
		{"in auto-renew grace and renew grace", func(w *world.World) {
			w.At("2027-03-20T00:00:00Z")
			renew(w, 2, "2028-03-01")
		}, 60_00, false, "2027-03-01"},
		{"when auto-renew grace ends", func(w *world.World) { w.At("2027-04-15T23:59:59Z") }, 0, false, "2028-03-01"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := world.New(t, noon)
			w.Domain(world.Acme, "shop.co")
			test.live(w)
			before := w.Funds(world.Acme).Available()
			reply := w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.co")}).(flow.DomainDeleted)
			if reply.Credited != test.credited {
				t.Errorf("credited %s, want %s", reply.Credited, test.credited)
			}
			// An auto-renewal set nothing aside, so crediting it gives nothing back.
			released := strings.Count(w.Rows("SELECT text FROM entry WHERE entry_key LIKE '%/unauthorise' AND text NOT LIKE 'Auto%' AND at = $1", w.Now().UnixMicro()), "\n")
			if after := w.Funds(world.Acme).Available(); released > 0 && after <= before {
				t.Errorf("available %s before and %s after the credit", before, after)
			}
			w.CheckInvariants()
			if _, err := w.Ask(world.Acme, flow.DomainInfo{Name: world.Name("shop.co")}); test.gone != (code(err) == registry.ObjectMissing) {
				t.Errorf("info after the delete: %v, want gone %t", err, test.gone)
			}
			if test.gone {
				return
			}
			d := info(t, w, "shop.co")
			if got := d.Expires.Format(time.DateOnly); got != test.expires {
				t.Errorf("expires %s, want %s", got, test.expires)
			}
			if !slices.Contains(d.EPPStatuses, registry.PendingDelete) || !slices.Equal(d.RGPStatuses, []registry.RGPStatus{registry.RGPRedemption}) {
				t.Errorf("statuses %v %v", d.EPPStatuses, d.RGPStatuses)
			}
		})
	}
}

func renew(w *world.World, years int, expiry string) {
	date, err := time.Parse(time.DateOnly, expiry)
	if err != nil {
		w.T.Fatal(err)
	}
	w.Do(world.Acme, flow.DomainRenew{Name: world.Name("shop.co"), CurrentExpiry: date, Years: years})
}

// From delete to purge, at the second, whether or not the engine has run.
func TestDomainDeleteToPurge(t *testing.T) {
	for _, engine := range []bool{false, true} {
		w := world.New(t, noon)
		w.Domain(world.Acme, "shop.co")
		w.Pass(10 * day)
		w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.co")})
		deletion := info(t, w, "shop.co").Deletion
		if late := deletion.PurgeAt.Sub(deletion.PendingUntil); late < time.Minute || late >= 2*time.Minute {
			t.Errorf("the purge is %s after pending delete, want 60 to 119 s", late)
		}
		for _, at := range []struct {
			after time.Duration
			rgp   registry.RGPStatus
		}{
			{30*day - time.Second, registry.RGPRedemption},
			{30 * day, registry.RGPPendingDelete},
			{deletion.PurgeAt.Sub(deletion.At) - time.Second, registry.RGPPendingDelete},
		} {
			w.At(deletion.At.Add(at.after).Format(time.RFC3339))
			if engine {
				w.Settle()
			}
			if d := info(t, w, "shop.co"); !slices.Equal(d.RGPStatuses, []registry.RGPStatus{at.rgp}) {
				t.Errorf("%s after the delete: %v, want %s", at.after, d.RGPStatuses, at.rgp)
			}
			if c := check(t, w, "shop.co"); c.Available {
				t.Errorf("%s after the delete the name is available", at.after)
			}
		}
		w.At(deletion.PurgeAt.Format(time.RFC3339))
		if engine {
			w.Settle()
		}
		if c := check(t, w, "shop.co"); !c.Available {
			t.Errorf("at its purge instant the name is not available: %s", c.Reason)
		}
		w.Domain(world.Other, "shop.co")
		if d := info(t, w, "shop.co"); d.Sponsor != world.Other || d.Version != 1 {
			t.Errorf("the name registered anew is %+v", d.Domain)
		}
		w.CheckInvariants()
	}
}

// A purge takes the subordinate hosts and every delegation to them along. Manual 8.3.2, decisions 2.8.
func TestPurgeRemovesSubordinateHosts(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "parent.co")
	w.Host(world.Acme, "ns1.parent.co", "192.0.2.1")
	w.Host(world.Acme, "ns1.example.net")
	w.Domain(world.Other, "child.co", "ns1.parent.co", "ns1.example.net")
	publishAll(t, w)
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("parent.co")})
	if _, err := w.Ask(world.Acme, flow.HostInfo{Name: world.Name("ns1.parent.co")}); code(err) != registry.ObjectMissing {
		t.Errorf("the subordinate host of a purged name: %v", err)
	}
	if d := info(t, w, "child.co"); len(d.Nameservers) != 1 || d.Nameservers[0].Name != world.Name("ns1.example.net") {
		t.Errorf("child.co is delegated to %v", d.Nameservers)
	}
	if got, want := w.Rows("SELECT kind, name FROM mark ORDER BY kind, name"), "domain | parent.co\nhost | ns1.parent.co\nleft | ns1.parent.co\n"; got != want {
		t.Errorf("marks\n%s want\n%s", got, want)
	}
	w.CheckInvariants()
}

// Between the instant of a purge and its writing, whoever links what it takes along sees it gone, and
// can go on: a name that was delegated to its host, a host and a contact that only it linked.
// Decisions 3.1.
func TestPurgeIsSeenBeforeItIsWritten(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "gone.co")
	w.Host(world.Acme, "ns1.gone.co", "192.0.2.1")
	w.Host(world.Acme, "ns1.example.net")
	w.Contact(world.Acme, "LAST")
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("gone.co"), Add: flow.DomainEdit{
		Nameservers: world.Names("ns1.example.net"), Contacts: []flow.Role{{Role: "billing", ID: "LAST"}},
	}})
	w.Domain(world.Other, "user.co", "ns1.gone.co")
	w.Pass(10 * day)
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("gone.co")})
	w.At(info(t, w, "gone.co").Deletion.PurgeAt.Format(time.RFC3339))

	if d := info(t, w, "user.co"); len(d.Nameservers) != 0 || !slices.Equal(d.EPPStatuses, []registry.Status{registry.Inactive}) {
		t.Errorf("user.co is delegated to %v, status %v", d.Nameservers, d.EPPStatuses)
	}
	w.Do(world.Other, flow.DomainUpdate{Name: world.Name("user.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}}})
	if h := hostInfo(t, w, "ns1.example.net"); !slices.Equal(h.EPPStatuses, []registry.Status{registry.OK}) {
		t.Errorf("the host that only it linked has %v", h.EPPStatuses)
	}
	w.Do(world.Acme, flow.HostDelete{Name: world.Name("ns1.example.net")})
	_, err := w.Run(world.Acme, flow.ContactDelete{ID: "LAST"})
	wantRefusal(t, err, registry.StatusProhibits, "the object has the status pendingDelete; link it to a name again, or wait for its purge")
	w.Settle()
	w.CheckInvariants()
	if got := w.Rows("SELECT name FROM host"); got != "" {
		t.Errorf("hosts are left: %s", got)
	}
}

// The names of a registrar that deletes at expiry go into redemption then, and under a status that
// the operator set they renew instead. Decisions 3.4.
func TestAutoDelete(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Deleter, "shop.co")
	w.Do(world.Deleter, flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientDeleteProhibited}}})
	w.At("2027-03-01T23:59:58Z")
	if d := info(t, w, "shop.co"); d.Deletion.Active() {
		t.Error("deleted one second before its expiry")
	}
	w.At("2027-03-01T23:59:59Z")
	d := info(t, w, "shop.co")
	if !d.Deletion.At.Equal(w.Now()) || d.Deletion.By != "" || d.Has(registry.ClientDeleteProhibited) {
		t.Errorf("at its expiry: %+v", d.Domain)
	}
	if w.Funds(world.Deleter).Available() != world.Funds-20_00 {
		t.Error("an automatic deletion costs or credits something")
	}
}

func check(t *testing.T, w *world.World, name string) flow.Checked {
	t.Helper()
	reply, err := w.Ask(world.Acme, flow.DomainCheck{Names: []string{name}})
	if err != nil {
		t.Fatal(err)
	}
	return reply.([]flow.Checked)[0]
}

// publishAll removes all marks as a publisher would.
func publishAll(t *testing.T, w *world.World) {
	t.Helper()
	marks, err := w.Ask("", flow.PendingMarks{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	w.Do("", flow.ZonesPublished{Marks: marks.([]registry.Mark)})
}

// Years that were renewed on top of an auto-renewal stay when that is undone, once their own grace has ended: they
// were paid for. Decisions 3.3.
func TestDeleteKeepsPaidYears(t *testing.T) {
	for _, test := range []struct {
		name     string
		deleted  string
		credited ledger.Money
		expires  string
	}{
		{"the renewal can be undone, too", "2027-03-04T12:00:00Z", 80_00, "2027-03-01"},
		{"the renewal is paid for", "2027-03-22T12:00:00Z", 20_00, "2030-03-01"},
		{"nothing can be undone", "2027-05-22T12:00:00Z", 0, "2031-03-01"},
	} {
		w := world.New(t, noon)
		w.Domain(world.Acme, "shop.co")
		w.At("2027-03-02T12:00:00Z")
		w.Do(world.Acme, flow.DomainRenew{Name: world.Name("shop.co"), CurrentExpiry: time.Date(2028, 3, 1, 0, 0, 0, 0, time.UTC), Years: 3})
		w.At(test.deleted)
		reply := w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.co")}).(flow.DomainDeleted)
		if d := info(t, w, "shop.co"); reply.Credited != test.credited || d.Expires.Format(time.DateOnly) != test.expires {
			t.Errorf("%s: credited %s, expires %s, want %s and %s", test.name, reply.Credited, d.Expires, test.credited, test.expires)
		}
		w.Do(world.Acme, restore("shop.co"))
		w.CheckInvariants()
	}
}

// What a deletion in add grace credits is not had for a restore, where such a deletion does not purge: the name has
// to be renewed from the day of its creation. Policies of 2011.
func TestRestoreOfAnUnpaidName(t *testing.T) {
	w := world.New(t, noon)
	old, err := policy.BuiltIn("co-2011")
	if err != nil {
		t.Fatal(err)
	}
	w.Service.Profile = w.Service.Profile.Follow(world.Name("nom.co"), old, w.Now(), "a test")
	w.Contact(world.Acme, "C")
	before := w.Funds(world.Acme).Available()
	w.Do(world.Acme, flow.DomainCreate{
		Name: world.Name("shop.nom.co"), Registrant: "C", Years: 5, Contacts: []flow.Role{{Role: "admin", ID: "C"}, {Role: "tech", ID: "C"}},
	})
	w.Pass(time.Hour)
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.nom.co")})
	if left := w.Funds(world.Acme).Available(); left != before {
		t.Errorf("a deletion in add grace leaves %s of %s", left, before)
	}
	w.Do(world.Acme, restore("shop.nom.co"))
	w.Pass(day)
	w.Settle()
	d := info(t, w, "shop.nom.co")
	if paid := before - w.Funds(world.Acme).Available(); d.Expires.Format(time.DateOnly) != "2027-03-01" || paid != 60_00 {
		t.Errorf("after a restore and its renewal the name expires on %s for %s", d.Expires, paid)
	}
	w.CheckInvariants()
}

// A name that is deleted and restored until its expiry is long ago is renewed beyond now, or not at all.
func TestRenewOfALongExpiredName(t *testing.T) {
	for _, who := range []registry.RegistrarID{world.Deleter, world.Acme} {
		w := world.New(t, noon)
		name := world.Name("shop.co")
		w.Domain(who, "shop.co")
		w.At("2027-02-25T12:00:00Z")
		w.Do(who, flow.DomainDelete{Name: name})
		for w.Now().Before(time.Date(2028, 4, 1, 0, 0, 0, 0, time.UTC)) {
			w.Pass(29 * day)
			w.Do(who, restore("shop.co"))
			if who == world.Acme {
				w.Do(who, flow.DomainDelete{Name: name})
			} else {
				w.Pass(day)
			}
		}
		w.Do(who, restore("shop.co"))
		short := flow.DomainRenew{Name: name, CurrentExpiry: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)}
		if _, err := w.Run(who, short); code(err) != registry.NotRenewable {
			t.Errorf("a renewal that ends before now: %v", err)
		}
		want := "2030-03-01"
		if short.Years = 3; who == world.Deleter {
			w.Do(who, short)
		} else {
			w.Pass(day)
			want = "2029-03-01"
		}
		if d := info(t, w, "shop.co"); d.Expires.Format(time.DateOnly) != want || d.Deletion.Active() {
			t.Errorf("%s: it is %+v", who, d.Domain)
		}
		w.Settle()
		w.CheckInvariants()
	}
}
