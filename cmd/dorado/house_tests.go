package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"

	"example.org/dorado/core/registry"
)

// mayRunTests has this node compete for the lease of the test environment only while it could run that, and lets the other
// nodes know where it is reached. A demo on PostgreSQL is one process, and no other could.
func (h *house) mayRunTests(ctx context.Context) (err error) {
	if h.tests, err = h.newTestNode(); err != nil || h.core.db.Alone() || h.movable || !slices.Contains(h.roles, roleOTE) {
		return err
	}
	h.tests.lookFit(ctx)
	h.node.mayTake = map[string]func() error{oteLease: h.tests.mayTake}
	h.node.addresses, err = h.reachedAt(ctx)
	return err
}

// reachedAt returns where the other nodes may reach this one, the likeliest first; none where it does not listen. A wrong one
// does no harm: who answers there has to show that it is a node, and says that it does not run what is asked for.
func (h *house) reachedAt(ctx context.Context) ([]string, error) {
	host, port, err := net.SplitHostPort(h.sockets.address(serviceNodes))
	if err != nil {
		return nil, nil
	}
	if to := h.config.Listen.NodesReached; to != "" {
		return []string{to}, nil
	}
	if a, err := netip.ParseAddr(host); err != nil || !a.IsUnspecified() {
		return []string{net.JoinHostPort(host, port)}, nil
	}
	seen, err := h.core.db.SeenFrom(ctx)
	if err != nil {
		return nil, err
	}
	seen = cmp.Or(seen, "127.0.0.1")
	hosts := []string{seen}
	if name, err := os.Hostname(); err == nil {
		hosts = append(hosts, name)
	}
	if a, err := netip.ParseAddr(seen); err == nil && a.IsLoopback() && len(hosts) > 1 { // only nodes of the same machine reach that
		slices.Reverse(hosts)
	}
	for i, host := range hosts {
		hosts[i] = net.JoinHostPort(host, port)
	}
	return hosts, nil
}

// runTests finds the sandboxes where this node is the one to run them, and from now on whenever it becomes so.
func (h *house) runTests(ctx context.Context) error {
	t := h.tests
	t.all = h.ote
	h.measurePassing()
	if t.db.Alone() {
		return h.ote.load(ctx, registry.Fence{})
	}
	t.lost = func() {
		if h.node.serves() == nil { // otherwise that is done, and undone, by the node
			h.oteEPP.Suspend() // so that clients come again and are passed on
			h.oteEPP.Resume()
		}
	}
	t.take(ctx)
	if !t.mine() {
		t.log.Info("another node runs the test environment, or none does; this one passes on what is for it")
	}
	h.addLoop("ote node", t.run)
	return nil
}

// passage returns a listener for a service of the test environment on any of several nodes; a node that is alone has its socket.
func (t *testNode) passage(socket net.Listener, kind string) net.Listener {
	if t.db.Alone() {
		return socket
	}
	p := newPassage(t, socket, kind)
	t.passages = append(t.passages, p)
	return p
}

// measurePassing adds what this node passes on.
func (h *house) measurePassing() {
	h.metrics.add(gauge("dorado_ote_passed_connections", "Connections to the test environment that this node passes on to the one that runs it.", func(tell sample) {
		for _, of := range []struct{ kind, name string }{{linkTestEPP, "epp"}, {linkTestHTTPS, "https"}} {
			passing := 0
			for _, p := range h.tests.passages {
				if p.kind == of.kind {
					passing += p.count()
				}
			}
			tell(float64(passing), of.name)
		}
	}, "service"))
}

// addSwitchboard answers the other nodes, if there can be any.
func (h *house) addSwitchboard() {
	socket := h.sockets.streams[serviceNodes]
	if socket == nil || h.core.db.Alone() {
		return
	}
	b := newSwitchboard(h.tests.link, socket, h.tests.log)
	for _, p := range h.tests.passages {
		b.answer[p.kind] = p.receive
		h.add(unit{"ote passing", p.wait, p.drain})
	}
	acts := newHandover(socket.Addr())
	b.answer[linkTestActs] = acts.take
	mux := http.NewServeMux()
	operator := h.testMux()
	mux.Handle("/ote", operator)
	mux.Handle("/ote/", operator)
	mux.HandleFunc("POST "+actsPath, h.answerAct)
	server := h.addHTTP("ote acts", acts, h.tests.underLease(http.MaxBytesHandler(mux, httpBodyBytes)))
	server.ReadTimeout, server.WriteTimeout = controlTime, controlTime
	h.add(unit{"nodes", b.serve, b.stop})
}

// orSayWhere answers only while this node runs the test environment. A connection that was opened before it lost the lease, or
// that could not be passed on, ends with that answer, so that the next one is passed on.
func (t *testNode) orSayWhere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if t.mine() {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Connection", "close")
		w.Header().Set("Retry-After", "2")
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"error": "the test environment does not answer just now, since no node runs it that is reached; try again"})
	})
}

// testsAnywhere answers an operator here where this node runs the test environment, and has the node asked that does otherwise.
func (h *house) testsAnywhere(here http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.core.db.Alone() || h.tests.mine() {
			here.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, httpBodyBytes))
		if err != nil {
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": "the request is too long"})
			return
		}
		status, answer, err := h.tests.ask(r.Context(), r.Method, r.URL.EscapedPath(), body)
		if err != nil {
			h.testsUnreached(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write(answer) // whoever asked may be gone
	})
}

// testsUnreached answers an operator while no node runs the test environment that is reached. What there is can be listed all
// the same, and given up where nobody runs it.
func (h *house) testsUnreached(w http.ResponseWriter, r *http.Request, why error) {
	nobody := errors.Is(why, errNobodyRuns)
	switch {
	case r.Method == http.MethodGet && r.URL.Path == "/ote":
		kept, err := undropped(r.Context(), h.core.db)
		lines := []sandboxLine{}
		for _, k := range kept {
			lines = append(lines, sandboxLine{Name: k.Name, Registrar: string(k.Registrar), Made: k.Made, Missing: "its node is not reached"})
		}
		h.answer(w, r, lines, err)
	case r.Method == http.MethodDelete && nobody:
		h.answer(w, r, struct{}{}, h.tests.dropUnheld(r.Context(), r.URL.Path[len("/ote/"):]))
	default:
		if fit := h.tests.mayTake; nobody && slices.Contains(h.roles, roleOTE) && fit() != nil {
			why = fmt.Errorf("no node runs the test environment, and this one cannot: %w", fit())
		}
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"error": why.Error()})
	}
}

// shownMissing is how many sandboxes are named where many are missing.
const shownMissing = 5

// health says how the test environment is: what this node has of it, and which node has, if that is another.
func (t *testNode) health(ctx context.Context, away error) (note, lacks string, err error) {
	if away != nil {
		return "", "", away
	}
	if t.mine() {
		missing := t.all.lacks()
		if len(missing) == 0 {
			return "", "", nil
		}
		names := ""
		for _, m := range missing[:min(len(missing), shownMissing)] {
			names = joined(names, m.name+" ("+m.why+")")
		}
		if more := len(missing) - shownMissing; more > 0 {
			names += fmt.Sprintf("; and %d more", more)
		}
		lacks = fmt.Sprintf("missing in %s: %s", t.all.dir, names)
		return lacks, lacks, nil
	}
	h, is, err := t.holder(ctx)
	switch {
	case err != nil:
		return "", "", errNoAnswer
	case is && h.Node == t.node.name:
		return "", "", errors.New("it begins here")
	case is:
		return "passes on to " + h.Node, "", t.reaches(ctx)
	}
	if why := t.mayTake(); why != nil {
		return "", "", fmt.Errorf("no node runs it, and this one cannot: %w", why)
	}
	return "", "", errors.New("no node runs it")
}
