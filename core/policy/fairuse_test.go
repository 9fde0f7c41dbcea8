package policy_test

import (
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Which limits a command counts against: by command, object and name, none after its end, and the
// registrar's own in the place of the profile's.
func TestLimitsAgainst(t *testing.T) {
	measure := registry.Measure{Since: noon}
	ended := registry.Measure{Since: noon.Add(-time.Hour), Until: noon}
	limit := func(m registry.Measure, command, object, id string) registry.CommandLimit {
		return registry.CommandLimit{Scope: registry.Scope{Command: command, Object: object, ID: id}, Count: 1, Per: time.Second, Measure: m}
	}
	exempt := limit(measure, "renew", "", "")
	exempt.Unlimited = true
	f := &registry.FairUse{Limits: []registry.CommandLimit{
		limit(measure, "check", "domain", ""), limit(measure, "check", "domain", "shop.co"), limit(measure, "", "host", ""),
		limit(ended, "info", "", ""), limit(measure, "login", "", ""), exempt,
	}}
	l := policy.Limits{RegistrarLimits: policy.RegistrarLimits{Commands: []policy.DefaultLimit{
		{Command: "check", Object: "domain", Count: 9, Seconds: 1}, {Command: "renew", Count: 9, Seconds: 1}, {Command: "delete", Count: 9, Seconds: 1},
	}}}
	for _, test := range []struct {
		name string
		load policy.Load
		want string
	}{
		{"a check", policy.Load{Command: "check", Object: "domain", IDs: []string{"a.co"}}, "check domain *"},
		{"a check of a name", policy.Load{Command: "check", Object: "domain", IDs: []string{"a.co", "shop.co"}}, "check domain *, check domain shop.co"},
		{"a check of a host", policy.Load{Command: "check", Object: "host"}, "* host *"},
		{"an info, whose limit has ended", policy.Load{Command: "info", Object: "domain"}, ""},
		{"a login, which is in no limit of all", policy.Load{Command: "login"}, "login * *"},
		{"a renew, exempt from the profile's", policy.Load{Command: "renew", Object: "domain"}, ""},
		{"a delete, by the profile", policy.Load{Command: "delete", Object: "contact"}, "delete * *"},
	} {
		var got []string
		for _, limit := range l.Against(f, test.load, noon) {
			word := func(s string) string {
				if s == "" {
					return "*"
				}
				return s
			}
			got = append(got, word(limit.Command)+" "+word(limit.Object)+" "+word(limit.ID))
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s counts against %q, want %q", test.name, got, test.want)
		}
	}
	if !(policy.Limits{}).Unrestricted(nil) || l.Unrestricted(nil) || (policy.Limits{}).Unrestricted(f) {
		t.Error("Unrestricted: want it without a limit of the profile and of the registrar, and not otherwise")
	}
}

func TestSessionsAndCache(t *testing.T) {
	l := policy.Limits{SessionLimits: policy.SessionLimits{SessionsPerRegistrar: 100}}
	set := registry.Measure{Since: noon, Until: noon.Add(time.Hour)}
	f := &registry.FairUse{Sessions: registry.SessionCap{Most: 5, Measure: set}, Cache: registry.AnswerCache{Age: time.Minute, Measure: set}}
	for _, test := range []struct {
		name  string
		f     *registry.FairUse
		at    time.Time
		most  int
		cache time.Duration
	}{
		{"nothing", nil, noon, 100, 0},
		{"in force", f, noon, 5, time.Minute},
		{"ended", f, noon.Add(time.Hour), 100, 0},
		{"zero is none", &registry.FairUse{Sessions: registry.SessionCap{Measure: set}}, noon, 0, 0},
		{"more than the profile", &registry.FairUse{Sessions: registry.SessionCap{Most: 500, Measure: set}}, noon, 100, 0},
	} {
		most, _ := l.Sessions(test.f, test.at)
		if cache := policy.CacheAge(test.f, test.at); most != test.most || cache != test.cache {
			t.Errorf("%s: %d sessions and answers of %s, want %d and %s", test.name, most, cache, test.most, test.cache)
		}
	}
}

// Two million a day, or 50,000 for each name registered. Manual 9.9.1.
func TestExcessive(t *testing.T) {
	l := builtIn(t).At(noon).Limits
	for _, test := range []struct {
		checks, failed, registered int64
		want                       string
	}{
		{0, 0, 0, ""},
		{50_000, 0, 0, ""},
		{25_000, 25_001, 0, "25000 checks and 25001 failed creates for 0 names registered, more than 50000 for each"},
		{25_000, 25_001, 1, "25000 checks and 25001 failed creates for 1 names registered, more than 50000 for each"},
		{100_000, 0, 2, ""},
		{1_000_000, 1_000_000, 40, ""},
		{1_000_000, 1_000_001, 1000, "1000000 checks and 1000001 failed creates, more than 2000000"},
	} {
		u := registry.DayOfUse{Checks: test.checks, FailedCreates: test.failed, Registered: test.registered}
		if got := l.Excessive(u); got != test.want {
			t.Errorf("Excessive(%d, %d, %d) = %q, want %q", test.checks, test.failed, test.registered, got, test.want)
		}
	}
	if none := (policy.Limits{}).Excessive(registry.DayOfUse{Checks: 1 << 60}); none != "" {
		t.Errorf("without a limit: %q", none)
	}
}
