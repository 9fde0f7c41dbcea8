// Package lookup_test holds WHOIS and RDAP beside each other to what neither can show by itself.
package lookup_test

import (
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/pages"
	"example.org/dorado/front/rdap"
	"example.org/dorado/front/whois"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/world"
)

const noon = "2026-03-01T12:00:00Z"

// A person is a contact of which every value is a token of its own, with the tokens that are closed and those that are
// open.
type person struct {
	create       flow.ContactCreate
	closed, open []string
}

// token is a text that is nowhere else: letters alone, so that no way of writing it changes it.
func token(chance *rand.Rand) string {
	letters := make([]byte, 14)
	for i := range letters {
		letters[i] = "bcdfghjklmnpqrstvwxz"[chance.IntN(20)]
	}
	return "zz" + string(letters)
}

// digits is a number that is nowhere else.
func digits(chance *rand.Rand) string { return fmt.Sprintf("%011d", chance.Int64N(1e11)) }

// newPerson returns a contact of chance: one postal form or both, with all that can be opened open or not.
func newPerson(chance *rand.Rand, id string) person {
	p := person{create: flow.ContactCreate{ID: id, AuthInfo: "secret"}}
	open := map[registry.Disclosure]bool{}
	for _, what := range registry.Disclosures() {
		if chance.IntN(4) == 0 { // closed, and not mentioned
			continue
		}
		open[what] = chance.IntN(3) == 0
		p.create.Disclose = append(p.create.Disclose, flow.DiscloseEdit{What: what, Open: open[what]})
	}
	forms := 1 + chance.IntN(3)
	if forms&1 != 0 {
		p.create.Int = p.postal(chance, open, "int")
	}
	if forms&2 != 0 {
		p.create.Loc = p.postal(chance, open, "loc")
	}
	voice := &registry.Phone{Number: "+57." + digits(chance), Extension: digits(chance)}
	fax := &registry.Phone{Number: "+58." + digits(chance), Extension: digits(chance)}
	email := token(chance)
	p.create.Voice, p.create.Fax, p.create.Email = voice, fax, email+"@example.com"
	p.add(open[registry.DiscloseVoice], voice.Number[4:], voice.Extension)
	p.add(open[registry.DiscloseFax], fax.Number[4:], fax.Extension)
	p.add(open[registry.DiscloseEmail], email)
	return p
}

// postal returns a postal form. What is open in it may be hidden all the same, behind the other form.
func (p *person) postal(chance *rand.Rand, open map[registry.Disclosure]bool, form string) *registry.Postal {
	t := func() string { return token(chance) }
	postal := &registry.Postal{Name: t(), Org: t(), Street: []string{t(), t()}, City: t(), Province: t(), Postcode: t()[:16], Country: "CO"}
	p.add(open[registry.Disclosure("name/"+form)], postal.Name)
	p.add(open[registry.Disclosure("org/"+form)], postal.Org)
	p.add(open[registry.Disclosure("addr/"+form)], postal.Street[0], postal.Street[1], postal.City, postal.Province, postal.Postcode)
	return postal
}

func (p *person) add(open bool, tokens ...string) {
	if open {
		p.open = append(p.open, tokens...)
	} else {
		p.closed = append(p.closed, tokens...)
	}
}

// services are WHOIS and RDAP of one world, with kept answers and a log.
type services struct {
	w     *world.World
	log   *strings.Builder
	whois string // where it listens
	rdap  *rdap.Handler
	page  http.Handler
}

func start(t *testing.T, w *world.World) services {
	t.Helper()
	s := services{w: w, log: new(strings.Builder)}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.Service.Pages = flow.NewPages(512 << 20)
	server := whois.New(whois.Config{Service: w.Service, Log: log})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Shutdown(t.Context()) })
	s.whois = l.Addr().String()
	if s.rdap, err = rdap.New(rdap.Config{Service: w.Service, Base: "https://rdap.example/rdap", Searches: true, Log: log}); err != nil {
		t.Fatal(err)
	}
	if s.page, err = pages.Lookup(pages.LookupConfig{Service: w.Service, Log: log}); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s services) askWHOIS(t *testing.T, query string) string {
	t.Helper()
	conn, err := net.Dial("tcp", s.whois)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.WriteString(conn, query+"\r\n")
	text, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (s services) askRDAP(path string) string {
	w := httptest.NewRecorder()
	s.rdap.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "https://rdap.example/rdap/"+path, nil))
	return w.Body.String()
}

func (s services) askPage(query string) string {
	w := httptest.NewRecorder()
	s.page.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?q="+query, nil))
	return w.Body.String()
}

// tokensIn returns the tokens of a text: nothing of a closed one may be in it, whatever it is part of. Some hundred million
// octets are looked at, so most are passed over without being looked up.
func tokensIn(text string, all map[string]int) map[string]int {
	found := map[string]int{}
	for i := 0; ; i++ {
		next := strings.Index(text[i:], "zz") // as every one begins that has letters
		if i += max(next, 0); next < 0 || i+16 > len(text) {
			break
		}
		if owner, ok := all[text[i:i+16]]; ok {
			found[text[i:i+16]] = owner
		}
	}
	digits := 0 // that stand one behind the other, up to here
	for i := range len(text) {
		if digits++; text[i] < '0' || text[i] > '9' {
			digits = 0
		}
		if digits < 11 {
			continue
		}
		if owner, ok := all[text[i-10:i+1]]; ok {
			found[text[i-10:i+1]] = owner
		}
	}
	return found
}

// tokens has every value of many contacts, each with the number of its contact.
type tokens struct{ closed, open map[string]int }

// populate makes many contacts of chance, and a name for each four of them.
func populate(t *testing.T, w *world.World, many int) (names []string, all tokens) {
	t.Helper()
	chance := rand.New(rand.NewPCG(7, 7))
	all = tokens{map[string]int{}, map[string]int{}}
	var commands []flow.Command
	for i := range many {
		p := newPerson(chance, fmt.Sprintf("P-%d", i))
		commands = append(commands, p.create)
		for _, text := range p.closed {
			all.closed[text] = i
		}
		for _, text := range p.open {
			all.open[text] = i
		}
	}
	together(t, w, commands)
	commands = nil
	for i := 0; i < many; i += 4 {
		id := func(k int) string { return fmt.Sprintf("P-%d", i+k) }
		names = append(names, fmt.Sprintf("name-%d.co", i))
		commands = append(commands, flow.DomainCreate{
			Name: world.Name(names[len(names)-1]), Registrant: id(0), AuthInfo: "secret",
			Contacts: []flow.Role{{Role: "admin", ID: id(1)}, {Role: "tech", ID: id(2)}, {Role: "billing", ID: id(3)}},
		})
	}
	together(t, w, commands)
	return names, all
}

// together runs commands that may share commits.
func together(t *testing.T, w *world.World, commands []flow.Command) {
	t.Helper()
	var running sync.WaitGroup
	next := make(chan flow.Command)
	for range 32 {
		running.Go(func() {
			for cmd := range next {
				if _, err := w.Run(world.Acme, cmd); err != nil {
					t.Errorf("%s: %v", cmd.Subject(), err)
				}
			}
		})
	}
	for _, cmd := range commands {
		next <- cmd
	}
	close(next)
	running.Wait()
}

// No value of a contact that its registrar has not opened is in any answer, log line or answer that is kept. Ten thousand
// contacts of chance, whose values are all different.
func TestNothingClosedIsTold(t *testing.T) {
	many := 10_000
	if pg.Is(t) { // above store the code is the same; these are still more than a statement reads at once
		many = 2000
	}
	w := world.New(t, noon)
	s := start(t, w)
	names, all := populate(t, w, many)
	told := map[string]bool{}
	look := func(what, text string) {
		for found, owner := range tokensIn(text, all.closed) {
			t.Errorf("%s has %q, which is closed, of P-%d", what, found, owner)
		}
		for found := range tokensIn(text, all.open) {
			told[found] = true
		}
	}
	for _, name := range names {
		look("WHOIS of "+name, s.askWHOIS(t, name))
		look("RDAP of "+name, s.askRDAP("domain/"+name))
		look("RDAP of "+name+" with JSContact", s.askRDAP("domain/"+name+"?jscard=1"))
		look("the lookup page of "+name, s.askPage(name))
	}
	for _, roid := range strings.Fields(w.Rows("SELECT roid FROM contact")) {
		look("RDAP of "+roid, s.askRDAP("entity/"+roid))
	}
	for _, search := range []string{"domains?name=name-1*", "domains?name=name-*&fieldSet=full", "entities?fn=*", "entities?handle=*"} {
		look(search, s.askRDAP(search))
	}
	findsNobody(t, s, all.closed)
	w.Service.Pages.Each(func(key flow.PageKey, page flow.Page) { look("the page "+key.Form+" "+key.ID, string(page.Body)) })
	if n := w.Service.Pages.Count().Pages; n < len(names) && !w.Postgres {
		t.Errorf("%d pages are kept, want %d at least: the test does not see them", n, len(names))
	}
	w.Service.Pages = nil
	w.Fault.After(0)
	look("WHOIS in a fault", s.askWHOIS(t, names[0]))
	w.Fault.Disarm()
	look("the log", s.log.String())
	if s.log.Len() == 0 {
		t.Error("the log is empty: the test does not see it")
	}
	if len(told) < len(all.open)/2 || len(all.closed) < 5*many {
		t.Errorf("of %d open values %d were told, and %d are closed: too few to tell", len(all.open), len(told), len(all.closed))
	}
	t.Logf("%d closed values, none of which is told; %d of %d open ones are", len(all.closed), len(told), len(all.open))
}

// findsNobody wants a search by what is closed to be answered like one by what nobody has, some hundred times.
func findsNobody(t *testing.T, s services, closed map[string]int) {
	t.Helper()
	const nobodys = "zzbbbbbbbbbbbbbb"
	most := 100
	for _, search := range []string{"entities?fn=%s", "entities?fn=%s*", "entities?handle=%s", "entities?handle=%s*", "entity/%s"} {
		want := s.askRDAP(fmt.Sprintf(search, nobodys))
		n := 0
		for text := range closed {
			if got := s.askRDAP(fmt.Sprintf(search, text)); got != want {
				t.Errorf("%s of %s, which is closed, is answered\n%s\nand of what nobody has\n%s", search, text, got, want)
			}
			if n++; n == most {
				break
			}
		}
	}
}

// What a viewer may see goes by who he is, and by nothing of the question.
func TestViewersSeeTheirs(t *testing.T) {
	w := world.New(t, noon)
	chance := rand.New(rand.NewPCG(1, 1))
	for _, who := range []registry.RegistrarID{world.Acme, world.Other} {
		p := newPerson(chance, "OF-"+string(who))
		p.create.Disclose = nil
		w.Do(who, p.create)
	}
	w.Do(world.Acme, flow.DomainCreate{
		Name: world.Name("shop.co"), Registrant: "OF-H1001", AuthInfo: "secret",
		Contacts: []flow.Role{{Role: "admin", ID: "OF-H1002"}, {Role: "tech", ID: "OF-H1001"}},
	})
	for _, test := range []struct {
		name   string
		viewer flow.Viewer
		open   string // the roles that he sees
	}{
		{"anybody", flow.Viewer{}, ""},
		{"the sponsor", flow.Viewer{Kind: flow.ByRegistrar, Registrar: world.Acme}, "registrant tech"},
		{"the sponsor of a contact", flow.Viewer{Kind: flow.ByRegistrar, Registrar: world.Other}, "admin"},
		{"another registrar", flow.Viewer{Kind: flow.ByRegistrar, Registrar: world.Deleter}, ""},
		{"no registrar", flow.Viewer{Kind: flow.ByRegistrar}, ""},
		{"a registrar that has said its id alone", flow.Viewer{Registrar: world.Acme}, ""},
		{"the operator", flow.Viewer{Kind: flow.ByOperator, Purpose: "a complaint"}, "registrant admin tech"},
		{"an authority", flow.Viewer{Kind: flow.ByAuthority, Purpose: "case 7"}, "registrant admin tech"},
	} {
		reply, err := w.Ask("", flow.DomainLookup{Name: world.Name("shop.co"), Viewer: test.viewer})
		if err != nil {
			t.Fatal(err)
		}
		var open []string
		for _, p := range reply.(flow.DomainFound).People {
			whole := p.Name.Open && p.Org.Open && p.Address.Open && p.Voice.Open && p.Fax.Open && p.Email.Open && p.Handle != ""
			none := p.Role
			if p.Role = ""; !whole && fmt.Sprint(p) != fmt.Sprint(flow.Person{}) {
				t.Errorf("%s sees a part of %s: %+v", test.name, none, p)
			}
			if whole {
				open = append(open, none)
			}
		}
		if got := strings.Join(open, " "); got != test.open {
			t.Errorf("%s sees %q, want %q", test.name, got, test.open)
		}
	}
}
