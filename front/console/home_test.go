package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// TestHome: the overview counts what the registrar has, and shows what waits for somebody; of others' it shows nothing.
func TestHome(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	for _, name := range []string{"shop.co", "cafe.co", "old.co"} {
		r.Domain(world.Acme, name)
	}
	r.Domain(world.Other, "tienda.co")
	b := r.as(world.Acme, registry.RoleDomainAdministrator)
	b.get("/console/").is(200).says("3 Names", "0 Expire within 30 days", "0 Transfers").saysNot("tienda.co", "shop.co")
	r.At("2027-02-20T12:00:00Z")
	b = r.as(world.Acme, registry.RoleDomainAdministrator)
	b.get("/console/").is(200).says("3 Expire within 30 days", "Expiring soon", "shop.co", "1 Mar 2027, 23:59 UTC").saysNot("tienda.co")
	if page := b.get("/console/").is(200); !strings.Contains(page.Body, "within=30&amp;order=expiry") {
		t.Error("the overview does not lead to the names that expire soon")
	}
	r.Domain(world.Acme, "fresh.co")
	b.get("/console/domains?within=30&order=expiry").is(200).says("shop.co").saysNot("fresh.co")
	r.as(world.Acme, registry.RoleFinanceAdministrator).get("/console/").is(200).saysNot("shop.co", "Register a name").says("USD 99,920.00 Available credit")
	r.Do("", flow.MaintenanceAdd{Maintenance: registry.Maintenance{
		Name: "New disks", Systems: []registry.MaintenanceSystem{{Name: "EPP", Impact: registry.ImpactFull}}, Environment: "production",
		Starts: r.Now().Add(24 * time.Hour), Ends: r.Now().Add(26 * time.Hour), Description: "<b>Nothing</b> is lost",
	}})
	held := r.as(world.Held, registry.RoleManager)
	held.get("/console/").is(200).says("New disks · EPP", "21 Feb 2027, 12:00 UTC", "<b>Nothing</b> is lost")
	r.as(world.Poor, registry.RoleManager).get("/console/").is(200).says("0 Names")
}

// The overview of who sees money has what is charged next; who sees messages is told how many wait.
func TestHomeByRole(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	r.Domain(world.Acme, "shop.co")
	r.Queue(7, world.Acme, registry.TextNotice{Text: "one"})
	r.as(world.Acme, registry.RoleFinanceAdministrator).get(Path).is(http.StatusOK).says("What comes next", "shop.co", "All open charges").saysNot("Messages that wait", "Expire within 30 days")
	r.as(world.Acme, registry.RoleDomainAdministrator).get(Path).is(http.StatusOK).says("1 Messages that wait").saysNot("What comes next", "USD", "Latest invoice")
	r.as(world.Acme, registry.RoleAdministrator).get(Path).is(http.StatusOK).says("1 Messages that wait", "What comes next")
}
