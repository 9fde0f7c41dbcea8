package epp

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
)

// The tables of docs/epp.md that follow from the source are written from it, and a test holds them to
// it: go test ./front/epp -run TestDocumentedTables -update-docs rewrites them.

var updateDocs = flag.Bool("update-docs", false, "rewrite the tables of docs/epp.md")

const document = "../../docs/epp.md"

// Each table stands between <!-- NAME --> and <!-- end -->.
func TestDocumentedTables(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	for name, table := range map[string]string{
		"rules": rulesTable(t), "limits": limitsTable(t), "codes": codesTable(t), "statuses": statusTable(),
		"extensions": extensionTable(),
	} {
		begin, end := []byte("<!-- "+name+" -->\n"), []byte("<!-- end -->\n")
		before, rest, found := bytes.Cut(text, begin)
		if !found {
			t.Fatalf("%s has no <!-- %s -->", document, name)
		}
		had, after, found := bytes.Cut(rest, end)
		if !found {
			t.Fatalf("the table %s has no <!-- end -->", name)
		}
		if string(had) == table {
			continue
		}
		if !*updateDocs {
			t.Errorf("the table %s of %s is not what the source says; run go test ./front/epp -run TestDocumentedTables -update-docs", name, document)
		}
		text = slices.Concat(before, begin, []byte(table), end, after)
	}
	if *updateDocs {
		if err := os.WriteFile(document, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A documentedRule is a rule as the source of package flow has it.
type documentedRule struct {
	name, truth string
	codes       []registry.Code
}

// rulesTable lists every rule with what its comment says and the codes that it refuses with.
func rulesTable(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| rule | it … | or else |\n|---|---|---|\n")
	for _, r := range rulesOfFlow(t) {
		numbers := make([]string, len(r.codes))
		for i, code := range r.codes {
			numbers[i] = results[code].number
		}
		slices.Sort(numbers)
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.name, r.truth, strings.Join(slices.Compact(numbers), ", "))
	}
	return b.String()
}

// rulesOfFlow finds the functions of package flow that make a rule.
func rulesOfFlow(t *testing.T) []documentedRule {
	constants := codeConstants(t)
	var rules []documentedRule
	for _, file := range sources(t, "../../flow") {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || !makesRule(f) {
				continue
			}
			if f.Doc == nil {
				t.Errorf("the rule %s has no comment that says what has to hold", f.Name.Name)
				continue
			}
			rules = append(rules, documentedRule{f.Name.Name, truthOf(f), codesIn(f, constants)})
		}
	}
	slices.SortFunc(rules, func(a, b documentedRule) int { return strings.Compare(a.name, b.name) })
	return slices.DeleteFunc(rules, func(r documentedRule) bool { return len(r.codes) == 0 })
}

// makesRule reports whether a function returns a Rule and refuses something itself.
func makesRule(f *ast.FuncDecl) bool {
	if f.Type.Results == nil || len(f.Type.Results.List) != 1 || f.Name.Name == "refuse" || f.Name.Name == "refuseIf" {
		return false
	}
	result, ok := f.Type.Results.List[0].Type.(*ast.Ident)
	return ok && result.Name == "Rule"
}

// truthOf is the first sentence of a comment without the name of the function.
func truthOf(f *ast.FuncDecl) string {
	text := strings.Join(strings.Fields(f.Doc.Text()), " ")
	text = strings.TrimSpace(strings.TrimPrefix(text, f.Name.Name))
	if end := strings.Index(text, ". "); end > 0 {
		text = text[:end+1]
	}
	return strings.ReplaceAll(text, "|", `\|`)
}

// codesIn are the codes that stand in a function, in the order of the source.
func codesIn(f *ast.FuncDecl, constants map[string]registry.Code) []registry.Code {
	var codes []registry.Code
	ast.Inspect(f, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := selector.X.(*ast.Ident); !ok || pkg.Name != "registry" {
			return true
		}
		if code, ok := constants[selector.Sel.Name]; ok && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
		return true
	})
	return codes
}

// codeConstants are the names of the codes in the source.
func codeConstants(t *testing.T) map[string]registry.Code {
	constants := map[string]registry.Code{}
	for _, file := range sources(t, "../../core/registry") {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Names) != 1 || len(spec.Values) != 1 {
				return true
			}
			if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "Code" {
				return true
			}
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			constants[spec.Names[0].Name] = registry.Code(value)
			return true
		})
	}
	if len(constants) != len(registry.Codes()) {
		t.Fatalf("found %d codes in the source, want %d", len(constants), len(registry.Codes()))
	}
	return constants
}

// sources parses the files of a package, without its tests.
func sources(t *testing.T, dir string) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no source in %s: %v", dir, err)
	}
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(gotoken.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// limitsTable lists policy.Limits with the values of the built-in profile and what the source says of
// each.
func limitsTable(t *testing.T) string {
	profile, err := policy.BuiltIn("co-2026")
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(profile.Versions[0].Terms.Limits)
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]any
	if err := json.Unmarshal(data, &values); err != nil {
		t.Fatal(err)
	}
	said := limitComments(t)
	var b strings.Builder
	b.WriteString("| limit | value | |\n|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value, err := json.Marshal(values[name])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, value, said[name])
	}
	return b.String()
}

// limitComments are the comments of the fields of policy.Limits by their names in a profile.
func limitComments(t *testing.T) map[string]string {
	said := map[string]string{}
	for _, file := range sources(t, "../../core/policy") {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || spec.Name.Name != "Limits" {
				return true
			}
			for _, field := range spec.Type.(*ast.StructType).Fields.List {
				tag, err := strconv.Unquote(field.Tag.Value)
				if err != nil {
					t.Fatal(err)
				}
				_, key, _ := strings.Cut(tag, `json:"`)
				key, _, _ = strings.Cut(key, `"`)
				key, _, _ = strings.Cut(key, ",")
				said[key] = strings.Join(strings.Fields(cmp.Or(field.Comment.Text(), field.Doc.Text())), " ")
			}
			return false
		})
	}
	return said
}

// codesTable lists every result code with the rules that refuse with it.
func codesTable(t *testing.T) string {
	by := map[registry.Code][]string{}
	for _, r := range rulesOfFlow(t) {
		for _, code := range r.codes {
			by[code] = append(by[code], "`"+r.name+"`")
		}
	}
	var b strings.Builder
	b.WriteString("| code | text | rules |\n|---|---|---|\n")
	for _, code := range registry.Codes() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", results[code].number, results[code].text, strings.Join(by[code], " "))
	}
	return b.String()
}

// statusTable is the status × command table.
func statusTable() string {
	var b strings.Builder
	b.WriteString("| command | is refused under |\n|---|---|\n")
	for _, action := range policy.Actions() {
		var names []string
		for _, s := range policy.Prohibiting(action) {
			names = append(names, "`"+string(s)+"`")
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", action, strings.Join(names, " "))
	}
	return b.String()
}

// extensionTable lists what the greeting offers.
func extensionTable() string {
	var b strings.Builder
	b.WriteString("| namespace | elements in commands |\n|---|---|\n")
	for _, e := range extensions {
		var elements []string
		for _, local := range slices.Sorted(maps.Keys(e.read)) {
			elements = append(elements, "`"+usualName(strictxml.Name{Space: e.uri, Local: local})+"`")
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", e.uri, strings.Join(elements, " "))
	}
	return b.String()
}
