package flow

import (
	"context"

	"example.org/dorado/core/registry"
)

// A FairUseShown is what limits a registrar and what it has used, as it is told itself: without who decided it.
type FairUseShown struct {
	InForce registry.FairUse
	Today   registry.DayOfUse   // what this node has counted and not kept yet is in it
	Days    []registry.DayOfUse // that were kept, the latest first; today with them
	Most    int64               // checks and failed creates a day, above which a registrar is flagged; 0: no flag
	PerName int64               // the same, for each name registered
}

// FairUseOf returns what limits a registrar and what it used in so many days (UTC, real time), today with them. Manual
// 9.7.3 and 9.9.1, decisions 4.5.
func (s *Service) FairUseOf(ctx context.Context, r registry.Registrar, days int) (FairUseShown, error) {
	limits := s.Terms().Limits
	shown := FairUseShown{InForce: s.InForce(r), Most: limits.DropCatchCommands, PerName: limits.DropCatchPerName}
	shown.InForce.Changed = registry.Measure{}
	shown.InForce.Sessions.Author, shown.InForce.Cache.Author = "", ""
	for i := range shown.InForce.Limits {
		shown.InForce.Limits[i].Author = ""
	}
	var err error
	if shown.Days, err = s.UsageOf(ctx, r.ID, days); err != nil {
		return FairUseShown{}, err
	}
	shown.Today = registry.DayOfUse{Registrar: r.ID, Day: dayOf(s.Real())}
	if len(shown.Days) > 0 && shown.Days[0].Day.Equal(shown.Today.Day) {
		shown.Today = shown.Days[0]
	}
	if s.Fairness != nil {
		t := s.Fairness.tallies.of(r.ID)
		shown.Today.Checks += t.checks.Load()
		shown.Today.FailedCreates += t.failed.Load()
		shown.Today.Registered += t.registered.Load()
	}
	return shown, nil
}
