package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/dorado/test/pg"
)

// What an operator reads of nodes: who serves, who is gone, and what nobody does.
func TestTellNodes(t *testing.T) {
	for _, test := range []struct {
		name string
		list []nodeLine
		want string
	}{
		{"all is done", []nodeLine{
			{Node: "a/r-1", This: true, Sessions: 12, Holds: []string{"dns", "engine"}},
			{Node: "b/r-22", Sessions: 3},
		}, `
NODE    SESSIONS  HOLDS       STATE
a/r-1   12        dns engine  serves, and answers this
b/r-22  3                     serves
`},
		{"nobody publishes, and one is gone", []nodeLine{
			{Node: "a/r-1", This: true, Holds: []string{"engine"}},
			{Node: "b/r-2", Sessions: 3, Gone: 125*time.Second + 400*time.Millisecond},
		}, `
NODE   SESSIONS  HOLDS   STATE
a/r-1  0         engine  serves, and answers this
b/r-2  3                 gone: its lease ended 2m5s ago
No node has the lease of dns: nobody publishes the zones. Start one with that role.
`},
		{"nothing is done", []nodeLine{{Node: "a/r-1", This: true}}, `
NODE   SESSIONS  HOLDS  STATE
a/r-1  0                serves, and answers this
No node has the lease of dns: nobody publishes the zones. Start one with that role.
No node has the lease of engine: nothing that falls due is written down. Start one with that role.
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			if err := (&program{out: &out}).tellNodes(test.list); err != nil {
				t.Fatal(err)
			}
			if got := "\n" + out.String(); got != test.want {
				t.Errorf("it says%swant%s", got, test.want)
			}
		})
	}
}

// The command asks a registry that runs, and says of one on SQLite that it is alone.
func TestNodesCommand(t *testing.T) {
	alone, _ := newRegistry(t)
	_, errs, status := run(t, "", "nodes", "--dir", alone)
	if has(t, errs, "no registry is running in "+alone); status != 1 {
		t.Errorf("without a registry: status %d, want 1", status)
	}
	r := start(t, "serve", "--dir", alone, "--roles", "engine")
	_, errs, status = run(t, "", "nodes", "--dir", alone)
	if has(t, errs, "this registry is on SQLite, which one process has to itself: there are no other nodes"); status != 1 {
		t.Errorf("on SQLite: status %d, want 1", status)
	}
	r.stop()

	dir := filepath.Join(shortDir(t), "r")
	mustRun(t, "init", "--dir", dir, "--database", pg.DSN(t))
	edit(t, dir, `address = ""`, `address = "127.0.0.1"`)
	edit(t, dir, "port_base = 0", "port_base = "+portBase(t))
	r = start(t, "serve", "--dir", dir, "--roles", "engine,dns")
	defer r.stop()
	has(t, mustRun(t, "nodes", "--dir", dir), "NODE", "dns engine", "serves, and answers this")
	var list []nodeLine
	if err := json.Unmarshal([]byte(mustRun(t, "nodes", "--dir", dir, "--json")), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || !list[0].This || strings.Join(list[0].Holds, " ") != "dns engine" || list[0].Gone != 0 {
		t.Errorf("as JSON it is %+v", list)
	}
}
