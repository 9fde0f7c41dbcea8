package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	webaccount "example.org/dorado/front/account"
	"example.org/dorado/front/epp"
	post "example.org/dorado/front/mail"
	testenv "example.org/dorado/front/ote"
)

// addOTE adds the test environment: EPP and HTTPS on ports of its own, for all sandboxes. Architecture section 4.
func (h *house) addOTE(credentials epp.Credentials) error {
	writer, err := post.NewWriter(post.House{Name: h.config.Registry.ServerID + " (test environment)", Billing: h.config.Billing.Contact})
	if err != nil {
		return err
	}
	if h.ote, err = openSandboxes(h.core, h.dir, func() (registry.Fence, bool) { return h.node.lease(oteLease) }, writer); err != nil {
		return fmt.Errorf("the test environment: %w", err)
	}
	h.addLoop("ote", h.ote.run)
	h.oteEPP = epp.New(epp.Config{
		Service: h.ote.nobody, Choose: h.ote.service, Credentials: credentials, ServerID: h.config.Registry.ServerID,
		NewTRID: h.core.trid, Log: h.log.With("role", "ote"), Sent: h.answers,
	})
	suspend, resume := h.node.suspend, h.node.resume
	h.node.suspend = func() { suspend(); h.oteEPP.Suspend() }
	h.node.resume = func() { resume(); h.oteEPP.Resume() }
	socket := h.sockets.streams[serviceTestEPP]
	h.add(unit{"ote epp", func() error { return h.oteEPP.Serve(socket) }, h.oteEPP.Shutdown})
	return h.addTestHTTPS()
}

// addTestHTTPS adds what registrars' programs ask of their sandboxes: the clock, and what they ask of their accounts in
// production.
func (h *house) addTestHTTPS() error {
	mux := http.NewServeMux()
	pages := testenv.New(testenv.Config{Sandboxes: environment{h.ote}, EPP: h.sockets.address(serviceTestEPP), Log: h.log.With("role", "ote")})
	mux.Handle(testenv.Path, pages)
	mux.Handle(testenv.Path+"/", pages)
	mux.HandleFunc(webaccount.Path, h.testAccount)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "This is the test environment. EPP is at "+h.sockets.address(serviceTestEPP)+"; a sandbox and its clock are at "+
			testenv.Path+" and "+testenv.ClockPath+", an account at "+webaccount.BalancePath+" and "+webaccount.SettingsPath+
			", with a credential's id and its EPP password.", http.StatusNotFound)
	})
	socket := h.https.listener(h.sockets.streams[serviceTestHTTPS], nil)
	server := h.addHTTP("ote https", socket, http.MaxBytesHandler(mux, httpBodyBytes))
	server.WriteTimeout = testWriteTime
	return nil
}

// testWriteTime is how long an answer of the test environment may take: years may pass in it.
const testWriteTime = testenv.Deadline + httpWriteTime

// testAccount answers what a program asks of its account in a sandbox as production does.
func (h *house) testAccount(w http.ResponseWriter, r *http.Request) {
	id, _, _ := r.BasicAuth()
	service, err := h.ote.service(r.Context(), registry.RegistrarID(id))
	if err != nil {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"error": err.Error()})
		return
	}
	pages, err := webaccount.New(webaccount.Config{
		Service: service, Base: "https://" + h.sockets.address(serviceTestHTTPS) + "/", Log: h.log.With("role", "ote"),
	})
	if err != nil {
		writeJSON(w, http.StatusInternalServerError, map[string]string{"error": err.Error()})
		return
	}
	pages.ServeHTTP(w, r)
}

// An environment is the sandboxes as front-ends ask for them. Mistakes of whoever asks are refusals there.
type environment struct{ all *sandboxes }

// Service is ote.Environment.
func (e environment) Service(ctx context.Context, who registry.RegistrarID) (*flow.Service, error) {
	return e.all.service(ctx, who)
}

// Show is ote.Environment.
func (e environment) Show(ctx context.Context, who registry.RegistrarID) (registry.Sandbox, error) {
	s, err := e.all.find(string(who))
	if err != nil {
		return registry.Sandbox{}, refusalOf(err)
	}
	return s.tell(ctx)
}

// Clock is ote.Environment.
func (e environment) Clock(ctx context.Context, who registry.RegistrarID) (any, error) {
	s, err := e.all.find(string(who))
	if err != nil {
		return nil, refusalOf(err)
	}
	return s.shows(ctx)
}

// Move is ote.Environment.
func (e environment) Move(ctx context.Context, who registry.RegistrarID, m registry.SandboxMove) (any, error) {
	s, err := e.all.find(string(who))
	if err != nil {
		return nil, refusalOf(err)
	}
	state, err := s.move(ctx, clockMove(m))
	return state, refusalOf(err)
}

// Reset is ote.Environment.
func (e environment) Reset(ctx context.Context, who registry.RegistrarID) error {
	s, err := e.all.find(string(who))
	if err != nil {
		return refusalOf(err)
	}
	return refusalOf(s.reset(ctx))
}

// Refill is ote.Environment.
func (e environment) Refill(ctx context.Context, who registry.RegistrarID) error {
	s, err := e.all.find(string(who))
	if err != nil {
		return refusalOf(err)
	}
	return refusalOf(s.refill(ctx, who))
}

// refusalOf makes of a mistake what front-ends tell.
func refusalOf(err error) error {
	if m, ok := errors.AsType[mistake](err); ok {
		return &registry.Error{Code: registry.ParameterRange, Reason: m.Error()}
	}
	return err
}
