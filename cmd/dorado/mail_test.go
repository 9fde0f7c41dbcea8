package main

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mailsIn returns the mails of a demo's folder, as files.
func mailsIn(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "mail", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	all := make([]string, len(files))
	for i, path := range files {
		all[i] = readAll(t, path)
	}
	return all
}

// mailWith returns the mail of a demo's folder that has all parts, once it is there.
func mailWith(t *testing.T, dir string, parts ...string) string {
	t.Helper()
	found := ""
	eventually(t, func() bool {
		for _, m := range mailsIn(t, dir) {
			all := true
			for _, part := range parts {
				all = all && strings.Contains(m, part)
			}
			if all {
				found = m
			}
		}
		return found != ""
	})
	return found
}

// In a demo, mails are files: to the address and in the language that the registrar has, of the events that it has
// chosen. When the clock has moved, those of what fell due are there.
func TestDemoMails(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	operate := func(words ...string) string { return mustRun(t, append(words, "--dir", dir)...) }
	said := operate("registrar", "set", "H1001", "--language", "es", "--operator", "noc@example.com", "--billing", "money@example.com", "--email-notifications")
	said = strings.Join(strings.Fields(said), " ") // lines are broken anywhere
	has(t, said, "operator to noc@example.com", "billing to money@example.com", "mails in es, email-notifications true")
	operate("maintenance", "add", "--start", "2099-02-01", "--end", "2099-03-01", "--system", "EPP=full")
	m := mailWith(t, dir, "To: <noc@example.com>")
	has(t, m, "Content-Language: es", "Auto-Submitted: auto-generated", "From: <registry@registry.example>", "2099-03-01 00:00:00 UTC")
	m = mailWith(t, dir, "Content-Language: en", "2099-03-01 00:00:00 UTC")
	if strings.Contains(m, "noc@example.com") {
		t.Errorf("H1002 is written to at another's address:\n%s", m)
	}

	list := operate("registrar", "notice", "list", "H1001")
	has(t, list, "auto-renewed", "billing: money@example.com", "ITS CHOICE")
	operate("registrar", "notice", "set", "H1001", "purged", "--mail", "on")
	operate("registrar", "notice", "set", "H1001", "purged", "--mail", "default")
	said = operate("registrar", "notice", "set", "H1001", "purged", "--mail", "on")
	if has(t, said, "purged  on    on    mail"); strings.Count(said, "\n") != 2 {
		t.Errorf("more than the row that was changed is shown:\n%s", said)
	}
	mustRun(t, "epp", "--dir", dir, "create", "domain", "correo.co", "--registrant", "CAFE-1", "--admin", "CAFE-1", "--tech", "TEC-1")
	has(t, operate("explain", "--as", "H1001", "delete", "domain", "correo.co"), "a mail to H1001 at registry@condor.example: purged")
	mustRun(t, "epp", "--dir", dir, "delete", "domain", "correo.co")
	has(t, mailWith(t, dir, "Subject: correo.co ya no existe, como ordenaron"), "X-Dorado-Event: purged")
	eventually(t, func() bool { return strings.Contains(operate("mail", "list"), "No mail waits.") })
}

// Where no server answers, mails wait with the reason; the operator sees them, reads one, has it tried again, and
// drops it.
func TestMailCommands(t *testing.T) {
	dir, _ := newRegistry(t)
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(nobody.Addr().String())
	nobody.Close()
	edit(t, dir, "\nhost = \"\"", "\nhost = \"127.0.0.1\"")
	edit(t, dir, "port = 587", "port = "+port)
	edit(t, dir, `tls = "starttls"`, `tls = "none"`)
	edit(t, dir, "registry@registry.example\"\n# A dir", "registry@example.com\"\n# A dir")
	server := start(t, "serve", "--dir", dir)
	defer server.stop()
	operate := func(words ...string) string { return mustRun(t, append(words, "--dir", dir)...) }
	operate("registrar", "add", "R2001", "--name", "Example Names", "--email", "tech@example.com", "--network", "127.0.0.1")
	operate("maintenance", "add", "--start", "2099-02-01", "--end", "2099-03-01", "--system", "EPP=full")

	var page mailPage
	eventually(t, func() bool {
		if err := json.Unmarshal([]byte(operate("mail", "list", "--json")), &page); err != nil {
			t.Fatal(err)
		}
		return len(page.Mails) == 1 && page.Mails[0].Attempts > 0
	})
	m := page.Mails[0]
	has(t, m.Problem, "connection refused")
	has(t, operate("mail", "list", "--registrar", "R2001"), m.ID, "waits", "tech@example.com", "maintenance")
	has(t, operate("mail", "list", "--failed"), "No mail waits.")
	has(t, operate("mail", "show", m.ID), "Subject: Maintenance announced", "Dear colleagues at Example Names", "problem: connect to the mail server")
	has(t, operate("mail", "show", m.ID, "--json"), `"subject": "Maintenance announced`)
	has(t, operate("mail", "retry", m.ID), m.ID+" to tech@example.com is tried again.")
	has(t, operate("mail", "drop", m.ID, "--reason", "told by telephone"), "is dropped.")
	has(t, operate("mail", "list"), "No mail waits.")
	has(t, server.err.String(), "mails cannot be sent; trying again", "mail:drop", "told by telephone")
	for _, test := range []struct{ line, says string }{
		{"mail show " + m.ID, "no such mail is in the outbox"},
		{"mail drop 0", "no such mail is in the outbox"},
		{"mail retry %", "no such mail is in the outbox"},
		{"registrar notice set R2001 reborn --mail on", "there is no such event"},
		{"registrar notice set R2001 purged --poll off", "this message is in every queue that is on"},
		{"registrar set R2001 --billing nobody", "this is no e-mail address"},
		{"registrar set R2001 --language fr", "choose one of en, es"},
	} {
		_, errs, status := run(t, "", append(strings.Fields(test.line), "--dir", dir)...)
		if status != 1 || !strings.Contains(errs, test.says) {
			t.Errorf("dorado %s: status %d, %s; want %q", test.line, status, errs, test.says)
		}
	}
}

// A registry without a way for mails says so once, and goes on.
func TestNoMailServer(t *testing.T) {
	dir, _ := newRegistry(t)
	server := start(t, "serve", "--dir", dir)
	eventually(t, func() bool {
		return strings.Contains(server.err.String(), "mails to registrars are not sent: the configuration has neither mail.host nor mail.folder")
	})
	server.stop()
	if _, err := os.Stat(filepath.Join(dir, "mail")); err == nil {
		t.Error("it made a folder")
	}
}
