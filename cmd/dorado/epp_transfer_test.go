package main

import (
	"strings"
	"testing"

	"example.org/dorado/cmd/dorado/eppclient"
)

// Two registrars move names and a contact between them, and one restores a name, with the client alone.
func TestEPPTransfers(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	const secret = " --auth Xk4-Rm7-Wp2-Qz9"
	for _, test := range []struct {
		line   string   // what follows dorado
		shows  []string // with runs of spaces as one
		status int
	}{
		{"epp create domain plata.co --fee 500 --registrant CAFE-1 --admin CAFE-1 --tech TEC-1" + secret, []string{"1000"}, 0},
		{"epp create domain mio.co --registrant CAFE-1 --admin CAFE-1 --tech TEC-1" + secret, []string{"1000"}, 0},
		{`epp create contact ANA-1 --name "Ana Torres" --street "Calle 12" --city Bogota --pc 110111 --cc CO --voice +57.6015550100 --email ana@example.com` + secret, []string{"1000"}, 0},
		{"epp --as H1002 transfer domain mio.co query" + secret, []string{"2301", "no transfer of the object was ever requested"}, 23},
		{"epp --as H1002 transfer domain mio.co request" + secret, []string{"2106", "ask again from"}, 21},
		{"clock advance 61d", nil, 0},
		{"epp --as H1002 transfer domain mio.co request", []string{"2003"}, 20},
		{"epp --as H1002 transfer domain mio.co request --auth wrong", []string{"2202"}, 22},
		{"epp --as H1002 transfer domain plata.co request" + secret, []string{"2003"}, 20},
		{"epp --as H1002 transfer domain plata.co request --fee 200" + secret, []string{"1001", "transfer pending", "by H1002", "at the latest, by H1001; no answer is an approval", "will expire", "cost 200.00 USD"}, 0},
		{"epp --as H1001 transfer domain plata.co cancel", []string{"2201"}, 22},
		{"epp --as H1002 transfer domain plata.co cancel", []string{"clientCancelled", "ended", "by H1002"}, 0},
		{"epp --as H1002 transfer domain mio.co request --years 2 --fee 40.00 --currency USD" + secret, []string{"cost 40.00 USD"}, 0},
		{"epp --as H1002 transfer domain mio.co query", []string{"1000", "transfer pending", "cost 40.00 USD"}, 0},
		{"epp transfer domain mio.co reject", []string{"clientRejected", "by H1001"}, 0},
		{"epp --as H1002 transfer domain mio.co request" + secret, []string{"1001"}, 0},
		{"epp transfer domain mio.co approve", []string{"clientApproved", "by H1001", "expires"}, 0},
		{"epp --as H1002 info domain mio.co", []string{"sponsor H1002", "transferPeriod"}, 0},
		{"epp --as H1002 transfer contact ana-1 request" + secret, []string{"1001", "id ANA-1", "transfer pending"}, 0},
		{"clock advance 6d", nil, 0},
		{"epp transfer contact ANA-1 query", []string{"serverApproved", "by the registry; the sponsor was H1001"}, 0},
		{"epp --as H1002 delete domain mio.co", []string{"1001"}, 0},
		{"explain --as H1002 restore mio.co", []string{"1000", "restore: 40.00 USD", "to be renewed by", "charge Restore 40.00 of H1002, posted"}, 0},
		{"epp --as H1002 restore mio.co --fee 20", []string{"2004"}, 20},
		{"epp --as H1002 restore domain mio.co --fee 40", []string{"1000", "pendingRestore", "cost 40.00 USD", "Renew it by 20", "T23:59:59Z, or it is deleted again: dorado epp renew mio.co"}, 0},
		{`epp --as H1002 restore mio.co --report "deleted by mistake" --deleted 2026-04-01 --restored 2026-04-02T10:00 --before old --after new`, []string{"1000"}, 0},
		{"epp --as H1002 restore mio.co", []string{"2304"}, 23},
		{"epp --as H1002 --xml restore plata.co", []string{`code="2201"`}, 22},
		{"explain --as H1002 transfer domain plata.co request --fee 200" + secret, []string{"1001", "transfer for 1 year: 200.00 USD", "transferred from H1001 to H1002 by", "a message to H1001"}, 0},
		{"explain --as H1002 restore mio.co", []string{"2304"}, 23},
	} {
		words, err := splitWords(test.line)
		if err != nil {
			t.Fatal(err)
		}
		out, errs, status := run(t, "", append(words, "--dir", dir)...)
		flat := strings.Join(strings.Fields(out), " ")
		if status != test.status {
			t.Errorf("dorado %s: status %d, want %d\n%s%s", test.line, status, test.status, out, errs)
		}
		for _, shows := range test.shows {
			if !strings.Contains(flat, shows) {
				t.Errorf("dorado %s: want %q in\n%s%s", test.line, shows, out, errs)
			}
		}
	}
}

// A transfer is told by what has become of it.
func TestTransferRows(t *testing.T) {
	const begins = `<d:trnData xmlns:d="urn:ietf:params:xml:ns:domain-1.0"><d:name>a.co</d:name><d:trStatus>`
	const ends = `</d:trStatus><d:reID>H2</d:reID><d:reDate>A</d:reDate><d:acID>H1</d:acID><d:acDate>B</d:acDate><d:exDate>C</d:exDate></d:trnData>`
	for _, test := range []struct{ status, want string }{
		{"pending", "requested A by H2 to be answered B at the latest, by H1; no answer is an approval will expire C once it is transferred"},
		{"clientApproved", "requested A by H2 ended B by H1 expires C"},
		{"serverApproved", "requested A by H2 ended B by the registry; the sponsor was H1 expires C"},
		{"clientRejected", "requested A by H2 ended B by H1 would expire C had it been transferred"},
		{"clientCancelled", "requested A by H2 ended B by H2 would expire C had it been transferred"},
		{"serverCancelled", "requested A by H2 ended B by the registry; the sponsor was H1 would expire C had it been transferred"},
	} {
		t.Run(test.status, func(t *testing.T) {
			data, err := eppclient.Parse([]byte(begins + test.status + ends))
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			printTable(&b, style{}, rows(data))
			want := "name a.co transfer " + test.status + " " + test.want
			if got := strings.Join(strings.Fields(b.String()), " "); got != want {
				t.Errorf("it is told as\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// The deadline after a restore is the first 23:59:59 after it, also in that very second. Decisions 3.5.
func TestRenewBy(t *testing.T) {
	for _, test := range []struct{ name, restored, want string }{
		{"in the day", "2026-04-02T10:00:00Z", "2026-04-02T23:59:59Z"},
		{"just before its end", "2026-04-02T23:59:58.9Z", "2026-04-02T23:59:59Z"},
		{"in its last second", "2026-04-02T23:59:59Z", "2026-04-03T23:59:59Z"},
		{"in another zone", "2026-04-02T20:00:00-05:00", "2026-04-03T23:59:59Z"},
		{"unreadable", "", "today"},
	} {
		if got := renewBy(test.restored, "today"); got != test.want {
			t.Errorf("%s: renewBy(%s) = %s, want %s", test.name, test.restored, got, test.want)
		}
	}
}
