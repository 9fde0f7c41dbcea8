package policy

import (
	"encoding/json"
	"fmt"
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
