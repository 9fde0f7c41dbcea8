package policy_test

import (
	"slices"
	"strings"
	"testing"

	"example.org/dorado/core/policy"
)

// The first table that a label fits in is its table; what is not offered is none.
func TestTables(t *testing.T) {
	terms := policy.Terms{IDNTables: []string{"pt", "es", "ja"}}
	for label, want := range map[string]string{
		"ação": "pt", "canción": "pt", "mañana": "es", "日本": "ja", "plain": "pt",
	} {
		if table, ok := terms.Table(label); !ok || table.ID() != want {
			t.Errorf("Table(%q) = %v, %v, want %s", label, table, ok, want)
		}
	}
	for label, want := range map[string]string{
		"straße": "has 'ß' (U+00DF), which none of them has",
		"mañanã": "has 'ã' (U+00E3), which is not in table es",
		"日本ñ":    "has 'ñ' (U+00F1), which is not in table ja",
	} {
		if _, ok := terms.Table(label); ok || terms.Misfit(label) != want {
			t.Errorf("Misfit(%q) = %q, want %q", label, terms.Misfit(label), want)
		}
	}
	if _, ok := terms.TableByID("de"); ok {
		t.Error("a table that is not offered is found")
	}
	if table, ok := terms.TableByID("ja"); !ok || table.ID() != "ja" {
		t.Error("a table that is offered is not found")
	}
}

// A profile names tables that there are, each once.
func TestTablesOfAProfile(t *testing.T) {
	for _, test := range []struct{ tables, want string }{
		{`["es", "xx"]`, `idnTables: there is no IDN table "xx"; there are es,`},
		{`["es", "es"]`, `idnTables: "es" is named twice`},
		{`[{"id": "es"}]`, "cannot unmarshal object"},
	} {
		_, err := policy.Parse([]byte(`{"id": "x", "repository": "X", "zones": [{"name": "x"}],
			"versions": [{"from": "2026-01-01T00:00:00Z", "why": "a test", "terms": {"idnTables": ` + test.tables + `}}]}`))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("tables %s: %v, want %q", test.tables, err, test.want)
		}
	}
	p, err := policy.BuiltIn("co-2026")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Versions[0].Terms.IDNTables; !slices.Contains(got, "zh") || got[0] != "es" {
		t.Errorf("the built-in profile offers %v", got)
	}
}
