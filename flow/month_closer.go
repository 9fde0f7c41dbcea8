package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// A Closer closes months that are over, one after the other. It only asks and has commands run, each of which is
// whole by itself: where it was stopped in between, by an error or by the end of the process, it does the rest when it
// is run again, with the same result. One at a time may run, and nothing else may post meanwhile: the engine does both.
type Closer struct {
	Service *Service
	// Do runs a command of the engine's.
	Do func(context.Context, Command) (Reply, error)
	// Rest waits after so much work, where commands wait for it; nil: it does not.
	Rest func(context.Context, time.Duration) error

	Series string          // of the invoices' numbers
	First  int64           // the number with which the series begins
	Issuer registry.Issuer // whose they are
}

// ErrBooks says that invoices and postings of a closed month differ, which nothing but a fault can bring about.
var ErrBooks = errors.New("invoices are not what was posted")

// Close closes every month that is over and settled, and returns those that it closed. Each is checked when it is
// closed; one that does not add up is an ErrBooks.
func (c Closer) Close(ctx context.Context) ([]registry.ClosedMonth, error) {
	var closed []registry.ClosedMonth
	for before, lost := ledger.Month(""), error(nil); ; {
		reply, err := c.Service.Ask(ctx, "", MonthNext{})
		if err != nil {
			return closed, err
		}
		next := reply.(NextMonth)
		if lost != nil && next.Month == before {
			return closed, fmt.Errorf("close %s: %w", before, lost)
		}
		if !next.Ready() {
			return closed, nil
		}
		m, err := c.month(ctx, next)
		if refusal := (*registry.Error)(nil); errors.As(err, &refusal) { // another engine may have closed it
			before, lost = next.Month, err
			continue
		}
		if err != nil {
			return closed, fmt.Errorf("close %s: %w", next.Month, err)
		}
		lost = nil
		closed = append(closed, m)
		if reply, err = c.Service.Ask(ctx, "", MonthNext{}); err != nil {
			return closed, err
		}
		if err := c.Check(ctx, BillingCheck{Month: m.Month, Inner: reply.(NextMonth).Ready()}); err != nil {
			return closed, err
		}
	}
}

// Check compares invoices with what was posted.
func (c Closer) Check(ctx context.Context, q BillingCheck) error {
	reply, err := c.Service.Ask(ctx, "", q)
	if err != nil {
		return err
	}
	if faults := reply.(BillingChecked).Faults; len(faults) > 0 {
		return fmt.Errorf("%w: %s", ErrBooks, strings.Join(faults, "; "))
	}
	return nil
}

// month closes one month.
func (c Closer) month(ctx context.Context, next NextMonth) (m registry.ClosedMonth, err error) {
	if err := c.graces(ctx, next); err != nil {
		return m, err
	}
	cmd := MonthClose{Month: next.Month, Series: c.Series, First: c.First, Issuer: c.Issuer}
	if cmd.Drafts, err = c.drafts(ctx, next); err != nil {
		return m, err
	}
	if next.Month.IsLast() {
		reply, err := c.Service.Ask(ctx, "", NewNames{Year: next.Month.Year()})
		if err != nil {
			return m, err
		}
		cmd.Fees = reply.([]registry.Proposal)
	}
	reply, err := c.Do(ctx, cmd)
	if err != nil {
		return m, err
	}
	return reply.(registry.ClosedMonth), nil
}

// drafts asks for the draft of each registrar.
func (c Closer) drafts(ctx context.Context, next NextMonth) ([]Draft, error) {
	reply, err := c.Service.Ask(ctx, "", RegistrarIDs{})
	if err != nil {
		return nil, err
	}
	var drafts []Draft
	for _, id := range reply.([]registry.RegistrarID) {
		reply, err := c.Service.Ask(ctx, "", MonthDraft{Month: next.Month, Registrar: id})
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, reply.(Draft))
	}
	return drafts, nil
}

// graceBatch is how many registrations are charged again in one transaction.
const graceBatch = 50

// graces charges again what was undone above the limit.
func (c Closer) graces(ctx context.Context, next NextMonth) error {
	reply, err := c.Service.Ask(ctx, "", AddGraceUse{Month: next.Month})
	if err != nil {
		return err
	}
	for _, use := range reply.([]GraceUse) {
		q := AddGraceDeletes{Month: next.Month, Registrar: use.Registrar}
		for left := use.Above; left > 0; left -= int64(q.Limit) {
			q.Limit = int(min(left, int64(c.Service.Terms().Limits.TransactionsPerPage)))
			if q.Before, err = c.gracePage(ctx, q); err != nil {
				return err
			}
		}
	}
	return nil
}

// gracePage charges a page of registrations again, and returns where the next one begins.
func (c Closer) gracePage(ctx context.Context, q AddGraceDeletes) (registry.Place, error) {
	reply, err := c.Service.Ask(ctx, "", q)
	if err != nil {
		return q.Before, err
	}
	for batch := range slices.Chunk(reply.([]ledger.Charge), graceBatch) {
		began := c.Service.Real()
		cmd := AddGraceCharge{Month: q.Month}
		for _, charge := range batch {
			cmd.Charges = append(cmd.Charges, charge.ID)
			q.Before = registry.PlaceOf(charge)
		}
		if _, err := c.Do(ctx, cmd); err != nil {
			return q.Before, err
		}
		if c.Rest != nil {
			if err := c.Rest(ctx, c.Service.Real().Sub(began)); err != nil {
				return q.Before, err
			}
		}
	}
	return q.Before, nil
}
