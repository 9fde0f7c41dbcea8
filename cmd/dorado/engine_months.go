package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// When everything is settled, the engine closes the months that are over, and looks now and then whether the last one
// still adds up. What is wrong with the books is an error in the log, and makes the engine unhealthy until it is
// right.

const (
	// auditPause is the real time between two looks at the last closed month.
	auditPause = 24 * time.Hour
	// auditAgain is the same while something is wrong with it.
	auditAgain = 10 * time.Minute
)

// books are what is known of closed months.
type books struct {
	mu      sync.Mutex
	wrong   error     // nil if all is well
	audited time.Time // by real time
}

// fault returns what is wrong; nil if nothing is.
func (b *books) fault() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.wrong
}

// put takes down what was found.
func (b *books) put(wrong error, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrong, b.audited = wrong, now
}

// due reports whether it is time for another look.
func (b *books) due(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	pause := auditPause
	if b.wrong != nil {
		pause = auditAgain
	}
	return b.audited.IsZero() || now.Sub(b.audited) >= pause
}

// closer closes months under the engine's lease, for who has the turn.
func (e *engine) closer() flow.Closer {
	return flow.Closer{
		Service: e.core.service, Do: e.do,
		Rest:   e.rest,
		Series: e.core.billing.Series, First: int64(e.core.billing.First), Issuer: e.core.billing.issuer(),
	}
}

// closeMonths closes the months that are over and settled. It is called by who has the turn.
func (e *engine) closeMonths(ctx context.Context) ([]registry.ClosedMonth, error) {
	began := time.Now()
	closed, err := e.closed(ctx)
	for _, m := range closed {
		e.log.Info("closed a month", "month", m.Month, "invoices", m.Count(), "sum", m.Total().String(), "took", time.Since(began).Round(time.Millisecond).String())
	}
	switch {
	case err == nil && len(closed) > 0:
		e.books.put(nil, time.Now())
	case err == nil:
		return nil, e.audit(ctx)
	case e.ownFault(ctx, err):
		e.books.put(err, time.Now())
	}
	if errors.Is(err, flow.ErrBooks) { // the month is closed all the same, and what is due goes on
		e.log.Error("the books do not add up; dorado billing check says more", "error", err)
		return closed, nil
	}
	return closed, err
}

// closed closes months. A panic is their fault, as with what is settled.
func (e *engine) closed(ctx context.Context) (closed []registry.ClosedMonth, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("close a month: panic: %v", p)
			e.log.Error("close a month", "error", err, "stack", string(debug.Stack()))
		}
	}()
	return e.closer().Close(ctx)
}

// audit looks whether the last closed month still adds up, if it is time for that.
func (e *engine) audit(ctx context.Context) error {
	if !e.books.due(time.Now()) {
		return nil
	}
	reply, err := e.core.service.Ask(ctx, "", flow.MonthList{})
	if err != nil {
		return err
	}
	var wrong error
	if months := reply.([]registry.ClosedMonth); len(months) > 0 {
		wrong = e.closer().Check(ctx, flow.BillingCheck{Month: months[0].Month})
	}
	if wrong != nil && !errors.Is(wrong, flow.ErrBooks) {
		return wrong
	}
	if wrong != nil {
		e.log.Error("the books do not add up; dorado billing check says more", "error", wrong)
	}
	e.books.put(wrong, time.Now())
	return nil
}

// closeNow settles what is due and closes the months that are over, for an operator who does not want to wait.
func (e *engine) closeNow(ctx context.Context) ([]registry.ClosedMonth, error) {
	if _, mine := e.lease(); !mine {
		return nil, mistake{errors.New("another node is the engine; it closes months by itself, or ask that one")}
	}
	e.turn.Lock()
	defer e.turn.Unlock()
	if _, err := e.catchUp(ctx); err != nil {
		return nil, err
	}
	closed, err := e.closeMonths(ctx)
	return closed, errors.Join(err, e.books.fault())
}
