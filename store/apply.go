package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// A write is one statement of a Changes.
type write struct {
	what  string // what it is for, in an error
	text  string
	args  []any
	miss  error // what it means that it does not change exactly one row; nil where it need not
	place place // of a new row
	rows  int   // how many new rows it has, if more than one
}

// A writer collects the statements of the Changes of a group. The first failure sticks.
type writer struct {
	ids    *idSource
	deltas map[ledger.Party]delta
	days   tallies
	bodies map[version]string                // of one Changes, whose objects stand in the history as well
	before map[registry.ROID]registry.Domain // the last known version of domains, with the links that are stored
	list   []write
	err    error
}

func newWriter(ids *idSource) *writer {
	return &writer{ids: ids, deltas: map[ledger.Party]delta{}, days: tallies{}, bodies: map[version]string{}, before: map[registry.ROID]registry.Domain{}}
}

// add collects the statements of a Changes: the lease that it holds to, what time did first, then what
// went, then what came and the links to it, then money, and last what tells others. Objects go in order
// of name, so that two transactions that write the same ones do not wait for each other in a circle.
func (w *writer) add(changes registry.Changes) error {
	clear(w.bodies)
	if !changes.Fence.IsZero() {
		w.holdTo(changes.Fence)
	}
	w.objects(changes)
	for _, n := range changes.Needs {
		d := w.deltas[n.Party]
		d.guarded, d.due = true, max(d.due, n.Due)
		w.deltas[n.Party] = d
	}
	for _, row := range changes.Log {
		w.log(row)
	}
	return w.err
}

// waits reports whether anything was collected.
func (w *writer) waits() bool { return len(w.list) > 0 || len(w.deltas) > 0 || len(w.days) > 0 }

// take returns what was collected, in statements of so many new rows at most, and last what it does to
// what is counted and to balances, once for each: for whoever looks from outside, the commands of a group come at one
// moment.
func (w *writer) take(most int) []write {
	list := append(wide(w.list, most), w.days.writes()...)
	w.list = w.list[:0]
	clear(w.days)
	for _, party := range slices.Sorted(maps.Keys(w.deltas)) {
		list = append(list, balanceWrite(party, w.deltas[party]))
	}
	clear(w.deltas)
	return list
}

// A delta is what Changes do to the kept balances of one party.
type delta struct {
	balance, authorised ledger.Money
	guarded             bool
	due                 ledger.Money
	moved               bool // how the account stands changes
	from, to            ledger.Standing
}

// objects writes everything of a Changes but its conditions and log.
func (w *writer) objects(changes registry.Changes) {
	for _, earlier := range changes.Earlier {
		w.objects(earlier)
	}
	w.registrars(changes)
	w.gone(changes)
	for _, c := range sorted(changes.Contacts, func(c registry.Contact) string { return c.ID }) {
		w.putContact(c)
	}
	for _, h := range sorted(changes.Hosts, func(h registry.Host) string { return h.Name.String() }) {
		w.putHost(h)
	}
	for _, d := range sorted(changes.Domains, func(d registry.Domain) string { return d.Name.String() }) {
		w.putDomain(d, changes.Origin.At)
	}
	for _, c := range changes.GoneContacts { // after the domains that linked them are put
		w.dropContact(c)
	}
	w.histories(changes)
	w.offers(changes)
	w.priceLists(changes)
	w.promotions(changes)
	w.money(changes)
	w.books(changes)
	w.children(changes)
	w.accesses(changes)
	w.console(changes.Console)
	w.issues(changes)
	w.bulks(changes)
	w.signals(changes)
}

func (w *writer) registrars(changes registry.Changes) {
	for _, r := range changes.Registrars {
		w.putRegistrar(r)
	}
	for _, l := range changes.Lapses {
		w.lapse(l)
	}
	for _, f := range changes.Limits {
		w.putLimits(f)
	}
}

// gone removes objects: links first, then what they link. Names are freed before others take them.
func (w *writer) gone(changes registry.Changes) {
	for _, d := range changes.GoneDomains {
		w.unlinkDomain(d)
	}
	for _, l := range changes.Undelegated {
		w.exec("delegation to "+string(l.Host), deleteHostLink, l.Host, l.Domain)
	}
	for _, h := range changes.GoneHosts {
		w.dropHost(h)
	}
	for _, h := range changes.Leaving {
		w.leaveHost(h, changes.Origin.At)
	}
	for _, d := range changes.GoneDomains {
		w.dropDomain(d)
		w.days.name(registry.TallyGone, d.Sponsor, changes.Origin.At)
	}
}

func (w *writer) money(changes registry.Changes) {
	for _, c := range changes.Charges {
		w.putCharge(c)
		w.days.charge(c)
	}
	for _, c := range changes.Rescheduled {
		w.reschedule(c)
	}
	for _, e := range changes.Entries {
		w.entry(e)
	}
	for _, h := range changes.Holds {
		w.putHold(h)
	}
	for _, a := range changes.MoneyActs { // in their order: one that lapsed leaves its reference to the next
		w.putMoneyAct(a)
	}
	for _, s := range changes.Standings {
		d := w.deltas[s.Party]
		if !d.moved {
			d.moved, d.from = true, s.From
		}
		d.to = s.To
		w.deltas[s.Party] = d
	}
	w.seals(changes)
}

// entry writes an entry and counts it for the balances that are kept.
func (w *writer) entry(e ledger.Entry) {
	w.putEntry(e)
	d := w.deltas[e.Party]
	d.add(e)
	w.deltas[e.Party] = d
}

// add counts an entry where it touches an account whose balance is kept.
func (d *delta) add(e ledger.Entry) {
	for account, amount := range map[ledger.Account]ledger.Money{e.Debit: -e.Amount, e.Credit: e.Amount} {
		switch account {
		case ledger.Prepaid(e.Party):
			d.balance += amount
		case ledger.Authorised(e.Party):
			d.authorised += amount
		}
	}
}

func (w *writer) signals(changes registry.Changes) {
	for _, m := range changes.Marks {
		w.putMark(m)
	}
	for _, m := range sorted(changes.Published, func(m registry.Mark) string { return m.Name.String() }) {
		w.dropMark(m)
	}
	w.marksAside(changes)
	w.zones(changes)
	for _, m := range changes.Poll {
		w.putPoll(m)
	}
	for _, m := range changes.Acknowledged {
		w.acknowledge(m)
	}
	for _, c := range changes.Cuts {
		w.cutQueue(c)
	}
	w.announcements(changes)
	w.zoneKeys(changes)
	for _, m := range changes.Mail {
		w.putMail(m)
	}
	for _, m := range changes.GoneMail {
		w.dropMail(m)
	}
	for _, p := range changes.Postponed {
		w.exec("let mails wait to "+p.To, postponeMail, p.To, micros(p.Until))
	}
}

// sorted returns objects in order of a key; versions of one object keep their order.
func sorted[T any](objects []T, key func(T) string) []T {
	if len(objects) < 2 {
		return objects
	}
	objects = slices.Clone(objects)
	slices.SortStableFunc(objects, func(a, b T) int { return strings.Compare(key(a), key(b)) })
	return objects
}

// exec adds a statement, and what it is for.
func (w *writer) exec(what, text string, args ...any) {
	w.list = append(w.list, write{what: what, text: text, args: args})
}

// insert adds a new row.
func (w *writer) insert(into place, what, text string, args ...any) {
	w.list = append(w.list, write{what: what, text: text, args: args, place: into})
}

// execOne adds a statement that has to change exactly one row: if it does not, another transaction has
// changed the row first.
func (w *writer) execOne(what, text string, args ...any) {
	w.list = append(w.list, write{what: what, text: text, args: args, miss: errConflict})
}

// holdTo locks a lease until the commit, so that it cannot pass on before, if it has not yet.
func (w *writer) holdTo(f registry.Fence) {
	w.list = append(w.list, write{
		what: "hold to the lease " + f.Lease, text: holdLease, args: []any{f.Lease, f.Number}, miss: registry.ErrFenced,
	})
}

const holdLease = `
UPDATE lease
SET    fence = fence
WHERE  name = $1 AND fence = $2`

// fits says whether a statement changed as many rows as it has to, given how it ended.
func (w write) fits(rows int64, err error) error {
	if err == nil && w.miss != nil && rows != 1 {
		err = w.miss
	}
	if err != nil {
		return fmt.Errorf("%s: %w", w.what, err)
	}
	return nil
}

// micros is how an instant is kept: microseconds since 1970, and 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func instant(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
