package store

import (
	"context"

	"example.org/dorado/core/registry"
)

// ZonesInUse returns the zones below which there are names, in order. It reads every name.
func (db *DB) ZonesInUse(ctx context.Context) ([]string, error) {
	var zones []string
	err := db.View(ctx, func(r registry.Reader) error {
		var err error
		zones, err = many(r.(*recalling).reader, scanValue[string], zonesInUse)
		return err
	})
	return zones, err
}

const zonesInUse = `
SELECT DISTINCT zone
FROM   domain
ORDER  BY zone`
