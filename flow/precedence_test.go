package flow_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// broken has the names of the rules that a test of this package has seen broken, as refusal notes them.
var broken sync.Map

// TestMain looks, when all tests have run, whether each rule was seen broken: one that no test reaches is a
// bug in the tests.
func TestMain(m *testing.M) {
	status := m.Run()
	if all := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.list").Value.String() == ""; status == 0 && all {
		for _, name := range rulesOfSource() {
			if _, seen := broken.Load(name); !seen {
				fmt.Printf("no test has seen the rule %s broken: add a row to the precedence test of a flow that lists it\n", name)
				status = 1
			}
		}
	}
	os.Exit(status)
}

// rulesOfSource are the names of the rules that can refuse, from the source.
func rulesOfSource() []string {
	found := map[string]bool{}
	for _, file := range parsed() {
		ast.Inspect(file.syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || file.test {
				return true
			}
			if maker, ok := call.Fun.(*ast.Ident); ok && (maker.Name == "refuseIf" || maker.Name == "refuse") {
				if name, ok := call.Args[0].(*ast.BasicLit); ok {
					rule, _ := strconv.Unquote(name.Value)
					found[rule] = true
				}
			}
			return true
		})
	}
	return slices.Sorted(maps.Keys(found))
}

// A flow that has rules has a precedence test: a test named …Precedence, or …Refusals, that names its type and
// puts one thing right after another.
func TestEveryFlowHasItsPrecedence(t *testing.T) {
	var tests []*ast.FuncDecl
	flows := map[string]*ast.FuncDecl{}
	for _, file := range parsed() {
		for _, decl := range file.syntax.Decls {
			f, ok := decl.(*ast.FuncDecl)
			switch {
			case !ok:
			case file.test && (strings.HasSuffix(f.Name.Name, "Precedence") || strings.HasSuffix(f.Name.Name, "Refusals")):
				tests = append(tests, f)
			case !file.test && isFlow(f) && calls(f.Body, "check"):
				flows[f.Recv.List[0].Type.(*ast.Ident).Name] = f
			}
		}
	}
	if len(flows) < 30 {
		t.Fatalf("found %d flows with rules, want dozens: the test does not find them any more", len(flows))
	}
	for name := range flows {
		if !slices.ContainsFunc(tests, func(test *ast.FuncDecl) bool { return mentions(test.Body, name) }) {
			t.Errorf("no test named …Precedence or …Refusals has a flow.%s", name)
		}
	}
}

// isFlow reports whether a method is the Run of a command or the Answer of a query.
func isFlow(f *ast.FuncDecl) bool {
	if f.Recv == nil || f.Name.Name != "Run" && f.Name.Name != "Answer" || len(f.Type.Params.List) != 1 {
		return false
	}
	star, ok := f.Type.Params.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	call, ok := star.X.(*ast.Ident)
	_, value := f.Recv.List[0].Type.(*ast.Ident)
	return ok && value && call.Name == "Call"
}

// calls reports whether a body calls a function or method of that name.
func calls(body ast.Node, name string) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			switch f := call.Fun.(type) {
			case *ast.Ident:
				found = found || f.Name == name
			case *ast.SelectorExpr:
				found = found || f.Sel.Name == name
			}
		}
		return !found
	})
	return found
}

// mentions reports whether a body names a type of package flow.
func mentions(body ast.Node, name string) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == name {
			found = true
		}
		return !found
	})
	return found
}

// A source is a file of this package.
type source struct {
	syntax *ast.File
	test   bool
}

// parsed returns the files of this package.
func parsed() []source {
	paths, _ := filepath.Glob("*.go") // the pattern is right
	var files []source
	for _, path := range paths {
		syntax, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			panic(err) // it would not have been compiled
		}
		files = append(files, source{syntax, strings.HasSuffix(path, "_test.go")})
	}
	return files
}

// flows returns the methods of that name, Run or Answer, that make a type of the file a flow, by the type.
func (s source) flows(method string) map[string]*ast.FuncDecl {
	found := map[string]*ast.FuncDecl{}
	for _, decl := range s.syntax.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && !s.test && isFlow(f) && f.Name.Name == method {
			found[f.Recv.List[0].Type.(*ast.Ident).Name] = f
		}
	}
	return found
}
