package main

import (
	"context"
	"fmt"
	"slices"

	"example.org/dorado/store"
)

// A demo's clock is kept in the database and moved by one process, which would not hear of another's
// movements. So a demo has its database to itself, by a lease: the nodes of a registry share a clock because
// none of them can move it.

// clockLease is the lease of the demo that may move the clock.
const clockLease = "clock"

// hasItsClock refuses a process that would go by another clock than the others on its database. It has
// joined them already, so of two that begin at once one sees the other at least.
func (h *house) hasItsClock(ctx context.Context) error {
	leases, err := h.core.db.Leases(ctx)
	if err != nil {
		return err
	}
	other := func(is func(store.Lease) bool) (holder string) {
		at := slices.IndexFunc(leases, func(l store.Lease) bool {
			return l.Left > 0 && l.Holder != h.node.name && is(l)
		})
		if at < 0 {
			return ""
		}
		return leases[at].Holder
	}
	if h.movable {
		if holder := other(func(store.Lease) bool { return true }); holder != "" {
			return fmt.Errorf("another process serves the registry of this database (%s), and the clock of a demo is one process's own; "+
				"stop it first (one that was killed counts for %s), or make another demo with --dir and --database", holder, leaseTime)
		}
		return nil
	}
	if holder := other(func(l store.Lease) bool { return l.Name == clockLease }); holder != "" {
		return fmt.Errorf("a demo runs on this database (%s), and its clock can be moved; "+
			"stop it first (one that was killed counts for %s)", holder, leaseTime)
	}
	return nil
}
