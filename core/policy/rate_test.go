package policy_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.org/dorado/core/policy"
)

func TestRate(t *testing.T) {
	rate := policy.Rate{Burst: 3, Every: 10 * time.Second}
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var bucket time.Time
	for _, step := range []struct {
		at, wait time.Duration
	}{
		{0, 0},
		{0, 0},
		{0, 0},
		{0, 10 * time.Second},
		{4 * time.Second, 6 * time.Second},
		{10 * time.Second, 0},
		{10 * time.Second, 10 * time.Second},
		{time.Hour, 0},
		{time.Hour, 0},
		{time.Hour, 0},
		{time.Hour, 10 * time.Second},
	} {
		var wait time.Duration
		if bucket, wait = rate.Spend(bucket, start.Add(step.at)); wait != step.wait {
			t.Errorf("after %s: wait %s, want %s", step.at, wait, step.wait)
		}
	}
}

// In any time, no more is allowed than the burst and one for each interval; and who waits as told is
// allowed.
func TestRateBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := policy.Rate{
			Burst: rapid.IntRange(1, 20).Draw(t, "burst"),
			Every: time.Duration(rapid.IntRange(1, 1000).Draw(t, "every")) * time.Millisecond,
		}
		start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		now, bucket, allowed := start, time.Time{}, 0
		for range rapid.IntRange(1, 200).Draw(t, "events") {
			now = now.Add(time.Duration(rapid.IntRange(0, 500).Draw(t, "pause")) * time.Millisecond)
			after, wait := rate.Spend(bucket, now)
			if wait == 0 {
				allowed++
			} else if _, again := rate.Spend(bucket, now.Add(wait)); again != 0 {
				t.Fatalf("waited %s as told, and has to wait %s more", wait, again)
			}
			bucket = after
		}
		if most := rate.Burst + int(now.Sub(start)/rate.Every); allowed > most {
			t.Fatalf("%d events in %s, at most %d are allowed", allowed, now.Sub(start), most)
		}
	})
}
