package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/dorado/flow"
)

// What a node says of itself to a load balancer and to a supervisor. A node may run several roles, of which
// only one node at a time does some, so each role is asked for by itself: /healthz/dns is for who sends
// queries to the zones, /healthz for whether the node is well and anything can be sent to it.

// healthTime is how long the database may take to answer before the registry is called unhealthy.
const healthTime = 2 * time.Second

// A roleHealth is a role that a node runs, and why it cannot do its work just now, nil if it can; and what is
// to be said of one that can, if anything.
type roleHealth struct {
	role  role
	err   error
	note  string
	lacks string // what of its work one that can do the rest does not, beginning with what it is about; part of note
}

func (r roleHealth) String() string {
	if r.err != nil {
		return fmt.Sprintf("%s: %v", r.role, r.err)
	}
	return string(r.role) + ": " + r.ready()
}

// ready is what a role says that can do its work.
func (r roleHealth) ready() string {
	if r.note != "" {
		return "ready; " + r.note
	}
	return "ready"
}

// A condition is how a node is: why it does not serve at all, nil if it does, and each of its roles.
type condition struct {
	err   error
	roles []roleHealth
}

// well says why nothing should be sent to the node: it does not serve, or what it is there to answer is
// answered by another node.
func (c condition) well() error {
	if c.err != nil {
		return c.err
	}
	var first error
	for _, r := range c.roles {
		switch {
		case !answersTheWorld(r.role):
		case r.err == nil:
			return nil
		case first == nil:
			first = r.err
		}
	}
	return first
}

// says is the first line about a node to which something can be sent: ok, or what it should do and does not. That another
// node does it is as it should be.
func (c condition) says() string {
	list := ""
	for _, r := range c.roles {
		switch {
		case r.err != nil && !errors.Is(r.err, errStandsBy):
			list = joined(list, r.String())
		case r.err == nil && r.lacks != "":
			list = joined(list, string(r.role)+": "+r.lacks)
		}
	}
	if list == "" {
		return "ok"
	}
	return "in part; " + list
}

// health answers /healthz and /healthz/ROLE: 200 if the node or the role can be asked, 503 with the reason if
// not, and 404 of a role that the node does not run.
func health(ask func(context.Context) condition) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		c := ask(r.Context())
		tellHealth(w, c.well(), c.says(), c.roles...)
	})
	mux.HandleFunc("GET /healthz/{role}", func(w http.ResponseWriter, r *http.Request) {
		c, asked := ask(r.Context()), role(r.PathValue("role"))
		at := slices.IndexFunc(c.roles, func(r roleHealth) bool { return r.role == asked })
		if at < 0 {
			http.Error(w, "this node does not run that role; it runs "+joinRoles(rolesOf(c)), http.StatusNotFound)
			return
		}
		tellHealth(w, c.roles[at].err, c.roles[at].ready())
	})
	return mux
}

func rolesOf(c condition) []role {
	var roles []role
	for _, r := range c.roles {
		roles = append(roles, r.role)
	}
	return roles
}

// tellHealth writes an answer: a word or the reason, and a line for each role.
func tellHealth(w http.ResponseWriter, err error, good string, roles ...roleHealth) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	lines := []string{good}
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		lines[0] = err.Error()
	}
	for _, r := range roles {
		lines = append(lines, r.String())
	}
	_, _ = w.Write([]byte(strings.Join(lines, "\n") + "\n"))
}

// Why a role waits.
var (
	errStandsBy  = errors.New("standby; another node does this")
	errNoAnswer  = errors.New("the database does not answer")
	errNotLoaded = errors.New("the zones are not read yet")
	errExpired   = errors.New("what this node has of the zones is older than they may live")
)

// condition asks the node, the database and the leases how this process is.
func (h *house) condition(ctx context.Context) condition {
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	due, answers := h.nextDue(ctx)
	c := condition{err: h.node.serves()}
	if c.err == nil {
		c.err = answers
	}
	for _, r := range h.roles {
		state := roleHealth{role: r, err: c.err}
		switch r {
		case roleDNS:
			state.err = h.zonesAnswer(answers == nil)
			state.lacks = h.zonesLacking()
			state.note = joined(h.zonesNote(time.Now()), joined(state.lacks, h.zonesSigned(ctx)))
		case roleOTE:
			state.note, state.lacks, state.err = h.tests.health(ctx, c.err)
			state.note, state.lacks = joined(state.note, h.sandboxesNote()), joined(state.lacks, h.sandboxesNote())
		case roleFTPS:
			state.note = h.filesAge()
		case roleEngine:
			if _, mine := h.node.lease(engineLease); !mine {
				state.err = cmp.Or(c.err, errStandsBy)
			} else if c.err == nil {
				state.note, state.err = h.engineIsBehind(due)
				state.note = joined(state.note, h.engine.leftAlone())
				state.note = joined(state.note, h.filesNote())
				state.err = cmp.Or(state.err, h.engine.books.fault())
			}
		}
		c.roles = append(c.roles, state)
	}
	return c
}

// zonesLacking says which keys keep zones from being published.
func (h *house) zonesLacking() (note string) {
	for _, b := range h.zones.Blocked() {
		note = joined(note, fmt.Sprintf("%s is not published: %v", b.Zone, b.Why))
	}
	return note
}

// zonesSigned says which zones are signed though the configuration says otherwise.
func (h *house) zonesSigned(ctx context.Context) (note string) {
	signed, err := h.heldSigned(ctx)
	if err != nil {
		h.log.Debug("health", "error", err)
	}
	for _, says := range signed {
		note = joined(note, says)
	}
	return note
}

// nextDue returns when time next changes something, by a small query: without an answer the database is away.
func (h *house) nextDue(ctx context.Context) (time.Time, error) {
	due, err := h.core.service.Ask(ctx, "", flow.NextDue{})
	if err != nil {
		h.log.Debug("health", "error", err)
		return time.Time{}, errNoAnswer
	}
	return due.(time.Time), nil
}

// mentionedLag is how far the engine may be behind without a word: it looks once a second or so.
const mentionedLag = 10 * time.Second

// engineIsBehind says how far the engine is behind, given what is due first, and whether that is too far. It is
// the registry's time that counts: a registry that was not run for a week begins a week behind.
func (h *house) engineIsBehind(due time.Time) (note string, err error) {
	if due.IsZero() {
		return "", nil
	}
	lag := h.core.clock.Now().Sub(due).Truncate(time.Second)
	if lag < mentionedLag {
		return "", nil
	}
	note = "what was due " + showSpan(lag) + " ago is not settled yet"
	if lag > h.core.service.Terms().Limits.EngineBehindSeconds.Duration() {
		return "", errors.New(note)
	}
	return note, nil
}

// joined returns what is said of two notes, of which either may be empty.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// zonesAnswer says why queries should go to another node. While the database is away for everybody, whoever
// published last goes on with the zones that it has: an older answer is better than none.
func (h *house) zonesAnswer(database bool) error {
	_, mine := h.node.lease(zoneLease)
	switch {
	case !mine && (database || !h.node.held(zoneLease)):
		return errStandsBy
	case !h.zones.Loaded():
		return errNotLoaded
	case h.zones.Expired():
		return errExpired
	}
	return nil
}
