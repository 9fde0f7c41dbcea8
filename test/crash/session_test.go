package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"example.org/dorado/cmd/dorado/eppclient"
	"example.org/dorado/core/registry"
)

// A session is one of a registrar's. It sends a command, waits for the answer, and sends the next. It
// outlives connections and the registry: its stories go on after a restart.
type session struct {
	who, password string
	id            int
	random        *rand.Rand
	sent          int
	stories       []*story
	until         func() bool // it has done its part; nil if the end of the context decides

	heard   int           // answers
	longest time.Duration // that one took
	faults  int           // answers that said 2400
	strange []string      // answers that cannot be
}

// active is how many of its last stories a session goes on with, and fullStory how many commands make
// one complete.
const (
	active    = 12
	fullStory = 14
)

// next returns what to send next, and the story that it belongs to.
func (s *session) next() (*story, command) {
	s.sent++
	recent := s.stories[max(0, len(s.stories)-active):]
	var ready []*story
	for _, st := range recent {
		if st.open == nil && len(st.told) < fullStory {
			ready = append(ready, st)
		}
	}
	if len(ready) == 0 || s.random.IntN(3) == 0 {
		return s.begin()
	}
	st := ready[s.random.IntN(len(ready))]
	c := s.goOn(st)
	c.clTRID = s.clTRID()
	return st, c
}

// begin begins a story: most are about a name.
func (s *session) begin() (*story, command) {
	serial := fmt.Sprintf("%d-%d", s.id, s.sent)
	var st *story
	var c command
	switch n := s.random.IntN(20); {
	case n < 14:
		st = &story{class: "domain", name: "crash-" + serial + ".co"}
		c = createDomain(st.name, s.who, hostPool[:s.random.IntN(3)])
	case n < 17:
		st = &story{class: "host", name: "ns.crash-" + serial + ".example"}
		c = command{verb: "host:create", body: eppclient.HostCreate{Name: st.name}}
	default:
		st = &story{class: "contact", name: "CR" + serial}
		c = createContact(st.name)
	}
	st.who, c.object, c.clTRID, c.want = s.who, st.name, s.clTRID(), registry.Completed
	s.stories = append(s.stories, st)
	return st, c
}

// clTRID is unique: sessions differ in their id, and a session counts.
func (s *session) clTRID() string { return fmt.Sprintf("CRASH-%d-%d", s.id, s.sent) }

// goOn returns another command of a story.
func (s *session) goOn(st *story) command {
	now := st.now()
	switch {
	case !now.there: // it cannot be deleted twice
		return command{
			verb: st.class + ":delete", object: st.name, want: registry.ObjectMissing,
			body: eppclient.Delete{Object: st.class, Name: st.name},
		}
	case st.class != "domain" || s.random.IntN(8) == 0:
		return deletion(st)
	}
	switch s.random.IntN(5) {
	case 0, 1:
		return s.renew(st, now)
	case 2, 3:
		return s.update(st, now)
	default:
		return s.below(st, now)
	}
}

func deletion(st *story) command {
	c := command{
		verb: st.class + ":delete", object: st.name, want: registry.Completed,
		body: eppclient.Delete{Object: st.class, Name: st.name},
	}
	if st.class == "domain" {
		c.want = registry.CompletedPending
	}
	return c
}

// renew renews a name, or tries to with a date that is not its expiry.
func (s *session) renew(st *story, now state) command {
	const most = 4 // years that stay within the profile's horizon
	body := eppclient.Renew{Name: st.name, Expires: st.expires, Years: 1}
	c := command{verb: "domain:renew", object: st.name, body: body, want: registry.Completed}
	if now.years >= most || s.random.IntN(6) == 0 {
		body.Expires = "2020-01-01"
		c.body, c.want = body, registry.ParameterRange
	}
	return c
}

// update adds or removes a name server, or tries to remove one that the name does not have.
func (s *session) update(st *story, now state) command {
	server := hostPool[s.random.IntN(len(hostPool))]
	body := eppclient.DomainUpdate{Name: st.name}
	c := command{verb: "domain:update", object: st.name, want: registry.Completed}
	switch {
	case !slices.Contains(now.servers, server) && s.random.IntN(6) == 0:
		c.want = registry.ParameterPolicy
		fallthrough
	case slices.Contains(now.servers, server):
		body.Remove.Nameservers = []string{server}
	default:
		body.Add.Nameservers = []string{server}
	}
	c.body = body
	return c
}

// below makes a host below a name, or removes one.
func (s *session) below(st *story, now state) command {
	if len(now.below) > 1 {
		host := now.below[0]
		return command{
			verb: "host:delete", object: host, below: true, want: registry.Completed,
			body: eppclient.Delete{Object: "host", Name: host},
		}
	}
	host := fmt.Sprintf("ns%d.%s", s.sent, st.name)
	return command{
		verb: "host:create", object: host, below: true, want: registry.Completed,
		body: eppclient.HostCreate{Name: host, Addresses: []eppclient.Address{{Version: "v4", Text: addressOf(host)}}},
	}
}

// take notes how a command was answered.
func (s *session) take(st *story, c command, a eppclient.Answer) {
	s.heard++
	c.svTRID = a.SvTRID
	switch {
	case a.Code == numbers[c.want] && a.ClTRID == c.clTRID:
		st.told, st.open = append(st.told, c), nil
		if date := expiry(a); date != "" {
			st.expires = date
		}
	case a.Code == faulted && a.ClTRID == c.clTRID:
		s.faults++
		st.open = &c
	default:
		s.strange = append(s.strange, fmt.Sprintf("%s %s (%s) was answered %d (%s) to %s, want %d: %s %s",
			c.verb, c.object, c.clTRID, a.Code, a.SvTRID, a.ClTRID, numbers[c.want], a.Message, strings.Join(a.Reasons, "; ")))
		st.open = &c
	}
}

// run sends commands until the context ends or the connection does, and tells of each answer. It waits
// for the last answer unless the connection ends.
func (s *session) run(ctx context.Context, server eppclient.Server, heard func()) error {
	conn, err := s.login(ctx, server)
	if err != nil {
		return err
	}
	for ctx.Err() == nil && (s.until == nil || !s.until()) {
		st, c := s.next()
		if err := s.say(conn, st, c); err != nil {
			return err
		}
		heard()
	}
	return conn.Close()
}

// login opens the session, again and again while the registry cannot.
func (s *session) login(ctx context.Context, server eppclient.Server) (*eppclient.Session, error) {
	for {
		conn, answer, err := eppclient.Open(ctx, server, eppclient.Login{ID: s.who, Password: s.password})
		switch {
		case err != nil:
			return nil, err
		case answer.OK():
			return conn, nil
		case answer.Code != faulted || ctx.Err() != nil:
			return nil, fmt.Errorf("login of %s: %d %s", s.who, answer.Code, answer.Message)
		}
	}
}

// say sends one command and notes its answer.
func (s *session) say(conn *eppclient.Session, st *story, c command) error {
	st.open, st.changed = &c, true
	begun := time.Now()
	answer, err := conn.Do(c.body, c.clTRID)
	if err != nil {
		return err
	}
	s.longest = max(s.longest, time.Since(begun))
	s.take(st, c, answer)
	return nil
}

// patience is how long a client waits for one answer.
const patience = time.Minute

// A count is of answers, and calls back when it comes to a number.
type count struct {
	n     atomic.Int64
	until int64
	then  func()
}

func (c *count) one() {
	if c.n.Add(1) == c.until {
		c.then()
	}
}
