package bench

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A quantile is never less than the exact one, and more by 1 in 128 or a microsecond at most.
func TestHistogramQuantiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Lengths of every magnitude, not only long ones: the exponent is drawn first.
		length := rapid.Custom(func(t *rapid.T) time.Duration {
			top := rapid.Int64Range(1, int64(100*time.Second)>>rapid.IntRange(0, 36).Draw(t, "shift")).Draw(t, "top")
			return time.Duration(rapid.Int64Range(0, top).Draw(t, "length"))
		})
		all := rapid.SliceOfN(length, 1, 200).Draw(t, "lengths")
		var parts [2]Histogram
		for i, d := range all {
			parts[i%2].Add(d)
		}
		h := parts[0]
		h.Merge(&parts[1])

		slices.Sort(all)
		if h.Count() != uint64(len(all)) || h.Max() != all[len(all)-1] {
			t.Fatalf("count %d, max %s; want %d, %s", h.Count(), h.Max(), len(all), all[len(all)-1])
		}
		q := rapid.Float64Range(0, 1).Draw(t, "quantile")
		exact := all[max(1, int(math.Ceil(q*float64(len(all)))))-1]
		got := h.Quantile(q)
		if most := exact + max(exact/128, time.Microsecond); got < exact || got > most {
			t.Fatalf("Quantile(%g) = %s, want %s to %s", q, got, exact, most)
		}
	})
}

func TestHistogramEdges(t *testing.T) {
	var empty Histogram
	if empty.Quantile(.5) != 0 || empty.Count() != 0 || empty.Max() != 0 {
		t.Error("the zero histogram is not empty")
	}
	for _, test := range []struct {
		name      string
		add, want time.Duration
	}{
		{"nothing", 0, 0},
		{"less than nothing, as a clock may make it", -time.Second, 0},
		{"the last length of the last bucket but one", (1<<histogramTop - 1) * time.Microsecond, (1<<histogramTop - 1) * time.Microsecond},
		{"longer than all buckets", time.Hour, time.Hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			var h Histogram
			h.Add(test.add)
			if got := h.Quantile(1); got != test.want {
				t.Errorf("Quantile(1) of %s = %s, want %s", test.add, got, test.want)
			}
		})
	}
}

// Buckets follow each other without a gap: the bound of each is in it, and what is longer is in the
// next.
func TestHistogramBuckets(t *testing.T) {
	for bucket := range histogramBuckets - 1 {
		bound := upperBound(bucket)
		if at, after := bucketOf(bound), bucketOf(bound+1); at != bucket || after != bucket+1 {
			t.Fatalf("the bound of bucket %d, %s, is in bucket %d, and what follows in %d", bucket, bound, at, after)
		}
	}
}
