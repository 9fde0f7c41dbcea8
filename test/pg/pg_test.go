package pg_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.org/dorado/test/pg"
)

// connect returns a connection to dsn that is closed when t ends.
func connect(t testing.TB, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatalf("connect to %s: %v", dsn, err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// ask returns the one value that query gives.
func ask(t testing.TB, dsn, query string) string {
	t.Helper()
	var v string
	if err := connect(t, dsn).QueryRow(t.Context(), query).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

// Two tests at the same time have two databases: what one creates, the other does not see.
func TestTestsAtOnceHaveTheirOwnDatabases(t *testing.T) {
	first, second := pg.DSN(t), pg.DSN(t)
	if _, err := connect(t, first).Exec(t.Context(), `CREATE TABLE a (b INT)`); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, second, tables); got != "0" {
		t.Errorf("a new database has %s tables, want 0", got)
	}
}

// A database comes to the next test empty and unlocked, although the test before left tables, a
// schema and a session that holds a lock. Another test of the same cluster holds a lock meanwhile, as
// those of other packages do: pg_locks shows the locks of all databases.
func TestDatabaseIsCleanForTheNextTest(t *testing.T) {
	if _, err := connect(t, pg.DSN(t)).Exec(t.Context(), `SELECT pg_advisory_lock(2)`); err != nil {
		t.Fatal(err)
	}
	for _, leave := range []string{
		`CREATE TABLE a (b INT)`,
		`CREATE SCHEMA s CREATE TABLE c (d INT)`,
		`SELECT pg_advisory_lock(1)`,
	} {
		t.Run(leave, func(t *testing.T) {
			conn, err := pgx.Connect(t.Context(), pg.DSN(t))
			if err != nil {
				t.Fatal(err)
			}
			// It is never closed: takeBack has to.
			if _, err := conn.Exec(t.Context(), leave); err != nil {
				t.Fatal(err)
			}
		})
		if got := ask(t, pg.DSN(t), left); got != "0" {
			t.Errorf("after %s, the next test finds %s things", leave, got)
		}
	}
}

const (
	tables = `SELECT count(*)::text FROM pg_class WHERE relnamespace = 'public'::regnamespace`
	left   = `
SELECT (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE nspname !~ '^(pg_|information_schema)')
     + (SELECT count(*) FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public)')
     + (SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE locktype = 'advisory' AND datname = current_database()) || ''`
)

// A cluster that is not ours to throw away has no database of a test that ended.
func TestDatabaseIsDroppedWhereTheClusterStays(t *testing.T) {
	dsn := pg.Cluster(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestTestsAtOnceHaveTheirOwnDatabases$")
	cmd.Env = append(os.Environ(), "TEST_POSTGRES="+dsn, "TEST_POSTGRES_DISPOSABLE=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := ask(t, dsn, `SELECT count(*)::text FROM pg_database WHERE datname LIKE 'test_%'`); got != "0" {
		t.Errorf("%s databases are left, want 0", got)
	}
}

func TestChosen(t *testing.T) {
	for _, test := range []struct {
		database string
		postgres bool
	}{{"", false}, {"sqlite", false}, {"postgres", true}} {
		t.Run("TEST_DATABASE="+test.database, func(t *testing.T) {
			t.Setenv("TEST_DATABASE", test.database)
			dsn, postgres := pg.Chosen(t)
			if postgres != test.postgres || (dsn != "") != test.postgres {
				t.Errorf("Chosen() = %q, %v, want %v", dsn, postgres, test.postgres)
			}
		})
	}
}

// The cluster that the process started for itself outlives a garbage collection, which would close
// the pipe that it hangs on if nothing held it.
func TestClusterOutlivesGarbageCollection(t *testing.T) {
	dsn := pg.DSN(t)
	runtime.GC()
	runtime.GC() // the first one queues what is to be closed, the second comes after
	if got := ask(t, dsn, `SELECT 'here'`); got != "here" {
		t.Errorf("the cluster answers %q", got)
	}
}

// A cluster with a setting of its own has it, and is gone, folder and all, after the test.
func TestClusterEndsWithItsTest(t *testing.T) {
	var folder string
	t.Run("cluster", func(t *testing.T) {
		dsn := pg.Cluster(t, "fsync=on")
		if got := ask(t, dsn, `SHOW fsync`); got != "on" {
			t.Errorf("fsync is %s, want on", got)
		}
		folder = ask(t, dsn, `SHOW unix_socket_directories`)
	})
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("stat %s after the test: %v, want that it does not exist", folder, err)
	}
}

// A test process that is killed, and so cleans up nothing, leaves no cluster either. This test runs
// itself as that process, kills it, and watches the folder disappear.
func TestClusterEndsWithAKilledProcess(t *testing.T) {
	if os.Getenv("PG_TEST_CHILD") != "" {
		fmt.Println("folder=" + filepath.Clean(ask(t, pg.DSN(t), `SHOW unix_socket_directories`)))
		select {}
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "PG_TEST_CHILD=1", "TEST_POSTGRES=")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var folder string
	for lines := bufio.NewScanner(out); folder == "" && lines.Scan(); {
		_, folder, _ = strings.Cut(lines.Text(), "folder=")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if folder == "" {
		t.Fatal("the child told no folder")
	}
	deadline := time.Now().Add(30 * time.Second)
	for tick := time.Tick(10 * time.Millisecond); time.Now().Before(deadline); <-tick {
		if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
			return
		}
	}
	t.Errorf("%s is still there, 30 s after the process was killed", folder)
}

// A database that was prepared comes to the next test as it was then, whatever was written; one whose schema was
// changed does not come again.
func TestReadyDatabaseIsAsItWasPrepared(t *testing.T) {
	t.Setenv("TEST_DATABASE", "postgres")
	prepared := 0
	ready := pg.NewReady(func(dsn string) error {
		prepared++
		_, err := connect(t, dsn).Exec(t.Context(), `
CREATE TABLE parent (id INT PRIMARY KEY);
CREATE TABLE child (parent INT REFERENCES parent (id));
CREATE SEQUENCE number;
INSERT INTO parent VALUES (1)`)
		return err
	})
	const rows = `SELECT concat_ws(' ', (SELECT string_agg(id::text, ',') FROM parent), (SELECT COUNT(*) FROM child), nextval('number'))`
	for i, leave := range []string{
		`INSERT INTO child VALUES (1)`,
		`DELETE FROM parent`,
		`INSERT INTO parent SELECT n FROM generate_series(10, 20000) n`,
		`SELECT pg_advisory_lock(2)`,
		`SELECT 1`,
	} {
		t.Run(leave, func(t *testing.T) {
			dsn, postgres := ready.Chosen(t)
			if got := ask(t, dsn, rows); got != "1 0 1" || !postgres || prepared != 1 {
				t.Errorf("test %d finds %q, prepared %d times", i, got, prepared)
			}
			if _, err := connect(t, dsn).Exec(t.Context(), leave); err != nil {
				t.Fatal(err)
			}
		})
	}
	for _, change := range []string{`ALTER TABLE child ADD COLUMN x INT`, `DROP TABLE child`, `CREATE INDEX i ON child (parent)`} {
		prepared = 0
		t.Run(change, func(t *testing.T) {
			dsn, _ := ready.Chosen(t)
			if _, err := connect(t, dsn).Exec(t.Context(), change); err != nil {
				t.Fatal(err)
			}
		})
		t.Run("after it", func(t *testing.T) {
			if dsn, _ := ready.Chosen(t); ask(t, dsn, rows) != "1 0 1" || prepared != 1 {
				t.Errorf("prepared %d times, want once more", prepared)
			}
		})
	}
}
