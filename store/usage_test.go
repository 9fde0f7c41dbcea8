package store_test

import (
	"context"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

var _ flow.Usages = (*store.DB)(nil)

// Days add up whoever adds to them, are flagged once, and are removed when they are old; and a bucket in
// which nothing is spent any more goes too.
func TestUsage(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	ctx := context.Background()
	today := w.Now().Truncate(24 * time.Hour)
	nodes := []flow.Usages{w.DB, w.DB}
	if w.Postgres {
		nodes[1] = w.Open(nil)
	}
	for i := range 4 {
		sum, err := nodes[i%2].AddUsage(ctx, registry.DayOfUse{Registrar: world.Acme, Day: today, Checks: 10, FailedCreates: 2, Registered: 1})
		if n := int64(i + 1); err != nil || sum.Checks != 10*n || sum.FailedCreates != 2*n || sum.Registered != n || !sum.Day.Equal(today) {
			t.Fatalf("after %d times: %+v, %v", n, sum, err)
		}
	}
	flag := registry.DayOfUse{Registrar: world.Acme, Day: today, Flagged: w.Now(), Flag: "too much"}
	for i, want := range []bool{true, false} {
		if first, err := nodes[i].FlagUsage(ctx, flag); first != want || err != nil {
			t.Errorf("flag on node %d: %t, %v, want %t", i, first, err, want)
		}
	}
	if _, err := w.DB.AddUsage(ctx, registry.DayOfUse{Registrar: world.Acme, Day: today.AddDate(0, 0, -9), Checks: 1}); err != nil {
		t.Fatal(err)
	}
	days, err := w.DB.UsageOf(ctx, world.Acme, today.AddDate(0, 0, -20))
	if err != nil || len(days) != 2 || days[0].Flag != "too much" || !days[0].Flagged.Equal(w.Now()) || days[1].Checks != 1 {
		t.Errorf("the days are %+v, %v", days, err)
	}
	for name, at := range map[string]time.Time{"spent": w.Now().Add(time.Hour), "earned": w.Now().Add(-time.Hour)} {
		if err := w.DB.Spend(ctx, name, func(time.Time) time.Time { return at }); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.DB.SweepUsage(ctx, today, w.Now()); err != nil {
		t.Fatal(err)
	}
	if left := w.Rows("SELECT name FROM bucket") + w.Rows("SELECT checks FROM usage"); left != "spent\n40\n" {
		t.Errorf("a sweep leaves\n%s", left)
	}
}
