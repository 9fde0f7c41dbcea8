package store_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

var _ flow.Logins = (*store.DB)(nil)

// What is kept of logins comes back, whatever node asks; a login forgets what failed before it.
func TestLogins(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	ctx := context.Background()
	first := registry.LoginRecord{At: w.Now(), From: netip.MustParseAddr("2001:db8::1"), Agent: registry.UserAgent{App: "a 1", OS: "ó"}}
	second := registry.LoginRecord{At: w.Now().Add(time.Hour), From: netip.MustParseAddr("192.0.2.1")}
	failed := w.Now().Add(time.Minute)
	wrong := func() error { return w.DB.CountWrongPassword(ctx, world.Acme, failed) }
	keep := func(login registry.LoginRecord) func() error {
		return func() error { return w.DB.KeepLogin(ctx, world.Acme, login) }
	}
	tried := first
	tried.Failures, tried.FailedAt = 2, failed
	for _, step := range []struct {
		name string
		do   []func() error
		want registry.LoginRecord
	}{
		{"none", nil, registry.LoginRecord{}},
		{"a wrong password first", []func() error{wrong}, registry.LoginRecord{Failures: 1, FailedAt: failed}},
		{"a login", []func() error{keep(first)}, first},
		{"wrong passwords", []func() error{wrong, wrong}, tried},
		{"another login", []func() error{keep(second)}, second},
	} {
		for _, do := range step.do {
			if err := do(); err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
		}
		if got, err := w.DB.LastLogin(ctx, world.Acme); err != nil || got != step.want {
			t.Errorf("%s: %+v, %v, want %+v", step.name, got, err, step.want)
		}
	}
	if got, err := w.DB.LastLogin(ctx, world.Other); err != nil || got != (registry.LoginRecord{}) {
		t.Errorf("of another registrar: %+v, %v, want nothing", got, err)
	}
}
