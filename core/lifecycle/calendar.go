package lifecycle

import (
	"cmp"
	"time"
)

// FirstExpiry returns when a registration of so many years ends: at 23:59:59Z of its day.
func FirstExpiry(created time.Time, years int) time.Time {
	return AddYears(endOfDay(created), years)
}

// AddYears keeps the day and the time of day; 29 February falls to 28. Decisions section 3.
func AddYears(t time.Time, years int) time.Time {
	t = t.UTC()
	if later := t.AddDate(years, 0, 0); later.Day() == t.Day() {
		return later
	}
	return t.AddDate(years, 0, -1)
}

// YearsBeyond returns for how many years, one at least, a name has to be renewed to expire after an instant.
func YearsBeyond(expires, at time.Time) int {
	years := max(1, at.UTC().Year()-expires.UTC().Year())
	for !AddYears(expires, years).After(at) {
		years++
	}
	return years
}

// WithinHorizon compares dates: an expiry may be at most so many years after today. Decisions
// section 3.
func WithinHorizon(expires, now time.Time, years int) bool {
	return cmp.Compare(endOfDay(expires).Unix(), AddYears(endOfDay(now), years).Unix()) <= 0
}

func endOfDay(t time.Time) time.Time {
	y, m, d := t.UTC().Date()
	return time.Date(y, m, d, 23, 59, 59, 0, time.UTC)
}

// onDay returns the time of day of one instant on the day of another.
func onDay(day, clock time.Time) time.Time {
	y, m, d := day.UTC().Date()
	clock = clock.UTC()
	return time.Date(y, m, d, clock.Hour(), clock.Minute(), clock.Second(), clock.Nanosecond(), time.UTC)
}
