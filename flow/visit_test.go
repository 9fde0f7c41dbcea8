package flow_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// putUser writes a user of the console past all flows.
func putUser(w *world.World, u registry.User) {
	w.T.Helper()
	write(w, registry.ConsoleChanges{Users: []registry.User{u}})
}

// putSession writes a session past all flows, with the hash of a token.
func putSession(w *world.World, token string, s registry.Session) {
	w.T.Helper()
	mac := hmac.New(sha256.New, []byte("authInfo key"))
	mac.Write([]byte("\x00session " + token))
	s.ID, _, _ = strings.Cut(token, ".")
	s.Version, s.Hash, s.Address = 1, mac.Sum(nil), netip.MustParseAddr("192.0.2.9")
	write(w, registry.ConsoleChanges{Sessions: []registry.Session{s}})
}

func write(w *world.World, changes registry.ConsoleChanges) {
	w.T.Helper()
	err := w.DB.Update(context.Background(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
		return registry.Changes{Console: changes}, nil
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

// Everything is wrong with the first visit; each step puts one thing right.
func TestVisitPrecedence(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	const token = "00112233445566ff.secret"
	u := registry.User{
		ID: "U1-CO", Version: 1, Registrar: world.Suspended, Login: "ana@example.com", Role: registry.RoleManager,
		Disabled: registry.Measure{Since: w.Now(), Author: "eva", Reason: "left"},
	}
	putUser(w, u)
	q := flow.Visit{Token: "no token"}
	asks := func(want string) {
		t.Helper()
		v, err := w.Ask("", q)
		switch e := refusal(err); {
		case want == "" && err != nil:
			t.Errorf("refused: %v", err)
		case want != "" && (e == nil || e.Rule != want):
			t.Errorf("answered %+v, %v; want %s", v, err, want)
		}
	}
	s := registry.Session{User: u.ID, Registrar: u.Registrar, Began: w.Now(), Seen: w.Now(), Ends: w.Now().Add(12 * time.Hour)}
	asks("sessionStands")
	q.Token = token
	asks("sessionStands")
	putSession(w, "00112233445566ff.another", s)
	asks("sessionStands") // the secret is another one
	write(w, registry.ConsoleChanges{Ended: []registry.SessionEnd{{User: u.ID}}})
	putSession(w, token, s)
	asks("sessionStands") // the user is disabled
	u = u.Next()
	u.Disabled = registry.Measure{}
	putUser(w, u)
	asks("registrarIsActive")
	w.Do("", flow.RegistrarSuspend{Act: act(world.Suspended), Resume: true})
	asks("")
	q.Token = strings.ToUpper(token)
	asks("sessionStands")
	q.Token = token
	w.At("2026-03-01T13:00:00Z")
	asks("sessionStands") // nobody has used it for an hour
}

// A visit says who it is and nothing secret, and what the user has to do before anything else.
func TestVisitor(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	const token = "00112233445566ff.secret"
	plain := registry.User{ID: "U1-CO", Version: 1, Registrar: world.Acme, Login: "ana@example.com", Role: registry.RoleManager}
	putUser(w, plain)
	whole := registry.Session{User: plain.ID, Registrar: world.Acme, Began: w.Now(), Seen: w.Now(), Ends: w.Now().Add(12 * time.Hour)}
	factor := registry.UserSecrets{Password: "hash", TOTP: []byte("sealed")}
	for _, test := range []struct {
		name    string
		user    func(*registry.User)
		session func(*registry.Session)
		all     bool
		want    flow.VisitorNeed
	}{
		{"without a second factor", nil, nil, false, flow.NeedsNothing},
		{"who must enrol", func(u *registry.User) { u.MustEnrol = true }, nil, false, flow.NeedsToEnrol},
		{"where all must", nil, nil, true, flow.NeedsToEnrol},
		{"who has given only a password", func(u *registry.User) { u.Secrets = factor }, nil, true, flow.NeedsFactor},
		{"who has given both", func(u *registry.User) { u.Secrets = factor }, func(s *registry.Session) { s.Factor = s.Began }, true, flow.NeedsNothing},
	} {
		t.Run(test.name, func(t *testing.T) {
			u, s := plain, whole
			if test.user != nil {
				test.user(&u)
			}
			if test.session != nil {
				test.session(&s)
			}
			stored := answerUser(t, w, u.ID)
			u.Version = stored.Version + 1
			putUser(w, u)
			putSession(w, token, s)
			requireFactor(w, test.all)
			v := answer(t, w, "", flow.Visit{Token: token}).(flow.Visitor)
			if v.Needs != test.want || v.User.Login != u.Login || v.Registrar.ID != world.Acme || v.HasFactor != u.Secrets.HasFactor() {
				t.Errorf("the visitor is %+v, who needs %q; want %q", v.User, v.Needs, test.want)
			}
			text, err := json.Marshal(v)
			if err != nil || v.User.Secrets.Password != "" || v.Session.Hash != nil || strings.Contains(string(text), "hash") {
				t.Errorf("a secret is told: %s, %v", text, err)
			}
			write(w, registry.ConsoleChanges{Ended: []registry.SessionEnd{{User: u.ID}}})
		})
	}
}

func answerUser(t *testing.T, w *world.World, id registry.UserID) (u registry.User) {
	t.Helper()
	err := w.DB.View(context.Background(), func(r registry.Reader) (err error) {
		u, _, err = r.User(id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// requireFactor sets whether all users of Acme need a second factor, past all flows.
func requireFactor(w *world.World, all bool) {
	w.T.Helper()
	err := w.DB.Update(context.Background(), registry.Keys{}, func(r registry.Reader) (registry.Changes, error) {
		acme, _, err := r.Registrar(world.Acme)
		acme.Version++
		acme.SecondFactorForAll = all
		return registry.Changes{Registrars: []registry.Registrar{acme}}, err
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

// A session that is used goes on, and that it was seen is written once a minute.
func TestVisitIsKept(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	const token = "00112233445566ff.secret"
	putUser(w, registry.User{ID: "U1-CO", Version: 1, Registrar: world.Acme, Login: "ana@example.com", Role: registry.RoleManager})
	putSession(w, token, registry.Session{User: "U1-CO", Registrar: world.Acme, Began: w.Now(), Seen: w.Now(), Ends: w.Now().Add(2 * time.Hour)})
	for _, at := range []struct{ now, seen string }{
		{"2026-03-01T12:00:59Z", "2026-03-01T12:00:00Z"},
		{"2026-03-01T12:01:00Z", "2026-03-01T12:01:00Z"},
		{"2026-03-01T13:00:59Z", "2026-03-01T13:00:59Z"},
		{"2026-03-01T13:59:59Z", "2026-03-01T13:59:59Z"},
	} {
		w.At(at.now)
		if _, err := w.Service.Visit(context.Background(), flow.Visit{Token: token, From: netip.MustParseAddr("::ffff:192.0.2.7")}); err != nil {
			t.Fatalf("at %s: %v", at.now, err)
		}
		seen := answer(t, w, "", flow.Visit{Token: token}).(flow.Visitor).Session
		if got := seen.Seen.Format(time.RFC3339); got != at.seen {
			t.Errorf("at %s it was seen at %s, want %s", at.now, got, at.seen)
		}
	}
	w.At("2026-03-01T14:00:00Z")
	if _, err := w.Service.Visit(context.Background(), flow.Visit{Token: token}); refusal(err) == nil {
		t.Errorf("a session that has ended: %v", err)
	}
}

// Who of a registrar's users gave a command stands in its log and in the history of what it changed.
func TestUserInHistoryAndLog(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Acme, "shop.co")
	_, err := w.Service.Run(context.Background(), flow.Request{
		Registrar: world.Acme, User: "ana@example.com", SvTRID: "S", ClTRID: "C",
		Command: flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	step := answer(t, w, "", flow.History{Object: registry.KindDomain, ID: "shop.co", Limit: 1}).(flow.HistoryFound).Steps[0]
	if step.User != "ana@example.com" || step.Maker != flow.MadeByRegistrar {
		t.Errorf("the last step is by %q of %s", step.User, step.Maker)
	}
	row := answer(t, w, world.Acme, flow.LogQuery{}).(flow.LogFound).Rows[0]
	if row.User != "ana@example.com" {
		t.Errorf("the last row of the log is %+v", row)
	}
}
