package cluster

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"example.org/dorado/cmd/dorado/eppclient"
)

// A client is one of a registrar's sessions: it sends random commands on few names and keeps a journal.
type client struct {
	c         *cluster
	j         *journal
	number    int
	registrar string
	node      int
	names     []string
	rest      time.Duration // between two commands
	returns   bool          // a closed connection is opened again, at another node

	session *eppclient.Session
	known   map[string]known // names, as last heard
	away    time.Duration    // the longest time from the end of a session to the next
}

// A known is what a client has heard of a name.
type known struct {
	heard, taken, mine bool
	expires            string
}

// crew are the clients of one test.
type crew []*client

// newCrew returns so many clients of each registrar, spread over the nodes, that are not logged in yet.
func (c *cluster) newCrew(j *journal, each int, names []string) crew {
	var all crew
	for i := range each {
		for _, r := range registrars() {
			w := c.newClient(j, r, i%len(c.nodes), names...)
			w.number = len(all)
			all = append(all, w)
		}
	}
	return all
}

// newClient returns a client of a registrar at a node that is not logged in yet.
func (c *cluster) newClient(j *journal, registrar string, node int, names ...string) *client {
	return &client{c: c, j: j, number: 1000 + node, registrar: registrar, node: node, names: names, known: map[string]known{}}
}

// names returns so many names of a zone.
func names(prefix string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = prefix + string(rune('a'+i/26)) + string(rune('a'+i%26)) + ".co"
	}
	return list
}

// open logs all of them in at the same time, which has to succeed.
func (all crew) open() {
	var opening sync.WaitGroup
	for _, w := range all {
		opening.Go(func() { w.login() })
	}
	opening.Wait()
	for _, w := range all {
		if w.session == nil {
			w.c.t.Errorf("client %d of %s did not get in at node %d", w.number, w.registrar, w.node)
		}
	}
}

// work lets all of them send commands while f runs.
func (all crew) work(f func()) {
	ctx, stop := context.WithCancel(context.Background())
	var working sync.WaitGroup
	defer working.Wait() // also where f ends the test
	defer stop()
	for _, w := range all {
		working.Go(func() { w.work(ctx) })
	}
	f()
}

// close logs all of them out.
func (all crew) close() {
	for _, w := range all {
		if w.session != nil {
			_ = w.session.Close() // a connection that is gone is closed too
			w.session = nil
		}
	}
}

// login opens a session at the client's node and keeps how that ended.
func (w *client) login() bool {
	s, answer, err := w.c.open(w.node, w.registrar)
	l := login{w.registrar, w.node, answer.Code, answer.Message}
	if err != nil {
		l.message = err.Error()
	}
	w.j.addLogin(l)
	w.session = s
	return s != nil
}

// work sends commands until the context ends.
func (w *client) work(ctx context.Context) {
	for ctx.Err() == nil {
		if w.session == nil && !w.comeBack(ctx) {
			return
		}
		w.once()
		if w.rest > 0 {
			pause(ctx, rand.N(2*w.rest))
		}
	}
}

// comeBack opens a session at one of the nodes, beginning with the next. It returns false if the
// client does not do that, or the context ends before.
func (w *client) comeBack(ctx context.Context) bool {
	if !w.returns {
		return false
	}
	start := time.Now()
	for ctx.Err() == nil {
		w.node = (w.node + 1) % len(w.c.nodes)
		if w.login() {
			w.away = max(w.away, time.Since(start))
			return true
		}
		pause(ctx, 10*time.Millisecond)
	}
	return false
}

// pause waits, or until the context ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// once sends a random command.
func (w *client) once() { w.send(w.random()) }

// random returns a command on one of the client's names: mostly one that should succeed by what the
// client knows, which others may have changed. Creates are for names that were free when last heard of,
// since each that comes too late waits two seconds for its answer.
func (w *client) random() input {
	in := input{name: w.names[rand.IntN(len(w.names))], registrar: w.registrar}
	k := w.known[in.name]
	kinds := []kind{info, info, check, check, remove, renew, hold, release} // of a name of the other
	switch {
	case !k.heard:
		kinds = []kind{info, check, check}
	case !k.taken:
		kinds = []kind{create, create, check, remove}
	case k.mine:
		kinds = []kind{remove, remove, remove, renew, renew, hold, hold, release, release, info, check}
	}
	in.kind = kinds[rand.IntN(len(kinds))]
	if in.kind == renew {
		in.expires = k.expires
		if in.expires == "" {
			in.expires = time.Now().UTC().AddDate(1, 0, 0).Format(time.DateOnly)
		}
	}
	return in
}

// learn keeps what an answer tells of a name.
func (w *client) learn(e entry) {
	k := w.known[e.in.name]
	k.heard = true
	switch {
	case e.code == 2303 || e.code == 1001:
		k = known{heard: true}
	case e.in.kind == check && e.code == 1000:
		k.taken = !e.free
	case e.code == 2302 || e.code == 2201:
		k.taken, k.mine = true, k.mine && e.code == 2302
	case e.in.kind == create && e.code == 1000:
		k = known{heard: true, taken: true, mine: true}
	case e.in.kind == info && e.code == 1000:
		k = known{heard: true, taken: true, mine: e.sponsor == w.registrar}
	}
	if e.expires != "" {
		k.expires = e.expires
	}
	w.known[e.in.name] = k
}

// send sends a command and keeps its answer, or that there was none; then the session is over.
func (w *client) send(in input) entry {
	e := entry{client: w.number, node: w.node, in: in, clTRID: eppclient.NewTRID(), call: w.j.since()}
	w.j.begin(e)
	answer, err := w.session.Do(in.command(), e.clTRID)
	e.end = w.j.since()
	if err != nil {
		e.lost, e.message = true, err.Error()
	} else {
		e.read(answer)
	}
	w.j.end(e)
	w.learn(e)
	if e.lost || e.isFault() && e.code != 2400 {
		_ = w.session.Close() // it is gone already, or about to be
		w.session = nil
	}
	return e
}

// command returns what is sent.
func (in input) command() any {
	held := eppclient.DomainEdit{Statuses: []string{"clientHold"}}
	switch in.kind {
	case create:
		id := contactOf(in.registrar)
		return eppclient.DomainCreate{
			Name: in.name, Years: 1, Registrant: id, AuthInfo: "Secreto-1",
			Contacts: []eppclient.DomainContact{{Role: "admin", ID: id}, {Role: "tech", ID: id}},
		}
	case remove:
		return eppclient.Delete{Object: "domain", Name: in.name}
	case renew:
		return eppclient.Renew{Name: in.name, Expires: in.expires, Years: 1}
	case hold:
		return eppclient.DomainUpdate{Name: in.name, Add: held}
	case release:
		return eppclient.DomainUpdate{Name: in.name, Remove: held}
	case info:
		return eppclient.Info{Object: "domain", Name: in.name, Hosts: "none"}
	default:
		return eppclient.Check{Object: "domain", Names: []string{in.name}}
	}
}

// read takes what the journal keeps from an answer. The ROID of a name that was created stands in the
// message.
func (e *entry) read(a eppclient.Answer) {
	e.code, e.message, e.svTRID = a.Code, a.Message, a.SvTRID
	if !a.OK() || len(a.Data) == 0 {
		return
	}
	data := a.Data[0]
	if date := data.Child("exDate").Value(); date != "" {
		e.expires, _, _ = strings.Cut(date, "T")
	}
	switch e.in.kind {
	case create:
		_, e.roid, _ = strings.Cut(a.Message, " with ROID ")
	case info:
		e.roid, e.sponsor = data.Child("roid").Value(), data.Child("clID").Value()
		e.held = slices.ContainsFunc(data.All("status"), func(n *eppclient.Node) bool {
			return n.Attr("s") == "clientHold"
		})
	case check:
		e.free = data.At("cd", "name").Attr("avail") == "1"
	}
}
