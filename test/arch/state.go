package arch

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

var stateRules = []Rule{
	{
		"init", "nothing happens because a package was imported: main calls what has to be done, in an order " +
			"that one can read", hasInit,
	},
	{
		"package variables", "what a package knows from the start never changes, or one test or registry would " +
			"change another: state belongs into a value that is passed on", changesVariable,
	},
	{
		"shared state", "a lock, a channel or an atomic at package level is state that everybody shares; it " +
			"belongs into a value that is passed on (sync.Pool and sync.OnceValue hold none that shows)", holdsState,
	},
}

func hasInit(t *Tree) []Fault {
	return t.inspect(all, func(n ast.Node) string {
		if fn, ok := n.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			return "has a function init"
		}
		return ""
	})
}

func changesVariable(t *Tree) []Fault {
	return t.inspect(all, func(n ast.Node) string {
		for _, x := range changed(n) {
			if v := t.variable(x); v != nil {
				return "changes, or lets others change, the package variable " + v.Name()
			}
		}
		return ""
	})
}

// changed returns the expressions whose values a piece of syntax changes, or gives away to be changed.
func changed(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			return n.Lhs
		}
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			return []ast.Expr{n.Key, n.Value}
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return []ast.Expr{n.X}
		}
	case *ast.CallExpr:
		id, ok := n.Fun.(*ast.Ident)
		if ok && len(n.Args) > 0 && slices.Contains([]string{"delete", "clear", "copy"}, id.Name) {
			return n.Args[:1]
		}
	}
	return nil
}

// variable returns the package variable, of whatever package of ours, that an expression is a part of,
// or nil.
func (t *Tree) variable(x ast.Expr) *types.Var {
	switch x := x.(type) {
	case *ast.Ident:
		v, ok := t.Info.Uses[x].(*types.Var)
		if ok && !v.IsField() && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
			return v
		}
	case *ast.SelectorExpr:
		if t.imported(x.X) != "" {
			return t.variable(x.Sel)
		}
		return t.variable(x.X)
	case *ast.IndexExpr:
		return t.variable(x.X)
	case *ast.SliceExpr:
		return t.variable(x.X)
	case *ast.StarExpr:
		return t.variable(x.X)
	case *ast.ParenExpr:
		return t.variable(x.X)
	}
	return nil
}

func holdsState(t *Tree) []Fault {
	var faults []Fault
	for f := range t.product() {
		for _, decl := range f.Syntax.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.VAR {
				faults = append(faults, t.state(gen)...)
			}
		}
	}
	return faults
}

// state returns the faults of the declaration of package variables, function literals in it aside.
func (t *Tree) state(decl *ast.GenDecl) []Fault {
	var faults []Fault
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.FuncType:
			return false
		case *ast.ChanType:
			faults = append(faults, t.at(n, "has a channel at package level"))
		case *ast.SelectorExpr:
			pkg, name := t.imported(n.X), n.Sel.Name
			if pkg == "sync/atomic" || pkg == "sync" && name != "Pool" && !strings.HasPrefix(name, "OnceF") &&
				!strings.HasPrefix(name, "OnceV") {
				faults = append(faults, t.at(n, "has a %s.%s at package level", pkg, name))
			}
		}
		return true
	})
	return faults
}
