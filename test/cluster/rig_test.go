package cluster

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.org/dorado/cmd/dorado/eppclient"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/schema"
)

// A lab is what all clusters of one test share: the program, and a PostgreSQL with a database for each.
// For nodes it is on the network; for the test itself it is on a Unix socket that no cut concerns.
type lab struct {
	program  string
	address  netip.Addr    // of PostgreSQL
	dsn      string        // of PostgreSQL for the test
	load     time.Duration // how long a test keeps a cluster busy
	clusters atomic.Int64
	free     addresses
}

// newLab makes a lab that ends with t.
func newLab(t *testing.T, load time.Duration) *lab {
	t.Helper()
	mayMakeNetworks(t)
	l := &lab{program: filepath.Join(t.TempDir(), "dorado"), load: load}
	l.address = l.free.take(t).Addr().Next()
	schema.Build(t, l.program)
	addBridge(t, 0, l.address.String()+"/32")
	l.dsn = pg.Cluster(t, "listen_addresses="+l.address.String(), "hba_file="+trusting(t),
		"max_connections=500", "track_commit_timestamp=on")
	return l
}

// A cluster is a registry of several nodes that run, with two registrars that have funds.
type cluster struct {
	t       testing.TB
	program string
	name    string // of the database
	network *network
	nodes   []*node
	roots   *x509.CertPool
	pool    *pgxpool.Pool // for the test's own look at the database
}

// The registrars of every cluster.
const (
	acme  = "H1001"
	other = "H1002"

	password = "Abcd1234"
	deposit  = 100_000_00 // minor units: what one person may book alone
)

// registrars returns both.
func registrars() []string { return []string{acme, other} }

// newCluster makes a cluster of so many nodes, whose parts end with t.
func newCluster(t testing.TB, l *lab, nodes int) *cluster {
	t.Helper()
	c := prepare(t, l, nodes)
	for _, n := range c.nodes {
		n.start()
	}
	c.openAccounts()
	return c
}

// prepare is newCluster whose nodes do not run yet and that has no registrars.
func prepare(t testing.TB, l *lab, nodes int) *cluster {
	t.Helper()
	number := int(l.clusters.Add(1))
	c := &cluster{
		t: t, program: l.program, name: fmt.Sprintf("cluster%d", number),
		network: newNetwork(t, number, nodes, &l.free, l.address),
	}
	c.pool = open(t, l.dsn, "postgres")
	c.exec("CREATE DATABASE " + c.name)
	c.pool = open(t, l.dsn, c.name)
	dsn := fmt.Sprintf("postgres://dorado@%s/%s?sslmode=disable", l.address, c.name)
	for i, dir := range makeDirectories(t, l.program, dsn, c.network) {
		c.nodes = append(c.nodes, &node{c: c, number: i, dir: dir})
	}
	c.roots = x509.NewCertPool()
	pem, err := os.ReadFile(filepath.Join(c.nodes[0].dir, "ca.pem"))
	if err != nil || !c.roots.AppendCertsFromPEM(pem) {
		t.Fatalf("the authority's certificate: %v", err)
	}
	return c
}

// open returns connections to a database that end with t.
func open(t testing.TB, dsn, database string) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	config.ConnConfig.Database = database
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatalf("connect to PostgreSQL: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// trusting writes the file that lets the nodes into PostgreSQL. PostgreSQL 15 section 21.1.
func trusting(t testing.TB) string {
	t.Helper()
	f, err := os.CreateTemp("", "dorado-hba")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	t.Cleanup(func() { os.Remove(f.Name()) })
	if _, err := fmt.Fprint(f, "local all all trust\nhost all all 198.18.0.0/15 trust\n"); err != nil {
		t.Fatal(err)
	}
	if err := f.Chmod(0o644); err != nil { // PostgreSQL runs as another user
		t.Fatal(err)
	}
	return f.Name()
}

// openAccounts opens the registrars' accounts by the first node, with funds and a contact each.
func (c *cluster) openAccounts() {
	c.t.Helper()
	dir := c.nodes[0].dir
	for _, id := range registrars() {
		c.dorado(password+"\n", "registrar", "add", id, "--dir", dir, "--name", "Registrar "+id,
			"--email", "tech@"+strings.ToLower(id)+".example", "--network", c.network.clients.String()+"/32",
			"--password-stdin")
		c.dorado("", "registrar", "deposit", id, fmt.Sprintf("%d.00", deposit/100), "opening-"+id, "--dir", dir)
		s := c.mustOpen(0, id)
		answer, err := s.Do(contact(contactOf(id)), eppclient.NewTRID())
		if err != nil || !answer.OK() {
			c.t.Fatalf("create the contact of %s: %d %s %v", id, answer.Code, answer.Message, err)
		}
		if err := s.Close(); err != nil {
			c.t.Fatal(err)
		}
	}
}

// dorado runs a command line of the program that has to succeed.
func (c *cluster) dorado(in string, args ...string) {
	c.t.Helper()
	cmd := exec.Command(c.program, args...)
	cmd.Stdin = strings.NewReader(in)
	if out, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("dorado %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// contactOf returns the id of a registrar's contact.
func contactOf(registrar string) string { return "X-" + registrar }

func contact(id string) eppclient.ContactCreate {
	return eppclient.ContactCreate{
		ID: id, Voice: &eppclient.Phone{Number: "+57.6015550100"}, Email: "ana@example.com", AuthInfo: "Secreto-1",
		Postal: eppclient.Postal{
			Form: "loc", Name: "Ana Peña", Street: []string{"Calle 10 # 4-21"}, City: "Bogotá", Postcode: "110221", Country: "CO",
		},
	}
}

// answerTime bounds how long a client waits for one answer: longer than any pause that is allowed.
const answerTime = 40 * time.Second

// open logs a registrar in at a node.
func (c *cluster) open(node int, registrar string) (*eppclient.Session, eppclient.Answer, error) {
	return eppclient.Open(context.Background(), eppclient.Server{
		Address: c.nodes[node].address(), Roots: c.roots, Timeout: answerTime,
	}, eppclient.Login{ID: registrar, Password: password})
}

// mustOpen is open that has to succeed. The session lasts as long as its node.
func (c *cluster) mustOpen(node int, registrar string) *eppclient.Session {
	c.t.Helper()
	s, answer, err := c.open(node, registrar)
	if err != nil || !answer.OK() {
		c.t.Fatalf("login of %s at node %d: %d %s %v", registrar, node, answer.Code, answer.Message, err)
	}
	return s
}

// await polls a condition until it holds, which it has to, and returns how long that took.
func (c *cluster) await(what string, within time.Duration, holds func() bool) time.Duration {
	c.t.Helper()
	took, ok := until(within, holds)
	if !ok {
		c.t.Fatalf("%s: not within %s", what, within)
	}
	return took
}

// until polls a condition until it holds, and returns how long that took.
func until(within time.Duration, holds func() bool) (took time.Duration, ok bool) {
	start := time.Now()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for ; !holds(); <-tick.C {
		if time.Since(start) > within {
			return within, false
		}
	}
	return time.Since(start), true
}

// look runs f with a connection to the database that no cut concerns. An error fails the test, which
// goes on.
func (c *cluster) look(f func(context.Context, *pgx.Conn) error) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := c.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error { return f(ctx, conn.Conn()) })
	if err != nil {
		c.t.Errorf("look at the database: %v", err)
	}
}

// column returns the one column of a query as text.
func (c *cluster) column(query string, args ...any) []string {
	c.t.Helper()
	var column []string
	c.look(func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, query, args...)
		if err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
		column, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
			values, err := row.Values()
			if err != nil {
				return "", err
			}
			return fmt.Sprint(values[0]), nil
		})
		return err
	})
	return column
}

// value returns the one value of a query as text, empty if there is none.
func (c *cluster) value(query string, args ...any) string {
	c.t.Helper()
	if column := c.column(query, args...); len(column) > 0 {
		return column[0]
	}
	return ""
}

// exec runs statements on the database itself.
func (c *cluster) exec(statements string) {
	c.t.Helper()
	c.look(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.PgConn().Exec(ctx, statements).ReadAll()
		if err != nil {
			return fmt.Errorf("%s: %w", statements, err)
		}
		return nil
	})
}
