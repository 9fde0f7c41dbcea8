package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/netutil"

	"example.org/dorado/core/registry"
	webaccount "example.org/dorado/front/account"
	"example.org/dorado/front/console"
	"example.org/dorado/front/epp"
	"example.org/dorado/front/pages"
	"example.org/dorado/front/rdap"
)

// addHTTP adds a server on a socket.
func (h *house) addHTTP(name string, socket net.Listener, handler http.Handler) *http.Server {
	server := newHTTP(handler, h.log)
	h.add(unit{name, func() error {
		if err := server.Serve(socket); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}, server.Shutdown})
	return server
}

// addHealth adds what supervisors and monitoring ask, on an address of its own that is not the world's.
func (h *house) addHealth() {
	mux := http.NewServeMux()
	mux.Handle("/", health(h.condition))
	mux.HandleFunc("GET /healthz.json", h.tellDetail)
	mux.Handle("GET /metrics", h.metrics.handler())
	h.addHTTP("health", netutil.LimitListener(h.sockets.streams[serviceHealth], healthConnection), http.MaxBytesHandler(mux, httpBodyBytes))
}

// controlBodyBytes bounds what the operator sends at once: a file of prices of two million names.
const controlBodyBytes = 256 << 20

// addControl opens the control socket, on which moving the clock and importing a file may take long.
func (h *house) addControl() error {
	socket, err := listenControl(h.dir)
	if err != nil {
		return err
	}
	control := h.control()
	server := h.addHTTP("control", socket, control)
	server.Handler = http.MaxBytesHandler(control, controlBodyBytes)
	server.ReadTimeout, server.WriteTimeout = controlTime, controlTime
	return nil
}

// addHTTPS adds the pages and interfaces of HTTPS: those of the roles that the process runs.
func (h *house) addHTTPS() error {
	mux := http.NewServeMux()
	var all http.Handler = mux
	var there []string // what to say where nothing is
	if slices.Contains(h.roles, roleRDAP) {
		lookups, mount, err := h.mountRDAP(mux)
		if err != nil {
			return err
		}
		all = beneath(mount, lookups, mux)
		there = append(there, "RDAP is at "+mount+", the IDN tables at "+pages.TablesPath+".")
	}
	if slices.Contains(h.roles, roleConsole) {
		for _, mount := range []func(*http.ServeMux) (string, error){h.mountAccount, h.mountConsole} {
			about, err := mount(mux)
			if err != nil {
				return err
			}
			there = append(there, about)
		}
	}
	if !mounted(mux, "/") {
		mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "There is nothing here. "+strings.Join(there, " "), http.StatusNotFound)
		})
	}
	server := h.addHTTP("https", h.https.listener(h.sockets.streams[serviceHTTPS], h.config.RDAP.uncounted()), bounded(h.measureHTTPS(all)))
	if h.movable {
		mux.HandleFunc("POST /json/demo/clock", fromJSON(answerJSON(h, h.moveClock)))
		server.WriteTimeout = controlTime
	}
	return nil
}

// bounded bounds what is read of a request. The console bounds each of its forms itself, since some bring a file.
func bounded(all http.Handler) http.Handler {
	short := http.MaxBytesHandler(all, httpBodyBytes)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, console.Path) {
			all.ServeHTTP(w, r)
			return
		}
		short.ServeHTTP(w, r)
	})
}

// mounted reports whether something answers for a path.
func mounted(mux *http.ServeMux, path string) bool {
	_, pattern := mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}})
	return pattern != ""
}

// beneath hands what is asked below a path to a handler as it was asked, and all else to another. A ServeMux would redirect
// an address with // or .. in it, with a page for people; who asks for RDAP expects its errors.
func beneath(mount string, handler, others http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		short := path.Clean(r.URL.Path)
		odd := short != r.URL.Path && short+"/" != r.URL.Path
		if mount == "/" && !odd || !strings.HasPrefix(r.URL.Path, mount) && !strings.HasPrefix(short+"/", mount) {
			others.ServeHTTP(w, r)
			return
		}
		r.Pattern = mount // as a mux would say
		handler.ServeHTTP(w, r)
	})
}

// mountRDAP adds the lookups, which it returns with their path, and the IDN tables.
func (h *house) mountRDAP(mux *http.ServeMux) (lookups *rdap.Handler, mount string, err error) {
	base := h.rdapBase()
	c := h.config.RDAP.handler()
	c.Service, c.Base, c.Log, c.NewTRID = h.core.service, base, h.log.With("role", "rdap"), h.core.trid
	lookups, err = rdap.New(c)
	if err != nil {
		return nil, "", fmt.Errorf("rdap.base: %w", err)
	}
	public, err := url.Parse(base)
	if err != nil {
		return nil, "", fmt.Errorf("rdap.base: %w", err)
	}
	mount = public.JoinPath("/").Path
	mux.Handle(mount, lookups)
	published, err := pages.Tables(func() []string { return h.core.service.Profile.At(h.core.clock.Now()).IDNTables }, h.soldZones())
	if err != nil {
		return nil, "", fmt.Errorf("the IDN tables: %w", err)
	}
	mux.Handle(pages.TablesPath, published)
	page, err := pages.Lookup(pages.LookupConfig{
		Service: h.core.service, Zones: h.soldZones(), RDAP: base, WHOIS: h.config.RDAP.WHOIS, Tables: true,
		Count: lookups.Count, Log: h.log.With("role", "rdap"),
	})
	if err != nil {
		return nil, "", fmt.Errorf("the lookup page: %w", err)
	}
	if mount == "/" { // RDAP has nothing at the place itself
		mux.Handle("/{$}", page)
		mux.Handle(pages.StylePath, page)
		return lookups, mount, nil
	}
	mux.Handle("/", page)
	return lookups, mount, nil
}

// mountAccount adds what registrars' programs ask of their accounts, and says where it is.
func (h *house) mountAccount(mux *http.ServeMux) (about string, err error) {
	pages, err := webaccount.New(webaccount.Config{Service: h.core.service, Base: h.consoleBase(), Log: h.log.With("role", "console")})
	if err != nil {
		return "", fmt.Errorf("console.base: %w", err)
	}
	mux.Handle(webaccount.Path, pages)
	return "A registrar's balance is at " + webaccount.BalancePath + ", its settings at " + webaccount.SettingsPath + ".", nil
}

// mountConsole adds the registrar console, and says where it is.
func (h *house) mountConsole(mux *http.ServeMux) (about string, err error) {
	worker := &console.Bulk{
		Service: h.core.service, NewTRID: h.core.trid, Log: h.log.With("role", "console"),
		Lease: func() (registry.Fence, bool) { return h.node.lease(bulkLease) },
	}
	h.addLoop("bulk", worker.Run)
	_, pages, err := console.New(console.Config{
		Service: h.core.service, Base: h.consoleBase(), NewTRID: h.core.trid, Log: h.log.With("role", "console"), Bulk: worker.Poke,
		Papers: papers{h.core.billing.issuer()}, Deposit: h.core.billing.depositText(),
		Frames: h.core.judge, Result: epp.Result, ResultCode: epp.ResultCode,
		Files: h.tree.Of, Sandboxes: h.ownSandboxes(),
		SandboxAddresses: console.SandboxAddresses{EPP: h.publicAddress(serviceTestEPP), HTTPS: h.publicWeb(serviceTestHTTPS)},
	})
	if err != nil {
		return "", fmt.Errorf("console.base: %w", err)
	}
	mux.Handle(console.Path, pages)
	mux.Handle("GET "+strings.TrimSuffix(console.Path, "/"), http.RedirectHandler(console.Path, http.StatusSeeOther))
	return "The registrar console is at " + console.Path + ".", nil
}

// soldZones are the zones in which names can be had.
func (h *house) soldZones() []string {
	var list []string
	for _, z := range h.core.service.Profile.Zones {
		if z.Sold {
			list = append(list, z.Name.String())
		}
	}
	return list
}

// rdapBase returns the public address of RDAP.
func (h *house) rdapBase() string {
	if h.config.RDAP.Base != "" {
		return h.config.RDAP.Base
	}
	return h.publicHTTPS() + "/rdap/"
}

// consoleBase returns the public address of the registrar console, and "" if this process does not know it.
func (h *house) consoleBase() string {
	if h.config.Console.Base != "" || !slices.Contains(h.roles, roleConsole) {
		return h.config.Console.Base
	}
	return h.publicHTTPS() + "/"
}

// publicHTTPS is the address of the HTTPS server as others may reach it, where the configuration does not say.
func (h *house) publicHTTPS() string { return h.publicWeb(serviceHTTPS) }

// publicWeb is the address of a server of HTTPS, empty if there is none.
func (h *house) publicWeb(s service) string {
	address := h.publicAddress(s)
	if address == "" {
		return ""
	}
	return "https://" + strings.TrimSuffix(address, ":443")
}

// publicAddress is where others may reach a service, with its port; empty if it does not listen.
func (h *house) publicAddress(s service) string {
	host, port, err := net.SplitHostPort(h.sockets.address(s))
	if err != nil {
		return ""
	}
	if a, err := netip.ParseAddr(host); err != nil || a.IsUnspecified() {
		if host, err = os.Hostname(); err != nil {
			host = "localhost"
		}
	}
	return net.JoinHostPort(host, port)
}

// fromJSON refuses what a web page of somebody else could send without asking first.
func fromJSON(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != "application/json" {
			writeJSON(w, http.StatusUnsupportedMediaType, map[string]string{"error": "send JSON, with Content-Type: application/json"})
			return
		}
		next(w, r)
	}
}

// where lists the addresses that a process serves, for its log.
func (h *house) where() []any {
	var list []any
	for _, s := range []service{serviceEPP, serviceWHOIS, serviceDNS, serviceHTTPS, serviceFTPS, serviceHealth, serviceNodes} {
		if address := h.sockets.address(s); address != "" {
			list = append(list, fmt.Sprint(s), address)
		}
	}
	return list
}
