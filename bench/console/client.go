package main

import (
	"crypto/tls"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

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

// A page is what was answered.
type page struct {
	status int
	body   string
	err    error
}

// problem is why a page is none.
func (p page) problem(path string) error {
	if p.err == nil && p.status != http.StatusOK {
		return fmt.Errorf("%s: %d", path, p.status)
	}
	return p.err
}

// get asks for a page, and returns how long it took until it was there whole.
func (c *client) get(path string) (time.Duration, page) {
	began := time.Now()
	answer, err := c.http.Get(c.base + path)
	if err != nil {
		return 0, page{err: err}
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	return time.Since(began), page{answer.StatusCode, string(body), err}
}

var nextPage = regexp.MustCompile(`href="([^"]*)" rel="next"`)

// next is where a list goes on; empty if it does not.
func (p page) next() string {
	if found := nextPage.FindStringSubmatch(p.body); found != nil {
		return html.UnescapeString(found[1])
	}
	return ""
}

// links are what a page links that fits a pattern with one group, each once, up to some.
func (p page) links(pattern string, most int) []string {
	var list []string
	seen := map[string]bool{}
	for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(p.body, -1) {
		if text := html.UnescapeString(found[1]); !seen[text] && len(list) < most {
			seen[text] = true
			list = append(list, text)
		}
	}
	return list
}

// follow returns a path and those of the pages behind it, up to some.
func (c *client) follow(path string, most int) (paths []string, last page, err error) {
	for path != "" && len(paths) < most {
		_, last = c.get(path)
		if last.err != nil || last.status != http.StatusOK {
			return paths, last, last.err
		}
		paths = append(paths, path)
		path = last.next()
	}
	return paths, last, nil
}
