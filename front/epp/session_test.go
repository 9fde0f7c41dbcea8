package epp_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/front/epp"
	"example.org/dorado/test/world"
)

// A gatedStore makes queries wait at its gate while it is shut, and lets queries or commands panic.
type gatedStore struct {
	registry.Store
	shut, queriesPanic, commandsPanic atomic.Bool
	entered, open                     chan struct{}
}

func (g *gatedStore) View(ctx context.Context, f func(registry.Reader) error) error {
	if g.queriesPanic.Load() {
		panic("secret of a registrar")
	}
	if g.shut.Load() {
		g.entered <- struct{}{}
		select {
		case <-g.open:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return g.Store.View(ctx, f)
}

// Each login has one thing wrong. Only those with wrong credentials count as failures, so that all
// can be tried in pairs on one connection.
func TestLoginRefusals(t *testing.T) {
	w := newWorld(t)
	spoilt := func(spoil func(*loginFrame)) string {
		l := goodLogin(world.Acme)
		spoil(&l)
		return l.String()
	}
	for _, test := range []struct{ name, from, frame, code, says string }{
		{"version", "127.0.0.1", spoilt(func(l *loginFrame) { l.version = "2.0" }), "2100", "1.0"},
		{"language", "127.0.0.1", spoilt(func(l *loginFrame) { l.lang = "fr" }), "2102", "en"},
		{"an object that nobody has", "127.0.0.1", spoilt(func(l *loginFrame) { l.services += "<objURI>urn:x:y</objURI>" }), "2307", "greeting"},
		{"an extension that nobody has", "127.0.0.1", spoilt(func(l *loginFrame) {
			l.services += "<svcExtension><extURI>urn:x:z</extURI></svcExtension>"
		}), "2103", "greeting"},
		{"an extension of the login", "127.0.0.1", strings.Replace(login(world.Acme), "<clTRID>",
			`<extension><x:y xmlns:x="urn:x:y"/></extension><clTRID>`, 1), "2103", "greeting"},
		{"password", "127.0.0.1", spoilt(func(l *loginFrame) { l.pw = "Wrong1234" }), "2200", "is wrong"},
		{"registrar", "127.0.0.1", login(world.Stranger), "2200", "is wrong"},
		{"suspended", "127.0.0.1", login(world.Suspended), "2200", "is wrong"},
		{"address", "192.0.2.1", login(world.Acme), "2200", "is wrong"},
		{"new password", "127.0.0.1", spoilt(func(l *loginFrame) { l.newPW = "[LOGIN-SECURITY]" }), "2005", "6 to 16"},
		{"no login", "127.0.0.1", info("CMD-A", "free.co"), "2002", "login first"},
		{"logout before login", "127.0.0.1", logout, "2002", "login first"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, w)
				c := s.connectFrom(test.from)
				for range 2 {
					c.send(test.frame)
					if answer := c.wants(test.code); !strings.Contains(answer, test.says) {
						t.Errorf("the answer is %s, want %q in it", answer, test.says)
					}
				}
				c.wantsService()
			})
		})
	}
}

// One session from the greeting to the end: what each command is answered at its place.
func TestSession(t *testing.T) {
	w := newWorld(t)
	w.Domain(world.Acme, "taken.co")
	onlyHosts := goodLogin(world.Acme)
	onlyHosts.services = "<objURI>urn:ietf:params:xml:ns:host-1.0</objURI>"
	signed := goodLogin(world.Acme)
	signed.services += "<svcExtension><extURI>urn:ietf:params:xml:ns:secDNS-1.1</extURI></svcExtension>"
	extended := strings.Replace(info("CMD-X", "taken.co"), "<clTRID>", `<extension><secDNS:update `+
		`xmlns:secDNS="urn:ietf:params:xml:ns:secDNS-1.1"><secDNS:chg/></secDNS:update></extension><clTRID>`, 1)
	for _, test := range []struct {
		name, frame, code string
		login             loginFrame
	}{
		{"a query", info("CMD-A", "taken.co"), "1000", goodLogin(world.Acme)},
		{"a second login", login(world.Acme), "2002", goodLogin(world.Acme)},
		{"a second login as another", login(world.Other), "2002", goodLogin(world.Acme)},
		{"poll", command("CMD-P", `<poll op="req"/>`), "1300", goodLogin(world.Acme)},
		{"an object that was not announced", info("CMD-A", "taken.co"), "2307", onlyHosts},
		{"an extension as object of a query", strings.ReplaceAll(info("CMD-A", "taken.co"), "domain-1.0", "secDNS-1.1"), "2307", signed},
		{"an extension as object of a command", strings.ReplaceAll(create("CMD-A", "free.co"), "domain-1.0", "secDNS-1.1"), "2307", signed},
		{"an extension that was not announced", extended, "2103", goodLogin(world.Acme)},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := serve(t, w).connect()
				c.wantsService()
				c.send(test.login.String())
				c.wants("1000")
				c.wantsService()
				c.send(test.frame)
				c.wants(test.code)
				c.send(logout)
				c.wants("1500")
				c.wantsEnd()
			})
		})
	}
}

// The third wrong login ends the connection, whatever came between.
func TestLoginFailures(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		c, wrong := s.connect(), goodLogin(world.Acme)
		wrong.pw = "Wrong1234"
		for _, code := range []string{"2200", "2200", "2501"} {
			c.wantsService()
			c.send(wrong.String())
			c.wants(code)
		}
		c.wantsEnd()
		s.session(world.Acme)
	})
}

// A login that waits until the time for it is over is answered and ends the connection; a login that
// is being answered is not dropped for newer connections.
func TestLoginWaits(t *testing.T) {
	w := newWorld(t)
	limit(w, func(l *policy.Limits) { l.ConnectionsBeforeLogin = 1 })
	synctest.Test(t, func(t *testing.T) {
		gated := &gatedStore{Store: w.Service.Store, entered: make(chan struct{}), open: make(chan struct{})}
		service := *w.Service
		service.Store = gated
		s := serve(t, w, func(c *epp.Config) { c.Service = &service })
		c, begun := s.connect(), time.Now()
		gated.shut.Store(true)
		c.send(login(world.Acme))
		<-gated.entered
		if _, err := s.knock("10.0.0.1").Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("a newer connection reads %v, want the end", err)
		}
		if answer := c.wants("2500"); !strings.Contains(answer, "30 seconds") {
			t.Errorf("the answer is %s, want the time for a login in it", answer)
		}
		if after := time.Since(begun); after != 30*time.Second {
			t.Errorf("the answer comes after %s, want 30 seconds", after)
		}
		c.wantsEnd()
	})
}

// A stranger that talks and does not log in is no better than one that is silent.
func TestTalkingStranger(t *testing.T) {
	w := newWorld(t)
	limit(w, func(l *policy.Limits) { l.ConnectionsBeforeLogin = 1 })
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		stranger, begun := s.connect(), time.Now()
		stranger.wantsService()
		s.session(world.Acme)
		stranger.wantsEnd()
		if after := time.Since(begun); after != 0 {
			t.Errorf("the stranger is dropped after %s, want at once", after)
		}
	})
}

// A login changes the password if and only if it begins a session.
func TestNewPassword(t *testing.T) {
	w := newWorld(t)
	limit(w, func(l *policy.Limits) { l.SessionsPerRegistrar = 1 })
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		changing := goodLogin(world.Acme)
		changing.newPW = "Efgh5678"

		first := s.session(world.Acme)
		second := s.connect()
		second.send(changing.String())
		second.wants("2502")
		second.wantsEnd()
		first.send(logout)
		first.wants("1500")

		third := s.connect()
		third.send(changing.String())
		third.wants("1000")
		third.send(logout)
		third.wants("1500")

		fourth := s.connect()
		fourth.send(login(world.Acme))
		fourth.wants("2200")
		changing.pw, changing.newPW = changing.newPW, ""
		fourth.send(changing.String())
		fourth.wants("1000")
	})
}

// DS are for sessions that announced the extension: from the create to the info, and not else.
func TestSecDNSSession(t *testing.T) {
	w := newWorld(t)
	w.Contact(world.Acme, "X-H1001")
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		plain, extended := s.session(world.Acme), s.connect()
		frame := goodLogin(world.Acme)
		frame.services += "<svcExtension><extURI>urn:ietf:params:xml:ns:secDNS-1.1</extURI></svcExtension>"
		extended.send(frame.String())
		extended.wants("1000")
		ds := `<extension><s:create xmlns:s="urn:ietf:params:xml:ns:secDNS-1.1"><s:dsData><s:keyTag>1</s:keyTag><s:alg>13</s:alg>` +
			`<s:digestType>2</s:digestType><s:digest>` + strings.Repeat("ab", 32) + `</s:digest></s:dsData></s:create></extension>`
		signed := strings.Replace(create("CMD-1", "signed.co"), "<clTRID>", ds+"<clTRID>", 1)
		plain.send(signed)
		plain.wants("2103")
		extended.send(strings.Replace(signed, "<s:alg>13", "<s:alg>4", 1))
		if answer := extended.wants("2306"); !strings.Contains(answer, `<secDNS:alg xmlns:secDNS="urn:ietf:params:xml:ns:secDNS-1.1">4</secDNS:alg>`) {
			t.Errorf("the refusal does not show what is to blame: %s", answer)
		}
		extended.send(signed)
		extended.wants("1000")
		extended.send(info("CMD-2", "signed.co"))
		if answer := extended.wants("1000"); !strings.Contains(answer, "<secDNS:digest>"+strings.Repeat("AB", 32)+"</secDNS:digest>") {
			t.Errorf("the info has no DS: %s", answer)
		}
		plain.send(info("CMD-3", "signed.co"))
		if answer := plain.wants("1000"); strings.Contains(answer, "secDNS") {
			t.Errorf("an extension was used that the session did not announce: %s", answer)
		}
	})
}

// A registrar has a hundred sessions and no more; another is not concerned, and one that ends makes
// room at once.
func TestSessionLimit(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		first := s.session(world.Acme)
		for range 99 {
			s.session(world.Acme)
		}
		late := s.connect()
		late.send(login(world.Acme))
		if answer := late.wants("2502"); !strings.Contains(answer, "100 sessions") {
			t.Errorf("the answer is %s, want the limit in it", answer)
		}
		late.wantsEnd()
		s.session(world.Other)
		first.send(logout)
		first.wants("1500")
		s.session(world.Acme)
	})
}

func (g *gatedStore) Update(ctx context.Context, keys registry.Keys, f func(registry.Reader) (registry.Changes, error)) error {
	if g.commandsPanic.Load() {
		panic("secret of a registrar")
	}
	return g.Store.Update(ctx, keys, f)
}

// A login that panics after it has begun a session leaves none.
func TestPanicInLogin(t *testing.T) {
	w := newWorld(t)
	limit(w, func(l *policy.Limits) { l.SessionsPerRegistrar = 1 })
	synctest.Test(t, func(t *testing.T) {
		gated := &gatedStore{Store: w.Service.Store}
		service := *w.Service
		service.Store = gated
		c := serve(t, w, func(c *epp.Config) { c.Service = &service }).connect()
		gated.commandsPanic.Store(true)
		changing := goodLogin(world.Acme)
		changing.newPW = "Efgh5678"
		c.send(changing.String())
		c.wants("2400")
		c.send(login(world.Acme))
		c.wants("1000")
	})
}

// At level debug each answer is a line, and nothing of a contact or a secret is in it.
func TestTrace(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := serve(t, w, func(c *epp.Config) {
			c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		c := s.session(world.Acme)
		c.send(info("CMD-A", "free.co"))
		c.wants("2303")
		line := log.String()
		for _, text := range []string{"EPP answer", "registrar=H1001", "command=info", "name=free.co", "code=2303", "took="} {
			if !strings.Contains(line, text) {
				t.Errorf("the log does not have %q: %s", text, line)
			}
		}
		if strings.Contains(line, world.Password) {
			t.Errorf("the log has the password: %s", line)
		}
	})
}

// A panic and a fault are answered 2400 and logged once, with the svTRID, and the session goes on.
func TestFaults(t *testing.T) {
	w := newWorld(t)
	w.Domain(world.Acme, "taken.co") // of a free name the store knows without the database
	for _, test := range []struct {
		name  string
		begin func(*gatedStore)
		end   func(*gatedStore)
		logs  string
	}{
		{
			"a panic", func(g *gatedStore) { g.queriesPanic.Store(true) }, func(g *gatedStore) { g.queriesPanic.Store(false) },
			"panic with a string",
		},
		{"a fault", func(*gatedStore) { w.Fault.After(0) }, func(*gatedStore) { w.Fault.Disarm() }, "injected fault"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				gated := &gatedStore{Store: w.Service.Store}
				service := *w.Service
				service.Store = gated
				s := serve(t, w, func(c *epp.Config) {
					c.Service, c.Log = &service, slog.New(slog.NewTextHandler(&log, nil))
				})
				c := s.session(world.Acme)
				log.Reset()
				test.begin(gated)
				c.send(info("CMD-A", "taken.co"))
				answer := c.wants("2400")
				test.end(gated)
				svTRID := part(`<svTRID>(.*?)</svTRID>`, answer)
				line := log.String()
				if strings.Count(line, "svTRID="+svTRID) != 1 || strings.Count(line, "\n") != 1 || !strings.Contains(line, test.logs) {
					t.Errorf("the log is %q, want one line with %s and %q", line, svTRID, test.logs)
				}
				if strings.Contains(line+answer, "secret of a registrar") || strings.Contains(answer, "injected") {
					t.Errorf("the answer is %s and the log %q: they tell what they must not", answer, line)
				}
				c.send(info("CMD-B", "free.co"))
				c.wants("2303")
			})
		})
	}
}

// No secret of a frame reaches the log, at whatever level, whether the frame is good or bad.
func TestSecretsAreNotLogged(t *testing.T) {
	w := newWorld(t)
	w.Domain(world.Acme, "taken.co")
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := serve(t, w, func(c *epp.Config) {
			c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		c, wrong := s.connect(), goodLogin(world.Acme)
		wrong.pw = "Secret01"
		c.send(wrong.String())
		c.wants("2200")
		c.send(strings.Replace(wrong.String(), "</clID>", "", 1))
		c.wants("2001")
		c.send(login(world.Acme))
		c.wants("1000")
		for _, frame := range []string{create("CMD-A", "new.co"), strings.Replace(create("CMD-B", "a.co"), "</epp>", "", 1)} {
			c.send(frame)
			c.read()
		}
		w.Fault.After(0)
		c.send(create("CMD-C", "other.co"))
		c.wants("2400")
		w.Fault.Disarm()
		c.send(logout)
		c.wants("1500")
		for _, secret := range []string{world.Password, "Secret01", "domain-secret"} {
			if strings.Contains(log.String(), secret) {
				t.Errorf("the log has %q:\n%s", secret, log.String())
			}
		}
		if !strings.Contains(log.String(), "EPP session began") {
			t.Errorf("the log is %q, want the beginning of the session in it", log.String())
		}
	})
}

// A transform command that is refused before its flow leaves its line in the transaction log; a
// query, a stranger's command and a lost create leave none.
func TestTransactionLog(t *testing.T) {
	w := newWorld(t)
	w.Domain(world.Acme, "taken.co")
	onlyHosts := goodLogin(world.Acme)
	onlyHosts.services = "<objURI>urn:ietf:params:xml:ns:host-1.0</objURI>"
	for i, test := range []struct {
		name, frame, code string
		login             loginFrame
		logged            bool
	}{
		{"a create of what was not announced", create("CMD-A", "new.co"), "2307", onlyHosts, true},
		{"an info of what was not announced", info("CMD-A", "taken.co"), "2307", onlyHosts, false},
		{"a create that the flow refuses", create("CMD-A", "a.b.co"), "", goodLogin(world.Acme), true},
		{"a lost create", create("CMD-A", "taken.co"), "2302", goodLogin(world.Acme), false},
		{"a create that is not valid", strings.Replace(create("CMD-A", "new.co"), "domain:registrant", "domain:regis", 2), "2001", goodLogin(world.Acme), true},
		{"a create with a bad name", create("CMD-A", "-.co"), "2005", goodLogin(world.Acme), true},
		{"a create", create("CMD-A", "fresh.co"), "", goodLogin(world.Acme), true},
		{"a poll", command("CMD-A", `<poll op="req"/>`), "1300", goodLogin(world.Acme), false},
		{"an ack", command("CMD-A", `<poll op="ack" msgID="1"/>`), "2303", goodLogin(world.Acme), false},
		{"a create without a session", create("CMD-A", "new.co"), "2002", loginFrame{}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			clTRID := fmt.Sprintf("ROW-%d", i)
			synctest.Test(t, func(t *testing.T) {
				c := serve(t, w).connect()
				if test.login.clID != "" {
					c.send(test.login.String())
					c.wants("1000")
				}
				c.send(strings.Replace(test.frame, ">CMD-A<", ">"+clTRID+"<", 1))
				if answer := c.read(); test.code != "" && part(`<result code="(\d+)"`, answer) != test.code {
					t.Errorf("the answer is %s, want %s", answer, test.code)
				}
			})
			if logged := w.Exists("log", "cltrid", clTRID); logged != test.logged {
				t.Errorf("the command is in the log: %v, want %v", logged, test.logged)
			}
			if row := w.Rows("SELECT svtrid FROM log WHERE cltrid = $1", clTRID); test.logged && !strings.HasPrefix(row, "TEST-") {
				t.Errorf("the row has the server transaction id %q", row)
			}
		})
	}
}
