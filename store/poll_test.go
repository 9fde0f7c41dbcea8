package store_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// notices has one of each kind, with every field set.
func notices() []registry.Notice {
	domain, host, contact := base().Domains[0], base().Hosts[0], base().Contacts[0]
	maintenance := registry.Maintenance{
		ID: "M-1", Version: 2, Name: "Switches", Systems: []registry.MaintenanceSystem{{Name: "EPP", Host: "epp.example", Impact: registry.ImpactPartial}},
		Environment: "production", Starts: now, Ends: now.Add(time.Hour), Emergency: true, Detail: "https://example.com/", Description: "d",
		Zones: []string{"co"}, Connection: true, Implementation: true, Created: now, Updated: now.Add(time.Minute), Cancelled: true,
	}
	return []registry.Notice{
		registry.TransferNotice{
			Object: "domain", Name: "shop.co", Status: registry.TransferPending, Gaining: "H1", Requested: now, Losing: "H2",
			Answer: now.Add(time.Hour), Expires: now.Add(2 * time.Hour),
		},
		registry.PendingActionNotice{Name: "shop.co", Done: true, ClTRID: "C-1", SvTRID: "S-1", At: now},
		registry.ChangeNotice{
			Step: registry.EventAutoDeleted, Operation: "custom", Detail: "sync", At: now, SvTRID: "S-1", Who: "H2", CaseType: "urs", CaseID: "urs123", Why: "why", Former: "f",
			Before: true, Text: "text", Domain: &domain, Host: &host, Contact: &contact, Linked: true,
		},
		registry.MaintenanceNotice{Type: registry.MaintenanceBegins, Maintenance: maintenance},
		registry.LowBalanceNotice{Available: 5_00, Threshold: 100_00},
		registry.AccountNotice{
			Step: registry.EventFeeCharged, At: now, Balance: -1, Available: 2, Minimum: 3, Amount: 4, Reference: "r", HoldsOfYear: 5, Text: "text",
			Fee: "Reinstatement", Period: "2026", Names: 6, NamesDue: 7, Act: registry.MoneyWaiver, Taken: true,
		},
		registry.TextNotice{Text: "ñ <&>"},
		registry.UserNotice{
			Step: registry.EventUserSecured, At: now, Name: "Ana", Login: "ana@example.com", What: registry.DeedCodeUsed, By: "eva@example.com",
			Address: netip.MustParseAddr("2001:db8::1"), Link: "00ff", Ends: now,
		},
	}
}

// Messages of every kind come back as they were put, in their order; an acknowledged one is gone, and one
// that is not there is a conflict.
func TestQueue(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	for _, n := range notices() {
		write(t, w, registry.Changes{Poll: []registry.PollMessage{{Registrar: "H1", At: now, Notice: n}}})
	}
	for i, want := range notices() {
		var got registry.PollMessage
		view(t, w, func(r registry.Reader) error {
			var err error
			if got, _, err = r.OldestMessage("H1"); err != nil {
				return err
			}
			if n, err := r.CountMessages("H1", 4); err != nil || n != min(4, len(notices())-i) {
				t.Errorf("%d messages are counted, %v", n, err)
			}
			if has, err := r.HasMessage("H1", got.ID); err != nil || !has {
				t.Errorf("message %d is not there, %v", got.ID, err)
			}
			if has, err := r.HasMessage("H2", got.ID); err != nil || has {
				t.Errorf("message %d is another's, %v", got.ID, err)
			}
			return nil
		})
		if diff := cmp.Diff(want, got.Notice, cmpopts.EquateComparable(names.Name{}, netip.Addr{})); diff != "" || !got.At.Equal(now) {
			t.Errorf("the message of kind %s came back with %s", want.Kind(), diff)
		}
		gone := registry.Changes{Acknowledged: []registry.PollMessage{got}}
		write(t, w, gone)
		if err := update(w, gone); err == nil {
			t.Error("a message is acknowledged twice")
		}
	}
	if _, err := registry.ReadNotice("later", nil); err == nil || !strings.Contains(err.Error(), "later") {
		t.Errorf("a notice of a kind that nobody knows: %v", err)
	}
}

// An announcement moves on only from the step that was read, and goes at its end; one that is not due yet
// can be withdrawn.
func TestAnnouncements(t *testing.T) {
	w := world.Empty(t)
	put := func(topic string, due time.Time) {
		write(t, w, registry.Changes{Announced: []registry.Announcement{
			{Topic: topic, Due: due, Notice: registry.TextNotice{Text: topic}, Host: "H2-CO", Except: "H3"},
		}})
	}
	read := func() (a registry.Announcement, found bool) {
		view(t, w, func(r registry.Reader) error {
			var err error
			a, found, err = r.DueAnnouncement(now)
			return err
		})
		return a, found
	}
	put("kept", now)
	put("withdrawn", now.Add(time.Second))
	put("kept", now.Add(time.Second))
	first, found := read()
	if !found || first.Topic != "kept" || first.Host != "H2-CO" || first.Except != "H3" || !first.Due.Equal(now) {
		t.Fatalf("what is due is %+v", first)
	}
	next := first
	next.After, next.Told = "H5", []registry.RegistrarID{"H4"}
	write(t, w, registry.Changes{Announced: []registry.Announcement{next}})
	if err := update(w, registry.Changes{Announced: []registry.Announcement{next}}); err == nil {
		t.Error("an announcement moves on twice from one step")
	}
	if err := update(w, registry.Changes{ToldAll: []registry.Announcement{next}}); err == nil {
		t.Error("an announcement ends at a step that has passed")
	}
	second, _ := read()
	if second.After != "H5" || len(second.Told) != 1 || second.ID != first.ID {
		t.Errorf("after a step it is %+v", second)
	}
	write(t, w, registry.Changes{ToldAll: []registry.Announcement{second}})
	if a, found := read(); found {
		t.Errorf("%+v is due", a)
	}
	write(t, w, registry.Changes{Withdrawn: []registry.Withdrawal{{Topic: "withdrawn", After: now}, {Topic: "kept", After: now.Add(time.Second)}}})
	if got := w.Rows("SELECT topic FROM announcement"); got != "kept\n" {
		t.Errorf("what is left is %q, want one kept", got)
	}
	view(t, w, func(r registry.Reader) error {
		at, err := r.NextDue()
		if !at.Equal(now.Add(time.Second)) {
			t.Errorf("the next thing is due at %s", at)
		}
		return err
	})
}
