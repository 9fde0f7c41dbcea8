package policy

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/registry"
)

// The list is whole: every item has an id of its own, a text, a group that is shown, and something that ticks it.
func TestAccreditationIsWhole(t *testing.T) {
	ids, texts, groups := map[string]bool{}, map[string]bool{}, map[AccreditationGroup]int{}
	need := 0
	for _, i := range Accreditation() {
		if i.ID == "" || i.Text == "" || ids[i.ID] || texts[i.Text] || len(i.marks) == 0 {
			t.Errorf("%+v", i)
		}
		ids[i.ID], texts[i.Text] = true, true
		groups[i.Group]++
		if i.Required {
			need++
		}
		for _, m := range i.marks {
			if len(m.codes) == 0 {
				t.Errorf("%s is ticked by no result", i.ID)
			}
		}
	}
	for _, g := range AccreditationGroups() {
		if groups[g] == 0 {
			t.Errorf("group %s has nothing", g)
		}
		delete(groups, g)
	}
	if len(groups) > 0 || need == 0 || need == len(ids) {
		t.Errorf("groups that are not shown: %v; %d of %d are required", groups, need, len(ids))
	}
}

// A tick is made once, by the first that shows it, and outlives being written down.
func TestAccreditationTicksOnce(t *testing.T) {
	var s AccreditationSeen
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	act := Act{Registrar: "OTE1001-A", SvTRID: "T-1", Object: "session", Command: "login", Code: registry.Completed}
	if added, changed := s.Sees(act, at); !slices.Equal(added, []string{"login"}) || !changed {
		t.Errorf("the first login: %v, %v", added, changed)
	}
	act.SvTRID = "T-2"
	if added, changed := s.Sees(act, at.Add(time.Hour)); added != nil || changed {
		t.Errorf("the second login: %v, %v", added, changed)
	}
	text, err := json.Marshal(s)
	var again AccreditationSeen
	if err == nil {
		err = json.Unmarshal(text, &again)
	}
	if err != nil || !reflect.DeepEqual(again, s) || again.Ticks["login"] != (registry.SandboxTick{At: at, Who: "OTE1001-A", SvTRID: "T-1"}) {
		t.Errorf("%s: %+v, %v", text, again, err)
	}
}

// A wrong password ticks nothing until somebody at the same address has logged in: whoever knows the id of a credential can
// send one.
func TestAccreditationOfStrangers(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	home, away := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	login := func(code registry.Code, from netip.Addr, svTRID string) Act {
		return Act{Registrar: "OTE1001-A", SvTRID: svTRID, Object: "session", Command: "login", Code: code, From: from}
	}
	for _, test := range []struct {
		name    string
		acts    []Act
		between time.Duration
		want    string // the transaction that ticked
	}{
		{"a stranger", []Act{login(registry.Authentication, away, "T-1")}, 0, ""},
		{"a stranger, and the client elsewhere", []Act{login(registry.Authentication, away, "T-1"), login(registry.Completed, home, "T-2")}, 0, ""},
		{"the client", []Act{login(registry.Authentication, home, "T-1"), login(registry.Completed, home, "T-2")}, time.Minute, "T-1"},
		{"at the last try of a connection", []Act{login(registry.AuthenticationClosing, home, "T-1"), login(registry.Completed, home, "T-2")}, 0, "T-1"},
		{"a day later", []Act{login(registry.Authentication, home, "T-1"), login(registry.Completed, home, "T-2")}, 24 * time.Hour, ""},
		{"the right one first", []Act{login(registry.Completed, home, "T-1"), login(registry.Authentication, home, "T-2")}, 0, ""},
		{"several, of both", []Act{
			login(registry.Authentication, away, "T-1"), login(registry.Authentication, home, "T-2"),
			login(registry.Authentication, home, "T-3"), login(registry.Completed, home, "T-4"),
		}, time.Second, "T-2"},
	} {
		var s AccreditationSeen
		for i, a := range test.acts {
			added, changed := s.Sees(a, at.Add(time.Duration(i)*test.between))
			if changed != (len(added) > 0) {
				t.Errorf("%s: of act %d it ticks %q, and is to be kept: %t", test.name, i, added, changed)
			}
		}
		if got := s.Ticks["refused-login"].SvTRID; got != test.want {
			t.Errorf("%s: ticked by %q, want %q", test.name, got, test.want)
		}
	}
	var s AccreditationSeen
	for range 3 * mostActsWaiting {
		s.Sees(login(registry.Authentication, away, "T-1"), at)
	}
	if len(s.waiting) > mostActsWaiting {
		t.Errorf("%d acts of strangers are kept", len(s.waiting))
	}
}

// What waits to be created again is bounded, and goes when it was.
func TestAccreditationRemembersDeleted(t *testing.T) {
	var s AccreditationSeen
	act := Act{Object: "domain", Command: "delete", Code: registry.CompletedPending}
	for n := range 3 * MostDeletedSeen {
		act.Name = fmt.Sprintf("n%d.example", n)
		if _, changed := s.Sees(act, time.Time{}); !changed {
			t.Fatalf("%s was not kept", act.Name)
		}
	}
	if len(s.Deleted) != MostDeletedSeen {
		t.Fatalf("%d names are kept", len(s.Deleted))
	}
	made := Act{Object: "domain", Command: "create", Code: registry.Completed, Features: FeatureHosts}
	for _, test := range []struct {
		name string
		want bool
	}{{"n0.example", false}, {"", false}, {"n299.example", true}} {
		made.Name = test.name
		if added, _ := s.Sees(made, time.Time{}); slices.Contains(added, "create-again") != test.want {
			t.Errorf("the create of %q ticks %v", test.name, added)
		}
	}
	if s.Deleted != nil {
		t.Errorf("it still keeps %v", s.Deleted)
	}
	if _, changed := s.Sees(act, time.Time{}); changed {
		t.Error("it keeps a name that nothing asks for any more")
	}
}
