package console

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// filesRig is a console in which each registrar has files of its own.
func filesRig(t *testing.T) *rig {
	t.Helper()
	w := world.New(t, "2026-03-01T12:00:00Z")
	r := &rig{World: w, log: &safeBuffer{}, people: map[string]registry.User{}}
	var err error
	r.console, r.handler, err = New(Config{
		Service: w.Service, Base: "https://console.example/", NewTRID: w.NewTRID,
		Files: func(id registry.RegistrarID) fs.FS {
			return fstest.MapFS{
				"prices/co.csv":                       {Data: []byte("domain,type,amount_usd\n"), ModTime: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)},
				"lordn/co.txt.gz":                     {Data: []byte("\x1f\x8b")},
				"transactions/daily/2026-02-27.csv":   {Data: []byte("of " + string(id))},
				"transactions/daily/2026-02-28.csv":   {Data: []byte("of " + string(id))},
				"transactions/weekly/<script>x.csv":   {Data: []byte("odd")},
				"droplist":                            {Mode: fs.ModeDir | 0o555},
				"secret-of-" + string(id) + "/x.html": {Data: []byte("<script>alert(1)</script>")},
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What tells of money is for those who see the account. Manual 4.1.1.
func TestFilesOfMoney(t *testing.T) {
	r := filesRig(t)
	b := r.as(world.Acme, registry.RoleDomainAdministrator)
	b.get("/console/files").is(200).says("prices", "lordn").saysNot("transactions")
	for _, path := range []string{
		"transactions", "transactions/daily", "transactions/daily/2026-02-28.csv", "statements/2026-10.csv", "invoices",
		"invoices/INV-000019.pdf", "transactions/",
	} {
		b.get("/console/files/" + path).is(403)
	}
	for _, path := range []string{"./transactions/daily/2026-02-28.csv", "lordn/../transactions/daily/2026-02-28.csv", "%2e/transactions", "Transactions/daily"} {
		if answer := b.get("/console/files/" + path); answer.Code == 200 {
			t.Errorf("%s: %d", path, answer.Code)
		}
	}
}

// Directories are listed, files are sent as they are, and each registrar has its own.
func TestFiles(t *testing.T) {
	r := filesRig(t)
	b := r.as(world.Acme, registry.RoleFinanceAdministrator)
	if text := b.get("/console/files").is(200).text(); !strings.Contains(text, "prices") || !strings.Contains(text, "secret-of-H1001") || strings.Contains(text, "H1002") {
		t.Errorf("the page shows %s", text)
	}
	days := b.get("/console/files/transactions/daily").is(200)
	if first, last := strings.Index(days.Body, "2026-02-28"), strings.Index(days.Body, "2026-02-27"); first < 0 || last < first {
		t.Error("the latest day is not the first")
	}
	file := b.get("/console/files/transactions/daily/2026-02-28.csv").is(200)
	if file.Body != "of H1001" || !strings.HasPrefix(file.Header.Get("Content-Type"), "text/csv") || !strings.Contains(file.Header.Get("Content-Disposition"), `attachment; filename="2026-02-28.csv"`) {
		t.Errorf("the file is %q with %v", file.Body, file.Header)
	}
	if other := r.as(world.Other, registry.RoleAdministrator).get("/console/files/transactions/daily/2026-02-28.csv").is(200); other.Body != "of H1002" {
		t.Errorf("another registrar has %q", other.Body)
	}
	if kind := b.get("/console/files/secret-of-H1001/x.html").is(200).Header.Get("Content-Type"); kind != "application/octet-stream" {
		t.Errorf("a page among the files is sent as %s", kind)
	}
	if odd := b.get("/console/files/transactions/weekly").is(200).Body; strings.Contains(odd, "<script>x") {
		t.Error("the name of a file is taken for HTML")
	}
	b.spanish = true
	if text := b.get("/console/files/droplist").is(200).text(); !strings.Contains(text, "Todavía no hay archivos") {
		t.Errorf("an empty directory shows %s", text)
	}
}

// No address leads out of the files, and none to those of somebody else.
func TestFilesPathTricks(t *testing.T) {
	b := filesRig(t).as(world.Acme, registry.RoleAdministrator)
	for _, path := range []string{
		"/console/files/nothing", "/console/files/prices/nothing.csv", "/console/files/prices/co.csv/x",
		"/console/files/%2e%2e/%2e%2e/etc/passwd", "/console/files/..%2f..%2fetc%2fpasswd", "/console/files/prices%2f..%2f..%2fx",
		"/console/files/prices/%00", "/console/files/secret-of-H1002/x.html", "/console/files/%2fetc%2fpasswd", "/console/files//prices",
		"/console/files/prices/.%2fco.csv",
	} {
		if reply := b.get(path); reply.Code != 404 && reply.Code/100 != 3 || strings.Contains(reply.Body, "root:") {
			t.Errorf("%s is answered %d", path, reply.Code)
		}
	}
}

// Without files there is no page of them.
func TestNoFiles(t *testing.T) {
	newRig(t, "2026-03-01T12:00:00Z").as(world.Acme, registry.RoleAdministrator).get("/console/files").is(404)
}
