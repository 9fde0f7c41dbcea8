// Package account owns what a registrar's programs ask of its own account over HTTPS: the balance and the settings, as
// JSON in the manual's form. It reads credentials, asks flow, and decides nothing. Manual 6.8 and 6.9, decisions 5.7.
package account

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// Path is where the pages are, below the address of the registrar console.
const Path = "/json/"

// The pages.
const (
	BalancePath  = Path + "balance"
	SettingsPath = Path + "settings"
)

// Config is what a Handler needs. What is zero from Deadline on takes what stands beside it.
type Config struct {
	Service *flow.Service

	// Base is the public address of the registrar console, such as "https://registrar-console.example/". The
	// settings link to the balance below it.
	Base string

	Deadline time.Duration // for one answer; 10 s
	Refusal  time.Duration // no wrong credentials are answered sooner; 300 ms
	Log      *slog.Logger  // slog.Default
}

// A Handler answers below Path. It holds no state; the server it is mounted on bounds sizes, times and connections,
// and speaks TLS.
type Handler struct {
	config Config
	base   *url.URL
}

// New returns a Handler. It refuses a Base that is no https address.
func New(c Config) (*Handler, error) {
	base, err := url.Parse(c.Base)
	if err != nil || base.Host == "" || base.Scheme != "https" {
		return nil, fmt.Errorf("%q is no https address such as https://registrar-console.example/", c.Base)
	}
	c.Deadline = cmp.Or(c.Deadline, 10*time.Second)
	c.Refusal = cmp.Or(c.Refusal, 300*time.Millisecond)
	c.Log = cmp.Or(c.Log, slog.Default())
	return &Handler{config: c, base: base}, nil
}

// An answer is what a request gets, and what the log tells of it beside.
type answer struct {
	status int
	body   any // a problem, or what was asked for
	retry  time.Duration

	who   registry.RegistrarID // who asks, or claims to; empty if nobody could be called so
	check string               // what was wrong with the credentials, for the operator
	fault error                // of ours
}

// ServeHTTP answers one request, and logs it in one line. Strangers who present nothing are worth no line.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(r.Context(), h.config.Deadline)
	defer cancel()
	a := h.answer(ctx, r)
	if a.status == http.StatusUnauthorized && a.check != "" {
		pause(ctx, h.config.Refusal-time.Since(begun))
	}
	h.write(w, a)
	h.log(r, a, time.Since(begun))
}

// pause waits, or until nobody waits for the answer any more. Who guesses learns nothing from how long it takes.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// answer decides nothing but the form: what is asked for, by whom, and what flow says.
func (h *Handler) answer(ctx context.Context, r *http.Request) answer {
	show := map[string]func(flow.RegistrarAccount) any{
		BalancePath:  func(a flow.RegistrarAccount) any { return balanceOf(a.Funds) },
		SettingsPath: h.settings,
	}[r.URL.Path]
	switch {
	case show == nil:
		return problemOf(http.StatusNotFound, "there is nothing here; ask for "+BalancePath+" or "+SettingsPath)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		return problemOf(http.StatusMethodNotAllowed, "this page answers GET and HEAD")
	}
	k, given := presented(r)
	if !given {
		return problemOf(http.StatusUnauthorized, "send the registrar id and the EPP password, by HTTP Basic authentication")
	}
	a := h.ask(ctx, k, show)
	a.who = k.Registrar
	return a
}

// presented returns the credentials of a request, if it has any that can be read. RFC 7617.
func presented(r *http.Request) (flow.Credentials, bool) {
	id, password, given := r.BasicAuth()
	if !given || len(r.Header.Values("Authorization")) != 1 {
		return flow.Credentials{}, false
	}
	from, _ := netip.ParseAddrPort(r.RemoteAddr)
	return flow.Credentials{Registrar: registry.RegistrarID(id), Password: password, From: from.Addr().Unmap()}, true
}

// ask authenticates who asks, and shows the account.
func (h *Handler) ask(ctx context.Context, k flow.Credentials, show func(flow.RegistrarAccount) any) answer {
	r, err := h.config.Service.Authenticate(ctx, k)
	if err != nil {
		return refused(err)
	}
	reply, err := h.config.Service.Ask(ctx, r.ID, flow.Account{})
	if err != nil {
		return refused(err)
	}
	return answer{status: http.StatusOK, body: show(reply.(flow.RegistrarAccount))}
}

// realm is what the challenge of an answer 401 says. RFC 7617 section 2.1.
const realm = `Basic realm="registrar id and EPP password", charset="UTF-8"`

func (h *Handler) write(w http.ResponseWriter, a answer) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(a.body); err != nil {
		h.config.Log.Error("an answer was not encoded", "error", err)
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	if _, isProblem := a.body.(problem); isProblem {
		header.Set("Content-Type", "application/problem+json")
	}
	header.Set("Content-Length", strconv.Itoa(body.Len()))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	switch a.status {
	case http.StatusUnauthorized:
		header.Set("WWW-Authenticate", realm)
	case http.StatusMethodNotAllowed:
		header.Set("Allow", "GET, HEAD")
	}
	if a.retry > 0 {
		header.Set("Retry-After", strconv.Itoa(int(a.retry.Seconds())+1)) // whole seconds. RFC 9110 section 10.2.3
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(body.Bytes())
}

// log writes the line of a request: who asked for what and how it ended, and never a password.
func (h *Handler) log(r *http.Request, a answer, took time.Duration) {
	level := slog.LevelInfo
	switch {
	case a.fault != nil && !errors.Is(a.fault, registry.ErrUnavailable):
		level = slog.LevelError
	case a.fault != nil || a.check != "":
		level = slog.LevelWarn
	case a.status != http.StatusOK:
		level = slog.LevelDebug
	}
	about := []any{"path", short(r.URL.Path), "status", a.status, "address", r.RemoteAddr, "took", took.Round(time.Microsecond).String()}
	if a.who != "" {
		about = append(about, "registrar", short(string(a.who)))
	}
	if a.check != "" {
		about = append(about, "check", a.check)
	}
	if a.fault != nil {
		about = append(about, "error", a.fault)
	}
	h.config.Log.Log(r.Context(), level, "account asked", about...)
}

// short keeps what a stranger sends from filling the log.
func short(s string) string {
	const most = 64
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
