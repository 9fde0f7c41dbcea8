package golden

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/dorado/test/demo"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/schema"
)

// What docs/rdap.md tells people to type works in a fresh demo, and shows what it says there.
func TestRDAPDocument(t *testing.T) {
	pg.Same(t)
	peer.Need(t, "curl")
	r, dir := demo.Start(t), t.TempDir()
	place := strings.NewReplacer(
		"dorado ", r.Program+" ", "--dir demo", "--dir "+r.Dir, "demo/ca.pem", filepath.Join(r.Dir, r.CA),
		"https://127.0.0.1:7443/rdap/", r.Production.RDAP, "PASSWORD", r.Production.Registrars[0].EPPPassword,
	)
	const personal = `"method":"removal"` // of a contact that is closed
	shows := []struct {
		heading, words, text string
		not                  bool
	}{
		{"## Lookups", "/help", `"title":"Searches"`, false},
		{"## Lookups", "-s --cacert demo/ca.pem https://127.0.0.1:7443/rdap/domain/", personal, false},
		{"## Lookups", "/nameserver/", `"objectClassName":"nameserver"`, false},
		{"## Lookups", "/entity/", `"roles":["registrar"]`, false},
		{"## Lookups", "-sI", "application/rdap+json", false},
		{"## Searches", "name=lib*", `"ldhName":"librerialuna.co"`, false},
		{"## Searches", "nsLdhName", `"currentFieldSet":"id"`, false},
		{"## Searches", "ns1.*", `"totalCount":`, false},
		{"## Searches", "entities?handle", `"entitySearchResults":[{`, false},
		{"## Registrars: their own contacts", "-u H1001", personal, true},
		{"## Operators: access tokens", "token list", "Police, unit 7", false},
		{"## Operators: access tokens", "accesses", "case 14", false},
		{"## Operators: access tokens", "revoke", "is worth nothing any more", false},
	}
	seen := map[string]bool{}
	curls := 0
	for _, heading := range []string{"## Lookups", "## Searches", "## Registrars: their own contacts", "## Operators: access tokens"} {
		for _, command := range commands(t, filepath.Join("docs", "rdap.md"), heading) {
			out, err := shell(t, dir, place.Replace(command))
			if err != nil {
				t.Fatalf("%s: %v\n%s", command, err, out)
			}
			for _, show := range shows {
				if heading != show.heading || !strings.Contains(command, show.words) {
					continue
				}
				seen[show.heading+show.words] = true
				if strings.Contains(out, show.text) == show.not {
					t.Errorf("%s shows\n%s\nwant %q in it: %t", command, out, show.text, !show.not)
				}
			}
			if strings.Contains(command, "Bearer") { // before the token was revoked, and after
				want := []string{`"objectClassName":"domain"`, `"errorCode":401`}[curls]
				if curls++; !strings.Contains(out, want) || strings.Contains(out, personal) {
					t.Errorf("%s shows\n%s\nwant %q", command, out, want)
				}
			}
		}
	}
	for _, show := range shows {
		if !seen[show.heading+show.words] {
			t.Errorf("the document does not show %s", show.words)
		}
	}
}

// The client of openrdap, which nobody here wrote, reads every kind of answer of a running registry.
func TestOpenRDAP(t *testing.T) {
	pg.Same(t)
	r := demo.Start(t)
	client := filepath.Join(t.TempDir(), "rdap")
	build := exec.Command("go", "build", "-modfile=tools/go.mod", "-o", client, "github.com/openrdap/rdap/cmd/rdap")
	build.Dir = peer.Root(t)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the client: %v\n%s", err, out)
	}
	for _, test := range []struct {
		name  string
		args  []string
		wants []string
	}{
		{"a name", []string{"-t", "domain", "librerialuna.co"}, []string{"librerialuna.co", "registrar", "ns1.condor.example"}},
		{"a name server", []string{"-t", "nameserver", "ns1.condor.example"}, []string{"ns1.condor.example"}},
		{"a registrar", []string{"-t", "entity", "H1001"}, []string{"registrar", "abuse"}},
		{"help", []string{"-t", "help"}, []string{"Searches"}},
		{"names", []string{"-t", "domain-search", "lib*.co"}, []string{"librerialuna.co"}},
		{"names of a name server", []string{"-t", "domain-search-by-nameserver", "ns1.condor.example"}, []string{"librerialuna.co"}},
		{"name servers", []string{"-t", "nameserver-search", "ns1.*"}, []string{"ns1.condor.example"}},
		{"registrars by handle", []string{"-t", "entity-search-by-handle", "H1001"}, []string{"registrar"}},
		{"names of an address", []string{"-t", "domain-search-by-nameserver-ip", "192.0.2.99"}, []string{""}},
		{"no name", []string{"-t", "domain", "nobody-has-this.co"}, []string{""}},
	} {
		query := exec.CommandContext(t.Context(), client, append([]string{"--cache-dir=", "-s", r.Production.RDAP}, test.args...)...)
		query.Env = append(os.Environ(), "SSL_CERT_FILE="+filepath.Join(r.Dir, r.CA))
		out, err := query.CombinedOutput()
		if (err == nil) == slices.Contains(test.wants, "") { // what is not found
			t.Errorf("%s: %v\n%s", test.name, err, out)
		}
		for _, want := range test.wants {
			if !strings.Contains(string(out), want) {
				t.Errorf("%s: rdap %q does not say %q:\n%s", test.name, test.args, want, out)
			}
		}
	}
}

// A change over EPP is in the next answer, though the one before was kept.
func TestRDAPFollowsEPP(t *testing.T) {
	peer.Need(t, "curl")
	r := demo.Start(t)
	ask := func() string {
		t.Helper()
		return run(t, "curl", "-sS", "--cacert", filepath.Join(r.Dir, r.CA), r.Production.RDAP+"domain/librerialuna.co")
	}
	for _, step := range []struct {
		args []string
		held bool
	}{
		{[]string{"--add-status", "clientHold"}, true}, {[]string{"--rem-status", "clientHold"}, false}, {[]string{"--add-status", "clientHold"}, true},
	} {
		ask()
		run(t, r.Program, append([]string{"epp", "--dir", r.Dir, "update", "domain", "librerialuna.co"}, step.args...)...)
		if body := ask(); strings.Contains(body, `"client hold"`) != step.held {
			t.Errorf("after %q it is held: %t\n%s", step.args, !step.held, body)
		}
	}
}

// HTTPS speaks TLS 1.2 and 1.3, and of the suites of 1.2 those of the technical guide 1.5.
func TestRDAPByTLS(t *testing.T) {
	pg.Same(t)
	r := demo.Start(t)
	ca, err := os.ReadFile(filepath.Join(r.Dir, r.CA))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	public, err := url.Parse(r.Production.RDAP)
	if err != nil {
		t.Fatal(err)
	}
	dial := func(version uint16, suites ...uint16) error {
		conn, err := tls.Dial("tcp", public.Host, &tls.Config{RootCAs: roots, MinVersion: version, MaxVersion: version, CipherSuites: suites})
		if err == nil {
			err = conn.Close()
		}
		return err
	}
	for _, test := range []struct {
		name    string
		version uint16
		suites  []uint16
		works   bool
	}{
		{"TLS 1.3", tls.VersionTLS13, nil, true},
		{"TLS 1.2", tls.VersionTLS12, nil, true},
		{"TLS 1.2, AES-128-GCM", tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}, true},
		{"TLS 1.2, AES-256-GCM", tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384}, true},
		{"TLS 1.2, ChaCha20", tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256}, false},
		{"TLS 1.2, CBC", tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}, false},
		{"TLS 1.1", tls.VersionTLS11, nil, false},
	} {
		if err := dial(test.version, test.suites...); (err == nil) != test.works {
			t.Errorf("%s: %v, want it to work: %t", test.name, err, test.works)
		}
	}
}

// Odd addresses get a clear answer, in JSON.
func TestOddAddresses(t *testing.T) {
	pg.Same(t)
	peer.Need(t, "curl")
	r := demo.Start(t)
	curl := func(path string, args ...string) string {
		t.Helper()
		args = append([]string{"-sS", "-i", "--cacert", filepath.Join(r.Dir, r.CA), "--path-as-is"}, args...)
		return run(t, "curl", append(args, r.Production.RDAP+path)...)
	}
	for _, test := range []struct{ name, path, want string }{
		{"a name", "domain/librerialuna.co", "HTTP/2 200"},
		{"up and away", "domain/../../etc/passwd", "HTTP/2 400"},
		{"up and back", "../rdap/domain/librerialuna.co", "HTTP/2 400"},
		{"two slashes", "domain//librerialuna.co", "HTTP/2 400"},
		{"two slashes before it", "/domain/librerialuna.co", "HTTP/2 400"},
		{"encoded, up and away", "domain/%2e%2e%2fetc", "HTTP/2 400"},
		{"NUL", "domain/shop%00.co", "HTTP/2 400"},
		{"not UTF-8", "domain/caf%e9.co", "HTTP/2 400"},
		{"longer than any name", "domain/" + strings.Repeat("a", 5000), "HTTP/2 414"},
	} {
		if said := curl(test.path); !strings.HasPrefix(said, test.want) || !strings.Contains(said, "\ncontent-type: application/rdap+json\r\n") {
			t.Errorf("%s: want %s:\n%.600s", test.name, test.want, said)
		}
	}
}

// One query too many is told when the next may come, in a registry as init makes it: a demo lets its own machine ask all it
// likes.
func TestRDAPTellsWhenToAskAgain(t *testing.T) {
	pg.Same(t)
	peer.Need(t, "curl")
	dir, program, base := filepath.Join(t.TempDir(), "registry"), filepath.Join(t.TempDir(), "dorado"), peer.RegistryBase(t)
	schema.Build(t, program)
	run(t, program, "init", "--dir", dir, "--dnssec-algorithm", "13")
	config, err := os.ReadFile(filepath.Join(dir, "dorado.toml"))
	if err != nil {
		t.Fatal(err)
	}
	here := strings.NewReplacer("\naddress = \"\"\n", "\naddress = \"127.0.0.1\"\n", "\nport_base = 0\n", "\nport_base = "+strconv.Itoa(base)+"\n").Replace(string(config))
	if err := os.WriteFile(filepath.Join(dir, "dorado.toml"), []byte(here), 0o600); err != nil {
		t.Fatal(err)
	}
	peer.Start(t, exec.Command(program, "serve", "--dir", dir)).Await(t, "dorado: ready", time.Minute)
	var many []string
	for range 120 {
		many = append(many, "-o", filepath.Join(dir, "answer"), fmt.Sprintf("https://127.0.0.1:%d/rdap/help", base+443))
	}
	said := run(t, "curl", append([]string{"-sSk", "-w", "%{http_code} %header{retry-after}\n"}, many...)...)
	if strings.Count(said, "200 \n") < 100 || !strings.Contains(said, "429 1\n") {
		t.Errorf("of 120 queries at once:\n%s", said)
	}
}
