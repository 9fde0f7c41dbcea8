package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/pelletier/go-toml/v2"

	"example.org/dorado/core/names"
	"example.org/dorado/flow"
)

// configFile is the configuration, in the directory of a registry.
const configFile = "dorado.toml"

// A config is what dorado.toml says. The file dorado.toml.tmpl holds a comment for each key.
type config struct {
	Registry registryConfig `toml:"registry"`
	Database databaseConfig `toml:"database"`
	Listen   listenConfig   `toml:"listen"`
	TLS      tlsConfig      `toml:"tls"`
	Zone     zoneConfig     `toml:"zone"`
	Lookup   lookupConfig   `toml:"lookup"`
	WHOIS    whoisConfig    `toml:"whois"`
	RDAP     rdapConfig     `toml:"rdap"`
	Console  consoleConfig  `toml:"console"`
	Files    filesConfig    `toml:"files"`
	FTPS     ftpsConfig     `toml:"ftps"`
	Billing  billingConfig  `toml:"billing"`
	Mail     mailConfig     `toml:"mail"`
	Log      logConfig      `toml:"log"`
}

type registryConfig struct {
	Profile    string `toml:"profile"`
	ServerID   string `toml:"server_id"`
	TRIDPrefix string `toml:"trid_prefix"`
}

type databaseConfig struct {
	DSN string `toml:"dsn"`
}

type listenConfig struct {
	Address  string `toml:"address"`
	PortBase int    `toml:"port_base"`
	EPP      string `toml:"epp"`
	WHOIS    string `toml:"whois"`
	DNS      string `toml:"dns"`
	HTTPS    string `toml:"https"`
	FTPS     string `toml:"ftps"`
	Health   string `toml:"health"`
	DNSTLS   string `toml:"dns_tls"`
	OTEEPP   string `toml:"ote_epp"`
	OTEHTTPS string `toml:"ote_https"`
	Nodes    string `toml:"nodes"`

	NodesReached string `toml:"nodes_reached"`
}

type tlsConfig struct {
	Certificate string `toml:"certificate"`
	Key         string `toml:"key"`
	ClientCA    string `toml:"client_ca"`
	Issuer      string `toml:"issuer"` // of client certificates, with what leads from it to a root
	IssuerKey   string `toml:"issuer_key"`
}

type zoneConfig struct {
	Nameservers []string `toml:"nameservers"`
	Contact     string   `toml:"contact"`
	Records     []string `toml:"records"`

	Breaker breakerConfig `toml:"breaker"`
	Answers answersConfig `toml:"answers"`
	Limits  limitsConfig  `toml:"limits"`
	DNSSEC  dnssecConfig  `toml:"dnssec"`

	Children childrenConfig `toml:"children"`

	Own         []ownConfig       `toml:"own"`
	TSIG        []tsigConfig      `toml:"tsig"`
	Secondaries []secondaryConfig `toml:"secondary"`
}

type rdapConfig struct {
	Base  string `toml:"base"`
	WHOIS string `toml:"whois"`
	Terms string `toml:"terms"`

	Proxies   []string `toml:"proxies"`
	Forwarded string   `toml:"forwarded"`
	Searches  bool     `toml:"searches"`

	QueriesAtOnce    int      `toml:"queries_at_once"`
	QueriesPerMinute int      `toml:"queries_per_minute"`
	CallersPerMinute int      `toml:"callers_per_minute"`
	Allow            []string `toml:"allow"`
}

type consoleConfig struct {
	Base string `toml:"base"`
}

type logConfig struct {
	Level  string `toml:"level"`
	Format string `toml:"format"`
}

// defaults returns the configuration of a registry whose file says nothing.
func defaults() config {
	return config{
		Registry: registryConfig{Profile: "co-2026", ServerID: "Dorado", TRIDPrefix: "DORADO-"},
		Database: databaseConfig{DSN: "dorado.db"},
		TLS:      tlsConfig{Certificate: "server.pem", Key: "server.key", ClientCA: "ca.pem", Issuer: "ca.pem", IssuerKey: "ca.key"},
		Zone: zoneConfig{
			Nameservers: []string{"ns1.registry.example", "ns2.registry.example"},
			Contact:     "hostmaster.registry.example",
			Records:     []string{},
			Breaker:     defaultBreaker(),
			Limits:      defaultLimits(),
			DNSSEC:      defaultDNSSEC(),
			Children:    defaultChildren(),
		},
		Lookup:  defaultLookup(),
		WHOIS:   defaultWHOIS(),
		RDAP:    defaultRDAP(),
		Files:   defaultFiles(),
		FTPS:    defaultFTPS(),
		Billing: defaultBilling(),
		Mail:    defaultMail(),
		Log:     logConfig{Level: "info", Format: "auto"},
	}
}

// A service is something that listens.
type service string

// The services, as the configuration calls them.
const (
	serviceEPP    service = "epp"
	serviceWHOIS  service = "whois"
	serviceDNS    service = "dns"
	serviceHTTPS  service = "https"
	serviceFTPS   service = "ftps"
	serviceHealth service = "health"

	serviceTestEPP   service = "ote_epp" // of the test environment
	serviceTestHTTPS service = "ote_https"

	serviceNodes service = "nodes" // for the other nodes, if there can be any

	serviceDNSTLS service = "dns_tls" // listens only where its key says
)

// wellKnown has the port of each service, to which the port base is added. Health and nodes are ours.
var wellKnown = map[service]int{
	serviceEPP: 700, serviceWHOIS: 43, serviceDNS: 53, serviceHTTPS: 443, serviceFTPS: 21, serviceHealth: 90,
	serviceTestEPP: testPorts + 700, serviceTestHTTPS: testPorts + 443, serviceNodes: 91,
}

// testPorts is what the test environment adds to the port base. Architecture section 5.
const testPorts = 1000

// address returns where a service listens: what its key says, or the common address and the
// well-known port plus the base. Health is for this machine only unless its key says otherwise.
func (l listenConfig) address(s service) string {
	own := map[service]string{
		serviceEPP: l.EPP, serviceWHOIS: l.WHOIS, serviceDNS: l.DNS,
		serviceHTTPS: l.HTTPS, serviceFTPS: l.FTPS, serviceHealth: l.Health, serviceDNSTLS: l.DNSTLS,
		serviceTestEPP: l.OTEEPP, serviceTestHTTPS: l.OTEHTTPS, serviceNodes: l.Nodes,
	}[s]
	if own != "" {
		return own
	}
	host := l.Address
	if s == serviceHealth {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, strconv.Itoa(l.PortBase+wellKnown[s]))
}

// loadConfig reads the configuration of a directory. A key that the file leaves out has its
// default; one that does not exist is refused.
func loadConfig(dir string) (config, error) {
	path := filepath.Join(dir, configFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return config{}, noRegistry(dir)
	}
	if err != nil {
		return config{}, err
	}
	c, err := parseConfig(data)
	if err != nil {
		return config{}, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// noRegistry says how to make a registry: init takes no directory that has other files.
func noRegistry(dir string) error {
	if files, err := os.ReadDir(dir); err == nil && len(files) > 0 {
		return fmt.Errorf("there is no registry in %s, which has other files: name the directory of one, or make one in a new directory with dorado init --dir %s",
			dir, filepath.Join(dir, "dorado"))
	}
	return fmt.Errorf("there is no registry in %s: make one with dorado init --dir %s", dir, dir)
}

func parseConfig(data []byte) (config, error) {
	c := defaults()
	if err := strictTOML(data, &c); err != nil {
		return config{}, err
	}
	err := c.check()
	if err == nil {
		return c, nil
	}
	key, _, _ := strings.Cut(err.Error(), ":")
	if line := lineOfKey(data, key); line > 0 {
		err = fmt.Errorf("line %d: %w", line, err)
	}
	return c, err
}

// lineOfKey returns the line in which a key such as listen.epp is set, 0 if it is not.
func lineOfKey(data []byte, key string) int {
	table, line := "", 0
	for text := range strings.Lines(string(data)) {
		line++
		text = strings.TrimSpace(text)
		if inside, ok := strings.CutPrefix(text, "["); ok && !strings.Contains(text, "=") {
			table, _, _ = strings.Cut(inside, "]")
			continue
		}
		name, _, sets := strings.Cut(text, "=")
		if name = strings.TrimSpace(name); sets && (name == key || table != "" && strings.TrimSpace(table)+"."+name == key) {
			return line
		}
	}
	return 0
}

// strictTOML decodes TOML and says in one sentence what is wrong with it.
func strictTOML(data []byte, into any) error {
	err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(into)
	var unknown *toml.StrictMissingError
	var wrong *toml.DecodeError
	switch {
	case errors.As(err, &unknown):
		e := unknown.Errors[0]
		line, _ := e.Position()
		key := strings.Join(e.Key(), ".")
		return fmt.Errorf("line %d: there is no key %s; did you mean %s?", line, key, nearest(key, keysOf(into)))
	case errors.As(err, &wrong):
		line, _ := wrong.Position()
		if kind, found := kindOf(into, wrong.Key()); found {
			return fmt.Errorf("line %d: %s is %s, and this is something else", line, strings.Join(wrong.Key(), "."), kind)
		}
		return fmt.Errorf("line %d: this is no TOML: %s", line, strings.TrimPrefix(wrong.Error(), "toml: "))
	}
	return err
}

// kindOf says in words what a key of a configuration holds.
func kindOf(c any, key []string) (string, bool) {
	t := reflect.TypeOf(c).Elem()
	for _, word := range key {
		if t = tableOf(t); t.Kind() != reflect.Struct {
			return "", false
		}
		next := reflect.Type(nil)
		for f := range t.Fields() {
			if f.Tag.Get("toml") == word {
				next = f.Type
			}
		}
		if next == nil {
			return "", false
		}
		t = next
	}
	if t != tableOf(t) {
		return "a table in double brackets", true
	}
	words := map[reflect.Kind]string{
		reflect.String: "a text in quotes", reflect.Bool: "true or false without quotes", reflect.Int: "a whole number without quotes",
		reflect.Slice: "a list of texts such as [\"a\", \"b\"]", reflect.Struct: "a table",
	}
	return words[t.Kind()], len(key) > 0
}

// tableOf returns the type of the tables that a key in double brackets holds, and any other type as it is.
func tableOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct {
		return t.Elem()
	}
	return t
}

// keysOf lists the keys of a configuration as dotted paths, tables included.
func keysOf(c any) []string {
	var keys []string
	var walk func(prefix string, t reflect.Type)
	walk = func(prefix string, t reflect.Type) {
		for f := range t.Fields() {
			key := prefix + f.Tag.Get("toml")
			keys = append(keys, key)
			if t := tableOf(f.Type); t.Kind() == reflect.Struct {
				walk(key+".", t)
			}
		}
	}
	walk("", reflect.TypeOf(c).Elem())
	return keys
}

// check says what is wrong with a configuration that could be read.
func (c config) check() error {
	if !isProfileFile(c.Registry.Profile) { // a file is read where it is needed
		if _, err := c.Registry.loadProfile(""); err != nil {
			return err
		}
	}
	if _, err := newTRIDs(c.Registry.TRIDPrefix, nil, nil); err != nil {
		return fmt.Errorf("registry.trid_prefix: %w", err)
	}
	if n := len(c.Registry.ServerID); n < 3 || n > 64 { // RFC 5730 section 4.2, sIDType
		return errors.New("registry.server_id: it has 3 to 64 characters")
	}
	if err := c.Database.check(); err != nil {
		return err
	}
	if err := c.Listen.check(); err != nil {
		return err
	}
	if err := cmp.Or(c.Zone.check(), c.Zone.checkTogether(c.Listen)); err != nil {
		return err
	}
	if err := c.checkLookups(); err != nil {
		return err
	}
	if err := cmp.Or(c.Files.check(), c.FTPS.check(), c.Billing.check()); err != nil {
		return err
	}
	if err := c.Mail.check(); err != nil {
		return err
	}
	return c.Log.check()
}

// checkLookups checks what is about lookups.
func (c config) checkLookups() error {
	return cmp.Or(c.Lookup.check(), c.WHOIS.check(), c.RDAP.check())
}

// isShared reports whether other nodes can use the same database.
func (d databaseConfig) isShared() bool { return strings.Contains(d.DSN, "://") }

// check tells a file from a URL. It shows no value, which may hold a password.
func (d databaseConfig) check() error {
	scheme, _, isURL := strings.Cut(d.DSN, "://")
	switch {
	case d.DSN == "":
		return errors.New("database.dsn: name a file or a postgres:// URL")
	case !isURL:
		return nil
	case scheme != "postgres" && scheme != "postgresql":
		return fmt.Errorf("database.dsn: %s:// is no database that dorado uses; name a SQLite file, or postgres://USER@HOST/DATABASE", scheme)
	}
	if _, err := url.Parse(d.DSN); err != nil {
		return errors.New("database.dsn: this is no URL; write postgres://USER@HOST/DATABASE, with % and other special characters of a password escaped")
	}
	return nil
}

func (l listenConfig) check() error {
	if l.PortBase < 0 || l.PortBase > 65535-wellKnown[serviceTestEPP] {
		return fmt.Errorf("listen.port_base: %d is not between 0 and %d", l.PortBase, 65535-wellKnown[serviceTestEPP])
	}
	if _, _, err := net.SplitHostPort(l.DNSTLS); l.DNSTLS != "" && err != nil {
		return fmt.Errorf("listen.dns_tls: %q is no address; write it such as 192.0.2.1:853, [2001:db8::1]:853 or :853", l.DNSTLS)
	}
	if host, port, err := net.SplitHostPort(l.NodesReached); l.NodesReached != "" && (err != nil || host == "" || port == "") {
		return fmt.Errorf("listen.nodes_reached: %q is no address with a port; write it such as node2.example:91 or 192.0.2.2:91", l.NodesReached)
	}
	for s := range wellKnown {
		if _, port, err := net.SplitHostPort(l.address(s)); err != nil || port == "" {
			return fmt.Errorf("listen.%s: %q is no address; write it such as 192.0.2.1:700, [2001:db8::1]:700 or :700", s, l.address(s))
		}
	}
	return nil
}

func (z zoneConfig) check() error {
	if len(z.Nameservers) == 0 {
		return errors.New("zone.nameservers: a zone has at least one name server")
	}
	if _, err := names.Parse(z.Contact); err != nil {
		return fmt.Errorf("zone.contact: %q is no name such as hostmaster.example.com: %w", z.Contact, err)
	}
	if _, err := z.nameservers(); err != nil {
		return err
	}
	if _, err := z.Breaker.breaker(); err != nil {
		return err
	}
	return cmp.Or(z.DNSSEC.check(), z.Answers.check(), z.Limits.check(), z.Children.check(), z.checkSecondaries())
}

// nameservers reads the name servers of the zones: each a name, then its addresses.
func (z zoneConfig) nameservers() ([]flow.Nameserver, error) {
	list := make([]flow.Nameserver, len(z.Nameservers))
	for i, text := range z.Nameservers {
		words := strings.Fields(text)
		if len(words) == 0 {
			return nil, errors.New("zone.nameservers: one of them is empty")
		}
		name, err := names.Parse(words[0])
		if err != nil {
			return nil, fmt.Errorf("zone.nameservers: %q is no host name: %w", words[0], err)
		}
		list[i].Name = name
		for _, word := range words[1:] {
			address, err := netip.ParseAddr(word)
			if err != nil {
				return nil, fmt.Errorf("zone.nameservers: %q of %s is no IP address", word, name)
			}
			list[i].Addresses = append(list[i].Addresses, address)
		}
	}
	return list, nil
}

func (l logConfig) check() error {
	if _, err := l.level(); err != nil {
		return fmt.Errorf("log.level: %q is not debug, info, warn or error", l.Level)
	}
	if !slices.Contains([]string{"auto", "text", "json"}, l.Format) {
		return fmt.Errorf("log.format: %q is not auto, text or json", l.Format)
	}
	return nil
}

func (l logConfig) level() (slog.Level, error) {
	var level slog.Level
	err := level.UnmarshalText([]byte(l.Level))
	return level, err
}

//go:embed dorado.toml.tmpl
var configTemplate string

// text writes a configuration as a file in which every key has a comment.
func (c config) text() ([]byte, error) {
	t, err := template.New(configFile).Funcs(template.FuncMap{"q": quote, "list": quoteList}).Parse(configTemplate)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, c)
	return b.Bytes(), err
}

// quote writes a basic string of TOML: a JSON string is one, but for DEL, which TOML has escaped.
func quote(s string) (string, error) {
	b, err := json.Marshal(s)
	return strings.ReplaceAll(string(b), "\x7f", `\u007f`), err
}

func quoteList(list []string) (string, error) {
	quoted := make([]string, len(list))
	for i, s := range list {
		q, err := quote(s)
		if err != nil {
			return "", err
		}
		quoted[i] = q
	}
	return "[" + strings.Join(quoted, ", ") + "]", nil
}
