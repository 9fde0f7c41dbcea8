package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// What is known of child zones comes back: every field, by name, by what is due, by span of ROIDs, by result. What a
// scan leaves does not undo a hint that came while it went on, and what is gone is gone for its registration alone.
func TestChildren(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	shop := registry.ChildScan{
		Name: world.Name("shop.co"), ROID: "D1-CO", Due: now.Add(time.Hour), Began: now, Since: now.Add(-time.Hour), Result: registry.ChildWaits,
		ChildNews: registry.ChildNews{
			Why: "nobody vouches for it", Asked: []registry.DS{{KeyTag: 1, Algorithm: 13, DigestType: 2, Digest: "AB"}},
			AskedSince: now.Add(-time.Minute), Signed: now.Add(-2 * time.Hour), Taken: now.Add(-3 * time.Hour),
		},
	}
	late := registry.ChildScan{Name: world.Name("late.co"), ROID: "D2-CO", Due: now}
	other := registry.ChildScan{Name: world.Name("shop.com.co"), ROID: "D3-CO", Due: now.Add(-time.Hour)}
	write(t, w, registry.Changes{Children: []registry.ChildScan{{Name: shop.Name, ROID: "D0-CO", Due: now}, late, other}})
	write(t, w, registry.Changes{Children: []registry.ChildScan{shop}})
	write(t, w, registry.Changes{Children: []registry.ChildScan{{Name: shop.Name, ROID: "D0-CO", Due: now}}}) // new to whoever did not look
	view(t, w, func(r registry.Reader) error {
		got, _, err := r.Child(shop.Name)
		if diff := cmp.Diff(shop, got, cmpopts.EquateComparable(names.Name{})); diff != "" {
			t.Errorf("it came back with %s", diff)
		}
		if _, found, _ := r.Child(world.Name("none.co")); found {
			t.Error("what nobody put is found")
		}
		return err
	})

	for _, test := range []struct {
		name string
		read func(registry.Reader) ([]registry.ChildScan, error)
		want string
	}{
		{"due now", func(r registry.Reader) ([]registry.ChildScan, error) { return r.DueChildren(world.Name("co"), now, 9) }, "late.co"},
		{"due in an hour", func(r registry.Reader) ([]registry.ChildScan, error) {
			return r.DueChildren(world.Name("co"), now.Add(time.Hour), 9)
		}, "late.co shop.co"},
		{"the first of them", func(r registry.Reader) ([]registry.ChildScan, error) {
			return r.DueChildren(world.Name("co"), now.Add(time.Hour), 1)
		}, "late.co"},
		{"a span", func(r registry.Reader) ([]registry.ChildScan, error) {
			return r.ChildrenIn(registry.Span{After: "D1-CO", Last: "D3-CO"})
		}, "late.co shop.com.co"},
		{"all", func(r registry.Reader) ([]registry.ChildScan, error) { return r.Children(registry.ChildFilter{}, 9) }, "late.co shop.co shop.com.co"},
		{"after a name", func(r registry.Reader) ([]registry.ChildScan, error) {
			return r.Children(registry.ChildFilter{After: shop.Name}, 9)
		}, "shop.com.co"},
		{"of a zone", func(r registry.Reader) ([]registry.ChildScan, error) {
			return r.Children(registry.ChildFilter{Zone: world.Name("com.co")}, 9)
		}, "shop.com.co"},
		{"of a result", func(r registry.Reader) ([]registry.ChildScan, error) {
			return r.Children(registry.ChildFilter{Result: registry.ChildWaits}, 9)
		}, "shop.co"},
	} {
		view(t, w, func(r registry.Reader) error {
			list, err := test.read(r)
			var got []string
			for _, c := range list {
				got = append(got, c.Name.String())
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("%s: %s, want %s", test.name, got, test.want)
			}
			return err
		})
	}
	view(t, w, func(r registry.Reader) error {
		counts, err := r.CountChildren()
		if got, want := fmt.Sprint(counts), "[{co  1} {co waits 1} {com.co  1}]"; got != want {
			t.Errorf("counted %s, want %s", got, want)
		}
		return err
	})

	hint := registry.ChildHint{ChildScan: registry.ChildScan{Name: shop.Name, ROID: shop.ROID, Notified: now.Add(time.Second)}, Unless: now}
	write(t, w, registry.Changes{ChildHints: []registry.ChildHint{hint}})
	write(t, w, registry.Changes{Children: []registry.ChildScan{shop}})
	if got := w.Rows("SELECT due - $1, notified - $1 FROM child WHERE name = 'shop.co'", now.UnixMicro()); strings.TrimSpace(got) != "1000000 | 1000000" {
		t.Errorf("a scan that began before a hint left it due at %s", got)
	}
	hint.Notified = now.Add(time.Minute)
	write(t, w, registry.Changes{ChildHints: []registry.ChildHint{hint}})
	if got := w.Rows("SELECT notified - $1 FROM child WHERE name = 'shop.co'", now.UnixMicro()); strings.TrimSpace(got) != "1000000" {
		t.Errorf("a hint that comes too soon was heeded: %s", got)
	}

	former := shop
	former.ROID = "D0-CO"
	write(t, w, registry.Changes{GoneChildren: []registry.ChildScan{former, other}})
	if got := w.Rows("SELECT name FROM child ORDER BY name"); got != "late.co\nshop.co\n" {
		t.Errorf("left are\n%s", got)
	}
}
