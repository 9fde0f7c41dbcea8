package main

import (
	"context"
	"time"
)

const (
	// usageTime is how often a node keeps what it has counted of the registrars' commands: what it may
	// lose when it is killed, and what may go to the next day at midnight.
	usageTime = 5 * time.Second
	// usageLimit is how long that may take.
	usageLimit = 3 * time.Second
	// usageSweeps is how many times pass between two looks for what is too old.
	usageSweeps = 720
)

// countUsage keeps what this node counts until the context ends.
func (h *house) countUsage(ctx context.Context) error {
	ticker := time.NewTicker(usageTime)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			h.keepUsage(ctx)
		}
		if n%usageSweeps > 0 {
			continue
		}
		if err := h.core.service.SweepUsage(ctx); err != nil {
			h.log.Debug("remove old days of use", "error", err) // with the next
		}
	}
}

// keepUsage keeps it once, and tells of what was flagged. While the database is away nothing is lost.
func (h *house) keepUsage(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, usageLimit)
	defer cancel()
	flagged, err := h.core.service.KeepUsage(ctx)
	if err != nil {
		h.log.Debug("keep what was counted of commands", "error", err)
	}
	for _, u := range flagged {
		h.log.Warn("a registrar's checks and failed creates are excessive today", "registrar", u.Registrar,
			"day", u.Day.Format(time.DateOnly), "flag", u.Flag)
	}
}
