package whois_test

import (
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/whois"
	"example.org/dorado/test/world"
)

// inhabited is a world in which every form of a query finds something.
func inhabited(t *testing.T) *world.World {
	t.Helper()
	w := world.New(t, noon)
	w.Domain(world.Acme, "xn--caf-dma.co")
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1", "2001:db8::1")
	w.Host(world.Acme, "ns2.shop.co", "192.0.2.1")
	w.Host(world.Other, "ns1.example.net")
	w.Do(world.Acme, flow.DomainUpdate{
		Name: world.Name("shop.co"), Add: flow.DomainEdit{Nameservers: world.Names("ns1.shop.co", "ns1.example.net")},
	})
	w.Do("", flow.RegistrarSet{
		Act: flow.Act{Registrar: world.Acme, Author: "ana", Reason: "it asked"},
		Postal: flow.PostalSet{
			Street: &[]string{"Calle 1 # 2-3", "Piso 4"}, City: new("Bogotá"), Province: new("DC"), Postcode: new("110111"), Country: new("CO"),
		},
		TradingName: new("Acme Names"),
	})
	return w
}

const hostOne = `Server Name: ns1.shop.co
IPv4 Address: 192.0.2.1
IPv6 Address: 2001:db8::1
Status: LINKED
Sponsoring Registrar: Registrar H1001
Creation Date: 2026-03-01T12:00:00.0Z
Referral URL: https://h1001.example/
`

const hostTwo = `Server Name: ns2.shop.co
IPv4 Address: 192.0.2.1
Status: INACTIVE
Sponsoring Registrar: Registrar H1001
Creation Date: 2026-03-01T12:00:00.0Z
Referral URL: https://h1001.example/
`

const outside = `Server Name: ns1.example.net
Status: LINKED
Sponsoring Registrar: Registrar H1002
Creation Date: 2026-03-01T12:00:00.0Z
Referral URL: https://h1002.example/
`

const acme = `Registrar ID: H1001
Registrar Name: Registrar H1001
Postal Address: Calle 1 # 2-3, Piso 4, 110111 Bogotá, DC, CO
Telephone Number: +57.6015550100
Email Address: hostmaster@h1001.example
Website URL: https://h1001.example/
Administrative Contact: hostmaster@h1001.example
IANA ID: 9001
Last Updated Date: 2026-03-01T12:00:00.0Z
`

// Every form of a query. Manual 7.2; what clients of other registries put before a name.
func TestForms(t *testing.T) {
	w := inhabited(t)
	s := whois.New(whois.Config{Service: w.Service})
	for _, test := range []struct{ query, want string }{
		{"nameserver ns1.shop.co", hostOne + footer},
		{"NameServer NS1.Shop.CO.", hostOne + footer},
		{"nameserver =ns1.shop.co", hostOne + footer},
		{"nameserver ns1.example.net", outside + footer},
		{"nameserver ns9.shop.co", "NOT FOUND\n" + footer},
		{"host ns1.shop.co", hostOne + footer},
		{"Host 2001:db8::1", hostOne + footer},
		{"host ns9.shop.co", "NOT FOUND\n" + footer},
		{"ns1.shop.co", hostOne + footer},
		{"NS1.Shop.CO.", hostOne + footer},
		{"ns1.example.net", outside + footer},
		{"ns9.shop.co", "ERROR: ns9.shop.co is below a registration, not one label below our zones; ask for shop.co, or for a name server with nameserver NAME\n"},
		{"domain ns1.shop.co", "ERROR: ns1.shop.co is below a registration, not one label below our zones; ask for shop.co, or for a name server with nameserver NAME\n"},
		{"com.co", "NOT FOUND\n" + footer},
		{"192.0.2.1", hostOne + "\n" + hostTwo + footer},
		{"::ffff:192.0.2.1", hostOne + "\n" + hostTwo + footer},
		{"nameserver 192.0.2.1", hostOne + "\n" + hostTwo + footer},
		{"2001:DB8:0::1", hostOne + footer},
		{"2001:db8::2", "NOT FOUND\n" + footer},
		{"registrar H1001", acme + footer},
		{"REGISTRAR h1001", acme + footer},
		{"registrar 9001", acme + footer},
		{"registrar  registrar   h1001 ", acme + footer},
		{"registrar ACME names", acme + footer},
		{"registrar =H1001", acme + footer},
		{"registrar H10", "NOT FOUND\n" + footer},
		{"registrar +9001", "NOT FOUND\n" + footer},
		{"registrar 09001", "NOT FOUND\n" + footer},
		{"registrar 0", "NOT FOUND\n" + footer},
		{"domain free.co", "NOT FOUND\n" + footer},
	} {
		if diff := cmp.Diff(test.want, strings.ReplaceAll(s.Answer(test.query), "\r", "")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.query, diff)
		}
	}
	for _, query := range []string{
		"domain shop.co", "DOMAIN Shop.CO.", "=shop.co", "domain =shop.co", "-T dn shop.co", "-T dn,ace shop.co", "-Tdn shop.co",
		"-C UTF-8 -T dn,ace shop.co", "-V Md5.5 shop.co", "\tshop.co\t",
	} {
		if got := s.Answer(query); got != s.Answer("shop.co") {
			t.Errorf("%q is answered\n%s", query, got)
		}
	}
	for _, query := range []string{"help", " HELP ", "?"} {
		if got := s.Answer(query); !strings.Contains(got, "\r\n  registrar ID") || !strings.HasSuffix(got, "\r\n") {
			t.Errorf("%q is answered\n%s", query, got)
		}
	}
}

// Whoever asks first for what is written alike settles nothing for others: the answer that is kept is that of the very words.
// A node among others keeps no answer while it is not sure to have heard of all changes, as in its first moments and when it
// gets no time to listen; so what is asked is asked until some answers were kept ones.
func TestKeptRegistrars(t *testing.T) {
	w := inhabited(t)
	const patience = 20 * time.Second
	for deadline := time.Now().Add(patience); ; {
		w.Service.Pages = flow.NewPages(1 << 20)
		s := whois.New(whois.Config{Service: w.Service})
		for _, first := range []string{"registrar Reg\u0130strar H1001", "registrar reg\u0131strar H1001", "registrar REGISTRAR-H1001"} {
			for range 2 {
				if got := s.Answer(first); !strings.HasPrefix(got, "NOT FOUND") {
					t.Errorf("%q is answered\n%s", first, got)
				}
			}
			for _, query := range []string{"registrar registrar h1001", "registrar Registrar H1001"} {
				if diff := cmp.Diff(acme+footer, strings.ReplaceAll(s.Answer(query), "\r", "")); diff != "" {
					t.Errorf("%q after %q (-want +got):\n%s", query, first, diff)
				}
			}
		}
		switch {
		case w.Service.Pages.Count().Found > 0:
			return
		case !w.Postgres:
			t.Fatal("nothing is kept")
		case time.Now().After(deadline):
			t.Fatalf("nothing is kept for %s", patience)
		}
	}
}

// A bare name is asked of the hosts under a key of its own, and follows them: it is not NOT FOUND, nor is the other its advice.
func TestKeptBareNames(t *testing.T) {
	w := inhabited(t)
	w.Service.Pages = flow.NewPages(1 << 20)
	s := whois.New(whois.Config{Service: w.Service})
	for range 2 {
		if got := s.Answer("ns9.shop.co"); !strings.HasPrefix(got, "ERROR: ns9.shop.co is below a registration") {
			t.Errorf("a bare name without a host is answered\n%s", got)
		}
		if got := s.Answer("nameserver ns9.shop.co"); !strings.HasPrefix(got, "NOT FOUND") {
			t.Errorf("a name server that is not there is answered\n%s", got)
		}
	}
	w.Host(world.Acme, "ns9.shop.co", "192.0.2.9")
	for _, query := range []string{"ns9.shop.co", "nameserver ns9.shop.co", "host ns9.shop.co"} {
		if got := s.Answer(query); !strings.HasPrefix(got, "Server Name: ns9.shop.co\r\n") {
			t.Errorf("%s, after the host was made, is answered\n%s", query, got)
		}
	}
}

// More hosts with an address than one answer has: it says what to send for the next ones, and that shows them.
func TestManyHosts(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	for i := range 51 {
		w.Host(world.Acme, fmt.Sprintf("ns%d.shop.co", i), "192.0.2.1")
	}
	s := whois.New(whois.Config{Service: w.Service})
	got := s.Answer("192.0.2.1")
	_, next, more := strings.Cut(got, "% More name servers have this address; for the next send: ")
	if n := strings.Count(got, "Server Name: "); n != 50 || !more {
		t.Fatalf("%d hosts are shown:\n%s", n, got)
	}
	next, _, _ = strings.Cut(next, "\r\n")
	for _, query := range []string{next, "nameserver " + next, strings.ToLower(next), "host ::ffff:" + strings.ToUpper(next)} {
		rest := s.Answer(query)
		name, _, _ := strings.Cut(strings.TrimPrefix(rest, "Server Name: "), "\r\n")
		if strings.Count(rest, "Server Name: ") != 1 || strings.Contains(got, name+"\r\n") || strings.Contains(rest, "% More") {
			t.Errorf("%s is answered\n%s", query, rest)
		}
	}
	for query, want := range map[string]string{
		"192.0.2.1 after H9999999999-CO":             "NOT FOUND",
		"192.0.2.1 after":                            "ERROR: the query has more than one word",
		"192.0.2.1 behind H1-CO":                     "ERROR: the query has more than one word",
		"192.0.2.1 after H1-CO H2-CO":                "ERROR: the query has more than one word",
		"192.0.2.1 after H1';DROP":                   "ERROR: the query has more than one word",
		"shop.co after H1-CO":                        "ERROR: the query has more than one word",
		"192.0.2.1 after " + strings.Repeat("H", 90): "ERROR: the query has more than one word",
	} {
		if rest := s.Answer(query); !strings.HasPrefix(rest, want) {
			t.Errorf("%s is answered\n%s\nwant %s", query, rest, want)
		}
	}
}

// Debian's client shows what the server says, whatever the form of the query.
func TestDebianClient(t *testing.T) {
	client, err := exec.LookPath("whois")
	if err != nil {
		t.Skip("there is no whois: apt-get install whois")
	}
	w := inhabited(t)
	s := whois.New(whois.Config{Service: w.Service})
	host, port, err := net.SplitHostPort(listen(t, s))
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		"shop.co", "SHOP.CO.", "domain shop.co", "café.co", "xn--caf-dma.co", "free.co", "nameserver ns1.shop.co", "192.0.2.1", "2001:db8::1",
		"registrar H1001", "registrar Registrar H1001", "=shop.co", "-T dn shop.co", "help", "www.shop.co",
	} {
		cmd := exec.Command(client, "-h", host, "-p", port, "--", query)
		cmd.Env = append(cmd.Environ(), "LC_ALL=C.UTF-8")
		got, err := cmd.CombinedOutput()
		want := strings.ReplaceAll(s.Answer(query), "\r\n", "\n")
		if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(strings.ReplaceAll(string(got), "\r", ""))); diff != "" {
			t.Errorf("whois %q: %v (-want +got):\n%s", query, err, diff)
		}
	}
}

// What is kept is shown with the instant of each answer, and follows every change.
func TestKeptAnswers(t *testing.T) {
	w := inhabited(t)
	w.Service.Pages = flow.NewPages(1 << 20)
	s := whois.New(whois.Config{Service: w.Service})
	queries := []string{"shop.co", "café.co", "free.co", "nameserver ns1.shop.co", "registrar H1001"}
	first := map[string]string{}
	for _, query := range queries {
		first[query] = s.Answer(query)
	}
	w.Pass(time.Second)
	for _, query := range queries {
		want := strings.Replace(first[query], "database: 2026-03-01T12:00:00.0Z", "database: 2026-03-01T12:00:01.0Z", 1)
		if got := s.Answer(query); got != want || got == first[query] {
			t.Errorf("%s: a second later it is\n%s\nwant\n%s", query, got, want)
		}
	}
	if n := w.Service.Pages.Count(); n.Found == 0 && !w.Postgres {
		t.Errorf("nothing was kept: %+v", n)
	}
	w.Do("", flow.RegistrarSet{Act: flow.Act{Registrar: world.Acme, Author: "ana", Reason: "it asked"}, Abuse: new("new@h1001.example")})
	for _, query := range []string{"shop.co", "café.co"} {
		if got := s.Answer(query); !strings.Contains(got, "Registrar Abuse Contact Email: new@h1001.example\r\n") {
			t.Errorf("%s: after the registrar was changed it is\n%s", query, got)
		}
	}
	w.Do(world.Acme, flow.DomainCreate{
		Name: world.Name("free.co"), Registrant: "X-H1001", AuthInfo: "secret",
		Contacts: []flow.Role{{Role: "admin", ID: "X-H1001"}, {Role: "tech", ID: "X-H1001"}},
	})
	if got := s.Answer("free.co"); !strings.HasPrefix(got, "Domain Name: free.co\r\n") {
		t.Errorf("a name that was registered just now is\n%s", got)
	}
	w.Do(world.Acme, flow.DomainUpdate{
		Name: world.Name("shop.co"), Remove: flow.DomainEdit{Nameservers: world.Names("ns1.shop.co")},
		Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}},
	})
	if got := s.Answer("shop.co"); !strings.Contains(got, "Domain Status: clientHold\r\n") || strings.Contains(got, "ns1.shop.co") {
		t.Errorf("after an update it is\n%s", got)
	}
	if got := s.Answer("nameserver ns1.shop.co"); !strings.Contains(got, "Status: INACTIVE\r\n") {
		t.Errorf("a host without its last name is\n%s", got)
	}
}
