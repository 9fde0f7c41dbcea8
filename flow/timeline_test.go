package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

func TestTimelinePrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	q := flow.Timeline{Name: world.Name("free.co")}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", q }, []step{
		{func() {}, registry.ObjectMissing, "the name is not registered; check its spelling"},
	}, func() { q.Name = world.Name("shop.co") })
}

// The years of a registration are credited as one, and their grace ends once.
func TestTimelineOfYears(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Contact(world.Acme, "ANA-1")
	w.Do(world.Acme, flow.DomainCreate{
		Name: world.Name("years.co"), Years: 3, Registrant: "ANA-1", AuthInfo: "domain-secret",
		Contacts: []flow.Role{{Role: "admin", ID: "ANA-1"}, {Role: "tech", ID: "ANA-1"}},
	})
	reply, err := w.Ask("", flow.Timeline{Name: world.Name("years.co")})
	if err != nil {
		t.Fatal(err)
	}
	var ends []string
	for _, a := range reply.(flow.TimelineFound).Ahead {
		if a.Grace == registry.AddGrace {
			ends = append(ends, a.Credit.String())
		}
	}
	if !slices.Equal(ends, []string{"60.00"}) {
		t.Errorf("addPeriod ends crediting %q", ends)
	}
}

// What is ahead of a name is told by the settings of its sponsor, and comes about when the clock gets there.
func TestTimeline(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Service.Spread = func(registry.ROID) uint32 { return 7 }
	w.Domain(world.Acme, "shop.co")
	w.Domain(world.Deleter, "lapse.co")
	for _, test := range []struct{ now, name, want string }{
		{"2026-03-01T12:00:00Z", "shop.co", `2026-03-06T12:00:00Z grace-ends addPeriod 20.00
2026-04-30T12:00:00Z hold-ends
2027-03-01T23:59:59Z renewed 2028-03-01 20.00
2027-04-15T23:59:59Z grace-ends autoRenewPeriod 20.00
2028-03-01T23:59:59Z renewed 2029-03-01 20.00
2028-04-15T23:59:59Z grace-ends autoRenewPeriod 20.00
`},
		{"2026-05-01T12:00:00Z", "lapse.co", `2027-03-01T23:59:59Z expired 2027-03-31 2027-04-06
2027-03-31T23:59:59Z redemption-ends
2027-04-06T00:01:06Z purged
`},
		{"2027-04-01T12:00:00Z", "lapse.co", "2027-04-06T00:01:06Z purged\n"},
		{"2027-04-06T00:01:05Z", "lapse.co", "2027-04-06T00:01:06Z purged\n"},
		{"2027-04-06T00:01:06Z", "lapse.co", ""},
	} {
		w.At(test.now)
		var b strings.Builder
		reply, err := w.Ask("", flow.Timeline{Name: world.Name(test.name)})
		if err != nil && test.want != "" {
			t.Fatal(err)
		}
		found, _ := reply.(flow.TimelineFound)
		for _, a := range found.Ahead {
			fmt.Fprintf(&b, "%s %s", a.At.Format("2006-01-02T15:04:05Z"), a.What)
			for _, text := range []string{string(a.Grace), a.Credit.String(), a.Expires.Format("2006-01-02"), a.Charge.String(), a.RestorableTil.Format("2006-01-02"), a.PurgeAt.Format("2006-01-02")} {
				if text != "" && text != "0.00" && text != "0001-01-01" {
					b.WriteString(" " + text)
				}
			}
			b.WriteString("\n")
		}
		if b.String() != test.want {
			t.Errorf("at %s, ahead of %s:\n%s\nwant\n%s", test.now, test.name, b.String(), test.want)
		}
	}
}
