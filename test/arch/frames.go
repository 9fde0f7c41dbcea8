package arch

import (
	"go/ast"
	"slices"
	"strings"
)

var frameRules = []Rule{
	{
		"frames are judged", "every frame that a test sees is held to the published schemas, and not by sampling: a " +
			"server under test has schema.Watch in its Sent, the program is built by schema.Build, and what the codec " +
			"encodes goes to schema.Want", unjudged,
	},
}

// unjudged finds tests in which a frame could come from a server or from the codec that nobody judges.
func unjudged(t *Tree) []Fault {
	var faults []Fault
	for _, f := range t.Files {
		if !f.Test && !within(f.Pkg, "test") || within(f.Pkg, "test/schema", "test/arch") {
			continue
		}
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				faults = append(faults, t.unwatched(n)...)
			case *ast.BasicLit:
				if n.Value == `"./cmd/dorado"` || n.Value == `"example.org/dorado/cmd/dorado"` {
					faults = append(faults, t.at(n, "builds the program; schema.Build does, and watches it"))
				}
			case *ast.FuncDecl:
				if f.Pkg == "front/epp" && encodesUnjudged(n) {
					faults = append(faults, t.at(n, "%s encodes a frame and does not give it to schema.Want", n.Name.Name))
				}
			}
			return true
		})
	}
	return faults
}

// unwatched finds a server or a program that is made without what watches it.
func (t *Tree) unwatched(n *ast.CompositeLit) []Fault {
	var keys []string
	for _, e := range n.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.Ident); ok {
				keys = append(keys, key.Name)
			}
		}
	}
	switch kind := n.Type.(type) {
	case *ast.SelectorExpr:
		if x, ok := kind.X.(*ast.Ident); ok && x.Name == "epp" && kind.Sel.Name == "Config" && !slices.Contains(keys, "Sent") {
			return []Fault{t.at(n, "makes an epp.Config without Sent")}
		}
	case *ast.Ident: // one that serves can be asked to reload
		if kind.Name == "program" && slices.Contains(keys, "hangups") && !slices.Contains(keys, "answers") {
			return []Fault{t.at(n, "makes a program without answers")}
		}
	}
	return nil
}

// encodesUnjudged reports whether a function encodes a frame and leaves it at that. Benchmarks and fuzz
// targets do; what returns frames by name or as text leaves them to TestAnswersAreValid.
func encodesUnjudged(f *ast.FuncDecl) bool {
	name := f.Name.Name
	if f.Body == nil || strings.HasPrefix(name, "Benchmark") || strings.HasPrefix(name, "Fuzz") || f.Type.Results != nil {
		return false
	}
	encodes, judged := false, false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			encodes = encodes || n.Name == "appendAnswer" || n.Name == "appendGreeting"
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			judged = judged || ok && x.Name == "schema" && n.Sel.Name == "Want"
		}
		return true
	})
	return encodes && !judged
}
