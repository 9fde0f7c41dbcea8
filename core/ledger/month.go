package ledger

import (
	"fmt"
	"time"
)

// A Month is a calendar month of UTC, written as "2026-10": months sort as their texts do. Invoices are made of months.
// Decisions 5.6.
type Month string

const monthLayout = "2006-01"

// ParseMonth reads a month such as "2026-10".
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse(monthLayout, s)
	if err != nil || t.Format(monthLayout) != s {
		return "", fmt.Errorf("the month %q is none such as 2026-10", s)
	}
	return Month(s), nil
}

// MonthOf returns the month in which an instant is.
func MonthOf(t time.Time) Month { return Month(t.UTC().Format(monthLayout)) }

// From returns the first instant of m; zero if m is no month.
func (m Month) From() time.Time {
	t, err := time.Parse(monthLayout, string(m))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Until returns the first instant after m.
func (m Month) Until() time.Time { return m.From().AddDate(0, 1, 0) }

// LastDay returns the beginning of the last day of m.
func (m Month) LastDay() time.Time { return m.Until().AddDate(0, 0, -1) }

// LastSecond returns the last instant of m at the resolution of registry time.
func (m Month) LastSecond() time.Time { return m.Until().Add(-time.Second) }

// Next returns the month after m.
func (m Month) Next() Month { return MonthOf(m.Until()) }

// Year returns the calendar year of m.
func (m Month) Year() int { return m.From().Year() }

// IsLast reports whether m is the last month of its year.
func (m Month) IsLast() bool { return m.From().Month() == time.December }
