package flow

import (
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// An IDN is what a create says of an internationalized name: the table that its label is in, and the name
// as its registrar knows it. Manual 9.12.3, decisions 1.6.
type IDN struct {
	Table string
	Uname string // as A-label or U-label; empty if not given
}

// isIDN reports whether the label that is registered is internationalized.
func isIDN(n names.Name) bool { return unicodeLabel(n) != n.Label() }

// idnIsRight holds for what a create says of an internationalized name, in a session that announced the
// extension or did not.
func idnIsRight(t *policy.Terms, n names.Name, said *IDN, announced bool) Rule {
	return allOf("idnIsRight", tableIsNamed(n, said, announced), unameMatches(n, said), tableFits(t, n, said))
}

// tableIsNamed holds unless the session announced the extension and the create of an internationalized name
// does not use it.
func tableIsNamed(n names.Name, said *IDN, announced bool) Rule {
	if !announced || said != nil || !isIDN(n) {
		return holds("tableIsNamed", "idn:table", "")
	}
	return refuse("tableIsNamed", registry.Error{
		Code: registry.ParameterMissing, Field: "idn:data",
		Reason: "the login announced the IDN extension and the create does not name the table of the name; add idn:data",
	})
}

// unameMatches holds for a uname that is the name itself, as A-label or as U-label, in letters of either
// case.
func unameMatches(n names.Name, said *IDN) Rule {
	if said == nil || said.Uname == "" {
		return holds("unameMatches", "idn:uname", "")
	}
	if !names.IsNormalized(said.Uname) {
		return refuse("unameMatches", registry.Error{
			Code: registry.ParameterSyntax, Field: "idn:uname", Value: said.Uname,
			Reason: "a U-label is composed (NFC) and of one width, and this is not; send " + n.Unicode() + " as such",
		})
	}
	uname, err := names.ParseLookup(said.Uname)
	if err == nil && uname == n && !strings.HasSuffix(said.Uname, ".") {
		return holds("unameMatches", "idn:uname", said.Uname)
	}
	return refuse("unameMatches", registry.Error{
		Code: registry.ParameterSyntax, Field: "idn:uname", Value: said.Uname,
		Reason: "it is another name than domain:name; send " + n.String() + " or " + n.Unicode(),
	})
}

// tableFits holds for a table of the registry that the label is wholly inside of.
func tableFits(t *policy.Terms, n names.Name, said *IDN) Rule {
	if said == nil {
		return holds("tableFits", "idn:table", "")
	}
	table, known := t.TableByID(said.Table)
	if !known {
		return refuse("tableFits", registry.Error{
			Code: registry.ParameterPolicy, Field: "idn:table", Value: said.Table,
			Reason: "the registry has no such IDN table; it has " + strings.Join(t.IDNTables, ", "),
		})
	}
	if problem := table.Problem(unicodeLabel(n)); problem != "" {
		return refuse("tableFits", registry.Error{
			Code: registry.ParameterPolicy, Field: "idn:table", Value: said.Table,
			Reason: "the name is not in the table: it " + problem + "; name one that has all its letters",
		})
	}
	return holds("tableFits", "idn:table", said.Table)
}

// tableOf returns the id of the table of a new name: the one that was named, else the first that it fits
// in. A name in ASCII has none unless one was named.
func tableOf(t *policy.Terms, n names.Name, said *IDN) string {
	switch {
	case said != nil:
		return said.Table
	case !isIDN(n):
		return ""
	}
	if table, fits := t.Table(unicodeLabel(n)); fits {
		return table.ID()
	}
	return ""
}
