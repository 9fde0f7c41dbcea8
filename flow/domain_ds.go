package flow

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

const fieldDS = "secDNS:dsData"

// signersOf returns the DS of records, without what came along.
func signersOf(records []registry.DSRecord) []registry.DS {
	list := make([]registry.DS, len(records))
	for i, r := range records {
		list[i] = r.DS
	}
	return list
}

// signersAreLegal holds for DS whose algorithm and digest type are assigned and whose digest is as long
// as its type says. Decisions 2.8.
func signersAreLegal(t *policy.Terms, list []registry.DSRecord) Rule {
	var illegal []Rule
	for _, r := range list {
		if legal := signerIsLegal(t, r.DS); legal.Refusal != nil {
			illegal = append(illegal, legal)
		}
	}
	if len(illegal) > 0 {
		return allOf("signersAreLegal", illegal...)
	}
	return holds("signersAreLegal", fieldDS, "")
}

// signerIsLegal holds for a DS of a known algorithm and digest type, with a digest of its length.
// Decisions 2.8 and 4.8.
func signerIsLegal(t *policy.Terms, ds registry.DS) Rule {
	size, known := t.DSDigests[strconv.Itoa(int(ds.DigestType))]
	_, notHex := hex.DecodeString(ds.Digest)
	bad := func(field, value, reason string) registry.Error {
		return registry.Error{Code: registry.ParameterPolicy, Field: field, Value: value, Reason: reason}
	}
	return allOf("signerIsLegal",
		refuseIf("signerIsLegal", !slices.Contains(t.DSAlgorithms, int(ds.Algorithm)),
			bad("secDNS:alg", strconv.Itoa(int(ds.Algorithm)), "no such algorithm signs zones; IANA lists those that do")),
		refuseIf("signerIsLegal", !known,
			bad("secDNS:digestType", strconv.Itoa(int(ds.DigestType)), "no such digest is assigned; IANA lists those that are")),
		refuseIf("signerIsLegal", notHex != nil || len(ds.Digest) != 2*size,
			bad("secDNS:digest", ds.Digest, fmt.Sprintf("it does not fit its type; a digest of type %d has %d hexadecimal digits", ds.DigestType, 2*size))),
	)
}

// signersFit bounds how many DS a domain has.
func signersFit(t *policy.Terms, records []registry.DSRecord) Rule {
	return refuseIf("signersFit", len(records) > t.Limits.DSPerDomain, registry.Error{
		Code: registry.ParameterPolicy, Field: fieldDS,
		Reason: fmt.Sprintf("a domain has %d DS at most; send fewer", t.Limits.DSPerDomain),
	})
}

// sortedSigners returns records in an order that does not depend on who sent them how.
func sortedSigners(records []registry.DSRecord) []registry.DSRecord {
	slices.SortFunc(records, func(a, b registry.DSRecord) int {
		return cmp.Or(
			cmp.Compare(a.KeyTag, b.KeyTag), cmp.Compare(a.Algorithm, b.Algorithm),
			cmp.Compare(a.DigestType, b.DigestType), cmp.Compare(a.Digest, b.Digest),
		)
	})
	return records
}

// A SignerEdit is what an update does to the DS of a domain: removals first. RFC 5910 section 5.2.5.
type SignerEdit struct {
	RemoveAll bool
	Remove    []registry.DS
	Add       []registry.DSRecord
}

// apply returns the records that are left and added, and says what is wrong with the edit.
func (e SignerEdit) apply(t *policy.Terms, have []registry.DSRecord) ([]registry.DSRecord, Rule) {
	removed := e.Remove
	if e.RemoveAll {
		removed = signersOf(have)
	}
	kept := slices.DeleteFunc(slices.Clone(have), func(r registry.DSRecord) bool { return slices.Contains(removed, r.DS) })
	after := sortedSigners(append(kept, e.Add...))
	return after, allOf("signersMayChange",
		signersAreLegal(t, e.Add),
		editIsExact(fieldDS, signersOf(have), removed, signersOf(e.Add), registry.DS.String),
		signersFit(t, after),
	)
}
