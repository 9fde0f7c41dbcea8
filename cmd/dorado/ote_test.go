package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/store"
)

// A tested is a demo with its test environment.
type tested struct {
	t    *testing.T
	dir  string
	file demoFile
}

func newTested(t *testing.T) *tested {
	t.Helper()
	dir, _ := aDemo(t)
	file, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	return &tested{t, dir, file}
}

// epp runs a command as somebody and returns what it prints, with its exit status.
func (d *tested) epp(as string, args ...string) (string, int) {
	d.t.Helper()
	out, errs, status := run(d.t, "", append([]string{"epp", "--dir", d.dir, "--as", as}, args...)...)
	return out + errs, status
}

// ask sends a request to one of the HTTPS servers.
func (d *tested) ask(method, url, user, password, body string) (status int, text string) {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	if user != "" {
		r.SetBasicAuth(user, password)
	}
	r.Header.Set("Content-Type", "application/json")
	pool, err := loadPool(filepath.Join(d.dir, d.file.CA))
	if err != nil {
		d.t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
	response, err := client.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return response.StatusCode, string(data)
}

// clock asks a sandbox's clock for a movement, and returns what it shows.
func (d *tested) clock(id, password, move string) (state clockState) {
	d.t.Helper()
	method := http.MethodPost
	if move == "" {
		method = http.MethodGet
	}
	status, text := d.ask(method, d.file.OTE.HTTPS+"/json/ote/clock", id, password, move)
	if status != http.StatusOK {
		d.t.Fatalf("the clock of %s answers %d %s", id, status, text)
	}
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		d.t.Fatal(err)
	}
	return state
}

// contact makes the contact that names of a credential have.
func (d *tested) contact(as string) {
	d.t.Helper()
	if out, status := d.epp(as, "create", "contact", "TEST-1", "--name", "Ana", "--street", "Calle 1", "--city", "Bogota", "--cc", "CO",
		"--pc", "110111", "--voice", "+57.6015550100", "--email", "ana@example.com"); status != 0 {
		d.t.Fatal(out)
	}
}

// register registers a name in a sandbox.
func (d *tested) register(as, name string) {
	d.t.Helper()
	out, status := d.epp(as, "create", "domain", name, "--registrant", "TEST-1", "--admin", "TEST-1", "--tech", "TEST-1")
	if status != 0 {
		d.t.Fatal(out)
	}
}

// triesWhatMakeShows runs the command that the making of OTE1002 showed, and sees what is said of other passwords.
func (d *tested) triesWhatMakeShows(shown string) {
	d.t.Helper()
	_, line, found := strings.Cut(shown, "Try one: DORADO_EPP_PASSWORD=")
	words := strings.Fields(line)
	if !found || len(words) < 3 {
		d.t.Fatalf("the making shows no command to try:\n%s", shown)
	}
	with := func(password string) (string, string, int) {
		var o, e buffer
		p := &program{in: strings.NewReader(""), out: &o, err: &e, env: func(name string) string {
			return map[string]string{"DORADO_EPP_PASSWORD": password}[name]
		}}
		status := p.run(d.t.Context(), words[2:])
		return o.String(), e.String(), status
	}
	if out, errs, status := with(strings.Trim(words[0], "'")); status != 0 || !strings.Contains(out, "free.co  available") {
		d.t.Errorf("%s: status %d\n%s%s", line, status, out, errs)
	}
	out, _, status := with("no-password")
	has(d.t, out, "2200", "is the one in the environment's DORADO_EPP_PASSWORD.", "dorado ote password OTE1002-A --dir "+d.dir)
	if status != 22 || strings.Contains(out, demoFileName) {
		d.t.Errorf("a wrong password: status %d\n%s", status, out)
	}
	_, errs, _ := with("")
	has(d.t, errs, demoFileName+" has no password of OTE1002-A", "dorado ote password OTE1002-A --dir "+d.dir)
}

// Production and sandboxes, and two sandboxes, have nothing in common: credentials, data, money, clocks, files and mails.
func TestSandboxesAreApart(t *testing.T) {
	d := newTested(t)
	a, b := d.file.OTE.Registrars[0], d.file.OTE.Registrars[1]
	ours := d.file.Production.Registrars[0]
	d.triesWhatMakeShows(mustRun(t, "ote", "make", string(secondRegistrar), "--dir", d.dir))
	others := strings.Fields(mustRun(t, "ote", "password", "OTE1002-A", "--dir", d.dir))
	otherPassword := others[len(others)-1]

	t.Run("credentials", func(t *testing.T) {
		for _, c := range []struct {
			server, as, password string
			status               int
		}{
			{d.file.OTE.EPP, a.ID, a.Password, 0},
			{d.file.OTE.EPP, string(ours.ID), ours.EPPPassword, 22},
			{d.file.OTE.EPP, a.ID, ours.EPPPassword, 22},
			{d.file.OTE.EPP, "OTE1002-A", a.Password, 22},
			{d.file.OTE.EPP, "OTE9999-A", a.Password, 22},
			{d.file.OTE.EPP, "OTE1001-H", a.Password, 22},
			{d.file.Production.EPP, a.ID, a.Password, 22},
			{d.file.Production.EPP, string(ours.ID), a.Password, 22},
		} {
			out, errs, status := run(t, "", "epp", "--server", c.server, "--ca", filepath.Join(d.dir, "ca.pem"), "--as", c.as, "--password", c.password, "check", "domain", "free.co")
			if status != c.status {
				t.Errorf("%s at %s: status %d, want %d\n%s%s", c.as, c.server, status, c.status, out, errs)
			}
		}
		for _, c := range []struct {
			url, user, password string
			status              int
		}{
			{d.file.OTE.HTTPS + "/json/ote", a.ID, a.Password, 200},
			{d.file.OTE.HTTPS + "/json/ote", string(ours.ID), ours.EPPPassword, 401},
			{d.file.OTE.HTTPS + "/json/ote", "OTE1001", a.Password, 401},
			{d.file.OTE.HTTPS + "/json/ote", "", "", 401},
			{d.file.OTE.HTTPS + "/json/balance", a.ID, a.Password, 200},
			{d.file.OTE.HTTPS + "/json/balance", string(ours.ID), ours.EPPPassword, 401},
			{d.file.Production.HTTPS + "/json/balance", a.ID, a.Password, 401},
			{d.file.Production.HTTPS + "/json/ote", a.ID, a.Password, 404},
		} {
			if status, text := d.ask(http.MethodGet, c.url, c.user, c.password, ""); status != c.status {
				t.Errorf("%s at %s: %d, want %d\n%s", c.user, c.url, status, c.status, text)
			}
		}
	})

	t.Run("data", func(t *testing.T) {
		balance := mustRun(t, "registrar", "list", "--dir", d.dir)
		d.contact(a.ID)
		d.register(a.ID, "apart.co")
		if out, status := d.epp(b.ID, "info", "domain", "apart.co"); status != 0 {
			t.Errorf("the other credential of the sandbox does not see the name: %s", out)
		}
		if out, _ := d.epp(string(ours.ID), "check", "domain", "apart.co"); !strings.Contains(out, "apart.co  available") {
			t.Errorf("in production the name is not free: %s", out)
		}
		out, errs, status := run(t, "", "epp", "--server", d.file.OTE.EPP, "--ca", filepath.Join(d.dir, "ca.pem"), "--as", "OTE1002-A", "--password", otherPassword, "check", "domain", "apart.co")
		if status != 0 || !strings.Contains(out, "apart.co  available") {
			t.Errorf("in another sandbox the name is not free: %s%s", out, errs)
		}
		if now := mustRun(t, "registrar", "list", "--dir", d.dir); now != balance {
			t.Errorf("accounts of production were\n%s\nand are\n%s", balance, now)
		}
		if out, _ := d.epp(a.ID, "check", "domain", d.file.Production.Names[0].Name); !strings.Contains(out, "available") {
			t.Errorf("a name of production is taken in a sandbox: %s", out)
		}
	})

	t.Run("clocks", func(t *testing.T) {
		before := d.clock(a.ID, a.Password, "")
		other := d.clock("OTE1002-A", otherPassword, "")
		d.clock(a.ID, a.Password, `{"advance": "400d"}`)
		if now := mustRun(t, "clock", "show", "--dir", d.dir); !strings.Contains(now, "real time") {
			t.Errorf("production's clock shows %s", now)
		}
		if now := d.clock("OTE1002-A", otherPassword, ""); now.Offset != other.Offset {
			t.Errorf("the clock of another sandbox is ahead by %s, and was by %s", now.Offset, other.Offset)
		}
		mustRun(t, "clock", "--dir", d.dir, "advance", "3d")
		if now := d.clock(a.ID, a.Password, ""); now.Now.Sub(before.Now) > 401*24*time.Hour {
			t.Errorf("a sandbox's clock went with production's: %s", now.Now)
		}
	})

	t.Run("mails and files", func(t *testing.T) {
		inside, err := filepath.Glob(filepath.Join(d.dir, "ote", "OTE1001", "mail", "*.eml"))
		if err != nil || len(inside) == 0 {
			t.Errorf("a year and a month wrote no mail in the sandbox: %v", err)
		}
		err = filepath.WalkDir(d.dir, func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() || strings.HasPrefix(path, filepath.Join(d.dir, "ote")) || filepath.Ext(path) == ".db" {
				return err
			}
			if data, err := os.ReadFile(path); err == nil && (bytes.Contains(data, []byte("apart.co")) || bytes.Contains(data, []byte("OTE1001-A")) && e.Name() != demoFileName) {
				t.Errorf("%s has something of a sandbox in it", path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// A sandbox begins anew with its credentials, is empty and back in real time; and it is there after a restart, its clock too.
func TestSandboxResetAndRestart(t *testing.T) {
	dir, demo := aDemo(t)
	file, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	d := &tested{t, dir, file}
	a := file.OTE.Registrars[0]
	d.contact(a.ID)
	d.register(a.ID, "again.co")
	d.clock(a.ID, a.Password, `{"advance": "10d"}`)
	ahead := d.clock(a.ID, a.Password, "").Offset
	demo.stop()
	demo = start(t, "demo", "--dir", dir)
	if now := d.clock(a.ID, a.Password, ""); now.Offset != ahead {
		t.Errorf("after a restart the clock is ahead by %s, and was by %s", now.Offset, ahead)
	}
	if out, status := d.epp(a.ID, "info", "domain", "again.co"); status != 0 {
		t.Errorf("after a restart the name is gone: %s", out)
	}
	if status, text := d.ask(http.MethodPost, file.OTE.HTTPS+"/json/ote/reset", a.ID, a.Password, "{}"); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	if out, status := d.epp(a.ID, "info", "domain", "again.co"); status != 23 {
		t.Errorf("after a reset the name is there: %d %s", status, out)
	}
	if now := d.clock(a.ID, a.Password, ""); now.Offset != "0s" {
		t.Errorf("after a reset the clock is ahead by %s", now.Offset)
	}
	d.contact(a.ID)
	d.register(a.ID, "again.co")
	demo.stop()
}

// Until funds are gone, and refilled.
func TestSandboxFunds(t *testing.T) {
	d := newTested(t)
	a := d.file.OTE.Registrars[0]
	d.contact(a.ID)
	for i := range 3 {
		d.register(a.ID, fmt.Sprintf("cost%d.co", i))
	}
	var told struct {
		Registrars []struct{ ID, Available string }
	}
	show := func() string {
		_, text := d.ask(http.MethodGet, d.file.OTE.HTTPS+"/json/ote", a.ID, a.Password, "")
		if err := json.Unmarshal([]byte(text), &told); err != nil {
			t.Fatal(err)
		}
		return told.Registrars[0].Available
	}
	if spent := show(); spent == sandboxFunds.String() {
		t.Errorf("three names cost nothing: %s", spent)
	}
	if status, text := d.ask(http.MethodPost, d.file.OTE.HTTPS+"/json/ote/funds", a.ID, a.Password, "{}"); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	if full := show(); full != sandboxFunds.String() {
		t.Errorf("after a refill %s is there", full)
	}
	d.tellsAccreditation(a)
}

// tellsAccreditation sees that list, page and JSON tell of the accreditation's list alike, and each item whole.
func (d *tested) tellsAccreditation(a sandboxSecret) {
	d.t.Helper()
	var there, here struct {
		Accreditation sandboxAccreditation
	}
	_, text := d.ask(http.MethodGet, d.file.OTE.HTTPS+"/json/ote", a.ID, a.Password, "")
	shown := mustRun(d.t, "ote", "show", a.ID, "--dir", d.dir)
	err := errors.Join(json.Unmarshal([]byte(text), &there), json.Unmarshal([]byte(mustRun(d.t, "ote", "show", a.ID, "--json", "--dir", d.dir)), &here))
	if err != nil || !reflect.DeepEqual(here, there) || len(here.Accreditation.Items) != here.Accreditation.Of {
		d.t.Fatalf("%v\n%+v\n%+v", err, here, there)
	}
	state := here.Accreditation.AccreditationState
	if state.Seen == 0 || state.RequiredSeen == state.Required {
		d.t.Errorf("after some commands there is %s", state)
	}
	has(d.t, shown, "Accreditation: "+state.String())
	has(d.t, mustRun(d.t, "ote", "list", "--dir", d.dir), state.String())
	for _, l := range here.Accreditation.Items {
		has(d.t, shown, l.Key, l.Title)
		if l.Key == "domain-create" && (l.Seen == nil || l.Seen.Who != registry.RegistrarID(a.ID) || l.Seen.At.IsZero() || !l.Required) {
			d.t.Errorf("a name was created, and of it there is %+v", l)
		}
	}
}

// What is premium and reserved in production is so in a sandbox, and codes that allocate names are not.
func TestSandboxHasTheListsOfProduction(t *testing.T) {
	d := newTested(t)
	data, err := loadDemoData()
	if err != nil {
		t.Fatal(err)
	}
	a := d.file.OTE.Registrars[0]
	mustRun(t, "allocation", "make", "allotted.co", "--reason", "test", "--dir", d.dir)
	for _, name := range []string{data.Premium[0].Name, data.Reserved[0], "plain.co"} {
		there, _ := d.epp(string(firstRegistrar), "check", "domain", name, "--fee")
		here, _ := d.epp(a.ID, "check", "domain", name, "--fee")
		if here != there {
			t.Errorf("%s is in production\n%sand in a sandbox\n%s", name, there, here)
		}
	}
	if here, _ := d.epp(a.ID, "check", "domain", "allotted.co"); !strings.Contains(here, "allotted.co  available") {
		t.Errorf("a name that production allocates is held in a sandbox: %s", here)
	}
}

// What is wrong with a request is told, and nothing moves.
func TestSandboxClockRefuses(t *testing.T) {
	d := newTested(t)
	a := d.file.OTE.Registrars[0]
	if years := d.clock(a.ID, a.Password, `{"advance": "1y"}`); years.Now.Year() != years.Was.Year()+1 || years.Mails == nil {
		t.Errorf("a year leads from %s to %s", years.Was, years.Now)
	}
	d.clock(a.ID, a.Password, `{"to": "2036-01-01"}`)
	at := d.file.OTE.HTTPS + "/json/ote/clock"
	for _, test := range []struct {
		status     int
		body, want string
	}{
		{409, `{"to": "2030-01-01"}`, "never goes back"},
		{409, `{"advance": "-3d"}`, "no length of time; write years"},
		{409, `{"advance": "12y"}`, "11 years at most"},
		{409, `{"advance": "5000d"}`, "11 years at most"},
		{409, `{"next": "nobody-has.co"}`, "next"},
		{409, `{}`, "say one of"},
		{409, `{"advance": "1d", "to": "2041-01-01"}`, "say one of"},
		{409, `{"to": "yesterday"}`, "no instant"},
		{409, `{"next": "` + strings.Repeat("x", 300) + `.co"}`, "next"},
		{400, `{"advanced": "1d"}`, "unknown field"},
		{400, `{"advance": 1}`, "not the JSON"},
		{400, `[`, "not the JSON"},
		{400, ``, "no body"},
		{400, `{"advance": "1d"} {"advance": "1d"}`, "more than one"},
		{400, strings.Repeat(" ", 70_000) + `{}`, "not the JSON"},
	} {
		status, text := d.ask(http.MethodPost, at, a.ID, a.Password, test.body)
		if status != test.status || !strings.Contains(text, test.want) {
			t.Errorf("%.60s is answered %d %s, want %d with %q", test.body, status, text, test.status, test.want)
		}
	}
	if now := d.clock(a.ID, a.Password, ""); now.Now.Year() != 2036 {
		t.Errorf("the clock shows %s", now.Now)
	}
	if status, _ := d.ask(http.MethodPut, at, a.ID, a.Password, "{}"); status != http.StatusMethodNotAllowed {
		t.Errorf("PUT is answered %d", status)
	}

	// To the second that the clock shows is no way back, though the clock has gone on.
	for range 3 {
		shown := d.clock(a.ID, a.Password, "")
		now := d.clock(a.ID, a.Password, `{"to": "`+shown.Now.Format(time.RFC3339)+`"}`)
		if now.Offset != shown.Offset || now.Now.Before(shown.Now) || now.Posted != shown.Posted || now.Posted != "0.00" {
			t.Errorf("to the instant that it shows leads from %+v to %+v", shown, now)
		}
	}

	// After 100 years in all only a reset goes on, and it is said so.
	now := time.Now().UTC()
	if err := isWithin(now.Add(maxOffset), now.Add(maxOffset-time.Hour)); err != nil {
		t.Errorf("100 years: %v", err)
	}
	if err := isWithin(now.Add(maxOffset+time.Hour), now.Add(maxOffset)); err == nil || !strings.Contains(err.Error(), "100 years ahead of real time") || !strings.Contains(err.Error(), "reset the sandbox") {
		t.Errorf("beyond 100 years: %v", err)
	}
}

// An open sandbox costs about a megabyte, and so many are open at most; those that nobody uses cost nothing. So a
// thousand in use cost less than half of a gigabyte.
func TestSandboxMemory(t *testing.T) {
	const many = sandboxesOpen + 20
	dir := shortDir(t)
	log := slog.New(slog.DiscardHandler)
	c := defaults()
	files, err := newFiles(c, making{})
	if err == nil {
		err = writeFiles(dir, files)
	}
	if err != nil {
		t.Fatal(err)
	}
	core, err := openCoreWith(t.Context(), dir, c, log, store.Options{Unsynced: true})
	if err != nil {
		t.Fatal(err)
	}
	defer core.db.Close()
	all, err := openSandboxes(core, dir, noLease, nil)
	if err != nil {
		t.Fatal(err)
	}
	fillSandboxes(t, all, many)
	before := residentKB(t)
	for _, s := range all.list() {
		if _, err := s.tell(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	open := 0
	for _, s := range all.list() {
		if s.isOpen() {
			open++
		}
	}
	if open > sandboxesOpen {
		t.Errorf("%d are open, want at most %d", open, sandboxesOpen)
	}
	each := (residentKB(t) - before) / open
	t.Logf("an open sandbox costs %d KiB", each)
	if grown := each * open >> 10; grown > 500 {
		t.Errorf("%d sandboxes in use cost %d MiB, want less than half of a gigabyte", many, grown)
	}
	for _, s := range all.list() {
		if !s.sleep(0) || s.isOpen() {
			t.Fatalf("the sandbox %s stays open", s.name)
		}
	}
	if files := openFiles(t, dir); files > 10 {
		t.Errorf("%d files of sandboxes that nobody uses are open", files)
	}
}

// fillSandboxes copies one sandbox many times.
func fillSandboxes(t *testing.T, all *sandboxes, many int) {
	t.Helper()
	one := all.newSandbox("OTE1")
	if err := os.Mkdir(one.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := one.fill(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	data := contents(t, filepath.Join(one.dir, sandboxDatabase))
	for i := range many {
		s := all.newSandbox("OTE" + strconv.Itoa(i+1))
		if err := os.MkdirAll(s.dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(s.dir, sandboxDatabase), data, 0o600); err != nil {
			t.Fatal(err)
		}
		s.record.Registrar = registry.RegistrarID("R" + strconv.Itoa(i+1))
		all.names[s.name], all.owners[s.record.Registrar] = s, s
	}
}

// residentKB is the memory of this process in KiB, without garbage.
func residentKB(t *testing.T) int {
	t.Helper()
	runtime.GC()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize() >> 10
}

// openFiles counts the files below a directory that this process has open.
func openFiles(t *testing.T, dir string) (n int) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasPrefix(to, dir) {
			n++
		}
	}
	return n
}
