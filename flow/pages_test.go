package flow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// written is a page with all that flow says.
func written(reply flow.Reply, refusal *registry.Error) flow.Page {
	text, err := json.Marshal([]any{reply, refusal})
	if err != nil {
		text = []byte(err.Error())
	}
	return flow.Page{Body: text, Stamp: -1}
}

// A lookup is a query with the key of its page.
type lookup struct {
	key   flow.PageKey
	query flow.Query
}

// show answers a lookup as a front-end does, and reports whether the answer was kept.
func show(t *testing.T, s *flow.Service, l lookup) (text string, kept bool) {
	t.Helper()
	page, kept := s.Kept(l.key, nil)
	if !kept {
		var err error
		if page, err = s.MakePage(t.Context(), l.key, l.query, written); err != nil {
			t.Fatal(err)
		}
	}
	return string(page.Body), kept
}

// aRegistry is a small registry to which everything happens.
type aRegistry struct {
	w        *world.World
	chance   *rand.Rand
	names    []names.Name
	hosts    []names.Name
	contacts []string
	who      []registry.RegistrarID
}

func newRegistry(w *world.World, seed uint64) *aRegistry {
	return &aRegistry{
		w: w, chance: rand.New(rand.NewPCG(seed, 1)),
		names:    world.Names("one.co", "two.co", "three.com.co", "four.co"),
		hosts:    world.Names("ns1.one.co", "ns1.example.net", "ns2.example.net", "ns.two.co", "ns9.one.co"),
		contacts: []string{"C-1", "C-2", "C-3"},
		who:      []registry.RegistrarID{world.Acme, world.Other, world.Deleter},
	}
}

func (r *aRegistry) lookups() []lookup {
	var list []lookup
	for _, n := range append(slices.Clone(r.names), world.Names("never.co", "foreign.example")...) {
		list = append(list, lookup{flow.PageKey{Form: "domain", ID: n.String()}, flow.DomainLookup{Name: n}})
	}
	for _, n := range r.hosts {
		list = append(list, lookup{flow.PageKey{Form: "host", ID: n.String()}, flow.HostLookup{Name: n}})
	}
	for _, id := range append(slices.Clone(r.who), "H7777") {
		list = append(list, lookup{flow.PageKey{Form: "registrar", ID: string(id)}, flow.RegistrarLookup{Handle: string(id)}})
	}
	return append(list,
		lookup{flow.PageKey{Form: "registrar", ID: "name"}, flow.RegistrarLookup{Name: "the acme"}},
		lookup{flow.PageKey{Form: "address", ID: "192.0.2.1"}, flow.HostsByAddress{Address: netip.MustParseAddr("192.0.2.1")}})
}

func pick[T any](r *aRegistry, list []T) T { return list[r.chance.IntN(len(list))] }

func (r *aRegistry) contact() string { return pick(r, r.contacts) }

// act runs a command of chance, or lets time pass. Of registrars one runs it that may; what is refused changes nothing.
func (r *aRegistry) act(t *testing.T, serial int) string {
	t.Helper()
	if r.chance.IntN(4) == 0 {
		return r.pass()
	}
	if r.chance.IntN(3) == 0 {
		return r.furnish(t)
	}
	who, cmd := r.command(serial)
	return r.try(t, who, cmd)
}

// try runs a command by the first registrar that may, unless it is the operator's.
func (r *aRegistry) try(t *testing.T, who registry.RegistrarID, cmd flow.Command) (said string) {
	t.Helper()
	for _, i := range r.chance.Perm(len(r.who)) {
		if who != "" {
			who = r.who[i]
		}
		_, err := r.w.Run(who, cmd)
		if err != nil && refusal(err) == nil {
			t.Fatalf("%s by %q: %v", cmd.Subject(), who, err)
		}
		if said = fmt.Sprintf("%s by %q: %+v (%v)", cmd.Subject(), who, cmd, err); err == nil {
			break
		}
	}
	return said
}

// pass lets time pass: a little, some days, or exactly to where a page ends or something is due, or just before that.
func (r *aRegistry) pass() string {
	before := r.w.Now()
	ends := flow.NextEnd(r.w.Service.Pages, before)
	due, _ := r.w.Ask("", flow.NextDue{})
	switch at, _ := due.(time.Time); {
	case r.chance.IntN(3) == 0 && !ends.IsZero():
		r.w.At(ends.Add(-time.Duration(r.chance.IntN(2)) * time.Second).Format(time.RFC3339))
	case r.chance.IntN(3) == 0 && at.After(before):
		r.w.At(at.Add(-time.Duration(r.chance.IntN(2)) * time.Second).Format(time.RFC3339))
	default:
		r.w.Pass(pick(r, []time.Duration{time.Second, time.Hour, 24 * time.Hour, 6 * 24 * time.Hour, 31 * 24 * time.Hour}))
	}
	if r.w.Now().Before(before) {
		r.w.At(before.Format(time.RFC3339))
	}
	return fmt.Sprintf("from %s to %s", before, r.w.Now())
}

// command returns one of chance.
func (r *aRegistry) command(serial int) (registry.RegistrarID, flow.Command) {
	who, name, host := pick(r, r.who), pick(r, r.names), pick(r, r.hosts)
	text := fmt.Sprintf("t%d", serial)
	edit := flow.DomainEdit{}
	switch r.chance.IntN(3) {
	case 0:
		edit.Nameservers = []names.Name{host}
	case 1:
		edit.Statuses = []registry.Status{pick(r, []registry.Status{registry.ClientHold, registry.ClientTransferProhibited})}
	default:
		edit.Contacts = []flow.Role{{Role: pick(r, []string{"admin", "billing"}), ID: r.contact()}}
	}
	roles := []flow.Role{{Role: "admin", ID: r.contact()}, {Role: "tech", ID: r.contact()}}
	list := []flow.Command{
		flow.DomainCreate{Name: name, Nameservers: r.delegation(), Registrant: r.contact(), AuthInfo: "secret", Contacts: roles},
		flow.DomainUpdate{Name: name, Add: edit},
		flow.DomainUpdate{Name: name, Remove: edit},
		flow.DomainUpdate{Name: name, Registrant: new(r.contact())},
		flow.DomainRenew{Name: name, CurrentExpiry: r.expiry(name), Years: 1},
		flow.DomainDelete{Name: name},
		flow.DomainRestore{Update: flow.DomainUpdate{Name: name, Empty: true}},
		flow.DomainTransfer{Name: name, AuthInfo: new("secret")},
		flow.DomainTransferEnd{Name: name, How: pick(r, []registry.TransferStatus{registry.TransferClientApproved, registry.TransferClientRejected, registry.TransferClientCancelled})},
		flow.ContactCreate{
			ID: r.contact(), Voice: &registry.Phone{Number: "+57.6015550100"}, Email: text + "@example.com", AuthInfo: "secret", Disclose: r.disclose(),
			Loc: &registry.Postal{Name: text, Street: []string{text}, City: text, Postcode: "1", Country: "CO"},
		},
		flow.ContactUpdate{ID: r.contact(), Email: new(text + "@example.com"), Disclose: r.disclose()},
		flow.ContactUpdate{ID: r.contact(), Loc: &flow.PostalEdit{Name: &text}},
		flow.ContactTransfer{ID: r.contact(), AuthInfo: new("secret")},
		flow.ContactDelete{ID: r.contact()},
		flow.HostCreate{Name: host, Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")}},
		flow.HostUpdate{Name: host, Add: flow.HostEdit{Addresses: []netip.Addr{r.address()}}},
		flow.HostUpdate{Name: host, Remove: flow.HostEdit{Addresses: []netip.Addr{r.address()}}},
		flow.HostUpdate{Name: host, NewName: pick(r, append(world.Names("moved.one.co", "moved.two.co", "moved.example.net"), host))},
		flow.HostDelete{Name: host},
	}
	switch r.chance.IntN(12) {
	case 0:
		return "", flow.RegistrarSet{
			Act:  flow.Act{Registrar: who, Author: "ana", Reason: "it asked"},
			Name: new(pick(r, []string{"The ACME", text})), Abuse: new(text + "@example.com"), Website: new("https://" + text + ".example"),
		}
	case 1:
		return "", flow.Settle{Limit: 50}
	}
	return who, pick(r, list)
}

// furnish makes some of what is not there, so that there is something to change.
func (r *aRegistry) furnish(t *testing.T) (said string) {
	t.Helper()
	for _, id := range r.contacts {
		said += r.try(t, pick(r, r.who), flow.ContactCreate{
			ID: id, Voice: &registry.Phone{Number: "+57.6015550100"}, Email: id + "@example.com", AuthInfo: "secret",
			Loc: &registry.Postal{Name: id, Street: []string{id}, City: id, Postcode: "1", Country: "CO"},
		})
	}
	for _, name := range r.names {
		said += r.try(t, pick(r, r.who), flow.DomainCreate{
			Name: name, Nameservers: r.delegation(), Registrant: r.contact(), AuthInfo: "secret",
			Contacts: []flow.Role{{Role: "admin", ID: r.contact()}, {Role: "tech", ID: r.contact()}},
		})
	}
	for _, host := range r.hosts {
		said += r.try(t, pick(r, r.who), flow.HostCreate{Name: host, Addresses: []netip.Addr{r.address()}})
	}
	return said
}

// delegation is what a new name is delegated to: some of the hosts that there are.
func (r *aRegistry) delegation() (list []names.Name) {
	for _, host := range r.hosts {
		if _, err := r.w.Ask("", flow.HostLookup{Name: host}); err == nil && r.chance.IntN(2) == 0 {
			list = append(list, host)
		}
	}
	return list
}

func (r *aRegistry) address() netip.Addr {
	return pick(r, []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("2001:db8::1")})
}

func (r *aRegistry) disclose() []flow.DiscloseEdit {
	var edits []flow.DiscloseEdit
	for _, what := range registry.Disclosures() {
		if r.chance.IntN(3) == 0 {
			edits = append(edits, flow.DiscloseEdit{What: what, Open: r.chance.IntN(2) == 0})
		}
	}
	return edits
}

// expiry is what a registrar knows of a name, or something else.
func (r *aRegistry) expiry(name names.Name) time.Time {
	reply, err := r.w.Ask("", flow.DomainLookup{Name: name})
	if err != nil {
		return r.w.Now()
	}
	return reply.(flow.DomainFound).Expires
}

// Whatever happens, an answer that is kept is the one that would be made now: at once on the node that wrote, within a
// second on others. Random commands and steps of time, and all lookups after each.
func TestKeptPagesAreNeverStale(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := world.New(t, noon)
			steps := 220
			if w.Postgres {
				steps = 80
			}
			neverStale(t, w, seed, steps)
		})
	}
}

func neverStale(t *testing.T, w *world.World, seed uint64, steps int) {
	w.Service.Pages = flow.NewPages(64 << 20)
	fresh, others := *w.Service, []*flow.Service{}
	fresh.Pages = nil
	if w.Postgres {
		other := *w.Service
		other.Store, other.Pages = w.Open(nil), flow.NewPages(64<<20)
		others = append(others, &other)
	}
	r := newRegistry(w, seed)
	shown, kept := 0, 0
	for step := range steps {
		did := r.act(t, step)
		committed := time.Now()
		for _, l := range r.lookups() {
			want, _ := show(t, &fresh, l)
			got, wasKept := show(t, w.Service, l)
			if got != want {
				t.Fatalf("step %d, %s:\nthe answer to %+v (kept: %t) is\n%s\nwant\n%s", step, did, l.query, wasKept, got, want)
			}
			if shown++; wasKept {
				kept++
			}
			for _, other := range others {
				soonRight(t, other, l, want, committed)
			}
		}
	}
	if count := w.Service.Pages.Count(); kept < shown/4 || int(count.Found) != kept || int(count.Asked) != shown {
		t.Errorf("%d of %d answers were kept, which is too few to tell, or miscounted: %+v", kept, shown, count)
	}
	t.Logf("%d of %d answers were kept", kept, shown)
}

// soonRight wants another node to say the same as soon as a second after a commit has passed.
func soonRight(t *testing.T, s *flow.Service, l lookup, want string, committed time.Time) {
	t.Helper()
	for {
		asked := time.Now()
		got, kept := show(t, s, l)
		if got == want {
			return
		}
		if asked.Sub(committed) > time.Second {
			t.Fatalf("%s after the commit another node says (kept: %t)\n%s\nwant\n%s", asked.Sub(committed), kept, got, want)
		}
	}
}

// keptSoon shows a lookup until its answer is kept: at once, where no other node can have written.
func keptSoon(t *testing.T, w *world.World, l lookup) string {
	t.Helper()
	for start := time.Now(); ; {
		show(t, w.Service, l)
		if text, kept := show(t, w.Service, l); kept {
			return text
		}
		if !w.Postgres || time.Since(start) > 20*time.Second {
			t.Fatal("the answer is not kept")
		}
	}
}

// A clock that is set back finds no answer from the future.
func TestKeptPagesAndAClockThatGoesBack(t *testing.T) {
	w := world.New(t, noon)
	w.Service.Pages = flow.NewPages(1 << 20)
	w.Domain(world.Acme, "shop.co")
	l := lookup{flow.PageKey{Form: "domain", ID: "shop.co"}, flow.DomainLookup{Name: world.Name("shop.co")}}
	during := keptSoon(t, w, l)
	w.At("2026-03-07T12:00:00Z") // add grace has ended
	after, kept := show(t, w.Service, l)
	if kept || after == during || !strings.Contains(during, "addPeriod") {
		t.Errorf("after the grace (kept: %t)\n%s\nduring it\n%s", kept, after, during)
	}
	w.At(noon)
	if again, kept := show(t, w.Service, l); again != during || kept {
		t.Errorf("back in it (kept: %t)\n%s\nwant\n%s", kept, again, during)
	}
}

// Faults are told and never kept; what only anybody may see is.
func TestFaultsAreNotKept(t *testing.T) {
	w := world.New(t, noon)
	w.Service.Pages = flow.NewPages(1 << 20)
	w.Domain(world.Acme, "shop.co")
	l := lookup{flow.PageKey{Form: "domain", ID: "shop.co"}, flow.DomainLookup{Name: world.Name("shop.co")}}
	w.Fault.After(0)
	if page, err := w.Service.MakePage(t.Context(), l.key, l.query, written); !errors.Is(err, world.ErrFault) {
		t.Errorf("with a fault: %+v, %v", page, err)
	}
	w.Fault.Disarm()
	if _, kept := w.Service.Kept(l.key, nil); kept {
		t.Error("something is kept of a fault")
	}
	if text, _ := show(t, w.Service, l); !strings.Contains(text, "shop.co") {
		t.Errorf("without it: %s", text)
	}
}

// Pages hold so many octets; what was asked for longest ago goes first, and what is too large is not kept.
func TestPagesAreBounded(t *testing.T) {
	w := world.New(t, noon)
	if w.Postgres {
		t.Skip("whether a page is kept depends there on how quick the server is; the bound is the same")
	}
	const octets = 1 << 20
	w.Service.Pages = flow.NewPages(octets)
	key := func(i int) flow.PageKey { return flow.PageKey{Form: "domain", ID: fmt.Sprint("name-", i, ".co")} }
	put := func(i, size int) {
		_, err := w.Service.MakePage(t.Context(), key(i), flow.DomainLookup{Name: world.Name(key(i).ID)}, func(flow.Reply, *registry.Error) flow.Page {
			return flow.Page{Body: make([]byte, size)}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put(0, octets)
	if _, kept := w.Service.Kept(key(0), nil); kept {
		t.Error("a page as large as all of them is kept")
	}
	for i := range 3000 {
		put(i, 1000)
		w.Service.Kept(key(7), nil) // it is asked for all the time
		if n := w.Service.Pages.Count(); n.Bytes > octets {
			t.Fatalf("after %d pages they have %d octets, want at most %d", i, n.Bytes, octets)
		}
	}
	n := w.Service.Pages.Count()
	each := 0
	w.Service.Pages.Each(func(flow.PageKey, flow.Page) { each++ })
	if n.Pages < 400 || n.Pages != each {
		t.Errorf("%d pages are kept, %d are shown, want some hundreds", n.Pages, each)
	}
	if _, kept := w.Service.Kept(key(7), nil); !kept {
		t.Error("the page that is asked for all the time is gone")
	}
	if _, kept := w.Service.Kept(key(8), nil); kept {
		t.Error("a page that nobody asks for is still there")
	}
}

// A query that is kept reads nothing that is not noted: with a store that can do nothing else it answers the same.
func TestKeptQueriesReadWhatIsNoted(t *testing.T) {
	w := everyWorld(t)
	for _, q := range everyQuery {
		if !flow.Keeps(q.query) {
			continue
		}
		for _, at := range []time.Duration{0, time.Hour, 40 * 24 * time.Hour, 400 * 24 * time.Hour} {
			narrow := *w.Service
			narrow.Store = narrowStore{w.Service.Store}
			narrow.Clock = func() time.Time { return w.Now().Add(at) }
			if _, err := narrow.MakePage(t.Context(), flow.PageKey{}, q.query, written); err != nil {
				t.Errorf("%T: %v", q.query, err)
			}
		}
	}
}

// An answer that is kept costs no memory to find.
func TestKeptPagesCostNothing(t *testing.T) {
	w := world.New(t, noon)
	w.Service.Pages = flow.NewPages(1 << 20)
	w.Domain(world.Acme, "shop.co")
	l := lookup{flow.PageKey{Form: "domain", ID: "shop.co"}, flow.DomainLookup{Name: world.Name("shop.co")}}
	keptSoon(t, w, l)
	buffer := make([]byte, 0, 64<<10)
	if n := testing.AllocsPerRun(100, func() { w.Service.Kept(l.key, buffer) }); n > 0 {
		t.Errorf("finding an answer allocates %.0f times", n)
	}
}

// BenchmarkKept measures an answer that is kept, with all that it depends on.
func BenchmarkKept(b *testing.B) {
	w := world.New(b, noon)
	w.Service.Pages = flow.NewPages(1 << 20)
	w.Host(world.Acme, "ns1.example.net")
	w.Domain(world.Acme, "shop.co", "ns1.example.net")
	key := flow.PageKey{Form: "domain", ID: "shop.co"}
	if _, err := w.Service.MakePage(b.Context(), key, flow.DomainLookup{Name: world.Name("shop.co")}, written); err != nil {
		b.Fatal(err)
	}
	buffer := make([]byte, 0, 64<<10)
	for b.Loop() {
		if _, ok := w.Service.Kept(key, buffer); !ok && !w.Postgres {
			b.Fatal("the answer is not kept")
		}
	}
}
