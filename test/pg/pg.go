// Package pg owns the PostgreSQL databases of tests: a real cluster, and in it an empty private
// database for each test that asks. It knows nothing of what is stored.
//
// TEST_POSTGRES says where the cluster is (scripts/with-postgres starts one and sets it); without it,
// the first test of a process that asks starts one, which ends with the process however that ends.
// TEST_DATABASE says on which engine tests run that run on either; see [Chosen].
package pg

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// patience bounds every step here. The slowest, a CREATE DATABASE, took 0.04 s in memory, and up to
// 0.6 s on the disk of a busy machine; the rest is for one that is busier.
const patience = time.Minute

// DSN returns the address of an empty PostgreSQL database that is t's alone until t ends. It is a URL
// that pgx reads. Everybody is trusted, the role owns the cluster, and nothing is written through to
// the disk: a test of durability starts its own with [Cluster].
//
// A database and not a schema, since advisory locks and NOTIFY channels are per database, and one test
// would meet another's. A database takes a hundred times as long to make (13 ms), so it is emptied
// and lent again.
func DSN(t testing.TB) string {
	t.Helper()
	c, err := shared()
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	name, err := c.lend()
	if err != nil {
		t.Fatalf("make the database of the test: %v", err)
	}
	t.Cleanup(func() {
		if err := c.takeBack(name); err != nil {
			t.Errorf("clean up the database of the test: %v", err)
		}
	})
	return withDatabase(c.dsn, name)
}

// Chosen returns the address of a private database as [DSN] does and true if tests that run on either
// engine are to run on PostgreSQL, which TEST_DATABASE=postgres says, and false for SQLite, the
// default. The whole suite runs once with each in make test.
func Chosen(t testing.TB) (dsn string, postgres bool) {
	t.Helper()
	if !Is(t) {
		return "", false
	}
	return DSN(t), true
}

// Is reports whether tests that run on either engine are to run on PostgreSQL, for who needs no database to know.
func Is(t testing.TB) bool {
	t.Helper()
	switch engine := os.Getenv("TEST_DATABASE"); engine {
	case "", "sqlite":
		return false
	case "postgres":
		return true
	default:
		t.Fatalf("TEST_DATABASE is %q: want sqlite or postgres", engine)
		return false
	}
}

// Same ends a test on PostgreSQL whose subject is the same on either engine, or has one of its own: the suite has run it
// on SQLite.
func Same(t testing.TB) {
	t.Helper()
	if Is(t) {
		t.Skip("the same on SQLite, where the suite runs it")
	}
}

// lend returns the name of an empty database that nobody uses.
func (c cluster) lend() (string, error) {
	select {
	case name := <-c.free:
		return name, nil
	default:
	}
	name := "test_" + strings.ToLower(rand.Text())
	return name, do(c.dsn, `CREATE DATABASE `+name)
}

// takeBack ends what still uses a database, and empties it for the next test; or drops it, where
// the cluster outlives us or enough databases are waiting.
func (c cluster) takeBack(name string) error {
	if c.disposable && len(c.free) < cap(c.free) {
		if err := c.disconnect(name); err != nil {
			return err
		}
		if err := do(withDatabase(c.dsn, name), empty); err != nil {
			return err
		}
		select {
		case c.free <- name:
			return nil
		default:
		}
	}
	return do(c.dsn, `DROP DATABASE `+name+` WITH (FORCE)`)
}

// disconnect ends all connections to a database.
func (c cluster) disconnect(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.dsn)
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	return disconnect(ctx, conn, name)
}

// disconnect ends all connections to a database but conn, and with them their locks and LISTENs. It looks again
// at once: pg_terminate_backend itself would wait in steps of 100 ms for what takes one.
func disconnect(ctx context.Context, conn *pgx.Conn, name string) error {
	for {
		var left int
		if err := conn.QueryRow(ctx, terminate, name).Scan(&left); err != nil {
			return fmt.Errorf("end the connections to %s: %w", name, err)
		}
		if left == 0 {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
}

const terminate = `
SELECT COUNT(pg_terminate_backend(pid))
FROM   pg_stat_activity
WHERE  datname = $1 AND pid <> pg_backend_pid()`

// empty removes all schemas, whatever a test named them, and with them all that can stand in one.
const empty = `
DO $$
DECLARE s name;
BEGIN
  FOR s IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', s);
  END LOOP;
  CREATE SCHEMA public;
END $$`

// do runs one statement in the database at dsn.
func do(dsn, statement string, args ...any) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement, args...); err != nil {
		return fmt.Errorf("%s: %w", strings.TrimSpace(statement), err)
	}
	return nil
}

// withDatabase returns dsn, a URL or a list of key=value, with another database.
func withDatabase(dsn, name string) string {
	if u, err := url.Parse(dsn); err == nil && u.Scheme != "" {
		u.Path = "/" + name
		return u.String()
	}
	return dsn + " dbname=" + name // the last one counts
}
