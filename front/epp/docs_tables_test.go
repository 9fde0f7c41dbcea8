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
	"regexp"
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
	rules := rulesOfFlow(t)
	for name, table := range map[string]string{
		"rules": rulesTable(rules, true), "operator rules": rulesTable(rules, false), "limits": limitsTable(t),
		"codes": codesTable(t, rules), "statuses": statusTable(), "extensions": extensionTable(),
		"messages": messagesTable(t),
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

// literals are the texts in the source of a package, one after the other.
func literals(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	for _, file := range sources(t, dir) {
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == gotoken.STRING {
				text, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				b.WriteString(text + "\x00")
			}
			return true
		})
	}
	return b.String()
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
	b.WriteString("| limit | value | what it bounds |\n|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value, err := json.Marshal(values[name])
		if err != nil {
			t.Fatal(err)
		}
		if said[name] == "" {
			t.Errorf("the limit %s has no comment in policy.Limits", name)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, value, said[name])
	}
	return b.String()
}

// citedDecision is what a comment says to people who work on this, at its end.
var citedDecision = regexp.MustCompile(`\.? Decisions [0-9.]+$`)

// limitComments are the comments of the fields of policy.Limits and of its parts, by their names in a profile.
func limitComments(t *testing.T) map[string]string {
	structs := map[string]*ast.StructType{}
	for _, file := range sources(t, "../../core/policy") {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				structs[spec.Name.Name], _ = spec.Type.(*ast.StructType)
			}
			return true
		})
	}
	said := map[string]string{}
	parts := []string{"Limits"}
	for len(parts) > 0 {
		part := structs[parts[0]]
		parts = parts[1:]
		for _, field := range part.Fields.List {
			if len(field.Names) == 0 {
				parts = append(parts, field.Type.(*ast.Ident).Name)
				continue
			}
			tag, err := strconv.Unquote(field.Tag.Value)
			if err != nil {
				t.Fatal(err)
			}
			_, key, _ := strings.Cut(tag, `json:"`)
			key, _, _ = strings.Cut(key, `"`)
			key, _, _ = strings.Cut(key, ",")
			text := strings.Join(strings.Fields(cmp.Or(field.Comment.Text(), field.Doc.Text())), " ")
			said[key] = citedDecision.ReplaceAllString(text, "")
		}
	}
	return said
}

// codesTable lists every result code with what leads to it, and the rules that refuse with it.
func codesTable(t *testing.T, rules []documentedRule) string {
	by := map[registry.Code][]string{}
	for _, r := range rules {
		for _, code := range r.codes {
			if r.forRegistrars {
				by[code] = append(by[code], "`"+r.name+"`")
			}
		}
	}
	var b strings.Builder
	b.WriteString("| code | text | what leads to it | rules |\n|---|---|---|---|\n")
	for _, code := range registry.Codes() {
		why := codeReasons[code]
		if why == "" {
			t.Errorf("codeReasons does not say what leads to %s", code)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", results[code].number, results[code].text, why, strings.Join(by[code], " "))
	}
	return b.String()
}

// codeReasons say what leads to a code: what the protocol itself judges, what an answer that is no refusal
// means, and what the rules have in common.
var codeReasons = map[registry.Code]string{
	registry.Completed:             "done; what it changes is stored",
	registry.CompletedPending:      "a deletion was accepted; the name goes at the end of its periods, and a message says so",
	registry.NoMessages:            "`poll` with an empty queue, or a queue that the registry has switched off",
	registry.AckToDequeue:          "`poll op=\"req\"` with a message",
	registry.EndingSession:         "`logout`; the connection is closed",
	registry.UnknownCommand:        "an element in `command` that EPP does not have",
	registry.Syntax:                "the frame is not XML, or not valid by the schemas",
	registry.CommandUse:            "a command before the login, or a second login",
	registry.ParameterMissing:      "a value that the schema leaves out and the registry needs: `type` of a contact, the report of a restore, a phase, `loginSec:pw`",
	registry.ParameterRange:        "a year in which no name expires",
	registry.ParameterSyntax:       "a name, an address or an id that is none; an element that is empty",
	registry.UnimplementedVersion:  "a login with another `version` than 1.0",
	registry.UnimplementedCommand:  "nothing: every command of RFC 5730 is there",
	registry.UnimplementedOption:   "a login in another language than `en`; `urgent` of secDNS",
	registry.UnimplementedExt:      "an extension that the login did not announce or the server lacks, or that goes with another command",
	registry.BillingFailure:        "the price is not covered, or the account is on hold",
	registry.NotRenewable:          "the name would end too many years ahead",
	registry.Authentication:        "a login with a wrong id, password or address; `newPW` has to come with it if the password has expired",
	registry.Authorization:         "the object is another registrar's, a token is not the name's, or the registrar is suspended",
	registry.InvalidAuthInfo:       "an authInfo that is wrong or weak, or not the allocation code",
	registry.ObjectExists:          "a create of what there is",
	registry.ObjectMissing:         "a command on what there is not, or a link to it",
	registry.StatusProhibits:       "a [status](#statuses) of the object, or a host elsewhere that was to be renamed",
	registry.AssociationProhibits:  "a host or contact that a name uses",
	registry.NotTransferable:       "a name in its hold, or one that is the registrar's own",
	registry.ObjectPendingTransfer: "a request for what somebody has asked for already",
	registry.ObjectNotPending:      "an answer to, or a query of, a transfer that nobody asked for",
	registry.ParameterPolicy:       "what the schema has and the registry does not take: months, `hostAttr`, `keyData` alone, marks, applications, an extension twice",
	registry.UnimplementedService:  "an object that the login did not announce or the server lacks",
	registry.DataPolicy:            "a limit on the registrar's commands; the reason has the wait",
	registry.CommandFailed:         "a fault of the registry; nothing was stored; send it again",
	registry.CommandFailedClosing:  "a length of frame that cannot be right, or a login that took too long; the connection is closed",
	registry.AuthenticationClosing: "the third failed login of a connection, which is closed",
	registry.SessionLimitClosing:   "a session or a login too many; the connection is closed",
}

// The table of commands names every element that an extension adds to one.
func TestDocumentedCommands(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := bytes.Cut(text, []byte("## Commands and their extensions\n"))
	section, _, _ = bytes.Cut(section, []byte("\n## "))
	named := 0
	for _, e := range extensions {
		for local := range e.read {
			named++
			if element := usualName(strictxml.Name{Space: e.uri, Local: local}); !bytes.Contains(section, []byte("`"+element+"`")) {
				t.Errorf("no command of the table has %s", element)
			}
		}
	}
	if named == 0 {
		t.Error("no extension reads anything")
	}
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
