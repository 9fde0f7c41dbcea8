package history_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// The people and things of the histories of names.
var (
	sponsors  = []registry.RegistrarID{world.Acme, world.Other, world.Deleter}
	hosts     = []string{"ns1.example.net", "ns2.example.net", "ns3.example.net"}
	passwords = []string{"secret-one", "secret-two", "secret-three"}
	contested = []string{"one.co", "two.co", "three.co"}
)

// A nameHistory is what happened to a few names while the clock stood still.
type nameHistory struct {
	*cluster
	*history
	hashes map[string]string // of passwords, to passwords
	days   []time.Time       // on which there were histories
}

// The commands of several registrars on a few names, at several nodes, are explained by one order for
// each name. Between the histories time passes: first all is in its add grace, then nothing is and
// deleted names wait, then their purge has come due and whoever asks first may write it down.
func TestNames(t *testing.T) {
	for _, count := range nodeCounts(t) {
		t.Run(named(count), func(t *testing.T) { nameRounds(t, seed(t), count, 60) })
	}
}

func nameRounds(t *testing.T, seed uint64, count, deeds int) {
	h := &nameHistory{cluster: start(t, "2026-03-01T12:00:00Z", count)}
	h.prepare()
	for i, pass := range []time.Duration{0, days(6), days(36), days(6)} {
		h.Pass(pass)
		if t.Failed() {
			return
		}
		h.round(t, seed+uint64(i), deeds)
	}
	h.CheckInvariants()
}

// prepare makes what the names link, and learns the hashes of the passwords.
func (h *nameHistory) prepare() {
	for _, host := range hosts {
		h.Host(world.Acme, host)
	}
	h.hashes = map[string]string{"": ""}
	for i, pw := range passwords {
		name := fmt.Sprintf("learn-%d.co", i)
		h.Domain(world.Acme, name)
		h.Do(world.Acme, flow.DomainUpdate{Name: world.Name(name), AuthInfo: &pw})
		details, _ := h.Ask(world.Acme, flow.DomainInfo{Name: world.Name(name)})
		h.hashes[string(details.(flow.DomainDetails).AuthInfo)] = pw
	}
}

// checkKey is where the checks of a name are kept that may be answered from memory.
func checkKey(name string) string { return "check of " + name }

// round runs clients on the names, and then looks for the orders.
func (h *nameHistory) round(t *testing.T, seed uint64, deeds int) {
	const clients = 8
	h.history, h.days = newHistory(), append(h.days, h.Now())
	models := map[string]nameModel{}
	for _, name := range contested {
		first := h.deed(h.nodes[0], name, nameDeed{what: "info", who: world.Acme})
		models[name] = nameModel{h.Now(), h.Service.Terms(), first.(nameAnswer).seen}
	}
	act(clients, seed, func(client int, r *rand.Rand) {
		for range deeds {
			do, name := h.choose(r), pick(r, contested...)
			n := h.nodes[do.node]
			h.trouble(n, r)
			h.do(client, h.key(do, name), do, func() outcome { return h.deed(n, name, do) })
		}
	})
	h.calm()
	for i, n := range h.nodes { // all nodes see the end in the same way
		for _, name := range contested {
			do := nameDeed{what: "info", who: world.Acme, node: i}
			h.do(clients+i, name, do, func() outcome { return h.deed(n, name, do) })
		}
	}
	t.Logf("%s: %d operations, %d unknown", h.Now().Format(time.DateOnly), h.size(), h.unknown())
	for name, model := range models {
		explain(t, model.porcupine(), name, h.byKey[name])
		explainChecks(t, model.porcupine(), name, h.byKey[name], h.byKey[checkKey(name)])
	}
}

// key returns the key of a deed's history. With several nodes a check is of a class of its own.
func (h *nameHistory) key(do nameDeed, name string) string {
	if do.what == "check" && len(h.nodes) > 1 {
		return checkKey(name)
	}
	return name
}

// staleness is how far the memory of names may be behind where several nodes share a database.
// Architecture section 2.
const staleness = time.Second

// explainChecks holds checks of several nodes to what they promise: the answer was true at an instant
// between one second before the call and the answer. So each has its call moved back by that, and is
// explained alone, together with all that is not a check: two checks may contradict each other's order,
// as they may in a memory that follows, but none may say what never was, or was not for a second.
func explainChecks(t *testing.T, model porcupine.Model, name string, strict, checks []porcupine.Operation) {
	t.Helper()
	for _, check := range checks {
		check.Call -= staleness.Nanoseconds()
		if porcupine.CheckOperations(model, append(slices.Clone(strict), check)) {
			continue
		}
		explain(t, model, name, append(slices.Clone(strict), check))
		return
	}
}

// choose invents a deed.
func (h *nameHistory) choose(r *rand.Rand) nameDeed {
	do := nameDeed{who: pick(r, sponsors...), node: r.IntN(len(h.nodes))}
	switch n := r.IntN(100); {
	case n < 25:
		do.what, do.years, do.authInfo = "create", 1+r.IntN(2), pick(r, passwords...)
		do.host = pick(r, append(hosts, "")...)
	case n < 40:
		do.what = "delete"
	case n < 55:
		do.what = "info"
		do.authInfo = pick(r, append(passwords, "", "")...)
	case n < 65:
		do.what, do.years = "renew", 1
		do.expires = endOfDay(pick(r, h.days...), pick(r, 1, 1, 2, 2, 3, 4, 5))
	case n < 75:
		do.what = "check"
	case n < 80:
		do.what = pick(r, "lock", "unlock", "unlock")
	case n < 90:
		do.what, do.authInfo = "authInfo", pick(r, passwords...)
	default:
		do.what, do.host = pick(r, "add", "remove"), pick(r, hosts...)
	}
	return do
}

// endOfDay is the expiry of a name that was registered on a day and ends some years after.
func endOfDay(day time.Time, years int) time.Time {
	return time.Date(day.Year()+years, day.Month(), day.Day(), 23, 59, 59, 0, time.UTC)
}

// deed runs a deed and returns its answer; nil where a query failed, which tells nothing.
func (h *nameHistory) deed(n node, name string, do nameDeed) outcome {
	parsed := world.Name(name)
	if q := query(parsed, do); q != nil {
		reply, refusal, known := h.ask(n, do.who, q)
		if !known {
			return nil
		}
		return h.answer(reply, refusal)
	}
	reply, refusal, known := h.run(n, do.who, command(parsed, do))
	if !known {
		return nameAnswer{unknown: true}
	}
	return h.answer(reply, refusal)
}

// query is what a deed asks; nil if it changes something.
func query(name names.Name, do nameDeed) flow.Query {
	switch do.what {
	case "check":
		return flow.DomainCheck{Names: []string{name.String()}}
	case "info":
		q := flow.DomainInfo{Name: name}
		if do.authInfo != "" {
			q.AuthInfo = &do.authInfo
		}
		return q
	}
	return nil
}

// command is what a deed runs.
func command(name names.Name, do nameDeed) flow.Command {
	update := flow.DomainUpdate{Name: name}
	switch do.what {
	case "create":
		contact := "X-" + string(world.Acme)
		return flow.DomainCreate{
			Name: name, Years: do.years, Nameservers: world.Names(strings.Fields(do.host)...), AuthInfo: do.authInfo,
			Registrant: contact, Contacts: []flow.Role{{Role: "admin", ID: contact}, {Role: "tech", ID: contact}},
		}
	case "delete":
		return flow.DomainDelete{Name: name}
	case "renew":
		return flow.DomainRenew{Name: name, CurrentExpiry: do.expires, Years: do.years}
	case "authInfo":
		update.AuthInfo = &do.authInfo
	case "lock":
		update.Add.Statuses = []registry.Status{registry.ClientDeleteProhibited}
	case "unlock":
		update.Remove.Statuses = []registry.Status{registry.ClientDeleteProhibited}
	case "add":
		update.Add.Nameservers = world.Names(do.host)
	case "remove":
		update.Remove.Nameservers = world.Names(do.host)
	default:
		panic("there is no deed " + do.what)
	}
	return update
}

// answer reads what a command or query answered.
func (h *nameHistory) answer(reply flow.Reply, refusal *registry.Error) nameAnswer {
	a := nameAnswer{code: code(reply, refusal)}
	if refusal != nil {
		return a
	}
	switch reply := reply.(type) {
	case flow.DomainCreated:
		a.roid, a.expires = reply.ROID, reply.Expires
	case flow.DomainDeleted:
		a.credited = reply.Credited
	case flow.DomainRenewed:
		a.expires = reply.Expires
	case flow.DomainDetails:
		a.seen = h.registration(reply.Domain)
	case []flow.Checked:
		a.free = reply[0].Available
	}
	return a
}

// registration is what is seen of a domain.
func (h *nameHistory) registration(d registry.Domain) registration {
	s := registration{
		there: true, roid: d.ROID, version: d.Version, sponsor: d.Sponsor, expires: d.Expires, updater: d.Updater,
		authInfo: h.hashes[string(d.AuthInfo)], locked: d.Has(registry.ClientDeleteProhibited), deleted: d.Deletion.Active(),
		reverted: d.Expires,
	}
	for _, ns := range d.Nameservers {
		s.hosts = list(append(strings.Fields(s.hosts), ns.Name.String())...)
	}
	for _, g := range slices.Backward(d.Graces) {
		if !g.Until.After(h.Now()) {
			continue
		}
		s.young = s.young || g.Kind == registry.AddGrace
		s.credit += g.Amount
		if !g.Expires.IsZero() {
			s.reverted = g.Expires
		}
	}
	return s
}
