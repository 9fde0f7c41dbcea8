package main

import (
	"context"
	"fmt"
	"net/http"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	webaccount "example.org/dorado/front/account"
	"example.org/dorado/front/console"
	"example.org/dorado/front/epp"
	post "example.org/dorado/front/mail"
	testenv "example.org/dorado/front/ote"
)

// addOTE adds the test environment: EPP and HTTPS on ports of its own, for all sandboxes. Architecture section 4.
func (h *house) addOTE(ctx context.Context, credentials epp.Credentials) error {
	writer, err := post.NewWriter(post.House{Name: h.config.Registry.ServerID + " (test environment)", Billing: h.config.Billing.Contact})
	if err != nil {
		return err
	}
	if h.ote, err = openSandboxes(h.core, h.dir, h.tests.lease, writer); err != nil {
		return fmt.Errorf("the test environment: %w", err)
	}
	if err := h.runTests(ctx); err != nil {
		return fmt.Errorf("the test environment: %w", err)
	}
	h.measureOTE()
	h.addLoop("ote", h.ote.run)
	h.oteEPP = epp.New(epp.Config{
		Service: h.ote.nobody, Choose: h.ote.service, Credentials: credentials, ServerID: h.config.Registry.ServerID,
		NewTRID: h.core.trid, Log: h.log.With("role", "ote"), Sent: h.answers, Answered: h.ote.answered,
	})
	suspend, resume := h.node.suspend, h.node.resume
	h.node.suspend = func() { suspend(); h.oteEPP.Suspend() }
	h.node.resume = func() { resume(); h.oteEPP.Resume() }
	socket := h.tests.passage(h.sockets.streams[serviceTestEPP], linkTestEPP)
	h.add(unit{"ote epp", func() error { return h.oteEPP.Serve(socket) }, h.oteEPP.Shutdown})
	if err := h.addTestHTTPS(); err != nil {
		return err
	}
	h.addSwitchboard()
	return nil
}

// addTestHTTPS adds what registrars' programs ask of their sandboxes: the clock, the lookups, and what they ask of their
// accounts in production.
func (h *house) addTestHTTPS() error {
	mux := http.NewServeMux()
	lookups, err := h.newTestLookups()
	if err != nil {
		return err
	}
	pages := testenv.New(testenv.Config{
		Sandboxes: environment{h.ote}, EPP: h.publicAddress(serviceTestEPP), RDAP: lookups.base + rdapPath, Public: lookups.base + publicRDAPPath,
		WHOIS: lookups.base + whoisPath + "?q=", Log: h.log.With("role", "ote"),
	})
	mux.Handle(testenv.Path, pages)
	mux.Handle(testenv.Path+"/", pages)
	mux.HandleFunc(webaccount.Path, h.testAccount)
	mux.Handle(whoisPath, pages.Known(lookups.whois))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "This is the test environment. EPP is at "+h.publicAddress(serviceTestEPP)+"; a sandbox and its clock are at "+
			testenv.Path+" and "+testenv.ClockPath+", its zone at "+testenv.ZonePath+", RDAP at "+rdapPath+" and, as strangers are answered, at "+publicRDAPPath+
			", WHOIS at "+whoisPath+"?q=NAME, an account at "+webaccount.BalancePath+" and "+webaccount.SettingsPath+
			", with a credential's id and its EPP password.", http.StatusNotFound)
	})
	all := beneath(publicRDAPPath, pages.Known(lookups.public), mux)
	all = beneath(rdapPath, http.HandlerFunc(lookups.known), all)
	socket := h.https.listener(h.tests.passage(h.sockets.streams[serviceTestHTTPS], linkTestHTTPS), nil)
	server := h.addHTTP("ote https", socket, h.tests.orSayWhere(http.MaxBytesHandler(all, httpBodyBytes)))
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
		Service: service, Base: h.publicWeb(serviceTestHTTPS) + "/", Log: h.log.With("role", "ote"),
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
		return registry.Sandbox{}, err
	}
	return s.tell(ctx)
}

// Clock is ote.Environment.
func (e environment) Clock(ctx context.Context, who registry.RegistrarID) (any, error) {
	s, err := e.all.find(string(who))
	if err != nil {
		return nil, err
	}
	return s.shows(ctx)
}

// Move is ote.Environment.
func (e environment) Move(ctx context.Context, who registry.RegistrarID, m registry.SandboxMove) (any, error) {
	s, err := e.all.find(string(who))
	if err != nil {
		return nil, err
	}
	state, err := s.move(ctx, clockMove(m))
	return state, err
}

// Reset is ote.Environment.
func (e environment) Reset(ctx context.Context, who registry.RegistrarID) error {
	s, err := e.all.find(string(who))
	if err != nil {
		return err
	}
	return s.reset(ctx)
}

// Refill is ote.Environment.
func (e environment) Refill(ctx context.Context, who registry.RegistrarID) error {
	s, err := e.all.find(string(who))
	if err != nil {
		return err
	}
	return s.refill(ctx, who)
}

// Zone is ote.Environment.
func (e environment) Zone(ctx context.Context, who registry.RegistrarID, name, after string) (any, error) {
	s, err := e.all.find(string(who))
	if err != nil {
		return nil, err
	}
	return s.zone(ctx, name, after)
}

// ownSandboxes is the sandboxes as the console asks for them, by their owners.
type ownSandboxes struct{ all *sandboxes }

// Sandbox is console.Sandboxes.
func (o ownSandboxes) Sandbox(ctx context.Context, owner registry.RegistrarID) (registry.Sandbox, bool, error) {
	s := o.all.of(owner)
	if s == nil {
		if m, is := o.all.isMissing(string(owner)); is {
			return registry.Sandbox{}, false, m.told()
		}
		return registry.Sandbox{}, false, nil
	}
	t, err := s.tell(ctx)
	return t, true, err
}

// Make is console.Sandboxes.
func (o ownSandboxes) Make(ctx context.Context, owner registry.RegistrarID) ([]registry.SandboxPassword, error) {
	return o.all.Make(ctx, owner)
}

// AddCredential is console.Sandboxes.
func (o ownSandboxes) AddCredential(ctx context.Context, owner registry.RegistrarID) (registry.SandboxPassword, error) {
	s, err := o.all.owned(owner)
	if err != nil {
		return registry.SandboxPassword{}, err
	}
	return s.addCredential(ctx)
}

// NewPassword is console.Sandboxes.
func (o ownSandboxes) NewPassword(ctx context.Context, owner, id registry.RegistrarID) (registry.SandboxPassword, error) {
	s, err := o.all.owned(owner)
	if err != nil {
		return registry.SandboxPassword{}, err
	}
	if _, err := s.credential(string(id)); err != nil {
		return registry.SandboxPassword{}, err
	}
	return s.newPassword(ctx, id)
}

// Refill is console.Sandboxes.
func (o ownSandboxes) Refill(ctx context.Context, owner, id registry.RegistrarID) error {
	s, err := o.all.owned(owner)
	if err != nil {
		return err
	}
	if _, err := s.credential(string(id)); err != nil {
		return err
	}
	return s.refill(ctx, id)
}

// Move is console.Sandboxes.
func (o ownSandboxes) Move(ctx context.Context, owner registry.RegistrarID, m registry.SandboxMove) (console.SandboxMoved, error) {
	s, err := o.all.owned(owner)
	if err != nil {
		return console.SandboxMoved{}, err
	}
	f, err := s.move(ctx, clockMove(m))
	moved := console.SandboxMoved{
		Was: f.Was, Now: f.Now, Event: f.Event, Renewed: f.Renewed, Suspended: f.Suspended, Deleted: f.Deleted, Transferred: f.Transferred,
		Purged: f.Purged, Contacts: f.Forgotten, Charges: f.Charges, Posted: f.posted, Months: f.Months,
	}
	if f.Mails != nil {
		moved.Mails = *f.Mails
	}
	return moved, err
}

// Reset is console.Sandboxes.
func (o ownSandboxes) Reset(ctx context.Context, owner registry.RegistrarID) error {
	s, err := o.all.owned(owner)
	if err != nil {
		return err
	}
	return s.reset(ctx)
}

// Mails is console.Sandboxes.
func (o ownSandboxes) Mails(ctx context.Context, owner registry.RegistrarID) ([]registry.SandboxMail, error) {
	s, err := o.all.owned(owner)
	if err != nil {
		return nil, err
	}
	return s.mails(ctx)
}

// Mail is console.Sandboxes.
func (o ownSandboxes) Mail(_ context.Context, owner registry.RegistrarID, id string) (registry.SandboxMail, error) {
	s, err := o.all.owned(owner)
	if err != nil {
		return registry.SandboxMail{}, err
	}
	return s.mail(id)
}

// ownSandboxes returns the sandboxes for the console, whichever node has them; nil where there is no other and this one has not.
func (h *house) ownSandboxes() console.Sandboxes {
	if h.ote == nil && h.core.db.Alone() {
		return nil
	}
	return anySandboxes{h.tests}
}
