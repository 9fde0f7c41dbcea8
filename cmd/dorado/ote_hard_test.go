package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/dorado/cmd/dorado/eppclient"
)

// session opens a session that the test closes.
func (d *tested) session(as, password string) *eppclient.Session {
	d.t.Helper()
	o := eppOptions{server: d.file.OTE.EPP, ca: filepath.Join(d.dir, d.file.CA), as: as, password: password, timeout: 30 * time.Second}
	s, answer, err := o.login(d.t.Context(), "")
	if err != nil || s == nil {
		d.t.Fatalf("%s cannot log in: %v %v", as, answer, err)
	}
	d.t.Cleanup(func() { s.Close() })
	return s
}

// A session of a sandbox that was dropped ends with it: of the next one under that name it learns nothing, and is not in its
// way.
func TestDroppedSandboxIsGone(t *testing.T) {
	d := newTested(t)
	a := d.file.OTE.Registrars[0]
	old := d.session(a.ID, a.Password)
	check := eppclient.Check{Object: "domain", Names: []string{"free.co"}}
	if answer, err := old.Do(check, "T-1"); err != nil || answer.Code != 1000 {
		t.Fatalf("%v %v", answer, err)
	}
	if _, errs, status := run(t, "", "ote", "drop", "OTE1001", "--dir", d.dir); status != 1 || !strings.Contains(errs, "nothing was removed; --yes removes without a question") {
		t.Errorf("without --yes: status %d, %s", status, errs)
	}
	mustRun(t, "ote", "drop", "OTE1001", "--yes", "--dir", d.dir)
	if answer, err := old.Do(check, "T-2"); err != nil || answer.Code != 2400 {
		t.Errorf("in a sandbox that is gone a check is %v %v", answer, err)
	}
	made := strings.Fields(mustRun(t, "ote", "make", "H1001", "--dir", d.dir))
	password := made[slices.Index(made, a.ID)+1]
	if answer, err := old.Do(check, "T-3"); err != nil || answer.Code != 2400 {
		t.Errorf("in the sandbox after it a check of the old session is %v %v", answer, err)
	}
	if answer, err := d.session(a.ID, password).Do(check, "T-4"); err != nil || answer.Code != 1000 {
		t.Errorf("in the new sandbox a check is %v %v", answer, err)
	}
	mustRun(t, "ote", "drop", "OTE1001", "--yes", "--dir", d.dir)
	if n := openFiles(t, filepath.Join(d.dir, "ote")); n > 0 {
		t.Errorf("%d files of sandboxes are open, and there is none", n)
	}
}

// A password that was told holds, also where the sandbox begins anew meanwhile.
func TestPasswordsOutliveAReset(t *testing.T) {
	d := newTested(t)
	a, b := d.file.OTE.Registrars[0], d.file.OTE.Registrars[1]
	for range 5 {
		var both sync.WaitGroup
		both.Go(func() { d.ask(http.MethodPost, d.file.OTE.HTTPS+"/json/ote/reset", a.ID, a.Password, "{}") })
		var said []string
		both.Go(func() { said = strings.Fields(mustRun(t, "ote", "password", b.ID, "--dir", d.dir)) })
		both.Wait()
		if status, text := d.ask(http.MethodGet, d.file.OTE.HTTPS+"/json/ote", b.ID, said[len(said)-1], ""); status != http.StatusOK {
			t.Fatalf("the password that was told is answered %d %s", status, text)
		}
	}
}

// What is wrong with one sandbox, and what is none, keep neither production nor the other sandboxes from starting.
func TestBrokenSandboxIsLeftOut(t *testing.T) {
	dir, demo := aDemo(t)
	mustRun(t, "ote", "make", "H1002", "--dir", dir)
	demo.stop()
	at := func(name ...string) string { return filepath.Join(append([]string{dir, "ote"}, name...)...) }
	for _, err := range []error{
		os.WriteFile(at("OTE1002", "sandbox.json"), nil, 0o600),
		os.Mkdir(at("backup-of-OTE1002"), 0o700), os.WriteFile(at("NOTES"), nil, 0o600),
		os.Mkdir(at("OTE7"), 0o700), os.WriteFile(at("OTE7", "new.db"), nil, 0o600), // of one that was being made
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	demo = start(t, "demo", "--dir", dir)
	defer demo.stop()
	has(t, mustRun(t, "ote", "list", "--dir", dir), "OTE1001", "OTE1002  H1002", "missing: its files cannot be read")
	if _, errs, _ := run(t, "", "ote", "make", "H1002", "--dir", dir); !strings.Contains(errs, "OTE1002 is not available: its files cannot be read") {
		t.Errorf("in the place of one that cannot be read another is made: %s", errs)
	}
	if status, page := askHealth(t, dir, "/healthz.json"); status != http.StatusOK || !strings.Contains(page, "OTE1002") {
		t.Errorf("health says of a sandbox that cannot be read\n%s", page)
	}
	if err := os.WriteFile(at("OTE1001", "sandbox.db"), []byte("no database"), 0o600); err != nil { // it was closed at the end
		t.Fatal(err)
	}
	if _, errs, status := run(t, "", "ote", "show", "OTE1001", "--dir", dir); status == 0 {
		t.Errorf("a sandbox without a database is shown: %s", errs)
	}
	status, page := askHealth(t, dir, "/healthz")
	if status != http.StatusOK || !strings.HasPrefix(page, "in part; ") || !strings.Contains(page, "the sandbox OTE1001 cannot be opened: ") {
		t.Errorf("health says of a sandbox that cannot be opened: %d\n%s", status, page)
	}
	if text, _ := scrape(t, dir); !strings.Contains(text, "\ndorado_ote_broken_sandboxes 1\n") {
		t.Errorf("the metrics do not have one sandbox that cannot be opened")
	}
	for name, there := range map[string]bool{"OTE1002/sandbox.db": true, "backup-of-OTE1002": true, "NOTES": true, "OTE7": false} {
		if exists(at(name)) != there {
			t.Errorf("%s is there: %t, want %t", name, !there, there)
		}
	}
	mustRun(t, "ote", "drop", "OTE1002", "--yes", "--dir", dir)
	has(t, mustRun(t, "ote", "make", "H1002", "--dir", dir), "OTE1002-A")
}

// Messages of a long movement come in the order in which things happened, over all names.
func TestSandboxHappensInOrder(t *testing.T) {
	d := newTested(t)
	a := d.file.OTE.Registrars[0]
	d.contact(a.ID)
	for i := range 12 {
		d.register(a.ID, fmt.Sprintf("order%d.co", i))
		d.clock(a.ID, a.Password, `{"advance": "1d"}`)
	}
	d.clock(a.ID, a.Password, `{"advance": "1100d"}`)
	s, last, n := d.session(a.ID, a.Password), "", 0
	for {
		answer, err := s.Do(eppclient.PollRequest{}, "POLL")
		if err != nil {
			t.Fatal(err)
		}
		if answer.Code != 1301 {
			break
		}
		queue := answer.Queue
		at := queue.Child("qDate").Value()
		if at < last {
			t.Fatalf("message %d is of %s, and the one before of %s", n, at, last)
		}
		last, n = at, n+1
		if _, err := s.Do(eppclient.PollAck{ID: queue.Attr("id")}, "ACK-1"); err != nil {
			t.Fatal(err)
		}
	}
	if n < 12 {
		t.Errorf("in three years of 12 names there were %d messages", n)
	}
}

// A sandbox that is full says so, and a reset makes room, with the credentials that it had.
func TestFullSandboxIsReset(t *testing.T) {
	d := newTested(t)
	a := d.file.OTE.Registrars[0]
	path := filepath.Join(d.dir, "ote", "OTE1001", sandboxDatabase)
	if err := os.Truncate(path, sandboxBytes/100*95); err != nil {
		t.Fatal(err)
	}
	status, text := d.ask(http.MethodPost, d.file.OTE.HTTPS+"/json/ote/clock", a.ID, a.Password, `{"advance": "1d"}`)
	if status != http.StatusConflict || !strings.Contains(text, "reset it") {
		t.Errorf("in a full sandbox the clock answers %d %s", status, text)
	}
	if status, text := d.ask(http.MethodPost, d.file.OTE.HTTPS+"/json/ote/reset", a.ID, a.Password, "{}"); status != http.StatusOK {
		t.Fatalf("a full sandbox is not reset: %d %s", status, text)
	}
	d.clock(a.ID, a.Password, `{"advance": "1d"}`)
}
