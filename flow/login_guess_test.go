package flow_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// A guessed is a world in which passwords are guessed, and how often the nodes asked for buckets.
type guessed struct {
	*world.World
	nodes []*flow.Service
	trips atomic.Int64
}

// newGuessed returns a world with two nodes; on SQLite they are one database's, and share it all the same.
func newGuessed(t *testing.T) *guessed {
	g := &guessed{World: world.New(t, noon)}
	for i := range 2 {
		node := *g.Service
		if i > 0 && g.Postgres {
			db := g.Open(nil)
			node.Store, node.Logins = db, db
		}
		g.nodes = append(g.nodes, &node)
		g.restart(i)
		node.Buckets = tripBuckets{node.Store.(flow.Buckets), &g.trips}
	}
	return g
}

// restart makes a node forget what it remembers.
func (g *guessed) restart(node int) {
	g.nodes[node].Passwords = flow.NewPasswords(flow.ArgonCost{MemoryKiB: 8, Passes: 1}, 8, func(n int) []byte { return make([]byte, n) })
}

// login logs in on a node, and says "in", "wrong" or "wait".
func (g *guessed) login(node int, l flow.Login) string {
	g.T.Helper()
	r, err := g.nodes[node].Login(context.Background(), l)
	if err == nil {
		if _, err = g.nodes[node].LoginKept(context.Background(), r, l); err != nil {
			g.T.Error(err)
		}
		return "in"
	}
	if code(err) != registry.Authentication {
		g.T.Error(err)
	}
	if strings.Contains(err.Error(), "too many wrong passwords; wait ") {
		return "wait"
	}
	return "wrong"
}

// tripBuckets count how often they are asked.
type tripBuckets struct {
	flow.Buckets
	trips *atomic.Int64
}

func (b tripBuckets) Bucket(ctx context.Context, name string) (time.Time, error) {
	b.trips.Add(1)
	return b.Buckets.Bucket(ctx, name)
}

func (b tripBuckets) Spend(ctx context.Context, name string, next func(time.Time) time.Time) error {
	b.trips.Add(1)
	return b.Buckets.Spend(ctx, name, next)
}

func loginFrom(from, password string) flow.Login {
	return flow.Login{Registrar: world.Acme, Password: password, From: netip.MustParseAddr(from)}
}

// Who guesses on from an address where the right password is remembered does not find it: after twenty wrong ones
// the right one is refused there, until the lock has ended. It is not elsewhere.
func TestGuessingIsSlowedWhereThePasswordIsRemembered(t *testing.T) {
	g := newGuessed(t)
	here, there := "127.0.0.1", "127.0.0.2"
	for _, from := range []string{here, there} {
		if got := g.login(0, loginFrom(from, world.Password)); got != "in" {
			t.Fatalf("the right password from %s: %s", from, got)
		}
	}
	for i := range 600 {
		want := "wrong"
		if i >= 20 {
			want = "wait"
		}
		if got := g.login(0, loginFrom(here, fmt.Sprintf("wrong-%d", i))); got != want {
			t.Fatalf("guess %d: %s, want %s", i+1, got, want)
		}
	}
	for _, step := range []struct {
		name string
		pass time.Duration
		from string
		want string
	}{
		{"the right one where it was guessed", 0, here, "wait"},
		{"the right one elsewhere", 0, there, "in"},
		{"while the lock lasts", 29 * time.Second, here, "wait"},
		{"when it has ended", 2 * time.Second, here, "in"},
		{"elsewhere still", 0, there, "in"},
	} {
		g.Pass(step.pass)
		if got := g.login(0, loginFrom(step.from, world.Password)); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
	}
}

// Strangers at other addresses of its list cannot lock a registrar out of where it was, also after a restart, nor
// one that shows its certificate, nor another; they lock each other, and whoever comes from somewhere new.
func TestStrangersLockOnlyStrangers(t *testing.T) {
	const fingerprint = "c0ffee"
	for _, test := range []struct {
		name string
		make func(*guessed) flow.Login
		want string
	}{
		{"where it was", func(*guessed) flow.Login { return loginFrom("127.0.0.1", world.Password) }, "in"},
		{"where it was last, after a restart", func(g *guessed) flow.Login {
			g.restart(0)
			return loginFrom("127.0.0.1", world.Password)
		}, "in"},
		{"somewhere new", func(*guessed) flow.Login { return loginFrom("127.9.0.1", world.Password) }, "wait"},
		{"somewhere new, a moment later", func(g *guessed) flow.Login {
			g.Pass(16 * time.Second)
			return loginFrom("127.9.0.1", world.Password)
		}, "in"},
		{"with its certificate", func(*guessed) flow.Login {
			l := loginFrom("192.0.2.1", world.Password)
			l.Registrar, l.Certificate = "H8001", fingerprint
			return l
		}, "in"},
		{"another registrar", func(*guessed) flow.Login {
			l := loginFrom("127.9.0.1", world.Password)
			l.Registrar = world.Other
			return l
		}, "in"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGuessed(t)
			g.Do("", flow.RegistrarCreate{Registrar: registry.Registrar{
				ID: "H8001", Password: hash(t, g.World, world.Password), Certificates: []string{fingerprint},
				Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
			}})
			if got := g.login(0, loginFrom("127.0.0.1", world.Password)); got != "in" {
				t.Fatal(got)
			}
			for i := range 120 {
				for _, who := range []registry.RegistrarID{world.Acme, "H8001"} {
					l := loginFrom(fmt.Sprintf("127.1.0.%d", i/2+1), "wrong-1")
					l.Registrar = who
					if got, want := g.login(0, l), map[bool]string{true: "wrong", false: "wait"}[i < 100]; got != want {
						t.Fatalf("guess %d at %s: %s, want %s", i+1, who, got, want)
					}
				}
			}
			if got := g.login(0, test.make(g)); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

// A password that was just changed is remembered: it does not have to be looked at.
func TestChangedPasswordIsRemembered(t *testing.T) {
	g := newGuessed(t)
	l := loginFrom("127.0.0.1", world.Password)
	l.NewPassword = "Nueva-4321"
	if got := g.login(0, l); got != "in" {
		t.Fatal(got)
	}
	before := g.trips.Load()
	if got := g.login(0, loginFrom("127.0.0.1", l.NewPassword)); got != "in" || g.trips.Load() != before {
		t.Errorf("the new password: %s, after %d trips for buckets", got, g.trips.Load()-before)
	}
}

// A registrar's hundred sessions that come back at once ask for buckets once.
func TestReconnectAsksForNoBuckets(t *testing.T) {
	g := newGuessed(t)
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if got := g.login(0, loginFrom("127.0.0.1", world.Password)); got != "in" {
				t.Error(got)
			}
		})
	}
	all.Wait()
	if n := g.trips.Load(); n > 2 {
		t.Errorf("%d trips for buckets, want one for each bucket of the first", n)
	}
}

// Guesses on several nodes count together, and a node that has not seen them lets one right guess in.
func TestGuessingIsLimitedOnAllNodes(t *testing.T) {
	g := newGuessed(t)
	for i := range g.nodes {
		if got := g.login(i, loginFrom("127.0.0.1", world.Password)); got != "in" {
			t.Fatal(got)
		}
	}
	for i := range 20 {
		if got := g.login(0, loginFrom("127.0.0.1", "wrong-1")); got != "wrong" {
			t.Fatalf("the wrong password %d: %s", i+1, got)
		}
	}
	for _, step := range []struct {
		name, password string
		node           int
		want           string
	}{
		{"where all were guessed", world.Password, 0, "wait"},
		{"on the other, which has not looked", world.Password, 1, "in"},
		{"on the other, which looks", "wrong-1", 1, "wait"},
		{"on the other, which has looked", world.Password, 1, "wait"},
	} {
		if got := g.login(step.node, loginFrom("127.0.0.1", step.password)); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
	}
	g.Pass(31 * time.Second)
	for i := range g.nodes {
		if got := g.login(i, loginFrom("127.0.0.1", world.Password)); got != "in" {
			t.Errorf("after the wait, node %d: %s", i, got)
		}
	}
}

// A hundred guesses at once count like a hundred, from one address, known or not, and from a hundred.
func TestGuessesAtOnce(t *testing.T) {
	for _, test := range []struct {
		name    string
		begin   string // where the registrar logs in first
		from    func(i int) string
		guesses int64
		wrong   int64
	}{
		{"a stranger", "", func(int) string { return "127.0.0.1" }, 100, 20},
		{"where the registrar was", "127.0.0.1", func(int) string { return "127.0.0.1" }, 100, 20},
		{"strangers", "127.0.0.1", func(i int) string { return fmt.Sprintf("127.0.1.%d", i) }, 200, 100},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGuessed(t)
			if test.begin != "" {
				g.login(0, loginFrom(test.begin, world.Password))
			}
			var wrong, wait atomic.Int64
			var all sync.WaitGroup
			for i := range int(test.guesses) {
				all.Go(func() {
					switch g.login(0, loginFrom(test.from(i), "wrong-1")) {
					case "wrong":
						wrong.Add(1)
					case "wait":
						wait.Add(1)
					}
				})
			}
			all.Wait()
			if wrong.Load() != test.wrong || wait.Load() != test.guesses-test.wrong {
				t.Errorf("%d guesses were looked at and %d refused, want %d of %d", wrong.Load(), wait.Load(), test.wrong, test.guesses)
			}
		})
	}
}

// Where any address will do, strangers leave no more buckets than they may guess, whatever their addresses.
func TestStrangersLeaveFewBuckets(t *testing.T) {
	g := newGuessed(t)
	for i := range 500 {
		l := loginFrom(fmt.Sprintf("2001:db8:%x::1", i), "wrong-1")
		l.AnyAddress = true
		g.login(i%2, l)
	}
	if got := g.Rows("SELECT COUNT(*) FROM bucket"); got != "101\n" {
		t.Errorf("500 strangers left %s buckets, want one for each of 100 wrong passwords and one for all", strings.TrimSpace(got))
	}
}

// Those who may not connect at all count nothing.
func TestForeignersCountNothing(t *testing.T) {
	g := newGuessed(t)
	for range 150 {
		g.login(0, loginFrom("192.0.2.1", "wrong-1"))
	}
	if got := g.login(0, loginFrom("127.0.0.1", world.Password)); got != "in" || g.Rows("SELECT COUNT(*) FROM bucket") != "0\n" {
		t.Errorf("after foreign guesses: %s, with the buckets %s", got, g.Rows("SELECT name FROM bucket"))
	}
}

// A node remembers so many sources, and forgets the one that was not used for longest.
func TestSourcesAreForgotten(t *testing.T) {
	g := newGuessed(t)
	versions := append(g.nodes[0].Profile.Versions[:0:0], g.nodes[0].Profile.Versions...)
	for i := range versions {
		versions[i].Terms.Limits.KnownSources = 2
		versions[i].Terms.Limits.StrangersPasswordsAtOnce = 1
	}
	g.nodes[0].Profile.Versions = versions
	for _, from := range []string{"127.0.0.1", "127.0.0.2", "127.0.0.1", "127.0.0.3", "127.0.0.3"} {
		if got := g.login(0, loginFrom(from, world.Password)); got != "in" {
			t.Fatalf("from %s: %s", from, got)
		}
	}
	if got := g.login(0, loginFrom("127.0.0.9", "wrong-1")); got != "wrong" {
		t.Fatal(got)
	}
	for from, want := range map[string]string{"127.0.0.1": "in", "127.0.0.2": "wait", "127.0.0.3": "in"} {
		if got := g.login(0, loginFrom(from, world.Password)); got != want {
			t.Errorf("from %s: %s, want %s", from, got, want)
		}
	}
}

// A database that fails makes a fault of a login, right or wrong, and lets nobody in.
func TestLoginFaults(t *testing.T) {
	for _, password := range []string{world.Password, "wrong-1"} {
		w := world.New(t, noon)
		w.Service.Buckets = w.DB
		for n := 0; ; n++ {
			w.Fault.After(n)
			r, err := w.Service.Login(context.Background(), loginFrom("127.0.0.1", password))
			w.Fault.Disarm()
			if err == nil || code(err) == registry.Authentication {
				if n == 0 {
					t.Error("a login asks the database for nothing")
				}
				break
			}
			if code(err) != registry.CommandFailed || r.ID != "" {
				t.Fatalf("operation %d failed: %q, %v", n, r.ID, err)
			}
		}
	}
}
