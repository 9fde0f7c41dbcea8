package crash

import (
	"context"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"example.org/dorado/cmd/dorado/eppclient"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/schema"
)

// TestMain removes the program that the tests build once.
func TestMain(m *testing.M) {
	status := m.Run()
	if dir, err := workshop(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(status)
}

// workshop is the folder in which the program is built.
var workshop = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "dorado-crash-") })

// built builds the program, once.
var built = sync.OnceValues(func() (string, error) {
	dir, err := workshop()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "dorado")
	return path, schema.BuildOnce(path)
})

// program returns the path of the program.
func program(t *testing.T) string {
	t.Helper()
	peer.LookAtSource(t)
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	schema.WatchProgram(t, path)
	return path
}

// A house is a registry that can be ended in every way, and started again on the same directory.
type house struct {
	program string
	dir     string
	base    int      // what is added to the well-known ports
	dsn     string   // as the program reads it; empty for SQLite in the directory
	direct  string   // of the same PostgreSQL, for a look past what is between
	under   []string // a program to run it under, with its arguments
	log     string   // the file to which it complains

	server  eppclient.Server
	dns     string
	members []member
}

// A member is a registrar of the demo.
type member struct{ ID, EPPPassword string }

// newHouse makes the directory of a registry on SQLite, or on PostgreSQL if there is a dsn.
func newHouse(t *testing.T, dir, dsn string) *house {
	t.Helper()
	h := &house{
		program: program(t), dir: dir, log: filepath.Join(t.TempDir(), "log"),
		base: peer.RegistryBase(t), dsn: dsn, direct: dsn,
	}
	t.Cleanup(func() {
		if text, err := os.ReadFile(h.log); err == nil && t.Failed() {
			const most = 5000 // octets
			t.Logf("the end of the program's log:\n%s", text[max(0, len(text)-most):])
		}
	})
	return h
}

// startWithin is how long a start may take. It takes 20 ms on a quiet machine, and longer where SQLite
// has a log to read back.
const startWithin = time.Minute

// start starts the program and waits until it is ready.
func (h *house) start(t *testing.T) *peer.Process {
	t.Helper()
	// What goes wrong on purpose fills the log of the program, which is for a file and not for t's.
	args := append([]string{"sh", "-c", `exec "$@" 2>>"$0"`, h.log}, h.under...)
	args = append(args, h.program, "demo", "--dir", h.dir, "--port-base", strconv.Itoa(h.base), "--dnssec-algorithm", "13")
	if h.dsn != "" {
		args = append(args, "--database", h.dsn)
	}
	p := peer.Start(t, exec.Command(args[0], args[1:]...))
	p.Await(t, "dorado: ready", startWithin)
	if h.members == nil {
		h.read(t)
		h.fund(t)
	}
	return p
}

// stopWithin is how long an end in order may take when nobody is connected.
const stopWithin = 5 * time.Second

// stop ends the program in order.
func (h *house) stop(t *testing.T, p *peer.Process) {
	t.Helper()
	begun := time.Now()
	p.Stop()
	if took := time.Since(begun); took > stopWithin {
		t.Errorf("the registry took %s to end after SIGTERM, with nobody connected", took.Round(time.Millisecond))
	}
}

// read reads how to use the registry.
func (h *house) read(t *testing.T) {
	t.Helper()
	var file struct {
		CA         string
		Production struct {
			EPP, DNS   string
			Registrars []member
		}
	}
	text, err := os.ReadFile(filepath.Join(h.dir, "demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(filepath.Join(h.dir, file.CA))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	h.server = eppclient.Server{Address: file.Production.EPP, Roots: roots, Timeout: patience}
	h.dns, h.members = file.Production.DNS, file.Production.Registrars
}

// fund gives every registrar more than it can spend.
func (h *house) fund(t *testing.T) {
	t.Helper()
	for _, m := range h.members {
		out, err := exec.Command(h.program, "registrar", "deposit", m.ID, "900000000", "CRASH-"+m.ID, "--dir", h.dir).CombinedOutput()
		if err != nil {
			t.Fatalf("deposit: %v\n%s", err, out)
		}
	}
}

// file is the database, on SQLite.
func (h *house) file() string { return filepath.Join(h.dir, "dorado.db") }

// look opens the database beside the registry for as long as f takes. A connection that stayed open
// would keep SQLite from reading its log back after a crash, which is a part of what is tested.
func (h *house) look(t *testing.T, f func(*sql.DB)) {
	t.Helper()
	driver, dsn := "pgx", h.direct
	if dsn == "" {
		driver, dsn = "sqlite", "file:"+h.file()+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	awaitDatabase(t, db)
	f(db)
}

// cannotConnectNow is the SQLSTATE of a PostgreSQL that starts or recovers. PostgreSQL 15, appendix A.
const cannotConnectNow = "57P03"

// awaitDatabase waits until the database answers: a PostgreSQL that was killed takes a moment to come back,
// in which nothing listens and then nobody is let in.
func awaitDatabase(t *testing.T, db *sql.DB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for tick := time.Tick(5 * time.Millisecond); ; <-tick {
		err := db.PingContext(ctx)
		starts, is := errors.AsType[*pgconn.PgError](err)
		_, refused := errors.AsType[*net.OpError](err)
		switch {
		case err == nil:
			return
		case ctx.Err() != nil, !refused && (!is || starts.Code != cannotConnectNow):
			t.Fatalf("look at the database: %v", err)
		}
	}
}

// settled waits until PostgreSQL has ended what a registry that is gone had begun: it may be in the
// middle of a commit that nobody waits for any more.
func (h *house) settled(t *testing.T) {
	t.Helper()
	if h.direct == "" {
		return
	}
	h.look(t, func(db *sql.DB) {
		deadline := time.Now().Add(patience)
		for tick := time.Tick(2 * time.Millisecond); ; <-tick {
			var n int
			if err := db.QueryRow(othersConnected).Scan(&n); err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("%d connections of a registry that is gone are still there after %s", n, patience)
			}
		}
	})
}

const othersConnected = `
SELECT count(*)
FROM   pg_stat_activity
WHERE  datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`

// A look at a PostgreSQL that was killed and is starting waits for it.
func TestLookWaits(t *testing.T) {
	if _, postgres := pg.Chosen(t); !postgres {
		t.Skip("SQLite is a file, which is there")
	}
	dsn := pg.Cluster(t, durable...)
	s, h := serverOf(t, dsn), &house{direct: dsn}
	t.Cleanup(s.stop)
	for range 5 {
		if err := s.kill(); err != nil {
			t.Fatal(err)
		}
		started := make(chan error, 1)
		go func() { started <- s.start() }()
		h.look(t, func(db *sql.DB) {
			var one int
			if err := db.QueryRow("SELECT 1").Scan(&one); err != nil || one != 1 {
				t.Errorf("a look at a database that starts: %d, %v", one, err)
			}
		})
		if err := <-started; err != nil {
			t.Fatal(err)
		}
	}
}
