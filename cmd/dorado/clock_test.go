package main

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// However far ahead somebody asks for, the clock says how far it goes and stays where it is: on the
// command line and over HTTPS.
func TestClockLimit(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	latest := time.Now().UTC().Add(maxOffset).Format("2006-01")
	for _, args := range [][]string{
		{"to", "2320-01-01"}, {"to", "2130-01-01"}, {"to", "9999-12-31"}, {"advance", "36501d"}, {"advance", "99999d99999w99999w"},
	} {
		_, errs, status := run(t, "", append([]string{"clock", "--dir", dir}, args...)...)
		if has(t, errs, "100 years ahead", latest); status != 1 {
			t.Errorf("clock %s: status %d, want 1", args, status)
		}
		has(t, mustRun(t, "clock", "--dir", dir), "(real time)")
	}
	for _, body := range []string{`{"to":"2320-01-01"}`, `{"advance":"40000d"}`} {
		status, answer := postClock(t, dir, body)
		if has(t, answer, "100 years ahead", latest); status != http.StatusBadRequest {
			t.Errorf("%s: status %d, want %d", body, status, http.StatusBadRequest)
		}
	}
	if status, answer := postClock(t, dir, `{"advance":"46d"}`); status != http.StatusOK {
		t.Errorf("46 days: status %d, %s", status, answer)
	}
	has(t, mustRun(t, "clock", "--dir", dir, "to", time.Now().UTC().AddDate(0, 0, 801).Format(time.DateOnly)), "800 days")
}

// postClock moves the clock of a demo over HTTPS.
func postClock(t *testing.T, dir, body string) (status int, answer string) {
	t.Helper()
	file, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := loadPool(filepath.Join(dir, file.CA))
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
	response, err := client.Post(file.Production.HTTPS+"/json/demo/clock", "application/json", bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestFellDue(t *testing.T) {
	for _, test := range []struct {
		name  string
		state clockState
		want  string
	}{
		{"nothing", clockState{Posted: "0.00"}, "Nothing fell due."},
		{
			"all",
			clockState{Names: 1045, Renewed: 1040, Deleted: 2, Purged: 3, Charges: 1037, Posted: "20740.00"},
			"Fell due and is done: renewed 1,040, deleted 2, purged 3; 1,037 charges posted: 20,740.00 USD.",
		},
		{"one charge", clockState{Charges: 1, Posted: "20.00"}, "Fell due and is done: 1 charge posted: 20.00 USD."},
		{
			"by time",
			clockState{Names: 2, Contacts: 2, Transferred: 1, Suspended: 1, Forgotten: 1, Posted: "0.00"},
			"Fell due and is done: suspended 1, transferred 1, contacts purged 1.",
		},
		{"emergency credit", clockState{Lapsed: 1, Posted: "0.00"}, "Fell due and is done: 1 emergency credit lapsed."},
		{"all money", clockState{Charges: 1, Posted: "20.00", Lapsed: 2, Months: 1}, "Fell due and is done: 1 charge posted: 20.00 USD; 2 emergency credits lapsed; 1 month closed."},
		{"one name", clockState{Names: 1, Purged: 1, Posted: "0.00"}, "Fell due and is done: purged 1."},
	} {
		if got := fellDue(test.state); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestThousands(t *testing.T) {
	for number, want := range map[string]string{
		"0": "0", "999": "999", "1000": "1,000", "1234567.89": "1,234,567.89", "-100.00": "-100.00", "-1000": "-1,000",
	} {
		if got := thousands(number); got != want {
			t.Errorf("thousands(%s) = %s, want %s", number, got, want)
		}
	}
}

// The next thing of a name is told as it will happen.
func TestClockNext(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	has(t, mustRun(t, "clock", "--dir", dir, "next", "librerialuna.co"), "Reached: the registration renews itself until ", "renewed ")
	has(t, mustRun(t, "clock", "--dir", dir, "next", "librerialuna.co"), "autoRenewPeriod ends", "charge", "USD")
	if _, answer := postClock(t, dir, `{"next":"librerialuna.co"}`); !strings.Contains(answer, `"eventCode":"`) {
		t.Errorf("what was reached has no code: %s", answer)
	}
	if out := mustRun(t, "clock", "--dir", dir, "advance", "1s"); !strings.Contains(out, "Nothing fell due.") {
		t.Errorf("a second later:\n%s", out)
	}
}
