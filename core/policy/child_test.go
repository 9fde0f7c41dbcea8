package policy_test

import (
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// The automation is off in the profiles that ship; it covers what it names; and a lock stops it unless the profile says
// that this one does not.
func TestDSAutomation(t *testing.T) {
	for _, id := range policy.BuiltInIDs() {
		p, err := policy.BuiltIn(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, z := range p.Zones {
			if p.TermsIn(z.Name, time.Now()).DSAutomation.Covers(z.Name) {
				t.Errorf("%s: DS follow below %s", id, z.Name)
			}
		}
	}
	one, all := policy.DSAutomation{Zones: []string{"com.example"}, Signed: 6, Unsigned: 72}, policy.DSAutomation{Zones: []string{"*"}}
	for zone, want := range map[string]bool{"com.example": true, "example": false} {
		if got := one.Covers(names.MustParse(zone)); got != want || !all.Covers(names.MustParse(zone)) {
			t.Errorf("Covers(%s) = %t", zone, got)
		}
	}
	if one.Every(true) != 6*time.Hour || one.Every(false) != 72*time.Hour {
		t.Errorf("scans come after %s and %s", one.Every(true), one.Every(false))
	}
	client := policy.DSAutomation{Despite: []registry.Status{registry.ClientUpdateProhibited}}
	for _, test := range []struct {
		name     string
		a        policy.DSAutomation
		statuses []registry.Status
		want     registry.Status
	}{
		{"nothing", one, []registry.Status{registry.ClientTransferProhibited}, ""},
		{"the sponsor's lock", one, []registry.Status{registry.ClientUpdateProhibited}, registry.ClientUpdateProhibited},
		{"despite it", client, []registry.Status{registry.ClientUpdateProhibited}, ""},
		{"the registry's lock beside it", client, []registry.Status{registry.ClientUpdateProhibited, registry.ServerUpdateProhibited}, registry.ServerUpdateProhibited},
		{"a transfer", client, []registry.Status{registry.PendingTransfer}, registry.PendingTransfer},
	} {
		if got, stops := test.a.Stops(test.statuses); got != test.want || stops != (test.want != "") {
			t.Errorf("%s: Stops = %s, %t", test.name, got, stops)
		}
	}
}

// A profile with an automation that could not work is refused; a switch is a version with its instant.
func TestDSAutomationOfAProfile(t *testing.T) {
	limits := `, "limits": {"children": {"atOnce": 1, "servers": 1, "perAddress": 1, "scanSeconds": 1, "hintSeconds": 1, "hintsPending": 1, "hintsPerMinute": 1, "listed": 1}}`
	for _, test := range []struct{ name, terms, says string }{
		{"none of all", `"dsAutomation": {"zones": ["-"]}`, `"-" is neither a zone nor "*"`},
		{"a status that prohibits nothing", `"dsAutomation": {"despite": ["clientHold"]}`, `"clientHold" is neither`},
		{"a delay of the past", `"dsAutomation": {"acceptAfterHours": -1}`, "acceptAfterHours must be 0 or more"},
		{"scans all the time", `"dsAutomation": {"zones": ["*"], "signedHours": 1}` + limits, "unsignedHours must be 1 or more"},
		{"no limits", `"dsAutomation": {"zones": ["*"], "signedHours": 1, "unsignedHours": 1}`, "limits: children: none may be below 1"},
		{"all of it", `"dsAutomation": {"zones": ["example"], "signedHours": 1, "unsignedHours": 1}` + limits, ""},
	} {
		p, err := policy.Parse([]byte(withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {` + test.terms + `}}`)))
		if test.says != "" {
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: %v, want %q", test.name, err, test.says)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		begins, zone := time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC), names.MustParse("example")
		if p.TermsIn(zone, begins.Add(-time.Second)).DSAutomation.Covers(zone) || !p.TermsIn(zone, begins).DSAutomation.Covers(zone) {
			t.Error("the automation does not begin with its version")
		}
	}
}
