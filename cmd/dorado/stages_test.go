package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.org/dorado/test/peer"
)

// A stage is where a name stands in its life, and what everybody sees of it without a hold.
type stage struct {
	name      string
	zone      string
	delegated string // the name servers in the zone, without a hold
	epp       string // statuses, as EPP shows them
	rgp       string
	whois     string // statuses
	rdap      string
}

const suspendedPage = "ns1.suspended.example. ns2.suspended.example."

// stages are those of a life, under the policies of 2026 and, of the suspended name, of 2011.
var stages = []stage{
	{"registrado", "co", "ns1.condor.example.", "", "addPeriod", "addPeriod", "add period"},
	{"renovado", "co", "ns1.condor.example.", "", "autoRenewPeriod", "renewPeriod", "auto renew period"},
	{"suspendido", "nom.co", suspendedPage, "", "", "", ""},
	{"redencion", "co", "", "pendingDelete", "redemptionPeriod", "redemptionPeriod", "pending delete, redemption period"},
	{"pendiente", "co", "", "pendingDelete", "pendingDelete", "pendingDelete", "pending delete"},
	{"traslado", "co", "ns1.condor.example.", "pendingTransfer", "autoRenewPeriod", "pendingTransfer, renewPeriod", "auto renew period, pending transfer"},
	{"restaurado", "co", "ns1.condor.example.", "", "", "", ""},
}

// The zone, WHOIS, RDAP and EPP agree about every name in every stage of its life, with and without a hold of its
// sponsor's or of the registry's: on hold it is never published, and else the hold changes nothing. The zone is
// asked with dig, WHOIS with whois and RDAP with curl.
func TestStagesOfALife(t *testing.T) {
	for _, program := range []string{"dig", "whois", "curl"} {
		peer.Need(t, program)
	}
	dir, demo := aDemo(t)
	demo.stop()
	setProfile(t, dir, profileFile)
	writeProfile(t, filepath.Join(dir, profileFile), bothProfiles(t))
	demo = start(t, "demo", "--dir", dir)
	defer demo.stop()
	reach(t, dir)
	file, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stages {
		for _, hold := range []string{"", "clientHold", "serverHold"} {
			name := s.of(hold)
			want := s
			if hold != "" {
				want.delegated = ""
			}
			want.epp, want.whois = with(want.epp, hold), with(want.whois, hold)
			want.rdap = with(want.rdap, map[string]string{"clientHold": "client hold", "serverHold": "server hold"}[hold])
			if got := seen(t, dir, file, name); got != want.shown() {
				t.Errorf("%s (%s %s):\n%s\nwant\n%s", name, s.name, hold, got, want.shown())
			}
		}
	}
}

// of returns the name in a stage with a hold.
func (s stage) of(hold string) string {
	return s.name + map[string]string{"": "uno", "clientHold": "dos", "serverHold": "tres"}[hold] + "." + s.zone
}

// with adds a status to a list.
func with(list, status string) string {
	words := slices.DeleteFunc(append(strings.Split(list, ", "), status), func(s string) bool { return s == "" })
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// shown is what everybody should see: statuses are ok where there is none.
func (s stage) shown() string {
	epp := with(s.epp, s.rgp)
	if s.epp == "" {
		epp = with("ok", s.rgp)
		if s.rgp != "" {
			epp = s.rgp
		}
	}
	or := func(list, ok string) string {
		if list == "" {
			return ok
		}
		return list
	}
	return fmt.Sprintf("zone %s\nEPP %s\nWHOIS %s\nRDAP %s, remarks %t", s.delegated, unique(epp), or(s.whois, "ok"), or(s.rdap, "active"), s.zone == "nom.co")
}

func unique(list string) string {
	words := strings.Split(list, ", ")
	slices.Sort(words)
	return strings.Join(slices.Compact(words), ", ")
}

// reach brings a name into each stage, with each hold. That of the sponsor is set while it can be; that of the
// registry in the stage itself.
func reach(t *testing.T, dir string) {
	t.Helper()
	epp := func(who string, words ...string) string {
		t.Helper()
		out, errs, status := run(t, "", append([]string{"epp", "--dir", dir, "--as", who}, words...)...)
		if status != 0 {
			t.Fatalf("epp %v: %s%s", words, out, errs)
		}
		return out
	}
	each := func(name string, do func(string)) {
		for _, s := range stages {
			if s.name == name {
				for _, hold := range []string{"", "clientHold", "serverHold"} {
					do(s.of(hold))
				}
			}
		}
	}
	create := func(name string) {
		epp("H1001", "create", "domain", name, "--registrant", "CAFE-1", "--admin", "CAFE-1", "--tech", "TEC-1", "--ns", "ns1.condor.example", "--auth", "Secreto-1-secreto")
		if strings.Contains(name, "dos.") {
			epp("H1001", "update", "domain", name, "--add-status", "clientHold")
		}
	}
	remove := func(name string) { epp("H1001", "delete", "domain", name) }
	for _, s := range stages[1:] {
		each(s.name, create)
	}
	mustRun(t, "clock", "--dir", dir, "advance", "335d")
	each("pendiente", remove)
	mustRun(t, "clock", "--dir", dir, "advance", "32d") // the others have expired
	each("registrado", create)
	each("redencion", remove)
	each("restaurado", remove)
	each("restaurado", func(name string) { epp("H1001", "restore", name) })
	each("traslado", func(name string) {
		epp("H1002", "transfer", "domain", name, "request", "--auth", "Secreto-1-secreto")
	})
	for _, s := range stages {
		mustRun(t, "domain", "hold", s.of("serverHold"), "--reason", "a test", "--dir", dir)
	}
}

// seen is what everybody sees of a name. The zone has a change some moments after its commit.
func seen(t *testing.T, dir string, file demoFile, name string) string {
	t.Helper()
	host, port, _ := strings.Cut(file.Production.DNS, ":")
	_, whoisPort, _ := strings.Cut(file.Production.WHOIS, ":")
	var a domainAnswer
	if err := json.Unmarshal([]byte(mustRun(t, "domain", "show", name, "--json", "--dir", dir)), &a); err != nil {
		t.Fatal(err)
	}
	zone := func() string {
		out := paste(t, "", "dig @"+host+" -p "+port+" "+name+" NS +norecurse +noall +authority +answer")
		var servers []string
		for line := range strings.Lines(out) {
			if f := strings.Fields(line); len(f) == 5 && f[3] == "NS" {
				servers = append(servers, f[4])
			}
		}
		return strings.Join(servers, " ")
	}
	published := map[string]string{"nothing": "", "own": "ns1.condor.example.", "registry": suspendedPage}[a.Published]
	eventually(t, func() bool { return zone() == published })
	whois := paste(t, "", "whois -h 127.0.0.1 -p "+whoisPort+" "+name)
	var statuses []string
	for line := range strings.Lines(whois) {
		if s, ok := strings.CutPrefix(strings.TrimSpace(line), "Domain Status: "); ok {
			statuses = append(statuses, s)
		}
	}
	if !strings.Contains(whois, "Name Server: ns1.condor.example") {
		t.Errorf("%s: WHOIS does not show its own name server", name)
	}
	var rdap struct {
		Status      []string
		Remarks     []json.RawMessage
		Nameservers []json.RawMessage
	}
	if err := json.Unmarshal([]byte(paste(t, "", "curl -s --cacert "+filepath.Join(dir, file.CA)+" "+file.Production.RDAP+"domain/"+name)), &rdap); err != nil || len(rdap.Nameservers) != 1 {
		t.Errorf("%s: RDAP: %v, %d name servers", name, err, len(rdap.Nameservers))
	}
	info := mustRun(t, "epp", "--dir", dir, "info", "domain", name)
	has(t, info, "ns1.condor.example")
	for _, s := range a.Statuses {
		has(t, info, s)
	}
	return fmt.Sprintf("zone %s\nEPP %s\nWHOIS %s\nRDAP %s, remarks %t", zone(), unique(strings.Join(a.Statuses, ", ")),
		strings.Join(statuses, ", "), strings.Join(rdap.Status, ", "), len(rdap.Remarks) > 0)
}
