package console_test

import (
	"os"
	"sync"
	"testing"

	"example.org/dorado/test/demo"
	"example.org/dorado/test/peer"
)

// TestMain ends the registry that tests share: what they do is to different names and settings, and of what one has done the
// pages of the next one may show more.
func TestMain(m *testing.M) {
	status := m.Run()
	if ends.End() {
		status = 1
	}
	os.Exit(status)
}

// ends is what ends with the last test.
var ends = &peer.Whole{}

var (
	opened      sync.Once
	theRegistry *demo.Registry
)

// shared returns the registry that tests share, which the first to ask starts.
func shared(t *testing.T) demo.Registry {
	t.Helper()
	peer.LookAtSource(t)
	opened.Do(func() {
		ends.Begin(t)
		r := demo.Start(ends)
		theRegistry = &r
	})
	if theRegistry == nil {
		t.Fatal("the registry did not start")
	}
	return *theRegistry
}
