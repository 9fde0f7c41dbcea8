package console

import (
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// TestFind: one field finds names, contacts and hosts of one's own; of others it says nothing.
func TestFind(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	r.Contact(world.Acme, "ANA-1")
	r.Contact(world.Other, "EVA-1")
	r.Domain(world.Acme, "shop.co")
	r.Domain(world.Other, "tienda.co")
	r.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	r.Host(world.Other, "ns1.tienda.co", "192.0.2.2")
	b := r.as(world.Acme, registry.RoleDomainAdministrator)
	for _, test := range []struct{ text, want string }{
		{"shop.co", "/console/domains/shop.co"},
		{" SHOP.co. ", "/console/domains/shop.co"},
		{"ns1.shop.co", "/console/hosts/ns1.shop.co"},
		{"ana-1", "/console/contacts/ANA-1"},
		{"tienda.co", "/console/domains?q=tienda.co"},
		{"ns1.tienda.co", "/console/domains?q=ns1.tienda.co"},
		{"EVA-1", "/console/domains?q=EVA-1"},
		{"sho", "/console/domains?q=sho"},
		{"//evil.example/\r\nX: y", "/console/domains?q=%2F%2Fevil.example%2F%0D%0AX%3A+y"},
		{"", "/console/domains"},
	} {
		b.get("/console/find?" + query("q", test.text)).goesTo(test.want)
	}
}
