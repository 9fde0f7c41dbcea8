package flow_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Which statuses refuse which command, as RFC 5731 section 2.3, RFC 5732 section 2.3 and RFC 5733 section 2.2
// say, written down apart from the table that the flows use. Every other status lets the command pass.
var refused = map[string][]registry.Status{
	"domain:delete":  {registry.ClientDeleteProhibited, registry.ServerDeleteProhibited, registry.PendingDelete, registry.PendingTransfer},
	"domain:renew":   {registry.ClientRenewProhibited, registry.ServerRenewProhibited, registry.PendingDelete, registry.PendingTransfer},
	"domain:update":  {registry.ClientUpdateProhibited, registry.ServerUpdateProhibited, registry.PendingDelete, registry.PendingTransfer},
	"host:delete":    {registry.ClientDeleteProhibited, registry.ServerDeleteProhibited},
	"host:update":    {registry.ClientUpdateProhibited, registry.ServerUpdateProhibited},
	"contact:delete": {registry.ClientDeleteProhibited, registry.ServerDeleteProhibited, registry.PendingDelete, registry.PendingTransfer},
	"contact:update": {registry.ClientUpdateProhibited, registry.ServerUpdateProhibited, registry.PendingDelete, registry.PendingTransfer},
}

// statusesOf are those that can stand on an object.
var statusesOf = map[string][]registry.Status{
	"domain": {
		registry.ClientDeleteProhibited, registry.ClientHold, registry.ClientRenewProhibited, registry.ClientTransferProhibited,
		registry.ClientUpdateProhibited, registry.ServerDeleteProhibited, registry.ServerHold, registry.ServerRenewProhibited,
		registry.ServerTransferProhibited, registry.ServerUpdateProhibited, registry.PendingDelete, registry.PendingTransfer,
	},
	"host": {
		registry.ClientDeleteProhibited, registry.ClientUpdateProhibited, registry.ServerDeleteProhibited,
		registry.ServerUpdateProhibited,
	},
	"contact": {
		registry.ClientDeleteProhibited, registry.ClientTransferProhibited, registry.ClientUpdateProhibited,
		registry.ServerDeleteProhibited, registry.ServerTransferProhibited, registry.ServerUpdateProhibited,
		registry.PendingDelete, registry.PendingTransfer,
	},
}

// Every command with every status: 2304 exactly where the RFCs say so. A client status that forbids updates
// does not forbid the update that lifts it; the server's does.
func TestStatusesAndCommands(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.example.net")
	w.Contact(world.Acme, "C1")
	shop, ns1 := world.Name("shop.co"), world.Name("ns1.example.net")
	commands := map[string]flow.Command{
		"domain:delete": flow.DomainDelete{Name: shop}, "host:delete": flow.HostDelete{Name: ns1}, "contact:delete": flow.ContactDelete{ID: "C1"},
		"domain:renew":   flow.DomainRenew{Name: shop, CurrentExpiry: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), Years: 1},
		"domain:update":  flow.DomainUpdate{Name: shop, AuthInfo: new("another-secret")},
		"host:update":    flow.HostUpdate{Name: ns1, TTL: nil},
		"contact:update": flow.ContactUpdate{ID: "C1", Email: new("eva@example.com")},
	}
	for name, cmd := range commands {
		object, _, _ := strings.Cut(name, ":")
		for _, status := range statusesOf[object] {
			want := slices.Contains(refused[name], status)
			trail, err := dryRun(w, cmd, object, status)
			if got := code(err) == registry.StatusProhibits; got != want || !want && err != nil {
				t.Errorf("%s with %s: %v, want refused: %t", name, status, err, want)
			}
			if want && !strings.Contains(trail, string(status)) {
				t.Errorf("%s with %s is refused by %q, which does not name the status", name, status, trail)
			}
		}
	}
	lift := flow.DomainUpdate{Name: shop, Remove: flow.DomainEdit{Statuses: []registry.Status{registry.ClientUpdateProhibited}}}
	if _, err := dryRun(w, lift, "domain", registry.ClientUpdateProhibited); err != nil {
		t.Errorf("an update that lifts clientUpdateProhibited: %v", err)
	}
	if _, err := dryRun(w, lift, "domain", registry.ClientUpdateProhibited, registry.ServerUpdateProhibited); code(err) != registry.StatusProhibits {
		t.Errorf("an update that lifts clientUpdateProhibited under serverUpdateProhibited: %v", err)
	}
}

// dryRun runs a command against objects that have statuses, and leaves everything as it was.
func dryRun(w *world.World, cmd flow.Command, object string, statuses ...registry.Status) (reason string, err error) {
	service := *w.Service
	service.Store = marked{w.DB, object, statuses}
	_, err = service.Run(w.T.Context(), flow.Request{Registrar: world.Acme, SvTRID: w.NewTRID(), Command: cmd})
	if err != nil {
		reason = err.Error()
	}
	return reason, err
}

// A marked store shows statuses on every object of a kind, and writes nothing.
type marked struct {
	registry.Store
	object   string
	statuses []registry.Status
}

func (m marked) Update(ctx context.Context, _ registry.Keys, f func(registry.Reader) (registry.Changes, error)) error {
	return m.View(ctx, func(r registry.Reader) error {
		_, err := f(markedReader{r, m})
		return err
	})
}

type markedReader struct {
	registry.Reader
	marked
}

func (r markedReader) Domain(n names.Name) (registry.Domain, bool, error) {
	d, found, err := r.Reader.Domain(n)
	if r.object == "domain" {
		d.Statuses = r.statuses
	}
	return d, found, err
}

func (r markedReader) Host(n names.Name) (registry.Host, bool, error) {
	h, found, err := r.Reader.Host(n)
	if r.object == "host" {
		h.Statuses = r.statuses
	}
	return h, found, err
}

func (r markedReader) Contact(id string) (registry.Contact, bool, error) {
	c, found, err := r.Reader.Contact(id)
	if r.object == "contact" {
		c.Statuses = r.statuses
	}
	return c, found, err
}
