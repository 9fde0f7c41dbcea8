// Package ote owns what a registrar's programs ask of its test environment over HTTPS, as JSON: what the sandbox is like,
// its clock, its funds, and a new beginning. It reads credentials and requests, asks whoever runs the sandboxes, and decides
// nothing. Architecture sections 4 and 5.
package ote

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictjson"
	"example.org/dorado/flow"
)

// Deadline is how long one answer may take, in which years may pass.
const Deadline = 2 * time.Minute

// Path is where the sandbox of whoever asks is; the others are below it.
const (
	Path      = "/json/ote"
	ClockPath = Path + "/clock"
	ResetPath = Path + "/reset"
	FundsPath = Path + "/funds"
	ZonePath  = Path + "/zone"
)

// An Environment is the sandboxes, asked by the id of a credential. Its *registry.Error is told to whoever asks.
type Environment interface {
	// Service is the registry of a credential; of one that there is not it knows nobody.
	Service(context.Context, registry.RegistrarID) (*flow.Service, error)
	Show(context.Context, registry.RegistrarID) (registry.Sandbox, error)
	// Clock and Move return what the clock shows, and what fell due on the way, as JSON has it.
	Clock(context.Context, registry.RegistrarID) (any, error)
	Move(context.Context, registry.RegistrarID, registry.SandboxMove) (any, error)
	Reset(context.Context, registry.RegistrarID) error
	Refill(context.Context, registry.RegistrarID) error
	// Zone returns what the zones would hold now for one name, or, where that is empty, for names after another, as JSON
	// has it.
	Zone(ctx context.Context, who registry.RegistrarID, name, after string) (any, error)
}

// Config is what a Handler needs. What is zero from Deadline on takes what stands beside it.
type Config struct {
	Sandboxes Environment
	EPP       string // the address of EPP, as it is told
	RDAP      string // that of RDAP, to whom it knows
	Public    string // that of RDAP, as it answers strangers
	WHOIS     string // that of WHOIS over HTTPS

	Deadline time.Duration // for one answer; Deadline
	Refusal  time.Duration // no wrong credentials are answered sooner; 300 ms
	Log      *slog.Logger  // slog.Default
}

// A Handler answers at Path and below. The server it is mounted on bounds sizes, times and connections, and speaks TLS.
type Handler struct{ config Config }

// New returns a Handler.
func New(c Config) *Handler {
	c.Deadline = cmp.Or(c.Deadline, Deadline)
	c.Refusal = cmp.Or(c.Refusal, 300*time.Millisecond)
	c.Log = cmp.Or(c.Log, slog.Default())
	return &Handler{c}
}

// An answer is what a request gets.
type answer struct {
	status int
	body   any
	allow  string
	retry  time.Duration
	wrong  bool // the credentials
}

// A problem says why there is nothing else.
type problem struct {
	Error string `json:"error"`
}

func problemOf(status int, format string, a ...any) answer {
	return answer{status: status, body: problem{fmt.Sprintf(format, a...)}}
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(r.Context(), h.config.Deadline)
	defer cancel()
	h.write(ctx, w, h.answer(ctx, r), began)
}

// Known returns a handler that asks another one only for who has a credential, with its id.
func (h *Handler) Known(next func(http.ResponseWriter, *http.Request, registry.RegistrarID)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		ctx, cancel := context.WithTimeout(r.Context(), h.config.Deadline)
		defer cancel()
		who, refused := h.authenticate(ctx, r)
		if refused != nil {
			h.write(ctx, w, *refused, began)
			return
		}
		next(w, r, who)
	})
}

// write sends an answer to a request that began at an instant.
func (h *Handler) write(ctx context.Context, w http.ResponseWriter, a answer, began time.Time) {
	if a.wrong { // who guesses learns nothing from how long it takes
		wait(ctx, h.config.Refusal-time.Since(began))
	}
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	if a.status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", realm)
	}
	if a.allow != "" {
		header.Set("Allow", a.allow)
	}
	if a.retry > 0 {
		header.Set("Retry-After", strconv.Itoa(int(a.retry.Seconds())+1)) // whole seconds. RFC 9110 section 10.2.3
	}
	w.WriteHeader(a.status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(a.body) // whoever asked may be gone; there is nobody to tell
}

// realm is what the challenge of an answer 401 says. RFC 7617 section 2.1.
const realm = `Basic realm="credential of the test environment and its EPP password", charset="UTF-8"`

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// answer finds out who asks, and does what is asked for.
func (h *Handler) answer(ctx context.Context, r *http.Request) answer {
	do := map[string]func(context.Context, registry.RegistrarID, *http.Request) (any, error){
		"GET " + Path: h.show, "GET " + ClockPath: h.clock, "GET " + ZonePath: h.zone,
		"POST " + ClockPath: h.move, "POST " + ResetPath: h.reset, "POST " + FundsPath: h.refill,
	}
	allowed := map[string]string{Path: "GET", ClockPath: "GET, POST", ResetPath: "POST", FundsPath: "POST", ZonePath: "GET"}[r.URL.Path]
	if allowed == "" {
		return problemOf(http.StatusNotFound, "there is nothing here; there are %s, %s, %s, %s and %s", Path, ClockPath, ZonePath, ResetPath, FundsPath)
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	act := do[method+" "+r.URL.Path]
	if act == nil {
		a := problemOf(http.StatusMethodNotAllowed, "this address takes %s", allowed)
		a.allow = allowed
		return a
	}
	if method == http.MethodPost && !isJSON(r) { // what a web page of somebody else could send without asking first
		return problemOf(http.StatusUnsupportedMediaType, "send JSON, with Content-Type: application/json")
	}
	who, refused := h.authenticate(ctx, r)
	if refused != nil {
		return *refused
	}
	body, err := act(ctx, who, r)
	if err != nil {
		return h.failed(r, who, err)
	}
	return answer{status: http.StatusOK, body: body}
}

func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// authenticate returns the credential of whoever asks. RFC 7617.
func (h *Handler) authenticate(ctx context.Context, r *http.Request) (registry.RegistrarID, *answer) {
	id, password, given := r.BasicAuth()
	if !given || len(r.Header.Values("Authorization")) != 1 {
		a := problemOf(http.StatusUnauthorized, "send a credential's id, such as OTE1001-A, and its EPP password, by HTTP Basic authentication")
		return "", &a
	}
	who := registry.RegistrarID(id)
	from, _ := netip.ParseAddrPort(r.RemoteAddr)
	service, err := h.config.Sandboxes.Service(ctx, who)
	if err == nil {
		_, err = service.Authenticate(ctx, flow.Credentials{Registrar: who, Password: password, From: from.Addr().Unmap()})
	}
	if err == nil {
		return who, nil
	}
	a := h.failed(r, who, err)
	if refusal, refused := errors.AsType[*registry.Error](err); refused && refusal.Code == registry.Authentication {
		h.config.Log.Warn("credentials of the test environment refused", "address", r.RemoteAddr, "check", cmp.Or(refusal.Private, refusal.Reason))
		a = problemOf(http.StatusUnauthorized, "the credential's id or its password is wrong")
		if refusal.Wait > 0 {
			a = problemOf(http.StatusTooManyRequests, "%s", refusal.Reason)
		}
		a.wrong, a.retry = true, refusal.Wait
	}
	return "", &a
}

// failed tells a refusal, and logs a fault.
func (h *Handler) failed(r *http.Request, who registry.RegistrarID, err error) answer {
	refusal, refused := errors.AsType[*registry.Error](err)
	switch {
	case refused && refusal.Wait > 0: // it can be done, and not now
		a := problemOf(http.StatusTooManyRequests, "%s", refusal.Error())
		a.retry = refusal.Wait
		return a
	case refused && refusal.Code == registry.Syntax: // read, whatever the sandbox is like
		return problemOf(http.StatusBadRequest, "%s", refusal.Error())
	case refused:
		return problemOf(http.StatusConflict, "%s", refusal.Error())
	case errors.Is(err, registry.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		h.config.Log.Warn("the test environment does not answer", "path", r.URL.Path, "registrar", who, "error", err)
		return problemOf(http.StatusServiceUnavailable, "the test environment does not answer just now; try again")
	}
	h.config.Log.Error("answer a program in the test environment", "path", r.URL.Path, "registrar", who, "error", err)
	return problemOf(http.StatusInternalServerError, "the test environment has a fault; its log says more")
}

// read decodes the body of a request.
func read(r *http.Request, into any) error {
	err := strictjson.Read(r.Body, into)
	if errors.Is(err, io.EOF) {
		err = errors.New("there is no body; send {} where there is nothing to say")
	}
	var large *http.MaxBytesError
	var broken net.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		err = fmt.Errorf("it is larger than %d octets", large.Limit)
	case errors.As(err, &broken), errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("it did not come to its end")
	}
	return &registry.Error{Code: registry.Syntax, Reason: "the request is not the JSON that is expected: " + err.Error()}
}

// A state is a sandbox as JSON has it.
type state struct {
	Name        string               `json:"name"`
	Registrar   registry.RegistrarID `json:"registrar"`
	EPP         string               `json:"epp"`
	RDAP        string               `json:"rdap"`
	PublicRDAP  string               `json:"publicRdap"`
	WHOIS       string               `json:"whois"`
	Zone        string               `json:"zone"`
	Now         time.Time            `json:"now"`
	Offset      string               `json:"offset"`
	Made        time.Time            `json:"made"`
	Names       int                  `json:"names"`
	Credentials []credential         `json:"registrars"`

	Accreditation accreditation `json:"accreditation"`
}

// An accreditation is how far the sandbox has come with the list, and the list.
type accreditation struct {
	policy.AccreditationState
	Items []policy.AccreditationLine `json:"items"`
}

type credential struct {
	ID        registry.RegistrarID `json:"id"`
	Available string               `json:"available"`
}

func (h *Handler) show(ctx context.Context, who registry.RegistrarID, _ *http.Request) (any, error) {
	s, err := h.config.Sandboxes.Show(ctx, who)
	if err != nil {
		return nil, err
	}
	told := state{
		Name: s.Name, Registrar: s.Registrar, EPP: h.config.EPP, RDAP: h.config.RDAP, PublicRDAP: h.config.Public, WHOIS: h.config.WHOIS, Zone: ZonePath, Now: s.Now, Offset: s.Offset.String(), Made: s.Made, Names: s.Names,
		Credentials: []credential{}, Accreditation: accreditation{policy.AccreditationOf(s.Ticks), policy.AccreditationLines(s.Ticks)},
	}
	for _, c := range s.Credentials {
		told.Credentials = append(told.Credentials, credential{c.ID, c.Available.String()})
	}
	return told, nil
}

func (h *Handler) clock(ctx context.Context, who registry.RegistrarID, _ *http.Request) (any, error) {
	return h.config.Sandboxes.Clock(ctx, who)
}

func (h *Handler) zone(ctx context.Context, who registry.RegistrarID, r *http.Request) (any, error) {
	asked, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, wrongQuery(err.Error())
	}
	for parameter, values := range asked {
		switch {
		case parameter != "name" && parameter != "after":
			return nil, wrongQuery(fmt.Sprintf("there is no parameter %.64q", parameter))
		case len(values) > 1:
			return nil, wrongQuery(parameter + " can be there once")
		case values[0] == "":
			return nil, wrongQuery(parameter + " is empty")
		}
	}
	if len(asked) > 1 {
		return nil, wrongQuery("it has both; only one of them can be there")
	}
	return h.config.Sandboxes.Zone(ctx, who, asked.Get("name"), asked.Get("after"))
}

// wrongQuery refuses what stands behind the question mark of an address: what is not understood is not left out.
func wrongQuery(what string) error {
	return &registry.Error{
		Code: registry.ParameterSyntax, Reason: "the query is not understood: " + what + "; ask for ?name=NAME, for ?after=NAME, or for all without a query",
	}
}

func (h *Handler) move(ctx context.Context, who registry.RegistrarID, r *http.Request) (any, error) {
	var m registry.SandboxMove
	if err := read(r, &m); err != nil {
		return nil, err
	}
	return h.config.Sandboxes.Move(ctx, who, m)
}

// done is the answer to an act that has none.
type done struct {
	Done bool `json:"done"`
}

func (h *Handler) reset(ctx context.Context, who registry.RegistrarID, r *http.Request) (any, error) {
	if err := read(r, new(struct{})); err != nil {
		return nil, err
	}
	return done{true}, h.config.Sandboxes.Reset(ctx, who)
}

func (h *Handler) refill(ctx context.Context, who registry.RegistrarID, r *http.Request) (any, error) {
	if err := read(r, new(struct{})); err != nil {
		return nil, err
	}
	return done{true}, h.config.Sandboxes.Refill(ctx, who)
}
