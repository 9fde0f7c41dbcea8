package store_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// Tokens and accesses come back as they were put, and what is too old goes, a little at a time.
func TestAccesses(t *testing.T) {
	w := world.Empty(t)
	token := registry.AccessToken{
		ID: "T1", Version: 1, Role: registry.AccessRegistrar, Registrar: "H1", Holder: "unit 7", Hash: []byte{1, 0, 2},
		Issued: registry.Measure{Since: now, Until: now.AddDate(0, 0, 7), Author: "ana", Reason: "a test"},
	}
	older := token
	older.ID, older.Issued.Since, older.Issued.Until = "T0", now.Add(-time.Hour), now
	write(t, w, registry.Changes{AccessTokens: []registry.AccessToken{older, token}})
	view(t, w, func(r registry.Reader) error {
		same(t, token)(r.AccessToken("T1"))
		all, err := r.AccessTokens(time.Time{}, 10)
		if err != nil || len(all) != 2 || all[0].ID != "T1" {
			t.Errorf("the tokens are %+v, %v", all, err)
		}
		left, err := r.AccessTokens(now, 10)
		if err != nil || len(left) != 1 || left[0].ID != "T1" {
			t.Errorf("those that have not ended are %+v, %v", left, err)
		}
		return nil
	})
	revoked := token.Next()
	revoked.Revoked = registry.Measure{Since: now, Author: "eva", Reason: "a test"}
	write(t, w, registry.Changes{AccessTokens: []registry.AccessToken{revoked}})
	view(t, w, func(r registry.Reader) error {
		same(t, revoked)(r.AccessToken("T1"))
		left, err := r.AccessTokens(now, 10)
		if len(left) != 0 {
			t.Errorf("a revoked token is left: %+v", left)
		}
		return err
	})

	var changes registry.Changes
	for i := range 50 {
		changes.Accesses = append(changes.Accesses, registry.Access{
			At: now.Add(time.Duration(i) * time.Second), Who: fmt.Sprintf("W%d", i%2), Role: registry.AccessLaw, Holder: "unit 7",
			Address: netip.MustParseAddr("2001:db8::1"), Query: "domain/shop.co", Purpose: "case 14",
		})
	}
	write(t, w, changes)
	count := func(f registry.AccessFilter) (n int) {
		view(t, w, func(r registry.Reader) error {
			list, err := r.Accesses(f, 1000)
			n = len(list)
			if !slices.IsSortedFunc(list, func(a, b registry.Access) int { return int(b.ID - a.ID) }) {
				t.Errorf("the latest is not first: %+v", list)
			}
			if n > 0 {
				list[0].ID = 0
				if want := changes.Accesses[49]; f == (registry.AccessFilter{}) && list[0] != want {
					t.Errorf("the last is %+v, want %+v", list[0], want)
				}
			}
			return err
		})
		return n
	}
	for _, test := range []struct {
		filter registry.AccessFilter
		want   int
	}{
		{registry.AccessFilter{}, 50},
		{registry.AccessFilter{Who: "W1"}, 25},
		{registry.AccessFilter{Since: now.Add(40 * time.Second)}, 10},
		{registry.AccessFilter{Before: 1}, 0},
	} {
		if got := count(test.filter); got != test.want {
			t.Errorf("%+v selects %d accesses, want %d", test.filter, got, test.want)
		}
	}
	for _, left := range []int{30, 25, 25} {
		write(t, w, registry.Changes{ForgetAccesses: now.Add(25 * time.Second)})
		if got := count(registry.AccessFilter{}); got != left {
			t.Errorf("%d accesses are left, want %d", got, left)
		}
	}
}

// Names and hosts are found by what they begin with, in order and so many at a time; a contact by its ROID.
func TestSearchesOfNames(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	for i, name := range []string{"a.co", "ab.co", "a-b.co", "a0.co", "b.co", "ab.com.co"} {
		c := base()
		d, h := c.Domains[0], c.Hosts[0]
		d.ROID, d.Name = registry.ROID(fmt.Sprintf("D%d-CO", 10+i)), names.MustParse(name)
		d.Nameservers, d.Contacts, d.Registrant = nil, nil, registry.ContactRef{}
		h.ROID, h.Name = registry.ROID(fmt.Sprintf("H%d-CO", 30+i)), names.MustParse("ns."+name)
		write(t, w, registry.Changes{Domains: []registry.Domain{d}, Hosts: []registry.Host{h}})
	}
	view(t, w, func(r registry.Reader) error {
		for _, test := range []struct {
			prefix, after string
			limit         int
			want          string
		}{
			{"a", "", 10, "a-b.co a.co a0.co ab.co ab.com.co"},
			{"a", "", 2, "a-b.co a.co"},
			{"a", "a.co", 2, "a0.co ab.co"},
			{"a", "b.co", 2, ""},
			{"ab", "", 10, "ab.co ab.com.co"},
			{"ab", "a.co", 10, "ab.co ab.com.co"},
			{"ab.c", "ab.co", 10, "ab.com.co"},
			{"c", "", 10, ""},
			{"", "ab.com.co", 10, "b.co shop.co"},
		} {
			after := names.Name{}
			if test.after != "" {
				after = names.MustParse(test.after)
			}
			found, err := r.NamesFrom(test.prefix, after, test.limit)
			if got := spelt(found); err != nil || got != test.want {
				t.Errorf("%d names with %q after %q: %q, %v; want %q", test.limit, test.prefix, test.after, got, err, test.want)
			}
		}
		found, err := r.HostsFrom("ns.a", names.Name{}, 3)
		if got := spelt(found); err != nil || got != "ns.a-b.co ns.a.co ns.a0.co" {
			t.Errorf("hosts: %q, %v", got, err)
		}
		same(t, "Ana-1")(r.ContactID("C1-CO"))
		if _, found, err := r.ContactID("C9-CO"); found || err != nil {
			t.Errorf("a contact that is not there: %t, %v", found, err)
		}
		return nil
	})
}

func spelt(list []names.Name) string {
	var all []string
	for _, n := range list {
		all = append(all, n.String())
	}
	return strings.Join(all, " ")
}
