package flow_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A rule is told by the name of the function that makes it, so that what a registrar reads leads to the
// source. The functions that return a Rule, and what names they use, are taken from the source.
func TestRulesAreNamedAfterThemselves(t *testing.T) {
	makers := []string{"refuseIf", "refuse", "holds", "allOf"}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("the source of the flows: %v, %v", files, err)
	}
	named := 0
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || !returnsOnlyARule(f) || slices.Contains(makers, f.Name.Name) {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if made, ok := call.Fun.(*ast.Ident); !ok || !slices.Contains(makers, made.Name) {
					return true
				}
				named++
				if said, err := strconv.Unquote(call.Args[0].(*ast.BasicLit).Value); err != nil || said != f.Name.Name {
					t.Errorf("%s: the rule %s calls itself %q", path, f.Name.Name, said)
				}
				return true
			})
		}
	}
	if named < 40 {
		t.Errorf("found %d names of rules, want dozens: the test does not find them any more", named)
	}
}

// returnsOnlyARule reports whether a function makes a rule.
func returnsOnlyARule(f *ast.FuncDecl) bool {
	if f.Type.Results == nil || len(f.Type.Results.List) != 1 {
		return false
	}
	result, ok := f.Type.Results.List[0].Type.(*ast.Ident)
	return ok && result.Name == "Rule"
}

// Whoever is refused is told what would make it work: behind a semicolon, where explain looks for it.
func TestRefusalsSayWhatToDo(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(path string) bool { return strings.HasSuffix(path, "_test.go") })
	told := 0
	for _, path := range files {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			pair, ok := n.(*ast.KeyValueExpr)
			if !ok {
				return true
			}
			if key, ok := pair.Key.(*ast.Ident); !ok || key.Name != "Reason" {
				return true
			}
			text := string(source[set.Position(pair.Value.Pos()).Offset:set.Position(pair.Value.End()).Offset])
			if !strings.Contains(text, `"`) { // a variable, not a sentence
				return true
			}
			told++
			if !strings.Contains(text, "; ") {
				t.Errorf("%s: %s says what is wrong, and not what to do", path, text)
			}
			return true
		})
	}
	if told < 50 {
		t.Errorf("found %d reasons, want dozens: the test does not find them any more", told)
	}
}
