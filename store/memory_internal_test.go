package store

import (
	"testing"
	"time"
)

// Two names with the same first hash are unsure for good; with one of them nothing is mistaken for the
// other, and what is remembered of an instant is never later than it is.
func TestHashesThatMeet(t *testing.T) {
	const key, one, two = 7, uint64(1) << 40, uint64(2) << 40
	due := time.Date(2126, 3, 1, 23, 59, 59, 999_999_000, time.UTC)
	m := memory{names: map[uint64]known{}}
	m.putAt(key, one, item{kind: itemChanged, due: due})
	expect(t, &m, key, one, false, true) // a change of what is not there adds nothing
	m.putAt(key, one, item{kind: itemCreated, due: due})
	expect(t, &m, key, one, true, true)
	expect(t, &m, key, two, false, true)
	if got, _, _ := m.at(key, one); got != due.Truncate(time.Second) {
		t.Errorf("due %s is remembered as %s", due, got)
	}
	m.dropAt(key, two)
	expect(t, &m, key, one, true, true)
	m.putAt(key, two, item{kind: itemCreated, due: due})
	expect(t, &m, key, one, false, false)
	m.dropAt(key, one)
	expect(t, &m, key, two, false, false)
}

func expect(t *testing.T, m *memory, key, check uint64, found, sure bool) {
	t.Helper()
	if _, gotFound, gotSure := m.at(key, check); gotFound != found || gotSure != sure {
		t.Errorf("%x: found %t, sure %t; want %t, %t", check, gotFound, gotSure, found, sure)
	}
}
