package bench

import (
	"math"
	"math/bits"
	"time"
)

// A Histogram counts lengths of time in buckets of fixed bounds: exact to the microsecond up to 256
// of them, and above to 1 in 128. It never grows, so that counting costs the same whatever comes.
// The zero Histogram is empty. It is for one goroutine.
type Histogram struct {
	count   uint64
	highest time.Duration
	buckets [histogramBuckets]uint64
}

// Each power of two of microseconds is split in 1<<histogramBits buckets. What is longer than
// 1<<histogramTop microseconds, which is two minutes, counts as the last bucket.
const (
	histogramBits    = 7
	histogramTop     = 27
	histogramBuckets = (histogramTop - histogramBits + 1) << histogramBits
)

// Add counts one length of time. A negative one counts as none.
func (h *Histogram) Add(d time.Duration) {
	h.count++
	h.highest = max(h.highest, d)
	h.buckets[bucketOf(d)]++
}

// Merge counts all that another histogram has.
func (h *Histogram) Merge(o *Histogram) {
	h.count += o.count
	h.highest = max(h.highest, o.highest)
	for i, n := range &o.buckets {
		h.buckets[i] += n
	}
}

// Count returns how many lengths were added.
func (h *Histogram) Count() uint64 { return h.count }

// Max returns the longest length, exactly.
func (h *Histogram) Max() time.Duration { return h.highest }

// Quantile returns the length that a share q, from 0 to 1, of all does not exceed: the upper bound of
// the bucket with the one at that rank, so never less than the exact one, nor more than Max. It is 0
// if there is none.
func (h *Histogram) Quantile(q float64) time.Duration {
	rank := max(1, uint64(math.Ceil(q*float64(h.count))))
	var seen uint64
	for i, n := range &h.buckets {
		seen += n
		if seen >= rank {
			return min(upperBound(i), h.highest)
		}
	}
	return h.highest
}

// bucketOf returns the bucket of a length.
func bucketOf(d time.Duration) int {
	micros := uint64(max(0, d)) / uint64(time.Microsecond)
	octave := max(0, bits.Len64(micros)-histogramBits-1)
	return min(octave<<histogramBits+int(micros>>octave), histogramBuckets-1)
}

// upperBound returns the longest length that falls into a bucket. Of the last one, that is any.
func upperBound(bucket int) time.Duration {
	if bucket == histogramBuckets-1 {
		return math.MaxInt64
	}
	octave := max(0, bucket>>histogramBits-1)
	next := uint64(bucket-octave<<histogramBits) + 1
	return time.Duration(next<<octave)*time.Microsecond - 1
}
