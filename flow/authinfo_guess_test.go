package flow_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

const (
	domainSecret  = "shop-1.2"
	contactSecret = "C-1.2"
)

// newObjects returns a world with objects of Acme that have authInfo, on nodes that share what is wrong of them.
func newObjects(t *testing.T) *guessed {
	g := &guessed{World: world.New(t, noon)}
	g.Contact(world.Acme, "C")
	for _, name := range []string{"shop.co", "loja.co"} {
		g.Do(world.Acme, flow.DomainCreate{
			Name: world.Name(name), Registrant: "C", AuthInfo: domainSecret,
			Contacts: []flow.Role{{Role: "admin", ID: "C"}, {Role: "tech", ID: "C"}},
		})
	}
	g.Do(world.Acme, flow.ContactUpdate{ID: "C", AuthInfo: new(contactSecret)})
	g.Pass(61 * day)
	for i := range 2 {
		node := *g.Service
		if i > 0 && g.Postgres {
			node.Store = g.Open(nil)
		}
		node.Fairness = flow.NewFairness()
		node.Buckets = tripBuckets{node.Store.(flow.Buckets), &g.trips}
		g.nodes = append(g.nodes, &node)
	}
	return g
}

// allow changes the limits of the world's profile.
func (g *guessed) allow(change func(*policy.Limits)) {
	for _, node := range g.nodes {
		versions := slices.Clone(node.Profile.Versions)
		for i := range versions {
			change(&versions[i].Terms.Limits)
		}
		node.Profile.Versions = versions
	}
}

// present sends a command or query on a node, and says how it was answered: right, wrong or wait.
func (g *guessed) present(node int, who registry.RegistrarID, request any) string {
	g.T.Helper()
	var err error
	switch r := request.(type) {
	case flow.Command:
		_, err = g.nodes[node].Run(context.Background(), flow.Request{Registrar: who, SvTRID: g.NewTRID(), Command: r})
	case flow.Query:
		_, err = g.nodes[node].Ask(context.Background(), who, r)
	}
	switch {
	case code(err) == registry.InvalidAuthInfo:
		return "wrong"
	case code(err) == registry.DataPolicy && strings.Contains(err.Error(), "too many wrong authInfos; wait "):
		return "wait"
	}
	return "right"
}

// presenting are all commands and queries that an authInfo comes with.
func presenting(said string, roid registry.ROID) map[string]any {
	name, id, how := world.Name("shop.co"), "C", registry.TransferClientRejected
	return map[string]any{
		"domain info":            flow.DomainInfo{Name: name, AuthInfo: &said, ROID: roid},
		"domain transfer":        flow.DomainTransfer{Name: name, AuthInfo: &said, ROID: roid},
		"domain transfer end":    flow.DomainTransferEnd{Name: name, How: how, AuthInfo: &said, ROID: roid},
		"domain transfer query":  flow.DomainTransferQuery{Name: name, AuthInfo: &said, ROID: roid},
		"contact info":           flow.ContactInfo{ID: id, AuthInfo: &said, ROID: roid},
		"contact transfer":       flow.ContactTransfer{ID: id, AuthInfo: &said, ROID: roid},
		"contact transfer end":   flow.ContactTransferEnd{ID: id, How: how, AuthInfo: &said, ROID: roid},
		"contact transfer query": flow.ContactTransferQuery{ID: id, AuthInfo: &said, ROID: roid},
	}
}

// Whoever guesses the authInfo of an object may be wrong five times; then the right one is refused, too, on every
// node that has seen as much, until there is room again. The sponsor and other registrars are not concerned.
func TestAuthInfoGuessing(t *testing.T) {
	for name, request := range presenting("wrong", "") {
		t.Run(name, func(t *testing.T) {
			g := newObjects(t)
			secret := domainSecret
			if strings.HasPrefix(name, "contact") {
				secret = contactSecret
			}
			right := presenting(secret, "")[name]
			for i := range 5 {
				if got := g.present(0, world.Other, request); got != "wrong" {
					t.Fatalf("guess %d: %s", i+1, got)
				}
			}
			for _, step := range []struct {
				what    string
				pass    time.Duration
				node    int
				who     registry.RegistrarID
				request any
				want    string
			}{
				{"one more guess", 0, 0, world.Other, request, "wait"},
				{"the right one", 0, 0, world.Other, right, "wait"},
				{"a guess elsewhere", 0, 1, world.Other, request, "wrong"},
				{"which has seen it then", 0, 1, world.Other, right, "wait"},
				{"of another registrar", 0, 0, world.Poor, request, "wrong"},
				{"of the sponsor", 0, 0, world.Acme, request, "wrong"},
				{"of the sponsor, right", 0, 0, world.Acme, right, "right"},
				{"just before there is room", 599 * time.Second, 0, world.Other, right, "wait"},
				{"when there is room", time.Second, 0, world.Other, right, "right"},
				{"one wrong one more", 0, 0, world.Other, request, "wrong"},
				{"and again", 0, 0, world.Other, right, "wait"},
			} {
				g.Pass(step.pass)
				if got := g.present(step.node, step.who, step.request); got != step.want {
					t.Errorf("%s: %s, want %s", step.what, got, step.want)
				}
			}
		})
	}
}

// No command or query with an authInfo is forgotten above.
func TestAuthInfosArePresented(t *testing.T) {
	known := map[reflect.Type]bool{}
	for _, request := range presenting("", "") {
		known[reflect.TypeOf(request)] = true
	}
	var all []any
	for _, c := range everyCommand {
		all = append(all, c.cmd)
	}
	for _, q := range everyQuery {
		all = append(all, q.query)
	}
	for _, request := range all {
		kind := reflect.TypeOf(request)
		_, ofObject := kind.FieldByName("ROID")
		if _, has := kind.FieldByName("AuthInfo"); has && ofObject && !known[kind] {
			t.Errorf("%v presents an authInfo and is not among those that are counted", kind)
		}
	}
}

// A contact is guessed at through the names that link it, too: wherever, it is one object.
func TestAuthInfoGuessingThroughNames(t *testing.T) {
	g := newObjects(t)
	shop, loja := world.Name("shop.co"), world.Name("loja.co")
	contact, err := g.Ask(world.Acme, flow.ContactInfo{ID: "C"})
	if err != nil {
		t.Fatal(err)
	}
	roid := contact.(flow.ContactDetails).ROID
	for i, request := range []any{
		flow.DomainInfo{Name: shop, AuthInfo: new("wrong"), ROID: roid},
		flow.DomainInfo{Name: loja, AuthInfo: new("wrong"), ROID: roid},
		flow.ContactInfo{ID: "C", AuthInfo: new("wrong")},
		flow.ContactInfo{ID: "c", AuthInfo: new("wrong"), ROID: roid},
		flow.DomainInfo{Name: loja, AuthInfo: new("wrong"), ROID: roid},
	} {
		if got := g.present(0, world.Other, request); got != "wrong" {
			t.Fatalf("guess %d: %s", i+1, got)
		}
	}
	for _, test := range []struct {
		what    string
		request any
		want    string
	}{
		{"through a name", flow.DomainInfo{Name: shop, AuthInfo: new(contactSecret), ROID: roid}, "wait"},
		{"itself", flow.ContactInfo{ID: "C", AuthInfo: new(contactSecret)}, "wait"},
		{"the name's own", flow.DomainInfo{Name: shop, AuthInfo: new(domainSecret)}, "right"},
		{"one of nothing that the name links counts against the name", flow.DomainInfo{Name: shop, AuthInfo: new("wrong"), ROID: "C999-CO"}, "wrong"},
	} {
		if got := g.present(0, world.Other, test.request); got != test.want {
			t.Errorf("%s: %s, want %s", test.what, got, test.want)
		}
	}
}

// Several registrars together, and one registrar at many objects, have a limit, too.
func TestAuthInfoGuessingTogether(t *testing.T) {
	guess := func(name string) flow.Query { return flow.DomainInfo{Name: world.Name(name), AuthInfo: new("wrong")} }
	t.Run("of all registrars", func(t *testing.T) {
		g := newObjects(t)
		g.allow(func(l *policy.Limits) { l.ObjectAuthInfosAtOnce = 4 })
		for i, who := range []registry.RegistrarID{world.Other, world.Poor, world.Other, world.Poor} {
			if got := g.present(0, who, guess("shop.co")); got != "wrong" {
				t.Fatalf("guess %d: %s", i+1, got)
			}
		}
		if got := g.present(0, world.Other, guess("shop.co")); got != "wait" {
			t.Errorf("a fifth: %s, want wait", got)
		}
		if got := g.present(0, world.Other, guess("loja.co")); got != "wrong" {
			t.Errorf("another object: %s, want wrong", got)
		}
		g.Pass(150 * time.Second)
		if got := g.present(0, world.Other, guess("shop.co")); got != "wrong" {
			t.Errorf("when there is room: %s, want wrong", got)
		}
	})
	t.Run("of all objects", func(t *testing.T) {
		g := newObjects(t)
		g.allow(func(l *policy.Limits) { l.RegistrarAuthInfosAtOnce = 2 })
		for _, name := range []string{"shop.co", "loja.co"} {
			if got := g.present(0, world.Other, guess(name)); got != "wrong" {
				t.Fatalf("%s: %s", name, got)
			}
		}
		if got := g.present(0, world.Other, guess("shop.co")); got != "wait" {
			t.Errorf("a third: %s, want wait", got)
		}
		if got := g.present(0, world.Poor, guess("shop.co")); got != "wrong" {
			t.Errorf("of another registrar: %s, want wrong", got)
		}
	})
}

// A hundred guesses at once count like a hundred.
func TestAuthInfoGuessingAtOnce(t *testing.T) {
	g := newObjects(t)
	var wrong atomic.Int64
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			if g.present(0, world.Other, flow.DomainInfo{Name: world.Name("shop.co"), AuthInfo: new(fmt.Sprint("guess-", i))}) == "wrong" {
				wrong.Add(1)
			}
		})
	}
	all.Wait()
	if got := wrong.Load(); got != 5 {
		t.Errorf("%d guesses of a hundred at once were looked at, want 5", got)
	}
}

// Right authInfos, and commands without one, ask the database for no bucket.
func TestRightAuthInfoCostsNothing(t *testing.T) {
	g := newObjects(t)
	for range 10 {
		g.present(0, world.Other, flow.DomainInfo{Name: world.Name("shop.co"), AuthInfo: new(domainSecret)})
		g.present(0, world.Other, flow.DomainInfo{Name: world.Name("shop.co")})
		g.present(0, world.Other, flow.ContactInfo{ID: "C", AuthInfo: new(contactSecret)})
	}
	if got := g.present(0, world.Other, flow.DomainTransfer{Name: world.Name("shop.co"), AuthInfo: new(domainSecret)}); got != "right" {
		t.Errorf("the transfer: %s", got)
	}
	if got := g.trips.Load(); got != 0 {
		t.Errorf("right authInfos asked for buckets %d times", got)
	}
	g.present(0, world.Other, flow.ContactInfo{ID: "C", AuthInfo: new("wrong")})
	if got := g.trips.Load(); got != 3 {
		t.Errorf("a wrong one asked for buckets %d times, want 3", got)
	}
}

// Explain counts nothing, and compares nothing where the registrar has to wait.
func TestExplainingAuthInfo(t *testing.T) {
	g := newObjects(t)
	explained := func(said string) *registry.Error {
		e, err := g.nodes[0].Explain(context.Background(), flow.Ask{
			Registrar: world.Other, Query: flow.DomainInfo{Name: world.Name("shop.co"), AuthInfo: &said},
		})
		if err != nil {
			t.Fatal(err)
		}
		return e.Refusal
	}
	for range 20 {
		if e := explained("wrong"); e == nil || e.Code != registry.InvalidAuthInfo {
			t.Fatalf("a wrong one is explained as %v", e)
		}
	}
	if e := explained(domainSecret); e != nil {
		t.Errorf("the right one is explained as %v", e)
	}
	for range 5 {
		g.present(0, world.Other, flow.DomainInfo{Name: world.Name("shop.co"), AuthInfo: new("wrong")})
	}
	for _, said := range []string{"wrong", domainSecret} {
		if e := explained(said); e == nil || e.Code != registry.DataPolicy {
			t.Errorf("while the registrar has to wait %s is explained as %v", said, e)
		}
	}
}

// What is wrong comes before how often it was, and a wait before what it is about.
func TestAuthInfosAreFewPrecedence(t *testing.T) {
	g := newObjects(t)
	for range 5 {
		g.present(0, world.Other, flow.ContactInfo{ID: "C", AuthInfo: new("wrong")})
		g.present(0, world.Other, flow.DomainInfo{Name: world.Name("shop.co"), AuthInfo: new("wrong")})
	}
	g.Service = g.nodes[0]
	const wait = "too many wrong authInfos; wait 601 seconds, and send the right one then"
	domain := flow.DomainTransfer{Name: world.Name("free.co")}
	precedence(t, g.World, func() (registry.RegistrarID, flow.Command) { return world.Other, domain }, []step{
		{func() {}, registry.ObjectMissing, "the name is not registered; check its spelling"},
		{func() { domain.Name = world.Name("shop.co") }, registry.ParameterMissing, "a transfer needs the authInfo of the object; its holder has it from the sponsor"},
		{func() { domain.AuthInfo = new("wrong") }, registry.DataPolicy, wait},
		{func() { domain.AuthInfo = new(domainSecret) }, registry.DataPolicy, wait},
	}, func() { g.Pass(600 * time.Second) })
	contact := flow.ContactInfo{ID: "C"}
	g.present(0, world.Other, flow.ContactInfo{ID: "C", AuthInfo: new("wrong")})
	questions(t, g.World, func() (registry.RegistrarID, flow.Query) { return world.Other, contact }, []step{
		{func() {}, registry.Authorization, "another registrar sponsors the contact; send its authInfo"},
		{func() { contact.AuthInfo = new(contactSecret) }, registry.DataPolicy, wait},
	}, func() { g.Pass(600 * time.Second) })
}
