package store_test

import (
	"fmt"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// A history of 10,000 versions, a minute apart, is paged through in both directions, and the version in force at
// an instant is found among them, where the clocks of nodes differ, too: version 5000 has the instant of the one
// before it less a second.
func TestLongHistory(t *testing.T) {
	w := world.Empty(t)
	start := now.UnixMicro()
	numbers := "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10000) "
	w.Exec(numbers + fmt.Sprintf(`
INSERT INTO history (roid, version, kind, name, at, registrar, command, cltrid, svtrid, gone, body)
SELECT 'D1-CO', n, 'domain', 'shop.co', %d + CASE WHEN n = 5000 THEN CAST(4998 AS BIGINT) * 60000000 - 1000000 ELSE CAST(n - 1 AS BIGINT) * 60000000 END,
       'H1', 'domain:update', 'c', 's', n = 10000, '{"Name": "shop.co"}'
FROM   numbers`, start))
	view(t, w, func(r registry.Reader) error {
		for _, oldest := range []bool{true, false} {
			f := registry.VersionFilter{Kind: registry.KindDomain, ROID: "D1-CO", Oldest: oldest}
			seen := 0
			for {
				list, err := r.Versions(f, 700)
				if err != nil {
					return err
				}
				for _, p := range list {
					seen++
					want := int64(seen)
					if !oldest {
						want = 10001 - want
					}
					if p.Version != want || p.Gone != (want == 10000) || p.Object.(registry.Domain).Name.String() != "shop.co" {
						t.Fatalf("oldest %t: place %d has %+v", oldest, seen, p)
					}
					f.After = p.Version
				}
				if len(list) < 700 {
					break
				}
			}
			if seen != 10000 {
				t.Errorf("oldest %t: %d versions", oldest, seen)
			}
		}
		for _, test := range []struct {
			after time.Duration // of the first
			want  int64         // 0: none
		}{
			{-time.Microsecond, 0},
			{0, 1},
			{time.Minute - 1, 1},
			{4000 * time.Minute, 4001},
			{4997 * time.Minute, 4998},
			{4999*time.Minute + 1, 5000},
			{5000 * time.Minute, 5001},
			{9998 * time.Minute, 9999},
			{9999 * time.Minute, 10000},
			{99999 * time.Hour, 10000},
		} {
			p, found, err := r.VersionAt(registry.KindDomain, "D1-CO", now.Add(test.after))
			if err != nil || p.Version != test.want || found != (test.want > 0) {
				t.Errorf("%s after the first the version is %d, %v; want %d", test.after, p.Version, err, test.want)
			}
		}
		return nil
	})
}

// Lives of one name: each is found at the instants at which it lasted, also where several end in one second,
// and they are listed in the order of their ends.
func TestLives(t *testing.T) {
	w := world.Empty(t)
	for _, row := range []struct {
		roid    string
		version int
		name    string
		second  int
		gone    bool
	}{
		{"C1-CO", 1, "Ana", 1, false},
		{"C1-CO", 2, "Ana", 5, true},
		{"C3-CO", 1, "ANA", 5, false},
		{"C3-CO", 2, "ANA", 5, true},
		{"C2-CO", 1, "ana", 5, false},
		{"C2-CO", 2, "ana", 5, true},
		{"C9-CO", 1, "ana", 8, false},
		{"C9-CO", 2, "ana", 9, true},
		{"C8-CO", 1, "eva", 1, false},
		{"C8-CO", 2, "eva", 9, true},
	} {
		w.Exec("INSERT INTO history (roid, version, kind, name, at, registrar, command, cltrid, svtrid, gone, body) VALUES ($1, $2, 'contact', $3, $4, '', '', '', '', $5, '{}')",
			row.roid, row.version, row.name, now.Add(time.Duration(row.second)*time.Second).UnixMicro(), row.gone)
	}
	view(t, w, func(r registry.Reader) error {
		for _, test := range []struct {
			second int
			want   registry.ROID
		}{{0, ""}, {1, "C1-CO"}, {4, "C1-CO"}, {5, ""}, {7, ""}, {8, "C9-CO"}, {9, ""}} {
			roid, _, err := r.LifeAt(registry.KindContact, "ANA", now.Add(time.Duration(test.second)*time.Second))
			if err != nil || roid != test.want {
				t.Errorf("in second %d it is %q, %v; want %q", test.second, roid, err, test.want)
			}
		}
		for _, test := range []struct {
			filter registry.LifeFilter
			want   string
		}{
			{registry.LifeFilter{}, "[C9-CO C3-CO C2-CO C1-CO]"},
			{registry.LifeFilter{Oldest: true}, "[C1-CO C2-CO C3-CO C9-CO]"},
			{registry.LifeFilter{Except: "C3-CO"}, "[C9-CO C2-CO C1-CO]"},
			{registry.LifeFilter{Oldest: true, Except: "C1-CO"}, "[C2-CO C3-CO C9-CO]"},
		} {
			var list []registry.ROID
			f := test.filter
			f.Kind, f.ID = registry.KindContact, "ana"
			for {
				some, err := r.Lives(f, 1)
				if err != nil || len(some) == 0 {
					if fmt.Sprint(list) != test.want {
						t.Errorf("%+v: %v, %v; want %s", test.filter, list, err, test.want)
					}
					break
				}
				list, f.After = append(list, some[0].ROID), some[0]
			}
		}
		return nil
	})
}
