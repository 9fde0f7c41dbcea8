package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"example.org/dorado/core/registry"
)

// Why something was refused to a sandbox by a limit.
const (
	refusedFull = "full" // its database has as much as it may
	refusedBusy = "busy" // too many movements, or acts for one sandbox, are under way
	refusedRate = "rate" // too many lookups or readings of a zone
)

// sandboxCounts are what has happened in the test environment since the start, for all sandboxes together.
type sandboxCounts struct {
	opened, movements atomic.Int64

	refused refusals
}

// refusals are counted by why.
type refusals map[string]*atomic.Int64

func newRefusals() refusals {
	return refusals{refusedFull: new(atomic.Int64), refusedBusy: new(atomic.Int64), refusedRate: new(atomic.Int64)}
}

// refuse counts an error that is a refusal.
func (c *sandboxCounts) refuse(err error, why string) {
	if _, refused := errors.AsType[*registry.Error](err); refused {
		c.refused[why].Add(1)
	}
}

// measureOTE adds what the test environment does and takes. No family has a label that says whose a sandbox is.
func (h *house) measureOTE() {
	a := h.ote
	h.metrics.add(
		gauge("dorado_ote_sandboxes", "Sandboxes, by whether they are open, which takes memory, or not.", func(tell sample) {
			open := len(a.opened())
			tell(float64(len(a.list())-open), "no")
			tell(float64(open), "yes")
		}, "open"),
		gauge("dorado_ote_broken_sandboxes", "Sandboxes that could not be opened when that was last tried; /healthz.json says why.", func(tell sample) {
			tell(float64(len(a.faults())))
		}),
		counted("dorado_ote_opened_total", "Times that a sandbox was opened.", func(tell sample) { tell(float64(a.counts.opened.Load())) }),
		counted("dorado_ote_movements_total", "Movements of sandboxes' clocks that began.", func(tell sample) { tell(float64(a.counts.movements.Load())) }),
		counted("dorado_ote_movement_seconds_total", "Time that movements worked; of all of them one works at a time.", func(tell sample) {
			tell(time.Duration(a.turns.worked.Load()).Seconds())
		}),
		gauge("dorado_ote_movements_waiting", "Movements that wait for their turn.", func(tell sample) { tell(float64(a.turns.waits())) }),
		counted("dorado_ote_refused_total", "What was refused by a limit of the test environment.", func(tell sample) {
			all := map[string]uint64{}
			for why, n := range a.counts.refused {
				all[why] = uint64(n.Load())
			}
			each(all, tell)
		}, "reason"),
		gauge("dorado_ote_disk_bytes", "What the databases of all sandboxes take on the disk.", func(tell sample) { tell(float64(a.bytes())) }),
	)
}

// opened returns the sandboxes that are open.
func (a *sandboxes) opened() []*sandbox {
	return slices.DeleteFunc(a.list(), func(s *sandbox) bool { return !s.isOpen() })
}

// bytes adds up the databases of all sandboxes.
func (a *sandboxes) bytes() (total int64) {
	for _, s := range a.list() {
		for _, end := range []string{"", "-wal", "-shm"} {
			if info, err := os.Stat(filepath.Join(s.dir, sandboxDatabase) + end); err == nil {
				total += info.Size()
			}
		}
	}
	return total
}

// faults says of each sandbox that cannot be opened why, in order of name.
func (a *sandboxes) faults() []string {
	var list []string
	for _, s := range a.list() {
		if says := s.fault.Load(); says != nil {
			list = append(list, *says)
		}
	}
	return list
}

// mentionedFaults is how many sandboxes that cannot be opened health names.
const mentionedFaults = 3

// sandboxesNote says which sandboxes cannot be opened; empty if all can, or another process has them.
func (h *house) sandboxesNote() (note string) {
	if h.ote == nil {
		return ""
	}
	list := h.ote.faults()
	for i, says := range list {
		if i == mentionedFaults {
			return joined(note, fmt.Sprintf("%d more cannot be opened", len(list)-i))
		}
		note = joined(note, says)
	}
	return note
}
