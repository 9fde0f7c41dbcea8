package policy_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// Each row is what a registrar wishes, and what becomes of it: the message queue's five messages cannot be left
// out of a queue that is on, mails of transfers follow one switch, and a wish goes before everything else.
func TestTells(t *testing.T) {
	terms := builtIn(t).Versions[0].Terms
	yes, no := new(true), new(false)
	for _, test := range []struct {
		name       string
		event      registry.Event
		r          registry.Registrar
		poll, mail bool
	}{
		{"a step of time", registry.EventAutoRenewed, registry.Registrar{}, true, false},
		{"a loss", registry.EventRestoreLapsed, registry.Registrar{}, true, true},
		{"a loss on the restore day", registry.EventRestoreLapsed, registry.Registrar{}, true, true},
		{"an operator's act", registry.EventRegistryAction, registry.Registrar{}, true, true},
		{"the registrar's own act", registry.EventDeleted, registry.Registrar{}, false, false},
		{"the queue is off", registry.EventRestoreLapsed, registry.Registrar{PollOff: true}, false, true},
		{"no poll message wished", registry.EventAutoRenewed, registry.Registrar{Wishes: wish(registry.EventAutoRenewed, no, nil)}, false, false},
		{"a mail wished", registry.EventAutoRenewed, registry.Registrar{Wishes: wish(registry.EventAutoRenewed, nil, yes)}, true, true},
		{"of another event", registry.EventAutoRenewed, registry.Registrar{Wishes: wish(registry.EventSuspended, no, yes)}, true, false},
		{"a poll message wished while the queue is off", registry.EventDeleted, registry.Registrar{PollOff: true, Wishes: wish(registry.EventDeleted, yes, nil)}, false, false},
		{"one of the five is not left out", registry.EventTransferRejected, registry.Registrar{Wishes: wish(registry.EventTransferRejected, no, nil)}, true, false},
		{"a purge is not left out", registry.EventPurged, registry.Registrar{Wishes: wish(registry.EventPurged, no, nil)}, true, false},
		{"mails of transfers", registry.EventTransferRequested, registry.Registrar{Mailing: registry.Mailing{OfTransfers: true}}, true, true},
		{"mails of transfers, but for one", registry.EventTransferRequested, registry.Registrar{
			Mailing: registry.Mailing{OfTransfers: true}, Wishes: wish(registry.EventTransferRequested, nil, no),
		}, true, false},
		{"an event of a later version", "reborn", registry.Registrar{}, false, false},
	} {
		if got, want := terms.Tells(test.r, test.event), (policy.Telling{Poll: test.poll, Mail: test.mail}); got != want {
			t.Errorf("%s: of %s it is told %+v, want %+v", test.name, test.event, got, want)
		}
	}
	terms.Notices = map[registry.Event]policy.Telling{registry.EventAutoRenewed: {Mail: true}}
	if got := terms.Tells(registry.Registrar{}, registry.EventAutoRenewed); got != (policy.Telling{Mail: true}) {
		t.Errorf("as the profile has it: %+v", got)
	}
}

func wish(e registry.Event, poll, mail *bool) map[registry.Event]registry.Wish {
	return map[registry.Event]registry.Wish{e: {Poll: poll, Mail: mail}}
}

// docs/operating.md has a row for each event, in order, with how it is told if nobody has chosen otherwise.
func TestNoticesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|.*\\| (yes|no|always) \\| (yes|no|`email-notifications`) \\|$").FindAllStringSubmatch(string(text), -1) {
		rows = append(rows, strings.Join(row[1:], " "))
	}
	terms, word := builtIn(t).Versions[0].Terms, map[bool]string{true: "yes", false: "no"}
	var want []string
	for _, e := range registry.Events() {
		tells := terms.Tells(registry.Registrar{}, e)
		poll, mail := word[tells.Poll], word[tells.Mail]
		if policy.QueuedAlways(e) {
			poll = "always"
		}
		if terms.Tells(registry.Registrar{Mailing: registry.Mailing{OfTransfers: true}}, e).Mail != tells.Mail {
			mail = "`email-notifications`"
		}
		want = append(want, string(e)+" "+poll+" "+mail)
	}
	if !slices.Equal(rows, want) {
		t.Errorf("docs/operating.md has\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
	}
}

// Every event has a way to be told, and an address that is written to.
func TestEveryEventIsTold(t *testing.T) {
	terms := builtIn(t).Versions[0].Terms
	on := registry.Registrar{Wishes: map[registry.Event]registry.Wish{}}
	for _, e := range registry.Events() {
		on.Wishes[e] = registry.Wish{Poll: new(true), Mail: new(true)}
		if got := terms.Tells(on, e); got != (policy.Telling{Poll: true, Mail: true}) {
			t.Errorf("%s: %+v", e, got)
		}
		if policy.Desk(registry.ChangeNotice{Step: e}) == "" {
			t.Errorf("of %s nobody is written to", e)
		}
	}
	if got := policy.Desk(registry.ChangeNotice{CaseType: "udrp"}); got != registry.DeskLegal {
		t.Errorf("of a dispute %s is written to", got)
	}
}

// A profile cannot leave out what the manual promises, and names only events that there are.
func TestNoticesOfAProfile(t *testing.T) {
	for _, test := range []struct{ name, notices, says string }{
		{"one of the five left out", `{"purged": {"poll": false, "mail": true}}`, "purged is always queued"},
		{"a misspelt event", `{"autorenewed": {"poll": true, "mail": true}}`, `there is no event "autorenewed"`},
		{"a mail of each renewal", `{"auto-renewed": {"poll": true, "mail": true}}`, ""},
	} {
		_, err := policy.Parse([]byte(withVersions(`{"from": "2027-07-01T00:00:00Z", "why": "x", "terms": {"notices": ` + test.notices + `}}`)))
		if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.says)
		}
	}
}

// A client certificate is warned of for the fewest of the profile's days that it has left, until it has ended.
func TestCertificateWarning(t *testing.T) {
	l := policy.Limits{RegistrarLimits: policy.RegistrarLimits{CertificateWarnings: []policy.Days{30, 7}}}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		left time.Duration
		want int
	}{
		"a year": {365 * 24 * time.Hour, 0}, "just more": {30*24*time.Hour + 1, 0}, "thirty days": {30 * 24 * time.Hour, 30},
		"eight days": {8 * 24 * time.Hour, 30}, "seven days": {7 * 24 * time.Hour, 7}, "a moment": {1, 7}, "nothing": {0, 0},
	} {
		if got := l.CertificateWarning(now.Add(test.left), now); got != test.want {
			t.Errorf("%s before the end it is warned for %d days, want %d", name, got, test.want)
		}
	}
}
