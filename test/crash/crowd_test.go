package crash

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"example.org/dorado/cmd/dorado/eppclient"
	"example.org/dorado/core/registry"
)

// A crowd is the sessions of two registrars with all that they have said.
type crowd struct {
	first    *session // made what the others use, and says nothing else
	sessions []*session
}

// crowdSize is how many sessions act at the same time.
const crowdSize = 30

// seedOf returns what chance begins with: CRASH_SEED to see a failure again, or the clock.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("CRASH_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("CRASH_SEED is %q: want a number", text)
		}
	}
	t.Logf("CRASH_SEED=%d", seed)
	return seed
}

// newCrowd returns sessions that have said nothing yet.
func newCrowd(seed uint64, members []member) *crowd {
	c := &crowd{}
	for id := range crowdSize + 1 {
		m := members[id%2]
		c.sessions = append(c.sessions, &session{
			who: m.ID, password: m.EPPPassword, id: id, random: rand.New(rand.NewPCG(seed, uint64(id))),
		})
	}
	c.first, c.sessions = c.sessions[0], c.sessions[1:]
	return c
}

// prepare makes the hosts and contacts that all names link, and a name of each registrar that stays: it keeps the
// contact linked, which would else begin to wait for its purge when the sessions have deleted all that link it.
func (c *crowd) prepare(t *testing.T, h *house) {
	t.Helper()
	for i, who := range h.members[:2] {
		s := &session{who: who.ID, password: who.EPPPassword, id: crowdSize + 1 + i}
		conn, answer, err := eppclient.Open(t.Context(), h.server, eppclient.Login{ID: s.who, Password: s.password})
		if err != nil || !answer.OK() {
			t.Fatalf("login of %s: %d, %v", s.who, answer.Code, err)
		}
		contact := createContact(contactOf(s.who))
		contact.object = contactOf(s.who)
		list := []command{contact}
		if i == 0 {
			for _, host := range hostPool {
				list = append(list, command{verb: "host:create", object: host, body: eppclient.HostCreate{Name: host}})
			}
		}
		keeper := createDomain(fmt.Sprintf("crash-keeper-%d.co", i), s.who, nil)
		keeper.object = fmt.Sprintf("crash-keeper-%d.co", i)
		list = append(list, keeper)
		for _, cmd := range list {
			s.sent++
			cmd.clTRID, cmd.want = s.clTRID(), registry.Completed
			class, _, _ := strings.Cut(cmd.verb, ":")
			st := &story{class: class, name: cmd.object, who: s.who}
			s.stories = append(s.stories, st)
			if err := s.say(conn, st, cmd); err != nil {
				t.Fatal(err)
			}
		}
		conn.Close()
		c.first.stories = append(c.first.stories, s.stories...)
		c.first.strange = append(c.first.strange, s.strange...)
	}
}

// run lets all sessions act until the context ends or each has lost its connection, and returns how
// many answers there were and how the sessions ended that did not end in order.
func (c *crowd) run(ctx context.Context, h *house, heard *count) []error {
	var wait sync.WaitGroup
	errs := make([]error, len(c.sessions))
	for i, s := range c.sessions {
		wait.Go(func() { errs[i] = s.run(ctx, h.server, heard.one) })
	}
	wait.Wait()
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}

// stories are those of all sessions.
func (c *crowd) stories() []*story {
	list := slices.Clone(c.first.stories)
	for _, s := range c.sessions {
		list = append(list, s.stories...)
	}
	return list
}

// examples is how many of many faults are told in full.
const examples = 5

// complain fails t for every answer that cannot be.
func (c *crowd) complain(t *testing.T) {
	t.Helper()
	var strange []string
	for _, s := range append([]*session{c.first}, c.sessions...) {
		strange = append(strange, s.strange...)
		s.strange = nil
	}
	for _, answer := range strange[:min(len(strange), examples)] {
		t.Error(answer)
	}
	if len(strange) > examples {
		t.Errorf("and %d more answers that cannot be", len(strange)-examples)
	}
}

// tally is how many answers were heard so far, and how many of them said 2400.
func (c *crowd) tally() (heard, faults int) {
	for _, s := range c.sessions {
		heard, faults = heard+s.heard, faults+s.faults
	}
	return heard, faults
}

// slowest is how long the slowest answer took.
func (c *crowd) slowest() time.Duration {
	longest := time.Duration(0)
	for _, s := range c.sessions {
		longest = max(longest, s.longest)
	}
	return longest
}

// sample is how many names are asked for outside, at most.
const sample = 100

// youngest returns some names whose stories are known to their end, the youngest first.
func youngest(stories []*story) []*story {
	var names []*story
	for _, s := range slices.Backward(stories) {
		if s.class == "domain" && s.open == nil && len(names) < sample {
			names = append(names, s)
		}
	}
	return names
}

// offered compares what EPP says of names with what their stories came to.
func offered(t *testing.T, h *house, stories []*story) {
	t.Helper()
	who := h.members[0]
	conn, answer, err := eppclient.Open(t.Context(), h.server, eppclient.Login{ID: who.ID, Password: who.EPPPassword})
	if err != nil || !answer.OK() {
		t.Fatalf("login of %s: %d, %v", who.ID, answer.Code, err)
	}
	defer conn.Close()
	const atOnce = 50 // the profile's limit
	for part := range slices.Chunk(youngest(stories), atOnce) {
		checked(t, conn, part)
	}
}

// zoneWithin is how long the zone may stay behind. On PostgreSQL a registry that starts again has to wait
// until the lease of the one that was killed has run out.
const zoneWithin = 40 * time.Second

// inZone compares the zone with what the stories of names came to, once it has followed.
func inZone(t *testing.T, h *house, stories []*story) {
	t.Helper()
	h.look(t, func(db *sql.DB) {
		eventually(t, "a mark is not published", func() bool {
			var n int
			if err := db.QueryRow(`SELECT count(*) FROM mark`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n == 0
		})
	})
	eventually(t, "the zone is not served", func() bool {
		return ask(t, h.dns, "co.", dns.TypeSOA).Rcode == dns.RcodeSuccess
	})
	for _, s := range youngest(stories) {
		delegated(t, h.dns, s)
	}
}

// eventually waits until something holds.
func eventually(t *testing.T, otherwise string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(zoneWithin)
	for tick := time.Tick(10 * time.Millisecond); !holds(); <-tick {
		if time.Now().After(deadline) {
			t.Fatalf("%s after %s", otherwise, zoneWithin)
		}
	}
}

// ask asks the zone.
func ask(t *testing.T, address, name string, kind uint16) *dns.Msg {
	t.Helper()
	q := new(dns.Msg)
	q.SetQuestion(dns.Fqdn(name), kind)
	q.RecursionDesired = false
	answer, err := dns.Exchange(q, address)
	if err != nil {
		t.Fatalf("ask for %s: %v", name, err)
	}
	return answer
}

// checked asks by EPP which names can be had.
func checked(t *testing.T, conn *eppclient.Session, stories []*story) {
	t.Helper()
	check := eppclient.Check{Object: "domain"}
	for _, s := range stories {
		check.Names = append(check.Names, s.name)
	}
	a, err := conn.Do(check, "CHECK-1")
	if err != nil || a.Code != 1000 {
		t.Fatalf("check: %d, %v", a.Code, err)
	}
	said := map[string]string{}
	for _, cd := range a.Data[0].All("cd") {
		said[cd.Child("name").Value()] = cd.Child("name").Attr("avail")
	}
	for _, s := range stories {
		if free := said[s.name] == "1" || said[s.name] == "true"; free == s.now().there || said[s.name] == "" {
			t.Errorf("check of %s says avail=%q, and its story says there=%v", s.name, said[s.name], s.now().there)
		}
	}
}

// delegated asks the zone for the name servers of a name.
func delegated(t *testing.T, address string, s *story) {
	t.Helper()
	answer := ask(t, address, s.name, dns.TypeNS)
	var have, want []string
	for _, rr := range append(answer.Answer, answer.Ns...) {
		if ns, ok := rr.(*dns.NS); ok && ns.Hdr.Name == dns.Fqdn(s.name) {
			have = append(have, ns.Ns)
		}
	}
	for _, server := range s.now().servers {
		want = append(want, dns.Fqdn(server))
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("the zone (%s) delegates %s to %v, and its registrar to %v", dns.RcodeToString[answer.Rcode], s.name, have, want)
	}
}

// onlyLost fails t for a session that ended otherwise than with its connection.
func onlyLost(t *testing.T, errs []error) {
	t.Helper()
	for _, err := range errs {
		if refused := fmt.Sprint(err); strings.Contains(refused, "login of") {
			t.Error(err)
		}
	}
}
