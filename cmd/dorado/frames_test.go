package main

import (
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// Of what a frame would change a registrar is told what is its own, and nothing of others.
func TestOwnChanges(t *testing.T) {
	expires := time.Date(2027, 3, 1, 23, 59, 59, 0, time.UTC)
	domain := func(name string, sponsor registry.RegistrarID) registry.Domain {
		return registry.Domain{Name: names.MustParse(name), Version: 2, Sponsor: sponsor, Expires: expires}
	}
	got := ownChanges(registry.Changes{
		Earlier:     []registry.Changes{{GoneDomains: []registry.Domain{domain("late.example", "R3001")}}},
		Domains:     []registry.Domain{domain("mine.example", "R2001"), domain("theirs.example", "R3001")},
		Hosts:       []registry.Host{{Name: names.MustParse("ns1.mine.example"), Version: 1, Sponsor: "R2001"}, {Name: names.MustParse("ns1.theirs.example"), Sponsor: "R3001"}},
		GoneDomains: []registry.Domain{domain("gone.example", "R2001"), domain("gone2.example", "R3001")},
		Charges: []ledger.Charge{
			{ID: "a", Party: "R2001", Type: ledger.Renewal, Amount: 20_00, State: ledger.Posted}, {ID: "b", Party: "R3001", Type: ledger.Renewal, Amount: 40_00},
		},
		Rescheduled: []ledger.Charge{{ID: "c", PostsAt: expires}},
		Marks:       []registry.Mark{{Kind: registry.MarkDomain, Name: names.MustParse("mine.example")}},
		Poll:        []registry.PollMessage{{Registrar: "R3001"}, {Registrar: "R2001"}},
		Mail:        []registry.Mail{{Registrar: "R3001", To: "secret@r3001.example"}},
	}, "R2001")
	want := []string{
		"domain mine.example, version 2, expires 2027-03-01T23:59:59Z", "host ns1.mine.example, version 1", "domain gone.example is gone",
		"charge Renewal 20.00 of R2001, posted", "a message in the queue of this registrar",
	}
	if !slices.Equal(got, want) {
		t.Errorf("it is told\n%q, want\n%q", got, want)
	}
}
