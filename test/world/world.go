// Package world owns small registries for tests: a real store on the chosen engine, a clock that
// tests move, faults on request, and a few registrars.
package world

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/store"
	"example.org/dorado/test/pg"
)

// The registrars of every world. All have the password Password.
const (
	Acme      registry.RegistrarID = "H1001" // has funds
	Other     registry.RegistrarID = "H1002" // has funds
	Poor      registry.RegistrarID = "H1003" // has none
	Suspended registry.RegistrarID = "H1004"
	Held      registry.RegistrarID = "H1005" // has funds, and is on hold
	Deleter   registry.RegistrarID = "H1006" // has funds, and its names are deleted at expiry
	Stranger  registry.RegistrarID = "H9999" // no registrar
)

// Password is every registrar's EPP password, and Funds what those with funds have.
const (
	Password              = "Abcd1234"
	Funds    ledger.Money = 100_000_00
)

// A World is one registry under test.
type World struct {
	T       testing.TB
	DB      *store.DB
	Service *flow.Service
	Fault   *Fault

	// DSN is where the database is, as store.Open takes it; Postgres says that it is on PostgreSQL, not
	// SQLite.
	DSN      string
	Postgres bool

	raw   *sql.DB // beside the store and its faults
	micro atomic.Int64
	trids atomic.Int64

	random, salts counter // of the service, and of its passwords
	dumped        dumped
}

// New returns a world at an instant (RFC 3339), on the engine that pg.Chosen says.
func New(t testing.TB, now string) *World {
	t.Helper()
	return Kept(t, now, func(t testing.TB) *World { return inhabited(Empty(t), now) })
}

// Both runs a test in a world on each engine, whatever pg.Chosen says: for a package in which few tests have a world, so
// that the others need not run once for each.
func Both(t *testing.T, now string, test func(*testing.T, *World)) {
	t.Helper()
	for _, on := range []struct {
		name string
		dsn  func(testing.TB) string
	}{{"sqlite", migratedFile}, {"postgres", prepared.DSN}} {
		t.Run(on.name, func(t *testing.T) { test(t, inhabited(emptyOn(t, on.dsn(t)), now)) })
	}
}

// On is New on a database of the caller's choice, which is empty: a postgres:// URL, or the path of a
// SQLite file.
func On(t testing.TB, dsn, now string) *World {
	t.Helper()
	return inhabited(emptyOn(t, dsn), now)
}

// inhabited gives an empty world its clock, its service and its registrars.
func inhabited(w *World, now string) *World {
	w.T.Helper()
	w.At(now)
	w.serve()
	w.openAccounts()
	return w
}

// serve gives a world its service.
func (w *World) serve() {
	w.T.Helper()
	profile, err := policy.BuiltIn("co-2026")
	if err != nil {
		w.T.Fatal(err)
	}
	w.Service = &flow.Service{
		Store: w.DB, Profile: profile, Clock: w.Now, Real: w.Now, Random: w.random.bytes,
		Keys: flow.Keys{
			AuthInfo: []byte("authInfo key"), Spread: []byte("spread key"),
			Ledger: ed25519.NewKeyFromSeed(bytes.Repeat([]byte("seed"), ed25519.SeedSize/4)), LedgerSalt: []byte("ledger salt"),
			Clients: Authority(),
		},
		Passwords: flow.NewPasswords(flow.ArgonCost{MemoryKiB: 8, Passes: 1}, 8, w.salts.bytes),
		Fairness:  flow.NewFairness(), Usages: w.DB, Logins: w.DB,
	}
}

// Use has a zone use a label for servers of the registry, as the configuration of a zone does.
func (w *World) Use(zone, label string) {
	zones := slices.Clone(w.Service.Profile.Zones)
	for i := range zones {
		if zones[i].Name.String() == zone {
			zones[i].Used = append(slices.Clip(zones[i].Used), label)
		}
	}
	w.Service.Profile.Zones = zones
}

// Empty returns a world of which only the empty store is there, on the engine that pg.Chosen says.
func Empty(t testing.TB) *World {
	t.Helper()
	dsn, postgres := prepared.Chosen(t)
	if !postgres {
		dsn = migratedFile(t)
	}
	return emptyOn(t, dsn)
}

// prepared are the PostgreSQL databases of empty registries.
var prepared = pg.NewReady(func(dsn string) error {
	db, err := store.OpenWith(context.Background(), dsn, store.Options{Unsynced: true})
	if err != nil {
		return err
	}
	return errors.Join(db.Migrate(context.Background()), db.Close())
})

// migrated returns the SQLite file of an empty registry. It is made once in a process: to make a schema costs more
// than most tests do with it, and with the race detector far more.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "dorado-world-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "registry.db")
	db, err := store.OpenWith(context.Background(), path, store.Options{Unsynced: true})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(db.Migrate(context.Background()), db.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path) // closing it has put everything into this one file
})

// migratedFile returns the path of a SQLite file of an empty registry that is t's alone.
func migratedFile(t testing.TB) string {
	t.Helper()
	empty, err := migrated()
	if err != nil {
		t.Fatal(err)
	}
	return fileOf(t, empty)
}

// fileOf returns the path of a SQLite file with those contents that is t's alone.
func fileOf(t testing.TB, contents []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "registry.db")
	if err := os.WriteFile(path, contents, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func emptyOn(t testing.TB, dsn string) *World {
	t.Helper()
	w := &World{T: t, Fault: &Fault{}, DSN: dsn, Postgres: strings.HasPrefix(dsn, "postgres")}
	w.DB = w.Open(w.Fault.Wrap)
	w.look()
	return w
}

// look opens the database beside the store.
func (w *World) look() {
	w.T.Helper()
	driverName := "sqlite"
	if w.Postgres {
		driverName = "pgx"
	}
	raw, err := sql.Open(driverName, w.DSN)
	if err != nil {
		w.T.Fatal(err)
	}
	w.T.Cleanup(func() { raw.Close() })
	w.raw, w.dumped = raw, dumped{}
}

// Open opens the world's database as another node would, with something of the caller's between the
// store and its driver or nil. Only PostgreSQL takes several nodes at once.
func (w *World) Open(wrap func(driver.Connector) driver.Connector) *store.DB {
	w.T.Helper()
	db, err := store.OpenWith(context.Background(), w.DSN, store.Options{Unsynced: true, Wrap: wrap})
	if err != nil {
		w.T.Fatal(err)
	}
	w.T.Cleanup(func() { db.Close() })
	if err := db.Migrate(context.Background()); err != nil {
		w.T.Fatal(err)
	}
	if err := db.Remember(context.Background(), store.Listener{}); err != nil {
		w.T.Fatal(err)
	}
	return db
}

// Reopen closes the database in order and opens it again, as a restart does.
func (w *World) Reopen() {
	w.T.Helper()
	if err := w.DB.Close(); err != nil {
		w.T.Fatal(err)
	}
	w.DB = w.Open(w.Fault.Wrap)
	w.Service.Store, w.Service.Usages, w.Service.Logins = w.DB, w.DB, w.DB
}

// Crash ends the process in the middle of whatever it does, and returns what begins the next one: with what
// the disk has at the moment of the crash, or the server, whose connections break. The power stays on. A Fault's
// WhenFails may call it.
func (w *World) Crash() (restart func()) {
	w.T.Helper()
	dsn := w.DSN
	if w.Postgres {
		w.Rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	} else {
		dsn = filepath.Join(w.T.TempDir(), "registry.db")
		for _, part := range []string{"", "-wal"} {
			copyFile(w.T, w.DSN+part, dsn+part)
		}
	}
	return func() {
		_ = w.DB.Close() // whose end nobody sees
		_ = w.raw.Close()
		w.DSN = dsn
		w.DB = w.Open(w.Fault.Wrap)
		w.look()
		w.Service.Store, w.Service.Usages, w.Service.Logins = w.DB, w.DB, w.DB
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
}

// A counter is a source of bytes that never repeats itself and is the same in every run.
type counter struct{ last atomic.Uint64 }

func (c *counter) bytes(n int) []byte {
	b := make([]byte, max(n, 8))
	binary.BigEndian.PutUint64(b, c.last.Add(1))
	return b[:n]
}

func (w *World) openAccounts() {
	w.T.Helper()
	hash, err := w.Service.Passwords.Hash(context.Background(), Password)
	if err != nil {
		w.T.Fatal(err)
	}
	for _, id := range []registry.RegistrarID{Acme, Other, Poor, Suspended, Held, Deleter} {
		r := registry.Registrar{
			ID: id, Name: "Registrar " + string(id), Password: hash, IANAID: 9000 + int(id[4]-'0'),
			Email: "hostmaster@" + strings.ToLower(string(id)) + ".example",
			Voice: "+57.6015550100", Website: "https://" + strings.ToLower(string(id)) + ".example/",
			Abuse:     "abuse@" + strings.ToLower(string(id)) + ".example",
			Networks:  []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
			Suspended: id == Suspended,
		}
		if id == Held {
			r.Hold = registry.Hold{Since: w.Now().Truncate(time.Second), Reason: "the balance is below the minimum"}
		}
		if id == Deleter {
			r.RenewModel = []registry.DatedRenewModel{{AutoRenew: false}}
		}
		w.Do("", flow.RegistrarCreate{Registrar: r})
		switch id {
		case Poor:
		case Acme:
			w.Deposit(id, Funds, "opening")
		default:
			w.Deposit(id, Funds, "opening "+string(id))
		}
	}
	w.Exec("DELETE FROM mail") // of the openings
}

// Deposit records money that a registrar paid in; where it takes a second person to, there is one.
func (w *World) Deposit(who registry.RegistrarID, amount ledger.Money, reference string) {
	w.T.Helper()
	act := w.Do("", flow.Deposit{Author: "ana", Registrar: who, Amount: amount, Reference: reference}).(registry.MoneyAct)
	if act.State == registry.MoneyPending {
		w.Do("", flow.MoneyDecide{ID: act.ID, Author: "eva", Reason: "it came in", Approve: true})
	}
}

// Now is the world's clock.
func (w *World) Now() time.Time { return time.UnixMicro(w.micro.Load()).UTC() }

// At moves the clock to an instant (RFC 3339).
func (w *World) At(now string) {
	w.T.Helper()
	t, err := time.Parse(time.RFC3339Nano, now)
	if err != nil {
		w.T.Fatal(err)
	}
	w.micro.Store(t.UnixMicro())
}

// Pass moves the clock by a duration.
func (w *World) Pass(d time.Duration) { w.micro.Add(d.Microseconds()) }

// NewTRID returns a server transaction id that no other command of this world has.
func (w *World) NewTRID() string { return fmt.Sprintf("TEST-%06d", w.trids.Add(1)) }

// Run runs a command for a registrar; the empty one is the operator.
func (w *World) Run(who registry.RegistrarID, cmd flow.Command) (flow.Reply, error) {
	return w.Service.Run(context.Background(), flow.Request{
		Registrar: who, ClTRID: "client", SvTRID: w.NewTRID(), Command: cmd,
	})
}

// Do runs a command that has to succeed, and returns its reply.
func (w *World) Do(who registry.RegistrarID, cmd flow.Command) flow.Reply {
	w.T.Helper()
	reply, err := w.Run(who, cmd)
	if err != nil {
		w.T.Fatalf("%s by %q: %v", cmd.Subject(), who, err)
	}
	return reply
}

// Ask answers a query for a registrar.
func (w *World) Ask(who registry.RegistrarID, q flow.Query) (flow.Reply, error) {
	return w.Service.Ask(context.Background(), who, q)
}

// Funds returns what a registrar has at the world's instant.
func (w *World) Funds(who registry.RegistrarID) ledger.Funds {
	w.T.Helper()
	var funds ledger.Funds
	err := w.DB.View(context.Background(), func(r registry.Reader) error {
		var err error
		funds, _, err = r.Funds(who, w.Now())
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return funds
}

// Name is a name that has to parse.
func Name(s string) names.Name { return names.MustParse(s) }

// Names are names that have to parse.
func Names(list ...string) []names.Name {
	parsed := make([]names.Name, len(list))
	for i, s := range list {
		parsed[i] = Name(s)
	}
	return parsed
}

// Contact makes a contact with nothing unusual about it.
func (w *World) Contact(who registry.RegistrarID, id string) {
	w.T.Helper()
	w.Do(who, flow.ContactCreate{
		ID: id, Voice: &registry.Phone{Number: "+57.6015550100"}, Email: "ana@example.com", AuthInfo: "contact-secret",
		Loc: &registry.Postal{
			Name: "Ana Peña", Street: []string{"Calle 10 # 4-21"}, City: "Bogotá", Postcode: "110221", Country: "CO",
		},
	})
}

// Domain registers a name for one year, with a contact "X-<registrar>" that is made if need be, and
// with name servers that exist already.
func (w *World) Domain(who registry.RegistrarID, name string, hosts ...string) flow.DomainCreated {
	w.T.Helper()
	contact := "X-" + string(who)
	if !w.Exists("contact", "id", contact) || w.contactIsGone(who, contact) {
		w.Contact(who, contact)
	}
	reply := w.Do(who, flow.DomainCreate{
		Name: Name(name), Nameservers: Names(hosts...), Registrant: contact, AuthInfo: "domain-secret",
		Contacts: []flow.Role{{Role: "admin", ID: contact}, {Role: "tech", ID: contact}},
	})
	return reply.(flow.DomainCreated)
}

// contactIsGone reports whether a contact that is stored is one to be purged.
func (w *World) contactIsGone(who registry.RegistrarID, contact string) bool {
	_, err := w.Ask(who, flow.ContactInfo{ID: contact})
	return err != nil
}

// Allocate gives a name an allocation code of the test's choice, which no command does.
func (w *World) Allocate(name, code string) {
	w.T.Helper()
	err := w.DB.Update(context.Background(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
		hash := hmac.New(sha256.New, w.Service.Keys.AuthInfo)
		hash.Write([]byte(code))
		return registry.Changes{Allocations: []registry.Allocation{{Name: Name(name), Code: hash.Sum(nil), Made: w.Now()}}}, nil
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

// Price makes names premium from now on, by their tier.
func (w *World) Price(tier int, list ...string) {
	w.T.Helper()
	var cmd flow.PriceSet
	for _, name := range list {
		cmd.Prices = append(cmd.Prices, registry.NamePrice{Name: Name(name), Tier: tier})
	}
	w.Do("", cmd)
}

// Host makes a host; addresses are IP addresses.
func (w *World) Host(who registry.RegistrarID, name string, addresses ...string) {
	w.T.Helper()
	cmd := flow.HostCreate{Name: Name(name)}
	for _, a := range addresses {
		cmd.Addresses = append(cmd.Addresses, netip.MustParseAddr(a))
	}
	w.Do(who, cmd)
}

// Settle writes down all that time has done.
func (w *World) Settle() {
	w.T.Helper()
	const limit = 100
	for {
		if w.Do("", flow.Settle{Limit: limit}).(flow.Settled).Done(limit) {
			return
		}
	}
}
