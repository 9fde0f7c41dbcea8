package flow_test

import (
	"testing"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

func TestDomainLookup(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net")
	w.Domain(world.Acme, "shop.co", "ns1.example.net")
	reply, err := w.Ask("", flow.DomainLookup{Name: world.Name("shop.co")})
	if err != nil {
		t.Fatal(err)
	}
	found := reply.(flow.DomainFound)
	if found.Sponsored.IANAID != 9001 || found.Published != lifecycle.Own || len(found.People) != 3 ||
		found.People[0].Role != "registrant" || found.People[0].Email != "ana@example.com" {
		t.Errorf("found %+v", found)
	}
	for name, want := range map[string]registry.Code{
		"free.co": registry.ObjectMissing, "com.co": registry.ObjectMissing, "example.org": registry.ParameterSyntax,
		"www.shop.co": registry.ParameterSyntax,
	} {
		if _, err := w.Ask("", flow.DomainLookup{Name: world.Name(name)}); code(err) != want {
			t.Errorf("lookup of %s: %v, want %s", name, err, want)
		}
	}
}

// What a command leaves in the transaction log. Manual 9.8, decisions 4.6.
func TestTransactionLog(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	before := w.Rows("SELECT COUNT(*) FROM log")
	cmd := flow.Refused{
		About: flow.Subject{Command: "update", Object: "domain", ID: "shop.co", Logged: true},
		Error: &registry.Error{Code: registry.Syntax, Reason: "<domain:x> is not allowed here"},
	}
	if _, err := w.Run(world.Other, cmd); code(err) != registry.Syntax {
		t.Errorf("refused: %v", err)
	}
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.co")})
	got := w.Rows("SELECT registrar, command, object, object_id, code, message, cltrid FROM log ORDER BY id DESC LIMIT 2")
	want := "H1001 | delete | domain | shop.co | completedPending | Deletion request for domain name shop.co successful; domain will be deleted shortly. | client\n" +
		"H1002 | update | domain | shop.co | syntax | <domain:x> is not allowed here | client\n"
	if got != want {
		t.Errorf("the log says\n%s want\n%s", got, want)
	}
	if _, err := w.Run(world.Other, flow.DomainCreate{Name: world.Name("com.co")}); err == nil {
		t.Error("com.co was created")
	}
	if after := w.Rows("SELECT COUNT(*) FROM log"); after == before {
		t.Error("a refused create is not in the log")
	}
}
