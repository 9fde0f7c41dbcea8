package policy_test

import (
	"testing"
	"time"

	"example.org/dorado/core/policy"
)

// 50 names or 10 percent of the month's registrations rounded down, whichever is more.
func TestAddGraceLimit(t *testing.T) {
	for _, test := range []struct {
		name                      string
		limit                     policy.AddGraceLimit
		deletes, registered, want int64
	}{
		{"50 of none", policy.AddGraceLimit{Names: 50, Percent: 10}, 50, 0, 0},
		{"51 of none", policy.AddGraceLimit{Names: 50, Percent: 10}, 51, 0, 1},
		{"51 of 509, of which 10 percent are 50", policy.AddGraceLimit{Names: 50, Percent: 10}, 51, 509, 1},
		{"51 of 510", policy.AddGraceLimit{Names: 50, Percent: 10}, 51, 510, 0},
		{"all of 1000", policy.AddGraceLimit{Names: 50, Percent: 10}, 1000, 1000, 900},
		{"no limit", policy.AddGraceLimit{}, 1000, 1000, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.limit.Above(test.deletes, test.registered); got != test.want {
				t.Errorf("%d deletes of %d are %d above the limit, want %d", test.deletes, test.registered, got, test.want)
			}
		})
	}
}

// 500 names a year; in the first one 42 for each whole calendar month.
func TestMinimumNewNames(t *testing.T) {
	minimum := policy.MinimumNewNames{Year: 500, Month: 42, Fee: 500_00}
	for _, test := range []struct {
		name, accredited string
		minimum          policy.MinimumNewNames
		names            int64
		months           int
	}{
		{"long ago", "2020-05-05T00:00:00Z", minimum, 500, 0},
		{"in the last second of the year before", "2025-12-31T23:59:59Z", minimum, 500, 0},
		{"on New Year", "2026-01-01T00:00:00Z", minimum, 504, 12},
		{"a second later", "2026-01-01T00:00:01Z", minimum, 462, 11},
		{"in March", "2026-03-15T12:00:00Z", minimum, 378, 9},
		{"in December", "2026-12-02T00:00:00Z", minimum, 0, 0},
		{"later", "2027-01-01T00:00:00Z", minimum, 0, 0},
		{"no fee", "2020-05-05T00:00:00Z", policy.MinimumNewNames{Year: 500, Month: 42}, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			accredited, err := time.Parse(time.RFC3339, test.accredited)
			if err != nil {
				t.Fatal(err)
			}
			names, months := test.minimum.Required(2026, accredited)
			if names != test.names || months != test.months {
				t.Errorf("accredited %s: %d names in %d months, want %d in %d", test.accredited, names, months, test.names, test.months)
			}
		})
	}
}
