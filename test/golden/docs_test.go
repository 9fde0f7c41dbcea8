package golden

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/dorado/test/demo"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/schema"
)

// commands returns the commands in the fenced blocks of a document below a heading, one to a line,
// continued lines joined.
func commands(t *testing.T, document, heading string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(peer.Root(t), document))
	if err != nil {
		t.Fatal(err)
	}
	_, below, found := strings.Cut(string(text), "\n"+heading+"\n")
	if !found {
		t.Fatalf("%s has no heading %q", document, heading)
	}
	level, _, _ := strings.Cut(heading, " ")
	below, _, _ = strings.Cut(below, "\n"+level+" ")
	var list []string
	for _, block := range regexp.MustCompile("(?ms)^```(?:sh)?\n(.*?)^```$").FindAllStringSubmatch(below, -1) {
		for line := range strings.Lines(strings.ReplaceAll(block[1], "\\\n", " ")) {
			if line = strings.TrimSpace(line); line != "" {
				list = append(list, line)
			}
		}
	}
	if len(list) == 0 {
		t.Fatalf("%s has no commands below %q", document, heading)
	}
	return list
}

// shell runs a command as it would be pasted, in a directory.
func shell(t *testing.T, dir, command string, env ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// The README's minute: every command works when pasted, and shows what it should.
func TestREADME(t *testing.T) {
	pg.Same(t)
	for _, program := range []string{"dig", "whois", "curl"} {
		peer.Need(t, program)
	}
	r := demo.Start(t)
	place := strings.NewReplacer(
		"bin/dorado", r.Program, "--dir demo", "--dir "+r.Dir, "demo/ca.pem", filepath.Join(r.Dir, r.CA),
		"7053", port(r.Production.DNS), "7043", port(r.Production.WHOIS), "https://127.0.0.1:7443/rdap/", r.Production.RDAP,
		"https://127.0.0.1:7443/?", strings.TrimSuffix(r.Production.RDAP, "rdap/")+"?",
	)
	shows := map[string]string{
		"check": "available", "create": "created successfully", "dig": "ns1.condor.example.",
		"history": "domain:create", "timeline": "renews itself", "whois": "Domain Name: cafemio.co", "rdap/domain": `"ldhName":"cafemio.co"`, "/?q=": "<h2>cafemio.co</h2>", "clock": "20",
		"request": "action pending", "approve": "clientApproved",
	}
	for _, command := range commands(t, "README.md", "## One minute") {
		eventually(t, command, func() (string, bool) { // a name is in the zone a moment after its answer
			out, err := shell(t, t.TempDir(), place.Replace(command))
			if err != nil {
				t.Fatalf("%s: %v\n%s", command, err, out)
			}
			for word, text := range shows {
				if strings.Contains(command, word) && !strings.Contains(strings.ToLower(out), strings.ToLower(text)) {
					return out, false
				}
			}
			return out, !strings.HasPrefix(command, "dig") || strings.Contains(out, "ns1.condor.example.")
		})
	}
}

func port(address string) string {
	_, port, _ := strings.Cut(address, ":")
	return port
}

// What docs/operating.md tells an operator to type works in its order: a new registry, its
// registrars, a reload, a backup.
func TestOperating(t *testing.T) {
	pg.Same(t)
	peer.Need(t, "sqlite3")
	peer.Need(t, "openssl")
	o := newOperator(t)
	for _, heading := range []string{"## A new registry", "## The rules", "## Registrars", "## Prices, lists and codes", "## Client certificates", "## Fair use", "## Messages and maintenance", "## Notices and mails", "## The transaction log", "## What happened to an object", "## Changing the configuration", "## Backups"} {
		if strings.HasSuffix(heading, "an object") {
			o.register(t)
		}
		for _, command := range commands(t, filepath.Join("docs", "operating.md"), heading) {
			o.run(t, command)
		}
	}
	if backup, err := os.Stat(filepath.Join(o.dir, "backup.db")); err != nil || backup.Size() == 0 {
		t.Errorf("there is no backup: %v", err)
	}
	if said := o.server.Said(); !strings.Contains(said, "reloaded") {
		t.Errorf("SIGHUP reloaded nothing:\n%s", said)
	}
}

// What docs/prices.md tells an operator to type works in its order.
func TestPrices(t *testing.T) {
	pg.Same(t)
	o := newOperator(t)
	for _, command := range commands(t, filepath.Join("docs", "operating.md"), "## A new registry") {
		o.run(t, command)
	}
	file := "domain,tier,create,renew,transfer,restore\noro.co,5,,200.00,,\nplata.co,,700,650,,\n"
	if err := os.WriteFile(filepath.Join(o.dir, "premium.csv"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, heading := range []string{"## A price for one name", "## A price list", "## Promotions"} {
		for _, command := range commands(t, filepath.Join("docs", "prices.md"), heading) {
			o.run(t, command)
		}
	}
}

// What it tells to do to names, hosts and contacts works in its order on those of a demo.
func TestOperatingObjects(t *testing.T) {
	r := demo.Start(t)
	place := strings.NewReplacer("dorado ", r.Program+" ", "/var/lib/dorado", r.Dir)
	for _, command := range commands(t, filepath.Join("docs", "operating.md"), "## Names, hosts and contacts") {
		if out, err := shell(t, r.Dir, place.Replace(command)); err != nil {
			t.Errorf("%s: %v\n%s", command, err, out)
		}
	}
}

// What it tells about several nodes works: a directory that was copied is another node of the same
// registry, and the nodes are listed.
func TestOperatingNodes(t *testing.T) {
	pg.Same(t)
	one, two := newOperator(t), newOperator(t)
	one.run(t, "dorado init --dir /var/lib/dorado --database '"+pg.DSN(t)+"'")
	if out, err := shell(t, one.dir, "cp -a registry "+two.dir); err != nil {
		t.Fatal(out, err)
	}
	for _, o := range []*operator{one, two} {
		for _, command := range commands(t, filepath.Join("docs", "operating.md"), "## Several nodes") {
			o.run(t, command)
		}
	}
	for _, want := range []string{"engine", "dns", "serves, and answers this"} {
		if strings.Count(two.out, want) != 1 {
			t.Errorf("the second node lists\n%swant one %q in it", two.out, want)
		}
	}
	if rows := strings.Count(two.out, "\n"); rows != 3 {
		t.Errorf("the second node lists\n%swant two nodes", two.out)
	}
}

// An operator follows a document on a machine where the registry lives in dir.
type operator struct {
	dir, program string
	base         int
	server       *peer.Process
	pid          int
	password     string
	out          string // of the last command
}

func newOperator(t *testing.T) *operator {
	t.Helper()
	o := &operator{dir: t.TempDir(), base: peer.RegistryBase(t)}
	o.program = filepath.Join(o.dir, "bin", "dorado")
	schema.Build(t, o.program)
	return o
}

// run does what a command of the document says, at another place and other ports.
func (o *operator) run(t *testing.T, command string) {
	t.Helper()
	placed := strings.NewReplacer(
		"dorado ", o.program+" ", "/var/lib/dorado", filepath.Join(o.dir, "registry"),
		"/var/backups/dorado.db", filepath.Join(o.dir, "backup.db"),
		"epp.example.com:700", "127.0.0.1:"+strconv.Itoa(o.base+700),
		"epp.example.com", "127.0.0.1", "premium.csv", filepath.Join(o.dir, "premium.csv"), "PID", strconv.Itoa(o.pid),
	).Replace(command)
	if strings.Contains(command, " serve ") {
		o.serve(t, placed)
		return
	}
	out, err := shell(t, o.dir, placed, "DORADO_EPP_PASSWORD="+o.password)
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	o.out = out
	if strings.Contains(command, "registrar add") || strings.Contains(command, "registrar password") {
		o.password = regexp.MustCompile(`(?m)password.*: (\S+)$`).FindStringSubmatch(out)[1]
	}
}

// register gives the registry the name of which the document speaks.
func (o *operator) register(t *testing.T) {
	t.Helper()
	for _, command := range []string{
		"contact ANA-1 --name Ana --street 'Calle 12' --city Bogota --pc 110111 --cc CO --voice +57.6015550100 --email ana@example.com",
		"domain example-name.co --registrant ANA-1 --admin ANA-1 --tech ANA-1",
	} {
		o.run(t, "dorado epp --server epp.example.com:700 --ca /var/lib/dorado/ca.pem --as R2001 create "+command)
	}
}

// serve starts the server at ports of its own, which the document leaves to the configuration.
func (o *operator) serve(t *testing.T, command string) {
	t.Helper()
	path := filepath.Join(o.dir, "registry", "dorado.toml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	config := regexp.MustCompile(`(?m)^#? ?port_base = .*$`).ReplaceAllString(string(text), fmt.Sprintf("port_base = %d", o.base))
	config = regexp.MustCompile(`(?m)^#? ?address = ".*$`).ReplaceAllString(config, `address = "127.0.0.1"`)
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(command)
	cmd := exec.Command(words[0], words[1:]...)
	o.server = peer.Start(t, cmd)
	o.server.Await(t, "dorado: ready", time.Minute)
	o.pid = cmd.Process.Pid
}

// Every command that a document shows at all is a command of the program.
func TestDocumentsNameRealCommands(t *testing.T) {
	pg.Same(t)
	program := filepath.Join(t.TempDir(), "dorado")
	schema.Build(t, program)
	help, err := shell(t, t.TempDir(), program+" help")
	if err != nil {
		t.Fatal(err, help)
	}
	for _, document := range []string{"README.md", "docs/operating.md", "docs/finance.md"} {
		text, err := os.ReadFile(filepath.Join(peer.Root(t), document))
		if err != nil {
			t.Fatal(err)
		}
		var seen []string
		for _, found := range regexp.MustCompile("(?m)(?:^|`|bin/)dorado ([a-z]+)").FindAllStringSubmatch(string(text), -1) {
			if word := found[1]; !slices.Contains(seen, word) {
				seen = append(seen, word)
				if word != "help" && !strings.Contains(help, "\n  "+word+" ") {
					t.Errorf("%s speaks of dorado %s, which is not in\n%s", document, word, help)
				}
			}
		}
	}
}
