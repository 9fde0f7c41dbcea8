package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// An operator looks at names, holds, locks and deletes them and decides about transfers; registrars see each at once
// and are told, and the log and the history have who did it and why.
func TestOperatorOnObjects(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	do := func(words ...string) string {
		t.Helper()
		return mustRun(t, append(words, "--dir", dir, "--author", "ana", "--reason", "case 14")...)
	}
	epp := func(who string, words ...string) string {
		out, errs, _ := run(t, "", append([]string{"epp", "--dir", dir, "--as", who}, words...)...)
		return out + errs
	}
	has(t, mustRun(t, "domain", "show", "librerialuna.co", "--dir", dir), "sponsor       H1001", "in the zone   its own name servers", "expires       20")
	has(t, do("domain", "hold", "librerialuna.co", "--tell", "phishing", "--case", "custom:C 14"), "librerialuna.co now has serverHold.")
	has(t, epp("H1001", "info", "domain", "librerialuna.co"), "serverHold")
	eventually(t, func() bool {
		return strings.Contains(mustRun(t, "domain", "show", "librerialuna.co", "--dir", dir), "in the zone   nothing\n")
	})
	has(t, mustRun(t, "domain", "show", "librerialuna.co", "--dir", dir), "by ana: case 14")
	has(t, epp("H1001", "poll"), "The registry set serverHold on librerialuna.co.", "phishing")
	has(t, do("domain", "lock", "librerialuna.co"), "librerialuna.co now has serverDeleteProhibited, serverHold, serverTransferProhibited, serverUpdateProhibited.")
	has(t, epp("H1001", "update", "domain", "librerialuna.co", "--add-status", "clientHold"), "2304", "serverUpdateProhibited")
	has(t, do("domain", "unlock", "librerialuna.co", "--status", "SERVERupdateprohibited"), "librerialuna.co now has serverDeleteProhibited, serverHold, serverTransferProhibited.")
	has(t, do("domain", "unlock", "librerialuna.co"), "librerialuna.co now has serverHold.")
	has(t, do("domain", "release", "librerialuna.co"), "librerialuna.co has no status now that anybody set.")
	has(t, do("host", "lock", "ns1.condor.example"), "ns1.condor.example now has serverDeleteProhibited, serverUpdateProhibited.")
	has(t, do("host", "unlock", "NS1.condor.example", "--status", "serverDeleteProhibited"), "ns1.condor.example now has serverUpdateProhibited.")
	has(t, do("contact", "lock", "tec-1"), "TEC-1 now has serverDeleteProhibited, serverTransferProhibited, serverUpdateProhibited.")

	for _, name := range []string{"uno.co", "dos.co"} {
		epp("H1001", "create", "domain", name, "--registrant", "CAFE-1", "--admin", "CAFE-1", "--tech", "TEC-1", "--auth", "Secreto-1-secreto")
	}
	mustRun(t, "clock", "--dir", dir, "advance", "61d")
	for _, name := range []string{"uno.co", "dos.co"} {
		has(t, epp("H1002", "transfer", "domain", name, "request", "--auth", "Secreto-1-secreto"), "1001")
	}
	has(t, mustRun(t, "domain", "show", "uno.co", "--dir", dir), "requested by H1002", "approved by itself  20")
	var now clockState
	if err := call(t.Context(), dir, http.MethodGet, "/clock", nil, &now); err != nil {
		t.Fatal(err)
	}
	has(t, do("domain", "approve", "uno.co"), "uno.co is now sponsored by H1002, not by H1001.\nIt expires at ")
	has(t, do("domain", "reject", "dos.co"), "The transfer of dos.co to H1002 is rejected; H1001 keeps it.")
	has(t, mustRun(t, "domain", "show", "dos.co", "--dir", dir), "operator       "+now.Now.Format(time.DateOnly))
	has(t, do("domain", "delete", "dos.co"), "dos.co is deleted. Credited: 0.00 USD. It can be restored until ")
	has(t, mustRun(t, "domain", "show", "dos.co", "--dir", dir), "pendingDelete inactive redemptionPeriod", " by the operator\n", "restorable until", "to H1002: rejected by the registry")
	epp("H1001", "create", "domain", "tres.co", "--registrant", "CAFE-1", "--admin", "CAFE-1", "--tech", "TEC-1", "--auth", "Secreto-1-secreto")
	has(t, do("domain", "delete", "tres.co"), "tres.co is gone. Credited: 20.00 USD.")
	epp("H1001", "create", "contact", "MIA-1", "--name", "Mia", "--street", "Calle 1", "--city", "Cali", "--pc", "1", "--cc", "CO", "--voice", "+57.1", "--email", "mia@example.com", "--auth", "Secreto-1-secreto")
	has(t, epp("H1002", "transfer", "contact", "MIA-1", "request", "--auth", "Secreto-1-secreto"), "1001")
	has(t, do("contact", "reject", "MIA-1"), "The transfer of MIA-1 to H1002 is rejected; H1001 keeps it.")

	has(t, mustRun(t, "history", "librerialuna.co", "--dir", dir), "operator ana  domain:set-status", "statuses  + serverHold", "case 14")
	has(t, mustRun(t, "history", "dos.co", "--dir", dir), "operator ana  domain:delete", "operator ana  domain:reject")
	if history := mustRun(t, "history", "dos.co", "--dir", dir); strings.Contains(history, "changed.") {
		t.Errorf("the history tells who did it twice:\n%s", history)
	}
}

// What an operator mistypes about an object is told, with what to write.
func TestOperatorOnObjectsRefusals(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	for _, test := range []struct{ line, says string }{
		{"domain show", "give one argument: the name, such as cafeazul.co"},
		{"domain show no-such.co", "the name is not registered"},
		{"domain show -.co", "-.co"},
		{"domain hold cafeazul.co", "give --reason"},
		{"domain hold cafeazul.co --reason x --case udrp", "give both, such as udrp:D2026-0001"},
		{"domain release cafeazul.co --reason x", "the object does not have it"},
		{"domain unlock cafeazul.co --reason x", "the domain is not locked; lock does that"},
		{"domain lock cafeazul.co --status clientHold --reason x", "this is no status of the registry's for a domain; there are serverHold"},
		{"host lock ns1.condor.example --status serverHold --reason x", "there are serverUpdateProhibited, serverDeleteProhibited"},
		{"contact unlock NONE --reason x", "there is no such contact"},
		{"domain approve cafeazul.co --reason x", "no transfer of the object is pending"},
		{"domain approve cafeazul.co --reason x --tell y", "there is no flag --tell; dorado domain approve --help shows those there are"},
		{"domain release cafeazul.co --reason x --tell " + strings.Repeat("y", 33), "--tell has 33 characters, and EPP shows the first 32"},
		{"domain delete ajedrezpaisa.co --reason x", "the name is deleted already; its purge comes by itself"},
		{"registrar notice set H1001 purged", "say what to choose: --poll or --mail"},
		{"registrar notice set H1001 purged --mail yes", `--mail is on, off or default, and "yes" is none of them`},
		{"epp transfer domain cafeazul.co aprove", "did you mean approve?"},
		{"epp transfer domain cafeazul.co", "request, query, cancel, approve or reject"},
		{"domain delete cafeazul.co --end-transfer", "give --reason"},
	} {
		out, errs, status := run(t, "", append(strings.Fields(test.line), "--dir", dir)...)
		if status != 1 || !strings.Contains(errs, test.says) {
			t.Errorf("%s: status %d, %s%s; want %q", test.line, status, out, errs, test.says)
		}
	}
	mustRun(t, "domain", "lock", "cafeazul.co", "--reason", "x", "--dir", dir)
	if _, errs, _ := run(t, "", "domain", "lock", "cafeazul.co", "--reason", "x", "--dir", dir); !strings.Contains(errs, "the domain is locked already; unlock lifts that") {
		t.Errorf("locked twice: %s", errs)
	}
}

// What is known of a name is told as it stands: who deleted it, until when it is suspended, and the operator's last
// change by the registry's clock.
func TestDomainShow(t *testing.T) {
	p := &program{out: new(strings.Builder)}
	day := func(n int) time.Time { return time.Date(2027, 5, n, 23, 59, 59, 0, time.UTC) }
	p.tellDomain(domainAnswer{
		Name: "mio.co", ROID: "D1-CO", Sponsor: "H1001", Published: "registry", Created: day(1), Expires: day(2),
		Statuses:  strings.Fields("clientTransferProhibited serverDeleteProhibited serverHold serverTransferProhibited"),
		Suspended: &suspensionLine{day(2), day(9)}, Deleted: &deletionLine{day(3), "time", day(4), day(5)},
		Last:    &endedLine{"clientRejected", "H1002", "H1001", day(1)},
		Changed: &deedLine{day(6), "ana", "case 14"},
	})
	const want = `name              mio.co (D1-CO)
sponsor           H1001
statuses          clientTransferProhibited serverDeleteProhibited serverHold
                  serverTransferProhibited
suspended until   2027-05-09 23:59:59Z, since 2027-05-02 23:59:59Z
in the zone       the page of suspended names
created           2027-05-01 23:59:59Z
expires           2027-05-02 23:59:59Z
deleted           2027-05-03 23:59:59Z by time
restorable until  2027-05-04 23:59:59Z
purged at         2027-05-05 23:59:59Z
last transfer     2027-05-01 23:59:59Z to H1002: rejected by H1001
operator          2027-05-06 23:59:59Z by ana: case 14
`
	if got := fmt.Sprint(p.out); got != want {
		t.Errorf("it is told as\n%s\nwant\n%s", got, want)
	}
}

// A suspended name is listed as such.
func TestStateText(t *testing.T) {
	until := time.Date(2027, 5, 9, 23, 59, 59, 0, time.UTC)
	for _, test := range []struct {
		state []string
		until time.Time
		want  string
	}{
		{[]string{"ok"}, time.Time{}, "ok"},
		{[]string{"ok"}, until, "suspended until 2027-05-09"},
		{[]string{"clientHold"}, until, "suspended until 2027-05-09 clientHold"},
	} {
		if got := stateText(test.state, test.until); got != test.want {
			t.Errorf("stateText(%v) = %q, want %q", test.state, got, test.want)
		}
	}
}
