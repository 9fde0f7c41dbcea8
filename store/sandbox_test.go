package store_test

import (
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// What is kept of sandboxes is what was said of each last, on both databases.
func TestKeptSandboxes(t *testing.T) {
	world.Both(t, "2026-05-01T00:00:00Z", func(t *testing.T, w *world.World) {
		at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		first := store.KeptSandbox{Name: "OTE1", Registrar: "R1", Made: at}
		second := store.KeptSandbox{Name: "OTE2", Registrar: "R2", Made: at}
		reset := store.KeptSandbox{Name: "OTE2", Registrar: "R2", Made: at.Add(time.Hour)}
		dropped := store.KeptSandbox{Name: "OTE1", Registrar: "R1", Made: at, Dropped: at.Add(time.Minute)}
		for _, k := range []store.KeptSandbox{second, first, reset, dropped} {
			if err := w.DB.KeepSandbox(t.Context(), registry.Fence{}, k); err != nil {
				t.Fatal(err)
			}
		}
		list, err := w.DB.Sandboxes(t.Context())
		if want := []store.KeptSandbox{dropped, reset}; err != nil || !slices.Equal(list, want) {
			t.Errorf("kept are %v, %v; want %v", list, err, want)
		}
	})
}

// Who lost the lease of the test environment keeps nothing, and where its holder is reached is what that node said last.
func TestHolder(t *testing.T) {
	w := sharedWorld(t)
	ctx := t.Context()
	if _, found, err := w.DB.Holder(ctx, "ote"); found || err != nil {
		t.Errorf("a lease that nobody took has a holder: %t, %v", found, err)
	}
	for _, node := range []string{"one", "two"} {
		if _, _, err := w.DB.TakeNode(ctx, node, time.Minute, 0); err != nil {
			t.Fatal(err)
		}
	}
	number, _, err := w.DB.TakeLease(ctx, "ote", "one", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if h, found, err := w.DB.Holder(ctx, "ote"); !found || err != nil || h.Node != "one" || h.Number != number || len(h.Addresses) != 0 {
		t.Errorf("the holder is %+v, %t, %v", h, found, err)
	}
	if err := w.DB.TellNode(ctx, "one", []string{"192.0.2.1:91", "one.example:91"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.DB.TakeNode(ctx, "one", time.Minute, 1); err != nil { // prolonged
		t.Fatal(err)
	}
	if h, _, err := w.DB.Holder(ctx, "ote"); err != nil || !slices.Equal(h.Addresses, []string{"192.0.2.1:91", "one.example:91"}) {
		t.Errorf("the holder is reached at %v, %v", h.Addresses, err)
	}
	fence := registry.Fence{Lease: "ote", Number: number}
	if err := w.DB.KeepSandbox(ctx, fence, store.KeptSandbox{Name: "OTE1", Registrar: "R1"}); err != nil {
		t.Error(err)
	}
	expire(w, "ote")
	if _, found, err := w.DB.Holder(ctx, "ote"); found || err != nil {
		t.Errorf("a lease that has ended has a holder: %t, %v", found, err)
	}
	if _, _, err := w.DB.TakeLease(ctx, "ote", "two", time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := w.DB.KeepSandbox(ctx, fence, store.KeptSandbox{Name: "OTE1", Registrar: "R2"}); !errors.Is(err, registry.ErrFenced) {
		t.Errorf("under a lease that has passed on a sandbox was kept: %v", err)
	}
	if address, err := w.DB.SeenFrom(ctx); err != nil || address != "" && !netip.MustParseAddr(address).IsLoopback() {
		t.Errorf("the database sees this process at %q, %v", address, err) // none by a Unix socket
	}
}
