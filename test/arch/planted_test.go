package arch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// plant returns a tree of one file with a correct package comment before its code.
func plant(name, code string) map[string]string {
	pkg := name[:strings.LastIndex(name, "/")]
	pkg = pkg[strings.LastIndex(pkg, "/")+1:]
	return map[string]string{name: "// Package " + pkg + " owns it.\npackage " + pkg + "\n" + code}
}

// with adds a file to a tree.
func with(tree map[string]string, name, source string) map[string]string {
	tree[name] = source
	return tree
}

// contract is a store's contract, as core/registry has it.
const contract = `
type Store interface { View(func()) error; Update(func()) error }`

// service is a flow package whose Service writes.
const service = `
import "example.org/dorado/core/registry"
type Service struct { Store registry.Store }
type Wrong struct { s Service }
func (s *Service) Run() error { return s.Store.Update(func() {}) }
`

// A rule that has never been seen to fail is not known to work: each is broken here by a planted file,
// and kept by a similar one.
func TestRulesBite(t *testing.T) {
	bitten := map[string]bool{}
	long := "func f() {\n" + strings.Repeat("\tprintln()\n", maxFunctionLines-2) + "}\n"
	for _, test := range []struct {
		name, rule string
		files      map[string]string
		want       string // a part of the one fault, or "" for none
	}{
		{"core imports flow", "layers", plant("core/names/a.go", `import _ "example.org/dorado/flow"`), "core/names/a.go: imports flow"},
		{"core imports store", "layers", plant("core/names/a.go", `import _ "example.org/dorado/store"`), "imports store"},
		{"flow imports store", "layers", plant("flow/a.go", `import _ "example.org/dorado/store"`), "imports store"},
		{"store imports flow", "layers", plant("store/a.go", `import _ "example.org/dorado/flow"`), "imports flow"},
		{"front imports store", "layers", plant("front/epp/a.go", `import _ "example.org/dorado/store"`), "imports store"},
		{"cmd imports test", "layers", plant("cmd/dorado/a.go", `import _ "example.org/dorado/test/pg"`), "imports test/pg"},
		{"front imports flow", "layers", plant("front/epp/a.go", `import _ "example.org/dorado/flow"`), ""},
		{"test imports all", "layers", plant("test/world/a.go", `import _ "example.org/dorado/store"`), ""},
		{"no layer", "layers", plant("engine/a.go", ``), "engine: is in no layer"},
		{"a test may import what it likes", "layers", plant("core/names/a_test.go", `import _ "example.org/dorado/store"`), ""},

		{"nouns know what is done", "order in the core", plant("core/registry/a.go", `import _ "example.org/dorado/core/policy"`), "imports core/policy"},
		{"a server that nobody watches", "frames are judged", plant("front/epp/a_test.go", `var s = epp.New(epp.Config{ServerID: "x"})`), "epp.Config without Sent"},
		{"a server that is watched", "frames are judged", plant("front/epp/a_test.go", `var s = epp.New(epp.Config{Sent: schema.Watch(t)})`), ""},
		{"a program that nobody watches", "frames are judged", plant("cmd/dorado/a_test.go", `var p = program{hangups: nil}`), "program without answers"},
		{"a program that serves nobody", "frames are judged", plant("cmd/dorado/a_test.go", `var p = program{}`), ""},
		{"a build of a test's own", "frames are judged", plant("test/golden/a_test.go", `var c = exec.Command("go", "build", "./cmd/dorado")`), "schema.Build"},
		{"an answer that nobody judges", "frames are judged", plant("front/epp/a_test.go", `func TestA() { appendAnswer(nil, answer{}) }`), "TestA encodes"},
		{"an answer that is judged", "frames are judged", plant("front/epp/a_test.go", `func TestA() { schema.Want(t, appendAnswer(nil, answer{})) }`), ""},

		{"the same row", "order in the core", plant("core/names/a.go", `import _ "example.org/dorado/core/ledger"`), "imports core/ledger"},
		{"the row above", "order in the core", plant("core/policy/a.go", `import _ "example.org/dorado/core/registry"`), ""},
		{"no row", "order in the core", plant("core/things/a.go", ``), "core/things: has no row"},

		{"sideways", "front-ends", plant("front/epp/a.go", `import _ "example.org/dorado/front/rdap"`), "imports front/rdap"},
		{"its own part", "front-ends", plant("front/epp/a.go", `import _ "example.org/dorado/front/epp/frame"`), ""},

		{"too many", "package count", many(maxPackages + 1), fmt.Sprintf("has %d packages", maxPackages+1)},
		{"enough", "package count", many(maxPackages), ""},
		{"empty name", "package names", plant("front/util/a.go", ``), "called util"},

		{"os", "purity", plant("core/names/a.go", `import _ "os"`), "imports os"},
		{"log", "purity", plant("flow/a.go", `import _ "log/slog"`), "imports log/slog"},
		{"randomness", "purity", plant("flow/a.go", `import _ "math/rand/v2"`), "imports math/rand/v2"},
		{"a driver", "purity", plant("core/policy/a.go", `import _ "github.com/jackc/pgx/v5"`), "imports github.com/jackc/pgx/v5"},
		{"an address is a value", "purity", plant("core/names/a.go", `import _ "net/netip"`), ""},
		{"idna", "purity", plant("core/names/a.go", `import _ "golang.org/x/net/idna"`), ""},
		{"a front-end may", "purity", plant("front/epp/a.go", `import _ "net"`), ""},

		{"now", "clock", plant("flow/a.go", "import \"time\"\nfunc f() { time.Now() }"), "flow/a.go:4: uses time.Now"},
		{"under another name", "clock", plant("core/policy/a.go", "import clock \"time\"\nfunc f() { <-clock.After(1) }"), "uses time.After"},
		{"not called", "clock", plant("flow/a.go", "import \"time\"\nvar now = time.Now"), "uses time.Now"},
		{"a span", "clock", plant("flow/a.go", "import \"time\"\nvar d = time.Second"), ""},
		{"something else's Now", "clock", plant("flow/a.go", "type c struct{ Now int }\nfunc f(time c) int { return time.Now }"), ""},

		{"another type writes", "writing", with(plant("flow/a.go", service+`func (w Wrong) f() { w.s.Store.Update(nil) }`), "core/registry/a.go", "package registry"+contract), "calls Store.Update"},
		{"a function of flow writes", "writing", with(plant("flow/a.go", service+`func f(s registry.Store) { s.Update(nil) }`), "core/registry/a.go", "package registry"+contract), "calls Store.Update"},
		{"handed on without a call", "writing", with(plant("flow/a.go", service+`func f(s registry.Store) any { return s.Update }`), "core/registry/a.go", "package registry"+contract), "calls Store.Update"},
		{"a front-end writes", "writing", with(plant("front/epp/a.go", "import \"example.org/dorado/core/registry\"\nfunc f(s registry.Store) { s.Update(nil) }"), "core/registry/a.go", "package registry"+contract), "calls Store.Update"},
		{"the service writes", "writing", with(plant("flow/a.go", service), "core/registry/a.go", "package registry"+contract), ""},
		{"another Update", "writing", plant("flow/a.go", "type h struct{}\nfunc (h) Update() {}\nfunc f() { h{}.Update() }"), ""},

		{"a goroutine in the life cycle", "sequential", plant("core/lifecycle/a_test.go", "func f() { go f() }"), "core/lifecycle/a_test.go:3: starts a goroutine"},
		{"a test beside others", "sequential", plant("core/lifecycle/a_test.go", "func f(t T) { t.Parallel() }"), "starts a goroutine by Parallel"},
		{"a goroutine elsewhere", "sequential", plant("core/dnssec/a.go", "func f() { go f() }"), ""},

		{"select", "SQL", plant("front/reports/a.go", "const q = `\nSELECT name\nFROM   domain`"), "has SQL: SELECT name"},
		{"update", "SQL", plant("flow/a.go", `const q = "UPDATE domain SET name = $1"`), "has SQL"},
		{"small letters", "SQL", plant("flow/a.go", `const q = "select a, b from domain where c = $1"`), "has SQL"},
		{"create", "SQL", plant("cmd/dorado/a.go", `const q = "CREATE TABLE a (b INT)"`), "has SQL"},
		{"a sentence", "SQL", plant("front/console/a.go", `const s = "select a name from the list, delete from the queue, Update the contact"`), ""},
		{"a test's own look", "SQL", plant("test/world/a.go", `const q = "SELECT a FROM b "`), ""},
		{"the store", "SQL", plant("store/a.go", `const q = "SELECT a FROM b "`), ""},

		{"a TLD", "TLD names", plant("flow/a.go", `var b = "co" == "x"`), `has the literal "co"`},
		{"a zone below it", "TLD names", plant("front/epp/a.go", `const s = "com.co"`), `"com.co"`},
		{"a suffix", "TLD names", plant("core/policy/a.go", `const s = ".CO"`), `".CO"`},
		{"a name", "TLD names", plant("cmd/dorado/a.go", `const s = "whois.nic.co"`), `"whois.nic.co"`},
		{"a ROID", "TLD names", plant("store/a.go", `const s = "-CO"`), `"-CO"`},
		{"a country", "TLD names", plant("cmd/dorado/a.go", `const s = "CO"`), ""},
		{"help", "TLD names", plant("cmd/dorado/a.go", `const s = "a name such as shop.co"`), ""},
		{"a word", "TLD names", plant("cmd/dorado/a.go", `const s = "company, co-operate"`), ""},
		{"a test world", "TLD names", plant("test/world/a.go", `const s = "shop.co"`), ""},

		{"too long", "function length", plant("flow/a.go", strings.Replace(long, "{\n", "{\n\n", 1)), "f has 71 lines"},
		{"just fits", "function length", plant("flow/a.go", long), ""},
		{"six", "parameters", plant("flow/a.go", "func f(a, b, c int, d, e, f string) {}"), "has 6 parameters"},
		{"six of a method of an interface", "parameters", plant("flow/a.go", "type t interface{ m(int, int, int, int, int, int) }"), "has 6 parameters"},
		{"five, a receiver and a context", "parameters", plant("flow/a.go", "import \"context\"\ntype t int\nfunc (t t) f(ctx context.Context, a, b, c, d, e int) {}"), ""},
		{"too long a file", "file length", plant("flow/a.go", strings.Repeat("// x\n", maxFileLines)), "has 702 lines"},
		{"a generated table", "file length", with(map[string]string{}, "flow/a.go", "// Code generated by x. DO NOT EDIT.\n\npackage flow\n"+strings.Repeat("// x\n", maxFileLines)), ""},

		{"none", "package comment", map[string]string{"flow/a.go": "package flow"}, "flow: has 0 package comments"},
		{"two", "package comment", with(plant("flow/a.go", ""), "flow/b.go", "// Package flow owns more.\npackage flow"), "has 2 package comments"},
		{"other words", "package comment", map[string]string{"flow/a.go": "// Package flow is about flows.\npackage flow"}, `does not begin "Package flow owns "`},
		{"a command", "package comment", map[string]string{"cmd/dorado/main.go": "// Command dorado is a registry.\npackage main"}, ""},
		{"a command in other words", "package comment", map[string]string{"cmd/dorado/main.go": "// Package main owns all.\npackage main"}, `does not begin "Command dorado"`},
		{"a test package", "package comment", map[string]string{"test/sim/a.go": "// Package sim plays.\npackage sim"}, ""},

		{"init", "init", plant("store/a.go", "func init() {}"), "store/a.go:3: has a function init"},
		{"a method init", "init", plant("store/a.go", "type t int\nfunc (t) init() {}"), ""},

		{"assigned", "package variables", plant("store/a.go", "var n int\nfunc f() { n = 1 }"), "variable n"},
		{"counted", "package variables", plant("store/a.go", "var n int\nfunc f() { n++ }"), "variable n"},
		{"an element", "package variables", plant("store/a.go", "var m = map[int]int{}\nfunc f() { m[1] = 1 }"), "variable m"},
		{"deleted from", "package variables", plant("store/a.go", "var m = map[int]int{}\nfunc f() { delete(m, 1) }"), "variable m"},
		{"a field of another's type", "package variables", plant("store/a.go", "import \"net/http\"\nvar c http.Client\nfunc f() { c.Timeout = 1 }"), "variable c"},
		{"its address", "package variables", plant("store/a.go", "var n int\nfunc f() *int { return &n }"), "variable n"},
		{"in another file", "package variables", with(plant("store/a.go", "func f() { n = 1 }"), "store/b.go", "package store\nvar n int"), "variable n"},
		{"of another package", "package variables", with(plant("store/a.go", "import \"example.org/dorado/core/names\"\nfunc f() { names.N = 1 }"), "core/names/b.go", "package names\nvar N int"), "variable N"},
		{"a local of the same name", "package variables", plant("store/a.go", "var n int\nfunc f() { n := 1; n = 2; _ = n }"), ""},
		{"read", "package variables", plant("store/a.go", "var n = 1\nfunc f() int { return n }"), ""},

		{"a lock", "shared state", plant("store/a.go", "import \"sync\"\nvar mu sync.Mutex"), "has a sync.Mutex"},
		{"an atomic", "shared state", plant("store/a.go", "import \"sync/atomic\"\nvar n = new(atomic.Int64)"), "has a sync/atomic.Int64"},
		{"a channel", "shared state", plant("store/a.go", "var c = make(chan int)"), "has a channel"},
		{"computed once", "shared state", plant("store/a.go", "import \"sync\"\nvar f = sync.OnceValue(func() int { return 1 })"), ""},
		{"a lock in a value", "shared state", plant("store/a.go", "import \"sync\"\ntype t struct{ mu sync.Mutex }"), ""},

		{"a type", "vocabulary", plant("flow/a.go", "type CustomerID string"), "say registrar"},
		{"a local", "vocabulary", plant("flow/a.go", "func f() { theFQDN := 1; _ = theFQDN }"), "say name"},
		{"a part of a word", "vocabulary", plant("flow/a.go", "type Micronaut string"), ""},
		{"RDAP's own", "vocabulary", plant("front/rdap/a.go", "type Entity string"), ""},
	} {
		t.Run(test.rule+"/"+test.name, func(t *testing.T) {
			hold(t, check(t, test.rule, test.files), test.want)
		})
		bitten[test.rule] = bitten[test.rule] || test.want != ""
	}
	for _, rule := range Rules {
		if !bitten[rule.Name] {
			t.Errorf("no row breaks the rule %q", rule.Name)
		}
	}
}

// many returns a tree of n packages.
func many(n int) map[string]string {
	tree := map[string]string{}
	for i := range n {
		tree[fmt.Sprintf("front/p%d/a.go", i)] = fmt.Sprintf("package p%d", i)
	}
	return with(tree, "test/pg/a.go", "package pg")
}

// check returns the faults that a rule finds in a tree.
func check(t *testing.T, rule string, files map[string]string) []Fault {
	t.Helper()
	planted := fstest.MapFS{}
	for name, source := range files {
		planted[name] = &fstest.MapFile{Data: []byte(source)}
	}
	tree, err := Load(planted)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(Rules, func(r Rule) bool { return r.Name == rule })
	if i < 0 {
		t.Fatalf("there is no rule %q", rule)
	}
	return Rules[i].Check(tree)
}

// hold compares faults with the one that is wanted, or none.
func hold(t *testing.T, faults []Fault, want string) {
	t.Helper()
	var got []string
	for _, f := range faults {
		got = append(got, f.Where+": "+f.What)
	}
	if want == "" && len(got) > 0 {
		t.Errorf("faults %q, want none", got)
	}
	if want != "" && (len(got) != 1 || !strings.Contains(got[0], want)) {
		t.Errorf("faults %q, want one with %q", got, want)
	}
}

// The patterns bite as well.
func TestTooLargeBites(t *testing.T) {
	planted := fstest.MapFS{"small": {Data: make([]byte, MostBytes)}, "large": {Data: make([]byte, MostBytes+1)}}
	for name, want := range map[string]int{"small": 0, "large": 1} {
		if faults, err := TooLarge(planted, name); err != nil || len(faults) != want {
			t.Errorf("%s: %v, %v", name, faults, err)
		}
	}
}

func TestPatternsBite(t *testing.T) {
	for _, test := range []struct{ name, pattern, file, line, want string }{
		{"a note to oneself", "open ends", "flow/a.go", "// TO" + "DO later", `flow/a.go:2: has "TO`},
		{"in a script", "open ends", "scripts/x", "# FIX" + "ME", "scripts/x:2"},
		{"a template of mktemp", "open ends", "scripts/x", "mktemp dir.XX" + "XXXX", ""},
		{"prose", "open ends", "docs/a.md", "TO" + "DO", ""},
		{"a checkout", "paths of a machine", "docs/a.md", "see /wo" + "rk/main/x", "docs/a.md:2"},
		{"a home", "paths of a machine", "test/a.go", `"/ho` + `me/ann/x"`, "test/a.go:2"},
		{"root's home", "paths of a machine", "Makefile", "PATH=/ro" + "ot/go/bin", "Makefile:2"},
		{"a URL", "paths of a machine", "docs/a.md", "https://x.example/wo" + "rk/main", ""},
		{"whether by where", "the cluster's address", "store/a_test.go", `os.Getenv("TEST_` + `POSTGRES")`, "store/a_test.go:2"},
		{"its own package", "the cluster's address", "test/pg/a.go", `os.Getenv("TEST_` + `POSTGRES")`, ""},
	} {
		t.Run(test.pattern+"/"+test.name, func(t *testing.T) {
			i := slices.IndexFunc(Patterns, func(p Pattern) bool { return p.Name == test.pattern })
			planted := fstest.MapFS{test.file: &fstest.MapFile{Data: []byte("first\n" + test.line + "\n")}}
			faults, err := Patterns[i].Find(planted, test.file)
			if err != nil {
				t.Fatal(err)
			}
			hold(t, faults, test.want)
		})
	}
}
