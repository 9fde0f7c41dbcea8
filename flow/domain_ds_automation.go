package flow

import (
	"fmt"
	"slices"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A Basis is why the registry believes that a child zone asks for DS.
type Basis string

// The bases.
const (
	ByChain  Basis = "chain"  // a key that its present DS vouch for has signed it. RFC 7344 section 4.1
	BySignal Basis = "signal" // the operators of its name servers say the same in signed zones of theirs. RFC 9615
	ByDelay  Basis = "delay"  // it has asked for the same long enough. RFC 8078 section 3.3
)

// DSFollow makes the DS of a name what its child zone asks for. The registry does it, on the word of whoever scanned
// the zone; nobody else can. It is refused where the name is not as it was when it was scanned. RFC 7344 section 5, RFC
// 8078 sections 3 and 4.
type DSFollow struct {
	Scan  registry.ChildScan // what becomes of the scan
	Basis Basis
	DS    []registry.DS // empty: none any more

	Was     []registry.DS // the DS of the name as it was scanned
	Servers []names.Name  // and its name servers
}

// DSFollowed is what a successful DSFollow replies.
type DSFollowed struct{ Name names.Name }

// Subject is domain:follow-ds.
func (cmd DSFollow) Subject() Subject {
	return Subject{Command: "follow-ds", Object: "domain", ID: cmd.Scan.Name.String()}
}

// Keys are what the command reads.
func (cmd DSFollow) Keys() registry.Keys { return registry.Keys{Domains: []names.Name{cmd.Scan.Name}} }

// Run changes the DS, unless a rule refuses.
func (cmd DSFollow) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	name := cmd.Scan.Name
	d, found := c.Domain(name)
	terms := c.TermsOf(name)
	signers := make([]registry.DSRecord, len(cmd.DS))
	for i, ds := range cmd.DS {
		signers[i].DS = ds
	}
	signers = sortedSigners(signers)

	// Check.
	if err := c.check(
		nameIsRegistered(name, found),
		childIsAsScanned(d, cmd),
		childMayFollow(terms, d),
		firstDSMayFollow(terms.DSAutomation, cmd, c.realNow()),
		dsMayGo(terms.DSAutomation, cmd),
		signersAreLegal(terms, signers),
		signersFit(terms, signers),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	d = d.Next()
	d.DS, d.Updated = signers, c.Now

	// Return.
	changes := registry.Changes{
		Domains:  []registry.Domain{d},
		Marks:    []registry.Mark{{Kind: registry.MarkDomain, Name: d.Name}},
		Children: []registry.ChildScan{cmd.Scan},
	}
	changes.Add(c.tellDomain(d, cmd.notice(c)))
	return DSFollowed{d.Name}, changes, nil
}

// notice tells the sponsor what became of its name's DS. RFC 8590.
func (cmd DSFollow) notice(c *Call) registry.ChangeNotice {
	why := map[Basis]string{
		ByChain:  "CDS signed by a key of its DS",
		BySignal: "CDS vouched for by name servers",
		ByDelay:  "CDS that stayed for some days",
	}
	text := "The DS of %s were changed as its own zone asks for (CDS)."
	switch {
	case len(cmd.DS) == 0:
		text = "The DS of %s were removed as its own zone asks for (CDS): it is not secured by DNSSEC any more."
	case len(cmd.Was) == 0:
		text = "%s has its first DS, as its own zone asks for (CDS): it is secured by DNSSEC from now on."
	}
	return registry.ChangeNotice{
		Step: registry.EventDSFollowed, Operation: "update", At: c.Now, SvTRID: c.SvTRID, Who: "registry",
		Why: why[cmd.Basis], Text: fmt.Sprintf(text, cmd.Scan.Name),
	}
}

// childIsAsScanned holds for a registration that has the DS and the name servers that it had when it was scanned: what
// somebody else has changed since counts for more than what a scan of before found.
func childIsAsScanned(d registry.Domain, cmd DSFollow) Rule {
	same := d.ROID == cmd.Scan.ROID && slices.Equal(signersOf(d.DS), cmd.Was) && slices.Equal(hostNames(d.Nameservers), cmd.Servers)
	return refuseIf("childIsAsScanned", !same, registry.Error{
		Code: registry.StatusProhibits, Field: "domain:name", Value: d.Name.String(),
		Reason: "its DS or name servers have been changed since it was scanned; scan it again",
	})
}

// childMayFollow holds for a name whose DS follow its child zone: the policy has it so for its zone, it is delegated,
// and nobody has locked it.
func childMayFollow(t *policy.Terms, d registry.Domain) Rule {
	refusal := func(broken bool, reason string) Rule {
		return refuseIf("childMayFollow", broken, registry.Error{
			Code: registry.StatusProhibits, Field: "domain:name", Value: d.Name.String(), Reason: reason,
		})
	}
	status, stops := t.DSAutomation.Stops(lifecycle.Statuses(d))
	return allOf("childMayFollow",
		refusal(!t.DSAutomation.Covers(d.Name.Parent()), "DS do not follow CDS below "+d.Name.Parent().String()+"; the profile says where they do (dsAutomation)"),
		refusal(lifecycle.Delegation(d) != lifecycle.Own, "the name is not delegated to name servers of its own; it may be deleted, suspended, on hold or without any"),
		refusal(stops, "the name has the status "+string(status)+"; while it has, its DS do not follow"),
	)
}

// firstDSMayFollow holds for a name that has DS, and for the first DS of one where the profile takes them on that
// basis.
func firstDSMayFollow(a policy.DSAutomation, cmd DSFollow, now time.Time) Rule {
	reason := ""
	switch {
	case len(cmd.Was) > 0 && cmd.Basis != ByChain:
		reason = "a name with DS follows what a key of these has signed, and nothing else"
	case len(cmd.Was) > 0:
	case cmd.Basis == BySignal && !a.Bootstrap:
		reason = "the first DS of a name come from its registrar (dsAutomation.bootstrap)"
	case cmd.Basis == ByDelay && a.AcceptAfter == 0:
		reason = "nobody vouches for the first DS of the name; its registrar can send them (dsAutomation.acceptAfterHours)"
	case cmd.Basis == ByDelay && now.Before(cmd.Scan.AskedSince.Add(a.AcceptAfter.Duration())):
		reason = "nobody vouches for the first DS of the name, and it has not asked for them long enough"
	case cmd.Basis == ByChain:
		reason = "the name has no DS that could vouch for others"
	}
	return refuseIf("firstDSMayFollow", reason != "", registry.Error{
		Code: registry.ParameterPolicy, Field: "domain:name", Value: cmd.Scan.Name.String(), Reason: reason,
	})
}

// dsMayGo holds where something is left, or the profile lets a name turn its DS off. RFC 8078 section 4.
func dsMayGo(a policy.DSAutomation, cmd DSFollow) Rule {
	return refuseIf("dsMayGo", len(cmd.DS) == 0 && !a.Deletes, registry.Error{
		Code: registry.ParameterPolicy, Field: "domain:name", Value: cmd.Scan.Name.String(),
		Reason: "a name does not turn its DS off by itself; its registrar removes them (dsAutomation.deletes)",
	})
}
