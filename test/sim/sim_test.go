package sim_test

import (
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"example.org/dorado/test/peer"
)

// seeds returns SIM_SEED alone, or so many of chance.
func seeds(t *testing.T, count int) []uint64 {
	t.Helper()
	if text := os.Getenv("SIM_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("SIM_SEED: %v", err)
		}
		return []uint64{seed}
	}
	list := make([]uint64, count)
	for i := range list {
		list[i] = rand.Uint64()
	}
	return list
}

// lived plays the life of a seed.
func lived(t *testing.T, seed uint64, steps int) map[string]int {
	t.Helper()
	l := begin(t, seed)
	l.play(steps)
	if t.Failed() {
		t.Logf("SIM_SEED=%d repeats it", seed)
	}
	return l.outcomes
}

// Whatever registrars, the operator and time do to a registry, SQLite and PostgreSQL tell and keep the
// same.
func TestSim(t *testing.T) {
	outcomes := map[string]int{}
	for _, seed := range seeds(t, 2) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			for outcome, count := range lived(t, seed, 500) {
				outcomes[outcome] += count
			}
		})
	}
	for _, outcome := range slices.Sorted(maps.Keys(outcomes)) {
		t.Logf("%5d %s", outcomes[outcome], outcome)
	}
}

// The long form: one life after the other for SOAK.
func TestSoakSim(t *testing.T) {
	soak := peer.Soak(t)
	lives := 0
	for end := time.Now().Add(soak); time.Now().Before(end) && !t.Failed(); lives++ {
		for _, seed := range seeds(t, 1) {
			t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) { lived(t, seed, 5000) })
		}
	}
	t.Logf("%d lives", lives)
}
