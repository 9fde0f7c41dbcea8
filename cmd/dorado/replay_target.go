package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.org/dorado/cmd/dorado/eppclient"
	"example.org/dorado/cmd/dorado/replay"
	"example.org/dorado/core/strictjson"
)

// A sandboxFile says how to use sandboxes: the part "ote" of a demo.json, or a file of its own of that form.
type sandboxFile struct {
	EPP        string              `json:"epp"`   // HOST:PORT
	HTTPS      string              `json:"https"` // URL
	CA         string              `json:"ca"`    // path relative to the file; empty for the system's authorities
	Registrars []sandboxCredential `json:"registrars"`
}

type sandboxCredential struct {
	ID       string `json:"id"`
	Password string `json:"eppPassword"`
}

// A replayTarget is what scripts are played against: a sandbox, or the production part of a demo.
type replayTarget struct {
	sandboxFile
	production bool
	fromEnv    bool // the credentials are those of the environment
	options    eppOptions
	client     *http.Client
	sessions   map[string]*eppclient.Session // by credential and what was announced for a frame
}

// replayOptions say against what scripts are played.
type replayOptions struct {
	epp         eppOptions
	https       string
	credentials string // a file
	production  bool
}

// target finds the registry and the credentials.
func (o *replayOptions) target(env func(string) string) (*replayTarget, error) {
	t := &replayTarget{production: o.production, options: o.epp, sessions: map[string]*eppclient.Session{}}
	var err error
	switch {
	case o.credentials != "":
		t.sandboxFile, err = readSandboxFile(o.credentials)
	case o.epp.server != "":
		err = t.fromEnvironment(o.epp.as, env)
	default:
		t.options.ofDemo = true
		t.sandboxFile, err = o.ofDemo()
	}
	if err != nil {
		return nil, err
	}
	for _, override := range []struct {
		field *string
		value string
	}{{&t.EPP, o.epp.server}, {&t.HTTPS, o.https}, {&t.CA, o.epp.ca}} {
		if override.value != "" {
			*override.field = override.value
		}
	}
	if err := t.complete(o.epp.as); err != nil {
		return nil, err
	}
	t.options.server, t.options.ca = t.EPP, t.CA
	server, err := t.options.target()
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: server.Roots, MinVersion: tls.VersionTLS12}
	t.client = &http.Client{Timeout: controlTime, Transport: transport}
	return t, nil
}

// complete looks whether there is all that is needed, and puts who was named with --as first.
func (t *replayTarget) complete(as string) error {
	at, err := url.Parse(t.HTTPS)
	switch {
	case t.EPP == "":
		return errors.New("say where EPP is: --server HOST:PORT")
	case t.HTTPS == "":
		return errors.New("say where the clock can be moved: --https URL, such as https://ote.example.com")
	case err != nil || at.Scheme != "https" || at.Host == "":
		return fmt.Errorf("%q is no address of the JSON interface: write https://HOST:PORT", t.HTTPS)
	}
	if len(t.Registrars) == 0 {
		return errors.New("there is no credential: --as ID with its password in DORADO_EPP_PASSWORD, or --credentials FILE")
	}
	for _, c := range t.Registrars {
		if c.ID == "" || c.Password == "" {
			return fmt.Errorf("the credential %q has no id or no eppPassword", c.ID)
		}
	}
	if as == "" {
		return nil
	}
	for i, c := range t.Registrars {
		if c.ID == as {
			t.Registrars = slices.Insert(slices.Delete(t.Registrars, i, i+1), 0, c)
			return nil
		}
	}
	return fmt.Errorf("there is no credential %s; there are %s", as, list(t.ids()))
}

func (t *replayTarget) ids() []string {
	ids := make([]string, len(t.Registrars))
	for i, c := range t.Registrars {
		ids[i] = c.ID
	}
	return ids
}

// ofDemo takes the sandboxes, or the production part, from a demo.json.
func (o *replayOptions) ofDemo() (sandboxFile, error) {
	var f struct {
		CA         string       `json:"ca"`
		Production sandboxFile  `json:"production"`
		OTE        *sandboxFile `json:"ote"`
	}
	path := filepath.Join(o.epp.dir, demoFileName)
	data, err := os.ReadFile(path)
	if err != nil {
		return sandboxFile{}, fmt.Errorf("there is no demo in %s: %w; name one with --dir, or a registry with --server or --credentials", o.epp.dir, plain(err))
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return sandboxFile{}, fmt.Errorf("%s: %w", path, err)
	}
	part := f.OTE
	if o.production {
		part = &f.Production
	}
	if part == nil {
		return sandboxFile{}, fmt.Errorf("the demo in %s has no sandboxes; --production plays the scripts against its production part", o.epp.dir)
	}
	part.CA = filepath.Join(o.epp.dir, f.CA)
	return *part, nil
}

// maxSandboxFile bounds a file of credentials.
const maxSandboxFile = 1 << 20

func readSandboxFile(path string) (sandboxFile, error) {
	var f sandboxFile
	file, err := os.Open(path)
	if err != nil {
		return f, fmt.Errorf("read the credentials: %w", err)
	}
	defer file.Close()
	if err := strictjson.ReadSome(io.LimitReader(file, maxSandboxFile), &f); err != nil {
		return f, fmt.Errorf(`%s is not as expected: %w; write {"epp": "HOST:PORT", "https": "https://HOST", "registrars": [{"id": "…", "eppPassword": "…"}]}`, path, err)
	}
	if f.CA != "" && !filepath.IsAbs(f.CA) {
		f.CA = filepath.Join(filepath.Dir(path), f.CA)
	}
	return f, nil
}

// passwordVariable has the password of --as; with _B behind it, that of the credential whose id ends in -B.
const passwordVariable = "DORADO_EPP_PASSWORD"

// fromEnvironment takes credentials from there.
func (t *replayTarget) fromEnvironment(as string, env func(string) string) error {
	if as == "" {
		return errors.New("say who logs in: --as ID, such as --as OTE1001-A, and the password in " + passwordVariable)
	}
	t.fromEnv = true
	t.Registrars = []sandboxCredential{{as, env(passwordVariable)}}
	if t.Registrars[0].Password == "" {
		return fmt.Errorf("give the password of %s in %s", as, passwordVariable)
	}
	for letter := 'A'; letter <= 'Z'; letter++ {
		password := env(passwordVariable + "_" + string(letter))
		id := baseOf(as) + "-" + string(letter)
		if password != "" && id != as {
			t.Registrars = append(t.Registrars, sandboxCredential{id, password})
		}
	}
	return nil
}

// baseOf is the id of a sandbox of which a credential is told: OTE1001 of OTE1001-A.
func baseOf(id string) string {
	if at := strings.LastIndexByte(id, '-'); at > 0 {
		return id[:at]
	}
	return id
}

// ID returns the whole id of a credential: of one that is named in full, of the first's sandbox, or by its place.
func (t *replayTarget) ID(name string) (string, error) {
	ids := t.ids()
	first := ids[0]
	if name == "" {
		return first, nil
	}
	for _, id := range []string{name, baseOf(first) + "-" + name} {
		if slices.Contains(ids, id) {
			return id, nil
		}
	}
	if len(name) == 1 && name[0] >= 'A' && baseOf(first) == first && int(name[0]-'A') < len(ids) {
		return ids[name[0]-'A'], nil
	}
	missing := ""
	if letter := name[len(name)-1:]; t.fromEnv && letter >= "A" && letter <= "Z" {
		missing = "; give the password of " + baseOf(first) + "-" + letter + " in " + passwordVariable + "_" + letter
	}
	return "", fmt.Errorf("there is no credential %s; there are %s%s", name, list(ids), missing)
}

// Exchange sends a frame.
func (t *replayTarget) Exchange(ctx context.Context, id string, frame []byte) ([]byte, error) {
	demanded := eppclient.DemandedBy(frame)
	key := id + " " + strings.Join(demanded, " ")
	s := t.sessions[key]
	if s == nil {
		var err error
		if s, err = t.open(ctx, id, demanded); err != nil {
			return nil, fmt.Errorf("%w: %w", replay.ErrNotSent, err)
		}
		t.sessions[key] = s
	}
	answer, err := s.Exchange(frame)
	if err != nil {
		delete(t.sessions, key)
		s.Close() // which has failed already
		return nil, fmt.Errorf("the session of %s: %w", id, err)
	}
	return answer, nil
}

func (t *replayTarget) open(ctx context.Context, id string, demanded []string) (*eppclient.Session, error) {
	o := t.options
	o.as, o.password = id, t.password(id)
	s, answer, err := o.login(ctx, "", demanded...)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, fmt.Errorf("the login of %s is answered %d %s", id, answer.Code, answer.Message)
	}
	return s, nil
}

func (t *replayTarget) password(id string) string {
	for _, c := range t.Registrars {
		if c.ID == id {
			return c.Password
		}
	}
	return ""
}

// close ends all sessions.
func (t *replayTarget) close() {
	for key, s := range t.sessions {
		s.Close()
		delete(t.sessions, key)
	}
}

// Clock returns the registry's time: of a sandbox by its interface, else from a greeting.
func (t *replayTarget) Clock(ctx context.Context, id string) (time.Time, error) {
	if t.production {
		greeting, err := t.Exchange(ctx, id, eppclient.Hello())
		if err != nil {
			return time.Time{}, err
		}
		root, err := eppclient.Parse(greeting)
		if err != nil {
			return time.Time{}, err
		}
		return time.Parse(time.RFC3339Nano, root.At("greeting", "svDate").Value())
	}
	answer, err := t.call(ctx, http.MethodGet, id, clockPath, nil)
	if err != nil {
		return time.Time{}, err
	}
	var state struct {
		Now   time.Time
		Error string
	}
	if err := json.Unmarshal(answer, &state); err != nil || state.Error != "" {
		return time.Time{}, errors.Join(err, fmt.Errorf("the clock cannot be read: %s", state.Error))
	}
	return state.Now, nil
}

// The JSON interface of a sandbox, and what a demo has for its production part.
const (
	clockPath     = "/json/ote/clock"
	resetPath     = "/json/ote/reset"
	fundsPath     = "/json/ote/funds"
	demoClockPath = "/json/demo/clock"
)

// Act does what a script asks of a sandbox beside EPP.
func (t *replayTarget) Act(ctx context.Context, id, verb, argument string) ([]byte, error) {
	switch verb {
	case "reset", "funds":
		if t.production {
			return nil, fmt.Errorf("%s is for sandboxes, and this is the production part of a demo", verb)
		}
		if verb == "funds" {
			return t.call(ctx, http.MethodPost, id, fundsPath, struct{}{})
		}
		t.close() // what they know is gone
		return t.call(ctx, http.MethodPost, id, resetPath, struct{}{})
	}
	path := clockPath
	if t.production {
		path = demoClockPath
	}
	return t.call(ctx, http.MethodPost, id, path, map[string]string{verb: argument})
}

// maxCallBytes bounds an answer in JSON.
const maxCallBytes = 1 << 20

// call asks the JSON interface. A refusal is an answer, too: a JSON object with the key error.
func (t *replayTarget) call(ctx context.Context, method, id, path string, question any) ([]byte, error) {
	var body io.Reader
	if question != nil {
		data, err := json.Marshal(question)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	where := strings.TrimSuffix(t.HTTPS, "/") + path
	request, err := http.NewRequestWithContext(ctx, method, where, body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if !t.production {
		request.SetBasicAuth(id, t.password(id))
	}
	response, err := t.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxCallBytes))
	if err != nil {
		return nil, err
	}
	var refusal struct{ Error string }
	isJSON := json.Unmarshal(answer, &refusal) == nil
	if !isJSON || response.StatusCode != http.StatusOK && refusal.Error == "" {
		return nil, fmt.Errorf("%s %s is answered %s", method, where, response.Status)
	}
	return answer, nil
}
