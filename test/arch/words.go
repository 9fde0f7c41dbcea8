package arch

import (
	"go/ast"
	"slices"
	"unicode"
)

// words are those that our vocabulary has another for, what to say instead, and where they are the
// word of the protocol or the machine, so may be used.
var words = []struct {
	bad, instead string
	except       []string
}{
	{"customer", "registrar", nil},
	{"owner", "sponsor, or registrant", []string{"core/zone", "core/dnssec", "front/dns", "cmd", "test"}}, // of a DNS record, of a file
	{"entity", "domain, host or contact", []string{"front/rdap", "core/strictxml", "test"}},               // RFC 9083 section 5.1; XML
	{"entities", "domains, hosts or contacts", []string{"front/rdap", "test"}},
	{"fqdn", "name", nil},
	{"dto", "command or reply", nil},
	{"cron", "sweep", nil},
	{"validator", "rule", nil},
	{"exception", "refusal or fault", []string{"core/names", "store"}}, // RFC 5892 section 2.6; SQLSTATE class 08
	{"helper", "what it does", []string{"test/peer"}},                  // a method of testing.TB
	{"manager", "what it does", []string{"core/registry"}},             // the role of manual 4.1.1
	{"util", "what it does", nil},
}

var wordRules = []Rule{
	{"vocabulary", "one thing has one word in code, tables, docs, logs and console", badWords},
}

func badWords(t *Tree) []Fault {
	var faults []Fault
	for f := range t.product() {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || t.Info.Defs[id] == nil {
				return true
			}
			for _, w := range words {
				if slices.Contains(split(id.Name), w.bad) && !within(f.Pkg, w.except...) {
					faults = append(faults, t.at(id, "%s says %s: say %s", id.Name, w.bad, w.instead))
				}
			}
			return true
		})
	}
	return faults
}

// split returns the words of an identifier in lower case: parseFQDNList gives parse, fqdn, list.
func split(id string) []string {
	var all []string
	var word []rune
	runes := []rune(id)
	for i, r := range runes {
		follows := i+1 < len(runes) && unicode.IsLower(runes[i+1])
		starts := unicode.IsUpper(r) && i > 0 && (!unicode.IsUpper(runes[i-1]) || follows)
		if (starts || r == '_') && len(word) > 0 {
			all, word = append(all, string(word)), nil
		}
		if r != '_' {
			word = append(word, unicode.ToLower(r))
		}
	}
	return append(all, string(word))
}
