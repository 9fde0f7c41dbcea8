package flow

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A Child is a name whose zone may be scanned, as it is now.
type Child struct {
	registry.ChildScan
	Registered bool // else nothing but ChildScan is known
	Sponsor    registry.RegistrarID
	DS         []registry.DS
	Servers    []Nameserver
	Stops      string // why its DS do not follow; empty if they do
	Automation policy.DSAutomation
}

// ChildrenDue asks for up to Limit children that are due to be scanned, what has waited longest first.
type ChildrenDue struct{ Limit int }

// Answer returns a []Child.
func (q ChildrenDue) Answer(c *Call) (Reply, error) {
	var due []registry.ChildScan
	for _, zone := range c.followingZones() {
		list, _ := read(c, func() ([]registry.ChildScan, bool, error) {
			list, err := c.reader.DueChildren(zone, c.realNow(), q.Limit)
			return list, true, err
		})
		due = append(due, list...)
	}
	slices.SortStableFunc(due, func(a, b registry.ChildScan) int { return a.Due.Compare(b.Due) })
	due = due[:min(q.Limit, len(due))]
	children := make([]Child, len(due))
	for i, scan := range due {
		children[i] = c.child(scan)
	}
	return children, nil
}

// followingZones returns the zones below which DS follow now.
func (c *Call) followingZones() []names.Name {
	var zones []names.Name
	for _, z := range c.Profile.Zones {
		if c.Profile.TermsIn(z.Name, c.Now).DSAutomation.Covers(z.Name) {
			zones = append(zones, z.Name)
		}
	}
	return zones
}

// FollowsChildren reports whether the DS of a name would follow its child zone, as far as the policy of the zone above it goes.
func (s *Service) FollowsChildren(name names.Name) bool {
	return slices.ContainsFunc(s.Profile.Zones, func(z policy.Zone) bool {
		return z.Name == name.Parent() && s.Profile.TermsIn(z.Name, s.Clock()).DSAutomation.Covers(z.Name)
	})
}

// child returns a child as it is now. What is known of a former registration of the name is left out.
func (c *Call) child(scan registry.ChildScan) Child {
	d, found := c.Domain(scan.Name)
	if !found {
		return Child{ChildScan: scan}
	}
	if scan.ROID != d.ROID {
		scan = registry.ChildScan{Name: d.Name, ROID: d.ROID, Due: scan.Due, Notified: scan.Notified}
	}
	terms := c.TermsOf(d.Name)
	child := Child{
		ChildScan: scan, Registered: true, Sponsor: d.Sponsor, DS: signersOf(d.DS), Automation: terms.DSAutomation,
	}
	if may := childMayFollow(terms, d); may.Refusal != nil {
		child.Stops = may.Refusal.Reason
	}
	for _, ref := range d.Nameservers {
		if host, found := c.nameserver(ref); found {
			child.Servers = append(child.Servers, host)
		}
	}
	return child
}

// ChildShow asks for a name and what is known of its child zone.
type ChildShow struct{ Name names.Name }

// Answer returns a Child. It is an error if nobody has registered the name.
func (q ChildShow) Answer(c *Call) (Reply, error) {
	scan, _ := read(c, func() (registry.ChildScan, bool, error) { return c.reader.Child(q.Name) })
	scan.Name = q.Name
	child := c.child(scan)
	if err := c.check(nameIsRegistered(q.Name, child.Registered)); err != nil {
		return nil, err
	}
	return child, nil
}

// ChildList asks for the child zones that a filter selects, in order of name, for the operator.
type ChildList struct{ registry.ChildFilter }

// ChildrenFound is what ChildList answers.
type ChildrenFound struct {
	Children []registry.ChildScan
	Next     names.Name // After of the page that follows; zero if there is none
}

// Answer returns a ChildrenFound.
func (q ChildList) Answer(c *Call) (Reply, error) {
	limit := max(1, c.Terms.Limits.Children.Listed)
	list, _ := read(c, func() ([]registry.ChildScan, bool, error) {
		list, err := c.reader.Children(q.ChildFilter, limit+1)
		return list, true, err
	})
	found := ChildrenFound{Children: list}
	if len(list) > limit {
		found.Children = list[:limit]
		found.Next = list[limit-1].Name
	}
	return found, nil
}

// ChildCounts asks how many child zones have which result, and where DS follow, for the operator.
type ChildCounts struct{}

// ChildrenCounted is what ChildCounts answers.
type ChildrenCounted struct {
	Zones  []names.Name // below which DS follow now
	Counts []registry.ChildCount
}

// Answer returns a ChildrenCounted.
func (q ChildCounts) Answer(c *Call) (Reply, error) {
	counts, _ := read(c, func() ([]registry.ChildCount, bool, error) {
		counts, err := c.reader.CountChildren()
		return counts, true, err
	})
	return ChildrenCounted{c.followingZones(), counts}, nil
}

// ChildrenMissed asks which of up to Limit names after a ROID are not among those that are scanned though they are
// delegated, and which are though they are gone.
type ChildrenMissed struct {
	After registry.ROID
	Limit int
}

// ChildrenMissing is what ChildrenMissed answers. Last is where the next page begins; it is empty when there is none.
type ChildrenMissing struct {
	ChildrenEnrol
	Last registry.ROID
}

// Answer returns a ChildrenMissing. Names that time has changed and nobody has settled yet are left to the next look.
func (q ChildrenMissed) Answer(c *Call) (Reply, error) {
	var missing ChildrenMissing
	zones := c.followingZones()
	if len(zones) == 0 {
		return missing, nil
	}
	missing.Last, _ = read(c, func() (registry.ROID, bool, error) {
		last, err := c.reader.PageEnd(q.After, q.Limit)
		return last, true, err
	})
	span := registry.Span{After: q.After, Last: missing.Last}
	if span.Last == "" { // the last page: whatever is known beyond it is gone
		return missing, nil
	}
	known, _ := read(c, func() ([]registry.ChildScan, bool, error) {
		known, err := c.reader.ChildrenIn(span)
		return known, true, err
	})
	gone := make(map[registry.ROID]registry.ChildScan, len(known))
	for _, scan := range known {
		gone[scan.ROID] = scan
	}
	err := c.reader.Outlines(span, func(d registry.Domain) {
		_, enrolled := gone[d.ROID]
		delete(gone, d.ROID)
		if !enrolled && lifecycle.Due(d).After(c.Now) && lifecycle.Delegation(d) == lifecycle.Own && slices.Contains(zones, d.Name.Parent()) {
			missing.New = append(missing.New, registry.ChildScan{Name: d.Name, ROID: d.ROID, Due: c.realNow()})
		}
	})
	for _, scan := range known {
		if _, is := gone[scan.ROID]; is {
			missing.Gone = append(missing.Gone, scan)
		}
	}
	return missing, err
}

// ChildrenEnrol puts names among those that are scanned, and takes out those that are gone.
type ChildrenEnrol struct{ New, Gone []registry.ChildScan }

// Subject is zone:enrol-children.
func (cmd ChildrenEnrol) Subject() Subject { return Subject{Command: "enrol-children", Object: "zone"} }

// Run writes both.
func (cmd ChildrenEnrol) Run(*Call) (Reply, registry.Changes, error) {
	return nil, registry.Changes{Children: cmd.New, GoneChildren: cmd.Gone}, nil
}

// ChildrenScanned puts down what came of scans that changed nothing. The sponsor of a name that asks for what it cannot
// have is told why: once, and of another reason some days later at the earliest, since a zone can make up reasons.
type ChildrenScanned struct{ Scans []registry.ChildScan }

// Subject is zone:scan-children.
func (cmd ChildrenScanned) Subject() Subject {
	return Subject{Command: "scan-children", Object: "zone"}
}

// Keys are what the command reads.
func (cmd ChildrenScanned) Keys() registry.Keys {
	var keys registry.Keys
	for _, scan := range cmd.Scans {
		if scan.Result == registry.ChildRefused && scan.Why != scan.Told {
			keys.Domains = append(keys.Domains, scan.Name)
		}
	}
	return keys
}

// Run writes them.
func (cmd ChildrenScanned) Run(c *Call) (Reply, registry.Changes, error) {
	changes := registry.Changes{Children: slices.Clone(cmd.Scans)}
	for i := range changes.Children {
		changes.Add(c.tellRefused(&changes.Children[i]))
	}
	return nil, changes, nil
}

// tellRefused tells the sponsor of a name that it asks for what it cannot have, if that is news, and notes it with the
// scan. What is resolved is news when it comes again.
func (c *Call) tellRefused(scan *registry.ChildScan) registry.Changes {
	switch scan.Result {
	case registry.ChildRefused:
	case registry.ChildSilent, registry.ChildInStep, registry.ChildChanged:
		scan.Told = ""
		return registry.Changes{}
	default:
		return registry.Changes{}
	}
	now := c.realNow()
	again := max(1, c.Terms.Limits.Children.TellDays).After(scan.ToldAt)
	if scan.Why == scan.Told || !scan.ToldAt.IsZero() && now.Before(again) {
		return registry.Changes{}
	}
	d, found := c.Domain(scan.Name)
	if !found || d.ROID != scan.ROID {
		return registry.Changes{}
	}
	scan.Told, scan.ToldAt = scan.Why, now.Truncate(time.Microsecond)
	return c.tellDomain(d, registry.ChangeNotice{
		Step: registry.EventDSRefused, Operation: "custom", Detail: "ds-refused", At: c.Now, SvTRID: c.SvTRID, Who: "registry", Why: scan.Why,
		Text: fmt.Sprintf("The DS of %s do not follow what its own zone asks for (CDS): %s.", scan.Name, strings.TrimSuffix(scan.Why, ".")),
	})
}

// ChildrenHinted has names scanned soon, as somebody says that there is something to see: whoever it is. A name whose
// DS do not follow, or that was hinted at a moment ago, is left as it is. RFC 9859 section 4.
type ChildrenHinted struct{ Names []names.Name }

// Subject is zone:hint-children.
func (cmd ChildrenHinted) Subject() Subject { return Subject{Command: "hint-children", Object: "zone"} }

// Keys are what the command reads.
func (cmd ChildrenHinted) Keys() registry.Keys { return registry.Keys{Domains: cmd.Names} }

// Run replies how many names will be scanned.
func (cmd ChildrenHinted) Run(c *Call) (Reply, registry.Changes, error) {
	now := c.realNow()
	unless := now.Add(-c.Terms.Limits.Children.HintSeconds.Duration())
	var changes registry.Changes
	for _, name := range cmd.Names {
		d, found := c.Domain(name)
		if !found || childMayFollow(c.TermsOf(name), d).Refusal != nil {
			continue
		}
		changes.ChildHints = append(changes.ChildHints, registry.ChildHint{
			ChildScan: registry.ChildScan{Name: name, ROID: d.ROID, Notified: now.Truncate(time.Microsecond)}, Unless: unless,
		})
	}
	return len(changes.ChildHints), changes, nil
}
