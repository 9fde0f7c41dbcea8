// Package arch owns the rules about the code itself: who may import whom, what the pure core may not
// touch, how long a function may be, which words we use. Each rule is a function over the parsed
// tree, and carries its reason, so that who breaks it knows why.
package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// module is the path of our module with a slash.
const module = "example.org/dorado/"

// A File is one Go file of the module.
type File struct {
	Path   string // from the root of the repository, with slashes
	Pkg    string // its folder, which is the package's path without the module's
	Test   bool   // its name ends in _test.go
	Source []byte
	Syntax *ast.File
}

// A Tree is all Go files of the module, parsed, and those that are not tests type-checked as far as
// that goes without the code of others.
type Tree struct {
	Fset  *token.FileSet
	Files []*File // in the order of their paths
	Info  *types.Info

	checked map[string]*types.Package
}

// Load reads the Go files of a module. Folders of other modules, of test data, and those that the go
// command ignores are left out.
func Load(root fs.FS) (*Tree, error) {
	t := &Tree{
		Fset: token.NewFileSet(),
		Info: &types.Info{
			Defs:       map[*ast.Ident]types.Object{},
			Uses:       map[*ast.Ident]types.Object{},
			Selections: map[*ast.SelectorExpr]*types.Selection{},
		},
		checked: map[string]*types.Package{},
	}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && ignored(root, name):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		return t.add(root, name)
	})
	if err != nil {
		return nil, err
	}
	for _, f := range t.Files {
		t.check(f.Pkg)
	}
	return t, nil
}

// ignored reports whether a folder holds no package of the module.
func ignored(root fs.FS, dir string) bool {
	if dir == "." {
		return false
	}
	base := path.Base(dir)
	if base == "testdata" || base == "node_modules" || base[0] == '.' || base[0] == '_' {
		return true
	}
	_, err := fs.Stat(root, path.Join(dir, "go.mod"))
	return err == nil
}

// add parses one file.
func (t *Tree) add(root fs.FS, name string) error {
	source, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	syntax, err := parser.ParseFile(t.Fset, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	t.Files = append(t.Files, &File{name, path.Dir(name), strings.HasSuffix(name, "_test.go"), source, syntax})
	return nil
}

// check type-checks a package of ours, those that it imports before it. Packages of others stand for
// themselves empty, so what is said of them is not known, and errors about that are passed over.
func (t *Tree) check(pkg string) *types.Package {
	if p, ok := t.checked[pkg]; ok {
		return p
	}
	t.checked[pkg] = types.NewPackage(module+pkg, path.Base(pkg)) // for an import cycle
	var files []*ast.File
	for f := range t.product() {
		if f.Pkg == pkg {
			files = append(files, f.Syntax)
		}
	}
	config := types.Config{Importer: importer{t}, Error: func(error) {}, FakeImportC: true}
	p, _ := config.Check(module+pkg, t.Fset, files, t.Info) // the errors are those of the packages of others
	t.checked[pkg] = p
	return p
}

// importer gives type-checked packages of ours, and empty ones of others.
type importer struct{ tree *Tree }

func (im importer) Import(name string) (*types.Package, error) {
	if ours, ok := strings.CutPrefix(name, module); ok {
		return im.tree.check(ours), nil
	}
	if name == "unsafe" {
		return types.Unsafe, nil
	}
	p := types.NewPackage(name, path.Base(name))
	p.MarkComplete()
	return p, nil
}

// product yields the files that are not tests.
func (t *Tree) product() func(yield func(*File) bool) {
	return func(yield func(*File) bool) {
		for _, f := range t.Files {
			if !f.Test && !yield(f) {
				return
			}
		}
	}
}

// packages returns the packages that have a file that is no test, in order.
func (t *Tree) packages() []string {
	var all []string
	for f := range t.product() {
		all = append(all, f.Pkg)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// within reports whether a package is one of the folders, or below one.
func within(pkg string, folders ...string) bool {
	for _, folder := range folders {
		if pkg == folder || strings.HasPrefix(pkg, folder+"/") {
			return true
		}
	}
	return false
}

// A Fault is one place that breaks a rule.
type Fault struct {
	Where string // path, or path:line
	What  string // a clause: "imports os"
}

// at makes the fault of a piece of syntax.
func (t *Tree) at(n ast.Node, format string, args ...any) Fault {
	p := t.Fset.Position(n.Pos())
	return Fault{fmt.Sprintf("%s:%d", p.Filename, p.Line), fmt.Sprintf(format, args...)}
}

// A Rule is one truth about the code.
type Rule struct {
	Name  string
	Why   string // a clause that gives the reason, and often the way out
	Check func(t *Tree) []Fault
}

// Rules are all rules about Go files.
var Rules = slices.Concat(importRules, purityRules, shapeRules, stateRules, wordRules, frameRules)
