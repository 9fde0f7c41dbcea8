package cluster

import (
	"os"
	"sync"
	"testing"
	"time"

	"example.org/dorado/test/peer"
)

// TestCluster runs every scenario for a short time. Those that keep the machine busy run first, one by
// one; those that mostly wait for leases to lapse run together.
func TestCluster(t *testing.T) {
	if os.Getenv("TEST_DATABASE") == "sqlite" {
		t.Skip("nodes share a PostgreSQL; this runs when the suite comes to that")
	}
	l := newLab(t, 2*time.Second)
	for _, busy := range busy() {
		t.Run(busy.name, func(t *testing.T) { busy.run(t, l) })
	}
	var together sync.WaitGroup // t.Parallel would run as many as there are cores
	for _, waiting := range waiting() {
		together.Go(func() { t.Run(waiting.name, func(t *testing.T) { waiting.run(t, l) }) })
	}
	together.Wait()
}

// TestSoakCluster runs every scenario again and again, with longer loads, for as long as SOAK says.
func TestSoakCluster(t *testing.T) {
	length := peer.Soak(t)
	if os.Getenv("TEST_DATABASE") == "sqlite" {
		t.Skip("nodes share a PostgreSQL; this runs when the soak comes to that")
	}
	l := newLab(t, min(length/10, 30*time.Second))
	for end := time.Now().Add(length); time.Now().Before(end); {
		for _, s := range append(busy(), waiting()...) {
			t.Run(s.name, func(t *testing.T) { s.run(t, l) })
		}
	}
}

// A scenario is one cluster and what happens to it.
type scenario struct {
	name string
	run  func(*testing.T, *lab)
}

func busy() []scenario {
	return []scenario{
		{"load on two nodes", testLoad},
		{"three nodes", testThreeNodes},
	}
}

func waiting() []scenario {
	return []scenario{
		{"cut off from the database", testCutOffFromDatabase},
		{"cut off from everybody", testCutOff},
		{"cut off from clients", testCutOffFromClients},
		{"frozen", testFrozen},
		{"killed", testKilled},
		{"clock", testClock},
	}
}
