// Command console measures how long the pages of the registrar console take: it signs in to a running registry, goes
// wherever links lead, and asks for pages of each kind again and again.
package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

func main() {
	dir := flag.String("dir", "demo", "the directory of a demo that runs")
	each := flag.Int("each", 200, "how often each kind of page is asked for")
	together := flag.Int("together", 2, "how many ask at the same time")
	extra := flag.String("extra", "", "a file with paths to ask for beside those that links lead to, one a line")
	flag.Parse()
	if err := run(*dir, *each, *together, *extra); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// A demo is what of demo.json is used.
type demo struct {
	Production struct {
		HTTPS      string
		Registrars []struct {
			ID      string
			Console []struct{ User, Password, Role string }
		}
	}
}

func run(dir string, each, together int, extra string) error {
	text, err := os.ReadFile(filepath.Join(dir, "demo.json"))
	if err != nil {
		return err
	}
	var d demo
	if err := json.Unmarshal(text, &d); err != nil {
		return err
	}
	if len(d.Production.Registrars) == 0 || len(d.Production.Registrars[0].Console) == 0 {
		return errors.New("demo.json has nobody who can sign in")
	}
	who := d.Production.Registrars[0].Console[0]
	c, err := signIn(d.Production.HTTPS, who.User, who.Password)
	if err != nil {
		return err
	}
	kinds, err := c.walk(extra)
	if err != nil {
		return err
	}
	fmt.Printf("%-56s %5s %8s %8s %8s %9s\n", "page", "n", "p50 ms", "p95 ms", "max ms", "octets")
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		if err := c.measure(kind, kinds[kind], each, together); err != nil {
			return err
		}
	}
	return nil
}

// A client is somebody who has signed in.
type client struct {
	http *http.Client
	base string
}

// signIn signs a user in.
func signIn(base, user, password string) (*client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &client{&http.Client{
		Jar: jar, Timeout: time.Minute,
		// The registry is one's own, on this machine.
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxIdleConnsPerHost: 16},
	}, base}
	answer, err := c.http.PostForm(base+"/console/sign-in", url.Values{"login": {user}, "password": {password}})
	if err != nil {
		return nil, err
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK || !strings.HasSuffix(answer.Request.URL.Path, "/console/") {
		return nil, fmt.Errorf("signing in as %s: %s at %s", user, answer.Status, answer.Request.URL)
	}
	return c, nil
}

var (
	links = regexp.MustCompile(`href="(/console/[^"#]*)"`)
	ids   = regexp.MustCompile(`(/(?:domains|contacts|hosts|invoices|messages|bulk|users|transfers|receipts|prices)/)[^/?]+`)
)

// Limits of the walk: enough of each kind that not one page alone is warm, and an end.
const (
	mostOfKind = 50
	mostWalked = 2000
)

// kindOf returns the kind of page that a path is of: what is alike but for names, numbers and where a list goes on.
func kindOf(path string) string {
	path, query, _ := strings.Cut(path, "?")
	kind := ids.ReplaceAllString(path, "${1}X")
	values, err := url.ParseQuery(query)
	if err != nil || len(values) == 0 {
		return kind
	}
	return kind + "?" + strings.Join(slices.Sorted(maps.Keys(values)), "&")
}

// walk returns paths of each kind that links lead to, and those of a file.
func (c *client) walk(extra string) (map[string][]string, error) {
	kinds, seen := map[string][]string{}, map[string]bool{}
	waiting := []string{"/console/"}
	if extra != "" {
		text, err := os.ReadFile(extra)
		if err != nil {
			return nil, err
		}
		waiting = append(waiting, strings.Fields(string(text))...)
	}
	for walked := 0; len(waiting) > 0 && walked < mostWalked; {
		path := waiting[0]
		waiting = waiting[1:]
		kind := kindOf(path)
		if seen[path] || len(kinds[kind]) >= mostOfKind || strings.Contains(path, "/static/") || strings.Contains(path, ".csv") {
			continue
		}
		seen[path] = true
		walked++
		_, body, err := c.get(path)
		if err != nil {
			return nil, err
		}
		kinds[kind] = append(kinds[kind], path)
		for _, link := range links.FindAllStringSubmatch(body, -1) {
			waiting = append(waiting, html.UnescapeString(link[1]))
		}
	}
	return kinds, nil
}

// get asks for a page, and returns how long it took until it was there whole.
func (c *client) get(path string) (time.Duration, string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return 0, "", err
	}
	began := time.Now()
	answer, err := c.http.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	took := time.Since(began)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, answer.Status)
	}
	return took, string(body), err
}

// measure asks for pages of a kind in turns and prints how long they took.
func (c *client) measure(kind string, paths []string, each, together int) error {
	var mu sync.Mutex
	var took []time.Duration
	var octets int
	var first error
	var all sync.WaitGroup
	for worker := range together {
		all.Go(func() {
			for i := worker; i < each; i += together {
				span, body, err := c.get(paths[i%len(paths)])
				mu.Lock()
				took, octets, first = append(took, span), octets+len(body), cmp.Or(first, err)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	slices.Sort(took)
	at := func(share int) float64 { return float64(took[(len(took)-1)*share/100].Microseconds()) / 1000 }
	fmt.Printf("%-56s %5d %8.1f %8.1f %8.1f %9d\n", kind, len(took), at(50), at(95), at(100), octets/len(took))
	return first
}
