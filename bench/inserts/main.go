// Command inserts measures what a database can do at most of what domain creates write: the same rows
// in the same tables, in groups of one commit each, with nothing read and nothing decided. The result
// is one line of JSON. It is the ceiling below which the store stays.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"example.org/dorado/store"
)

// options are the flags.
type options struct {
	dsn     string
	seconds float64
	group   int // creates to a commit
	clients int // connections that write; SQLite has one writer
}

// A result is what is printed.
type result struct {
	Database string  `json:"database"`
	Creates  int     `json:"creates"` // of the rows of one each
	Group    int     `json:"group"`
	Clients  int     `json:"clients"`
	Seconds  float64 `json:"seconds"`
	Rate     float64 `json:"rate"` // creates a second
}

func main() {
	var o options
	flag.StringVar(&o.dsn, "database", "", "an empty database: a SQLite file or a postgres:// URL")
	flag.Float64Var(&o.seconds, "seconds", 5, "how long to insert")
	flag.IntVar(&o.group, "group", 32, "creates to a commit")
	flag.IntVar(&o.clients, "clients", 4, "connections to PostgreSQL")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "inserts:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if err := migrate(ctx, o.dsn); err != nil {
		return err
	}
	r := result{Database: "sqlite", Group: o.group, Clients: 1, Seconds: o.seconds}
	open := openSQLite
	if strings.Contains(o.dsn, "://") {
		open, r.Database, r.Clients = openPostgres, "postgres", o.clients
	}
	clients := make([]client, r.Clients)
	for i := range clients {
		var err error
		if clients[i], err = open(ctx, o.dsn); err != nil {
			return fmt.Errorf("open the database: %w", err)
		}
		defer clients[i].close()
		if err := clients[i].commit(ctx, parents(i)); err != nil {
			return fmt.Errorf("insert what the rows refer to: %w", err)
		}
	}
	counts, failures := make([]int, len(clients)), make([]error, len(clients))
	end := time.Now().Add(time.Duration(o.seconds * float64(time.Second)))
	var running sync.WaitGroup
	for i, c := range clients {
		running.Go(func() { counts[i], failures[i] = insert(ctx, c, i, o.group, end) })
	}
	running.Wait()
	for i := range clients {
		if failures[i] != nil {
			return failures[i]
		}
		r.Creates += counts[i]
	}
	r.Rate = float64(r.Creates) / o.seconds
	return json.NewEncoder(os.Stdout).Encode(r)
}

// insert commits groups until an instant and returns how many creates are in those that were
// committed by then.
func insert(ctx context.Context, c client, number, group int, end time.Time) (int, error) {
	done := 0
	for made := 0; ; {
		var statements []statement
		for range group {
			made++
			statements = append(statements, create(number, made)...)
		}
		if err := c.commit(ctx, statements); err != nil {
			return done, fmt.Errorf("insert: %w", err)
		}
		if time.Now().After(end) {
			return done, nil
		}
		done += group
	}
}

// migrate makes the tables.
func migrate(ctx context.Context, dsn string) error {
	db, err := store.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Migrate(ctx)
}
