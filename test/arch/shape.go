package arch

import (
	"bytes"
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// What fits: a function on a screen or two, a file in one idea.
const (
	maxFunctionLines = 70
	maxParameters    = 5
	maxFileLines     = 700
)

var shapeRules = []Rule{
	{
		"function length", "a function fits on a screen: ifs go up, loops go down, and the rest is a function " +
			"with a name", longFunctions,
	},
	{
		"parameters", "five parameters are the most, a context not counted: more of them are a struct with " +
			"named fields", manyParameters,
	},
	{"file length", "a file has one idea; generated tables are excepted", longFiles},
	{
		"package comment", "one comment tells what a package owns, and the map of the code is made of them: " +
			"\"Package x owns …\", for a command \"Command x …\"", packageComments,
	},
}

func longFunctions(t *Tree) []Fault {
	return t.inspect(all, func(n ast.Node) string {
		name := ""
		switch fn := n.(type) {
		case *ast.FuncDecl:
			name = fn.Name.Name
		case *ast.FuncLit:
			name = "a function literal"
		default:
			return ""
		}
		lines := t.Fset.Position(n.End()).Line - t.Fset.Position(n.Pos()).Line + 1
		if lines <= maxFunctionLines {
			return ""
		}
		return fmt.Sprintf("%s has %d lines, and %d is the most", name, lines, maxFunctionLines)
	})
}

func all(*File) bool { return true }

func manyParameters(t *Tree) []Fault {
	return t.inspect(all, func(n ast.Node) string {
		fn, ok := n.(*ast.FuncType)
		if !ok {
			return ""
		}
		count := 0
		for _, field := range fn.Params.List {
			if !t.isContext(field.Type) {
				count += max(1, len(field.Names))
			}
		}
		if count <= maxParameters {
			return ""
		}
		return fmt.Sprintf("a function has %d parameters, and %d is the most", count, maxParameters)
	})
}

// isContext reports whether a type is context.Context.
func (t *Tree) isContext(x ast.Expr) bool {
	sel, ok := x.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Context" && t.imported(sel.X) == "context"
}

func longFiles(t *Tree) []Fault {
	var faults []Fault
	for f := range t.product() {
		if n := bytes.Count(f.Source, []byte("\n")); n > maxFileLines && !ast.IsGenerated(f.Syntax) {
			faults = append(faults, Fault{f.Path, fmt.Sprintf("has %d lines, and %d is the most", n, maxFileLines)})
		}
	}
	return faults
}

func packageComments(t *Tree) []Fault {
	comments := map[string][]*File{}
	for f := range t.product() {
		if f.Syntax.Doc != nil {
			comments[f.Pkg] = append(comments[f.Pkg], f)
		}
	}
	var faults []Fault
	for _, pkg := range t.packages() {
		if n := len(comments[pkg]); n != 1 {
			faults = append(faults, Fault{pkg, fmt.Sprintf("has %d package comments, and 1 is wanted", n)})
			continue
		}
		f := comments[pkg][0]
		if want := opening(f); !strings.HasPrefix(f.Syntax.Doc.Text(), want) {
			faults = append(faults, t.at(f.Syntax.Doc, "the package comment does not begin %q", want))
		}
	}
	return faults
}

// opening returns how the package comment has to begin. A package of tests may go on as it likes.
func opening(f *File) string {
	name := f.Syntax.Name.Name
	switch {
	case name == "main":
		return "Command " + f.Pkg[strings.LastIndex(f.Pkg, "/")+1:]
	case slices.Contains([]string{"test", "bench"}, layer(f.Pkg)):
		return "Package " + name + " "
	default:
		return "Package " + name + " owns "
	}
}
