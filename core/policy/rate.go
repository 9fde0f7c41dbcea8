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
	earned := bucket
	if earned.Before(now) {
		earned = now
	}
	after = earned.Add(r.Every)
	if wait = after.Sub(now) - time.Duration(r.Burst)*r.Every; wait > 0 {
		return bucket, wait
	}
	return after, 0
}
