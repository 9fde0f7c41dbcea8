package main

import "testing"

// A price of one name says which list has the prices of all names since, or will.
func TestReplacedBy(t *testing.T) {
	lists := []priceListLine{
		{ID: 1, State: "past", From: "2027-01-01T00:00:00Z"},
		{ID: 2, State: "dropped", From: "2027-02-01T00:00:00Z"},
		{ID: 3, State: "in force", From: "2027-03-01T00:00:00Z"},
		{ID: 4, State: "coming", From: "2027-04-01T00:00:00Z"},
	}
	for _, test := range []struct{ from, want string }{
		{"2026-12-31T00:00:00Z", " (replaced by list 1)"},
		{"2027-01-01T00:00:00Z", " (replaced by list 3)"},
		{"2027-03-02T00:00:00Z", " (until list 4, 2027-04-01 00:00:00Z)"},
		{"2027-04-02T00:00:00Z", ""},
	} {
		if got := replacedBy(priceLine{From: test.from}, lists); got != test.want {
			t.Errorf("a price from %s: %q, want %q", test.from, got, test.want)
		}
	}
}
