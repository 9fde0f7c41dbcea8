package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"example.org/dorado/core/idn"
	"example.org/dorado/core/names"
)

// Variants returns the names that have a key of package idn, in order. There is one at most, but for names
// that were registered before there were keys.
func (r *reader) Variants(key string) ([]names.Name, error) {
	return many(r, scanName, variantsOfKey, key)
}

const variantsOfKey = `
SELECT name
FROM   domain
WHERE  variant = $1
ORDER  BY name`

// variantKey is how the key of a name is kept: NULL if it has none.
func variantKey(name names.Name) *string {
	key := idn.Key(name)
	if key == "" {
		return nil
	}
	return &key
}

// keyVariants gives every stored name, registered or listed, the key that this program makes of it. Those that
// an earlier program has stored have none, and a program with more tables knows more variants. It looks at all
// names whose spelling could have variants, and writes only what is not right.
func (db *DB) keyVariants(ctx context.Context) error {
	return db.writer.with(ctx, func(s *session) error {
		return s.transact(ctx, db.engine.beginWrite(), func() error {
			r := &reader{ctx: ctx, open: on(s), db: db}
			if err := s.keyDomains(ctx, r); err != nil {
				return err
			}
			return s.keyListings(ctx, r)
		})
	})
}

// keyDomains gives the registered names their keys.
func (s *session) keyDomains(ctx context.Context, r *reader) error {
	list, err := many(r, scanKeyed, mayHaveVariants)
	if err != nil {
		return fmt.Errorf("read the names that may have variants: %w", err)
	}
	slices.SortFunc(list, func(a, b keyed) int { return strings.Compare(a.name.String(), b.name.String()) })
	for _, k := range rekeyed(list) {
		if _, err := s.exec(ctx, putVariant, k.name.String(), k.key, k.rank); err != nil {
			return fmt.Errorf("put the variants' key of %s: %w", k.name, err)
		}
	}
	return nil
}

// mayHaveVariants reads the names whose spelling could have variants, those of A-labels and those with one of
// idn.ASCIISequences, and others that have a key. Each half finds its names in an index that has only names or
// only keys, since rows are large: 0.6 s among a million names. With one condition for both, or with an order,
// SQLite looks at all rows, for 9 s.
const mayHaveVariants = `
SELECT name, variant, variant_rank
FROM   domain
WHERE  name IN (SELECT name FROM domain WHERE name LIKE 'xn--%' OR name LIKE '%ss%')
UNION  ALL
SELECT name, variant, variant_rank
FROM   domain
WHERE  variant > '' AND NOT (name LIKE 'xn--%' OR name LIKE '%ss%')`

const putVariant = `
UPDATE domain
SET    variant = $2, variant_rank = $3
WHERE  name = $1`

// A keyed is a stored name with the key and the rank that it has.
type keyed struct {
	name names.Name
	key  *string
	rank int64
}

func scanKeyed(row row) (k keyed, err error) {
	var name string
	if err := row.Scan(&name, &k.key, &k.rank); err != nil {
		return k, err
	}
	k.name, err = names.Parse(name)
	return k, err
}

// rekeyed returns the names whose key is not right with the one that is, and a rank that no other name of
// the key has. What gives up its key comes first.
func rekeyed(list []keyed) []keyed {
	taken := map[string][]int64{}
	var wrong []keyed
	for _, k := range list {
		want := variantKey(k.name)
		switch {
		case want == nil && k.key == nil:
		case want != nil && k.key != nil && *want == *k.key:
			taken[*want] = append(taken[*want], k.rank)
		default:
			wrong = append(wrong, k)
		}
	}
	var out []keyed
	for _, k := range wrong {
		if k.key != nil {
			out = append(out, keyed{name: k.name})
		}
	}
	for _, k := range wrong {
		if k.key = variantKey(k.name); k.key == nil {
			continue
		}
		for k.rank = 0; slices.Contains(taken[*k.key], k.rank); k.rank++ {
		}
		taken[*k.key] = append(taken[*k.key], k.rank)
		out = append(out, k)
	}
	return out
}
