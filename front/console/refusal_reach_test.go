package console

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/dorado/core/names"
)

// What the registry can refuse a console action with is read from the source: from each command and query that the console
// makes, through all that these call, to the reasons. A reason has "%s" where the source puts in what depends on the case.

// A reach is what can be reached from the console in the packages that refuse.
type reach struct {
	functions map[string][]*ast.FuncDecl // by name; methods of all types of that name together
	methods   map[string][]*ast.FuncDecl // by type
	service   map[string]bool            // methods of flow.Service
	texts     map[string]ast.Expr        // constants and variables of the packages
	seen      map[*ast.FuncDecl]bool
	queue     []*ast.FuncDecl
}

// The methods by which a command or a query is run: they are reached with their type.
var runMethods = []string{"Run", "Answer", "Keys", "Subject", "Explain", "Ready"}

// reachOfConsole finds what the console reaches.
func reachOfConsole(t *testing.T) *reach {
	t.Helper()
	r := &reach{
		functions: map[string][]*ast.FuncDecl{}, methods: map[string][]*ast.FuncDecl{},
		service: map[string]bool{}, texts: map[string]ast.Expr{}, seen: map[*ast.FuncDecl]bool{},
	}
	for _, folder := range []string{"../../flow", "../../core/policy", "../../core/names"} {
		for _, file := range parsed(t, folder) {
			for _, d := range file.Decls {
				r.declare(d)
			}
		}
	}
	for _, file := range parsed(t, ".") {
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if r.service[s.Sel.Name] {
					r.reachName(s.Sel.Name)
				}
				if p, ok := s.X.(*ast.Ident); ok && slices.Contains([]string{"flow", "policy", "names"}, p.Name) {
					r.reachName(s.Sel.Name)
				}
			}
			return true
		})
	}
	for len(r.queue) > 0 {
		f := r.queue[0]
		r.queue = r.queue[1:]
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				r.reachName(id.Name)
			}
			return true
		})
	}
	return r
}

// parsed returns the files of a package without its tests.
func parsed(t *testing.T, folder string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(folder + "/*.go")
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %v", folder, err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

func (r *reach) declare(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Body == nil {
			return
		}
		if d.Recv == nil {
			r.functions[d.Name.Name] = append(r.functions[d.Name.Name], d)
			return
		}
		kind := d.Recv.List[0].Type
		if star, ok := kind.(*ast.StarExpr); ok {
			kind = star.X
		}
		if index, ok := kind.(*ast.IndexExpr); ok {
			kind = index.X
		}
		id, _ := kind.(*ast.Ident)
		if id != nil && id.Name == "Service" {
			r.service[d.Name.Name] = true
		}
		if id != nil && slices.Contains(runMethods, d.Name.Name) {
			r.methods[id.Name] = append(r.methods[id.Name], d)
			return
		}
		r.functions[d.Name.Name] = append(r.functions[d.Name.Name], d)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok && len(v.Values) == len(v.Names) {
				for i, n := range v.Names {
					r.texts[n.Name] = v.Values[i]
				}
			}
		}
	}
}

// reachName reaches the functions of a name, and what runs a type of it.
func (r *reach) reachName(name string) {
	for _, f := range slices.Concat(r.functions[name], r.methods[name]) {
		if !r.seen[f] {
			r.seen[f] = true
			r.queue = append(r.queue, f)
		}
	}
}

// reasons returns the reasons of refusals in what is reached.
func (r *reach) reasons() []string {
	var all []string
	for f := range r.seen {
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if literal, ok := n.(*ast.CompositeLit); ok && isError(literal.Type) {
				for _, e := range literal.Elts {
					pair, _ := e.(*ast.KeyValueExpr)
					if pair != nil && pair.Key.(*ast.Ident).Name == "Reason" {
						all = append(all, r.values(f, pair.Value, 0)...)
					}
				}
			}
			return true
		})
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// isError reports whether a type is registry.Error.
func isError(kind ast.Expr) bool {
	s, ok := kind.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "Error"
}

// values returns what a text can be: "%s" stands for what is not known from the source.
func (r *reach) values(f *ast.FuncDecl, e ast.Expr, depth int) []string {
	unknown := []string{"%s"}
	if depth > 6 {
		return unknown
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return r.values(f, e.X, depth)
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return []string{text}
		}
	case *ast.BinaryExpr:
		var all []string
		for _, left := range r.values(f, e.X, depth) {
			for _, right := range r.values(f, e.Y, depth) {
				all = append(all, left+right)
			}
		}
		return all
	case *ast.CallExpr:
		return r.called(f, e, depth)
	case *ast.Ident:
		return r.named(f, e.Name, depth)
	}
	return unknown
}

// printed are the verbs of fmt.
var printed = regexp.MustCompile(`%[#+]?[a-zA-Z]`)

// called returns what a call can give: a text that is put together, or one that a function of the packages returns.
func (r *reach) called(f *ast.FuncDecl, call *ast.CallExpr, depth int) []string {
	name := ""
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		name = fun.Name
	case *ast.SelectorExpr:
		name = fun.Sel.Name
	}
	switch {
	case (name == "Sprintf" || name == "Errorf") && len(call.Args) > 0:
		var all []string
		for _, format := range r.values(f, call.Args[0], depth) {
			all = append(all, printed.ReplaceAllString(format, "%s"))
		}
		return all
	case len(r.functions[name]) != 1:
		return []string{"%s"}
	}
	var all []string
	callee := r.functions[name][0]
	ast.Inspect(callee.Body, func(n ast.Node) bool {
		if _, inner := n.(*ast.FuncLit); inner {
			return false
		}
		if back, ok := n.(*ast.ReturnStmt); ok && len(back.Results) == 1 {
			all = append(all, r.values(callee, back.Results[0], depth+1)...)
		}
		return true
	})
	if len(all) == 0 {
		return []string{"%s"}
	}
	return all
}

// named returns what a variable, a parameter or a constant can be.
func (r *reach) named(f *ast.FuncDecl, name string, depth int) []string {
	var all []string
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if set, ok := n.(*ast.AssignStmt); ok && len(set.Lhs) == len(set.Rhs) {
			for i, to := range set.Lhs {
				if id, ok := to.(*ast.Ident); ok && id.Name == name {
					all = append(all, r.values(f, set.Rhs[i], depth+1)...)
				}
			}
		}
		if literal, ok := n.(*ast.FuncLit); ok {
			if i := parameter(literal.Type, name); i >= 0 {
				all = append(all, r.arguments(f.Body, f, closureOf(f, literal), i, depth)...)
			}
		}
		return true
	})
	if i := parameter(f.Type, name); i >= 0 {
		for caller := range r.seen {
			all = append(all, r.arguments(caller.Body, caller, f.Name.Name, i, depth)...)
		}
	}
	if e, ok := r.texts[name]; ok && len(all) == 0 {
		all = r.values(f, e, depth+1)
	}
	if len(all) == 0 {
		return []string{"%s"}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// parameter returns the place of a parameter; -1 if it is none.
func parameter(f *ast.FuncType, name string) int {
	i := 0
	for _, field := range f.Params.List {
		for _, id := range field.Names {
			if id.Name == name {
				return i
			}
			i++
		}
	}
	return -1
}

// closureOf returns the name of the variable that a function without a name was put into.
func closureOf(f *ast.FuncDecl, literal *ast.FuncLit) (name string) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if set, ok := n.(*ast.AssignStmt); ok && len(set.Rhs) == 1 && set.Rhs[0] == ast.Expr(literal) {
			if id, ok := set.Lhs[0].(*ast.Ident); ok {
				name = id.Name
			}
		}
		return true
	})
	return name
}

// arguments returns what the calls of a name in a body have in a place.
func (r *reach) arguments(body ast.Node, f *ast.FuncDecl, name string, i, depth int) (all []string) {
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) <= i {
			return true
		}
		called := ""
		switch fun := call.Fun.(type) {
		case *ast.Ident:
			called = fun.Name
		case *ast.SelectorExpr:
			called = fun.Sel.Name
		}
		if called == name {
			all = append(all, r.values(f, call.Args[i], depth+1)...)
		}
		return true
	})
	return all
}

// TestEveryRefusalHasWords: whatever the registry can refuse a console action with, or a command that the log and the frame
// check tell of, has words for people in both languages.
func TestEveryRefusalHasWords(t *testing.T) {
	all := reachOfConsole(t).reasons()
	if len(all) < 250 {
		t.Fatalf("only %d reasons were found", len(all))
	}
	for _, reason := range all {
		if reason != "" { // a variable that is filled later
			hasWords(t, reason)
		}
	}
	for _, found := range []string{ // of each way to write a reason, one
		"the name is registered; choose another", "a name has at most %s name servers; send fewer", "it is given twice; send it once",
		"the transfer is not yours to end so; the registrar that requested the transfer cancels it",
		"this is no good password; it is one of those that are tried first: choose another, such as four or five words",
		"the name above is not registered; the host would be subordinate to %s: register that first",
	} {
		if !slices.Contains(all, found) {
			t.Errorf("the source has no %q", found)
		}
	}
}

func hasWords(t *testing.T, reason string) {
	t.Helper()
	if !slices.ContainsFunc(heardRefusals(), func(w heardRefusal) bool { return w.said.MatchString(reason) }) {
		t.Errorf("there are no words for %q", reason)
	}
}

// What is wrong with a name that is written has words for every fault that the parser finds.
func TestEveryFaultOfANameHasWords(t *testing.T) {
	long := strings.Repeat("a", 64)
	for _, text := range []string{
		"", "-bad.co", "bad-.co", "a_b.co", "a b.co", "a!b.co", "ab--c.co", "shop..co", ".co", "shop.co..", "shop.123", long + ".co",
		strings.Repeat("abcdefgh.", 40) + "co", strings.Repeat("ñ", 70) + ".co", "xn--abc.co", "xn--a-ecp.co", "\xff.co", "a\u05d0.co", "♥.co",
	} {
		_, err := names.ParseLookup(text)
		if err == nil {
			t.Fatalf("%q is a name", text)
		}
		hasWords(t, err.Error())
		for _, words := range []*words{inEnglish, inSpanish} {
			v := visit{words: words}
			said := v.why("not a valid domain name; " + err.Error())
			if strings.Contains(said, "the label") || strings.Contains(said, "octets") || words == inSpanish && !strings.HasPrefix(said, "Esto no es un nombre válido: ") {
				t.Errorf("%q is told as %q", err, said)
			}
		}
		if _, err := names.Parse(text); err != nil {
			hasWords(t, err.Error())
		}
	}
	v := visit{words: inSpanish}
	if got, want := v.why(`not a valid domain name; the label "-bad" begins with a hyphen`), `Esto no es un nombre válido: "-bad" empieza con un guion.`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What is wrong with a frame by the schemas has words for people, whichever rule of the reader it breaks.
func TestEverySchemaFaultHasWords(t *testing.T) {
	found := 0
	for _, file := range parsed(t, "../../core/strictxml") {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 3 {
				return true
			}
			if s, ok := call.Fun.(*ast.SelectorExpr); !ok || s.Sel.Name != "blame" {
				return true
			}
			format, ok := literal(call.Args[2])
			if !ok {
				return true
			}
			found++
			line := printed.ReplaceAllString(format, "%s")
			if !slices.ContainsFunc(heardFrames(), func(w heardRefusal) bool { return w.said.MatchString(line) }) {
				t.Errorf("there are no words for %q", line)
			}
			return true
		})
	}
	if found < 14 {
		t.Errorf("only %d were found", found)
	}
}

// A frame is told of in the language of the page; names of elements and the sentence of a result code stay.
func TestFrameInWords(t *testing.T) {
	v := &visit{words: inSpanish}
	f := FrameVerdict{
		Valid: true, Message: "Object exists; the name is registered; choose another", Remedy: "choose another",
		Refusals: []string{"the name is registered; choose another", "it is given twice; send it once", "the name is registered; choose another"},
		Means:    []string{"deletes orquideas.com.co", "registers a.co for 2 years"},
		Changes:  []string{"domain a.co, version 2, expires 2027-03-01T23:59:59Z, with [clientHold]", "charge Renewal 20.00 of R2001, posted"},
		Objects:  []FrameObject{{Object: "a.co", Reason: "the name is not available; choose another"}},
	}
	v.tellFrame(&f)
	want := FrameVerdict{
		Valid: true, Message: "Object exists", Remedy: "El nombre ya está registrado. Elija otro. Está dos veces. Quite una.",
		Refusals: f.Refusals, Means: []string{"Elimina orquideas.com.co", "Registra a.co por 2 años"},
		Changes: []string{"El nombre a.co: vence el 1 mar 2027, 23:59 UTC, con [clientHold]", "Un cargo (Renewal) de 20.00, anotado"},
		Objects: []FrameObject{{Object: "a.co", Reason: "El nombre no está disponible. Elija otro."}},
	}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Error(diff)
	}
	f = FrameVerdict{Message: "Command syntax error; line 3, column 4: <domain:x> is not allowed here in <domain:create>; expected is <name>"}
	v.tellFrame(&f)
	if got, want := f.Message, "<domain:x> no puede estar aquí en <domain:create>. Aquí puede ir <name>."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
