package main

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"sync/atomic"
	"time"

	"example.org/dorado/core/lifecycle"
)

// A clock tells the registry's time: real time and, in a demo, an offset that only grows.
type clock struct{ offset atomic.Int64 }

// clockSetting is where the offset is kept in the database, as a time.Duration's text.
const clockSetting = "clock"

// maxOffset keeps the clock where dates still have four digits and durations fit.
const maxOffset = 100 * 365 * 24 * time.Hour

// Now returns the registry's time.
func (c *clock) Now() time.Time { return time.Now().UTC().Add(c.Offset()) }

// Offset returns how far the clock is ahead of real time.
func (c *clock) Offset() time.Duration { return time.Duration(c.offset.Load()) }

// settings are the part of the store that keeps single values.
type settings interface {
	Setting(ctx context.Context, key string) (string, bool, error)
	PutSetting(ctx context.Context, key, value string) error
}

// load brings back the offset of an earlier run.
func (c *clock) load(ctx context.Context, s settings) error {
	text, found, err := s.Setting(ctx, clockSetting)
	if err != nil || !found {
		return err
	}
	offset, err := time.ParseDuration(text)
	if err != nil || offset < 0 || offset > maxOffset {
		return fmt.Errorf("the database keeps %q as the clock's offset, which is none", text)
	}
	c.offset.Store(int64(offset))
	return nil
}

// moveTo moves the clock forward to an instant and keeps the offset. Calls come one at a time. An
// instant that it cannot show is a mistake.
func (c *clock) moveTo(ctx context.Context, s settings, at time.Time) error {
	real := time.Now().UTC()
	if err := c.canShow(at, real); err != nil {
		return err
	}
	// Whole seconds, and never short of the instant. Within the limit no difference overflows.
	offset := (at.Sub(real) + time.Second - 1).Truncate(time.Second)
	if err := s.PutSetting(ctx, clockSetting, offset.String()); err != nil {
		return err
	}
	c.offset.Store(int64(offset))
	return nil
}

// canShow refuses an instant that the clock cannot be moved to at a real time.
func (c *clock) canShow(at, real time.Time) error {
	now, latest := real.Add(c.Offset()), real.Add(maxOffset)
	switch {
	case at.Before(now):
		return mistake{fmt.Errorf("the clock shows %s and never goes back to %s", showInstant(now), showInstant(at))}
	case at.After(latest):
		return mistake{fmt.Errorf("the clock can be moved up to 100 years ahead of real time, to %s at the latest", latest.Format(time.DateOnly))}
	}
	return nil
}

// showInstant writes an instant for people.
func showInstant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// readable writes an instant of an answer for people: nothing stays nothing.
func readable(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return showInstant(at)
}

// span is a length such as "46d", "1d12h" or "2w".
var (
	span     = regexp.MustCompile(`^(\d{1,9}[wdhms])+$`)
	spanPart = regexp.MustCompile(`(\d+)([wdhms])`)
)

// longestSpan stands for every length that leads beyond maxOffset.
const longestSpan = maxOffset + 24*time.Hour

// parseSpan reads a length of time in weeks, days, hours, minutes and seconds. One that leads
// beyond what the clock can show is longestSpan.
func parseSpan(text string) (time.Duration, error) {
	units := map[string]time.Duration{
		"w": 7 * 24 * time.Hour, "d": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second,
	}
	total := time.Duration(0)
	for _, part := range spanPart.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(part[1]) // digits, at most nine
		total += min(time.Duration(n), longestSpan/units[part[2]]) * units[part[2]]
		total = min(total, longestSpan)
	}
	if !span.MatchString(text) || total <= 0 {
		return 0, fmt.Errorf("%q is no length of time; write weeks, days, hours, minutes and seconds such as 2w, 46d or 1d12h30m", text)
	}
	return total, nil
}

// passageYears begins a passage, such as the "1y" of "1y6d".
var passageYears = regexp.MustCompile(`^(\d{1,9})y(.*)$`)

// parsePassage reads how far a clock is to go from an instant, and returns where that leads: years, which keep the day as
// those of a registration do, and then what parseSpan reads. One that leads beyond what the clock can show does so here.
func parsePassage(text string, from time.Time) (time.Time, error) {
	years, rest := 0, text
	if m := passageYears.FindStringSubmatch(text); m != nil {
		years, _ = strconv.Atoi(m[1]) // digits, at most nine
		rest = m[2]
	}
	to := lifecycle.AddYears(from, min(years, longestYears))
	if years > 0 && rest == "" {
		return to, nil
	}
	by, err := parseSpan(rest)
	if err != nil {
		return from, fmt.Errorf("%q is no length of time; write years, weeks, days, hours, minutes and seconds such as 1y, 46d or 1y2d12h", text)
	}
	return to.Add(by), nil
}

// longestYears stands for every number of years that leads beyond maxOffset.
const longestYears = 101

// parseInstant reads an instant: RFC 3339, or in UTC a date with or without a time of day.
func parseInstant(text string) (time.Time, error) {
	for _, layout := range []string{
		time.RFC3339, "2006-01-02 15:04:05Z", time.DateTime, "2006-01-02T15:04:05",
		"2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly,
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no instant; write it such as 2027-01-31 or 2027-01-31T12:00:00Z", text)
}
