// Command names fills an empty database with names and their open charges, in bulk and with no more than the engine
// looks at: when each falls due. It is for measuring what a large registry costs an engine that has nothing to do.
package main

import (
	"context"
	"flag"
	"fmt"
	"iter"
	"os"
	"strconv"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/store"
)

// sponsor is who has all the names.
const sponsor registry.RegistrarID = "BENCH"

func main() {
	dsn := flag.String("database", "", "a database that dorado init has made: a SQLite file or a postgres:// URL")
	count := flag.Int("names", 4_000_000, "how many names")
	zone := flag.String("zone", "co", "where they are registered")
	flag.Parse()
	if err := run(context.Background(), *dsn, *count, *zone); err != nil {
		fmt.Fprintln(os.Stderr, "names:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dsn string, count int, zone string) error {
	db, err := store.OpenWith(ctx, dsn, store.Options{Unsynced: true, Disposable: true})
	if err != nil {
		return err
	}
	defer db.Close()
	now := time.Now().UTC().Truncate(time.Second)
	err = db.Update(ctx, registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
		return registry.Changes{
			Registrars: []registry.Registrar{{ID: sponsor, Version: 1, Name: "Bench"}},
			Limits:     []ledger.Funds{{Party: ledger.Party(sponsor)}},
		}, nil
	})
	if err != nil {
		return fmt.Errorf("make the registrar: %w", err)
	}
	first, err := db.Numbers(ctx, count)
	if err != nil {
		return fmt.Errorf("take numbers: %w", err)
	}
	if err := db.Fill(ctx, lives(first, count, zone, now)); err != nil {
		return err
	}
	return nil
}

// lives are names that fall due one after the other over a year, from tomorrow on, each with a charge that
// posts in its turn.
func lives(first int64, count int, zone string, now time.Time) iter.Seq2[store.Life, error] {
	const year, day = 365 * 24 * time.Hour, 24 * time.Hour
	return func(yield func(store.Life, error) bool) {
		for i := range count {
			due := now.Add(day + year*time.Duration(i)/time.Duration(count)).Truncate(time.Second)
			name, err := names.Parse("name-" + strconv.Itoa(i) + "." + zone)
			roid := "D" + strconv.FormatInt(first+int64(i), 10) + "-BENCH"
			d := registry.Domain{
				ROID: registry.ROID(roid), Name: name, Version: 1, Sponsor: sponsor, Creator: sponsor,
				Created: due.Add(-year), Expires: due,
			}
			charge := ledger.Charge{
				ID: roid + "/create", Party: ledger.Party(sponsor), Object: roid, Subject: name.String(), Type: ledger.Registration,
				Amount: 1, At: d.Created, PostsAt: due, State: ledger.Open,
			}
			changes := registry.Changes{
				Origin: registry.Origin{At: d.Created, Registrar: sponsor, Command: "domain:create"}, Domains: []registry.Domain{d}, Charges: []ledger.Charge{charge},
			}
			if !yield(store.Life{changes}, err) {
				return
			}
		}
	}
}
