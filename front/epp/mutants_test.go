package epp_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/epp"
	"example.org/dorado/store"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/world"
)

// Frames with faults, made by chance from a valid one of each command: whatever comes, the answer is
// a valid frame and never 2400, nothing panics, and what is refused has changed nothing. After every change
// the registry is made anew, so that each mutant meets one in which its sound frame succeeds. TestMutants has
// mutantsInSuite of each with a seed that stays; TestSoakMutants ten thousand and more, with the seed in
// MUTANT_SEED or one of the moment.

const mutantsInSuite = 60

func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: this sends thousands of frames")
	}
	mutate(t, 1, mutantsInSuite)
}

func TestSoakMutants(t *testing.T) {
	length := peer.Soak(t)
	seed, err := strconv.ParseUint(os.Getenv("MUTANT_SEED"), 10, 64)
	if err != nil {
		seed = uint64(os.Getpid())
	}
	t.Logf("MUTANT_SEED=%d", seed)
	mutate(t, seed, max(10_000, int(length.Minutes())*1000))
}

// mutate sends so many mutants of every sound frame.
func mutate(t *testing.T, seed uint64, mutants int) {
	names, frames := epp.Sounds()
	var ran, succeeded atomic.Int64
	t.Cleanup(func() {
		if ran, succeeded := ran.Load(), succeeded.Load(); ran == int64(len(names)) && succeeded < ran/2 {
			t.Errorf("%d sound frames of %d succeed, want half of them: mutants of the others reach little of a flow", succeeded, ran)
		}
	})
	for i, name := range names {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			r := &mutantRig{t: t, sound: settled(name, frames[i]), codes: map[string]int{}}
			r.open()
			defer func() { r.era.end() }()
			r.tell(r.sound)
			sound := maps.Clone(r.codes)
			r.renew()
			m := epp.NewMutator(t, seed, name)
			for range mutants {
				r.tell(m.Mutant(r.sound))
			}
			r.world.CheckInvariants()
			if sound["1000"]+sound["1001"]+sound["1500"]+sound["greeting"] > 0 {
				succeeded.Add(1)
			} else if moves := strings.Contains(name, "transfer") || strings.Contains(name, "restore"); moves && name != "token transfer" {
				t.Errorf("the sound frame is refused: %v", sound) // a registered name has no token
			}
			ran.Add(1)
			t.Logf("the sound frame: %v; mutants: %v", sound, r.codes)
		})
	}
}

// settled gives a sound frame the names and values with which it succeeds in the registry of open.
func settled(name, frame string) string {
	replace := []string{
		"2fooBAR", strongSecret, "2BARfoo", strongSecret, "secret-1", world.Password, "secret-2", world.Password, ` roid="C1-CO"`, "",
		`<ttl:ttl for="custom" custom="NEWRR">300</ttl:ttl>`, "", "49FD46E6C4B45C55D4AC<", strings.Repeat("49FD", 10) + "<",
		"<contact:city>Bogotá</contact:city>", "<contact:city>Bogotá</contact:city><contact:pc>110221</contact:pc>",
		"38EC35D5B3A34B33C99B<", oldDigest + "<", "38EC35D5B3A34B44C39B<", strings.Repeat("CD", 20) + "<",
		"<secDNS:alg>3<", "<secDNS:alg>13<",
	}
	switch {
	case strings.Contains(frame, "<domain:create"):
		replace = append(replace, "shop.co", "free.co")
	case strings.Contains(frame, "<host:create"):
		replace = append(replace, "ns1.shop.co", "ns5.shop.co")
	case strings.Contains(frame, "<contact:create"):
		replace = append(replace, "sh8013", "new8013")
	case strings.Contains(frame, "<contact:update"):
		replace = append(replace, `type="int"`, `type="loc"`)
	case strings.Contains(frame, "<contact:delete"):
		replace = append(replace, "sh8013", "unused")
	case strings.Contains(frame, "<transfer op="):
		state := stateFor[part(`<transfer op="([a-z]+)"`, frame)]
		replace = append(replace, "shop.co", state+".co", "sh8013", state, "<fee:fee>5.00<", "<fee:fee>20.00<")
		if strings.Contains(frame, "<fee:transfer") {
			replace = append(replace, "</domain:transfer>", "<domain:authInfo><domain:pw>"+strongSecret+"</domain:pw></domain:authInfo></domain:transfer>")
		}
	case strings.Contains(frame, "<rgp:restore"):
		replace = append(replace, "shop.co", stateFor[part(`<rgp:restore op="([a-z]+)"`, frame)+" restore"]+".co")
	}
	if strings.HasPrefix(name, "login") {
		replace = append(replace, "<objURI>urn:ietf:params:xml:ns:contact-1.0</objURI>", objects,
			"<objURI>urn:ietf:params:xml:ns:domain-1.0</objURI>", "", "rgp-1.0", "secDNS-1.1")
	}
	return strings.NewReplacer(replace...).Replace(frame)
}

// stateFor says in which state an object of inTransfer has to be for an op.
var stateFor = map[string]string{
	"request": "theirs", "query": "asked", "cancel": "asked", "approve": "leaving", "reject": "leaving",
	"request restore": "redeemed", "report restore": "restored",
}

// inTransfer makes the objects that the sound transfers and restores are about, in every state: old enough, of
// another registrar, asked for, being asked for, deleted and restored.
func inTransfer(w *world.World) {
	for name, who := range map[string]registry.RegistrarID{
		"theirs": world.Other, "asked": world.Other, "leaving": world.Acme, "redeemed": world.Acme, "restored": world.Acme,
	} {
		w.Contact(who, name)
		w.Do(who, flow.ContactUpdate{ID: name, AuthInfo: new(strongSecret)})
		w.Domain(who, name+".co")
		w.Do(who, flow.DomainUpdate{Name: world.Name(name + ".co"), AuthInfo: new(strongSecret)})
	}
	w.Pass(61 * 24 * time.Hour)
	for name, who := range map[string]registry.RegistrarID{"asked": world.Acme, "leaving": world.Other} {
		w.Do(who, flow.DomainTransfer{Name: world.Name(name + ".co"), AuthInfo: new(strongSecret)})
		w.Do(who, flow.ContactTransfer{ID: name, AuthInfo: new(strongSecret)})
	}
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("redeemed.co")})
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("restored.co")})
	w.Do(world.Acme, flow.DomainRestore{Update: flow.DomainUpdate{Name: world.Name("restored.co"), Empty: true}})
}

// strongSecret is an authInfo that a session with secure authInfo may set. RFC 9154 section 4.1.
const strongSecret = "Kq9v-Zt3m-W8pL-2rYb-x7Nd"

// oldDigest is that of the DS that the sound update of DS removes.
var oldDigest = strings.Repeat("AB", 20)

// A mutantRig sends frames to a registry and looks at what becomes of them.
type mutantRig struct {
	t     *testing.T
	sound string

	era    *era
	world  *world.World
	site   *site
	writes *writes
	log    *complaints
	client *client
	sent   int
	codes  map[string]int
	again  string // the statements that restore the registry
}

// open makes a registry anew, in which the sound frames can succeed.
func (r *mutantRig) open() {
	r.era = &era{TB: r.t}
	w := world.New(r.era, "2026-02-01T12:00:00Z")
	inTransfer(w) // until two months later
	for _, id := range []string{"jd1234", "sh8013", "sh8014", "mak21", "unused"} {
		w.Contact(world.Acme, id)
		w.Do(world.Acme, flow.ContactUpdate{ID: id, AuthInfo: new(strongSecret)})
	}
	for _, name := range []string{"ns1.example.net", "ns2.example.net", "ns3.example.net"} {
		w.Host(world.Acme, name)
	}
	w.Domain(world.Other, "taken.co")
	w.Do(world.Acme, flow.DomainCreate{
		Name: world.Name("shop.co"), Nameservers: world.Names("ns1.example.net", "ns2.example.net"), AuthInfo: strongSecret, Registrant: "jd1234",
		Contacts: []flow.Role{{Role: "admin", ID: "sh8014"}, {Role: "tech", ID: "sh8013"}},
		DS:       []registry.DSRecord{{DS: registry.DS{KeyTag: 12345, Algorithm: 13, DigestType: 1, Digest: oldDigest}}},
	})
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.2", "1080:0:0:0:8:800:200C:417A")
	r.forbid(w)
	r.keep(w)
	limit(w, func(l *policy.Limits) {
		l.LostCreateMilliseconds, l.LoginFailures = 0, 1<<30
		l.WrongPasswordsAtOnce, l.WrongPasswordSeconds = 100_000, 1
		l.WrongAuthInfoSeconds, l.ObjectAuthInfoSeconds, l.RegistrarAuthInfoSeconds = 0, 0, 0 // no limit
	})
	r.writes = &writes{Store: w.DB}
	w.Service.Store = r.writes
	r.log = &complaints{}
	r.world, r.client = w, nil
	r.site = listen(r.era, w, func(c *epp.Config) { c.Log = slog.New(r.log) })
}

// forbid sets the statuses that the sound updates remove.
func (r *mutantRig) forbid(w *world.World) {
	held := []registry.Status{registry.ClientUpdateProhibited}
	switch {
	case strings.Contains(r.sound, `<domain:status s="clientUpdateProhibited"/>`):
		w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{Statuses: held}})
	case strings.Contains(r.sound, "<contact:update"):
		w.Do(world.Acme, flow.ContactUpdate{ID: "sh8013", Add: held})
	case strings.Contains(r.sound, "<host:update"):
		w.Do(world.Acme, flow.HostUpdate{
			Name: world.Name("ns1.shop.co"), Add: flow.HostEdit{Statuses: []registry.Status{registry.ClientDeleteProhibited}},
		})
	}
}

// enter connects, and logs in unless the frames are logins themselves.
func (r *mutantRig) enter() {
	r.t.Helper()
	r.client = begin(r.t, r.site.dial(), r.site.roots)
	r.client.read()
	if strings.Contains(r.sound, "<login>") {
		return
	}
	l := goodLogin(world.Acme)
	l.services = "<objURI>" + strings.Join(epp.ObjectURIs(), "</objURI><objURI>") + "</objURI><svcExtension><extURI>" +
		strings.Join(epp.ExtensionURIs(), "</extURI><extURI>") + "</extURI></svcExtension>"
	r.client.send(l.String())
	r.client.wants("1000")
}

// sampled is which share of the frames is looked at with the whole registry before and after.
const sampled = 50

// largest is a frame that the frame reader takes.
const largest = 60_000

// tell sends one frame and holds what comes of it.
func (r *mutantRig) tell(frame string) {
	r.t.Helper()
	if r.client == nil {
		r.enter()
	}
	r.sent++
	looks := r.sent%sampled == 0
	before, dump := r.writes.committed.Load(), ""
	if looks {
		dump = r.world.Dump()
	}
	_, _ = r.client.conn.Write(framed(frame)) // the server may not wait for the end of what is too large
	answer, err := r.client.next()
	if err != nil && len(frame) >= largest {
		r.codes["cut"]++
		r.leave()
		return
	}
	if err != nil {
		r.t.Fatalf("frame %d has no answer: %v\n%q\nthe server says %s", r.sent, err, frame, r.log)
	}
	code := part(`<result code="(\d+)"`, answer)
	if code == "" && strings.Contains(answer, "<greeting>") {
		code = "greeting"
	}
	r.codes[code]++
	changed := r.writes.committed.Load() - before
	refused := code >= "2" && code != "greeting"
	switch {
	case code == "" || code == "2400" || code == "2500" && frame != "" && len(frame) < largest:
		r.t.Errorf("frame %d is answered %s\n%q\nthe server says %s", r.sent, answer, frame, r.log)
	case refused && changed > 0:
		r.t.Errorf("frame %d is refused and changed something: %s\n%q", r.sent, answer, frame)
	case refused && looks && r.world.Dump() != dump:
		r.t.Errorf("frame %d is refused and left something: %s\n%q", r.sent, answer, frame)
	}
	if said := r.log.take(); said != "" {
		r.t.Errorf("frame %d makes the server complain: %s\n%q", r.sent, said, frame)
	}
	r.after(code, changed)
}

// after makes ready for the next frame.
func (r *mutantRig) after(code string, changed int64) {
	if changed > 0 {
		r.renew()
	}
	if strings.HasPrefix(code, "25") || code == "1500" || code == "1000" && strings.Contains(r.sound, "<login>") {
		r.leave()
	}
}

// renew makes the registry what it was: much quicker than another database.
func (r *mutantRig) renew() {
	r.world.CheckInvariants()
	r.world.Exec(r.again)
	if err := r.world.DB.Remember(r.t.Context(), store.Listener{}); err != nil { // it forgets what it knew
		r.t.Fatal(err)
	}
}

// keep copies every table, and prepares the statement that makes them so again.
func (r *mutantRig) keep(w *world.World) {
	tables := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
	begin, end := "BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = ON;", "COMMIT"
	if w.Postgres {
		tables = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
		begin, end = "DO $$ BEGIN SET LOCAL session_replication_role = replica;", "END $$"
	}
	r.again = begin
	for table := range strings.Lines(w.Rows(tables)) {
		table = strings.TrimSpace(table)
		w.Exec(fmt.Sprintf("CREATE TABLE kept_%[1]s AS SELECT * FROM %[1]s", table))
		r.again += fmt.Sprintf("DELETE FROM %[1]s; INSERT INTO %[1]s SELECT * FROM kept_%[1]s;", table)
	}
	r.again += end
}

// An era is the part of a test in which one registry lives: its files and connections go with it.
type era struct {
	testing.TB
	ends []func()
}

func (e *era) Cleanup(f func()) { e.ends = append(e.ends, f) }

func (e *era) TempDir() string {
	dir, err := os.MkdirTemp("", "era")
	if err != nil {
		e.Fatal(err)
	}
	e.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func (e *era) end() {
	for _, f := range slices.Backward(e.ends) {
		f()
	}
}

func (r *mutantRig) leave() {
	if r.client != nil {
		r.client.raw.Close()
		r.client = nil
	}
}

// A writes is a store that counts the Changes which are more than a line of the transaction log.
type writes struct {
	registry.Store
	committed atomic.Int64
}

func (s *writes) Update(ctx context.Context, keys registry.Keys, f func(registry.Reader) (registry.Changes, error)) error {
	wrote := false
	err := s.Store.Update(ctx, keys, func(r registry.Reader) (registry.Changes, error) {
		changes, err := f(r)
		wrote = err == nil && changesSomething(changes)
		return changes, err
	})
	if err == nil && wrote {
		s.committed.Add(1)
	}
	return err
}

// changesSomething reports whether Changes have anything but who made them and the line of the log.
func changesSomething(c registry.Changes) bool {
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if slices.Contains([]string{"Origin", "Fence", "Log", "Needs"}, name) {
			continue
		}
		if f := v.Field(i); f.Kind() == reflect.Slice && f.Len() > 0 || f.Kind() != reflect.Slice && !f.IsZero() {
			return true
		}
	}
	return false
}

// complaints keep what a server logs as an error.
type complaints struct {
	mu   sync.Mutex
	said []string
}

func (c *complaints) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelError
}
func (c *complaints) WithAttrs([]slog.Attr) slog.Handler { return c }
func (c *complaints) WithGroup(string) slog.Handler      { return c }

func (c *complaints) Handle(_ context.Context, r slog.Record) error {
	line := r.Message
	r.Attrs(func(a slog.Attr) bool {
		line += fmt.Sprintf(" %s=%v", a.Key, a.Value)
		return true
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, line)
	return nil
}

// take returns what was said since the last call.
func (c *complaints) take() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	said := strings.Join(c.said, "\n")
	c.said = nil
	return said
}

func (c *complaints) String() string { return c.take() }
