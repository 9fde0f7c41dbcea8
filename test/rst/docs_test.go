package rst

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"example.org/dorado/test/peer"
)

// cases are those of ICANN's suite for EPP.
const cases = 27

// docs/rst.md has one row for each case, in order, and names the test that is its; every test of a case
// is one that it names.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(peer.Root(t), "docs", "rst.md"))
	if err != nil {
		t.Fatal(err)
	}
	var told, want []string
	for _, row := range regexp.MustCompile("(?m)^\\| (epp-\\d\\d) \\|[^|]*\\| `(\\w+)` \\|").FindAllStringSubmatch(string(text), -1) {
		told = append(told, row[1]+" "+row[2])
	}
	for n := 1; n <= cases; n++ {
		want = append(want, fmt.Sprintf("epp-%02d TestEPP%02d", n, n))
	}
	if !slices.Equal(told, want) {
		t.Errorf("the table has the rows\n%q, want\n%q", told, want)
	}
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var tests []string
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`(?m)^func TestEPP(\d\d)\(`).FindAllStringSubmatch(string(source), -1) {
			tests = append(tests, "epp-"+found[1]+" TestEPP"+found[1])
		}
	}
	slices.Sort(tests)
	if !slices.Equal(tests, want) {
		t.Errorf("the tests are\n%q, want\n%q", tests, want)
	}
}

// What the document tells an operator to fill in is what these tests run with.
func TestDocumentedInputs(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(peer.Root(t), "docs", "rst.md"))
	if err != nil {
		t.Fatal(err)
	}
	for parameter, value := range map[string]string{
		"epp.requiredContactTypes": fmt.Sprintf("%q", requiredContactTypes()),
		"epp.hostModel":            "objects",
		"dns.gluePolicy":           "narrow",
		"epp.secDNSInterfaces":     "dsData",
		"longest registration":     fmt.Sprintf("%d years", maxYears),
		"repository id":            repositoryID,
	} {
		row := regexp.MustCompile("(?m)^\\| `?" + regexp.QuoteMeta(parameter) + "`? \\| (.*) \\|$").FindStringSubmatch(string(text))
		if row == nil {
			t.Errorf("there is no row for %s", parameter)
			continue
		}
		words := regexp.MustCompile(`[\w.-]+`)
		for _, word := range words.FindAllString(value, -1) {
			if !slices.Contains(words.FindAllString(row[1], -1), word) {
				t.Errorf("the row of %s says %q, want %s", parameter, row[1], value)
			}
		}
	}
}
