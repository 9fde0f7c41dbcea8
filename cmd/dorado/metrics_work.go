package main

import (
	"context"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/epp"
)

// measureEPP returns what counts answers of EPP.
func (h *house) measureEPP() func(epp.Answered) {
	commands := h.metrics.counter("dorado_epp_commands_total", "Requests that were answered; a greeting has no code.", labelObject, labelCommand, "code")
	times := h.metrics.spans("dorado_epp_command_seconds", "From a whole frame to its answer.", answerBuckets(), labelObject, labelCommand)
	return func(a epp.Answered) {
		commands.WithLabelValues(a.Object, a.Command, a.Code).Inc()
		times.WithLabelValues(a.Object, a.Command).Observe(a.Took.Seconds())
	}
}

// measureLeases adds what of the work that one node does is this one's.
func (h *house) measureLeases() {
	wanted := leasesOf(h.roles)
	h.metrics.add(gauge("dorado_lease_held", "1 if this node does what only one does at a time.", func(tell sample) {
		for _, name := range wanted {
			_, mine := h.node.lease(name)
			tell(truth(mine), name)
		}
	}, "lease"))
}

// maxMailsCounted bounds what is read to count mails.
const maxMailsCounted = 1_000

// measureEngine adds what waits for the engine, where this node is it.
func (h *house) measureEngine() {
	mine := func(read func(sample)) func(sample) {
		return func(tell sample) {
			if _, is := h.node.lease(engineLease); is {
				read(tell)
			}
		}
	}
	h.metrics.add(
		gauge("dorado_engine_behind_seconds", "How long ago, in the registry's time, the oldest thing fell due that is not settled; 0 if nothing is due.", mine(func(tell sample) {
			ctx, cancel := context.WithTimeout(context.Background(), healthTime)
			defer cancel()
			if due, err := h.nextDue(ctx); err == nil {
				behind := 0.0
				if !due.IsZero() {
					behind = max(h.core.clock.Now().Sub(due).Seconds(), 0)
				}
				tell(behind)
			}
		})),
		gauge("dorado_mails_due", "Mails of the outbox that could be sent now, up to 1,000.", mine(func(tell sample) {
			if letters, ok := askWithin[[]flow.Letter](h, flow.MailDue{Limit: maxMailsCounted}); ok {
				tell(float64(len(letters)))
			}
		})),
		counted("dorado_children_scans_total", "Scans of names' own zones for their DS, by what they came to.", func(tell sample) {
			scans := map[string]uint64{}
			for _, result := range registry.ChildResults() {
				scans[string(result)] = h.children.Scans()[result]
			}
			each(scans, tell)
		}, "result"),
	)
}
