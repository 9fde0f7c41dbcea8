package flow_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// A login is kept once a minute unless something about it is new; the next is told of the wrong passwords
// since. A database that fails makes a fault of it, and keeps nothing.
func TestLoginKept(t *testing.T) {
	w := world.New(t, noon)
	ctx := context.Background()
	login := flow.Login{Registrar: world.Acme, Password: world.Password, From: netip.MustParseAddr("::ffff:127.0.0.1")}
	wrong := login
	wrong.Password = "Wrong1234"
	other := login
	other.Agent = registry.UserAgent{App: "tool 1"}
	for _, step := range []struct {
		name   string
		pass   time.Duration
		login  flow.Login
		kept   time.Duration // when the login that is kept was, after noon
		events int
	}{
		{"the first", 0, login, 0, 0},
		{"the same a moment later", 59 * time.Second, login, 0, 0},
		{"another client", 0, other, 59 * time.Second, 0},
		{"the same a minute later", time.Minute, other, 119 * time.Second, 0},
		{"wrong", time.Second, wrong, 119 * time.Second, 0},
		{"the same after a wrong one", 0, other, 120 * time.Second, 1},
		{"the same again", 0, other, 120 * time.Second, 0},
	} {
		w.Pass(step.pass)
		if r, err := w.Service.Login(ctx, step.login); err == nil {
			events, err := w.Service.LoginKept(ctx, r, step.login)
			if err != nil || len(events) != step.events {
				t.Errorf("%s: %v, %v, want %d events", step.name, events, err, step.events)
			}
		} else if r.ID != "" || code(err) != registry.Authentication {
			t.Errorf("%s: %q, %v", step.name, r.ID, err)
		}
		last, err := w.DB.LastLogin(ctx, world.Acme)
		if want := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(step.kept); err != nil || !last.At.Equal(want) || last.From != netip.MustParseAddr("127.0.0.1") {
			t.Errorf("%s: kept %+v, %v, want that of %s", step.name, last, err, want)
		}
	}
	w.Pass(time.Hour)
	r, err := w.Service.Login(ctx, login)
	if err != nil {
		t.Fatal(err)
	}
	kept := func() registry.LoginRecord {
		last, err := w.DB.LastLogin(ctx, world.Acme)
		if err != nil {
			t.Fatal(err)
		}
		return last
	}
	before := kept()
	for n := 0; ; n++ {
		w.Fault.After(n)
		_, err := w.Service.LoginKept(ctx, r, login)
		w.Fault.Disarm()
		if err == nil {
			break
		}
		if code(err) != registry.CommandFailed || kept() != before {
			t.Fatalf("operation %d failed: %v, and %+v is left", n, err, kept())
		}
	}
}
