package flow_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// The jobs of everyWorld.
const (
	bulkNew   = "bulk-to-preview-1"
	bulkReady = "bulk-to-start-001"
	bulkRuns  = "bulk-that-runs-01"
)

// inBulk makes jobs in every state of the world of everyWorld.
func inBulk(w *world.World) {
	lock := registry.BulkAct{Kind: registry.BulkLock, Locks: []registry.Status{registry.ClientTransferProhibited}}
	w.Do(world.Acme, flow.BulkMake{ID: bulkNew, Names: []string{"shop.co"}, Act: lock})
	w.Do(world.Acme, flow.BulkMake{ID: bulkReady, Names: []string{"shop.co"}, Act: lock})
	preview(w, world.Acme, bulkReady)
	w.Do(world.Other, flow.BulkMake{ID: bulkRuns, Names: []string{"other.co"}, Act: registry.BulkAct{Kind: registry.BulkRenew, Years: 1}})
	preview(w, world.Other, bulkRuns)
	w.Do(world.Other, flow.BulkStart{ID: bulkRuns})
	job := w.Do(world.Deleter, flow.BulkMake{ID: bulkRuns, Names: []string{"weiss.co"}, Act: lock}).(registry.BulkJob)
	w.Do("", flow.BulkPreviewed{Job: job, Items: []registry.BulkItem{{
		Registrar: world.Deleter, Job: bulkRuns, Number: 1, Name: "weiss.co", Result: registry.BulkFits, From: registry.BulkNew,
	}}})
	w.Do("", flow.BulkPreviewed{Job: job})
	w.Do(world.Deleter, flow.BulkStart{ID: bulkRuns})
	w.Exec("UPDATE bulk_item SET result = 'refused' WHERE registrar = '" + string(world.Deleter) + "'") // it is done with
}

// bulkIsOld makes a job that has ended long ago.
func bulkIsOld(w *world.World) {
	w.Do(world.Poor, flow.BulkMake{ID: bulkNew, Names: []string{"a.co"}, Act: registry.BulkAct{Kind: registry.BulkDelete}})
	w.Do(world.Poor, flow.BulkStop{ID: bulkNew})
}

// preview previews a job to its end, some names at a time.
func preview(w *world.World, who registry.RegistrarID, id string) {
	w.T.Helper()
	for range 100 {
		reply, err := w.Ask("", flow.BulkTry{Registrar: who, Job: id, Limit: 3})
		if err != nil {
			w.T.Fatal(err)
		}
		cmd := reply.(flow.BulkPreviewed)
		w.Do("", cmd)
		if len(cmd.Items) == 0 {
			return
		}
	}
	w.T.Fatal("the preview does not end")
}

// work does all names of a job that wait, and ends it.
func work(t *testing.T, w *world.World, who registry.RegistrarID, id string) registry.BulkJob {
	t.Helper()
	job := answer(t, w, who, flow.BulkShow{ID: id}).(flow.BulkShown).BulkJob
	for _, item := range answer(t, w, "", flow.BulkWaiting{Registrar: who, Job: id, Limit: 1000}).([]registry.BulkItem) {
		_, err := w.Run(who, flow.BulkStep{Job: job, Number: item.Number, Name: item.Name})
		if err != nil && refusal(err) == nil {
			t.Fatal(err)
		}
	}
	return w.Do("", flow.BulkFinish{Registrar: who, Job: id}).(registry.BulkJob)
}

// results are the names of a job, each with its result, what it costs and why.
func results(t *testing.T, w *world.World, who registry.RegistrarID, id string) string {
	t.Helper()
	var list []string
	for after := 0; ; {
		page := answer(t, w, who, flow.BulkNames{ID: id, After: after, Limit: 2}).(flow.BulkPage)
		for _, n := range page.Names {
			reason, _, _ := strings.Cut(n.Reason, ";")
			list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", n.Name, n.Result, n.Price, reason)))
		}
		if after = page.After; after == 0 {
			return strings.Join(list, "\n")
		}
	}
}

// bulk makes a job, previews it, and returns what that came to.
func bulk(t *testing.T, w *world.World, id string, act registry.BulkAct, list ...string) string {
	t.Helper()
	id += "-0123456789abcdef"
	w.Do(world.Acme, flow.BulkMake{ID: id, Names: list, Act: act})
	preview(w, world.Acme, id)
	return results(t, w, world.Acme, id)
}

// bulkRun lets a job of bulk run, and returns what it came to.
func bulkRun(t *testing.T, w *world.World, id string) string {
	t.Helper()
	id += "-0123456789abcdef"
	if fits := answer(t, w, world.Acme, flow.BulkShow{ID: id}).(flow.BulkShown).Tally.Of(registry.BulkFits); fits.Names > 0 {
		w.Do(world.Acme, flow.BulkStart{ID: id, Sure: true})
	}
	if job := work(t, w, world.Acme, id); job.State != registry.BulkDone {
		t.Errorf("the job ends as %+v", job)
	}
	return results(t, w, world.Acme, id)
}

// Everything is wrong with the first job; each row puts one thing right.
func TestBulkMakePrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Service.Profile.Versions = slices.Clone(w.Service.Profile.Versions)
	limits := &w.Service.Profile.Versions[0].Terms.Limits.Bulk
	limits.Names, limits.Open, limits.Kept = 2, 1, 2
	older := flow.BulkMake{ID: "older-0123456789", Names: []string{"shop.co"}, Act: registry.BulkAct{Kind: registry.BulkDelete}}
	who, cmd := world.Suspended, flow.BulkMake{ID: "short", Names: []string{"a.co", "b.co", "c.co"}, Act: registry.BulkAct{Kind: "paint"}}
	w.Do(world.Acme, older)
	act := func(a registry.BulkAct) func() { return func() { cmd.Act = a } }
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Acme }, registry.ParameterSyntax, "a job is called by 16 to 64 letters, digits, hyphens and underscores; choose them at random"},
		{func() { cmd.ID = "new-0123456789ab" }, registry.ParameterRange, "there is no such thing to do to many names; choose one of those that are offered"},
		{act(registry.BulkAct{Kind: registry.BulkRenew}), registry.ParameterRange, "no such period is sold; a period is 1 to 5 years"},
		{act(registry.BulkAct{Kind: registry.BulkLock}), registry.ParameterRange, "a job sets or lifts one or more of the client locks; choose against what the names are locked"},
		{act(registry.BulkAct{Kind: registry.BulkUnlock, Locks: []registry.Status{registry.ServerHold}}), registry.ParameterRange, "a job sets or lifts one or more of the client locks; choose against what the names are locked"},
		{act(registry.BulkAct{Kind: registry.BulkNameservers, Nameservers: make([]names.Name, 14)}), registry.ParameterPolicy, "a name has at most 13 name servers; send fewer"},
		{act(registry.BulkAct{Kind: registry.BulkContacts}), registry.ParameterMissing, "no contact is named; give the id of one for a role at least"},
		{act(registry.BulkAct{Kind: registry.BulkContacts, Contacts: map[string]string{"tech": "a b"}}), registry.ParameterSyntax, "not a valid contact id; write 3 to 16 visible ASCII characters without blanks"},
		{act(older.Act), registry.ParameterPolicy, "a job has at most 2 names; make several of them"},
		{func() { cmd.Names = []string{"", " "} }, registry.ParameterMissing, "the list has no names; write one on each line"},
		{func() { cmd.Names = older.Names }, registry.ParameterPolicy, "1 jobs have not ended, and no more go on at once; wait for one to end, or stop or remove it"},
	}, func() { w.Do(world.Acme, flow.BulkStop{ID: older.ID}) })
	w.Do(world.Acme, flow.BulkStop{ID: cmd.ID})
	cmd.ID = "newer-0123456789"
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.ParameterPolicy, "2 jobs are kept, and no more; remove one that has ended"},
	}, func() { w.Do(world.Acme, flow.BulkRemove{ID: older.ID}) })
}

// A job is there for its registrar alone, and is started, stopped and removed when that makes sense. What is sent twice
// does nothing more.
func TestBulkCommandsPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	const id, inactive, missing = "job-0123456789ab", "the registrar is not active; ask the registry", "there is no such job; those that have ended are removed after some time"
	made := flow.BulkMake{ID: id, Names: []string{"shop.co", " SHOP.co.", "shop.co"}, Act: registry.BulkAct{Kind: registry.BulkDelete}, User: "ana"}
	job := w.Do(world.Acme, made).(registry.BulkJob)
	if again := w.Do(world.Acme, made).(registry.BulkJob); again.Made != job.Made || again.Names != 1 {
		t.Errorf("sent twice it makes %+v, after %+v", again, job)
	}
	who := world.Suspended
	strangers := []step{
		{func() {}, registry.Authorization, inactive},
		{func() { who = world.Other }, registry.ObjectMissing, missing},
	}
	sure := false
	start := append(slices.Clone(strangers), step{func() { who = world.Acme }, registry.StatusProhibits, "the job is previewing and cannot run; wait for its preview, or make a new one"},
		step{func() { preview(w, world.Acme, id) }, registry.ParameterMissing, "names of the job would be purged at once and cannot be restored; say that this is meant"})
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, flow.BulkStart{ID: id, Sure: sure} }, start, func() { sure = true })
	who = world.Suspended
	remove := append(slices.Clone(strangers), step{func() { who = world.Acme }, registry.StatusProhibits, "the job is being worked on; stop it first"})
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, flow.BulkRemove{ID: id} }, remove, func() {
		w.Do(world.Acme, flow.BulkStart{ID: id})
		who = world.Suspended
		precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, flow.BulkStop{ID: id, User: "eva"} }, strangers, func() { who = world.Acme })
		w.Do(world.Acme, flow.BulkStop{ID: id, User: "leo"})
		if shown := answer(t, w, world.Acme, flow.BulkShow{ID: id}).(flow.BulkShown); shown.Stopper != "eva" || shown.Tally.Of(registry.BulkFits).Names != 1 {
			t.Errorf("the stopped job is %+v", shown)
		}
	})
	for _, q := range []flow.Query{flow.BulkShow{ID: bulkReady}, flow.BulkNames{ID: bulkNew}} {
		who = world.Suspended
		questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, q }, strangers, func() {
			if shown, ok := q.(flow.BulkShow); ok {
				w.Do(world.Other, flow.BulkMake{ID: shown.ID, Names: made.Names, Act: made.Act})
				return
			}
			w.Do(world.Other, flow.BulkMake{ID: bulkNew, Names: made.Names, Act: made.Act})
		})
	}
	who = world.Suspended
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, flow.BulkList{} }, strangers[:1], func() { who = world.Acme })
	if _, err := w.Ask("", flow.BulkTry{Registrar: world.Acme, Job: "nothing"}); refusal(err) == nil {
		t.Errorf("BulkTry of no job: %v", err)
	}
	if _, err := w.Run(world.Acme, flow.BulkStep{Job: registry.BulkJob{ID: "nothing"}}); refusal(err) == nil {
		t.Errorf("BulkStep of no job: %v", err)
	}
}

// Every kind of job: what its preview says, with prices, and what it does to the names that fit; the rest stays as it was.
func TestBulkKinds(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net")
	w.Host(world.Acme, "ns2.example.net")
	w.Contact(world.Acme, "NEW")
	for _, name := range []string{"a.com.co", "b.com.co"} {
		w.Domain(world.Acme, name)
	}
	w.Domain(world.Other, "theirs.co")
	all := []string{"A.com.co", "a.com.co", "b.com.co", "theirs.co", "free.co", "no name"}
	const foreign = `
theirs.co refused 0.00 another registrar sponsors the object
free.co refused 0.00 the name is not registered
no name refused 0.00 not a valid domain name`
	lock := registry.BulkAct{Kind: registry.BulkLock, Locks: []registry.Status{registry.ClientTransferProhibited, registry.ClientDeleteProhibited}}
	unlock := lock
	unlock.Kind = registry.BulkUnlock
	for _, test := range []struct {
		id             string
		act            registry.BulkAct
		preview, after string // of a.com.co and b.com.co
		stands         string // of the first, afterwards
	}{
		{"lock", lock, "fits", "made", "clientDeleteProhibited clientTransferProhibited"},
		{"again", lock, "same", "same", "clientDeleteProhibited clientTransferProhibited"},
		{"unlock", unlock, "fits", "made", ""},
		{"servers", registry.BulkAct{Kind: registry.BulkNameservers, Nameservers: world.Names("ns2.example.net", "ns1.example.net")}, "fits", "made", "ns1.example.net ns2.example.net"},
		{"fewer", registry.BulkAct{Kind: registry.BulkNameservers, Nameservers: world.Names("ns2.example.net")}, "fits", "made", "ns2.example.net"},
		{"none", registry.BulkAct{Kind: registry.BulkNameservers}, "fits", "made", ""},
		{"people", registry.BulkAct{Kind: registry.BulkContacts, Registrant: "new", Contacts: map[string]string{"tech": "new", "billing": "NEW"}}, "fits", "made", "admin X-H1001 billing NEW registrant NEW tech NEW"},
		{"known", registry.BulkAct{Kind: registry.BulkContacts, Registrant: "NEW", Contacts: map[string]string{"tech": "neW"}}, "same", "same", "admin X-H1001 billing NEW registrant NEW tech NEW"},
	} {
		list := func(result string) string {
			return "a.com.co " + result + " 0.00\nb.com.co " + result + " 0.00" + foreign
		}
		if got := bulk(t, w, test.id, test.act, all...); got != list(test.preview) {
			t.Errorf("%s is previewed as\n%s\nwant\n%s", test.id, got, list(test.preview))
		}
		if got := bulkRun(t, w, test.id); got != list(test.after) {
			t.Errorf("%s comes to\n%s\nwant\n%s", test.id, got, list(test.after))
		}
		d := answer(t, w, world.Acme, flow.DomainInfo{Name: world.Name("a.com.co")}).(flow.DomainDetails)
		if got := standing(d.Domain, test.act.Kind); got != test.stands {
			t.Errorf("after %s the name has %q, want %q", test.id, got, test.stands)
		}
	}
}

// standing is what a kind of job changes of a name.
func standing(d registry.Domain, kind registry.BulkKind) string {
	var list []string
	switch kind {
	case registry.BulkNameservers:
		for _, h := range d.Nameservers {
			list = append(list, h.Name.String())
		}
	case registry.BulkContacts:
		list = append(list, "registrant "+d.Registrant.ID)
		for _, c := range d.Contacts {
			list = append(list, c.Role+" "+c.ID)
		}
	default:
		for _, s := range d.Statuses {
			list = append(list, string(s))
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// What costs money says how much before and after; nobody pays another price than the previewed one, and a name that
// was renewed meanwhile is not renewed again.
func TestBulkMoney(t *testing.T) {
	w := world.New(t, noon)
	w.Do("", flow.PriceSet{Prices: []registry.NamePrice{{Name: world.Name("gold.co"), Tier: 2}}})
	for _, name := range []string{"plain.co", "twice.co", "dear.co"} {
		w.Domain(world.Acme, name)
	}
	w.Do("", flow.PriceSet{Prices: []registry.NamePrice{{Name: world.Name("dear.co"), Tier: 3}}})
	before := w.Funds(world.Acme).Available()
	got := bulk(t, w, "renew", registry.BulkAct{Kind: registry.BulkRenew, Years: 2}, "plain.co", "twice.co", "dear.co", "gold.co")
	shown := answer(t, w, world.Acme, flow.BulkShow{ID: "renew-0123456789abcdef"}).(flow.BulkShown)
	if shown.Tally.Of(registry.BulkFits).Names != 3 || shown.Tally.Of(registry.BulkFits).Price == 0 || shown.Available != before {
		t.Fatalf("the preview is\n%s\n%+v", got, shown)
	}
	w.Do(world.Acme, flow.DomainRenew{Name: world.Name("twice.co"), CurrentExpiry: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), Years: 1})
	w.Do("", flow.PriceSet{Prices: []registry.NamePrice{{Name: world.Name("dear.co"), Tier: 4}}})
	spent := w.Funds(world.Acme).Available()
	ran := bulkRun(t, w, "renew")
	lines := strings.Split(ran, "\n")
	for i, want := range []string{"plain.co made 40.00", "twice.co refused 0.00 the name expires on another day", "dear.co refused 0.00 this is not the fee", "gold.co refused 0.00"} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("%q, want %q…", lines[i], want)
		}
	}
	if cost := spent - w.Funds(world.Acme).Available(); cost != 40_00 {
		t.Errorf("the job has cost %s", cost)
	}
	if got := bulk(t, w, "delete", registry.BulkAct{Kind: registry.BulkDelete}, "plain.co"); !strings.HasPrefix(got, "plain.co fits -") {
		t.Errorf("a delete that is credited is previewed as %s", got)
	}
	w.At("2026-05-01T12:00:00Z")
	w.Settle()
	if got := bulk(t, w, "later", registry.BulkAct{Kind: registry.BulkDelete}, "plain.co"); got != "plain.co fits 0.00" {
		t.Errorf("a delete outside of every grace is previewed as %s", got)
	}
	if got := bulkRun(t, w, "later"); got != "plain.co made 0.00" {
		t.Errorf("the delete comes to %s", got)
	}
	if got := bulk(t, w, "restore", registry.BulkAct{Kind: registry.BulkRestore}, "plain.co", "twice.co"); !strings.HasPrefix(got, "plain.co fits 40.00\ntwice.co refused") {
		t.Errorf("a restore is previewed as %s", got)
	}
	if got := bulkRun(t, w, "restore"); !strings.HasPrefix(got, "plain.co made 40.00") {
		t.Errorf("the restore comes to %s", got)
	}
	w.CheckInvariants()
}

// New authInfos are told by the result for a while, as long as they are the names' own, and are kept nowhere.
func TestBulkAuthInfos(t *testing.T) {
	w := world.New(t, noon)
	for _, name := range []string{"a.com.co", "b.com.co"} {
		w.Domain(world.Acme, name)
	}
	bulk(t, w, "secret", registry.BulkAct{Kind: registry.BulkAuthInfo}, "a.com.co", "b.com.co", "free.co")
	bulkRun(t, w, "secret")
	told := func(secret bool) []string {
		var list []string
		page := answer(t, w, world.Acme, flow.BulkNames{ID: "secret-0123456789abcdef", Secret: secret}).(flow.BulkPage)
		for _, n := range page.Names {
			list = append(list, n.AuthInfo)
		}
		return list
	}
	secrets := told(true)
	if len(secrets) != 3 || len(secrets[0]) != 24 || secrets[0] == secrets[1] || secrets[2] != "" {
		t.Fatalf("the authInfos are %q", secrets)
	}
	if _, err := w.Ask(world.Acme, flow.DomainInfo{Name: world.Name("a.com.co"), AuthInfo: &secrets[0]}); err != nil {
		t.Errorf("the authInfo that is told is not the name's: %v", err)
	}
	if strings.Contains(w.Dump(), secrets[0]) || strings.Join(told(false), "") != "" {
		t.Error("the authInfo is kept, or told without being asked for")
	}
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("b.com.co"), AuthInfo: new("of the registrar's own")})
	if again := told(true); again[0] != secrets[0] || again[1] != "" {
		t.Errorf("after another authInfo: %q, before %q", again, secrets)
	}
	w.Pass(8 * 24 * time.Hour)
	if late := told(true); strings.Join(late, "") != "" {
		t.Errorf("a week later they are told still: %q", late)
	}
}

// Whatever breaks in the middle of a step, each name is done once: the result stands in the transaction of what was
// done. A step that is sent again does nothing, and leaves no line in the log.
func TestBulkStepsHappenOnce(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "a.com.co")
	w.Domain(world.Acme, "b.com.co")
	bulk(t, w, "once", registry.BulkAct{Kind: registry.BulkRenew, Years: 1}, "a.com.co", "b.com.co")
	const id = "once-0123456789abcdef"
	job := w.Do(world.Acme, flow.BulkStart{ID: id}).(registry.BulkJob)
	before := w.Funds(world.Acme).Available()
	for n := 0; ; n++ {
		w.Fault.After(n)
		_, err := w.Run(world.Acme, flow.BulkStep{Job: job, Number: 1, Name: "a.com.co"})
		w.Fault.Disarm()
		if err == nil {
			break
		}
		if rows := w.Rows("SELECT result FROM bulk_item WHERE number = 1"); !strings.Contains(rows, "fits") || n > 100 {
			t.Fatalf("after a fault the name is %s", rows)
		}
	}
	logged := w.Rows("SELECT COUNT(*) FROM log")
	for range 2 {
		if _, err := w.Run(world.Acme, flow.BulkStep{Job: job, Number: 1, Name: "a.com.co"}); !errors.Is(err, flow.ErrBulkPassed) {
			t.Errorf("sent again: %v", err)
		}
	}
	if w.Rows("SELECT COUNT(*) FROM log") != logged || before-w.Funds(world.Acme).Available() != 20_00 {
		t.Errorf("a step that came again was logged or charged: %s", before-w.Funds(world.Acme).Available())
	}
	w.Do(world.Acme, flow.BulkStop{ID: id})
	if _, err := w.Run(world.Acme, flow.BulkStep{Job: job, Number: 2, Name: "b.com.co"}); !errors.Is(err, flow.ErrBulkPassed) {
		t.Errorf("after the stop: %v", err)
	}
	if got := results(t, w, world.Acme, id); got != "a.com.co made 20.00\nb.com.co fits 20.00" {
		t.Errorf("the job has come to\n%s", got)
	}
}

// A registrar that is suspended meanwhile has its names refused, each with the reason.
func TestBulkRefusalIsKept(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "a.com.co")
	bulk(t, w, "kept", registry.BulkAct{Kind: registry.BulkRenew, Years: 1}, "a.com.co")
	const id = "kept-0123456789abcdef"
	job := w.Do(world.Acme, flow.BulkStart{ID: id}).(registry.BulkJob)
	w.Do("", flow.RegistrarSuspend{Act: act(world.Acme)})
	_, err := w.Run(world.Acme, flow.BulkStep{Job: job, Number: 1, Name: "a.com.co"})
	wantRefusal(t, err, registry.Authorization, "the registrar is not active; ask the registry")
	if rows := w.Rows("SELECT result, body FROM bulk_item"); !strings.Contains(rows, "refused") || !strings.Contains(rows, "not active") {
		t.Errorf("what is kept is %s", rows)
	}
	if rows := w.Rows("SELECT object_id, code FROM log WHERE command = 'renew'"); !strings.Contains(rows, "authorization") {
		t.Errorf("the log has %s", rows)
	}
}

// A job goes by itself when its time has come: a preview that nobody has let run after a day, another after 30 days.
func TestBulkExpires(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "a.com.co")
	lock := registry.BulkAct{Kind: registry.BulkLock, Locks: []registry.Status{registry.ClientRenewProhibited}}
	bulk(t, w, "left", lock, "a.com.co")
	bulk(t, w, "done", lock, "a.com.co")
	bulkRun(t, w, "done")
	expire := func() {
		for _, j := range answer(t, w, "", flow.BulkDue{Limit: 10}).([]registry.BulkJob) {
			w.Do("", flow.BulkExpire{Registrar: j.Registrar, Job: j.ID})
		}
	}
	for _, test := range []struct {
		pass time.Duration
		left int
	}{{23 * time.Hour, 2}, {2 * time.Hour, 1}, {28 * 24 * time.Hour, 1}, {24 * time.Hour, 0}} {
		w.Pass(test.pass)
		expire()
		if list := answer(t, w, world.Acme, flow.BulkList{}).([]flow.BulkShown); len(list) != test.left {
			t.Errorf("%s later %d jobs are left, want %d", test.pass, len(list), test.left)
		}
	}
	if rows := w.Rows("SELECT * FROM bulk_item"); rows != "" {
		t.Errorf("names are left: %s", rows)
	}
}
