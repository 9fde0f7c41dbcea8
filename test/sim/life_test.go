package sim_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/netip"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/world"
)

// A life is one registry on two databases.
type life struct {
	t        *testing.T
	lite     *stage
	post     *stage
	inventor *inventor
	step     int
	trids    int
	outcomes map[string]int // how often a command ended in a code
}

// A stage is one of the two, and how its objects are called on both.
type stage struct {
	*world.World
	mu    sync.Mutex
	calls map[string]string // by ROID
}

// begin makes both registries.
func begin(t *testing.T, seed uint64) *life {
	t.Helper()
	const now = "2026-03-01T12:00:00Z"
	l := &life{
		t: t, outcomes: map[string]int{},
		lite:     &stage{World: world.On(t, filepath.Join(t.TempDir(), "registry.db"), now), calls: map[string]string{}},
		post:     &stage{World: world.On(t, pg.DSN(t), now), calls: map[string]string{}},
		inventor: &inventor{Rand: rand.New(rand.NewPCG(seed, 0))},
	}
	l.inventor.expiry = func(name names.Name) (time.Time, bool) {
		details, err := l.lite.Ask(world.Acme, flow.DomainInfo{Name: name})
		if err != nil {
			return time.Time{}, false
		}
		return details.(flow.DomainDetails).Expires, true
	}
	for _, s := range l.stages() {
		s.Service.Spread = s.spread
		for _, contact := range []string{"PERSON-1", "PERSON-2", "PERSON-3"} {
			s.Contact(world.Acme, contact)
		}
	}
	return l
}

func (l *life) stages() []*stage { return []*stage{l.lite, l.post} }

// play runs so many steps, or until something differs.
func (l *life) play(steps int) {
	const between = 100 // comparisons of all that is kept
	for l.step = 1; l.step <= steps && !l.t.Failed(); l.step++ {
		l.inventor.now = l.lite.Now()
		switch n := l.inventor.IntN(1000); {
		case n < 640:
			who, cmd := l.inventor.command()
			l.run(who, cmd)
		case n < 900:
			who, q := l.inventor.query()
			l.same(fmt.Sprintf("%s asks %T%+v", who, q, q), func(s *stage) (any, error) { return s.Ask(who, q) })
		case n < 920:
			l.publish()
		case n < 940:
			l.login()
		case n < 965:
			l.batch()
		case n < 970:
			for _, s := range l.stages() {
				s.Reopen()
			}
		default:
			l.wait()
		}
		if l.step%between == 0 || l.step == steps {
			l.compare()
		}
	}
}

// wait lets time pass, from nothing to two years, or to the moment at which something falls due; and
// mostly writes down what it did.
func (l *life) wait() {
	r := l.inventor.Rand
	pass := time.Duration(r.Int64N(int64(time.Hour)))
	switch r.IntN(8) {
	case 0, 1, 2:
		pass = time.Duration(r.Int64N(int64(10 * 24 * time.Hour)))
	case 3:
		pass = time.Duration(r.Int64N(int64(60 * 24 * time.Hour)))
	case 4:
		pass = time.Duration(r.Int64N(int64(2 * 365 * 24 * time.Hour)))
	case 5, 6:
		l.same("next due", func(s *stage) (any, error) { return s.Ask("", flow.NextDue{}) })
		due, _ := l.lite.Ask("", flow.NextDue{})
		pass = max(0, due.(time.Time).Sub(l.lite.Now())+time.Duration(r.IntN(3)-1)*time.Second)
	}
	for _, s := range l.stages() {
		s.Pass(pass)
	}
	switch r.IntN(3) {
	case 0:
		l.run("", flow.Settle{Limit: settleLimit})
	case 1: // in pieces, whose order may differ, and then the rest
		for _, s := range l.stages() {
			s.Do("", flow.Settle{Limit: 1 + r.IntN(3)})
			s.Settle()
		}
	}
}

// publish takes some of the marks away.
func (l *life) publish() {
	limit := 1 + l.inventor.IntN(5)
	l.same("publish", func(s *stage) (any, error) {
		marks, err := s.Ask("", flow.PendingMarks{Limit: limit})
		if err != nil {
			return nil, err
		}
		list := marks.([]registry.Mark)
		_, err = s.Run("", flow.ZonesPublished{Marks: list})
		var shown []string
		for _, m := range list {
			shown = append(shown, string(m.Kind)+" "+m.Name.String()) // versions are of real time
		}
		return shown, err
	})
}

// login tries a password, and now and then sets a new one.
func (l *life) login() {
	r := l.inventor.Rand
	login := flow.Login{
		Registrar: pick(r, registrars), Password: pick(r, []string{world.Password, "wrong-one", "another-1"}),
		NewPassword: pick(r, []string{"", "", "", "another-1", world.Password, "short"}), SvTRID: l.trid(),
		From: netip.MustParseAddr(pick(r, []string{"127.0.0.1", "127.0.0.1", "192.0.2.1"})),
	}
	l.same(fmt.Sprintf("login %+v", login), func(s *stage) (any, error) { return s.Service.Login(context.Background(), login) })
}

func (l *life) trid() string {
	l.trids++
	return fmt.Sprintf("SIM-%06d", l.trids)
}

// run runs one command on both, and counts how it ended.
func (l *life) run(who registry.RegistrarID, cmd flow.Command) {
	trid := l.trid()
	said := l.same(fmt.Sprintf("%s %T%+v", who, cmd, cmd), func(s *stage) (any, error) { return s.runAs(who, trid, cmd) })
	l.outcomes[reflect.TypeOf(cmd).Name()+" "+said]++
}

func (s *stage) runAs(who registry.RegistrarID, trid string, cmd flow.Command) (any, error) {
	return s.Service.Run(context.Background(), flow.Request{Registrar: who, ClTRID: "client", SvTRID: trid, Command: cmd})
}

// same does something on both, fails the test unless both say the same, and returns how it ended.
func (l *life) same(what string, do func(*stage) (any, error)) string {
	var said [2]string
	code := ""
	for i, s := range l.stages() {
		reply, err := do(s)
		code, said[i] = l.told(s, reply, err)
	}
	if said[0] != said[1] {
		l.t.Errorf("step %d at %s: %s:\nSQLite:     %s\nPostgreSQL: %s", l.step, l.lite.Now(), what, said[0], said[1])
	}
	return code
}

// told is all that a reply or refusal tells, and how the command ended. A fault fails the test.
func (l *life) told(s *stage, reply any, err error) (code, text string) {
	if refusal, ok := errors.AsType[*registry.Error](err); ok {
		return string(refusal.Code), s.normal(fmt.Sprintf("%+v", *refusal))
	}
	if err != nil {
		l.t.Errorf("step %d: a fault: %v", l.step, err)
		return "fault", "fault"
	}
	body, err := json.Marshal(reply)
	if err != nil {
		l.t.Fatal(err)
	}
	return "success", s.normal(fmt.Sprintf("%T %s", reply, body))
}

// roid finds ROIDs of objects.
var roid = regexp.MustCompile(`\b[DHC]([0-9]+)-CO\b`)

// settlement finds the transaction of a settlement: what falls due is settled in pieces of another size on each.
var settlement = regexp.MustCompile(`"SvTRID":"TEST-[0-9]+"`)

// normal returns a text with every ROID replaced by its kind and the rank of its number, since
// PostgreSQL's numbers have gaps.
func (s *stage) normal(text string) string {
	return roid.ReplaceAllStringFunc(settlement.ReplaceAllString(text, `"SvTRID":"TEST"`), s.call)
}

// call is how an object is called on both; its ROID while it is not stored.
func (s *stage) call(roid string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls[roid] == "" {
		s.rank()
	}
	return cmp.Or(s.calls[roid], roid)
}

// spread is where in the time of purges an object's is: the same on both, though it has another number there.
func (s *stage) spread(roid registry.ROID) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s.call(string(roid)))) // never fails
	return h.Sum32()
}

// rank gives every object that there has been its name on both databases.
func (s *stage) rank() {
	number := func(roid string) int {
		n, _ := strconv.Atoi(roid[1:strings.Index(roid, "-")])
		return n
	}
	all := strings.Fields(s.Rows("SELECT DISTINCT roid FROM history WHERE kind <> 'registrar'"))
	slices.SortFunc(all, func(a, b string) int { return number(a) - number(b) })
	for i, found := range all {
		s.calls[found] = fmt.Sprintf("%c#%d", found[0], i+1)
	}
}

// compare holds all that is kept on one database against the other.
func (l *life) compare() {
	for _, table := range tables {
		var kept [2][]string
		for i, s := range l.stages() {
			kept[i] = strings.Split(s.normal(s.Rows(table.query)), "\n")
			if !table.ordered {
				slices.Sort(kept[i])
			}
		}
		for n := range max(len(kept[0]), len(kept[1])) {
			if a, b := line(kept[0], n), line(kept[1], n); a != b {
				l.t.Errorf("step %d: %s, row %d:\nSQLite:     %s\nPostgreSQL: %s", l.step, table.query, n, a, b)
				break
			}
		}
	}
	for _, s := range l.stages() {
		s.CheckInvariants()
	}
}

func line(lines []string, n int) string {
	if n < len(lines) {
		return lines[n]
	}
	return "(none)"
}

// tables are what is kept, without numbers that come from real time or chance. Rows come in an order of
// their own where that is one of commands, else sorted after ROIDs were replaced.
var tables = []struct {
	query   string
	ordered bool
}{
	{"SELECT id, version, password, body FROM registrar", false},
	{"SELECT party, balance, authorised, credit_limit, emergency_credit, credit_threshold, minimum_balance FROM funds", false},
	{"SELECT name, roid, version, zone, sponsor, created, expires, due, body FROM domain", false},
	{"SELECT name, roid, version, sponsor, COALESCE(superordinate, ''), body FROM host", false},
	{"SELECT address, host FROM host_address", false},
	{"SELECT id_key, id, roid, version, sponsor, body FROM contact", false},
	{"SELECT domain, host, position FROM domain_host", false},
	{"SELECT domain, role, contact FROM domain_contact", false},
	{"SELECT id, party, object, subject, type, amount, at, posts_at, grace_days, CASE WHEN authorises THEN 1 ELSE 0 END, state, ended FROM charge", false},
	{"SELECT entry_key, party, at, debit, credit, amount, charge, text FROM entry", false},
	{"SELECT kind, name FROM mark", false},
	{"SELECT registrar, at, kind, body FROM poll", false},
	{"SELECT registrar, recipient, at, template, body FROM mail", false},
	{"SELECT at, registrar, command, object, object_id, code, message, cltrid, svtrid FROM log ORDER BY id", true},
	{"SELECT roid, version, kind, name, at, registrar, command, cltrid, svtrid, CASE WHEN gone THEN 1 ELSE 0 END, body FROM history", false},
}

// batch hands many commands of one registrar in at once on one of the two, where they run as a group, and
// then runs them one by one on the other, in the order of the first one's transaction log. Those that
// leave no line there, since they lost against an object, have changed nothing and are left out.
func (l *life) batch() {
	first, second := l.lite, l.post
	if l.inventor.IntN(2) == 0 {
		first, second = second, first
	}
	who := pick(l.inventor.Rand, registrars[:8])
	commands, said := map[string]flow.Command{}, map[string]string{}
	for range 2 + l.inventor.IntN(20) {
		if _, cmd := l.inventor.command(); cmd.Subject().Logged {
			commands[l.trid()] = cmd
		}
	}
	l.together(first, who, commands, said)
	log := strings.Fields(first.Rows("SELECT svtrid FROM log ORDER BY id"))
	for _, trid := range log[len(log)-min(len(log), len(commands)):] {
		cmd, ours := commands[trid]
		if !ours {
			continue
		}
		reply, err := second.runAs(who, trid, cmd)
		if _, alone := l.told(second, reply, err); said[trid] != alone {
			l.t.Errorf("step %d at %s: %s %T%+v:\nin a group (PostgreSQL: %t): %s\nalone: %s", l.step, l.lite.Now(), who, cmd, cmd,
				first.Postgres, said[trid], alone)
		}
	}
}

// together runs commands of one registrar at once: its lane is held until all are about to be handed in.
func (l *life) together(s *stage, who registry.RegistrarID, commands map[string]flow.Command, said map[string]string) {
	held, release, nothing := make(chan struct{}), make(chan struct{}), errors.New("nothing to write")
	var all, waiting sync.WaitGroup
	all.Go(func() {
		_ = s.DB.Update(context.Background(), registry.Keys{Registrar: who}, func(registry.Reader) (registry.Changes, error) {
			close(held)
			<-release
			return registry.Changes{}, nothing
		})
	})
	<-held
	type answer struct {
		trid  string
		reply any
		err   error
	}
	answers := make(chan answer, len(commands))
	waiting.Add(len(commands))
	for trid, cmd := range commands {
		all.Go(func() {
			waiting.Done()
			reply, err := s.runAs(who, trid, cmd)
			answers <- answer{trid, reply, err}
		})
	}
	waiting.Wait()
	close(release)
	all.Wait()
	close(answers)
	for a := range answers {
		_, said[a.trid] = l.told(s, a.reply, a.err)
	}
}
