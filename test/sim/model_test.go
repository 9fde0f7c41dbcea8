package sim

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"example.org/dorado/test/peer"
)

// steps are the acts of a life, and shrinking how long a shorter one may be looked for that fails in the same way.
const (
	steps     = 250
	shrinking = 60 * time.Second
)

// live plays one life after the other, or that of SIM_SEED alone, for so long, and stops at the first that fails.
func live(t *testing.T, long time.Duration) {
	seed, one := rand.Uint64(), false
	if text := os.Getenv("SIM_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("SIM_SEED: %v", err)
		}
		seed, one = n, true
	}
	lives, played := 0, 0
	for end := time.Now().Add(long); lives == 0 || time.Now().Before(end) && !one; lives, seed = lives+1, seed+1 {
		acts, failure := quietly(t, fromSeed(seed, steps))
		played += len(acts)
		if failure == "" {
			continue
		}
		all := len(acts)
		acts, failure = shrunk(t, acts, failure, time.Now().Add(shrinking))
		t.Fatalf("the life of seed %d fails at its act %d, and still does with these alone:\n%s%s\n"+
			"SIM_SEED=%d TEST_DATABASE=%s go test ./test/sim -run '^%s$' -v repeats it", seed, all, script(acts), failure,
			seed, os.Getenv("TEST_DATABASE"), t.Name())
	}
	t.Logf("%d lives of %d acts", lives, played)
}

// usual is how long a run is that nobody asked to be longer, which SIM_FOR does.
const usual = 4 * time.Second

// Whatever happens to a registry, with or without the engine, with faults and crashes, a model that knows
// nothing of lateness predicts every answer and all that can be seen after it.
func TestModel(t *testing.T) {
	long := usual
	if text := os.Getenv("SIM_FOR"); text != "" {
		var err error
		if long, err = time.ParseDuration(text); err != nil {
			t.Fatalf("SIM_FOR: %v", err)
		}
	}
	live(t, long)
}

// The long form.
func TestSoakModel(t *testing.T) { live(t, peer.Soak(t)) }
