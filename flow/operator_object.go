package flow

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// What the operator does to names, hosts and contacts of registrars: who decides it and why is kept with the
// object, and its sponsor is told what was done. Decisions section 7.

// A Deed is who does something to an object and why, and what its sponsor is told beside what is done.
type Deed struct {
	Author string // the operator
	Reason string // for the history and the log; registrars are not told
	Told   string // the reason as the sponsor is told; empty: none

	CaseType string // udrp, urs or custom; empty: there is no case. RFC 8590 section 2.1
	CaseID   string
}

func (d Deed) measure(c *Call) registry.Measure {
	m := registry.Measure{Since: c.Now, Author: d.Author, Reason: d.Reason, Told: d.Told}
	if d.CaseType != "" {
		m.Case = d.CaseType + ":" + d.CaseID
	}
	return m
}

// caseTypes are those of RFC 8590 section 2.1.
var caseTypes = []string{"udrp", "urs", "custom"}

// deedIsExplained holds for a deed with an author and a reason, whose texts can be shown and whose case has a
// kind and an id. RFC 8590 section 2.1.
func deedIsExplained(d Deed) Rule {
	known := d.CaseType == "" && d.CaseID == "" || slices.Contains(caseTypes, d.CaseType) && strings.TrimSpace(d.CaseID) != ""
	return allOf("deedIsExplained",
		actIsExplained(Act{Author: d.Author, Reason: d.Reason}),
		textCanBeTold("told", d.Told),
		textCanBeTold("case", d.CaseID),
		refuseIf("deedIsExplained", !known, registry.Error{
			Code: registry.ParameterSyntax, Field: "case", Value: d.CaseType,
			Reason: "a case has a kind, " + strings.Join(caseTypes, ", ") + ", and an id; give both, such as udrp:D2026-0001",
		}),
	)
}

// textCanBeTold holds for a text that is short and can be printed.
func textCanBeTold(field, text string) Rule {
	unprintable := strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
	return refuseIf("textCanBeTold", unprintable || utf8.RuneCountInString(text) > maxReason, registry.Error{
		Code: registry.ParameterSyntax, Field: field,
		Reason: "what is told has at most 200 characters that can be printed; shorten it",
	})
}

// notice begins what the sponsor of an object is told of a deed. RFC 8590.
func (d Deed) notice(c *Call, operation, text string) registry.ChangeNotice {
	return registry.ChangeNotice{
		Step: registry.EventRegistryAction, Operation: operation, At: c.Now, SvTRID: c.SvTRID, Who: "registry",
		CaseType: d.CaseType, CaseID: d.CaseID, Why: d.Told, Text: text,
	}
}

// A StatusEdit is which statuses the operator sets and removes. Lock means those of policy.LockStatuses that the
// object does not have and that can stand beside what it waits for, Unlock those that it has.
type StatusEdit struct {
	Add, Remove  []registry.Status
	Lock, Unlock bool
}

// of returns the edit with the statuses that a lock means for an object with these, as they are stored and as they
// are shown.
func (e StatusEdit) of(object string, stored, shown []registry.Status) StatusEdit {
	for _, s := range policy.LockStatuses(object) {
		other, excludes := policy.Excludes(s)
		switch has := slices.Contains(stored, s); {
		case e.Lock && !has && excludes && slices.Contains(shown, other):
		case e.Lock && !has:
			e.Add = append(slices.Clip(e.Add), s)
		case e.Unlock && has:
			e.Remove = append(slices.Clip(e.Remove), s)
		}
	}
	return e
}

// notice is what the sponsor of an object, given by its name or id, is told of the edit.
func (e StatusEdit) notice(c *Call, d Deed, object string) registry.ChangeNotice {
	n := d.notice(c, "update", e.text(object))
	n.Set, n.Lifted = e.Add, e.Remove
	return n
}

// apply returns the statuses of an object as they are afterwards.
func (e StatusEdit) apply(statuses []registry.Status) []registry.Status {
	return slices.Sorted(slices.Values(edited(statuses, e.Remove, e.Add)))
}

func (e StatusEdit) changes(s registry.Status) bool {
	return slices.Contains(e.Add, s) != slices.Contains(e.Remove, s)
}

// text says in a sentence what was done to an object.
func (e StatusEdit) text(object string) string {
	var parts []string
	if len(e.Add) > 0 {
		parts = append(parts, "set "+joined(e.Add)+" on "+object)
	}
	if len(e.Remove) > 0 {
		parts = append(parts, "removed "+joined(e.Remove)+" from "+object)
	}
	return "The registry " + strings.Join(parts, " and ") + "."
}

func joined(statuses []registry.Status) string {
	words := make([]string, len(statuses))
	for i, s := range statuses {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}

// statusesFit holds for an edit that sets and removes statuses of the operator's, exactly, and none that cannot
// stand beside what the object is waiting for. What it has is given as it is stored and as it is shown.
func (e StatusEdit) statusesFit(object string, stored, shown []registry.Status) Rule {
	field := object + ":status"
	return allOf("statusesFit",
		refuseIf("statusesFit", len(e.Add)+len(e.Remove) == 0, registry.Error{
			Code: registry.ParameterMissing, Field: field, Reason: e.nothing(object),
		}),
		statusesAreTheOperators(object, slices.Concat(e.Add, e.Remove)),
		editIsExact(field, stored, e.Remove, e.Add, showStatus),
		statusesCombine(field, e.Add, shown),
	)
}

// nothing says why an edit changes nothing.
func (e StatusEdit) nothing(object string) string {
	switch {
	case e.Lock:
		return "the " + object + " is locked already; unlock lifts that"
	case e.Unlock:
		return "the " + object + " is not locked; lock does that"
	}
	return "no status is named; name one to set or to remove"
}

// statusesAreTheOperators holds for statuses that only the operator sets on such an object. RFC 5731 section
// 2.3, RFC 5732 section 2.3, RFC 5733 section 2.2.
func statusesAreTheOperators(object string, statuses []registry.Status) Rule {
	may := policy.OperatorStatuses(object)
	for _, s := range statuses {
		if !slices.Contains(may, s) {
			return refuse("statusesAreTheOperators", registry.Error{
				Code: registry.ParameterPolicy, Field: object + ":status", Value: string(s),
				Reason: "this is no status of the registry's for a " + object + "; there are " + joined(may),
			})
		}
	}
	return holds("statusesAreTheOperators", object+":status", "")
}

// statusesCombine holds for statuses that can stand beside what an object has. RFC 5731 section 2.3.
func statusesCombine(field string, added, shown []registry.Status) Rule {
	for _, s := range added {
		if other, ok := policy.Excludes(s); ok && slices.Contains(shown, other) {
			return refuse("statusesCombine", registry.Error{
				Code: registry.StatusProhibits, Field: field, Value: string(s),
				Reason: "it cannot stand beside " + string(other) + "; end that first",
			})
		}
	}
	return holds("statusesCombine", field, "")
}
