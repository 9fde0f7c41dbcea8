// Package reports owns the files that registrars fetch: which there are, what stands in them, when they are made and how
// they get into their directory whole or not at all. Manual 4.3.2, decisions 6.4. Who serves them reads a Tree; the form
// of papers of money is given to it.
package reports

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// Config is what a Maker needs. What is zero from Keep on takes what stands beside it.
type Config struct {
	Service *flow.Service
	Tree    *Tree
	Papers  Papers
	// Mine reports whether this node makes the files now: one of all nodes does.
	Mine func() bool

	Keep time.Duration // how long a registrar's own files stay after what they tell of; 400 days
	Log  *slog.Logger  // slog.Default
}

// Papers write papers of money in their form.
type Papers struct {
	Transactions func(io.Writer) (TransactionFile, error)
	InvoiceRows  func(io.Writer, registry.Invoice) (TransactionFile, error)
	Invoice      func(io.Writer, registry.Invoice) error
}

// A TransactionFile takes billable transactions one after the other. Flush ends it.
type TransactionFile interface {
	Add(flow.Transaction) error
	Flush() error
}

// usualKeep is how long a registrar's own files stay: a year, and time to notice.
const usualKeep = 400 * 24 * time.Hour

// A Maker makes the files of a tree when they are due.
type Maker struct {
	config Config
	turn   sync.Mutex // one Make at a time
	tidied time.Time  // by the registry's clock; guarded by turn
	made   atomic.Pointer[Made]
}

// Made is when the files of each kind were last made, by the registry's clock, and what went wrong since.
type Made struct {
	Record
	Fault error // of the last attempt; nil if all that is due is made
}

// New returns a Maker.
func New(c Config) *Maker {
	c.Keep = cmp.Or(c.Keep, usualKeep)
	c.Log = cmp.Or(c.Log, slog.Default())
	if c.Mine == nil {
		c.Mine = func() bool { return true }
	}
	m := &Maker{config: c}
	m.made.Store(&Made{})
	return m
}

// Made tells what this node knows of the files that it made.
func (m *Maker) Made() Made { return *m.made.Load() }

// errNotMine says that another node makes the files by now.
var errNotMine = errors.New("another node makes the files now")

// Run makes what is due until the context ends, and looks so often whether something is.
func (m *Maker) Run(ctx context.Context, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if err := m.Make(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, errNotMine) {
			m.config.Log.Error("the files for registrars are not made; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// Make makes all files that are due now. Of what is made every day or every two hours only the newest is, however long
// nobody made it; of what tells of a span of time, all that are missing. What was made before an error stays made.
func (m *Maker) Make(ctx context.Context) error {
	m.turn.Lock()
	defer m.turn.Unlock()
	if !m.config.Mine() {
		return nil
	}
	record, err := m.config.Tree.record()
	if err != nil {
		return m.tell(Record{}, err)
	}
	for _, step := range []func(context.Context, *Record) error{m.common, m.transactions, m.months, m.tidy} {
		err = errors.Join(err, step(ctx, &record))
	}
	return m.tell(record, err)
}

func (m *Maker) tell(r Record, err error) error {
	m.made.Store(&Made{r, err})
	return err
}

// common makes the files that all registrars have, where they are due.
func (m *Maker) common(ctx context.Context, record *Record) error {
	var all error
	for _, kind := range m.commonKinds() {
		due := m.config.Service.Clock().UTC().Truncate(kind.every)
		if !record.at(kind.name).Before(due) {
			continue
		}
		began := time.Now()
		at, err := kind.make(ctx)
		if err == nil {
			err = m.note(record, kind.name, at)
		}
		if err != nil {
			all = errors.Join(all, fmt.Errorf("make %s: %w", kind.name, err))
			continue
		}
		m.config.Log.Info("made files for registrars", "files", kind.name, "at", at, "took", time.Since(began).Round(time.Millisecond).String())
	}
	return all
}

// note writes down up to when the files of a kind are made.
func (m *Maker) note(record *Record, kind string, at time.Time) error {
	if !m.config.Mine() {
		return errNotMine
	}
	record.set(kind, at)
	return m.config.Tree.keep(*record)
}

// A commonKind is a file, or one for each zone, that is made anew every so often; all of it as of the instant that make
// returns.
type commonKind struct {
	name  string
	every time.Duration
	make  func(context.Context) (time.Time, error)
}

// The kinds of files, as the record calls them.
const (
	KindDrops       = "droplist"
	KindUnavailable = "lordn"
	KindPrices      = "prices"
	KindDaily       = "transactions/daily"
	KindWeekly      = "transactions/weekly"
	KindMonthly     = "transactions/monthly"
	KindMonths      = "statements" // and invoices
)

// commonKinds is the timetable of manual 4.3.2. It says nothing of prices, which may change at any hour of any day.
func (m *Maker) commonKinds() []commonKind {
	return []commonKind{
		{KindDrops, 24 * time.Hour, m.drops},
		{KindUnavailable, 2 * time.Hour, m.unavailable},
		{KindPrices, time.Hour, m.prices},
	}
}

// NextDue returns when one of the common files is next due, by the registry's clock.
func (m *Maker) NextDue() time.Time {
	made := m.Made()
	var next time.Time
	for _, kind := range m.commonKinds() {
		if at := made.at(kind.name).Truncate(kind.every).Add(kind.every); next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next
}
