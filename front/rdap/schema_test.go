package rdap_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.org/dorado/test/peer"
)

// schemaOf is ICANN's schema for each of the golden answers; of a page of results, for one of them where there is none for
// the page.
var schemaOf = map[string]string{
	"closed.json": "rdap_domain.json", "open.json": "rdap_domain.json", "jscard.json": "rdap_domain.json", "closed_jscard.json": "rdap_domain.json",
	"nameserver.json": "rdap_nameserver.json", "registrar.json": "rdap_entity.json", "contact.json": "rdap_entity.json",
	"help.json": "rdap_help.json", "missing.json": "rdap_error.json", "nameservers.json": "rdap_nameservers.json",
	"domains.json": "domainSearchResults rdap_domain.json", "domains_full.json": "domainSearchResults rdap_domain.json",
	"domains_id.json": "domainSearchResults rdap_domain.json", "entities.json": "entitySearchResults rdap_entity.json",
}

// Every kind of answer, as the golden files have them, is valid by the schemas of ICANN's conformance tool, judged by ajv.
// They are closed and know no extension, so the members of extensions are taken out before; those of answers without
// redactions are not.
func TestSchemas(t *testing.T) {
	shared, ok := peer.Shared(t)
	if !ok {
		return
	}
	type question struct {
		Schema string `json:"schema"`
		Answer any    `json:"answer"`
	}
	var input bytes.Buffer
	var asked []string
	ask := func(file, schema string, answer any) {
		asked = append(asked, file)
		if err := json.NewEncoder(&input).Encode(question{schema, answer}); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		answer := golden(t, name)
		withoutExtensions(answer)
		list, schema, isPage := strings.Cut(schemaOf[name], " ")
		switch {
		case list == "":
			t.Errorf("%s has no schema", name)
		case !isPage:
			ask(name, list, answer)
		}
		for _, result := range answer.list(list) {
			ask(name, schema, result)
		}
	}
	// That the judge judges: an answer with a member that no schema has.
	ask("", "rdap_domain.json", object{"objectClassName": "domain", "ldhName": "shop.co", "odd": true})

	judge := exec.Command(peer.Need(t, "node"), filepath.Join("testdata", "judge.js"), filepath.Join(shared, "schemas", "rdap-icann"))
	judge.Env = append(os.Environ(), "NODE_PATH=/usr/share/nodejs:/usr/lib/nodejs")
	judge.Stdin = &input
	out, err := judge.Output()
	if err != nil {
		t.Fatalf("ajv: %v\n%s", err, out)
	}
	verdicts := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(verdicts) != len(asked) {
		t.Fatalf("%d verdicts of %d answers", len(verdicts), len(asked))
	}
	for i, verdict := range verdicts {
		if (verdict == "valid") != (asked[i] != "") {
			t.Errorf("%q: %s", asked[i], verdict)
		}
	}
}

// golden reads a golden answer.
func golden(t *testing.T, name string) (o object) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return o
}

// withoutExtensions takes out what RFC 9537, 8977, 8982 and the draft of JSContact add.
func withoutExtensions(v any) {
	switch v := v.(type) {
	case object:
		withoutExtensions(map[string]any(v))
	case map[string]any:
		for _, name := range []string{"redacted", "jscard", "paging_metadata", "sorting_metadata", "subsetting_metadata"} {
			delete(v, name)
		}
		for _, member := range v {
			withoutExtensions(member)
		}
	case []any:
		for _, member := range v {
			withoutExtensions(member)
		}
	}
}

// Every path of a redaction is one that a library of others can read, and says the truth: what was removed is not there, what
// was emptied or put in the place of something is. RFC 9537 section 4.2.
func TestRedactionPaths(t *testing.T) {
	type question struct {
		Path     string `json:"path"`
		Document object `json:"document"`
	}
	var input bytes.Buffer
	var asked []string
	var there []bool
	ask := func(path string, document object, want bool) {
		if path == "" {
			return
		}
		asked, there = append(asked, path), append(there, want)
		if err := json.NewEncoder(&input).Encode(question{path, document}); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"closed.json", "open.json", "jscard.json", "closed_jscard.json", "domains_full.json", "contact.json"} {
		document := golden(t, name)
		redactions := document.list("redacted")
		for _, result := range document.list("domainSearchResults") {
			redactions = append(redactions, result.list("redacted")...)
		}
		for _, r := range redactions {
			ask(r.said("prePath"), document, false)
			ask(r.said("postPath"), document, true)
			ask(r.said("replacementPath"), document, true)
		}
	}
	if len(asked) < 150 {
		t.Errorf("only %d paths were found", len(asked))
	}
	ask("$.entities[?(@.roles[0]=='registrar')].handle", golden(t, "closed.json"), true) // that the judge judges
	run := exec.Command("go", "run", "-C", filepath.Join(peer.Root(t), "test", "clients"), "./jsonpath")
	run.Stdin = &input
	out, err := run.Output()
	if err != nil {
		t.Fatalf("jsonpath: %v\n%s", err, out)
	}
	counts := strings.Fields(string(out))
	if len(counts) != len(asked) {
		t.Fatalf("%d answers to %d paths:\n%s", len(counts), len(asked), out)
	}
	for i, count := range counts {
		if want := map[bool]string{true: "1", false: "0"}[there[i]]; count != want {
			t.Errorf("%s selects %s values, want %s", asked[i], count, want)
		}
	}
}
