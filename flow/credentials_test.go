package flow_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

func credentials(from, password string) flow.Credentials {
	return flow.Credentials{Registrar: world.Acme, Password: password, From: netip.MustParseAddr(from)}
}

// request authenticates on a node, and says "in", "wrong" or "wait".
func (g *guessed) request(node int, k flow.Credentials) string {
	g.T.Helper()
	r, err := g.nodes[node].Authenticate(context.Background(), k)
	if err == nil && r.ID == k.Registrar {
		return "in"
	}
	e := refusal(err)
	if e == nil || e.Code != registry.Authentication {
		g.T.Errorf("%s presents credentials: %q, %v", k.From, r.ID, err)
		return ""
	}
	if e.Wait > 0 {
		return "wait"
	}
	return "wrong"
}

// Over HTTPS a registrar is known by its id and its EPP password, wherever it is; all that is wrong is told in one
// way, and what has to be told of the account only to whom it belongs.
func TestAuthenticate(t *testing.T) {
	w := world.New(t, noon)
	home, foreign := "127.0.0.1", "192.0.2.1"
	const wrong = "the registrar id or the password is wrong, or the login is not allowed from this address; see the account's settings"
	for _, test := range []struct {
		name string
		id   registry.RegistrarID
		pw   string
		from string
		want registry.Code
		says string
	}{
		{"right", world.Acme, world.Password, home, registry.Completed, ""},
		{"right, and not on the list", world.Acme, world.Password, foreign, registry.Completed, ""},
		{"right, by IPv6 that wraps IPv4", world.Acme, world.Password, "::ffff:127.0.0.1", registry.Completed, ""},
		{"on hold", world.Held, world.Password, home, registry.Completed, ""},
		{"without a network and a certificate", "H8001", "contraseña: ñ€😀", foreign, registry.Completed, ""},
		{"wrong password", world.Acme, "abcd1234", home, registry.Authentication, wrong},
		{"wrong password, not on the list", world.Acme, "abcd1234", foreign, registry.Authentication, wrong},
		{"empty password", world.Acme, "", home, registry.Authentication, wrong},
		{"a very long password", world.Acme, strings.Repeat("x", 100_000), home, registry.Authentication, wrong},
		{"a NUL in the password", world.Acme, world.Password + "\x00", home, registry.Authentication, wrong},
		{"no UTF-8 in the password", world.Acme, "\xff\xfe", home, registry.Authentication, wrong},
		{"another case of the id", "h1001", world.Password, home, registry.Authentication, wrong},
		{"unknown registrar", world.Stranger, world.Password, home, registry.Authentication, wrong},
		{"no id", "", world.Password, home, registry.Authentication, wrong},
		{"a NUL in the id", "H1001\x00", world.Password, home, registry.Authentication, wrong},
		{"no UTF-8 in the id", "H\xff01", world.Password, home, registry.Authentication, wrong},
		{"what is no id", "nobody 17", world.Password, home, registry.Authentication, wrong},
		{"a very long id", registry.RegistrarID(strings.Repeat("H", 100_000)), "", home, registry.Authentication, wrong},
		{"suspended, wrong password", world.Suspended, "abcd1234", home, registry.Authentication, wrong},
		{"suspended", world.Suspended, world.Password, home, registry.Authorization, "the registrar is not active; ask the registry"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.id == "H8001" {
				w.Do("", flow.RegistrarCreate{Registrar: registry.Registrar{ID: test.id, Password: hash(t, w, test.pw)}})
			}
			r, err := w.Service.Authenticate(context.Background(), flow.Credentials{Registrar: test.id, Password: test.pw, From: netip.MustParseAddr(test.from)})
			if code(err) != test.want || err == nil && r.ID != test.id || err != nil && err.Error() != test.says {
				t.Errorf("%q, %v, want %s %s", r.ID, err, test.want, test.says)
			}
		})
	}
}

// What is wrong with credentials, in order.
func TestAuthenticatePrecedence(t *testing.T) {
	w := world.New(t, noon)
	versions := slices.Clone(w.Service.Profile.Versions)
	for i := range versions {
		versions[i].Terms.Limits.PasswordDays = 90
		versions[i].Terms.Limits.WrongPasswordsAtOnce = 1
	}
	w.Service.Profile.Versions = versions
	w.Do("", flow.RegistrarCreate{Registrar: registry.Registrar{ID: "H8001", Password: hash(t, w, world.Password)}})
	w.Do("", flow.RegistrarSuspend{Act: act("H8001")})
	w.Pass(91 * 24 * time.Hour)
	k := flow.Credentials{Registrar: "H8001", Password: "wrong-1", From: netip.MustParseAddr("192.0.2.1")}
	refusals(t, func() error {
		_, err := w.Service.Authenticate(t.Context(), k)
		return err
	}, []step{
		{func() {}, registry.Authentication, "the registrar id or the password is wrong, or the login is not allowed from this address; see the account's settings"},
		{func() { k.Password = world.Password }, registry.Authentication, "too many wrong passwords; wait 31 seconds"},
		{func() { w.Pass(31 * time.Second) }, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { w.Do("", flow.RegistrarSuspend{Act: act("H8001"), Resume: true}) }, registry.Authentication, "the password has expired; send a new one in newPW"},
	}, func() { w.Do("", flow.RegistrarPassword{Act: act("H8001"), To: hash(t, w, world.Password)}) })

	who := world.Suspended
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, flow.Account{} }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
	}, func() { who = world.Held })
}

// Wrong passwords count the same at both doors; those from outside the registrar's list lock each other and nobody
// else.
func TestBothDoorsShareGuesses(t *testing.T) {
	g := newGuessed(t)
	here, listed, outside := "127.0.0.1", "127.0.0.2", "192.0.2.1"
	for i := range 10 {
		if got := g.request(i%2, credentials(here, fmt.Sprintf("wrong-%d", i))) + g.login(i%2, loginFrom(here, fmt.Sprintf("wrong-x%d", i))); got != "wrongwrong" {
			t.Fatalf("guess %d at each door: %s", i, got)
		}
	}
	for door, got := range map[string]string{
		"HTTPS": g.request(0, credentials(here, world.Password)), "EPP": g.login(0, loginFrom(here, world.Password)),
		"HTTPS of another node": g.request(1, credentials(here, world.Password)),
	} {
		if got != "wait" {
			t.Errorf("by %s after twenty wrong ones: %s", door, got)
		}
	}
	if got := g.request(0, credentials(listed, world.Password)); got != "in" {
		t.Errorf("elsewhere on the list: %s", got)
	}
	if last, err := g.DB.LastLogin(t.Context(), world.Acme); err != nil || last.Failures != 20 {
		t.Errorf("%d wrong passwords are told, %v", last.Failures, err)
	}
	for i := range 200 {
		want := "wrong"
		if i >= 100 {
			want = "wait"
		}
		if got := g.request(0, credentials(fmt.Sprintf("2001:db8:%x::1", i), "wrong-1")); got != want {
			t.Fatalf("guess %d from outside: %s, want %s", i, got, want)
		}
	}
	for _, step := range []struct{ name, got, want string }{
		{"from elsewhere outside", g.request(0, credentials(outside, world.Password)), "wait"},
		{"from the list by HTTPS", g.request(0, credentials("127.0.0.3", world.Password)), "in"},
		{"from the list by EPP", g.login(0, loginFrom("127.0.0.4", world.Password)), "in"},
	} {
		if step.got != step.want {
			t.Errorf("%s: %s, want %s", step.name, step.got, step.want)
		}
	}
	g.Pass(16 * time.Second)
	if got := g.request(0, credentials(outside, world.Password)); got != "in" {
		t.Errorf("from outside a moment later: %s", got)
	}
}

// Ids that no registrar has are limited like those of registrars, on each node, and leave nothing in the database.
func TestNobodyIsLimitedToo(t *testing.T) {
	g := newGuessed(t)
	k := credentials("192.0.2.1", "wrong-1")
	for _, id := range []registry.RegistrarID{world.Stranger, "H1001\x00"} {
		k.Registrar = id
		for i := range 25 {
			want := "wrong"
			if i >= 20 {
				want = "wait"
			}
			if got := g.request(0, k); got != want {
				t.Fatalf("guess %d of %q: %s, want %s", i, id, got, want)
			}
		}
	}
	if got := g.Rows("SELECT name FROM bucket") + g.Rows("SELECT registrar FROM login"); got != "" {
		t.Errorf("nobody left\n%s", got)
	}
}

// A thousand requests with the right password do not cost a thousand hashes. One costs enough here to tell.
func TestRequestsCostNoHashes(t *testing.T) {
	w := world.New(t, noon)
	dear := flow.NewPasswords(flow.ArgonCost{MemoryKiB: 32 * 1024, Passes: 4}, 1, func(n int) []byte { return make([]byte, n) })
	stored, err := dear.Hash(t.Context(), world.Password)
	if err != nil {
		t.Fatal(err)
	}
	w.Do("", flow.RegistrarPassword{Act: act(world.Acme), To: stored})
	begun := time.Now()
	for range 3 {
		if ok, err := flow.NewPasswords(flow.ArgonCost{}, 1, nil).Matches(t.Context(), world.Password, stored); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	const requests = 1000
	hashed := time.Since(begun) / 3 * requests
	begun = time.Now()
	for i := range requests {
		from := []string{"127.0.0.1", "192.0.2.1", "2001:db8::1"}[i%3]
		if _, err := w.Service.Authenticate(t.Context(), credentials(from, world.Password)); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begun); took > hashed/10 {
		t.Errorf("%d requests took %s; as many hashes take %s", requests, took, hashed)
	}
}

// heldBuckets let nobody know how full a bucket from outside is until they are opened.
type heldBuckets struct {
	flow.Buckets
	open    chan struct{}
	waiting *sync.WaitGroup
}

func (b heldBuckets) Bucket(ctx context.Context, name string) (time.Time, error) {
	if strings.HasSuffix(name, "from outside") {
		b.waiting.Done()
		<-b.open
	}
	return b.Buckets.Bucket(ctx, name)
}

// However many from outside wait for their passwords to be verified, those of a list are not held up: not by their
// turn, and not by processors. More than some do not wait at all.
func TestOutsideHoldsNobodyUp(t *testing.T) {
	g := newGuessed(t)
	const most = 64
	held := heldBuckets{g.nodes[0].Buckets, make(chan struct{}), new(sync.WaitGroup)}
	held.waiting.Add(1) // of one registrar one at a time
	g.nodes[0].Buckets = held
	var all sync.WaitGroup
	refused := make(chan error, most+10)
	for i := range most + 10 {
		all.Go(func() {
			_, err := g.nodes[0].Authenticate(context.Background(), credentials(fmt.Sprintf("198.51.100.%d", i), world.Password))
			refused <- err
		})
	}
	held.waiting.Wait()
	held.waiting.Add(most + 10)
	for range 10 {
		if err := <-refused; !errors.Is(err, registry.ErrUnavailable) {
			t.Errorf("one too many: %v", err)
		}
	}
	if got := g.login(0, loginFrom("127.0.0.1", world.Password)); got != "in" {
		t.Errorf("by EPP: %s", got)
	}
	if got := g.request(0, credentials("127.0.0.2", world.Password)); got != "in" {
		t.Errorf("over HTTPS, from the list: %s", got)
	}
	close(held.open)
	all.Wait()
	for range most {
		if err := <-refused; err != nil {
			t.Error(err)
		}
	}

	g.nodes[1].Passwords = flow.NewPasswords(flow.ArgonCost{MemoryKiB: 8, Passes: 1}, 0, func(n int) []byte { return make([]byte, n) })
	if got := g.request(1, credentials("203.0.113.1", "wrong-1")); got != "wrong" {
		t.Errorf("from outside, while no login has a processor: %s", got)
	}
	short, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if _, err := g.nodes[1].Authenticate(short, credentials("127.0.0.9", world.Password)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("from the list, while no login has a processor: %v", err)
	}
}

// The funds of an account are those of the instant, whether or not the engine has posted what came due.
func TestAccountIsExact(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Acme, "shop.co")
	for _, step := range []struct{ at, balance, available string }{
		{"2026-03-06T11:59:59Z", "100000.00", "99980.00"},
		{"2026-03-06T12:00:00Z", "99980.00", "99980.00"},
		{"2027-03-02T00:00:00Z", "99980.00", "99980.00"}, // renewed itself, and sets nothing aside
		{"2027-04-16T00:00:00Z", "99960.00", "99960.00"},
	} {
		w.At(step.at)
		reply, err := w.Ask(world.Acme, flow.Account{})
		if err != nil {
			t.Fatal(err)
		}
		f := reply.(flow.RegistrarAccount).Funds
		if got := f.CurrentBalance().String() + " " + f.Available().String(); got != step.balance+" "+step.available {
			t.Errorf("at %s the balance and what is available are %s, want %s %s", step.at, got, step.balance, step.available)
		}
	}
}

// A new password holds at once on every node, also where the old one is remembered.
func TestNewPasswordHoldsAtOnceForRequests(t *testing.T) {
	g := newGuessed(t)
	for node := range g.nodes {
		if got := g.request(node, credentials("192.0.2.1", world.Password)); got != "in" {
			t.Fatalf("node %d: %s", node, got)
		}
	}
	g.Do("", flow.RegistrarPassword{Act: act(world.Acme), To: hash(t, g.World, "Nueva-4321")})
	for node := range g.nodes {
		if got := g.request(node, credentials("192.0.2.1", "Nueva-4321")); got != "in" {
			t.Errorf("the new password on node %d: %s", node, got)
		}
	}
	if got := g.request(0, credentials("192.0.2.1", world.Password)); got != "wrong" {
		t.Errorf("the old password: %s", got)
	}
}
