package flow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

const fieldTTL = "ttl:ttl"

// A TTLEdit sets the TTL of the records of one type, or gives it back to the registry. RFC 9803 section
// 2.1.
type TTLEdit struct {
	For     string // the type, such as "NS", as the command gave it
	Seconds *uint32
}

// TTLWanted says what of TTLs an info asks for. RFC 9803 section 3.1.1.
type TTLWanted int

// The modes of an info.
const (
	TTLNone   TTLWanted = iota
	TTLChosen           // those that differ from the registry's default
	TTLPolicy           // all, with what may be chosen
)

// A TTLDetail is the TTL of records of one type, and what may be chosen.
type TTLDetail struct {
	For     string
	Seconds uint32
	Range   policy.TTLRange
}

// ttlsAreLegal holds for TTLs of records that are published for an object, each in its range. RFC 9803
// section 2.1.2 for the types, 3.2.1 for the range.
func ttlsAreLegal(t *policy.Terms, object string, edits []TTLEdit) Rule {
	for _, e := range edits {
		if legal := allOf("ttlsAreLegal", ttlIsOffered(t, object, e), ttlIsInRange(t, e)); legal.Refusal != nil {
			return legal
		}
	}
	return holds("ttlsAreLegal", fieldTTL, "")
}

// ttlIsOffered holds for the type of records that are published for an object, if the profile lets its TTL
// be chosen.
func ttlIsOffered(t *policy.Terms, object string, e TTLEdit) Rule {
	offered := offeredTTLs(t, object)
	if slices.Contains(offered, e.For) {
		return holds("ttlIsOffered", fieldTTL, e.For)
	}
	return refuse("ttlIsOffered", registry.Error{
		Code: registry.ParameterPolicy, Field: fieldTTL, Value: e.For,
		Reason: "the TTL of such records of a " + object + " cannot be chosen; choose it for " + strings.Join(offered, ", "),
	})
}

// offeredTTLs returns the types of records of an object whose TTL may be chosen.
func offeredTTLs(t *policy.Terms, object string) []string {
	return slices.DeleteFunc(slices.Clone(policy.TTLTypes(object)), func(kind string) bool {
		_, offered := t.TTLs[kind]
		return !offered
	})
}

// ttlIsInRange holds for a TTL between the least and the most of its type, and for one that is given back.
func ttlIsInRange(t *policy.Terms, e TTLEdit) Rule {
	r := t.TTLs[e.For]
	if e.Seconds == nil || r.Min <= *e.Seconds && *e.Seconds <= r.Max {
		return holds("ttlIsInRange", fieldTTL, "")
	}
	return refuse("ttlIsInRange", registry.Error{
		Code: registry.ParameterRange, Field: fieldTTL, Value: strconv.FormatUint(uint64(*e.Seconds), 10),
		Reason: fmt.Sprintf("no such TTL may be chosen; that of %s records is %d to %d seconds", e.For, r.Min, r.Max),
	})
}

// hostHasGlue holds unless TTLs are given for a host outside our zones, of which nothing is published.
func hostHasGlue(internal bool, edits []TTLEdit) Rule {
	return refuseIf("hostHasGlue", !internal && len(edits) > 0, registry.Error{
		Code: registry.ParameterPolicy, Field: fieldTTL,
		Reason: "no addresses of a host outside this registry's zones are published; leave the TTL out",
	})
}

// editedTTLs returns TTLs with the edits made.
func editedTTLs(have registry.TTLs, edits []TTLEdit) registry.TTLs {
	for _, e := range edits {
		seconds := uint32(0)
		if e.Seconds != nil {
			seconds = *e.Seconds
		}
		have = have.With(e.For, seconds)
	}
	return have
}

// ttlDetails returns what an info answers of TTLs.
func ttlDetails(t *policy.Terms, object string, chosen registry.TTLs, wanted TTLWanted) []TTLDetail {
	if wanted == TTLNone {
		return nil
	}
	var list []TTLDetail
	holding := chosen.Or(t.DefaultTTLs())
	for _, kind := range offeredTTLs(t, object) {
		detail := TTLDetail{For: kind, Seconds: holding.Get(kind), Range: t.TTLs[kind]}
		if wanted == TTLPolicy || detail.Seconds != detail.Range.Default {
			list = append(list, detail)
		}
	}
	return list
}
