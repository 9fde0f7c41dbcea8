package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/dorado/test/pg"
	"example.org/dorado/test/world"
)

// askHealth asks a node's health, at a path below its address.
func askHealth(t *testing.T, dir, path string) (status int, text string) {
	t.Helper()
	c, err := loadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get("http://" + c.Listen.address(serviceHealth) + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func wantHealth(t *testing.T, dir, path string, wantStatus int, wantText string) {
	t.Helper()
	if status, text := askHealth(t, dir, path); status != wantStatus || text != wantText {
		t.Errorf("%s of %s answers %d, %q; want %d, %q", path, filepath.Base(dir), status, text, wantStatus, wantText)
	}
}

// /healthz answers in plain HTTP, on an address of its own, for the roles that the node runs.
func TestHealth(t *testing.T) {
	dir, _ := newRegistry(t)
	r := start(t, "serve", "--dir", dir, "--roles", "engine,dns")
	defer r.stop()
	wantHealth(t, dir, "/healthz", 200, "ok\nengine: ready\ndns: ready\n")
	wantHealth(t, dir, "/healthz/dns", 200, "ready\n")
	wantHealth(t, dir, "/healthz/epp", 404, "this node does not run that role; it runs engine,dns\n")
	has(t, r.err.String(), `"roles":"engine,dns"`)
	if strings.Contains(r.err.String(), `"epp":`) {
		t.Error("it listens for EPP without the role")
	}
}

// A node that stands by for the zones says so to who would send it queries, and is well otherwise; one that
// is there for nothing else is sent nothing. When it has taken over, it says that.
func TestHealthOfStandby(t *testing.T) {
	first := filepath.Join(shortDir(t), "first")
	mustRun(t, "init", "--dir", first, "--database", pg.DSN(t))
	edit(t, first, `address = ""`, `address = "127.0.0.1"`)
	dirs := []string{first}
	for _, name := range []string{"both", "only"} {
		dir := filepath.Join(shortDir(t), name)
		if out, err := exec.Command("cp", "-a", first, dir).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		dirs = append(dirs, dir)
	}
	var nodes []*running
	for i, roles := range []string{"dns", "whois,dns,engine", "dns"} {
		edit(t, dirs[i], "port_base = 0", "port_base = "+portBase(t))
		nodes = append(nodes, start(t, "serve", "--dir", dirs[i], "--roles", roles))
	}
	both, only := dirs[1], dirs[2]
	wantHealth(t, first, "/healthz", 200, "ok\ndns: ready\n")
	wantHealth(t, both, "/healthz", 200, "ok\nwhois: ready\ndns: standby; another node does this\nengine: ready\n")
	wantHealth(t, both, "/healthz/dns", 503, "standby; another node does this\n")
	wantHealth(t, both, "/healthz/whois", 200, "ready\n")
	wantHealth(t, only, "/healthz", 503, "standby; another node does this\ndns: standby; another node does this\n")

	nodes[2].stop() // so that it is known who takes over
	nodes[0].stop()
	eventually(t, func() bool {
		status, _ := askHealth(t, both, "/healthz/dns")
		return status == 200
	})
	nodes[1].stop()
}

// What a node says is of all that it runs: it is well while it can answer something, or answers nobody.
func TestConditionIsWell(t *testing.T) {
	away := errors.New("away")
	for _, test := range []struct {
		name string
		c    condition
		want error
	}{
		{"it does not serve", condition{away, []roleHealth{{role: roleEPP, err: away}, {role: roleDNS}}}, away},
		{"one answers", condition{nil, []roleHealth{{role: roleDNS, err: errStandsBy}, {role: roleEPP}}}, nil},
		{"none answers", condition{nil, []roleHealth{{role: roleDNS, err: errStandsBy}, {role: roleEngine}}}, errStandsBy},
		{"there is nobody to answer", condition{nil, []roleHealth{{role: roleEngine, err: errStandsBy}}}, nil},
	} {
		if err := test.c.well(); !errors.Is(err, test.want) {
			t.Errorf("%s: it says %v, want %v", test.name, err, test.want)
		}
	}
}

// The first line is ok where a node does all that it should. Else it says what is missing, though others can be asked.
func TestConditionSays(t *testing.T) {
	epp := roleHealth{role: roleEPP}
	for _, test := range []struct {
		name  string
		roles []roleHealth
		want  string
	}{
		{"all is well", []roleHealth{epp, {role: roleDNS, note: "a secondary is behind"}}, "ok"},
		{"another node does it", []roleHealth{epp, {role: roleDNS, err: errStandsBy}, {role: roleEngine, err: errStandsBy}}, "ok"},
		{"the zones are not read", []roleHealth{epp, {role: roleDNS, err: errNotLoaded}}, "in part; dns: the zones are not read yet"},
		{"one is not published", []roleHealth{epp, {role: roleDNS, note: "late; co is not published: no key", lacks: "co is not published: no key"}}, "in part; dns: co is not published: no key"},
		{
			"two are missing",
			[]roleHealth{{role: roleEngine, err: errNoAnswer}, epp, {role: roleDNS, err: errExpired}},
			"in part; engine: the database does not answer; dns: what this node has of the zones is older than they may live",
		},
	} {
		if got := (condition{roles: test.roles}).says(); got != test.want {
			t.Errorf("%s: it says %q, want %q", test.name, got, test.want)
		}
	}
}

// The engine says how far it is behind, and that it is too far.
func TestEngineIsBehind(t *testing.T) { world.Both(t, noon, engineIsBehind) }

func engineIsBehind(t *testing.T, w *world.World) {
	e, _ := newWorldEngine(w, noLease)
	h := &house{core: e.core}
	for _, test := range []struct {
		name string
		late time.Duration
		note string
		err  string
	}{
		{"nothing due", -time.Hour, "", ""},
		{"it is about to look", 5 * time.Second, "", ""},
		{"it catches up", 10*time.Minute + time.Second/2, "what was due 10m0s ago is not settled yet", ""},
		{"it is late", 20*time.Minute + time.Second/2, "", "what was due 20m0s ago is not settled yet"},
	} {
		note, err := h.engineIsBehind(h.core.clock.Now().Add(-test.late))
		if note != test.note || fmt.Sprint(err) != cmp.Or(test.err, "<nil>") {
			t.Errorf("%s: %q, %v; want %q, %q", test.name, note, err, test.note, test.err)
		}
	}
	if note, err := h.engineIsBehind(time.Time{}); note != "" || err != nil {
		t.Errorf("nothing is ever due: %q, %v", note, err)
	}
	if text := (roleHealth{role: roleEngine, note: "late"}).String(); text != "engine: ready; late" {
		t.Errorf("it says %q", text)
	}
}
