package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/dorado/core/idn"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// spellings are two names that are variants of each other: strasse-1.co and straße-1.co, and so on.
func spellings(i int) []names.Name {
	return world.Names(fmt.Sprintf("strasse-%d.co", i), fmt.Sprintf("xn--strae-%d-3va.co", i))
}

// Whatever is created and purged, views and commands find exactly the variants that are there, and of the
// variants of a name one at most is; also after the memory was filled anew.
func TestVariantsAreThoseStored(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	r := rand.New(rand.NewPCG(14, 1))
	alive := map[string]registry.Domain{} // by key
	for i := range 200 {
		name := spellings(r.IntN(3))[r.IntN(2)]
		key := idn.Key(name)
		if key != idn.Key(spellings(0)[0]) && key != idn.Key(spellings(1)[0]) && key != idn.Key(spellings(2)[0]) {
			t.Fatalf("%s has the key %q", name, key)
		}
		switch d, lives := alive[key]; {
		case lives && d.Name == name:
			write(t, w, registry.Changes{GoneDomains: []registry.Domain{d.Next()}})
			delete(alive, key)
		case lives:
			continue
		default:
			d = base().Domains[0]
			d.Name, d.ROID = name, registry.ROID(fmt.Sprintf("D1%d-CO", i))
			write(t, w, registry.Changes{Domains: []registry.Domain{d}})
			alive[key] = d
		}
		if i == 100 {
			if err := w.DB.Remember(context.Background(), store.Listener{}); err != nil { // as at the next start
				t.Fatal(err)
			}
		}
		check := func(reader registry.Reader) error {
			for n := range 3 {
				key := idn.Key(spellings(n)[0])
				var want []names.Name
				if d, lives := alive[key]; lives {
					want = []names.Name{d.Name}
				}
				if got, err := reader.Variants(key); err != nil || !slices.Equal(got, want) {
					t.Fatalf("step %d: the variants of %s are %v, %v, want %v", i, key, got, err, want)
				}
			}
			return nil
		}
		view(t, w, check)
		err := w.DB.Update(context.Background(), registry.Keys{Variants: []string{idn.Key(name)}}, func(reader registry.Reader) (registry.Changes, error) {
			return registry.Changes{}, check(reader)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range alive {
		other := spellings(0)[0]
		if d.Name == other {
			other = spellings(0)[1]
		}
		if idn.Key(other) != idn.Key(d.Name) {
			continue
		}
		d.Name, d.ROID = other, "D99-CO"
		if err := update(w, registry.Changes{Domains: []registry.Domain{d}}); err == nil {
			t.Fatalf("%s is stored beside its variant", other)
		}
	}
}

// Names that a program without keys has registered get theirs by the migration, those that share one a rank
// each; and a name whose key is not right any more gets the right one, at any start.
func TestMigrateKeysVariants(t *testing.T) {
	ctx := context.Background()
	db, raw := unmigrated(t)
	store.MigrateTo(t, db, 13)
	var insert strings.Builder
	insert.WriteString("INSERT INTO registrar (id, version, password, body) VALUES ('H1', 1, '', '{}');")
	for i, name := range []string{"glass.co", "plain.co", "strasse.co", "weiss.com.co", "xn--espaa-rta.co", "xn--gla-7ka.co", "xn--strae-oqa.co"} {
		fmt.Fprintf(&insert, "INSERT INTO domain (name, roid, version, zone, sponsor, created, expires, due, body) VALUES ('%s', 'D%d-CO', 1, 'co', 'H1', 0, 0, 0, '{}');", name, i)
	}
	if _, err := raw.Exec(insert.String()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"glass.co glass.co 0", "plain.co  0", "strasse.co strasse.co 0", "weiss.com.co weiss.com.co 0",
		"xn--espaa-rta.co  0", "xn--gla-7ka.co glass.co 1", "xn--strae-oqa.co strasse.co 1",
	}
	if got := idn.ASCIISequences(); !slices.Equal(got, []string{"ss"}) {
		t.Errorf("the migration looks for names with ss, and package idn has %v", got)
	}
	const keys = "SELECT name || ' ' || COALESCE(variant, '') || ' ' || variant_rank FROM domain ORDER BY name"
	for _, spoil := range []string{
		"UPDATE domain SET version = version",
		"UPDATE domain SET variant = 'other.co' WHERE name = 'plain.co'",
		"UPDATE domain SET variant = NULL WHERE name = 'weiss.com.co'",
	} {
		if _, err := raw.Exec(spoil); err != nil {
			t.Fatal(err)
		}
		if err := db.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, texts(t, raw, keys)); diff != "" {
			t.Errorf("after %s:\n%s", spoil, diff)
		}
	}
	err := db.View(ctx, func(r registry.Reader) error {
		got, err := r.Variants("strasse.co")
		if !slices.Equal(got, world.Names("strasse.co", "xn--strae-oqa.co")) {
			t.Errorf("the variants of strasse.co are %v", got)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
