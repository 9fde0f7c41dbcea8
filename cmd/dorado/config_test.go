package main

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// The file that init writes says the defaults, has every key, and a comment that names each
// default.
func TestConfigText(t *testing.T) {
	text, err := defaults().text()
	if err != nil {
		t.Fatal(err)
	}
	c, err := parseConfig(text)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(c, defaults()) {
		t.Errorf("the text is read as\n%+v\nwant\n%+v", c, defaults())
	}
	for key := range values(c) {
		_, last, _ := cutLast(key)
		if !strings.Contains(string(text), "\n"+last+" = ") {
			t.Errorf("the file has no key %s", key)
		}
	}
	if got, keys := strings.Count(string(text), "efault"), len(values(c)); got < keys-4 { // four addresses share one comment
		t.Errorf("%d comments name a default, and there are %d keys", got, keys)
	}
}

// Texts with every kind of character come back from the file as they were.
func TestConfigQuotes(t *testing.T) {
	c := defaults()
	c.Database.DSN = "a \"b\" \\ c\n\té \x7f <&> $"
	c.Zone.Nameservers = []string{"ns1.nic.co 192.0.2.1 2001:db8::1", "ns2.example"}
	text, err := c.text()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := parseConfig(text); err != nil || !reflect.DeepEqual(got, c) {
		t.Errorf("%+v comes back as %+v, %v", c, got, err)
	}
}

func TestConfigRefusals(t *testing.T) {
	for _, test := range []struct{ name, text, says string }{
		{"misspelt key", "[listen]\nport_bse = 1", "line 2: there is no key listen.port_bse; did you mean listen.port_base?"},
		{"wrong table", "[registry]\ndsn = \"x\"", "did you mean database.dsn?"},
		{"misspelt table", "[lissten]\nepp = \":1\"", "did you mean listen"},
		{"wrong kind", "[listen]\nport_base = \"x\"", "line 2: listen.port_base is a whole number without quotes"},
		{"bad value", "[listen]\nport_base = 1\n\n[log]\nformat = \"text\"\nlevel = \"loud\"", "line 6: log.level: \"loud\" is not debug"},
		{"bad dotted value", "log.level = \"loud\"", "line 1: log.level: "},
		{"no TOML", "listen]", "line 1: this is no TOML: "},
		{"profile", "[registry]\nprofile = \"xx\"", `registry.profile: there is no built-in profile "xx"; built in are co-2011 and co-2026, and a file ends in .json`},
		{"prefix", "[registry]\ntrid_prefix = \"a b\"", "registry.trid_prefix: "},
		{"server id", "[registry]\nserver_id = \"x\"", "3 to 64 characters"},
		{"dsn", "[database]\ndsn = \"\"", "database.dsn: "},
		{"other database", "[database]\ndsn = \"mysql://a:secret@b/c\"", "database.dsn: mysql:// is no database"},
		{"bad URL", "[database]\ndsn = \"postgres://a:sec%ret@b/c\"", "database.dsn: this is no URL"},
		{"text for list", "[zone]\nnameservers = \"a\"", "line 2: zone.nameservers is a list of texts"},
		{"port base", "[listen]\nport_base = 65000", "listen.port_base: 65000"},
		{"address", "[listen]\nepp = \"here\"", `listen.epp: "here" is no address`},
		{"no name server", "[zone]\nnameservers = []", "at least one name server"},
		{"empty name server", "[zone]\nnameservers = [\" \"]", "one of them is empty"},
		{"bad name server", "[zone]\nnameservers = [\"a_b\"]", `"a_b" is no host name`},
		{"bad address", "[zone]\nnameservers = [\"ns1.nic.co 1.2.3\"]", `"1.2.3" of ns1.nic.co`},
		{"mailbox", "[zone]\ncontact = \"a@b.co\"", "zone.contact: "},
		{"sender", "[mail]\nfrom = \"nobody\"", `line 2: mail.from: "nobody" is no e-mail address`},
		{"sender beyond ASCII", "[mail]\nfrom = \"ñ@example.com\"", `mail.from: "ñ@example.com" is no e-mail address`},
		{"example as sender", "[mail]\nhost = \"mail.example.com\"", "mail.from: this is still the example"},
		{"no such TLS", "[mail]\ntls = \"yes\"", `mail.tls: "yes" is none of starttls, implicit, none`},
		{"mails in the clear", "[mail]\nhost = \"mail.example.com\"\nfrom = \"a@b.co\"\ntls = \"none\"", "mail.tls: without TLS, mails go only to a server on this machine"},
		{"port of mails", "[mail]\nport = 0", "mail.port: 0 is not between 1 and 65535"},
		{"server and folder", "[mail]\nhost = \"localhost\"\nfolder = \"mail\"", "mail.folder: mails go by mail.host or into mail.folder"},
		{"user without password", "[mail]\nhost = \"localhost\"\nfrom = \"a@b.co\"\nuser = \"x\"", "mail.user: a user has a password"},
		{"level", "[log]\nlevel = \"loud\"", `log.level: "loud"`},
		{"format", "[log]\nformat = \"xml\"", `log.format: "xml"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := parseConfig([]byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("parseConfig(%q) = %+v, %v; want an error with %q", test.text, c, err, test.says)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("the error has several lines: %v", err)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	for _, test := range []struct {
		name    string
		listen  listenConfig
		service service
		want    string
	}{
		{"production", listenConfig{}, serviceEPP, ":700"},
		{"base", listenConfig{PortBase: 7000}, serviceHTTPS, ":7443"},
		{"interface", listenConfig{Address: "192.0.2.1"}, serviceDNS, "192.0.2.1:53"},
		{"IPv6", listenConfig{Address: "2001:db8::1", PortBase: 1000}, serviceWHOIS, "[2001:db8::1]:1043"},
		{"own", listenConfig{Address: "192.0.2.1", EPP: "[::1]:1700"}, serviceEPP, "[::1]:1700"},
		{"health stays here", listenConfig{Address: "192.0.2.1"}, serviceHealth, "127.0.0.1:90"},
		{"health elsewhere", listenConfig{Health: ":9000"}, serviceHealth, ":9000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.listen.address(test.service); got != test.want {
				t.Errorf("%+v: %s listens on %s, want %s", test.listen, test.service, got, test.want)
			}
		})
	}
}

// Reload tells apart what it brings into force and what waits, by key.
func TestChangedKeys(t *testing.T) {
	old, fresh := defaults(), defaults()
	fresh.TLS.Key, fresh.Log.Level = "other.key", "debug"
	fresh.Listen.EPP, fresh.Zone.Nameservers = ":1700", []string{"ns.example"}
	live, waiting := changedKeys(old, fresh)
	if got, want := strings.Join(live, " "), "log.level tls.key"; got != want {
		t.Errorf("live are %s, want %s", got, want)
	}
	if got, want := strings.Join(waiting, " "), "listen.epp zone.nameservers"; got != want {
		t.Errorf("waiting are %s, want %s", got, want)
	}
}

func TestSecrets(t *testing.T) {
	good := string(newSecrets().text())
	for _, test := range []struct {
		name, text string
		mode       os.FileMode
		says       string
	}{
		{"readable by others", good, 0o644, "run chmod 600"},
		{"short", "authinfo_key = \"aa\"\nspread_key = \"aa\"\n", 0o600, "64 hexadecimal digits"},
		{"unknown key", good + "other = \"x\"\n", 0o600, "there is no key other"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, secretsFile), []byte(test.text), test.mode); err != nil {
				t.Fatal(err)
			}
			if _, err := loadSecrets(dir); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("loadSecrets: %v, want %q", err, test.says)
			}
		})
	}
	if _, err := loadSecrets(t.TempDir()); err == nil || !strings.Contains(err.Error(), "from a backup") {
		t.Errorf("without the file: %v", err)
	}
}

// A program does not touch a database that a newer one has written.
func TestNewerDatabase(t *testing.T) {
	dir, _ := newRegistry(t)
	core, err := openCore(t.Context(), dir, defaults(), nil)
	if err != nil {
		t.Fatal(err)
	}
	core.db.Close()
	raise(t, filepath.Join(dir, "dorado.db"))
	_, errs, status := run(t, "", "serve", "--dir", dir)
	if has(t, errs, "newer version of dorado"); status != 1 || strings.Count(errs, "\n") != 1 {
		t.Errorf("status %d, %s; want 1 and one line", status, errs)
	}
}

var _ settings = (*memory)(nil)

// memory keeps settings for tests of the clock.
type memory struct{ kept map[string]string }

func (m *memory) Setting(_ context.Context, key string) (string, bool, error) {
	value, found := m.kept[key]
	return value, found, nil
}

func (m *memory) PutSetting(_ context.Context, key, value string) error {
	m.kept[key] = value
	return nil
}
