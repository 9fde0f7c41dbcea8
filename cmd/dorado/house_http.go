package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"golang.org/x/net/netutil"

	webaccount "example.org/dorado/front/account"
	"example.org/dorado/front/rdap"
	"example.org/dorado/front/tables"
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

func (h *house) addHealth() {
	h.addHTTP("health", netutil.LimitListener(h.sockets.streams[serviceHealth], healthConnection), health(h.condition))
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
	var there []string // what to say where nothing is
	if slices.Contains(h.roles, roleRDAP) {
		about, err := h.mountRDAP(mux)
		if err != nil {
			return err
		}
		there = append(there, about)
	}
	if slices.Contains(h.roles, roleConsole) {
		about, err := h.mountAccount(mux)
		if err != nil {
			return err
		}
		there = append(there, about)
	}
	if !mounted(mux, "/") {
		mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "There is nothing here. "+strings.Join(there, " "), http.StatusNotFound)
		})
	}
	server := h.addHTTP("https", h.https.listener(h.sockets.streams[serviceHTTPS]), mux)
	if h.movable {
		mux.HandleFunc("POST /json/demo/clock", fromJSON(answerJSON(h, h.moveClock)))
		server.WriteTimeout = controlTime
	}
	return nil
}

// mounted reports whether something answers for a path.
func mounted(mux *http.ServeMux, path string) bool {
	_, pattern := mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}})
	return pattern != ""
}

// mountRDAP adds the lookups and the IDN tables, and says where they are.
func (h *house) mountRDAP(mux *http.ServeMux) (about string, err error) {
	base := h.rdapBase()
	lookups, err := rdap.New(rdap.Config{
		Service: h.core.service, Base: base, Port43: h.config.RDAP.WHOIS, Terms: h.config.RDAP.Terms,
		Log: h.log.With("role", "rdap"),
	})
	if err != nil {
		return "", fmt.Errorf("rdap.base: %w", err)
	}
	public, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("rdap.base: %w", err)
	}
	mount := public.JoinPath("/").Path
	mux.Handle(mount, lookups)
	published, err := tables.New(func() []string { return h.core.service.Profile.At(h.core.clock.Now()).IDNTables }, h.soldZones())
	if err != nil {
		return "", fmt.Errorf("the IDN tables: %w", err)
	}
	mux.Handle(tables.Path, published)
	return "RDAP is at " + mount + ", the IDN tables at " + tables.Path + ".", nil
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
func (h *house) publicHTTPS() string {
	host, port, err := net.SplitHostPort(h.sockets.address(serviceHTTPS))
	if err != nil {
		return ""
	}
	if a, err := netip.ParseAddr(host); err != nil || a.IsUnspecified() {
		if host, err = os.Hostname(); err != nil {
			host = "localhost"
		}
	}
	if port == "443" {
		return "https://" + host
	}
	return "https://" + net.JoinHostPort(host, port)
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
	for _, s := range []service{serviceEPP, serviceWHOIS, serviceDNS, serviceHTTPS, serviceHealth} {
		if address := h.sockets.address(s); address != "" {
			list = append(list, fmt.Sprint(s), address)
		}
	}
	return list
}
