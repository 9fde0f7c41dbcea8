package rdap_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/rdap"
	"example.org/dorado/test/world"
)

const noon = "2026-03-01T12:00:00Z"

var update = flag.Bool("update", false, "rewrite the golden files")

func newHandler(t testing.TB, c rdap.Config) http.Handler {
	t.Helper()
	c.Base, c.Searches, c.Refusal = "https://rdap.example/rdap", true, time.Microsecond
	h, err := rdap.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// get asks for a path below the base.
func get(h http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, "https://rdap.example/rdap/"+path, nil))
	return w
}

// shops is a world with a name of which nothing is open, and one of which everything is.
func shops(t testing.TB) *world.World {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1", "2001:db8::1")
	w.Do(world.Acme, flow.DomainUpdate{
		Name: world.Name("shop.co"), Add: flow.DomainEdit{Nameservers: world.Names("ns1.shop.co", "ns.example.net")},
	})
	create := flow.ContactCreate{
		ID: "OPEN", Email: "jane@example.com", AuthInfo: "secret",
		Voice: &registry.Phone{Number: "+57.6015550100", Extension: "12"},
		Loc: &registry.Postal{
			Name: "Jane Roe", Org: "Org", Street: []string{"1 Main St", "Suite 2"},
			City: "Bogotá", Postcode: "110221", Country: "CO",
		},
	}
	for _, what := range registry.Disclosures() {
		create.Disclose = append(create.Disclose, flow.DiscloseEdit{What: what, Open: true})
	}
	w.Do(world.Acme, create)
	w.Do(world.Acme, flow.DomainCreate{
		Name: world.Name("xn--caf-dma.com.co"), Registrant: "OPEN", AuthInfo: "secret",
		DS: []registry.DSRecord{{DS: registry.DS{KeyTag: 12345, Algorithm: 13, DigestType: 2, Digest: strings.Repeat("AB", 32)}}},
		Contacts: []flow.Role{
			{Role: "admin", ID: "OPEN"}, {Role: "billing", ID: "OPEN"}, {Role: "tech", ID: "OPEN"}, {Role: "tech", ID: "X-H1001"},
		},
	})
	return w
}

// The whole answers, as files: -update rewrites them. They were held to ICANN's schemas.
func TestGolden(t *testing.T) {
	w := shops(t)
	h := newHandler(t, rdap.Config{Service: w.Service, Port43: "whois.example"})
	open := strings.TrimSpace(w.Rows("SELECT roid FROM contact WHERE id = 'OPEN'"))
	for _, test := range []struct{ file, path string }{
		{"closed.json", "domain/shop.co"},
		{"open.json", "domain/caf%C3%A9.com.co"},
		{"nameserver.json", "nameserver/ns1.shop.co"},
		{"registrar.json", "entity/9001"},
		{"contact.json", "entity/CONTACT"},
		{"jscard.json", "domain/caf%C3%A9.com.co?jscard=1"},
		{"closed_jscard.json", "domain/shop.co?jscard=1"},
		{"domains.json", "domains?name=sho*&count=true"},
		{"domains_full.json", "domains?name=sho*&fieldSet=full"},
		{"domains_id.json", "domains?name=sho*&fieldSet=id"},
		{"nameservers.json", "nameservers?name=ns1*"},
		{"entities.json", "entities?fn=registrar%20h100*"},
		{"help.json", "help"},
		{"missing.json", "domain/none.co"},
	} {
		got := regexp.MustCompile(`([DCH])\d+-CO\b`).ReplaceAllString(indented(t, get(h, "GET", strings.Replace(test.path, "CONTACT", open, 1)).Body.Bytes()), "${1}1-CO")
		file := filepath.Join("testdata", test.file)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.path, diff)
		}
	}
}

// A suspended name is what it was, and a remark says what no status can. Policies of 2011.
func TestSuspended(t *testing.T) {
	w := shops(t)
	old, err := policy.BuiltIn("co-2011")
	if err != nil {
		t.Fatal(err)
	}
	w.Service.Profile = w.Service.Profile.Follow(world.Name("co"), old, w.Now(), "a test")
	h := newHandler(t, rdap.Config{Service: w.Service})
	remarks := func() string {
		var answer struct {
			Remarks, Nameservers []json.RawMessage
			Status               []string
		}
		if err := json.Unmarshal(get(h, "GET", "domain/shop.co").Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		if len(answer.Nameservers) != 2 || !slices.Equal(answer.Status, []string{"active"}) {
			t.Errorf("it has the name servers %s and the statuses %s", answer.Nameservers, answer.Status)
		}
		return string(bytes.Join(raw(answer.Remarks), nil))
	}
	for at, want := range map[string]string{
		"2027-03-01T23:59:58Z": "",
		"2027-03-01T23:59:59Z": `{"title":"Suspended","description":["The registration expired on 2027-03-01T23:59:59Z and waits for its renewal until 2027-04-15T23:59:59Z.","Its name servers are not in the zone meanwhile."]}`,
	} {
		w.At(at)
		if got := remarks(); got != want {
			t.Errorf("at %s it says %s, want %s", at, got, want)
		}
	}
}

func raw(list []json.RawMessage) [][]byte {
	bytes := make([][]byte, len(list))
	for i, m := range list {
		bytes[i] = m
	}
	return bytes
}

func indented(t *testing.T, body []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, body, "", " "); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return out.String()
}

func TestStatusCodes(t *testing.T) {
	h := newHandler(t, rdap.Config{Service: shops(t).Service})
	for _, test := range []struct {
		name, method, path string
		want               int
	}{
		{"a name", "GET", "domain/shop.co", 200},
		{"in capitals", "GET", "domain/SHOP.co", 200},
		{"with a final dot", "GET", "domain/shop.co.", 200},
		{"an A-label", "GET", "domain/XN--caf-dma.com.co", 200},
		{"a U-label", "GET", "domain/CAF%C3%89.com.co", 200},
		{"an unknown parameter", "GET", "domain/shop.co?x=%3Cscript%3E", 200},
		{"HEAD", "HEAD", "domain/shop.co", 200},
		{"help", "GET", "help", 200},
		{"not registered", "GET", "domain/none.co", 404},
		{"not registered, HEAD", "HEAD", "domain/none.co", 404},
		{"another's name", "GET", "domain/not-a-domain.invalid", 404},
		{"too deep", "GET", "domain/www.shop.co", 404},
		{"a zone", "GET", "domain/com.co", 404},
		{"no name", "GET", "domain/", 400},
		{"no name nor slash", "GET", "domain", 400},
		{"an illegal name", "GET", "domain/-shop.co", 400},
		{"not UTF-8", "GET", "domain/caf%E9.co", 400},
		{"NUL", "GET", "domain/shop%00.co", 400},
		{"a slash in the name", "GET", "domain/shop.co%2Fx", 400},
		{"a longer path", "GET", "domain/shop.co/x", 400},
		{"no query", "GET", "", 400},
		{"an unknown query", "GET", "zone/co", 400},
		{"a name server", "GET", "nameserver/NS1.shop.co.", 200},
		{"a name server elsewhere", "GET", "nameserver/ns.example.net", 200},
		{"no name server", "GET", "nameserver/ns9.shop.co", 404},
		{"an illegal name server", "GET", "nameserver/-", 400},
		{"a registrar", "GET", "entity/h1001", 200},
		{"a registrar by its IANA id", "GET", "entity/9001", 200},
		{"no registrar", "GET", "entity/H9999", 404},
		{"no handle", "GET", "entity/", 400},
		{"a handle of NUL", "GET", "entity/%00", 400},
		{"a handle that is not UTF-8", "GET", "entity/%ff", 400},
		{"a long handle", "GET", "entity/" + strings.Repeat("x", 256), 400},
		{"a search", "GET", "domains?name=sho*.co", 200},
		{"a search, HEAD", "HEAD", "domains?name=sho*.co", 200},
		{"a search of nothing", "GET", "domains?name=zoo*.co", 404},
		{"a search of too much", "GET", "domains?name=s*.co", 422},
		{"a search of another style", "GET", "domains?name=*hop.co", 422},
		{"a search of no name", "GET", "domains?name=-a*", 400},
		{"a search without a parameter", "GET", "domains", 400},
		{"a search with another's parameter", "GET", "domains?fn=shop", 400},
		{"a search by two", "GET", "domains?name=shop.co&nsIp=192.0.2.1", 400},
		{"a search by one twice", "GET", "domains?name=shop.co&name=shop.co", 400},
		{"a search with an unknown parameter", "GET", "domains?name=shop.co&x=1", 200},
		{"a search that is no query string", "GET", "domains?name=%zz", 400},
		{"by name server", "GET", "domains?nsLdhName=ns1.shop.co", 200},
		{"by address", "GET", "domains?nsIp=192.0.2.1", 200},
		{"by no address", "GET", "domains?nsIp=192.0.2", 400},
		{"by an address of a link", "GET", "domains?nsIp=fe80::1%25eth0", 400},
		{"name servers", "GET", "nameservers?name=ns1.*", 200},
		{"name servers by address", "GET", "nameservers?ip=2001:db8::1", 200},
		{"name servers of nobody's address", "GET", "nameservers?ip=2001:db8::99", 404},
		{"entities", "GET", "entities?fn=registrar%20h*", 200},
		{"entities by handle", "GET", "entities?handle=H100*", 200},
		{"entities of another style", "GET", "entities?fn=*x", 422},
		{"entities of everything", "GET", "entities?fn=*", 422},
		{"entities of nothing", "GET", "entities?fn=", 400},
		{"a cursor that is none", "GET", "domains?name=sho*&cursor=@", 400},
		{"a cursor of another's", "GET", "domains?name=sho*&cursor=LQ", 400},
		{"fields that are none", "GET", "domains?name=sho*&fieldSet=all", 400},
		{"an order that is none", "GET", "domains?name=sho*&sort=expirationDate", 400},
		{"an order", "GET", "domains?name=sho*&sort=name", 200},
		{"an order that says its direction", "GET", "domains?name=sho*&sort=name:a", 200},
		{"an order in the other direction", "GET", "domains?name=sho*&sort=name:d", 400},
		{"a parameter twice", "GET", "domains?name=sho*&sort=name&sort=name", 400},
		{"numbers", "GET", "ip/192.0.2.1", 501},
		{"a long path", "GET", "domain/" + strings.Repeat("%61", 1100) + ".co", 414},
		{"long parameters", "GET", "domain/shop.co?" + strings.Repeat("x", 4000), 414},
		{"POST", "POST", "domain/shop.co", 405},
	} {
		got := get(h, test.method, test.path)
		if got.Code != test.want || got.Header().Get("Access-Control-Allow-Origin") != "*" || got.Header().Get("Cache-Control") != "no-cache" ||
			got.Header().Get("Content-Type") != "application/rdap+json" {
			t.Errorf("%s: %s %s is %d with %v, want %d", test.name, test.method, test.path, got.Code, got.Header(), test.want)
		}
		var object struct {
			Conformance []string `json:"rdapConformance"`
			Code        int      `json:"errorCode"`
		}
		if err := json.Unmarshal(got.Body.Bytes(), &object); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if test.want != 200 && object.Code != test.want || !slices.Contains(object.Conformance, "rdap_level_0") {
			t.Errorf("%s: the object is %s", test.name, got.Body)
		}
	}
}

// Who asks for the wrong order is told which there is.
func TestOrderRefused(t *testing.T) {
	h := newHandler(t, rdap.Config{Service: shops(t).Service})
	for path, want := range map[string]string{
		"domains?name=sho*&sort=name:d":            "results come in ascending order only; say name, or leave sort out",
		"entities?fn=registrar%20h*&sort=handle:d": "results come in ascending order only; say handle, or leave sort out",
		"domains?name=sho*&sort=handle":            "this search cannot be sorted so; leave sort out or say name",
		"domains?nsIp=192.0.2.1&sort=name:d":       "this search cannot be sorted so; leave sort out",
	} {
		if got := get(h, "GET", path); got.Code != 400 || !strings.Contains(got.Body.String(), `"`+want+`"`) {
			t.Errorf("%s: %d, %s, want %q", path, got.Code, got.Body, want)
		}
	}
}

// The statuses of a life, as RFC 8056 has them.
func TestStatuses(t *testing.T) {
	w := shops(t)
	h := newHandler(t, rdap.Config{Service: w.Service})
	for _, step := range []struct {
		name string
		do   func()
		want []string
	}{
		{"registered", func() {}, []string{"add period"}},
		{"locked", func() {
			w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{
				Statuses: []registry.Status{registry.ClientTransferProhibited, registry.ClientHold},
			}})
		}, []string{"add period", "client hold", "client transfer prohibited"}},
		{"unlocked", func() {
			w.At("2026-04-01T00:00:00Z")
			w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Remove: flow.DomainEdit{
				Statuses: []registry.Status{registry.ClientTransferProhibited, registry.ClientHold},
			}})
		}, []string{"active"}},
		{"auto-renewed", func() { w.At("2027-03-02T00:00:00Z") }, []string{"auto renew period"}},
		{"deleted", func() {
			w.At("2027-06-01T00:00:00Z")
			w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.co")})
		}, []string{"pending delete", "redemption period"}},
		{"not redeemable", func() { w.At("2027-07-01T00:00:00Z") }, []string{"pending delete"}},
	} {
		step.do()
		var object struct{ Status []string }
		if err := json.Unmarshal(get(h, "GET", "domain/shop.co").Body.Bytes(), &object); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(object.Status, step.want) {
			t.Errorf("%s: the statuses are %q, want %q", step.name, object.Status, step.want)
		}
	}
}

// Nothing of a closed contact is in the answer, and each redaction tells the truth: what was
// removed is not at its path, what was emptied or put in place is.
func TestRedactions(t *testing.T) {
	h := newHandler(t, rdap.Config{Service: shops(t).Service})
	body := get(h, "GET", "domain/shop.co").Body.String()
	for _, secret := range []string{"Peña", "Calle", "Bogot", "110221", "ana@example.com", "X-H1001"} {
		if strings.Contains(body, secret) {
			t.Errorf("%q is in the answer", secret)
		}
	}
	var object struct {
		Entities []struct {
			Roles  []string
			Handle *string
			VCard  []json.RawMessage `json:"vcardArray"`
		}
		Redacted []struct{ PrePath, PostPath, ReplacementPath, Method string }
	}
	if err := json.Unmarshal([]byte(body), &object); err != nil {
		t.Fatal(err)
	}
	path := regexp.MustCompile(`^\$\.entities\[\?\(@\.roles\[0\]=='(\w+)'\)\](?:\.handle|\.vcardArray\[1\]\[\?\(@\[(?:0\]|1\]\.type)=='([\w-]+)'\)\](.*))$`)
	there := func(p string) bool {
		parts := path.FindStringSubmatch(p)
		if parts == nil {
			t.Fatalf("the path %q is of no known form", p)
		}
		for _, e := range object.Entities {
			if e.Roles[0] != parts[1] {
				continue
			}
			if parts[2] == "" {
				return e.Handle != nil
			}
			card := string(e.VCard[1])
			if parts[3] == "[1].cc" {
				return strings.Contains(card, `"cc"`)
			}
			return strings.Contains(card, `["`+parts[2]+`",`) || strings.Contains(card, `"type":"`+parts[2]+`"`)
		}
		return false
	}
	for _, r := range object.Redacted {
		switch {
		case r.Method == "removal" && !there(r.PrePath):
		case r.Method == "emptyValue" && there(r.PostPath):
		case r.Method == "replacementValue" && !there(r.PrePath) && there(r.ReplacementPath):
		default:
			t.Errorf("the redaction %+v is not what the answer shows", r)
		}
	}
	if len(object.Redacted) != 3*13 {
		t.Errorf("there are %d redactions, want 13 for each of 3 contacts", len(object.Redacted))
	}
}

// A registry whose database is away is not broken: clients are told when to ask again, and the log why.
func TestUnavailable(t *testing.T) {
	w := shops(t)
	var log bytes.Buffer
	h := newHandler(t, rdap.Config{Service: w.Service, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err := w.DB.Close(); err != nil {
		t.Fatal(err)
	}
	got := get(h, "GET", "domain/shop.co")
	var object struct {
		ErrorCode   int
		Title       string
		Description []string
	}
	if err := json.Unmarshal(got.Body.Bytes(), &object); err != nil {
		t.Fatal(err)
	}
	if got.Code != 503 || object.ErrorCode != 503 || got.Header().Get("Retry-After") != "10" ||
		got.Header().Get("Content-Type") != "application/rdap+json" ||
		!slices.Equal(object.Description, []string{"the registry is temporarily unavailable; try again in 10 seconds"}) {
		t.Errorf("without a database: %d, %v\n%s", got.Code, got.Header(), got.Body)
	}
	if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "the database is closed") {
		t.Errorf("the log does not tell why: %s", &log)
	}
}

// A fault is told to nobody but the log.
func TestFault(t *testing.T) {
	w := shops(t)
	var log strings.Builder
	h := newHandler(t, rdap.Config{Service: w.Service, Log: slog.New(slog.NewTextHandler(&log, nil))})
	w.Fault.After(0)
	got := get(h, "GET", "domain/shop.co")
	w.Fault.Disarm()
	if got.Code != 500 || strings.Contains(got.Body.String(), world.ErrFault.Error()) {
		t.Errorf("the answer is %d, %s", got.Code, got.Body)
	}
	if !strings.Contains(log.String(), world.ErrFault.Error()) {
		t.Errorf("the log is %q", log.String())
	}
}

// A name on hold shows its registration in full: what is not in the zone is still registered.
func TestHeld(t *testing.T) {
	w := shops(t)
	w.Do(world.Acme, flow.HostUpdate{
		Name: world.Name("ns1.shop.co"), Add: flow.HostEdit{Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.9")}},
	})
	h := newHandler(t, rdap.Config{Service: w.Service})
	if body := get(h, "GET", "domain/shop.co").Body.String(); !strings.Contains(body, `"v4":["192.0.2.1","192.0.2.9"]`) {
		t.Errorf("the new address is not in %s", body)
	}
	w.Do(world.Acme, flow.DomainUpdate{
		Name: world.Name("shop.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}},
	})
	body := get(h, "GET", "domain/shop.co").Body.String()
	if !strings.Contains(body, `"ldhName":"ns1.shop.co"`) || !strings.Contains(body, "192.0.2.9") {
		t.Errorf("on hold: %s", body)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, base := range []string{"", "/rdap/", "ftp://rdap.example/", "https://"} {
		if _, err := rdap.New(rdap.Config{Base: base}); err == nil {
			t.Errorf("New with base %q is no error", base)
		}
	}
}

// Whatever path and parameters come, the answer is one JSON object with a status that its errorCode repeats, and nothing of
// a closed contact is in it.
func FuzzPath(f *testing.F) {
	h := newHandler(f, rdap.Config{Service: shops(f).Service})
	for _, seed := range []struct{ path, query string }{
		{"domain/shop.co", ""},
		{"domain/café.co", "jscard=1"},
		{"help", ""},
		{"domain/\xff", ""},
		{"nameserver/x", ""},
		{"//", ""},
		{"domain/../../etc/passwd", ""},
		{"domain/shop.co\x00", ""},
		{"entity/H1001", ""},
		{"entity/X-H1001", "fieldSet=full"},
		{"domains", "name=sho*&fieldSet=full&cursor=c2hvZS5jbw&sort=name&count=true"},
		{"domains", "nsLdhName=ns1.*"},
		{"domains", "nsIp=192.0.2.1;name=x"},
		{"nameservers", "ip=::1"},
		{"entities", "fn=r*"},
		{"entities", "handle=%00*"},
	} {
		f.Add(seed.path, seed.query)
	}
	f.Fuzz(func(t *testing.T, path, query string) {
		r := httptest.NewRequest("GET", "https://rdap.example/", nil)
		r.URL.Path, r.URL.RawPath, r.URL.RawQuery = "/rdap/"+path, "", query
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var object struct {
			Code int `json:"errorCode"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &object); err != nil || w.Code >= 500 && w.Code != 501 ||
			(w.Code == 200) != (object.Code == 0) || object.Code != 0 && object.Code != w.Code {
			t.Errorf("%q?%q: %d %s %v", path, query, w.Code, w.Body, err)
		}
		if strings.Contains(w.Body.String(), "ana@example.com") {
			t.Errorf("%q?%q tells what is closed: %s", path, query, w.Body)
		}
	})
}
