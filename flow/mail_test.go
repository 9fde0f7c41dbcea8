package flow_test

import (
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// dueMail returns the ids of mails that are due.
func dueMail(t *testing.T, w *world.World, limit int) []int64 {
	t.Helper()
	reply, err := w.Ask("", flow.MailDue{Limit: limit})
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, l := range reply.([]flow.Letter) {
		if l.Addressee.ID != l.Registrar || l.Currency != "USD" {
			t.Errorf("a letter to %s has %s and %q", l.Registrar, l.Addressee.ID, l.Currency)
		}
		ids = append(ids, l.ID)
	}
	return ids
}

func queueTwo(w *world.World) {
	for id, to := range map[int64]string{1: "ana@example.com", 2: "eva@example.com", 3: "ana@example.com"} {
		w.Mail(id, registry.Mail{Registrar: world.Acme, To: to, Notice: registry.TextNotice{Text: "news"}})
	}
}

// wantDue compares the ids of the mails that are due.
func wantDue(t *testing.T, w *world.World, when string, want ...int64) {
	t.Helper()
	got := dueMail(t, w, 10)
	if len(got) != len(want) {
		t.Errorf("%s: mails %d are due, want %d", when, got, want)
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s: mails %d are due, want %d", when, got, want)
		}
	}
}

// A mail that was put off waits, with all others to its recipient where the problem is the recipient's; one that
// was sent goes; one that is refused, or is put off for longer than mails are tried, has failed and stays.
func TestMailTried(t *testing.T) {
	w := world.New(t, noon)
	queueTwo(w)
	wantDue(t, w, "at first", 1, 2, 3)
	if got := dueMail(t, w, 2); len(got) != 2 {
		t.Errorf("of a batch of 2: %d", got)
	}
	w.Pass(time.Minute)
	later := w.Now().Add(time.Hour)
	first := w.Do("", flow.MailTried{ID: 1, Result: flow.MailPutOff, Problem: "450 \x00 4.2.1\r\nbusy \xff", Again: later, All: true}).(registry.Mail)
	if first.Problem != "450 4.2.1 busy ?" || first.Attempts != 1 || !first.Failed.IsZero() {
		t.Errorf("put off: %+v", first)
	}
	wantDue(t, w, "put off", 2)
	w.Do("", flow.MailTried{ID: 2, Result: flow.MailSent})
	wantDue(t, w, "sent")
	if reply := w.Do("", flow.MailTried{ID: 2, Result: flow.MailSent}); reply != nil {
		t.Errorf("of a mail that is gone: %v", reply)
	}
	w.Pass(time.Hour)
	wantDue(t, w, "an hour later", 1, 3)
	refused := w.Do("", flow.MailTried{ID: 3, Result: flow.MailRefused, Problem: strings.Repeat("ñ", 1000)}).(registry.Mail)
	if !refused.Failed.Equal(w.Now()) || len([]rune(refused.Problem)) != 500 {
		t.Errorf("refused: failed at %s, %d characters", refused.Failed, len(refused.Problem))
	}
	wantDue(t, w, "refused", 1)
	w.Pass(3*24*time.Hour - time.Hour - time.Minute - time.Second)
	again := flow.MailTried{ID: 1, Result: flow.MailPutOff, Problem: "450", Again: w.Now()}
	if m := w.Do("", again).(registry.Mail); !m.Failed.IsZero() {
		t.Errorf("a second before three days: %+v", m)
	}
	w.Pass(time.Second)
	if m := w.Do("", again).(registry.Mail); !m.Failed.Equal(w.Now()) || m.Attempts != 3 {
		t.Errorf("after three days: %+v", m)
	}
	wantDue(t, w, "after three days")
}

// What nobody tries fails when its time is over, and what failed goes when it was kept for long enough: some at a
// time, and each once.
func TestMailSweep(t *testing.T) {
	w := world.New(t, noon)
	queueTwo(w)
	w.Pass(3 * 24 * time.Hour)
	if got := w.Do("", flow.MailSweep{Limit: 10}); got != (flow.MailSwept{}) {
		t.Errorf("after three days: %+v", got)
	}
	w.Pass(time.Second)
	w.Mail(4, registry.Mail{Registrar: world.Acme, To: "a@example.com", Notice: registry.TextNotice{Text: "new"}})
	for _, want := range []flow.MailSwept{{Failed: 2}, {Failed: 1}, {}} {
		if got := w.Do("", flow.MailSweep{Limit: 2}); got != want {
			t.Errorf("swept %+v, want %+v", got, want)
		}
	}
	wantDue(t, w, "swept", 4)
	w.Do("", flow.MailTried{ID: 4, Result: flow.MailSent})
	w.Pass(30*24*time.Hour + time.Second)
	for _, want := range []flow.MailSwept{{Removed: 2}, {Removed: 1}, {}} {
		if got := w.Do("", flow.MailSweep{Limit: 2}); got != want {
			t.Errorf("a month later: swept %+v, want %+v", got, want)
		}
	}
}

// The operator sees all mails page by page, and those that failed; has one tried again, for as long as a new one;
// and drops one.
func TestMailsOfTheOperator(t *testing.T) {
	w := world.New(t, noon)
	w.Service.Profile.Versions[0].Terms.Limits.MailsListed = 2
	queueTwo(w)
	w.Mail(9, registry.Mail{Registrar: world.Other, To: "a@example.com", Notice: registry.TextNotice{Text: "x"}})
	w.Do("", flow.MailTried{ID: 2, Result: flow.MailRefused, Problem: "550"})
	list := func(q flow.MailList) (ids []int64, next int64) {
		t.Helper()
		reply, err := w.Ask("", q)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range reply.(flow.MailsFound).Mails {
			ids = append(ids, m.ID)
		}
		return ids, reply.(flow.MailsFound).Next
	}
	for _, test := range []struct {
		name string
		q    flow.MailList
		want []int64
		next int64
	}{
		{"the first page", flow.MailList{}, []int64{1, 2}, 2},
		{"the second", flow.MailList{After: 2}, []int64{3, 9}, 0},
		{"one registrar's", flow.MailList{MailFilter: registry.MailFilter{Registrar: world.Other}}, []int64{9}, 0},
		{"failed ones", flow.MailList{MailFilter: registry.MailFilter{Failed: true}}, []int64{2}, 0},
		{"failed ones of one that has none", flow.MailList{MailFilter: registry.MailFilter{Failed: true, Registrar: world.Other}}, nil, 0},
	} {
		ids, next := list(test.q)
		if len(ids) != len(test.want) || next != test.next || len(ids) > 0 && ids[0] != test.want[0] || len(ids) > 1 && ids[1] != test.want[1] {
			t.Errorf("%s: %d, next %d; want %d, %d", test.name, ids, next, test.want, test.next)
		}
	}
	w.Pass(10 * 24 * time.Hour)
	m := w.Do("", flow.MailRetry{ID: 2, Author: "ana"}).(registry.Mail)
	if !m.Failed.IsZero() || !m.Due.Equal(w.Now()) || !m.Queued.Before(m.Since) {
		t.Errorf("tried again: %+v", m)
	}
	if m := w.Do("", flow.MailTried{ID: 2, Result: flow.MailPutOff, Again: w.Now()}).(registry.Mail); !m.Failed.IsZero() {
		t.Errorf("it failed at the first attempt after: %+v", m)
	}
	w.Do("", flow.MailDrop{ID: 2, Author: "ana"})
	if _, err := w.Ask("", flow.MailShow{ID: 2}); refusal(err) == nil {
		t.Errorf("a mail that was dropped is shown: %v", err)
	}
}

// Everything is wrong with the first command; each step puts one thing right.
func TestMailPrecedence(t *testing.T) {
	const gone = "no such mail is in the outbox; it may have been sent meanwhile: dorado mail list shows those that wait"
	w := world.New(t, noon)
	queueTwo(w)
	show := flow.MailShow{ID: 99}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", show }, []step{
		{func() {}, registry.ObjectMissing, gone},
	}, func() { show.ID = 1 })
	retry, drop := flow.MailRetry{ID: 99}, flow.MailDrop{ID: 99}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", retry }, []step{
		{func() {}, registry.ObjectMissing, gone},
		{func() { retry.ID = 1 }, registry.ParameterMissing, "there is no author; name who decided it"},
	}, func() { retry.Author = "ana" })
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", drop }, []step{
		{func() {}, registry.ObjectMissing, gone},
		{func() { drop.ID = 1 }, registry.ParameterMissing, "there is no author; name who decided it"},
	}, func() { drop.Author = "ana" })
}
