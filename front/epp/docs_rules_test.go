package epp

import (
	"cmp"
	"fmt"
	"go/ast"
	gotoken "go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
)

// A documentedRule is a rule as the source of package flow has it.
type documentedRule struct {
	name, truth   string
	parts         []string // the rules that it is made of; none for most
	codes         []registry.Code
	forRegistrars bool // a command or query of EPP lists it
}

// collectiveTruths say what holds where one function finds things and tells of them under another name.
var collectiveTruths = map[string]string{
	"contactMayBeLinked":  "holds for a contact that can be linked to the name.",
	"contactsMayBeLinked": "holds for a registrant and contacts that can all be linked to the name.",
	"hostsExist":          "holds for name servers that are all hosts of the registry. A host elsewhere has to be created too.",
	"signersMayChange":    "holds for a change of DS that can be made as a whole.",
}

// rulesTable lists rules with what their comments say and the codes that they refuse with: those that
// registrars meet, or those of the operator's commands.
func rulesTable(rules []documentedRule, forRegistrars bool) string {
	var b strings.Builder
	b.WriteString("| rule | it … | or else |\n|---|---|---|\n")
	for _, r := range rules {
		if r.forRegistrars != forRegistrars {
			continue
		}
		numbers := make([]string, len(r.codes))
		for i, code := range r.codes {
			numbers[i] = results[code].number
		}
		slices.Sort(numbers)
		truth := r.truth
		if len(r.parts) > 0 {
			truth += " Its parts: `" + strings.Join(r.parts, "` `") + "`."
		}
		otherwise := cmp.Or(strings.Join(numbers, ", "), "as the part")
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.name, truth, otherwise)
	}
	return b.String()
}

// rulesOfFlow finds every name of a rule that package flow can tell, with its sentence, its parts and its
// codes.
func rulesOfFlow(t *testing.T) []documentedRule {
	source := newRuleSource(t)
	var rules []documentedRule
	for _, name := range slices.Sorted(maps.Keys(source.told)) {
		r := documentedRule{name: name, truth: collectiveTruths[name], forRegistrars: source.reached[name]}
		for _, f := range source.funcs[name] {
			if f.Doc != nil && f.Recv.NumFields() <= 1 {
				r.truth = truthOf(f)
			}
		}
		if r.truth == "" {
			t.Errorf("the rule %s has neither a function of its name with a comment nor a row in collectiveTruths", name)
		}
		for _, place := range source.told[name] {
			r.codes = append(r.codes, source.codes(place)...)
			r.parts = append(r.parts, source.parts(name, place)...)
		}
		slices.Sort(r.parts)
		slices.Sort(r.codes)
		r.parts, r.codes = slices.Compact(r.parts), slices.Compact(r.codes)
		if len(r.codes) == 0 && len(r.parts) == 0 {
			t.Errorf("the rule %s has neither a code nor parts", name)
		}
		rules = append(rules, r)
	}
	return rules
}

// A ruleSource is package flow as the generator of the tables reads it.
type ruleSource struct {
	constants map[string]registry.Code
	funcs     map[string][]*ast.FuncDecl // by name, methods of all types together
	told      map[string][]tellingPlace  // by the name of the rule
	reached   map[string]bool            // rules that commands and queries of EPP list
}

// A tellingPlace is a call that names a rule, and the function around it.
type tellingPlace struct {
	call   *ast.CallExpr
	within *ast.FuncDecl
}

func newRuleSource(t *testing.T) ruleSource {
	s := ruleSource{codeConstants(t), map[string][]*ast.FuncDecl{}, map[string][]tellingPlace{}, map[string]bool{}}
	for _, file := range sources(t, "../../flow") {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			s.funcs[f.Name.Name] = append(s.funcs[f.Name.Name], f)
			if makesRuleByHand(f) {
				t.Errorf("%s makes a Rule that refuse, refuseIf, holds and allOf know nothing of", f.Name.Name)
			}
			for _, call := range callsIn(f.Body) {
				name, tells := toldRule(call)
				if tells && name == "" && !isTeller(f.Name.Name) {
					t.Errorf("%s tells a rule whose name is no literal", f.Name.Name)
				}
				if name != "" {
					s.told[name] = append(s.told[name], tellingPlace{call, f})
				}
			}
		}
	}
	s.reach(s.entrances(t))
	return s
}

// isTeller reports whether a function makes a rule of the name that it is given.
func isTeller(name string) bool {
	return slices.Contains([]string{"refuse", "refuseIf", "holds", "allOf"}, name)
}

// makesRuleByHand reports whether a function writes a Rule with a name of its own, which the table would miss.
func makesRuleByHand(f *ast.FuncDecl) bool {
	byHand := false
	ast.Inspect(f, func(n ast.Node) bool {
		if made, ok := n.(*ast.CompositeLit); ok && len(made.Elts) > 0 && !isTeller(f.Name.Name) {
			kind, isName := made.Type.(*ast.Ident)
			byHand = byHand || isName && kind.Name == "Rule"
		}
		return true
	})
	return byHand
}

// toldRule returns the rule that a call names, if it makes one.
func toldRule(call *ast.CallExpr) (name string, tells bool) {
	if !isTeller(calledName(call)) || len(call.Args) == 0 {
		return "", false
	}
	literal, ok := call.Args[0].(*ast.BasicLit)
	if !ok || literal.Kind != gotoken.STRING {
		return "", true
	}
	name, err := strconv.Unquote(literal.Value)
	return name, err == nil
}

// calledName is the name of the function or method that is called.
func calledName(call *ast.CallExpr) string {
	f := call.Fun
	if index, ok := f.(*ast.IndexExpr); ok {
		f = index.X
	}
	switch f := f.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// callsIn are the calls in a part of the source.
func callsIn(n ast.Node) (calls []*ast.CallExpr) {
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			calls = append(calls, call)
		}
		return true
	})
	return calls
}

// codes are those that stand in a call, or in the function around it if the error is made apart.
func (s ruleSource) codes(p tellingPlace) []registry.Code {
	if calledName(p.call) != "refuse" && calledName(p.call) != "refuseIf" {
		return nil
	}
	if codes := codesIn(p.call, s.constants); len(codes) > 0 {
		return codes
	}
	return codesIn(p.within, s.constants)
}

// parts are the other rules that a call puts together; where they come in a list, those that the function
// around it makes.
func (s ruleSource) parts(name string, p tellingPlace) []string {
	var from ast.Node = p.call
	switch teller := calledName(p.call); {
	case teller == "allOf" && !p.call.Ellipsis.IsValid():
	case teller == "allOf" || teller == "holds" && p.within.Name.Name == name:
		from = p.within.Body
	default:
		return nil
	}
	var parts []string
	for _, call := range callsIn(from) {
		called, tells := toldRule(call)
		if !tells {
			called = s.ruleOf(calledName(call))
		}
		if called != "" && called != name {
			parts = append(parts, called)
		}
	}
	return parts
}

// ruleOf is the rule that a function makes as a whole: of its own name, or the last that it tells.
func (s ruleSource) ruleOf(function string) string {
	if _, ok := s.told[function]; ok {
		return function
	}
	whole := ""
	for _, f := range s.funcs[function] {
		if !returnsRule(f) {
			continue
		}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) > 0 {
				if call, ok := r.Results[len(r.Results)-1].(*ast.CallExpr); ok {
					if name, _ := toldRule(call); name != "" {
						whole = name
					}
				}
			}
			return true
		})
	}
	return whole
}

// returnsRule reports whether the last result of a function is a Rule.
func returnsRule(f *ast.FuncDecl) bool {
	if f.Type.Results.NumFields() == 0 {
		return false
	}
	last, ok := f.Type.Results.List[len(f.Type.Results.List)-1].Type.(*ast.Ident)
	return ok && last.Name == "Rule"
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

// codesIn are the codes that stand in a part of the source, in its order.
func codesIn(n ast.Node, constants map[string]registry.Code) []registry.Code {
	var codes []registry.Code
	ast.Inspect(n, func(n ast.Node) bool {
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

// entrances are the functions of package flow through which EPP comes: what package epp has the service do, and
// the commands and queries that it makes. To explain a frame is the operator's.
func (s ruleSource) entrances(t *testing.T) []*ast.FuncDecl {
	made, selected := map[string]bool{}, map[string]bool{}
	for _, file := range sources(t, ".") {
		ast.Inspect(file, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				selected[selector.Sel.Name] = true
				if pkg, ok := selector.X.(*ast.Ident); ok && pkg.Name == "flow" {
					made[selector.Sel.Name] = true
				}
			}
			return true
		})
	}
	var list []*ast.FuncDecl
	for name, functions := range s.funcs {
		for _, f := range functions {
			of := receiver(f)
			if of == "Service" && selected[name] && name != "Explain" || of != "Service" && made[of] {
				list = append(list, f)
			}
		}
	}
	if len(list) < 40 {
		t.Fatalf("EPP comes in through %d functions of flow, which are too few", len(list))
	}
	return list
}

// receiver is the type that a method belongs to.
func receiver(f *ast.FuncDecl) string {
	if f.Recv.NumFields() == 0 {
		return ""
	}
	of := f.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	if name, ok := of.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// reach marks the rules that functions tell, and those that they call. What a command does is its own
// entrance, so that calls of Run and Answer lead nowhere.
func (s ruleSource) reach(from []*ast.FuncDecl) {
	seen := map[*ast.FuncDecl]bool{}
	for len(from) > 0 {
		f := from[len(from)-1]
		from = from[:len(from)-1]
		if seen[f] || f.Body == nil {
			continue
		}
		seen[f] = true
		for _, call := range callsIn(f.Body) {
			if name, _ := toldRule(call); name != "" {
				s.reached[name] = true
			}
			if called := calledName(call); called != "Run" && called != "Answer" {
				from = append(from, s.funcs[called]...)
			}
		}
	}
}
