package golden

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/dorado/test/demo"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
)

// What docs/money.md shows works in a fresh demo, and gives what it says.
func TestMoneyDocument(t *testing.T) {
	pg.Same(t)
	peer.Need(t, "curl")
	r := demo.Start(t)
	https := "https://" + strings.TrimPrefix(strings.TrimSuffix(r.Production.RDAP, "/rdap/"), "https://")
	place := strings.NewReplacer(
		"dorado ", r.Program+" ", "--dir demo", "--dir "+r.Dir, "demo/ca.pem", filepath.Join(r.Dir, r.CA),
		"https://127.0.0.1:7443", https, "PASSWORD", r.Production.Registrars[0].EPPPassword,
	)
	wants := []string{`"availableCredit": "`, `"notificiations": {`, "200\n"}
	for _, command := range commands(t, filepath.Join("docs", "money.md"), "## What programs ask") {
		out, err := shell(t, t.TempDir(), place.Replace(command))
		if err != nil || len(wants) == 0 || !strings.Contains(out, wants[0]) {
			t.Fatalf("%s: %v\n%s\nwant %q", command, err, out, wants)
		}
		wants = wants[1:]
	}
	if len(wants) > 0 {
		t.Errorf("the document does not show how to get %q", wants)
	}
	for _, heading := range []string{"## Deposits", "## What the operator does", "## The month and its invoice"} {
		for _, command := range commands(t, filepath.Join("docs", "money.md"), heading) {
			if out, err := shell(t, t.TempDir(), place.Replace(command)); err != nil {
				t.Errorf("%s: %v\n%s", command, err, out)
			}
		}
	}
}

// What docs/finance.md tells an accountant to type works in its order in a fresh demo, and shows what it says there.
func TestFinanceDocument(t *testing.T) {
	pg.Same(t)
	r, dir := demo.Start(t), t.TempDir()
	place := strings.NewReplacer("$(dorado ", "$("+r.Program+" ", "dorado ", r.Program+" ", "--dir demo", "--dir "+r.Dir)
	shows := map[string]string{
		"receipt H1002-2 --dir":     "1,500.00",
		"money pending":             "310000.00",
		"money approve":             "Recorded as H1002-3",
		"money reject":              "nothing was booked",
		"registrar show":            "emergency credit 2000.00",
		"registrar list":            "on hold",
		"registrar holds":           "-2/Reinstatement",
		"registrar deficiency":      "--delete ",
		"billing months":            "INV-000001",
		"billing transactions":      "TIMESTAMP",
		"billing proposals":         "proposed",
		"billing confirm":           "500.00 is confirmed",
		"billing waive":             "500.00 is waived",
		"ledger check":              "The books are right",
		"billing check":             "everything adds up",
		"ledger balance":            "0.00  together",
		"ledger verify h1002.jsonl": "This is what the registry signed of H1002.",
	}
	seen := map[string]bool{}
	for _, heading := range []string{
		"## Before the first invoice", "## A payment comes in", "## Two people", "## Corrections", "## Limits and emergency credit",
		"## Low, on hold, and the fee for it", "## The end of a month", "## Once a year: too few new names", "## Are the books right?",
	} {
		for _, command := range commands(t, filepath.Join("docs", "finance.md"), heading) {
			out, err := shell(t, dir, place.Replace(command))
			if err != nil {
				t.Fatalf("%s: %v\n%s", command, err, out)
			}
			for words, text := range shows {
				if seen[words] = seen[words] || strings.Contains(command, words); strings.Contains(command, words) && !strings.Contains(out, text) {
					t.Errorf("%s shows\n%swant %q in it", command, out, text)
				}
			}
		}
	}
	for words := range shows {
		if !seen[words] {
			t.Errorf("the document does not show dorado %s", words)
		}
	}
	for _, file := range []string{"H1002-2.pdf", "INV-000001.pdf", "INV-000001.csv", "h1002.jsonl"} {
		if f, err := os.Stat(filepath.Join(dir, file)); err != nil || f.Size() == 0 {
			t.Errorf("%s is not there: %v", file, err)
		}
	}
}

// A desk is where a demo answers about accounts.
type desk struct {
	demo.Registry
	t       *testing.T
	address string // host:port
	who, pw string
}

func newDesk(t *testing.T) desk {
	t.Helper()
	r := demo.Start(t)
	public, err := url.Parse(r.Production.RDAP)
	if err != nil {
		t.Fatal(err)
	}
	return desk{r, t, public.Host, r.Production.Registrars[0].ID, r.Production.Registrars[0].EPPPassword}
}

// curl asks for a page, and returns the status and what was said: headers and body.
func (d desk) curl(path string, args ...string) (status, said string) {
	d.t.Helper()
	args = append([]string{"-sS", "-i", "-w", "\n%{http_version} %{http_code}", "--cacert", filepath.Join(d.Dir, d.CA)}, args...)
	out, err := exec.CommandContext(d.t.Context(), "curl", append(args, "https://"+d.address+path)...).CombinedOutput()
	if err != nil {
		d.t.Fatalf("curl %q: %v\n%s", args, err, out)
	}
	said, status = string(out), string(out)[strings.LastIndex(string(out), "\n")+1:]
	return status, strings.TrimSuffix(said, status)
}

// The program that most registrars have at hand gets the balance and the settings by either version of HTTP, and is told
// what is wrong; what a command costs shows in the next answer.
func TestAccountByCurl(t *testing.T) {
	peer.Need(t, "curl")
	d := newDesk(t)
	right := []string{"-u", d.who + ":" + d.pw}
	for _, test := range []struct {
		name, path string
		args       []string
		status     string
		says       []string
	}{
		{"by HTTP/2", "/json/balance", right, "2 200", []string{"content-type: application/json", "cache-control: no-store", `"availableCredit": "`}},
		{"by HTTP/1.1", "/json/balance", append(right, "--http1.1"), "1.1 200", []string{`"creditThreshold": "`}},
		{"settings", "/json/settings", right, "2 200", []string{`"Registrar-id": "` + d.who + `"`, `"street": [`, `"href": "https://` + d.address + `/json/balance"`}},
		{"with the scheme to be agreed", "/json/balance", append(right, "--anyauth"), "2 200", []string{"www-authenticate: Basic realm="}},
		{"its head", "/json/settings", append(right, "--head"), "2 200", []string{"content-length: "}},
		{"without credentials", "/json/balance", nil, "2 401", []string{`www-authenticate: Basic realm="registrar id and EPP password", charset="UTF-8"`, "content-type: application/problem+json"}},
		{"with a wrong password", "/json/balance", []string{"-u", d.who + ":ñandú-€-:"}, "2 401", []string{"the registrar id or the password is wrong"}},
		{"as nobody", "/json/balance", []string{"-u", "H9999:" + d.pw}, "2 401", []string{"the registrar id or the password is wrong"}},
		{"by POST", "/json/balance", append(right, "-d", "{}"), "2 405", []string{"allow: GET, HEAD"}},
		{"by OPTIONS, from elsewhere", "/json/balance", []string{"-X", "OPTIONS", "-H", "Origin: https://elsewhere.example"}, "2 405", nil},
		{"another page", "/json/statement", right, "2 404", []string{`"title": "Not Found"`}},
		{"a long header", "/json/balance", []string{"--http1.1", "-H", "X-Long: " + strings.Repeat("x", 40_000)}, "1.1 431", nil},
	} {
		status, said := d.curl(test.path, test.args...)
		if status != test.status {
			t.Errorf("%s: %s, want %s\n%s", test.name, status, test.status, said)
		}
		for _, part := range test.says {
			if !strings.Contains(said, part) {
				t.Errorf("%s: there is no %q in\n%s", test.name, part, said)
			}
		}
		if strings.Contains(strings.ToLower(said), "access-control-") {
			t.Errorf("%s: another site may ask:\n%s", test.name, said)
		}
	}

	before := d.available()
	run(t, d.Program, "epp", "--dir", d.Dir, "create", "domain", "dineroclaro.co", "--registrant", "CAFE-1", "--admin", "CAFE-1", "--tech", "TEC-1")
	if after := d.available(); before-after != 20_00 {
		t.Errorf("a create for 20.00 takes what is available from %d to %d cents", before, after)
	}
}

// available asks for the available credit, in cents.
func (d desk) available() (cents int) {
	d.t.Helper()
	_, said := d.curl("/json/balance", "-u", d.who+":"+d.pw)
	var b struct{ AvailableCredit json.Number }
	if err := json.Unmarshal([]byte(said[strings.Index(said, "{"):]), &b); err != nil {
		d.t.Fatalf("%v in\n%s", err, said)
	}
	if _, err := fmt.Sscan(strings.Replace(b.AvailableCredit.String(), ".", "", 1), &cents); err != nil {
		d.t.Fatal(err)
	}
	return cents
}

func (d desk) trust() *tls.Config {
	d.t.Helper()
	text, err := os.ReadFile(filepath.Join(d.Dir, d.CA))
	if err != nil {
		d.t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return &tls.Config{RootCAs: pool}
}

// raw opens a TLS connection by hand.
func (d desk) raw() net.Conn {
	d.t.Helper()
	conn, err := tls.Dial("tcp", d.address, d.trust())
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		d.t.Fatal(err)
	}
	return conn
}

// What no program of good will sends is answered within bounds, or the connection ends; the next one is served.
func TestAccountHostileInput(t *testing.T) {
	pg.Same(t)
	d := newDesk(t)
	right := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(d.who+":"+d.pw)) + "\r\n"
	const head = "GET /json/balance HTTP/1.1\r\nHost: x\r\n"
	for _, test := range []struct{ name, sent, want string }{
		{"pipelined", head + right + "\r\n" + head + "\r\n" + head + right + "Connection: close\r\n\r\n", "200 401 200"},
		{"a NUL in a header", head + "Authorization: Basic \x00\r\n\r\n", "400"},
		{"a broken line", head + "Authorization\r\n\r\n", "400"},
		{"broken base64", head + "Authorization: Basic ====\r\nConnection: close\r\n\r\n", "401"},
		{"a NUL in the id", head + "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("H1\x00:x")) + "\r\nConnection: close\r\n\r\n", "401"},
		{"two authorizations", head + right + right + "Connection: close\r\n\r\n", "401"},
		{"no host", "GET /json/balance HTTP/1.1\r\n" + right + "\r\n", "400"},
		{"a method of its own", "ÑANDÚ /json/balance HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
		{"a header of 10 MB", head + "X: " + strings.Repeat("x", 10<<20) + "\r\n\r\n", "431"},
		{"many headers", head + strings.Repeat("X: y\r\n", 100_000) + "\r\n", "431"},
		{"a body of 10 MB", head + right + "Connection: close\r\nContent-Length: 10485760\r\n\r\n" + strings.Repeat("x", 10<<20), "200"},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn := d.raw()
			go func() { _, _ = io.WriteString(conn, test.sent) }()
			answers, got := bufio.NewReader(conn), []string{}
			for {
				answer, err := http.ReadResponse(answers, nil)
				if err != nil {
					break
				}
				if _, err := io.Copy(io.Discard, answer.Body); err != nil {
					break
				}
				got = append(got, answer.Status[:3])
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("answered %v, want %s", got, test.want)
			}
		})
	}
	if status, said := d.curl("/json/balance", "-u", d.who+":"+d.pw); status != "2 200" {
		t.Errorf("after all that: %s\n%s", status, said)
	}
}

// Who speaks HTTP without TLS is told so, and who never ends his header is not waited for.
func TestAccountConnections(t *testing.T) {
	pg.Same(t)
	d := newDesk(t)
	plain, err := net.Dial("tcp", d.address)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if _, err := io.WriteString(plain, "GET /json/balance HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if said, _ := io.ReadAll(plain); !strings.Contains(string(said), "400 Bad Request") || !strings.Contains(string(said), "HTTP request to an HTTPS server") {
		t.Errorf("without TLS:\n%s", said)
	}
	slow := d.raw()
	begun := time.Now()
	if _, err := io.WriteString(slow, "GET /json/balance HTTP/1.1\r\nX-Slow: "); err != nil {
		t.Fatal(err)
	}
	_, _ = io.ReadAll(slow)
	if took := time.Since(begun); took < time.Second || took > 20*time.Second {
		t.Errorf("a header that does not end was waited for %s, want about 5 s", took)
	}
}

// A flood of wrong passwords and of ids that nobody has does not keep EPP waiting, nor a registrar's own program; the
// whole is measured.
func TestAccountFlood(t *testing.T) {
	pg.Same(t)
	d := newDesk(t)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: d.trust(), MaxIdleConnsPerHost: 64, ForceAttemptHTTP2: false}}
	ask := func(id, pw string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+d.address+"/json/balance", nil)
		if err != nil {
			t.Error(err)
			return 0
		}
		req.SetBasicAuth(id, pw)
		answer, err := client.Do(req)
		if err != nil {
			t.Error(err)
			return 0
		}
		defer answer.Body.Close()
		_, _ = io.Copy(io.Discard, answer.Body)
		return answer.StatusCode
	}
	if got := ask(d.who, d.pw); got != http.StatusOK {
		t.Fatal(got)
	}

	stop := make(chan struct{})
	var flood sync.WaitGroup
	counts := make([]map[int]int, 100)
	other := d.Production.Registrars[1].ID
	for i := range counts {
		counts[i] = map[int]int{}
		flood.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				id := fmt.Sprintf("N%03d-%d", i, n)
				if n%2 == 0 {
					id = other
				}
				counts[i][ask(id, fmt.Sprintf("wrong-%d-%d", i, n))]++
			}
		})
	}
	begun, asked := time.Now(), 0
	for time.Since(begun) < 2*time.Second {
		if got := ask(d.who, d.pw); got != http.StatusOK {
			t.Errorf("in the flood: %d", got)
			break
		}
		asked++
	}
	login := time.Now()
	run(t, d.Program, "epp", "--dir", d.Dir, "check", "domain", "libre.co")
	took := time.Since(login)
	close(stop)
	flood.Wait()
	all := map[int]int{}
	for _, c := range counts {
		for status, n := range c {
			all[status] += n
		}
	}
	t.Logf("in the flood (%v), %d answers in 2 s, and a login by EPP with its check in %s", all, asked, took)
	if all[http.StatusOK] > 0 || all[http.StatusUnauthorized] == 0 || all[http.StatusTooManyRequests] == 0 || took > 10*time.Second {
		t.Errorf("the flood is answered %v, and a login by EPP takes %s", all, took)
	}
}
