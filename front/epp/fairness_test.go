package epp_test

import (
	"crypto/tls"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// What a registrar reads of a limit: 2308 for a command, with the reason and the wait; an answer that is
// not new says so; a login that is one too many is 2502, and the connection ends.
func TestFairUseOnTheWire(t *testing.T) {
	w := newWorld(t)
	o := flow.Restriction{Registrar: world.Acme, Author: "ana", Reason: "hammering <&>"}
	limit := func(command string, count int) {
		w.Do("", flow.RegistrarLimit{Restriction: o, Limit: registry.CommandLimit{
			Scope: registry.Scope{Command: command}, Count: count, Per: time.Minute,
		}})
	}
	limit("info", 1)
	limit("create", 0)
	limit("login", 2)
	w.Do("", flow.RegistrarCache{Restriction: o, Age: time.Minute})
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		c := s.session(world.Acme)
		for _, step := range []struct{ frame, code, says string }{
			{info("CMD-A", "libre.co"), "2303", "the name is not registered"},
			{info("CMD-B", "libre.co"), "2308", "the registry has limited info of this registrar to 1 a minute since 2026-"},
			{info("CMD-C", "libre.co"), "2308", ": hammering &lt;&amp;&gt;; wait 60 seconds</msg>"},
			{create("CMD-D", "libre.co"), "2308", "the registry has closed create to this registrar since"},
			{check("CMD-E", "otro.co"), "1000", "<msg>Command completed successfully.</msg>"},
			{check("CMD-F", "Otro.co"), "1000", "<msg>Command completed successfully; this answer is 0 seconds old: the registry caches"},
		} {
			c.send(step.frame)
			if answer := c.wants(step.code); !strings.Contains(answer, step.says) {
				t.Errorf("the answer is %s, want %q in it", answer, step.says)
			}
		}
		s.session(world.Acme).wantsService()
		late := s.connect()
		late.send(login(world.Acme))
		if answer := late.wants("2502"); !strings.Contains(answer, "wait 30 seconds") {
			t.Errorf("the answer is %s, want the wait in it", answer)
		}
		late.wantsEnd()
		c.wantsService()
	})
}

// The operator's number of sessions holds for those that begin, and the refusal says by whom.
func TestSessionsOfTheOperator(t *testing.T) {
	w := newWorld(t)
	o := flow.Restriction{Registrar: world.Acme, Author: "ana", Reason: "hammering"}
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		one, two := s.session(world.Acme), s.session(world.Acme)
		w.Do("", flow.RegistrarSessions{Restriction: o, Most: 1})
		late := s.connect()
		late.send(login(world.Acme))
		if answer := late.wants("2502"); !strings.Contains(answer, "to at most 1 at once since") || !strings.Contains(answer, ": hammering; close one") {
			t.Errorf("the answer is %s", answer)
		}
		late.wantsEnd()
		one.wantsService()
		two.wantsService()
		for _, c := range []*client{one, two} {
			c.send(logout)
			c.wants("1500")
		}
		s.session(world.Acme).wantsService()
	})
}

func check(clTRID, name string) string {
	return command(clTRID, `<check><domain:check xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">`+
		`<domain:name>`+name+`</domain:name></domain:check></check>`)
}

// A certificate that is taken off the list ends no session, and begins none any more; the one that came
// in its place does.
func TestCertificateIsReplaced(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		before, after := issue(t, nil, "before.example", time.Hour), issue(t, nil, "after.example", 2*time.Hour)
		add := func(c tls.Certificate) {
			t.Helper()
			k := registry.Certificate{Fingerprint: fingerprint(c), NotAfter: w.Now().Add(time.Hour), Author: "ana"}
			w.Do("", flow.CertificateAdd{Registrar: world.Acme, Certificate: k})
		}
		begin := func(c tls.Certificate, code string) *client {
			t.Helper()
			one := s.connectFrom("192.0.2.1", func(config *tls.Config) { config.Certificates = []tls.Certificate{c} })
			one.send(login(world.Acme))
			one.wants(code)
			return one
		}
		begin(before, "2200")
		add(before)
		old := begin(before, "1000")
		add(after)
		begin(before, "1000")
		begin(after, "1000")
		w.Do("", flow.CertificateRemove{Registrar: world.Acme, Fingerprint: fingerprint(before)})
		old.wantsService()
		old.send(check("CMD-A", "libre.co"))
		old.wants("1000")
		begin(before, "2200")
		begin(after, "1000").wantsService()
	})
}
