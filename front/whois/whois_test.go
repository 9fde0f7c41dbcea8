package whois_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/whois"
	"example.org/dorado/test/world"
)

const noon = "2026-03-01T12:00:00Z"

const footer = ">>> Last update of WHOIS database: 2026-03-01T12:00:00.0Z <<<\n"

// closed is the block of a contact of which nothing is open.
func closed(prefix string) string {
	var b strings.Builder
	b.WriteString("Registry " + prefix + " ID: REDACTED FOR PRIVACY\n")
	for _, key := range []string{
		"Name", "Organization", "Street", "City", "State/Province", "Postal Code", "Country",
		"Phone", "Phone Ext", "Fax", "Fax Ext", "Email",
	} {
		b.WriteString(prefix + " " + key + ": REDACTED FOR PRIVACY\n")
	}
	return b.String()
}

// A whole record, as it goes out but for the CRs.
func TestRecord(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net")
	w.Host(world.Acme, "ns2.example.net")
	openContact(w)
	w.Contact(world.Acme, "SH-2")
	w.Do(world.Acme, flow.DomainCreate{
		Name: world.Name("xn--caf-dma.co"), Nameservers: world.Names("ns2.example.net", "ns1.example.net"),
		Registrant: "SH-1", AuthInfo: "secret",
		DS:       []registry.DSRecord{{DS: registry.DS{KeyTag: 1, Algorithm: 13, DigestType: 2, Digest: strings.Repeat("AB", 32)}}},
		Contacts: []flow.Role{{Role: "admin", ID: "SH-2"}, {Role: "tech", ID: "SH-1"}, {Role: "billing", ID: "SH-2"}},
	})
	s := whois.New(whois.Config{Service: w.Service})
	block := func(prefix string) string {
		return strings.ReplaceAll(`Registry * ID: C1-CO
* Name: Jane Roe
* Organization: REDACTED FOR PRIVACY
* Street: 1 Main St Domain Status: ok
* Street: Suite 2
* City: Bogotá
* State/Province:
* Postal Code: 110221
* Country: CO
* Phone: +57.6015550100
* Phone Ext: 12
* Fax: REDACTED FOR PRIVACY
* Fax Ext: REDACTED FOR PRIVACY
* Email: jane@example.com
`, "*", prefix)
	}
	want := `Domain Name: xn--caf-dma.co
Internationalized Domain Name: café.co
Registry Domain ID: D3-CO
Registrar WHOIS Server:
Registrar URL: https://h1001.example/
Updated Date: 2026-03-01T12:00:00.0Z
Creation Date: 2026-03-01T12:00:00.0Z
Registry Expiry Date: 2027-03-01T23:59:59.0Z
Registrar: Registrar H1001
Registrar IANA ID: 9001
Domain Status: addPeriod
` + block("Registrant") + closed("Admin") + closed("Billing") + block("Tech") + `Name Server: ns2.example.net
Name Server: ns1.example.net
DNSSEC: signedDelegation
Registrar Abuse Contact Email: abuse@h1001.example
` + footer
	for _, query := range []string{"xn--caf-dma.co", "XN--CAF-DMA.CO.", "café.co", "CAFÉ.co", " Cafe\u0301.Co. "} {
		got := s.Answer(query)
		if strings.Count(got, "\n") != strings.Count(got, "\r\n") {
			t.Errorf("%q: a line does not end in CR LF", query)
		}
		got = roids(strings.ReplaceAll(got, "\r", ""))
		if diff := cmp.Diff(roids(want), got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", query, diff)
		}
	}
}

// roids makes every ROID of one kind the same: the store counts them as it likes.
func roids(text string) string {
	words := strings.SplitAfter(text, "\n")
	for i, line := range words {
		if key, value, found := strings.Cut(line, " ID: "); found && strings.HasSuffix(value, "-CO\n") {
			words[i] = key + " ID: " + value[:1] + "n-CO\n"
		}
	}
	return strings.Join(words, "")
}

// openContact makes SH-1, of which the address and the name are open in the local form only, and
// which tries to look like another field.
//
// Its street has a line separator in it, as only a contact that was stored before there was a rule can.
func openContact(w *world.World) {
	w.Do(world.Acme, flow.ContactCreate{
		ID: "SH-1", Email: "jane@example.com", AuthInfo: "secret",
		Voice: &registry.Phone{Number: "+57.6015550100", Extension: "12"},
		Fax:   &registry.Phone{Number: "+57.6015550199"},
		Int: &registry.Postal{
			Name: "International", Org: "Org", Street: []string{"Int"}, City: "Bogota", Postcode: "1", Country: "US",
		},
		Loc: &registry.Postal{
			Name: "Jane Roe", Org: "Org", Street: []string{"1 Main St~Domain Status: ok", "Suite 2"},
			City: "Bogotá", Postcode: "110221", Country: "CO",
		},
		Disclose: []flow.DiscloseEdit{
			{What: registry.DiscloseNameLoc, Open: true},
			{What: registry.DiscloseAddrLoc, Open: true},
			{What: registry.DiscloseVoice, Open: true},
			{What: registry.DiscloseEmail, Open: true},
		},
	})
	w.Exec(`UPDATE contact SET body = replace(body, '~', '\u2028') WHERE id_key = 'sh-1'`)
}

// The statuses over the life of one name. Decisions 6.3.
func TestStatuses(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net")
	w.Domain(world.Acme, "shop.co", "ns1.example.net")
	s := whois.New(whois.Config{Service: w.Service})
	update := func(add, remove flow.DomainEdit) {
		w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: add, Remove: remove})
	}
	locked := flow.DomainEdit{Statuses: []registry.Status{registry.ClientTransferProhibited}}
	hosts := flow.DomainEdit{Nameservers: world.Names("ns1.example.net")}
	for _, step := range []struct {
		name string
		do   func()
		want string
	}{
		{"registered", func() {}, "addPeriod"},
		{"locked", func() { update(locked, flow.DomainEdit{}) }, "addPeriod clientTransferProhibited"},
		{"after add grace", func() { w.At("2026-03-06T12:00:00Z") }, "clientTransferProhibited"},
		{"unlocked", func() { update(flow.DomainEdit{}, locked) }, "ok"},
		{"renewed", func() {
			w.Do(world.Acme, flow.DomainRenew{Name: world.Name("shop.co"), CurrentExpiry: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), Years: 1})
		}, "renewPeriod"},
		{"auto-renewed", func() { w.At("2028-03-02T00:00:00Z") }, "renewPeriod"},
		{"without name servers", func() { update(flow.DomainEdit{}, hosts) }, "inactive renewPeriod"},
		{"with one again, and time", func() { update(hosts, flow.DomainEdit{}); w.At("2028-06-01T00:00:00Z") }, "ok"},
		{"deleted", func() { w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.co")}) }, "redemptionPeriod"},
		{"at the end of redemption", func() { w.At("2028-06-30T23:59:59Z") }, "redemptionPeriod"},
		{"in pending delete", func() { w.At("2028-07-01T00:00:00Z") }, "pendingDelete"},
	} {
		step.do()
		if got := strings.Join(fields(s.Answer("shop.co"), "Domain Status"), " "); got != step.want {
			t.Errorf("%s: the statuses are %q, want %q", step.name, got, step.want)
		}
	}
	w.At("2028-07-07T00:00:00Z")
	if got := s.Answer("shop.co"); !strings.HasPrefix(got, "NOT FOUND\r\n>>> Last update") {
		t.Errorf("purged: %q", got)
	}
}

func fields(record, key string) []string {
	var values []string
	for line := range strings.SplitSeq(record, "\r\n") {
		if k, v, ok := strings.Cut(line, ": "); ok && k == key {
			values = append(values, v)
		}
	}
	return values
}

func TestRefusedQueries(t *testing.T) {
	w := world.New(t, noon)
	s := whois.New(whois.Config{Service: w.Service})
	for _, test := range []struct{ name, query, says string }{
		{"nothing", "", "the query is empty"},
		{"space", " \t ", "the query is empty"},
		{"bad UTF-8", "caf\xe9.co", "the query is not UTF-8"},
		{"NUL", "shop\x00.co", "control characters"},
		{"an escape sequence", "\x1b[2Jshop.co", "control characters"},
		{"a C1 control", "shop\u0085.co", "control characters"},
		{"no name server", " NameServer ", "nameserver needs a host name or an IP address behind it"},
		{"no registrar", "registrar", "registrar needs an id or a whole name behind it"},
		{"no domain", "domain =", "domain needs a domain name behind it"},
		{"two name servers", "nameserver ns1.shop.co ns2.shop.co", "more than one word"},
		{"two names", "shop.co bar.co", "more than one word"},
		{"two names of one kind", "domain shop.co bar.co", "more than one word"},
		{"objects of RIPE", "-T inetnum 192.0.2.0", "takes no options but -T dn"},
		{"an option alone", "-T", "takes no options but -T dn"},
		{"another option", "-B shop.co", "takes no options but -T dn"},
		{"a dash", "- shop.co", "takes no options but -T dn"},
		{"another character set", "-C latin1 shop.co", "answers are in UTF-8"},
		{"an empty label", "shop..co", "this is no domain name"},
		{"a bad A-label", "xn--0.co", "this is no domain name"},
		{"another's name", "example.com", "not one label below our zones"},
		{"too deep", "www.shop.co", "not one label below our zones; ask for shop.co"},
		{"too deep for a domain", "domain www.shop.com.co", "not one label below our zones; ask for shop.com.co"},
		{"no zone", "cafeazul", "put one of ours behind it (co, com.co"},
		{"no zone, told what a name server is asked with", "cafeazul", "such as cafeazul.co; ask for a name server with nameserver NAME"},
		{"no zone, of a domain", "domain cafeazul", "such as cafeazul.co"},
		{"no host", "host", "host needs a host name or an IP address behind it"},
	} {
		got := s.Answer(test.query)
		if !strings.HasPrefix(got, "ERROR: ") || !strings.Contains(got, test.says) ||
			strings.Count(got, "\n") != 1 || !strings.HasSuffix(got, "\r\n") {
			t.Errorf("%s: the answer is %q, want one line of ERROR: … %s …", test.name, got, test.says)
		}
	}
}

// A fault is told to nobody but the log.
func TestFault(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co") // of a free name the store knows without the database
	var log strings.Builder
	s := whois.New(whois.Config{Service: w.Service, Log: logTo(&log)})
	w.Fault.After(0)
	if got := s.Answer("shop.co"); got != "ERROR: the registry cannot answer now; try again later\r\n" {
		t.Errorf("the answer is %q", got)
	}
	w.Fault.Disarm()
	if !strings.Contains(log.String(), world.ErrFault.Error()) {
		t.Errorf("the log is %q", log.String())
	}
}

// A registry whose database is away is not broken: the client is told that it is away for a time.
func TestUnavailable(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	var log strings.Builder
	s := whois.New(whois.Config{Service: w.Service, Log: logTo(&log)})
	if err := w.DB.Close(); err != nil {
		t.Fatal(err)
	}
	if got := s.Answer("shop.co"); got != "ERROR: the registry is temporarily unavailable; try again later\r\n" {
		t.Errorf("the answer is %q", got)
	}
	if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "the database is closed") {
		t.Errorf("the log is %q", log.String())
	}
}

func TestReadLine(t *testing.T) {
	for _, test := range []struct{ name, sent, want, err string }{
		{"CR LF", "shop.co\r\n", "shop.co", ""},
		{"LF", "shop.co\n", "shop.co", ""},
		{"the end", "shop.co", "shop.co", ""},
		{"more follows", "shop.co\r\nbar.co\r\n", "shop.co", ""},
		{"nothing", "", "", "EOF"},
		{"an empty line", "\r\n", "", ""},
		{"as long as may be", strings.Repeat("a", 16) + "\r\n", strings.Repeat("a", 16), ""},
		{"too long", strings.Repeat("a", 17) + "\r\n", "", "the query is too long; send one domain name and CR LF, or help"},
		{"without end", strings.Repeat("a", 1000), "", "the query is too long; send one domain name and CR LF, or help"},
	} {
		for how, r := range map[string]io.Reader{
			"at once": strings.NewReader(test.sent), "by octets": iotest.OneByteReader(strings.NewReader(test.sent)),
		} {
			got, err := whois.ReadLine(r, 16)
			if got != test.want || err == nil && test.err != "" || err != nil && err.Error() != test.err {
				t.Errorf("%s, %s: readLine = %q, %v; want %q, %q", test.name, how, got, err, test.want, test.err)
			}
		}
	}
}

func TestServe(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	s := whois.New(whois.Config{Service: w.Service, Deadline: 5 * time.Second})
	address := listen(t, s)
	for _, test := range []struct{ name, sent, begins string }{
		{"a record", "shop.co\r\n", "Domain Name: shop.co\r\n"},
		{"a long query", strings.Repeat("x", 100_000) + "\r\n", "ERROR: the query is too long"},
		{"octets after the query", "none.co\r\n" + strings.Repeat("x", 10_000), "NOT FOUND\r\n"},
	} {
		if got := exchange(t, address, test.sent); !strings.HasPrefix(got, test.begins) {
			t.Errorf("%s: the answer begins %.60q, want %q", test.name, got, test.begins)
		}
	}
}

// A connection above the limit of its address is told so, and Shutdown waits for no idle one.
func TestConnectionLimit(t *testing.T) {
	s := whois.New(whois.Config{Service: world.New(t, noon).Service, ConnectionsPerAddress: 1})
	address := listen(t, s)
	idle := dial(t, address)
	if got := exchange(t, address, ""); !strings.HasPrefix(got, "ERROR: too many connections") {
		t.Errorf("above the limit: %q", got)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown with an idle connection: %v", err)
	}
	if rest, err := io.ReadAll(idle); len(rest) > 0 || err != nil {
		t.Errorf("the idle connection got %q, %v", rest, err)
	}
}

// Somebody who sends no query is let go.
func TestDeadline(t *testing.T) {
	w := world.New(t, noon)
	s := whois.New(whois.Config{Service: w.Service, Deadline: 20 * time.Millisecond})
	conn := dial(t, listen(t, s))
	if _, err := io.WriteString(conn, "shop"); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(conn); len(got) > 0 || err != nil {
		t.Errorf("half a query got %q, %v; want the end", got, err)
	}
}

// exchange sends and reads to the end.
func exchange(t *testing.T, address, sent string) string {
	t.Helper()
	conn := dial(t, address)
	_, _ = io.WriteString(conn, sent)
	got, err := io.ReadAll(conn)
	if err != nil {
		t.Errorf("after %q: %v", got, err)
	}
	return string(got)
}

func listen(t *testing.T, s *whois.Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return l.Addr().String()
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// Whatever is asked, the answer is whole lines of printable UTF-8, and a name that is understood
// is in canonical form.
func FuzzQuery(f *testing.F) {
	s := whois.New(whois.Config{Service: world.New(f, noon).Service})
	for _, seed := range []string{
		"shop.co\r\n", "CAFÉ.co.\n", "nameserver x\r\n", "\x00\xff\r\n", "xn--caf-dma.co", "192.0.2.1\n", "registrar =H1001\r\n",
		"-T dn,ace =shop.co\n", "-C utf-8 domain =SHOP.co.\r\n", "nameserver 2001:db8::1\n", "registrar Registrar H1002\n", "?\n", "-\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		line, err := whois.ReadLine(strings.NewReader(sent), 512)
		if err != nil {
			return
		}
		if form, id, err := whois.Parse(line); err == nil && form == "whois/domain" {
			name := names.MustParse(id).Unicode()
			if _, again, err := whois.Parse("domain " + name); err != nil || again != id {
				t.Errorf("%q is %s, but its Unicode form %q is %s, %v", line, id, name, again, err)
			}
		}
		answer := s.Answer(line)
		lines := strings.Split(answer, "\r\n")
		if lines[len(lines)-1] != "" || slices.ContainsFunc(lines, func(l string) bool {
			return strings.ContainsFunc(l, func(r rune) bool { return r < 0x20 || r == 0x7F || r == '\uFFFD' })
		}) {
			t.Errorf("%q is answered %q", line, answer)
		}
	})
}

func logTo(b *strings.Builder) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

// A name without DS says so.
func TestUnsigned(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	got := whois.New(whois.Config{Service: w.Service}).Answer("shop.co")
	if !strings.Contains(got, "\r\nDNSSEC: unsignedDelegation\r\n") {
		t.Errorf("a name without DS is answered\n%s", got)
	}
}
