package flow_test

import (
	"fmt"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Names come in order, page after page, as they are now, whatever was settled.
func TestNameList(t *testing.T) {
	w := world.New(t, noon)
	for _, name := range []string{"bbbb.co", "cccc.co", "aaaa.co"} {
		w.Domain(world.Acme, name)
	}
	w.Domain(world.Deleter, "dddd.co")
	w.Domain(world.Deleter, "eeee.co")
	list := func(limit int) (lines []string) {
		after := names.Name{}
		for {
			reply, err := w.Ask("", flow.NameList{After: after, Limit: limit})
			if err != nil {
				t.Fatal(err)
			}
			page := reply.(flow.NamePage)
			for _, n := range page.Names {
				lines = append(lines, fmt.Sprintf("%s %s %s %s %s", n.Name, n.Sponsor, n.Expires.Format(time.DateOnly), n.EPPStatuses, n.RGPStatuses))
			}
			if page.Last.IsZero() {
				return lines
			}
			after = page.Last
		}
	}
	for _, step := range []struct {
		at    string
		first string
		last  string
		count int
	}{
		{"2026-03-01T12:00:01Z", "aaaa.co H1001 2027-03-01 [inactive] [addPeriod]", "eeee.co H1006 2027-03-01 [inactive] [addPeriod]", 5},
		{"2027-03-02T12:00:00Z", "aaaa.co H1001 2028-03-01 [inactive] [autoRenewPeriod]", "eeee.co H1006 2027-03-01 [pendingDelete inactive] [redemptionPeriod]", 5},
		{"2027-06-01T12:00:00Z", "aaaa.co H1001 2028-03-01 [inactive] []", "cccc.co H1001 2028-03-01 [inactive] []", 3},
	} {
		w.At(step.at)
		for _, limit := range []int{1, 2, 100} {
			lines := list(limit)
			if len(lines) != step.count || lines[0] != step.first || lines[len(lines)-1] != step.last {
				t.Errorf("at %s, by %d: %q, want %d from %q to %q", step.at, limit, lines, step.count, step.first, step.last)
			}
		}
	}
}
