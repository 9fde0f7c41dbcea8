package arch

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// impure are the imports that would let the outside into core and flow. net/netip and net/url are
// values and may be used.
var impure = strings.Fields(`
	os os/exec os/signal os/user io/fs io/ioutil path/filepath syscall unsafe plugin flag
	net net/http net/http/httptest net/smtp net/rpc crypto/tls
	database/sql database/sql/driver log log/slog log/syslog expvar testing
	math/rand math/rand/v2 crypto/rand runtime`)

// pureOfOthers are the packages of others that core and flow may use: tables and algorithms.
var pureOfOthers = []string{"golang.org/x/net/idna", "golang.org/x/text", "golang.org/x/crypto"}

// clockReads are the names of package time that look at the clock or wait for it.
var clockReads = strings.Fields("Now Since Until Sleep After AfterFunc Tick NewTimer NewTicker")

var purityRules = []Rule{
	{
		"purity", "core and flow have no input or output: what they need is passed in, so that a command's " +
			"result follows from its arguments, can be explained, and can be repeated in a test", touchesOutside,
	},
	{
		"clock", "core and flow are told the instant: it is taken once for each command, and a test or a demo " +
			"moves it", readsClock,
	},
	{
		"writing", "only flow.Service writes: a flow returns its Changes, and a front-end asks for a command to " +
			"be run; that gives every command its dry run, its retry and its history", callsUpdate,
	},
	{
		"SQL", "all SQL of the program is in store: one place knows the tables, and one text serves both engines; " +
			"tests may look at the tables, since that is how they know", hasSQL,
	},
	{
		"sequential", "the life cycle and these rules are calculations, tests and all: they start no goroutine, so make test does not " +
			"look there for races (scripts/suite)", startsGoroutine,
	},
	{
		"TLD names", "no TLD's name decides in code: what differs from zone to zone is a line in its profile", hasTLD,
	},
}

func pure(f *File) bool { return within(f.Pkg, "core", "flow") }

func touchesOutside(t *Tree) []Fault {
	return t.imports(func(f *File, imported string) []Fault {
		if !pure(f) || !slices.Contains(impure, imported) && (within(imported, pureOfOthers...) || !ofOthers(imported)) {
			return nil
		}
		return []Fault{{f.Path, "imports " + imported}}
	})
}

// ofOthers reports whether an import is neither ours nor of the standard library, whose paths have no
// dot in their first element.
func ofOthers(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return strings.Contains(first, ".") && !strings.HasPrefix(imported, module)
}

func readsClock(t *Tree) []Fault {
	return t.inspect(pure, func(n ast.Node) string {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || !slices.Contains(clockReads, sel.Sel.Name) || t.imported(sel.X) != "time" {
			return ""
		}
		return "uses time." + sel.Sel.Name
	})
}

// imported returns the path of the package that an expression names, or "".
func (t *Tree) imported(x ast.Expr) string {
	id, ok := x.(*ast.Ident)
	if !ok {
		return ""
	}
	if name, ok := t.Info.Uses[id].(*types.PkgName); ok {
		return name.Imported().Path()
	}
	return ""
}

func startsGoroutine(t *Tree) []Fault {
	var faults []Fault
	for _, f := range t.Files {
		if f.Pkg != "core/lifecycle" && f.Pkg != "test/arch" {
			continue
		}
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				faults = append(faults, t.at(n, "starts a goroutine"))
			case *ast.SelectorExpr:
				if n.Sel.Name == "Parallel" || n.Sel.Name == "Go" || n.Sel.Name == "AfterFunc" {
					faults = append(faults, t.at(n, "starts a goroutine by %s", n.Sel.Name))
				}
			}
			return true
		})
	}
	return faults
}

func callsUpdate(t *Tree) []Fault {
	var faults []Fault
	for f := range t.product() {
		if !within(f.Pkg, "flow", "front") {
			continue
		}
		for _, decl := range f.Syntax.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && f.Pkg == "flow" && receiver(fn) == "Service" {
				continue
			}
			ast.Inspect(decl, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok && t.isUpdate(sel) {
					faults = append(faults, t.at(n, "calls Store.Update"))
				}
				return true
			})
		}
	}
	return faults
}

// isUpdate reports whether a selector is the method Update of the store or of the store's contract.
func (t *Tree) isUpdate(sel *ast.SelectorExpr) bool {
	method, ok := t.Info.Uses[sel.Sel].(*types.Func)
	if !ok || method.Name() != "Update" || method.Pkg() == nil || method.Signature().Recv() == nil {
		return false
	}
	pkg, _ := strings.CutPrefix(method.Pkg().Path(), module)
	return within(pkg, "core/registry", "store")
}

// receiver returns the name of the type that a method belongs to, or "".
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return ""
	}
	x := fn.Recv.List[0].Type
	if star, ok := x.(*ast.StarExpr); ok {
		x = star.X
	}
	if id, ok := x.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// sql matches what a database would run, and no English sentence: our SQL has its keywords in
// capitals, and that of others at least its grammar.
var sql = regexp.MustCompile(`\b(SELECT\s[\s\S]*\bFROM\s|INSERT\s+INTO\s|DELETE\s+FROM\s|` +
	`(CREATE|ALTER|DROP)\s+(UNIQUE\s+|TEMP\s+)?(TABLE|INDEX|VIEW|DATABASE|SCHEMA|SEQUENCE)\s|PRAGMA\s+\w|` +
	`ON\s+CONFLICT\b)|\bUPDATE\s+\S+\s+SET\s|(?i:^\s*(select\s+[\w*,.()\s]+\sfrom\s+\w+\s+(where|order|limit|join)\b|` +
	`insert\s+into\s+\w+\s*\(|update\s+\w+\s+set\s+\w+\s*=|delete\s+from\s+\w+\s+where\b))`)

func hasSQL(t *Tree) []Fault {
	return t.literals(func(f *File) bool { return !within(f.Pkg, "store", "test", "bench") }, func(s string) string {
		if !sql.MatchString(s) {
			return ""
		}
		first, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
		return "has SQL: " + first
	})
}

// tld matches the zones of the built-in profile, what is below them, and the suffix of their ROIDs.
// The two capitals alone are a country, and what has a space is prose, such as a command's help.
var tld = regexp.MustCompile(`^co$|(?i:^\S*\.co\.?$|^(com|net|nom|org|edu|gov|mil)\.co\b)|-CO$`)

func hasTLD(t *Tree) []Fault {
	return t.literals(func(f *File) bool { return !within(f.Pkg, "test", "bench") }, func(s string) string {
		if !tld.MatchString(s) {
			return ""
		}
		return "has the literal " + strconv.Quote(s)
	})
}

// literals calls what for each string in the code of the files that are meant, import paths aside, and
// returns a fault for each answer.
func (t *Tree) literals(meant func(*File) bool, what func(s string) string) []Fault {
	return t.inspect(meant, func(n ast.Node) string {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return ""
		}
		s, _ := strconv.Unquote(lit.Value)
		return what(s)
	})
}

// inspect calls what for each piece of syntax of the files that are meant and no tests, imports aside,
// and returns a fault for each answer.
func (t *Tree) inspect(meant func(*File) bool, what func(ast.Node) string) []Fault {
	var faults []Fault
	for f := range t.product() {
		if !meant(f) {
			continue
		}
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if _, ok := n.(*ast.ImportSpec); ok || n == nil {
				return false
			}
			if s := what(n); s != "" {
				faults = append(faults, t.at(n, "%s", s))
			}
			return true
		})
	}
	return faults
}
