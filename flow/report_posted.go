package flow

import (
	"time"

	"example.org/dorado/core/registry"
)

// PostedUntil asks up to when it is known what was posted: nothing is posted before that any more. Files of billable
// transactions are made of what is before it. Decisions 5.6, 6.4.
type PostedUntil struct{}

// A PostedSpan is what PostedUntil answers. It is empty while the ledger has no entry.
type PostedSpan struct {
	registry.Times           // From is the ledger's first entry
	Closed         time.Time // the end of the last month that is closed; zero if none is
}

// Answer returns a PostedSpan. What is due and not settled ends it; so does the last day of a month that is not closed,
// on which closing it may charge; and what commands of the last seconds may still be writing is left out.
func (PostedUntil) Answer(c *Call) (Reply, error) {
	var span PostedSpan
	next := c.nextMonth()
	if next.Month == "" {
		return span, nil
	}
	span.From = readBooks(c, registry.Books.FirstBooked)
	span.To = c.Now.Add(-c.Terms.Limits.MonthCloseSeconds.Duration())
	if due := readBooks(c, registry.Books.NextMoney); !due.IsZero() && due.Before(span.To) {
		span.To = due
	}
	if last := next.Month.LastDay(); last.Before(span.To) {
		span.To = last
	}
	if last, any := c.lastMonth(); any {
		span.Closed = last.Month.Until()
	}
	return span, nil
}
