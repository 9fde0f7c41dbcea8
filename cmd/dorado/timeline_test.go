package main

import (
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/flow"
)

// What is ahead of a name of the demo is told to people and programs, and the clock that is moved to the first of it
// reaches just that.
func TestTimelineCommand(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	var told timelineAnswer
	decode(t, mustRun(t, "timeline", "librerialuna.co", "--dir", dir, "--json"), &told)
	if told.Name != "librerialuna.co" || told.Sponsor == "" || len(told.Ahead) < 4 || told.Ahead[0].Event == "" {
		t.Fatalf("the timeline is %+v", told)
	}
	out := mustRun(t, "timeline", "librerialuna.co", "--dir", dir)
	has(t, out, "librerialuna.co, D", "Sponsored by H100", "If nobody does anything:", showInstant(told.Ahead[0].At)+"  in ")
	for _, a := range told.Ahead {
		has(t, out, a.Event)
	}
	moved := mustRun(t, "clock", "--dir", dir, "next", "librerialuna.co")
	has(t, moved, "Reached: "+told.Ahead[0].Event+".")
	shown := false // the clock goes on while it is looked at
	for later := range 30 {
		shown = shown || strings.Contains(moved, showInstant(told.Ahead[0].At.Add(time.Duration(later)*time.Second)))
	}
	if !shown {
		t.Errorf("moved to %s, the clock says\n%s", told.Ahead[0].At, moved)
	}
	for _, test := range []struct{ line, says string }{
		{"", "give one argument: the name"},
		{"nobody-has-this.co", "the name is not registered; check its spelling"},
	} {
		_, errs, status := run(t, "", append([]string{"timeline", "--dir", dir}, strings.Fields(test.line)...)...)
		if status != 1 || !strings.Contains(errs, test.says) {
			t.Errorf("timeline %s: status %d, %s; want %q", test.line, status, errs, test.says)
		}
	}
}

// Everything that can be ahead has a sentence of its own.
func TestTellAhead(t *testing.T) {
	day := time.Date(2027, 3, 1, 23, 59, 59, 0, time.UTC)
	for _, test := range []struct {
		ahead flow.Ahead
		want  string
	}{
		{flow.Ahead{What: lifecycle.GraceEnds, Grace: "addPeriod", Credit: 1_020_00}, "the grace period addPeriod ends; a deletion before credits 1,020.00 USD"},
		{flow.Ahead{What: lifecycle.HoldEnds}, "the hold on transfers ends; from then on another registrar can request one"},
		{flow.Ahead{What: lifecycle.RedemptionEnds}, "redemption ends and pending delete begins; until then the name can be restored"},
		{flow.Ahead{What: lifecycle.Purged}, "the name is purged and free"},
		{flow.Ahead{What: "renewed", Expires: day, Charge: 20_00}, "the registration renews itself until 2027-03-01, for 20.00 USD"},
		{flow.Ahead{What: "restore-renewed", Expires: day, Charge: 20_00}, "the day of the restore ends and the name renews itself until 2027-03-01, for 20.00 USD"},
		{flow.Ahead{What: "suspended", Until: day}, "the registration expires and the name is suspended until 2027-03-01 23:59:59Z"},
		{flow.Ahead{What: "expired", RestorableTil: day, PurgeAt: day.Add(time.Hour)}, "the registration expires and redemption begins; it can be restored until 2027-03-01 23:59:59Z and is purged at 2027-03-02 00:59:59Z"},
		{flow.Ahead{What: "restore-lapsed", RestorableTil: day, PurgeAt: day}, "the day of the restore ends without a renewal and the name is deleted again; it can be restored until 2027-03-01 23:59:59Z and is purged at 2027-03-01 23:59:59Z"},
		{flow.Ahead{What: "transferred", Sponsor: "R2001", Expires: day}, "the transfer is approved by itself; R2001 sponsors the name, which expires on 2027-03-01"},
	} {
		if got := tellAhead(test.ahead, "USD"); got != test.want {
			t.Errorf("%s is told as\n%s\nwant\n%s", test.ahead.What, got, test.want)
		}
	}
}
