package flow

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// Statement asks for a page of a registrar's entries in order of instant and key, with the balance before and after
// each: a registrar for its own, the operator for anybody's. What has come due and is not written down yet stands in
// it as it will be written. Decisions 5.1.
type Statement struct {
	Registrar registry.RegistrarID // whose; empty for a registrar's own
	Since     time.Time            // from this instant on; zero: from the first entry
	Until     time.Time            // before this instant; zero: up to now
	Newest    bool                 // the other order: the latest entry first
	Moved     bool                 // only what changes the balance; then nothing is told of what is set aside
	After     string               // StatementPage.Next of the page before; empty for the first
	Limit     int                  // of entries; policy.Limits.EntriesPerPage at most, and if it is 0
}

// A StatementPage is what Statement answers. Opening and Closing are the balances before its earliest entry and after its
// latest one.
type StatementPage struct {
	Registrar        registry.RegistrarID
	Opening, Closing StatementBalances
	Lines            []StatementLine
	Since, Until     time.Time
	Next             string // for the page that follows; empty if there is none
}

// StatementBalances are a registrar's balances at a place of its statement.
type StatementBalances struct {
	Balance    ledger.Money // of the prepaid account
	Authorised ledger.Money // set aside by open charges
}

// A StatementLine is an entry with what it did.
type StatementLine struct {
	ledger.Entry
	Change StatementBalances // of the balances, by the entry
	After  StatementBalances
}

// Answer looks the entries up.
func (q Statement) Answer(c *Call) (Reply, error) {
	if q.Registrar == "" {
		q.Registrar = c.Registrar.ID
	}
	place, opening, known := parseStatementPlace(q.After)
	most := c.Terms.Limits.EntriesPerPage
	if q.Limit == 0 {
		q.Limit = most
	}
	_, found := c.RegistrarByID(q.Registrar)
	if err := c.check(
		statementIsOwn(c.Registrar, q.Registrar),
		registrarExists(q.Registrar, found),
		entriesFit(q.Limit, most),
		spanIsForward(q.Since, q.Until),
		pageIsKnown(q.After, known),
	); err != nil {
		return nil, err
	}
	return c.statement(q, place, opening), nil
}

// statement makes a page from a place on, at which the balances are known unless it is the first.
func (c *Call) statement(q Statement, place registry.EntryPlace, at StatementBalances) StatementPage {
	party := ledger.Party(q.Registrar)
	due := c.dueEntries(party)
	page := StatementPage{Registrar: q.Registrar, Since: q.Since, Until: q.Until}
	if q.After == "" {
		at = c.firstBalances(q, due)
	}
	list, whole := c.pageOfEntries(q, place, due)
	now := at
	for _, e := range list {
		line := StatementLine{Entry: e, Change: effectOf(e)}
		if q.Moved {
			line.Change.Authorised = 0
		}
		if q.Newest {
			line.After, now = now, now.less(line.Change)
		} else {
			now = now.plus(line.Change)
			line.After = now
		}
		page.Lines = append(page.Lines, line)
	}
	if page.Opening, page.Closing = at, now; q.Newest {
		page.Opening, page.Closing = now, at
	}
	if !whole {
		page.Next = statementPlaceText(placeOf(list[len(list)-1]), now)
	}
	return page
}

// firstBalances are those at which the first page begins: before its first entry, or after the latest.
func (c *Call) firstBalances(q Statement, due []ledger.Entry) (s StatementBalances) {
	switch {
	case q.Newest && (q.Until.IsZero() || q.Until.After(c.Now)):
		s = c.balancesNow(q.Registrar, due)
	case q.Newest:
		s = c.balancesAt(ledger.Party(q.Registrar), q.Until.Add(-time.Microsecond), due)
	case !q.Since.IsZero():
		s = c.balancesAt(ledger.Party(q.Registrar), q.Since.Add(-time.Microsecond), due)
	}
	if q.Moved {
		s.Authorised = 0
	}
	return s
}

// balancesNow returns a registrar's kept balances with what is due: they are the sums of all entries.
func (c *Call) balancesNow(id registry.RegistrarID, due []ledger.Entry) StatementBalances {
	f, _ := read(c, func() (ledger.Funds, bool, error) { return c.reader.Account(id) })
	s := StatementBalances{f.Balance, f.Authorised}
	for _, e := range due {
		s = s.plus(effectOf(e))
	}
	return s
}

// pageOfEntries returns the entries of a page in its order, those that are due as they will be written, and whether they
// are the last.
func (c *Call) pageOfEntries(q Statement, place registry.EntryPlace, due []ledger.Entry) (list []ledger.Entry, whole bool) {
	f := registry.EntryFilter{Party: ledger.Party(q.Registrar), Since: q.Since, Until: q.Until, After: place, Newest: q.Newest}
	if q.Moved {
		f.Of = ledger.Prepaid(f.Party)
	}
	order := byPlace
	if q.Newest {
		order = func(a, b ledger.Entry) int { return byPlace(b, a) }
	}
	list = c.entries(f, q.Limit+1)
	whole = len(list) <= q.Limit
	for _, e := range due {
		in := !e.At.Before(q.Since) && (q.Until.IsZero() || e.At.Before(q.Until)) && (!q.Moved || effectOf(e).Balance != 0)
		if in && comesAfter(q, e, place) && (whole || order(e, list[len(list)-1]) < 0) {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, order)
	if len(list) > q.Limit {
		list, whole = list[:q.Limit], false
	}
	return list, whole
}

// comesAfter reports whether an entry comes after a place in the order of a statement.
func comesAfter(q Statement, e ledger.Entry, place registry.EntryPlace) bool {
	if !q.Newest {
		return placeOf(e).after(place)
	}
	return place.Key == "" || statementPlace(place).after(registry.EntryPlace(placeOf(e)))
}

func (c *Call) entries(f registry.EntryFilter, limit int) []ledger.Entry {
	list, _ := read(c, func() ([]ledger.Entry, bool, error) {
		list, err := c.reader.Entries(f, limit)
		return list, true, err
	})
	return list
}

// mostDue bounds the charges that are due and not written down that a statement looks at: there are more only while
// the engine catches up.
const mostDue = 1000

// dueEntries returns the entries that will be written of what has come due, in order: those of a party, or of all if it
// is empty. What time did to names that nobody has settled is in those of a party.
func (c *Call) dueEntries(p ledger.Party) []ledger.Entry {
	var list []ledger.Entry
	var due []ledger.Charge
	if p == "" {
		due, _ = read(c, func() ([]ledger.Charge, bool, error) {
			due, err := c.reader.DueCharges(c.Now, mostDue)
			return due, true, err
		})
	} else {
		facts := c.factsOfTime()
		for _, fact := range facts {
			for _, e := range fact.Entries {
				if e.Party == p {
					list = append(list, e)
				}
			}
		}
		due = c.dueCharges(registry.RegistrarID(p), facts)
	}
	for _, charge := range c.withinOpenMonths(due) {
		_, entries := charge.Post()
		list = append(list, entries...)
	}
	slices.SortFunc(list, byPlace)
	return list
}

// balancesAt returns a party's balances with the entries up to an instant and those of it.
func (c *Call) balancesAt(p ledger.Party, at time.Time, due []ledger.Entry) StatementBalances {
	f, _ := read(c, func() (ledger.Funds, bool, error) {
		f, err := c.reader.BalancesAt(p, at)
		return f, true, err
	})
	s := StatementBalances{f.Balance, f.Authorised}
	for _, e := range due {
		if !e.At.After(at) {
			s = s.plus(effectOf(e))
		}
	}
	return s
}

func (c *Call) balances(p ledger.Party, at time.Time) []registry.AccountBalance {
	list, _ := read(c, func() ([]registry.AccountBalance, bool, error) {
		list, err := c.reader.Balances(p, at)
		return list, true, err
	})
	return list
}

// effectOf is what an entry does to its party's balances.
func effectOf(e ledger.Entry) StatementBalances {
	f := ledger.Funds{Party: e.Party}.Book(e)
	return StatementBalances{f.Balance, f.Authorised}
}

func (s StatementBalances) plus(o StatementBalances) StatementBalances {
	return StatementBalances{s.Balance + o.Balance, s.Authorised + o.Authorised}
}

func (s StatementBalances) less(o StatementBalances) StatementBalances {
	return StatementBalances{s.Balance - o.Balance, s.Authorised - o.Authorised}
}

// A statementPlace is a registry.EntryPlace that can be compared.
type statementPlace registry.EntryPlace

func placeOf(e ledger.Entry) statementPlace { return statementPlace{e.At, e.Key} }

func (p statementPlace) after(o registry.EntryPlace) bool {
	return p.At.After(o.At) || p.At.Equal(o.At) && p.Key > o.Key
}

// statementPlaceText writes a place, with the balances there, so that parseStatementPlace reads it.
func statementPlaceText(p statementPlace, s StatementBalances) string {
	return strings.Join([]string{
		strconv.FormatInt(p.At.UnixMicro(), 10), strconv.FormatInt(int64(s.Balance), 10), strconv.FormatInt(int64(s.Authorised), 10), p.Key,
	}, ".")
}

// parseStatementPlace reads a place. An empty text is that of the first page.
func parseStatementPlace(text string) (p registry.EntryPlace, s StatementBalances, known bool) {
	if text == "" {
		return p, s, true
	}
	parts := strings.SplitN(text, ".", 4)
	if len(parts) != 4 || parts[3] == "" {
		return p, s, false
	}
	var numbers [3]int64
	for i := range numbers {
		n, err := strconv.ParseInt(parts[i], 10, 64)
		if err != nil {
			return p, s, false
		}
		numbers[i] = n
	}
	p = registry.EntryPlace{At: time.UnixMicro(numbers[0]).UTC(), Key: parts[3]}
	return p, StatementBalances{ledger.Money(numbers[1]), ledger.Money(numbers[2])}, true
}

// statementIsOwn holds for the operator, and for a registrar that asks for its own entries.
func statementIsOwn(r registry.Registrar, of registry.RegistrarID) Rule {
	return refuseIf("statementIsOwn", r.ID != "" && of != r.ID, registry.Error{
		Code: registry.Authorization, Field: "registrar", Value: string(of),
		Reason: "the statement is another registrar's; ask for your own",
	})
}

// entriesFit holds for a page of a statement that the profile allows.
func entriesFit(limit, most int) Rule {
	return refuseIf("entriesFit", limit < 1 || most < limit, registry.Error{
		Code: registry.ParameterPolicy, Field: "limit", Value: strconv.Itoa(limit),
		Reason: "a page has 1 to " + strconv.Itoa(most) + " entries; ask for the next one with its Next",
	})
}

// Balances asks for the balances of accounts at an instant that has been, with what had come due by then: of the
// whole registry, or of the accounts that entries of one registrar touch. Those of the whole add up to zero.
type Balances struct {
	Registrar registry.RegistrarID // empty for all
	At        time.Time            // with the entries of this instant; zero: now
}

// BalancesAt is what Balances answers.
type BalancesAt struct {
	At       time.Time
	Accounts []registry.AccountBalance // in order of account
}

// Answer adds the entries up.
func (q Balances) Answer(c *Call) (Reply, error) {
	at := q.At
	if at.IsZero() {
		at = c.Now
	}
	found := true
	if q.Registrar != "" {
		_, found = c.RegistrarByID(q.Registrar)
	}
	if err := c.check(registrarExists(q.Registrar, found), instantIsPast(at, c.Now)); err != nil {
		return nil, err
	}
	sums := map[ledger.Account]ledger.Money{}
	for _, b := range c.balances(ledger.Party(q.Registrar), at) {
		sums[b.Account] += b.Balance
	}
	for _, e := range c.dueEntries(ledger.Party(q.Registrar)) {
		if !e.At.After(at) {
			sums[e.Debit] -= e.Amount
			sums[e.Credit] += e.Amount
		}
	}
	reply := BalancesAt{At: at}
	for account, balance := range sums {
		reply.Accounts = append(reply.Accounts, registry.AccountBalance{Account: account, Balance: balance})
	}
	slices.SortFunc(reply.Accounts, func(a, b registry.AccountBalance) int { return strings.Compare(string(a.Account), string(b.Account)) })
	return reply, nil
}
