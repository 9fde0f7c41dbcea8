package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.org/dorado/front/console"
)

// The users whom demo.json has sign in to the console, and the operator looks after them.
func TestUsersOfADemo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	r := start(t, "demo", "--dir", dir, "--port-base", portBase(t), "--seed-names", "0")
	defer r.stop()
	f, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	first, second := f.Production.Registrars[0], f.Production.Registrars[1]
	if len(first.Console) != 4 || len(second.Console) != 1 || second.Console[0].Role != "administrator" || f.Production.Console != console.Path {
		t.Fatalf("the users are %+v and %+v, at %q", first.Console, second.Console, f.Production.Console)
	}
	for _, u := range append(first.Console, second.Console...) {
		if page := signInTo(t, dir, f.Production.HTTPS, u); !strings.Contains(page, u.User) {
			t.Errorf("%s does not get in:\n%s", u.User, page)
		}
	}
	ana, dora := first.Console[0].User, first.Console[2].User
	has(t, mustRun(t, "user", "list", "H1001", "--dir", dir), ana, "domain-administrator", "active", "none")
	has(t, mustRun(t, "user", "list", "--dir", dir), second.Console[0].User)
	has(t, mustRun(t, "user", "add", "H1002", "luz@caribe.example", "--name", "Luz", "--role", "manager", "--dir", dir), "luz@caribe.example is manager of H1002", console.Path+"password/")
	has(t, mustRun(t, "user", "add", "H1002", "paz@caribe.example", "--name", "Paz", "--role", "manager", "--generate", "--dir", dir), "shown only now")
	has(t, mustRun(t, "user", "show", "luz@caribe.example", "--dir", dir), `"state": "invited"`)
	has(t, mustRun(t, "user", "disable", dora, "--reason", "x", "--dir", dir), "cannot sign in")
	if page := signInTo(t, dir, f.Production.HTTPS, first.Console[2]); !strings.Contains(page, "You may not sign in") {
		t.Errorf("a user who is disabled sees\n%s", page)
	}
	has(t, mustRun(t, "user", "enable", dora, "--reason", "x", "--dir", dir), "can sign in again")
	has(t, mustRun(t, "user", "role", dora, "--role", "administrator", "--reason", "x", "--dir", dir), "administrator now")
	has(t, mustRun(t, "user", "show", ana, "--dir", dir), `"role": "manager"`)
	link := mustRun(t, "user", "reset", ana, "--factors", "--reason", "her phone is lost", "--dir", dir)
	has(t, link, "gets a mail", f.Production.HTTPS+console.Path+"password/")
	address := strings.TrimSpace(link[strings.Index(link, "https://"):])
	if page := ask(t, dir, address); !strings.Contains(page, "Choose a password") || !strings.Contains(page, ana) {
		t.Errorf("the link leads to\n%s", page)
	}
	mails, err := filepath.Glob(filepath.Join(dir, demoMail, "*"))
	if err != nil || len(mails) == 0 {
		t.Errorf("there are no mails, %v", err)
	}
	has(t, mustRun(t, "user", "remove", ana, "--reason", "left", "--dir", dir), "is gone")
	acts := mustRun(t, "user", "acts", "--registrar", "H1001", "--dir", dir)
	has(t, acts, "deleted", "factors-removed", "her phone is lost", "signed-in", "127.0.0.1")
	has(t, mustRun(t, "user", "acts", "--user", dora, "--dir", dir), "handed-over")
}

// browserOf is a client that keeps cookies and trusts a demo.
func browserOf(t *testing.T, dir string) *http.Client {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(readAll(t, filepath.Join(dir, authorityFile))))
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
}

func ask(t *testing.T, dir, address string) string {
	t.Helper()
	return pageOf(t)(browserOf(t, dir).Get(address))
}

func pageOf(t *testing.T) func(*http.Response, error) string {
	return func(answer *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return regexp.MustCompile(`\s+`).ReplaceAllString(string(body), " ")
	}
}

// signInTo returns the page that a user sees who signs in.
func signInTo(t *testing.T, dir, base string, u demoUser) string {
	t.Helper()
	return pageOf(t)(browserOf(t, dir).PostForm(base+console.Path+"sign-in", url.Values{"login": {u.User}, "password": {u.Password}}))
}
