package history_test

import (
	"strconv"
	"testing"
	"time"

	"example.org/dorado/test/peer"
)

// The long form: histories of all kinds, with as many nodes as there can be, one after the other for SOAK.
func TestSoakHistories(t *testing.T) {
	soak := peer.Soak(t)
	turn := 0
	for end := time.Now().Add(soak); time.Now().Before(end) && !t.Failed(); turn++ {
		for _, count := range nodeCounts(t) {
			on := strconv.Itoa(turn) + "-" + named(count)
			t.Run("names-"+on, func(t *testing.T) { nameRounds(t, seed(t), count, 100) })
			t.Run("account-"+on, func(t *testing.T) { accountRound(t, seed(t), count, 25) })
			t.Run("links-"+on, func(t *testing.T) { linkRound(t, seed(t), count, 30) })
		}
	}
	t.Logf("%d turns", turn)
}
