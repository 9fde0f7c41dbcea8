package flow

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// MonthNext asks which month is to be closed next, and what it waits for.
type MonthNext struct{}

// A NextMonth is what MonthNext answers. Month is empty while the ledger has no entry. It can be closed when it is
// over, for as long as commands of its last second may take, and everything in it is settled.
type NextMonth struct {
	Month   ledger.Month
	Over    bool
	Waiting time.Time // for what was due then and is not settled; zero if there is nothing
}

// Ready reports whether the month can be closed.
func (n NextMonth) Ready() bool { return n.Month != "" && n.Over && n.Waiting.IsZero() }

// Answer returns a NextMonth.
func (MonthNext) Answer(c *Call) (Reply, error) { return c.nextMonth(), nil }

// nextMonth finds the month after the one that was closed last, or else that of the ledger's first entry.
func (c *Call) nextMonth() NextMonth {
	var next NextMonth
	if last, found := c.lastMonth(); found {
		next.Month = last.Month.Next()
	} else if first := readBooks(c, registry.Books.FirstBooked); !first.IsZero() {
		next.Month = ledger.MonthOf(first)
	} else {
		return next
	}
	until := next.Month.Until()
	next.Over = !c.Now.Before(until.Add(c.Terms.Limits.MonthCloseSeconds.Duration()))
	if due := readBooks(c, registry.Books.NextMoney); !due.IsZero() && due.Before(until) {
		next.Waiting = due
	}
	return next
}

// lastMonth returns the month that was closed last.
func (c *Call) lastMonth() (registry.ClosedMonth, bool) {
	return read(c, func() (registry.ClosedMonth, bool, error) { return c.reader.LastMonth() })
}

// withinOpenMonths returns charges that are to be posted. One that would post in a month that is closed, since it was
// written down after that, posts at the first instant after it, and stands on the next invoice.
func (c *Call) withinOpenMonths(charges []ledger.Charge) []ledger.Charge {
	if len(charges) == 0 {
		return nil
	}
	if last, found := c.lastMonth(); found {
		for i := range charges {
			charges[i].PostsAt = later(charges[i].PostsAt, last.Month.Until())
		}
	}
	return charges
}

// monthIsNext holds for the month after the one that was closed last.
func monthIsNext(m ledger.Month, next NextMonth) Rule {
	return refuseIf("monthIsNext", m != next.Month || m == "", registry.Error{
		Code: registry.ParameterPolicy, Field: "month", Value: string(m),
		Reason: "months are closed one after the other; close " + string(next.Month) + " first",
	})
}

// monthIsOver holds for a month whose last command is through.
func monthIsOver(next NextMonth) Rule {
	return refuseIf("monthIsOver", !next.Over, registry.Error{
		Code: registry.ParameterPolicy, Field: "month", Value: string(next.Month),
		Reason: "the month is not over; wait until its end",
	})
}

// monthIsSettled holds for a month in which nothing is due that may still be posted.
func monthIsSettled(next NextMonth) Rule {
	return refuseIf("monthIsSettled", !next.Waiting.IsZero(), registry.Error{
		Code: registry.StatusProhibits, Field: "month", Value: string(next.Month),
		Reason: "something that was due at " + next.Waiting.UTC().Format(time.RFC3339) + " is not settled; the engine settles it first",
	})
}
