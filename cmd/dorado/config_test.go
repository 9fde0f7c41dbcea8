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
	for key, value := range values(c) {
		_, last, _ := cutLast(key)
		isTable := tableOf(reflect.TypeOf(value)) != reflect.TypeOf(value)
		if isTable && !strings.Contains(string(text), "\n# [["+key+"]]") || !isTable && !strings.Contains(string(text), "\n"+last+" = ") {
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
	c.Listen.DNSTLS = "192.0.2.1:853"
	c.Zone.DNSSEC.Parent = []string{"192.0.2.9", "[2001:db8::9]:5353"}
	c.Zone.Nameservers = []string{"ns1.nic.co 192.0.2.1 2001:db8::1", "ns2.example"}
	c.Zone.TSIG = []tsigConfig{
		{Name: "a", Algorithm: "hmac-sha512", Secret: "bm90IGEgc2VjcmV0LCBidXQgYW4gZXhhbXBsZQ=="}, {Name: "b", Algorithm: "hmac-sha256", SecretFile: "b.key"},
	}
	c.Zone.Secondaries = []secondaryConfig{
		{Name: "one", TSIG: "a", Addresses: []string{"192.0.2.1", "2001:db8::/48"}, Zones: []string{"co"}, Notify: "[2001:db8::1]:53", TLS: true},
		{Name: "two", TSIG: "b", Addresses: []string{}, Zones: []string{}, Ask: "192.0.2.7", Certificate: "two.pem"},
	}
	text, err := c.text()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := parseConfig(text); err != nil || !reflect.DeepEqual(got, c) {
		t.Errorf("%+v comes back as %+v, %v", c, got, err)
	}
}

// aKey is a table of a key that is as it should be.
const aKey = "[[zone.tsig]]\nname = \"a\"\nsecret = \"bm90IGEgc2VjcmV0LCBidXQgYW4gZXhhbXBsZQ==\"\n"

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
		{"network of RDAP", "[rdap]\nallow = [\"192.0.2.1/24\"]", "rdap.allow: "},
		{"proxy of RDAP", "[rdap]\nproxies = [\"proxy.example\"]", "rdap.proxies: "},
		{"header of RDAP", "[rdap]\nforwarded = \"X-Real-IP\"", "rdap.forwarded: "},
		{"rate of RDAP", "[rdap]\nqueries_at_once = 0", "rdap.queries_at_once: 0 is not between 1"},
		{"other database", "[database]\ndsn = \"mysql://a:secret@b/c\"", "database.dsn: mysql:// is no database"},
		{"bad URL", "[database]\ndsn = \"postgres://a:sec%ret@b/c\"", "database.dsn: this is no URL"},
		{"text for list", "[zone]\nnameservers = \"a\"", "line 2: zone.nameservers is a list of texts"},
		{"port base", "[listen]\nport_base = 65000", "listen.port_base: 65000"},
		{"address", "[listen]\nepp = \"here\"", `listen.epp: "here" is no address`},
		{"no name server", "[zone]\nnameservers = []", "at least one name server"},
		{"empty name server", "[zone]\nnameservers = [\" \"]", "one of them is empty"},
		{"bad name server", "[zone]\nnameservers = [\"a_b\"]", `"a_b" is no host name`},
		{"bad address", "[zone]\nnameservers = [\"ns1.nic.co 1.2.3\"]", `"1.2.3" of ns1.nic.co`},
		{"key without secret", "[[zone.tsig]]\nname = \"a\"", `zone.tsig: the key "a" has a secret or a secret_file`},
		{"key with both", "[[zone.tsig]]\nname = \"a\"\nsecret = \"x\"\nsecret_file = \"y\"", "one of the two"},
		{"key twice", aKey + aKey, `zone.tsig: the key "a" is there twice`},
		{"short secret", "[[zone.tsig]]\nname = \"a\"\nsecret = \"c2hvcnQ=\"", `zone.tsig: the key "a": the secret has 5 octets`},
		{"algorithm", aKey + "algorithm = \"hmac-md5\"", `"hmac-md5" is no algorithm of TSIG here; use hmac-sha256`},
		{"misspelt key of a secondary", aKey + "[[zone.secondary]]\nnmae = \"x\"", "line 5: there is no key zone.secondary.nmae; did you mean zone.secondary.name?"},
		{"kind of a key of a secondary", "[[zone.secondary]]\nname = 1", "line 2: zone.secondary.name is a text in quotes"},
		{"secondary as a text", "[zone]\nsecondary = \"x\"", "line 2: zone.secondary is a table in double brackets"},
		{"secondary without name", aKey + "[[zone.secondary]]\ntsig = \"a\"", "zone.secondary: one of them has no name"},
		{"secondary without key", aKey + "[[zone.secondary]]\nname = \"x\"\ntsig = \"b\"", `zone.secondary: x has the key "b", which no [[zone.tsig]] has`},
		{"where it comes from", aKey + "[[zone.secondary]]\nname = \"x\"\ntsig = \"a\"\naddresses = [\"ns1\"]", `"ns1" of x is no address or network`},
		{"where it is told", aKey + "[[zone.secondary]]\nname = \"x\"\ntsig = \"a\"\nnotify = \"ns1\"", `"ns1" of x is no address of a server`},
		{"zone of a secondary", aKey + "[[zone.secondary]]\nname = \"x\"\ntsig = \"a\"\nzones = [\"a b\"]", `"a b" of x is no zone`},
		{"secondary twice", aKey + strings.Repeat("[[zone.secondary]]\nname = \"x\"\ntsig = \"a\"\n", 2), "zone.secondary: x is there twice"},
		{"zone of a secondary twice", aKey + "[[zone.secondary]]\nname = \"x\"\ntsig = \"a\"\nzones = [\"co\", \"co\"]", "zone.secondary: the zone co of x is there twice"},
		{"TLS that nobody speaks", aKey + "[[zone.secondary]]\nname = \"x\"\ntsig = \"a\"\ntls = true", "nothing listens for that; set listen.dns_tls"},
		{"certificate without TLS", aKey + "[[zone.secondary]]\nname = \"x\"\ntsig = \"a\"\ncertificate = \"x.pem\"", "nothing listens for that; set listen.dns_tls"},
		{"told nowhere", aKey + "[[zone.secondary]]\nname = \"x\"\ntsig = \"a\"\nnotify = \"0.0.0.0\"", `"0.0.0.0" of x: nobody can be reached there`},
		{"own twice", "[[zone.own]]\nzone = \"co\"\n[[zone.own]]\nzone = \"CO.\"", "zone.own: CO. is there twice"},
		{"name server twice", "[zone]\nnameservers = [\"ns.nic.co 192.0.2.1\", \"NS.nic.co 192.0.2.2\"]", "zone.nameservers: ns.nic.co is there twice"},
		{"own name server twice", "[[zone.own]]\nzone = \"co\"\nnameservers = [\"a.example\", \"a.example\"]", "the nameservers of co: a.example is there twice"},
		{"more of one than of all", "[zone.limits]\nconnections = 10\nconnections_per_address = 20", "line 3: zone.limits.connections_per_address: 20 is more than the 10"},
		{"transfers over TLS", "[listen]\ndns_tls = \"853\"", `line 2: listen.dns_tls: "853" is no address`},
		{"mailbox", "[zone]\ncontact = \"a@b.co\"", "zone.contact: "},
		{"NSID", "[zone.answers]\nnsid = \"" + strings.Repeat("x", 65) + "\"", "line 2: zone.answers.nsid: it has 65 octets"},
		{"report agent", "[zone.answers]\nreport_to = \"a b.example\"", "line 2: zone.answers.report_to: "},
		{"size of answers", "[zone.limits]\nudp_size = 511", "line 2: zone.limits.udp_size: 511 is not between 512 and 4096"},
		{"no connection", "[zone.limits]\nrate = 0\nconnections = 0", "line 3: zone.limits.connections: 0 is not between 1 and 100000"},
		{"algorithm", "[zone.dnssec]\nalgorithm = 5", "line 2: zone.dnssec.algorithm: only algorithms 8"},
		{"small keys", "[zone.dnssec]\nbits = 1024", "zone.dnssec.bits: an RSA key has 2048 to 4096 bits"},
		{"span", "[zone.dnssec]\nvalidity = \"long\"", "zone.dnssec.validity: \"long\" is no length of time"},
		{"refresh", "[zone.dnssec]\nrefresh = \"20d\"", "zone.dnssec.refresh: it is less than validity less jitter"},
		{"no span", "[zone.dnssec]\nkey_ttl = \"0s\"", "zone.dnssec.key_ttl: it is at least a second"},
		{"lifetime of a ZSK", "[zone.dnssec]\nzsk_lifetime = \"10d\"", "line 2: zone.dnssec.zsk_lifetime: a rollover takes up to 413h"},
		{"lifetime of a KSK", "[zone.dnssec]\nksk_lifetime = \"2d\"", "line 2: zone.dnssec.ksk_lifetime: a rollover takes up to 52h"},
		{"lifetime without end", "[zone.dnssec]\nksk_lifetime = \"3661d\"", "line 2: zone.dnssec.ksk_lifetime: it is at most ten years"},
		{"signatures shorter than caches", "[zone.dnssec]\nrefresh = \"2d\"", "line 2: zone.dnssec.refresh: a signature ends after the caches have dropped it"},
		{"TTL without end", "[zone.dnssec]\nkey_ttl = \"400d\"", "line 2: zone.dnssec.key_ttl: it is at most a year"},
		{"inception", "[zone.dnssec]\ninception = \"8d\"", "line 2: zone.dnssec.inception: it is at most a week"},
		{"propagation", "[zone.dnssec]\npropagation = \"5000d\"", "line 2: zone.dnssec.propagation: it is more than ten years"},
		{"parent", "[zone.dnssec]\nparent = [\"ns.example\"]", `line 2: zone.dnssec.parent: "ns.example" is no address of a server`},
		{"token without PIN", "[zone.dnssec]\nkeys = \"pkcs11:/lib/x.so:zones\"", "zone.dnssec.pin_file: a token has a PIN"},
		{"PIN without token", "[zone.dnssec]\npin_file = \"pin\"", "line 2: zone.dnssec.pin_file: only a token has a PIN"},
		{"token without label", "[zone.dnssec]\nkeys = \"pkcs11:/lib/x.so\"\npin_file = \"pin\"", "is no library and token"},
		{"Ed25519 on a token", "[zone.dnssec]\nkeys = \"pkcs11:/lib/x.so:zones\"\npin_file = \"pin\"\nalgorithm = 15", "line 4: zone.dnssec.algorithm: on a token"},
		{"place of keys", "[zone.dnssec]\nkeys = \"files\"", "zone.dnssec.keys: \"files\" is none of"},
		{"all may go", "[zone.breaker]\nmost = 0", "zone.breaker.most: 0 is not between 1 and 100"},
		{"none may go", "[zone.breaker]\nfew = 0", "zone.breaker.few: 0 is not 1 or more"},
		{"text for bool", "[zone.dnssec]\nsign = \"no\"", "line 2: zone.dnssec.sign is true or false without quotes"},
		{"sender", "[mail]\nfrom = \"nobody\"", `line 2: mail.from: "nobody" is no e-mail address`},
		{"sender beyond ASCII", "[mail]\nfrom = \"ñ@example.com\"", `mail.from: "ñ@example.com" is no e-mail address`},
		{"example as sender", "[mail]\nhost = \"mail.example.com\"", "mail.from: this is still the example"},
		{"no such TLS", "[mail]\ntls = \"yes\"", `mail.tls: "yes" is none of starttls, implicit, none`},
		{"mails in the clear", "[mail]\nhost = \"mail.example.com\"\nfrom = \"a@b.co\"\ntls = \"none\"", "mail.tls: without TLS, mails go only to a server on this machine"},
		{"port of mails", "[mail]\nport = 0", "mail.port: 0 is not between 1 and 65535"},
		{"server and folder", "[mail]\nhost = \"localhost\"\nfolder = \"mail\"", "mail.folder: mails go by mail.host or into mail.folder"},
		{"user without password", "[mail]\nhost = \"localhost\"\nfrom = \"a@b.co\"\nuser = \"x\"", "mail.user: a user has a password"},
		{"memory of answers", "[lookup]\ncache_mib = -1", "line 2: lookup.cache_mib: -1 is not between 0 and"},
		{"no query of WHOIS", "[whois]\nqueries_at_once = 0", "line 2: whois.queries_at_once: 0 is not between 1 and 100000"},
		{"no connection of WHOIS", "[whois]\nconnections = 0", "line 2: whois.connections: 0 is not between 1 and 100000"},
		{"allowed by name", "[whois]\nallow = [\"monitor\"]", `line 2: whois.allow: "monitor" is no address or network`},
		{"a network with a host", "[whois]\nproxies = [\"192.0.2.1/24\"]", `line 2: whois.proxies: "192.0.2.1/24" is no address or network`},
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
