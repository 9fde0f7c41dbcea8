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

// What several nodes take in chunks from one bucket is together no more than the burst and what was
// earned since, however they take it; and a chunk is all that there is where that is less.
func TestRateInChunks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := policy.Rate{
			Burst: rapid.IntRange(1, 200).Draw(t, "burst"),
			Every: time.Duration(rapid.IntRange(1, 1000).Draw(t, "every")) * time.Millisecond,
		}
		start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		now, bucket, taken := start, time.Time{}, 0
		for range rapid.IntRange(1, 100).Draw(t, "takes") {
			now = now.Add(time.Duration(rapid.IntRange(0, 500).Draw(t, "pause")) * time.Millisecond)
			after, got, wait := rate.Take(bucket, now, rate.Chunk())
			if (got == 0) != (wait > 0) || (got == 0) != after.Equal(bucket) {
				t.Fatalf("Take = %s, %d, %s from the bucket %s", after, got, wait, bucket)
			}
			taken += got
			bucket = after
		}
		if most := rate.Burst + int(now.Sub(start)/rate.Every); taken > most {
			t.Fatalf("%d taken in %s, at most %d are allowed", taken, now.Sub(start), most)
		}
	})
	all := policy.Rate{Burst: 25, Every: time.Second}
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	if after, got, wait := all.Take(time.Time{}, noon, 100); got != 25 || wait != 0 || !after.Equal(noon.Add(25*time.Second)) {
		t.Errorf("Take of 100 from 25 = %s, %d, %s", after, got, wait)
	}
	if all.Chunk() != 2 || all.Whole() != 25*time.Second || (policy.Rate{Burst: 3, Every: 1}).Chunk() != 1 {
		t.Errorf("chunk %d, whole %s", all.Chunk(), all.Whole())
	}
}
