package flow

import (
	"strconv"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A price list is swapped whole. Its entries are staged in small transactions, where nobody sees them; then one small
// transaction makes it effective, some seconds before it begins, so that every node knows it in time. A list that is
// staged and goes no further is dropped. Decisions 5.3.

// PriceListBegin begins a list. It is the operator's.
type PriceListBegin struct {
	Act
	Starts time.Time // zero: as soon as can be when the list is whole
	Names  int       // that it will have
	Digest string    // SHA-256 of the file, lower-case hex
}

// Subject is price-list:begin.
func (cmd PriceListBegin) Subject() Subject { return Subject{Command: "begin", Object: "price-list"} }

// Run replies the registry.PriceList.
func (cmd PriceListBegin) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	lists := c.priceLists()

	// Check.
	if err := c.check(
		actIsExplained(cmd.Act),
		listFits(c.Terms.Limits, cmd.Names),
		noOtherIsStaged(lists),
		listIsNew(lists, cmd.Digest),
		listBeginsAlone(lists, 0, cmd.Starts),
		listBeginsAhead(c.Terms.Limits, cmd.Starts, c.Now),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	l := registry.PriceList{
		ID: 1, Version: 1, State: registry.ListStaged, Starts: cmd.Starts, Touched: c.Now,
		Names: cmd.Names, Digest: cmd.Digest, Author: cmd.Author, Reason: cmd.Reason, Made: c.Now,
	}
	if n := len(lists); n > 0 {
		l.ID = lists[n-1].ID + 1
	}

	// Return.
	return l, registry.Changes{PriceLists: []registry.PriceList{l}}, nil
}

// PriceListStage adds entries to a list that is staged.
type PriceListStage struct {
	List    int64
	Entries []registry.PriceEntry
}

// Subject is price-list:stage.
func (cmd PriceListStage) Subject() Subject {
	return Subject{Command: "stage", Object: "price-list", ID: strconv.FormatInt(cmd.List, 10)}
}

// Run replies the registry.PriceList as it is now. What an entry says is checked when the file is read.
func (cmd PriceListStage) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	l, found := c.priceList(cmd.List)

	// Check.
	if err := c.check(
		priceListExists(cmd.List, found),
		listIsStaged(l),
		settledFit(len(cmd.Entries)),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	l = l.Next()
	l.Staged += len(cmd.Entries)
	l.Touched = c.Now
	staged := make([]registry.StagedEntry, len(cmd.Entries))
	for i, e := range cmd.Entries {
		staged[i] = registry.StagedEntry{List: l.ID, PriceEntry: e}
	}

	// Return.
	return l, registry.Changes{PriceLists: []registry.PriceList{l}, Staged: staged}, nil
}

// PriceListPublish makes a list effective that is whole. It is the operator's.
type PriceListPublish struct{ List int64 }

// Subject is price-list:publish.
func (cmd PriceListPublish) Subject() Subject {
	return Subject{Command: "publish", Object: "price-list", ID: strconv.FormatInt(cmd.List, 10)}
}

// Run replies the registry.PriceList as it is now.
func (cmd PriceListPublish) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	l, found := c.priceList(cmd.List)
	lists := c.priceLists()
	if found && l.Starts.IsZero() {
		l.Starts = c.Terms.Limits.PriceListLead(c.Now)
	}

	// Check.
	if err := c.check(
		priceListExists(cmd.List, found),
		listIsStaged(l),
		listIsWhole(l),
		listBeginsAlone(lists, l.ID, l.Starts),
		listBeginsAhead(c.Terms.Limits, l.Starts, c.Now),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	l = l.Next()
	l.State, l.Touched, l.Turn = registry.ListEffective, c.Now, 1
	for _, other := range lists {
		l.Turn = max(l.Turn, other.Turn+1)
	}

	// Return.
	return l, registry.Changes{PriceLists: []registry.PriceList{l}}, nil
}

// PriceListDrop drops a list that has not begun, or that is staged. It is the operator's.
type PriceListDrop struct {
	Act
	List int64
}

// Subject is price-list:drop.
func (cmd PriceListDrop) Subject() Subject {
	return Subject{Command: "drop", Object: "price-list", ID: strconv.FormatInt(cmd.List, 10)}
}

// Run replies the registry.PriceList as it is now.
func (cmd PriceListDrop) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	l, found := c.priceList(cmd.List)

	// Check.
	if err := c.check(
		priceListExists(cmd.List, found),
		actIsExplained(cmd.Act),
		listIsAhead(c.Terms.Limits, l, c.Now),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	l = dropped(l, cmd.measure(c.Now))
	return l, registry.Changes{PriceLists: []registry.PriceList{l}}, nil
}

func dropped(l registry.PriceList, why registry.Measure) registry.PriceList {
	l = l.Next()
	l.State, l.Touched, l.Dropped = registry.ListDropped, why.Since, why
	return l
}

// PriceListSweep drops lists that nobody adds to any more, and removes entries of those that were dropped. It is the
// engine's.
type PriceListSweep struct{ Limit int } // of entries

// Subject is price-list:sweep.
func (cmd PriceListSweep) Subject() Subject { return Subject{Command: "sweep", Object: "price-list"} }

// Run replies how many entries it removed, up to Limit: as many say that there may be more.
func (cmd PriceListSweep) Run(c *Call) (Reply, registry.Changes, error) {
	left, changes := cmd.Limit, registry.Changes{}
	abandoned := c.Now.Add(-c.Terms.Limits.PriceListStageSeconds.Duration())
	for _, l := range c.priceLists() {
		switch {
		case l.State == registry.ListStaged && !l.Touched.After(abandoned):
			changes.PriceLists = append(changes.PriceLists, dropped(l, registry.Measure{
				Since: c.Now, Author: "engine", Reason: noEnd,
			}))
		case l.State == registry.ListDropped && l.Staged > 0 && left > 0:
			n := min(left, l.Staged)
			left -= n
			l = l.Next()
			l.Staged -= n
			changes.PriceLists = append(changes.PriceLists, l)
			changes.Cleared = append(changes.Cleared, registry.Clearing{List: l.ID, Limit: n})
		}
	}
	return cmd.Limit - left, changes, nil
}

// PriceLists asks for all price lists, for the operator.
type PriceLists struct{}

// Answer returns a []registry.PriceList in order of id.
func (PriceLists) Answer(c *Call) (Reply, error) { return c.priceLists(), nil }

// PriceListShow asks for the entries of a list after a name, up to a limit, for the operator.
type PriceListShow struct {
	List  int64
	After names.Name
	Limit int
}

// PriceListPage is what PriceListShow answers.
type PriceListPage struct {
	registry.PriceList
	Entries []registry.PriceEntry // in order of name
}

// Answer returns a PriceListPage. A list whose entries go has none any more.
func (q PriceListShow) Answer(c *Call) (Reply, error) {
	l, found := c.priceList(q.List)
	if err := c.check(priceListExists(q.List, found)); err != nil {
		return nil, err
	}
	page := PriceListPage{PriceList: l}
	if l.State == registry.ListEffective {
		page.Entries, _ = read(c, func() ([]registry.PriceEntry, bool, error) {
			list, err := c.reader.PriceEntries(q.List, q.After, q.Limit)
			return list, true, err
		})
	}
	return page, nil
}

func (c *Call) priceLists() []registry.PriceList {
	lists, _ := read(c, func() ([]registry.PriceList, bool, error) {
		lists, err := c.reader.PriceLists()
		return lists, true, err
	})
	return lists
}

func (c *Call) priceList(id int64) (registry.PriceList, bool) {
	return read(c, func() (registry.PriceList, bool, error) { return c.reader.PriceList(id) })
}

// priceListExists holds for the id of a price list.
func priceListExists(id int64, found bool) Rule {
	return refuseIf("priceListExists", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "list", Value: strconv.FormatInt(id, 10),
		Reason: "there is no such price list; dorado price lists shows all",
	})
}

// listFits holds for a list of one name at least, and not too many.
func listFits(l policy.Limits, n int) Rule {
	return refuseIf("listFits", n < 1 || n > l.PriceListNames, registry.Error{
		Code: registry.ParameterRange, Field: "names", Value: strconv.Itoa(n),
		Reason: "a price list has 1 to " + strconv.Itoa(l.PriceListNames) + " names; change the file",
	})
}

// noOtherIsStaged holds while no other list is being staged.
func noOtherIsStaged(lists []registry.PriceList) Rule {
	for _, l := range lists {
		if l.State == registry.ListStaged {
			id := strconv.FormatInt(l.ID, 10)
			return refuse("noOtherIsStaged", registry.Error{
				Code: registry.StatusProhibits, Field: "list", Value: id,
				Reason: "the import of list " + id + " by " + l.Author + " is under way; wait for it, or if it has stopped: dorado price drop " + id,
			})
		}
	}
	return holds("noOtherIsStaged", "list", "")
}

// listIsNew holds unless the list that begins last is of the same file.
func listIsNew(lists []registry.PriceList, digest string) Rule {
	var last registry.PriceList
	for _, l := range lists {
		if l.State == registry.ListEffective && !l.Starts.Before(last.Starts) {
			last = l
		}
	}
	return refuseIf("listIsNew", last.ID != 0 && last.Digest == digest, registry.Error{
		Code: registry.ObjectExists, Field: "list", Value: strconv.FormatInt(last.ID, 10),
		Reason: "this file is list " + strconv.FormatInt(last.ID, 10) + " already, from " + last.Starts.UTC().Format(time.RFC3339) + "; there is nothing to do",
	})
}

// listBeginsAlone holds for an instant at which no other list begins.
func listBeginsAlone(lists []registry.PriceList, id int64, starts time.Time) Rule {
	for _, l := range lists {
		if l.State == registry.ListEffective && l.ID != id && l.Starts.Equal(starts) {
			return refuse("listBeginsAlone", registry.Error{
				Code: registry.ObjectExists, Field: "from", Value: starts.UTC().Format(time.RFC3339),
				Reason: "list " + strconv.FormatInt(l.ID, 10) + " begins then; begin this one at another instant, or drop that one",
			})
		}
	}
	return holds("listBeginsAlone", "from", "")
}

// listBeginsAhead holds for a list that begins late enough for every node to know it before, or that has no begin yet.
func listBeginsAhead(l policy.Limits, starts, now time.Time) Rule {
	return refuseIf("listBeginsAhead", !starts.IsZero() && starts.Before(l.PriceListLead(now)), registry.Error{
		Code: registry.ParameterRange, Field: "from", Value: starts.UTC().Format(time.RFC3339),
		Reason: "a list begins " + strconv.Itoa(int(l.PriceListLeadSeconds)) + " seconds after it is whole or later; begin it later, or leave the instant out",
	})
}

// listIsStaged holds for a list that can be added to.
func listIsStaged(l registry.PriceList) Rule {
	return refuseIf("listIsStaged", l.State != registry.ListStaged, registry.Error{
		Code: registry.StatusProhibits, Field: "list", Value: strconv.FormatInt(l.ID, 10),
		Reason: "the list is " + string(l.State) + " and stays as it is; import the file again",
	})
}

// listIsWhole holds for a list that has all its names.
func listIsWhole(l registry.PriceList) Rule {
	return refuseIf("listIsWhole", l.Staged != l.Names, registry.Error{
		Code: registry.StatusProhibits, Field: "list", Value: strconv.FormatInt(l.ID, 10),
		Reason: "the list has " + strconv.Itoa(l.Staged) + " of its " + strconv.Itoa(l.Names) + " names; import the file again",
	})
}

// listIsAhead holds for a list that is not in force, nor will be before every node could know that it was dropped.
func listIsAhead(l policy.Limits, list registry.PriceList, now time.Time) Rule {
	begun := list.State == registry.ListEffective && list.Starts.Before(l.PriceListLead(now))
	return refuseIf("listIsAhead", begun || list.State == registry.ListDropped, registry.Error{
		Code: registry.StatusProhibits, Field: "list", Value: strconv.FormatInt(list.ID, 10),
		Reason: "the list is dropped, in force, was, or will be in a moment; only a later one can be dropped, and the next list takes its place",
	})
}
