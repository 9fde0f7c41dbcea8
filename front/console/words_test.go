package console

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.org/dorado/core/policy"
)

// places are those of arguments in a text, in whatever order.
var places = regexp.MustCompile(`%(\[\d+\])?[a-z]`)

// TestEveryTextIsTranslated: what the console says has Spanish, with as many places for arguments, and nothing is kept
// that nobody says.
func TestEveryTextIsTranslated(t *testing.T) {
	said := append(textsOfTemplates(t), textsOfCode(t)...)
	for _, item := range policy.Accreditation() {
		said = append(said, item.Text)
	}
	if len(said) < 50 {
		t.Fatalf("only %d texts were found", len(said))
	}
	all := spanish()
	for _, english := range said {
		translated, ok := all[english]
		switch {
		case !ok:
			t.Errorf("no Spanish for %q", english)
		case len(places.FindAllString(english, -1)) != len(places.FindAllString(translated, -1)):
			t.Errorf("%q has other places for arguments than %q", translated, english)
		}
		if n := strings.Count(english, "%"); n != len(places.FindAllString(english, -1))+2*strings.Count(english, "%%") {
			t.Errorf("%q has a verb that the test does not know", english)
		}
	}
	for english := range all {
		if !slices.Contains(said, english) {
			t.Errorf("nobody says %q", english)
		}
	}
}

// TestSpanishIsTranslatedOnce: no part of the console translates a text that another has translated otherwise.
func TestSpanishIsTranslatedOnce(t *testing.T) {
	seen := map[string]string{}
	for _, part := range spanishParts() {
		for english, translated := range part {
			if before, ok := seen[english]; ok && before != translated {
				t.Errorf("%q is both %q and %q", english, before, translated)
			}
			seen[english] = translated
		}
	}
}

// textsOfTemplates returns the texts that templates say: the string behind each t.
func textsOfTemplates(t *testing.T) []string {
	t.Helper()
	call := regexp.MustCompile(`[{( ]t ("(?:[^"\\]|\\.)*")`)
	var said []string
	names, err := fs.Glob(files, "html/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		body, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range call.FindAllStringSubmatch(string(body), -1) {
			text, err := strconv.Unquote(found[1])
			if err != nil {
				t.Fatalf("%s: %s: %v", name, found[1], err)
			}
			said = append(said, text)
		}
	}
	return said
}

// textsOfCode returns the texts that code says: the first string among the arguments of t, say, text, done and leaveNotice.
func textsOfCode(t *testing.T) []string {
	t.Helper()
	var said []string
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := ""
			switch f := call.Fun.(type) {
			case *ast.Ident:
				name = f.Name
			case *ast.SelectorExpr:
				name = f.Sel.Name
			}
			place := map[string]int{"t": 0, "say": 0, "text": 0, "leaveNotice": 0, "done": 1}
			i, says := place[name]
			if !says || len(call.Args) <= i {
				return true
			}
			if text, ok := literal(call.Args[i]); ok {
				said = append(said, text)
			}
			return true
		})
	}
	return said
}

// literal returns the text of a string, or of several put together.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, err := strconv.Unquote(e.Value)
			return text, err == nil
		}
	case *ast.BinaryExpr:
		left, l := literal(e.X)
		right, r := literal(e.Y)
		return left + right, l && r && e.Op == token.ADD
	}
	return "", false
}
