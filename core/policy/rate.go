package policy

import "time"

// A Rate allows so many events at once, and one more after each interval. The zero Rate sets no
// limit.
type Rate struct {
	Burst int
	Every time.Duration
}

// Spend counts one event against a bucket at an instant. A bucket is one instant, the zero time when
// new: when all that was spent will have been earned again. It returns the bucket after the event, and
// how long to wait if the event is not allowed; then the bucket is as it was. (The generic cell rate
// algorithm of ITU-T I.371, with one number for a bucket.)
func (r Rate) Spend(bucket, now time.Time) (after time.Time, wait time.Duration) {
	if r.Every <= 0 {
		return bucket, 0
	}
	after, _, wait = r.Take(bucket, now, 1)
	return after, wait
}

// Take is Spend for up to so many events at once: got says how many are allowed, and wait how long to
// wait for the next where none is. The rate is not zero.
func (r Rate) Take(bucket, now time.Time, most int) (after time.Time, got int, wait time.Duration) {
	earned := bucket
	if earned.Before(now) {
		earned = now
	}
	room := now.Add(time.Duration(r.Burst) * r.Every).Sub(earned)
	got = min(most, int(room/r.Every))
	if got < 1 {
		return bucket, 0, r.Every - room
	}
	return earned.Add(time.Duration(got) * r.Every), got, 0
}

// Chunk is how many events a node takes at once of an allowance that all nodes share, to spend them
// without asking again: a tenth, so that a node asks some ten times while all is earned again.
func (r Rate) Chunk() int { return max(1, r.Burst/10) }

// Whole is how long it takes to earn all again.
func (r Rate) Whole() time.Duration { return time.Duration(r.Burst) * r.Every }
