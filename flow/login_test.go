package flow_test

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

func TestLogin(t *testing.T) {
	w := world.New(t, noon)
	home, foreign := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.1")
	for _, test := range []struct {
		name  string
		login flow.Login
		want  registry.Code
	}{
		{"right", flow.Login{Registrar: world.Acme, Password: world.Password, From: home}, registry.Completed},
		{"right, by IPv6 that wraps IPv4", flow.Login{Registrar: world.Acme, Password: world.Password, From: netip.MustParseAddr("::ffff:127.0.0.1")}, registry.Completed},
		{"wrong password", flow.Login{Registrar: world.Acme, Password: "abcd1234", From: home}, registry.Authentication},
		{"empty password", flow.Login{Registrar: world.Acme, From: home}, registry.Authentication},
		{"unknown registrar", flow.Login{Registrar: world.Stranger, Password: world.Password, From: home}, registry.Authentication},
		{"suspended registrar", flow.Login{Registrar: world.Suspended, Password: world.Password, From: home}, registry.Authentication},
		{"registrar on hold", flow.Login{Registrar: world.Held, Password: world.Password, From: home}, registry.Completed},
		{"address not on the list", flow.Login{Registrar: world.Acme, Password: world.Password, From: foreign}, registry.Authentication},
		{"any address, in the test environment", flow.Login{Registrar: world.Acme, Password: world.Password, From: foreign, AnyAddress: true}, registry.Completed},
		{"unknown registrar, any address", flow.Login{Registrar: world.Stranger, Password: world.Password, AnyAddress: true}, registry.Authentication},
		{"certificate that is not registered", flow.Login{Registrar: world.Acme, Password: world.Password, From: foreign, Certificate: "ab"}, registry.Authentication},
		{"registered certificate", flow.Login{Registrar: "H8001", Password: world.Password, From: foreign, Certificate: "c0ffee"}, registry.Completed},
		{"new password too short", flow.Login{Registrar: world.Acme, Password: world.Password, From: home, NewPassword: "12345"}, registry.ParameterSyntax},
		{"new password too long", flow.Login{Registrar: world.Acme, Password: world.Password, From: home, NewPassword: strings.Repeat("x", 17)}, registry.ParameterSyntax},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.login.Registrar == "H8001" {
				w.Do("", flow.RegistrarCreate{Registrar: registry.Registrar{
					ID: "H8001", Password: hash(t, w, world.Password), Certificates: []string{"c0ffee"},
				}})
			}
			r, err := w.Service.Login(context.Background(), test.login)
			if code(err) != test.want || err == nil && r.ID != test.login.Registrar {
				t.Errorf("Login = %q, %v, want %s", r.ID, err, test.want)
			}
			if test.want == registry.Authentication && err.Error() != "the registrar id or the password is wrong, or the login is not allowed from this address; see the account's settings" {
				t.Errorf("the refusal %q tells which part was wrong", err)
			}
		})
	}
}

// A new password holds from then on, and the old one does not; a refused login changes nothing.
func TestLoginChangesPassword(t *testing.T) {
	w := world.New(t, noon)
	login := func(password, next string) registry.Code {
		_, err := w.Service.Login(context.Background(), flow.Login{
			Registrar: world.Acme, Password: password, NewPassword: next, From: netip.MustParseAddr("127.0.0.1"),
		})
		return code(err)
	}
	for _, step := range []struct {
		password, next string
		want           registry.Code
	}{
		{"wrong-1", "Nueva-4321", registry.Authentication},
		{world.Password, "Nueva-4321", registry.Completed},
		{world.Password, "", registry.Authentication},
		{"Nueva-4321", "", registry.Completed},
	} {
		if got := login(step.password, step.next); got != step.want {
			t.Errorf("login with %q and new %q: %s, want %s", step.password, step.next, got, step.want)
		}
	}
	if got := w.Rows("SELECT COUNT(*) FROM log"); got != "0\n" {
		t.Errorf("session commands left lines in the transaction log: %s", got)
	}
	if strings.Contains(w.Rows("SELECT body FROM history"), "argon2id") {
		t.Error("the history holds a password hash")
	}
}

func TestPasswordHash(t *testing.T) {
	w := world.New(t, noon)
	ctx := context.Background()
	one, two := hash(t, w, "Abcd1234"), hash(t, w, "Abcd1234")
	if one == two || !strings.HasPrefix(one, "$argon2id$v=19$m=8,t=1,p=1$") {
		t.Errorf("hashes %q and %q: want argon2id with different salts", one, two)
	}
	for stored, want := range map[string]bool{
		one: true, two: true, "": false, "Abcd1234": false, "$argon2id$v=19$m=8,t=1,p=1$x": false,
		strings.Replace(one, "v=19", "v=16", 1): false, one + "A": false, strings.Replace(one, "t=1", "t=0", 1): false,
	} {
		got, err := w.Service.Passwords.Matches(ctx, "Abcd1234", stored)
		if err != nil || got != want {
			t.Errorf("Matches(%q) = %t, %v, want %t", stored, got, err, want)
		}
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	full := flow.NewPasswords(flow.DefaultArgonCost, 0, nil)
	if _, err := full.Matches(stopped, "x", one); err == nil {
		t.Error("a login that was given up still waits for its turn")
	}
}

// A verified password is remembered: it is recognised when nobody can hash, and a wrong one, or the
// right one after a change, is not.
func TestVerifiedPasswordsAreRemembered(t *testing.T) {
	w := world.New(t, noon)
	stored, other := hash(t, w, "Abcd1234"), hash(t, w, "Nueva-4321")
	one := flow.NewPasswords(flow.ArgonCost{MemoryKiB: 8, Passes: 1}, 1, func(n int) []byte { return make([]byte, n) })
	if ok, err := one.Matches(context.Background(), "Abcd1234", stored); !ok || err != nil {
		t.Fatal(ok, err)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop() // with it, a hash is refused or made by chance; what is remembered always answers
	for range 20 {
		if ok, err := one.Matches(stopped, "Abcd1234", stored); !ok || err != nil {
			t.Fatalf("a verified password: %t, %v", ok, err)
		}
	}
	for _, wrong := range [][2]string{{"abcd1234", stored}, {"Abcd1234", other}, {"", stored}, {"Abcd1234", ""}} {
		if ok, _ := one.Matches(context.Background(), wrong[0], wrong[1]); ok {
			t.Errorf("%q matches %q", wrong[0], wrong[1])
		}
	}
}

func hash(t *testing.T, w *world.World, password string) string {
	t.Helper()
	h, err := w.Service.Passwords.Hash(context.Background(), password)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
