package store_test

import (
	"testing"

	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// A connection that broke in the middle of a transaction is not lent again.
func TestBrokenConnectionIsThrownAway(t *testing.T) {
	w := world.Empty(t)
	for range 3 {
		store.Break(t, w.DB)
	}
	write(t, w, base())
	if got := w.Rows("SELECT COUNT(*) FROM host"); got == "0\n" {
		t.Error("what was written afterwards is not there")
	}
}
