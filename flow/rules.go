package flow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// The rules that flows list. Each is one truth that has to hold, named after that truth, with its
// code, field and sentence here and nowhere else. The order in which a flow lists its rules is the
// order in which they are told, and is part of the interface.

// registrarIsActive holds for a registrar that the operator has not suspended.
func registrarIsActive(r registry.Registrar) Rule {
	return refuseIf("registrarIsActive", r.ID == "" || r.Suspended, registry.Error{
		Code:   registry.Authorization,
		Reason: "the registrar is not active; ask the registry",
	})
}

// nameIsRegistrable holds for exactly one label below a zone. Decisions 1.2.
func nameIsRegistrable(p policy.Profile, n names.Name) Rule {
	_, ok := p.Zone(n.Parent())
	_, isZone := p.Zone(n)
	if ok || isZone {
		return holds("nameIsRegistrable", "domain:name", n.String())
	}
	return refuse("nameIsRegistrable", registry.Error{
		Code: registry.ParameterSyntax, Field: "domain:name", Value: n.String(),
		Reason: "not one label below our zones; they are " + zoneList(p),
	})
}

func zoneList(p policy.Profile) string {
	list := make([]string, len(p.Zones))
	for i, z := range p.Zones {
		list[i] = z.Name.String()
	}
	return strings.Join(list, ", ")
}

// zoneIsSold holds where registrars may register. Decisions 1.1.
func zoneIsSold(p policy.Profile, n names.Name) Rule {
	zone, _ := p.Zone(n.Parent())
	_, isZone := p.Zone(n)
	if zone.Sold || isZone {
		return holds("zoneIsSold", "domain:name", n.String())
	}
	return refuse("zoneIsSold", registry.Error{
		Code: registry.DataPolicy, Field: "domain:name", Value: n.String(),
		Reason: "only the registry registers here; whoever is eligible below " + n.Parent().String() + " asks it",
	})
}

// nameIsOffered holds unless the zone withholds the label, or the registry uses it for servers of its own. A short one is held until it has a price.
// Decisions 1.3.
func nameIsOffered(p policy.Profile, n names.Name, price registry.NamePrice) Rule {
	zone, _ := p.Zone(n.Parent())
	_, isZone := p.Zone(n)
	if slices.Contains(zone.Used, n.Label()) {
		return refuse("nameIsOffered", registry.Error{
			Code: registry.DataPolicy, Field: "domain:name", Value: n.String(),
			Reason: "the registry uses this name; choose another",
		})
	}
	characters := utf8.RuneCountInString(unicodeLabel(n))
	held := isZone || slices.Contains(zone.Withheld, n.Label()) || characters <= zone.HeldUpTo && price.IsStandard()
	return refuseIf("nameIsOffered", held, registry.Error{
		Code: registry.DataPolicy, Field: "domain:name", Value: n.String(),
		Reason: "the registry withholds this name; choose another",
	})
}

// nameIsUnlisted holds unless a list has the name. A reserved one is for whoever has its allocation code,
// while there is one. What the list is about is the registry's own. Decisions 1.4, 1.5.
func nameIsUnlisted(n names.Name, offer registry.Offer, now time.Time) Rule {
	_, listed := offer.ListedAt(now, registry.Banned, registry.Blocked)
	if _, reserved := offer.ListedAt(now, registry.Reserved); !listed && reserved && !offer.Allocation.Open() {
		return refuse("nameIsUnlisted", registry.Error{
			Code: registry.DataPolicy, Field: "domain:name", Value: n.String(),
			Reason: "the name is reserved; only an allocation code of the registry lifts that",
		})
	}
	return refuseIf("nameIsUnlisted", listed, registry.Error{
		Code: registry.DataPolicy, Field: "domain:name", Value: n.String(),
		Reason: "the name is not available; choose another",
	})
}

// registrarTakes holds unless the registrar has asked not to be offered names of this sort. Manual 6.8,
// decisions 4.14.
func registrarTakes(r registry.Registrar, n names.Name, price registry.NamePrice) Rule {
	if r.PremiumsUnavailable && !price.IsStandard() {
		return refuse("registrarTakes", registry.Error{
			Code: registry.DataPolicy, Field: "domain:name", Value: n.String(),
			Reason: "your account takes no premiums; change its setting premiums-are-unavailable",
		})
	}
	return refuseIf("registrarTakes", r.IDNsUnavailable && n.IsIDN(), registry.Error{
		Code: registry.DataPolicy, Field: "domain:name", Value: n.String(),
		Reason: "your account takes no IDNs; change its setting idns-are-unavailable",
	})
}

// unicodeLabel is the leftmost label as people read it.
func unicodeLabel(n names.Name) string {
	if !n.IsIDN() {
		return n.Label()
	}
	label, _, _ := strings.Cut(n.Unicode(), ".")
	return label
}

// nameIsInATable holds for a label that is ASCII, or wholly inside one of the zone's tables. Manual
// 8.1.7, decisions 1.6.
func nameIsInATable(t *policy.Terms, n names.Name) Rule {
	label := unicodeLabel(n)
	if label == n.Label() {
		return holds("nameIsInATable", "domain:name", n.String())
	}
	if _, fits := t.Table(label); fits {
		return holds("nameIsInATable", "domain:name", n.String())
	}
	return refuse("nameIsInATable", registry.Error{
		Code: registry.ParameterPolicy, Field: "domain:name", Value: n.String(),
		Reason: "in no IDN table of the zone; " + strconv.Quote(label) + " " + t.Misfit(label),
	})
}

// nameIsFree holds for a name that is not registered.
func nameIsFree(n names.Name, taken bool) Rule {
	return refuseIf("nameIsFree", taken, registry.Error{
		Code: registry.ObjectExists, Field: "domain:name", Value: n.String(),
		Reason: "the name is registered; choose another",
	})
}

// nameIsRegistered holds for a name that is registered, until its purge.
func nameIsRegistered(n names.Name, found bool) Rule {
	return refuseIf("nameIsRegistered", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "domain:name", Value: n.String(),
		Reason: "the name is not registered; check its spelling",
	})
}

// registrarSponsors holds for the sponsor of an object. Decisions 2.4.
func registrarSponsors(r registry.Registrar, sponsor registry.RegistrarID, field, value string) Rule {
	return refuseIf("registrarSponsors", sponsor != r.ID, registry.Error{
		Code: registry.Authorization, Field: field, Value: value,
		Reason: "another registrar sponsors the object; ask that registrar",
	})
}

// statusAllows looks the action up in the status × command table.
func statusAllows(a policy.Action, statuses []registry.Status, field, value string) Rule {
	s, prohibited := policy.Prohibits(a, statuses)
	return refuseIf("statusAllows", prohibited, registry.Error{
		Code: registry.StatusProhibits, Field: field, Value: value,
		Reason: "the object has the status " + string(s) + "; " + lifted(a, s),
	})
}

// lifted says what to do about a status that stands in the way. Whoever wants an object of another registrar
// can do nothing about it.
func lifted(a policy.Action, s registry.Status) string {
	transfer := a == policy.DomainTransfer || a == policy.ContactTransfer
	switch {
	case s == registry.PendingDelete && transfer:
		return "wait until its sponsor has restored it, or for its purge"
	case s == registry.PendingDelete && (a == policy.ContactUpdate || a == policy.ContactDelete):
		return "link it to a name again, or wait for its purge"
	case s == registry.PendingDelete:
		return "restore it, or wait for its purge"
	case s == registry.PendingTransfer:
		return "wait until the transfer has ended"
	case strings.HasPrefix(string(s), "client") && transfer:
		return "its sponsor removes that, if its holder asks"
	case strings.HasPrefix(string(s), "client"):
		return "remove it first"
	}
	return "ask the registry to lift it"
}

// periodIsSold holds for a period of as many years as are sold. Decisions 3.
func periodIsSold(t *policy.Terms, years int) Rule {
	return refuseIf("periodIsSold", years < t.MinYears || t.MaxYears < years, registry.Error{
		Code: registry.ParameterRange, Field: "domain:period", Value: strconv.Itoa(years),
		Reason: fmt.Sprintf("no such period is sold; a period is %d to %d years", t.MinYears, t.MaxYears),
	})
}

// expiryIsAhead holds for a renewal with which the name expires in the future. That of a name which was restored
// long after its expiry needs more years than one.
func expiryIsAhead(now, before, after time.Time) Rule {
	return refuseIf("expiryIsAhead", !after.After(now), registry.Error{
		Code: registry.NotRenewable, Field: "domain:period",
		Reason: fmt.Sprintf("the name would have expired on %s already; renew it for %d years at least",
			after.Format(time.DateOnly), lifecycle.YearsBeyond(before, now)),
	})
}

// expiryIsWithinHorizon holds for an expiry date that is not too many years ahead of today. Decisions 3.
func expiryIsWithinHorizon(t *policy.Terms, now, expires time.Time) Rule {
	return refuseIf("expiryIsWithinHorizon", !lifecycle.WithinHorizon(expires, now, t.MaxYears), registry.Error{
		Code: registry.NotRenewable, Field: "domain:period",
		Reason: fmt.Sprintf("the name would expire on %s, more than %d years ahead; choose a shorter period, or wait",
			expires.Format(time.DateOnly), t.MaxYears),
	})
}

// expiryMatches holds for the date on which the name expires, so that a command sent twice renews once.
// RFC 5731 section 3.2.3.
func expiryMatches(d registry.Domain, said time.Time) Rule {
	want, got := d.Expires.Format(time.DateOnly), said.Format(time.DateOnly)
	return refuseIf("expiryMatches", want != got, registry.Error{
		Code: registry.ParameterRange, Field: "domain:curExpDate", Value: got,
		Reason: "the name expires on another day; send " + want,
	})
}

// nameserversFit bounds how many name servers a name has. Manual 8.1.1.
func nameserversFit(t *policy.Terms, hosts []names.Name) Rule {
	return refuseIf("nameserversFit", len(hosts) > t.MaxNameservers, registry.Error{
		Code: registry.ParameterPolicy, Field: "domain:ns", Value: strconv.Itoa(len(hosts)),
		Reason: fmt.Sprintf("a name has at most %d name servers; send fewer", t.MaxNameservers),
	})
}

// contactsFit bounds how many contacts a name has.
func contactsFit(t *policy.Terms, contacts []Role) Rule {
	return refuseIf("contactsFit", len(contacts) > t.Limits.ContactsPerDomain, registry.Error{
		Code: registry.ParameterPolicy, Field: "domain:contact", Value: strconv.Itoa(len(contacts)),
		Reason: fmt.Sprintf("a name has at most %d contacts; send fewer", t.Limits.ContactsPerDomain),
	})
}

// requiredContactsAreNamed holds for the roles that the profile demands. Decisions 2.10.
func requiredContactsAreNamed(t *policy.Terms, registrant string, contacts []Role) Rule {
	var missing []Rule
	for _, role := range t.RequiredContacts {
		named := slices.ContainsFunc(contacts, func(r Role) bool { return r.Role == role })
		if role == "registrant" {
			named = registrant != ""
		}
		if !named {
			field := "domain:contact"
			if role == "registrant" {
				field = "domain:registrant"
			}
			missing = append(missing, refuse("requiredContactsAreNamed", registry.Error{
				Code: registry.ParameterMissing, Field: field,
				Reason: "a required contact is missing; send one in the role " + role,
			}))
		}
	}
	if len(missing) > 0 {
		return allOf("requiredContactsAreNamed", missing...)
	}
	return holds("requiredContactsAreNamed", "domain:contact", "")
}

// noneTwice holds for a list whose members must differ.
func noneTwice[T comparable](field string, list []T, show func(T) string) Rule {
	for i, v := range list {
		if slices.Contains(list[:i], v) {
			return refuse("noneTwice", registry.Error{
				Code: registry.ParameterPolicy, Field: field, Value: show(v),
				Reason: "it is given twice; send it once",
			})
		}
	}
	return holds("noneTwice", field, "")
}

// removedIsPresent holds for a removal that the object has: a command that would change nothing of what
// it names is refused as a whole. Decisions 2.9.
func removedIsPresent[T comparable](field string, have, removed []T, show func(T) string) Rule {
	for _, v := range removed {
		if !slices.Contains(have, v) {
			return refuse("removedIsPresent", registry.Error{
				Code: registry.ParameterPolicy, Field: field, Value: show(v),
				Reason: "it cannot be removed because the object does not have it; leave it out",
			})
		}
	}
	return holds("removedIsPresent", field, "")
}

// addedIsAbsent holds for an addition that the object does not have yet, or that the same command
// removes. Decisions 2.9.
func addedIsAbsent[T comparable](field string, have, removed, added []T, show func(T) string) Rule {
	for _, v := range added {
		if slices.Contains(have, v) && !slices.Contains(removed, v) {
			return refuse("addedIsAbsent", registry.Error{
				Code: registry.ParameterPolicy, Field: field, Value: show(v),
				Reason: "it cannot be added because the object has it already; leave it out",
			})
		}
	}
	return holds("addedIsAbsent", field, "")
}

// edited returns have without removed and with added.
func edited[T comparable](have, removed, added []T) []T {
	kept := slices.DeleteFunc(slices.Clone(have), func(v T) bool { return slices.Contains(removed, v) })
	return append(kept, added...)
}

// statusesAreTheSponsors holds for statuses that a registrar may set. RFC 5731 section 2.3.
func statusesAreTheSponsors(object string, statuses ...registry.Status) Rule {
	may := policy.SettableStatuses(object)
	for _, s := range statuses {
		if !slices.Contains(may, s) {
			return refuse("statusesAreTheSponsors", registry.Error{
				Code: registry.ParameterPolicy, Field: object + ":status", Value: string(s),
				Reason: "only the registry sets or removes this status; leave it out",
			})
		}
	}
	return holds("statusesAreTheSponsors", object+":status", "")
}

// registrarIsNotOnHold holds for a registrar whose account is not on hold for lack of funds. Decisions
// 5.5.
func registrarIsNotOnHold(r registry.Registrar) Rule {
	return refuseIf("registrarIsNotOnHold", r.Hold.Active(), registry.Error{
		Code:   registry.BillingFailure,
		Reason: "the registrar's account is on hold since " + r.Hold.Since.Format(time.DateOnly) + ": " + r.Hold.Reason + "; pay in funds first",
	})
}

// fundsCover holds for a price that is not above the available credit. Decisions 5.2.
func fundsCover(f ledger.Funds, price ledger.Money) Rule {
	available := f.Available()
	if available >= price {
		return holds("fundsCover", "", price.String()+" of "+available.String()+" available")
	}
	return refuse("fundsCover", registry.Error{
		Code:   registry.BillingFailure,
		Reason: fmt.Sprintf("the command costs %s and the available credit is %s; pay in funds first", price, available),
	})
}

// checkFits bounds how many objects a check names. Manual 9.7.1.
func checkFits(l policy.Limits, n int, field string) Rule {
	if n <= l.ObjectsPerCheck {
		return holds("checkFits", field, "")
	}
	return refuse("checkFits", registry.Error{
		Code: registry.ParameterPolicy, Field: field, Value: strconv.Itoa(n),
		Reason: fmt.Sprintf("a check names at most %d objects; send more checks", l.ObjectsPerCheck),
	})
}

// updateSaysSomething holds for an update that names at least one change. RFC 5731 section 3.2.5.
func updateSaysSomething(object string, empty bool) Rule {
	return refuseIf("updateSaysSomething", empty, registry.Error{
		Code: registry.ParameterMissing, Field: object + ":update",
		Reason: "the update has neither add, rem nor chg; send one of them",
	})
}
