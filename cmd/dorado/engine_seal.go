package main

import (
	"context"
	"errors"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A day of the ledger is sealed when it is over and all that was due in it is settled, but for what cannot be: that
// is sealed with a later day, when it can. The engine does so, batch after batch, under its lease. Whether there is
// something to seal it knows without asking the database. docs/ledger.md.

const (
	// sealBatch is how many entries one transaction seals, and a registrar's whole day.
	sealBatch = 20_000
	// sealPause is how long the engine waits after a fault before it seals again; the rest of its work goes on.
	sealPause = time.Minute
)

// seal seals the days that were over at an instant, up to which all is settled.
func (e *engine) seal(ctx context.Context, settled time.Time) {
	over := flow.LastDayOver(settled)
	if len(e.core.service.Keys.Ledger) == 0 || !over.After(e.sealed) || time.Now().Before(e.sealAgain) {
		return
	}
	began := time.Now()
	total, err := e.sealDays(ctx, settled)
	if total.Days > 0 {
		e.log.Info("sealed the ledger", "days", total.Days, "last", total.Last.Format(time.DateOnly),
			"entries", total.Entries, "late", total.Late, "took", time.Since(began).Round(time.Millisecond).String())
	}
	if err != nil {
		e.sealAgain = time.Now().Add(sealPause)
		if ctx.Err() == nil && !errors.Is(err, registry.ErrFenced) {
			e.log.Error("seal the ledger; trying again", "error", err, "next", sealPause.String())
		}
		return
	}
	e.sealed = over
}

// sealDays seals batch after batch. What is sealed is read before a transaction begins, so that none waits for that.
func (e *engine) sealDays(ctx context.Context, settled time.Time) (total flow.Sealed, err error) {
	for more := true; more; {
		began := time.Now()
		reply, err := e.core.service.Ask(ctx, "", flow.SealDrafted{By: settled, Most: sealBatch})
		if err != nil {
			return total, err
		}
		draft := reply.(flow.SealDraft)
		if len(draft.Seals)+len(draft.Days) == 0 {
			return total, nil
		}
		if reply, err = e.do(ctx, flow.Seal{By: settled, Most: sealBatch, Draft: &draft}); err != nil {
			return total, err
		}
		done := reply.(flow.Sealed)
		total.Days, total.Entries, total.Late, total.Last = total.Days+done.Days, total.Entries+done.Entries, total.Late+done.Late, done.Last
		if more = done.More; !more {
			break
		}
		if err := rest(ctx, time.Since(began), e.core.service.Terms().Limits.SettlePercent); err != nil {
			return total, err
		}
	}
	return total, nil
}
