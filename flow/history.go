package flow

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// History asks what happened to an object and to those that had its name or id before, step by step, for the
// operator. What time has done is told whether or not the engine has written it down.
type History struct {
	Object registry.ObjectKind
	ID     string // the name or id
	Oldest bool   // the oldest first, else the newest
	Page   string // HistoryFound.Next of the page before; empty for the first
	Limit  int    // of steps; policy.Limits.HistoryPerPage at most, and if it is 0
}

// HistoryFound is what History answers. Next is for the page that follows; empty if there is none.
type HistoryFound struct {
	Steps []Step
	Next  string
}

// A Step is one version of an object: who made it, and what it changed.
type Step struct {
	Kind    registry.ObjectKind
	ROID    registry.ROID // tells objects apart that had one name
	Version int64
	Name    string // what the object was called from then on
	registry.Origin
	Maker       Maker
	Did         string // what time did: "renewed", a lifecycle.Step, or "purged"; empty if it followed from another object
	Author      string // of an operator's act, where it is known
	Reason      string
	Told, Case  string       // of an act on a name, a host or a contact; see registry.Measure
	Cost        ledger.Money // of a restore; what else is charged stands in the differences
	Began, Gone bool         // the object came, or went
	Differences []Difference
}

// A Maker is who makes a change: a registrar, the operator or time.
type Maker string

// The makers.
const (
	MadeByRegistrar Maker = "registrar"
	MadeByOperator  Maker = "operator"
	MadeByTime      Maker = "time"
)

// Answer returns a HistoryFound.
func (q History) Answer(c *Call) (Reply, error) {
	// Load.
	most := c.Terms.Limits.HistoryPerPage
	limit := cmp.Or(q.Limit, most)
	from, whole := parseStepPlace(q.Page)
	var found []located
	if whole && limit > 0 && limit <= most {
		found = c.walk(q, from, limit+1)
	}

	// Check.
	if err := c.check(
		historyIsKept(q.Object),
		historyPageFits(limit, most),
		pageIsKnown(q.Page, whole),
		objectWasThere(q.Object, q.ID, len(found) > 0 || q.Page != ""),
	); err != nil {
		return nil, err
	}

	// Return.
	var reply HistoryFound
	for i, f := range found {
		if i == limit {
			reply.Next = found[i-1].place.String()
			break
		}
		reply.Steps = append(reply.Steps, f.Step)
	}
	return reply, nil
}

// A stepPlace is where a step stands in the history of a name: a life and a version of it. The zero Until is
// that of the object that has the name now.
type stepPlace struct {
	life    registry.Life
	version int64
}

// located is a step with its place.
type located struct {
	Step
	place stepPlace
}

// String writes a place so that parseStepPlace reads it.
func (p stepPlace) String() string {
	until := int64(0)
	if !p.life.Until.IsZero() {
		until = p.life.Until.UnixMicro()
	}
	return fmt.Sprintf("%d.%d.%s", p.version, until, p.life.ROID)
}

// parseStepPlace reads a place. An empty text is that of the first page.
func parseStepPlace(text string) (stepPlace, bool) {
	if text == "" {
		return stepPlace{}, true
	}
	parts := strings.SplitN(text, ".", 3)
	if len(parts) != 3 {
		return stepPlace{}, false
	}
	version, err1 := strconv.ParseInt(parts[0], 10, 64)
	until, err2 := strconv.ParseInt(parts[1], 10, 64)
	p := stepPlace{registry.Life{ROID: registry.ROID(parts[2])}, version}
	if until != 0 {
		p.life.Until = time.UnixMicro(until).UTC()
	}
	return p, err1 == nil && err2 == nil && version > 0 && parts[2] != ""
}

// walk returns up to n steps behind a place, life after life.
func (c *Call) walk(q History, from stepPlace, n int) []located {
	living := c.living(q.Object, q.ID)
	life, version := from.life, from.version
	if life.ROID == "" {
		life = c.nextLife(q, living, life)
	}
	var found []located
	for life.ROID != "" && len(found) < n {
		for _, s := range c.steps(q, life, version, n-len(found)) {
			found = append(found, located{s, stepPlace{life, s.Version}})
		}
		life, version = c.nextLife(q, living, life), 0
	}
	return found
}

// living returns the object that has a name or id now, as it is stored; none is empty.
func (c *Call) living(kind registry.ObjectKind, id string) registry.ROID {
	roid, _ := read(c, func() (registry.ROID, bool, error) { return c.storedROID(kind, id) })
	return roid
}

// nextLife returns the life after one, in the order of the question; the first one after none. The object that
// has the name now has the newest.
func (c *Call) nextLife(q History, living registry.ROID, after registry.Life) registry.Life {
	isLast := after.ROID != "" && after.Until.IsZero() // the newest
	switch {
	case isLast && q.Oldest, after.ROID == "" && !q.Oldest && living != "":
		if isLast {
			return registry.Life{}
		}
		return registry.Life{ROID: living}
	}
	f := registry.LifeFilter{Kind: q.Object, ID: q.ID, Except: living, Oldest: q.Oldest, After: after}
	if isLast {
		f.Except, f.After = after.ROID, registry.Life{}
	}
	list, _ := read(c, func() ([]registry.Life, bool, error) {
		list, err := c.reader.Lives(f, 1)
		return list, true, err
	})
	switch {
	case len(list) > 0:
		return list[0]
	case q.Oldest && living != after.ROID:
		return registry.Life{ROID: living}
	}
	return registry.Life{}
}

// steps returns up to n steps of a life behind a version; from its first in the order of the question if that
// is 0.
func (c *Call) steps(q History, life registry.Life, version int64, n int) []Step {
	f := registry.VersionFilter{Kind: q.Object, ROID: life.ROID, Oldest: q.Oldest, After: version}
	if q.Oldest && version > 0 {
		f.After-- // the version before the first step, to compare it with
	}
	list := c.versions(f, n+1)
	var steps []Step
	for i, p := range list {
		var before registry.Past
		switch {
		case len(steps) == n:
			return steps
		case q.Oldest && version > 0 && i == 0:
			continue
		case q.Oldest && i > 0:
			before = list[i-1]
		case !q.Oldest && i+1 < len(list):
			before = list[i+1]
		}
		steps = append(steps, c.step(before, p))
	}
	return steps
}

// versions returns up to n versions of an object, with those that time has made and nobody has written down.
func (c *Call) versions(f registry.VersionFilter, n int) []registry.Past {
	unwritten := c.unwritten(f.Kind, f.ROID)
	var list []registry.Past
	stored := func() {
		some, _ := read(c, func() ([]registry.Past, bool, error) {
			some, err := c.reader.Versions(f, n-len(list))
			return some, true, err
		})
		list = append(list, some...)
	}
	if f.Oldest {
		stored()
		for _, p := range unwritten {
			if p.Version > f.After && len(list) < n {
				list = append(list, p)
			}
		}
		return list
	}
	for _, p := range slices.Backward(unwritten) {
		if (f.After == 0 || p.Version < f.After) && len(list) < n {
			list = append(list, p)
		}
	}
	if len(list) < n {
		stored()
	}
	return list
}

// step tells a version by the one before it; that is zero for the first.
func (c *Call) step(before, after registry.Past) Step {
	s := Step{
		Kind: after.Kind, ROID: after.ROID, Version: after.Version, Name: after.Name, Origin: after.Origin,
		Maker: MadeByRegistrar, Began: after.Version == 1, Gone: after.Gone,
	}
	switch {
	case after.Origin.Registrar != "":
	case after.Origin.Command == "time" || strings.HasPrefix(after.Origin.Command, "time:"):
		s.Maker, s.Did = MadeByTime, c.did(before, after)
	default:
		s.Maker = MadeByOperator
		act := actOf(before, after)
		s.Author, s.Reason, s.Told, s.Case = act.Author, act.Reason, act.Told, act.Case
	}
	c.seeRestore(&s, before, after)
	s.Differences = slices.DeleteFunc(Differences(before, after), s.tellsItself)
	return s
}

// restored is what the history calls the update that a restore is for EPP.
const restored = "domain:restore"

// seeRestore calls a restore what it is, and adds what it cost. For EPP, and in the log, it is an update. RFC 3915
// section 4.2.5.
func (c *Call) seeRestore(s *Step, before, after registry.Past) {
	was, _ := before.Object.(registry.Domain)
	is, _ := after.Object.(registry.Domain)
	if s.Maker != MadeByRegistrar || is.Restored.Equal(was.Restored) || !is.Restored.Equal(s.At) {
		return
	}
	s.Command = restored
	if charge, found := c.Charge(chargeID(s.ROID, "restore", s.Origin, ledger.Restore)); found {
		s.Cost = charge.Amount
	}
}

// tellsItself reports whether a difference only says again who made the step, when and by which command; or of
// an object that went, which hosts went with it.
func (s Step) tellsItself(d Difference) bool {
	switch d.Field {
	case "created", "updated", "transferred", "restored", "suspension.at", "transfer.requested":
		return d.After == s.At.UTC().Format(time.RFC3339)
	case "creator", "updater":
		return d.After == string(s.Registrar)
	case "deletion.clTRID":
		return d.After == s.ClTRID
	case "deletion.svTRID":
		return d.After == s.SvTRID
	case "nameservers":
		return s.Gone
	}
	return strings.HasPrefix(d.Field, "changed.") || strings.HasPrefix(d.Field, "fairUse.changed.")
}

// actOf returns the operator's act that made a version of an object. Of a registrar that is one which the
// version before it did not keep.
func actOf(before, after registry.Past) registry.Measure {
	if act := changeOf(after.Object); act != (registry.Measure{}) {
		return act
	}
	was, _ := before.Object.(registry.Registrar)
	is, _ := after.Object.(registry.Registrar)
	if is.Changed != was.Changed {
		return is.Changed
	}
	if is.FairUse != nil && (was.FairUse == nil || is.FairUse.Changed != was.FairUse.Changed) {
		return is.FairUse.Changed
	}
	return registry.Measure{}
}

// changeOf returns the operator's last change of a name, a host or a contact.
func changeOf(object any) registry.Measure {
	switch o := object.(type) {
	case registry.Domain:
		return o.Changed
	case registry.Host:
		return o.Changed
	case registry.Contact:
		return o.Changed
	}
	return registry.Measure{}
}

// historyIsKept holds for a kind of object that has a history which can be asked for.
func historyIsKept(kind registry.ObjectKind) Rule {
	return refuseIf("historyIsKept", !slices.Contains(registry.ObjectKinds(), kind), registry.Error{
		Code: registry.ParameterSyntax, Field: "object", Value: string(kind),
		Reason: "there is no history of such objects; ask for a domain, host, contact or registrar",
	})
}

// historyPageFits holds for a page that the profile allows.
func historyPageFits(limit, most int) Rule {
	return refuseIf("historyPageFits", limit < 1 || most < limit, registry.Error{
		Code: registry.ParameterPolicy, Field: "limit", Value: strconv.Itoa(limit),
		Reason: fmt.Sprintf("a page has 1 to %d steps; ask for the next one with its Next", most),
	})
}

// objectWasThere holds for an object that is there, or was.
func objectWasThere(kind registry.ObjectKind, id string, was bool) Rule {
	return refuseIf("objectWasThere", !was, registry.Error{
		Code: registry.ObjectMissing, Field: string(kind), Value: id,
		Reason: "there is none, and there never was; check its spelling",
	})
}
