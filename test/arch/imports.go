package arch

import (
	"slices"
	"strconv"
	"strings"
)

// layers are the rings of the house, and what each may import of the others. A package belongs to
// the layer that its path begins with.
var layers = []struct {
	path string
	may  []string
}{
	{"core", []string{"core"}},
	{"flow", []string{"core", "flow"}},
	{"store", []string{"core", "store"}},
	{"front", []string{"core", "flow", "front"}}, // front: see the rule on front-ends
	{"cmd", []string{"core", "flow", "store", "front", "cmd"}},
	{"test", []string{"core", "flow", "store", "front", "test"}},
	{"bench", []string{"core", "flow", "store", "front", "test"}},
}

// order is the order inside the core: a package may import those of the rows above its own.
var order = [][]string{
	{"core/names", "core/ledger", "core/strictjson", "core/strictxml"},
	{"core/idn", "core/registry", "core/zone"},
	{"core/policy", "core/dnssec"},
	{"core/lifecycle"},
}

// maxPackages bounds the packages of the program, those under test and bench not counted.
const maxPackages = 31 // the strict reading of JSON came last: the core, a front-end and the program read it alike

// badNames are names that say nothing of what a package owns.
var badNames = strings.Fields("util utils utility utilities common commons helper helpers misc base shared " +
	"lib libs types model models constants consts errors interfaces tools stuff")

var importRules = []Rule{
	{
		"layers", "core ← flow ← front, core ← store, and cmd sees all but test: what is inside must not " +
			"know what is around it, or neither can be tested or changed alone", importsOutward,
	},
	{
		"order in the core", "names, ledger, strictjson, strictxml < idn, registry, zone < policy, dnssec < lifecycle: the nouns do not know " +
			"what is done with them; a new package of the core gets its row in order", importsUpward,
	},
	{
		"front-ends", "front-ends translate and do not know each other; what two of them need belongs into " +
			"flow or core", importsSideways,
	},
	{"package count", "a new package needs a reason: raise maxPackages in the commit that gives it", tooManyPackages},
	{"package names", "a package is named after what it owns, and this name would take in everything", namesNothing},
}

// layer returns the layer of a package.
func layer(pkg string) string {
	first, _, _ := strings.Cut(pkg, "/")
	return first
}

// imports calls f for each import, in files that are no tests, with its path.
func (t *Tree) imports(f func(file *File, imported string) []Fault) []Fault {
	var faults []Fault
	for file := range t.product() {
		for _, spec := range file.Syntax.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			faults = append(faults, f(file, imported)...)
		}
	}
	return faults
}

// ours calls f for each import of a package of this module, with its path from the root.
func (t *Tree) ours(f func(file *File, imported string) bool) []Fault {
	return t.imports(func(file *File, imported string) []Fault {
		pkg, ok := strings.CutPrefix(imported, module)
		if !ok || !f(file, pkg) {
			return nil
		}
		return []Fault{{file.Path, "imports " + pkg}}
	})
}

func importsOutward(t *Tree) []Fault {
	var faults []Fault
	for _, pkg := range t.packages() {
		if allowed(pkg) == nil {
			faults = append(faults, Fault{pkg, "is in no layer"})
		}
	}
	return append(faults, t.ours(func(file *File, imported string) bool {
		return !slices.Contains(allowed(file.Pkg), layer(imported))
	})...)
}

// allowed returns the layers that a package may import.
func allowed(pkg string) []string {
	for _, l := range layers {
		if l.path == layer(pkg) {
			return l.may
		}
	}
	return nil
}

func importsUpward(t *Tree) []Fault {
	var faults []Fault
	for _, pkg := range t.packages() {
		if layer(pkg) == "core" && row(pkg) < 0 {
			faults = append(faults, Fault{pkg, "has no row in the order"})
		}
	}
	return append(faults, t.ours(func(file *File, imported string) bool {
		return layer(file.Pkg) == "core" && layer(imported) == "core" && row(imported) >= row(file.Pkg)
	})...)
}

// row returns the place of a package of the core in the order, or -1.
func row(pkg string) int {
	return slices.IndexFunc(order, func(row []string) bool { return within(pkg, row...) })
}

func importsSideways(t *Tree) []Fault {
	return t.ours(func(file *File, imported string) bool {
		return layer(file.Pkg) == "front" && layer(imported) == "front" && !within(imported, frontEnd(file.Pkg))
	})
}

// frontEnd returns the folder of the front-end that a package belongs to.
func frontEnd(pkg string) string {
	parts := strings.Split(pkg, "/")
	return strings.Join(parts[:min(2, len(parts))], "/")
}

func tooManyPackages(t *Tree) []Fault {
	var program []string
	for _, pkg := range t.packages() {
		if !within(pkg, "test", "bench") {
			program = append(program, pkg)
		}
	}
	if len(program) <= maxPackages {
		return nil
	}
	return []Fault{{"the program", "has " + strconv.Itoa(len(program)) + " packages, and " +
		strconv.Itoa(maxPackages) + " is the most: " + strings.Join(program, " ")}}
}

func namesNothing(t *Tree) []Fault {
	var faults []Fault
	for f := range t.product() {
		if name := f.Syntax.Name.Name; slices.Contains(badNames, name) {
			faults = append(faults, t.at(f.Syntax.Name, "the package is called %s", name))
		}
	}
	return faults
}
