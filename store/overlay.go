package store

import (
	"errors"
	"reflect"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// An overlay is a registry.Reader that sees what is stored and, over it, what the commands of a group
// have decided and not written yet. What one key names is remembered; whatever else is asked for is
// read from the database after what waits has been sent there.
type overlay struct {
	*reader
	session *session
	writer  *writer // has what waits
	waits   waits

	registrars map[registry.RegistrarID]found[registry.Registrar]
	domains    map[names.Name]found[registry.Domain]
	variants   map[string]found[[]names.Name] // stored, by key
	decidedOn  map[string][]names.Name        // decided and perhaps not stored yet, by key
	hosts      map[names.Name]found[registry.Host]
	contacts   map[string]found[registry.Contact]
	charges    map[string]found[ledger.Charge]
	entries    map[string]bool
	offers     map[names.Name]found[registry.Offer]
	promotions map[registry.RegistrarID]found[[]registry.Promotion] // that have not ended when they were read
	listed     map[string]found[[]registry.Listing]                 // by key
	below      map[names.Name]found[[]registry.Host]
	linked     map[registry.ROID]found[[]names.Name] // the first registry.FewLinking names
	funds      map[registry.RegistrarID]found[ledger.Funds]
	fundsAt    time.Time
	accounts   map[registry.RegistrarID]found[ledger.Funds]
	due        dueList

	wrote   bool  // a command has been decided
	decided bool  // and not only refused
	flushed bool  // the database has writes of this group
	blind   bool  // a job has asked for what cannot be shown
	broken  error // of a flush: the transaction is worth nothing any more

	// trusting says that the memory may tell that a name is free. It is the primary key that decides:
	// a command whose write it refused is run alone, and asks the database.
	trusting bool
}

// found is an object, or that there is none.
type found[T any] struct {
	value T
	ok    bool
}

func newOverlay(s *session, r *reader) *overlay {
	o := &overlay{reader: r, session: s, writer: newWriter(&r.db.ids)}
	o.forget()
	return o
}

// run decides jobs one after the other, each on what those before it decided, and returns how many. It is
// fewer than there are where the next one asks for what the database would have to show, and cannot yet.
func (o *overlay) run(group []*job) (n int, err error) {
	o.trusting = len(group) > 1
	for _, j := range group {
		changes, ok := j.decide(o)
		switch {
		case o.broken != nil: // by what the job asked for, and for all: it must not look like its own fault
			return n, o.broken
		case o.blind, ok && o.mayBeLate(changes):
			return n, nil
		}
		if n++; !ok {
			continue
		}
		j.changes = changes
		last, err := o.add(changes)
		if err != nil {
			return n, err
		}
		if last {
			break
		}
	}
	if !o.wrote {
		return n, errNothing
	}
	return n, nil
}

// mayBeLate reports whether a refusal is not to be given in this group. Nothing guards a refusal, so it has
// to be right at the one moment that the group reads. What others of the group have decided is not yet to be
// seen at that moment, and until it is, others may change what the refusal is about: it is left to the next
// group, which begins when this one is committed. In a database of this process nobody comes between.
func (o *overlay) mayBeLate(changes registry.Changes) bool {
	return o.decided && o.db.engine.pipelines() && !hasEffect(changes)
}

// hasEffect reports whether a Changes does more than to say in the log, and of a name of a bulk job, that a command was
// refused.
func hasEffect(changes registry.Changes) bool {
	changes.Origin, changes.Fence, changes.Log, changes.Bulk.Items = registry.Origin{}, registry.Fence{}, nil, nil
	return !reflect.ValueOf(changes).IsZero()
}

// show lets the database show what was decided to a job that asks for more than a key. In a database of
// this process that is done in place. On a server it would end the one moment that all jobs of the group are
// decided in, so the job is left to the next group.
func (o *overlay) show() error {
	switch {
	case o.broken != nil:
		return o.broken
	case !o.writer.waits():
		return nil
	case o.db.engine.pipelines():
		o.blind = true
		return errBlind
	}
	o.broken = o.flush()
	return o.broken
}

// errBlind is what a job is told that will be run in the next group.
var errBlind = errors.New("not shown in this group")

// flush makes the writes that wait, in a database of this process.
func (o *overlay) flush() error {
	for _, w := range o.waiting() {
		if err := w.fits(o.session.change(o.ctx, w)); err != nil {
			return err
		}
	}
	return nil
}

// waiting takes the writes that wait.
func (o *overlay) waiting() []write {
	list := o.writer.take(o.db.engine.rowsAtOnce())
	o.flushed = o.flushed || len(list) > 0
	return list
}

// forget drops what is remembered, so that it is read again.
func (o *overlay) forget() {
	clear(o.writer.before)
	o.registrars = map[registry.RegistrarID]found[registry.Registrar]{}
	o.domains = map[names.Name]found[registry.Domain]{}
	o.variants, o.decidedOn = map[string]found[[]names.Name]{}, nil
	o.hosts = map[names.Name]found[registry.Host]{}
	o.contacts = map[string]found[registry.Contact]{}
	o.charges = map[string]found[ledger.Charge]{}
	o.entries = map[string]bool{}
	o.offers = map[names.Name]found[registry.Offer]{}
	o.promotions = map[registry.RegistrarID]found[[]registry.Promotion]{}
	o.listed = map[string]found[[]registry.Listing]{}
	o.below = map[names.Name]found[[]registry.Host]{}
	o.linked = map[registry.ROID]found[[]names.Name]{}
	o.funds = map[registry.RegistrarID]found[ledger.Funds]{}
	o.accounts = map[registry.RegistrarID]found[ledger.Funds]{}
	o.due = dueList{}
}

// add makes the Changes of a command part of what is seen. Puts of what one key names are seen at once.
// Anything that shows under other keys too, such as a host's new name in the names that link it, is
// written and all read anew, or is the last of its group.
func (o *overlay) add(changes registry.Changes) (last bool, err error) {
	o.writer.follows(changes, func(name names.Name) registry.Domain { return o.domains[name].value })
	if err := o.writer.add(changes); err != nil {
		return false, err
	}
	o.wrote = true
	o.decided = o.decided || hasEffect(changes)
	switch {
	case plain(changes):
		o.see(changes)
		return false, nil
	case o.db.engine.pipelines():
		return true, nil
	}
	o.forget()
	return false, o.flush()
}

// plain reports whether a Changes only puts objects that nothing else shows. Marks are never remembered.
func plain(changes registry.Changes) bool {
	for _, earlier := range changes.Earlier {
		if !plain(earlier) {
			return false
		}
	}
	for _, h := range changes.Hosts {
		if h.Version > 1 {
			return false
		}
	}
	for _, c := range changes.Charges {
		if c.State != ledger.Open {
			return false
		}
	}
	return len(changes.GoneDomains)+len(changes.GoneHosts)+len(changes.Leaving)+len(changes.GoneContacts)+len(changes.Rescheduled)+
		len(changes.Limits)+len(changes.Prices)+len(changes.Listings)+len(changes.Allocations)+
		len(changes.PriceLists)+len(changes.Staged)+len(changes.Cleared)+len(changes.Promotions) == 0
}

// see puts plain Changes over what is remembered.
func (o *overlay) see(changes registry.Changes) {
	for _, earlier := range changes.Earlier {
		o.see(earlier)
	}
	for _, r := range changes.Registrars {
		o.registrars[r.ID] = found[registry.Registrar]{r, true}
	}
	for _, c := range changes.Contacts {
		o.contacts[strings.ToLower(c.ID)] = found[registry.Contact]{c, true}
	}
	for _, h := range changes.Hosts {
		o.hosts[h.Name] = found[registry.Host]{h, true}
	}
	for _, d := range changes.Domains {
		o.domains[d.Name] = found[registry.Domain]{d, true}
		o.seeVariant(d)
		o.link(d)
		o.due.put(registry.DueName{Name: d.Name, Sponsor: d.Sponsor, Due: lifecycle.Due(d)})
	}
	for _, c := range changes.Charges {
		o.charges[c.ID] = found[ledger.Charge]{c, true}
		o.owe(c)
	}
	for _, e := range changes.Entries {
		o.entries[e.Key] = true
		o.book(e)
	}
	for _, l := range changes.Lapses {
		o.forParty(l.Party, func(f ledger.Funds) ledger.Funds { return f.WithoutEmergency() })
	}
	for _, s := range changes.Standings {
		o.stand(s)
	}
	for _, u := range changes.PromotionUses {
		o.use(u)
	}
}

// link makes what a domain links be seen as linked. What it no longer links is seen so until the
// group has ended: as if those who ask had come first.
func (o *overlay) link(d registry.Domain) {
	for _, ref := range d.Nameservers {
		if h, ok := o.hosts[ref.Name]; ok {
			h.value.Linked = true
			o.hosts[ref.Name] = h
		}
	}
	refs := []registry.ContactRef{d.Registrant}
	for _, c := range d.Contacts {
		refs = append(refs, c.ContactRef)
	}
	for _, ref := range refs {
		id := strings.ToLower(ref.ID)
		if c, ok := o.contacts[id]; ok {
			c.value.Linked = true
			o.contacts[id] = c
		}
	}
}

// book adds an entry to the kept balances of its party.
func (o *overlay) book(e ledger.Entry) {
	o.forParty(e.Party, func(f ledger.Funds) ledger.Funds { return f.Book(e) })
}

// stand puts the standing of an account over what is remembered.
func (o *overlay) stand(s registry.Standing) {
	o.forParty(s.Party, func(f ledger.Funds) ledger.Funds { f.Standing = s.To; return f })
}

// forParty changes what is remembered of an account.
func (o *overlay) forParty(party ledger.Party, change func(ledger.Funds) ledger.Funds) {
	for _, m := range []map[registry.RegistrarID]found[ledger.Funds]{o.funds, o.accounts} {
		if f, ok := m[registry.RegistrarID(party)]; ok && f.ok {
			f.value = change(f.value)
			m[registry.RegistrarID(party)] = f
		}
	}
}

// owe counts a new charge that is due already.
func (o *overlay) owe(c ledger.Charge) {
	if f, ok := o.funds[registry.RegistrarID(c.Party)]; ok {
		f.value = f.value.Owe(c, o.fundsAt)
		o.funds[registry.RegistrarID(c.Party)] = f
	}
}

// remembered returns what is remembered under a key, or reads and remembers it.
func remembered[K comparable, V any](m map[K]found[V], key K, read func() (V, bool, error)) (V, bool, error) {
	if f, ok := m[key]; ok {
		return f.value, f.ok, nil
	}
	v, ok, err := read()
	if err == nil {
		m[key] = found[V]{v, ok}
	}
	return v, ok, err
}

func (o *overlay) Registrar(id registry.RegistrarID) (registry.Registrar, bool, error) {
	return remembered(o.registrars, id, func() (registry.Registrar, bool, error) { return o.reader.Registrar(id) })
}

func (o *overlay) RecentRegistrar(id registry.RegistrarID) (registry.Registrar, bool, error) {
	return o.Registrar(id)
}

// Funds are remembered for one instant: which charges are due depends on it.
func (o *overlay) Funds(id registry.RegistrarID, now time.Time) (ledger.Funds, bool, error) {
	if !o.fundsAt.Equal(now) {
		if err := o.show(); err != nil {
			return ledger.Funds{}, false, err
		}
		o.funds, o.fundsAt = map[registry.RegistrarID]found[ledger.Funds]{}, now
	}
	return remembered(o.funds, id, func() (ledger.Funds, bool, error) {
		return one(o.reader, scanFundsAt(now), recentFunds, id, micros(now))
	})
}

// Account is what is remembered of the funds, where they are.
func (o *overlay) Account(id registry.RegistrarID) (ledger.Funds, bool, error) {
	if f, known := o.funds[id]; known {
		return f.value.Kept(), f.ok, nil
	}
	return remembered(o.accounts, id, func() (ledger.Funds, bool, error) { return o.reader.Account(id) })
}

func (o *overlay) Domain(name names.Name) (registry.Domain, bool, error) {
	return remembered(o.domains, name, func() (registry.Domain, bool, error) {
		if o.trusting && !o.flushed && o.db.memory.absent(name) { // the memory follows at the commit
			return registry.Domain{}, false, nil
		}
		return o.reader.Domain(name)
	})
}

func (o *overlay) DomainDue(name names.Name) (time.Time, bool, error) {
	d, ok, err := o.Domain(name)
	return lifecycle.Due(d), ok, err
}

// Offer is remembered where it was read: then it has its prices at all instants. A memory that is exact is what the
// database has, until the group has written.
func (o *overlay) Offer(name names.Name, at time.Time) (registry.Offer, error) {
	if _, read := o.offers[name]; !read && !o.flushed && o.db.memory.exact() {
		if known, sure := o.db.memory.offer(name, at); sure {
			return known, nil
		}
	}
	offer, _, err := remembered(o.offers, name, func() (registry.Offer, bool, error) {
		known, err := o.reader.Offer(name, at)
		return known, true, err
	})
	return offer, err
}

func (o *overlay) Host(name names.Name) (registry.Host, bool, error) {
	return remembered(o.hosts, name, func() (registry.Host, bool, error) { return o.reader.Host(name) })
}

func (o *overlay) Contact(id string) (registry.Contact, bool, error) {
	return remembered(o.contacts, strings.ToLower(id), func() (registry.Contact, bool, error) { return o.reader.Contact(id) })
}

func (o *overlay) Charge(id string) (ledger.Charge, bool, error) {
	return remembered(o.charges, id, func() (ledger.Charge, bool, error) { return o.reader.Charge(id) })
}

func (o *overlay) Entry(key string) (bool, error) {
	if o.entries[key] {
		return true, nil
	}
	return o.reader.Entry(key)
}

// shown reads a list from the database, when all that was decided is there.
func shown[T any](o *overlay, read func() (T, error)) (T, error) {
	if err := o.show(); err != nil {
		var zero T
		return zero, err
	}
	return read()
}

func (o *overlay) PriceLists() ([]registry.PriceList, error) { return shown(o, o.reader.PriceLists) }

func (o *overlay) ZoneKeys(zone names.Name) ([]registry.ZoneKey, error) {
	return shown(o, func() ([]registry.ZoneKey, error) { return o.reader.ZoneKeys(zone) })
}

func (o *overlay) PriceList(id int64) (l registry.PriceList, ok bool, err error) {
	if err := o.show(); err != nil {
		return l, false, err
	}
	return o.reader.PriceList(id)
}

func (o *overlay) PriceEntries(list int64, after names.Name, limit int) ([]registry.PriceEntry, error) {
	return shown(o, func() ([]registry.PriceEntry, error) { return o.reader.PriceEntries(list, after, limit) })
}

func (o *overlay) PricesAt(at time.Time, use func(registry.PriceEntry) error) error {
	if err := o.show(); err != nil {
		return err
	}
	return o.reader.PricesAt(at, use)
}

func (o *overlay) HostByROID(roid registry.ROID) (registry.Host, bool, error) {
	if err := o.show(); err != nil {
		return registry.Host{}, false, err
	}
	return o.reader.HostByROID(roid)
}

func (o *overlay) LinkedByOther(host registry.ROID, sponsor registry.RegistrarID) (bool, error) {
	return shown(o, func() (bool, error) { return o.reader.LinkedByOther(host, sponsor) })
}

func (o *overlay) SubordinateHosts(name names.Name) ([]registry.Host, error) {
	return shown(o, func() ([]registry.Host, error) {
		if f, fetched := o.below[name]; fetched {
			return f.value, nil
		}
		return o.reader.SubordinateHosts(name)
	})
}

func (o *overlay) DelegatedTo(host registry.ROID, limit int) ([]names.Name, error) {
	return shown(o, func() ([]names.Name, error) { return o.reader.DelegatedTo(host, limit) })
}

func (o *overlay) LinkedTo(contact registry.ROID, limit int) ([]names.Name, error) {
	return shown(o, func() ([]names.Name, error) {
		if f, fetched := o.linked[contact]; fetched && (limit <= registry.FewLinking || len(f.value) < registry.FewLinking) {
			return f.value[:min(limit, len(f.value))], nil
		}
		return o.reader.LinkedTo(contact, limit)
	})
}

func (o *overlay) DueContacts(now time.Time, limit int, but ...registry.RegistrarID) ([]registry.DueContact, error) {
	return shown(o, func() ([]registry.DueContact, error) { return o.reader.DueContacts(now, limit, but...) })
}

func (o *overlay) DueCharges(now time.Time, limit int, but ...registry.RegistrarID) ([]ledger.Charge, error) {
	return shown(o, func() ([]ledger.Charge, error) { return o.reader.DueCharges(now, limit, but...) })
}

func (o *overlay) DueChargesOf(id registry.RegistrarID, now time.Time, limit int) ([]ledger.Charge, error) {
	return shown(o, func() ([]ledger.Charge, error) { return o.reader.DueChargesOf(id, now, limit) })
}

func (o *overlay) Holds(id registry.RegistrarID, limit int) ([]registry.AccountHold, error) {
	return shown(o, func() ([]registry.AccountHold, error) { return o.reader.Holds(id, limit) })
}

func (o *overlay) PostedCharges(id registry.RegistrarID, limit int) ([]ledger.Charge, error) {
	return shown(o, func() ([]ledger.Charge, error) { return o.reader.PostedCharges(id, limit) })
}

func (o *overlay) DueLapses(now time.Time, limit int, but ...registry.RegistrarID) ([]registry.Lapse, error) {
	return shown(o, func() ([]registry.Lapse, error) { return o.reader.DueLapses(now, limit, but...) })
}

func (o *overlay) NextDue() (time.Time, error) {
	return shown(o, o.reader.NextDue)
}

func (o *overlay) Offers(after names.Name, limit int) ([]registry.Offer, error) {
	return shown(o, func() ([]registry.Offer, error) { return o.reader.Offers(after, limit) })
}

func (o *overlay) Domains(after names.Name, limit int) ([]registry.Domain, error) {
	return shown(o, func() ([]registry.Domain, error) { return o.reader.Domains(after, limit) })
}

func (o *overlay) PageEnd(after registry.ROID, limit int) (registry.ROID, error) {
	return shown(o, func() (registry.ROID, error) { return o.reader.PageEnd(after, limit) })
}

func (o *overlay) Outlines(span registry.Span, use func(registry.Domain)) error {
	if err := o.show(); err != nil {
		return err
	}
	return o.reader.Outlines(span, use)
}

func (o *overlay) DueOutlines(after, until time.Time, use func(registry.Domain)) error {
	if err := o.show(); err != nil {
		return err
	}
	return o.reader.DueOutlines(after, until, use)
}

func (o *overlay) DeletedOutlines(now, until time.Time, use func(registry.Domain) error) error {
	if err := o.show(); err != nil {
		return err
	}
	return o.reader.DeletedOutlines(now, until, use)
}

func (o *overlay) Child(name names.Name) (c registry.ChildScan, ok bool, err error) {
	if err := o.show(); err != nil {
		return c, false, err
	}
	return o.reader.Child(name)
}

func (o *overlay) DueChildren(zone names.Name, now time.Time, limit int) ([]registry.ChildScan, error) {
	return shown(o, func() ([]registry.ChildScan, error) { return o.reader.DueChildren(zone, now, limit) })
}

func (o *overlay) ChildrenIn(span registry.Span) ([]registry.ChildScan, error) {
	return shown(o, func() ([]registry.ChildScan, error) { return o.reader.ChildrenIn(span) })
}

func (o *overlay) Children(f registry.ChildFilter, limit int) ([]registry.ChildScan, error) {
	return shown(o, func() ([]registry.ChildScan, error) { return o.reader.Children(f, limit) })
}

func (o *overlay) CountChildren() ([]registry.ChildCount, error) {
	return shown(o, o.reader.CountChildren)
}

func (o *overlay) Glue(after registry.ROID, limit int) ([]registry.Glue, error) {
	return shown(o, func() ([]registry.Glue, error) { return o.reader.Glue(after, limit) })
}

func (o *overlay) OldestMessage(id registry.RegistrarID) (m registry.PollMessage, ok bool, err error) {
	if err := o.show(); err != nil {
		return m, false, err
	}
	return o.reader.OldestMessage(id)
}

func (o *overlay) HasMessage(id registry.RegistrarID, message int64) (bool, error) {
	return shown(o, func() (bool, error) { return o.reader.HasMessage(id, message) })
}

func (o *overlay) CountMessages(id registry.RegistrarID, limit int) (int, error) {
	return shown(o, func() (int, error) { return o.reader.CountMessages(id, limit) })
}

func (o *overlay) OldMessages(before time.Time, limit int) ([]registry.PollMessage, error) {
	return shown(o, func() ([]registry.PollMessage, error) { return o.reader.OldMessages(before, limit) })
}

func (o *overlay) Mail(id int64) (m registry.Mail, ok bool, err error) {
	if err := o.show(); err != nil {
		return m, false, err
	}
	return o.reader.Mail(id)
}

func (o *overlay) CountMail(id registry.RegistrarID, limit int) (int, error) {
	return shown(o, func() (int, error) { return o.reader.CountMail(id, limit) })
}

func (o *overlay) DueMail(now time.Time, limit int) ([]registry.Mail, error) {
	return shown(o, func() ([]registry.Mail, error) { return o.reader.DueMail(now, limit) })
}

func (o *overlay) SpentMail(since, failed time.Time, limit int) ([]registry.Mail, error) {
	return shown(o, func() ([]registry.Mail, error) { return o.reader.SpentMail(since, failed, limit) })
}

func (o *overlay) Mails(f registry.MailFilter, after int64, limit int) ([]registry.Mail, error) {
	return shown(o, func() ([]registry.Mail, error) { return o.reader.Mails(f, after, limit) })
}

func (o *overlay) Maintenance(id string) (m registry.Maintenance, ok bool, err error) {
	if err := o.show(); err != nil {
		return m, false, err
	}
	return o.reader.Maintenance(id)
}

func (o *overlay) Maintenances(endAfter time.Time, limit int) ([]registry.Maintenance, error) {
	return shown(o, func() ([]registry.Maintenance, error) { return o.reader.Maintenances(endAfter, limit) })
}

func (o *overlay) DueAnnouncement(now time.Time) (a registry.Announcement, ok bool, err error) {
	if err := o.show(); err != nil {
		return a, false, err
	}
	return o.reader.DueAnnouncement(now)
}

func (o *overlay) DelegatedAfter(host, after registry.ROID, limit int) ([]registry.Delegated, error) {
	return shown(o, func() ([]registry.Delegated, error) { return o.reader.DelegatedAfter(host, after, limit) })
}

func (o *overlay) EntryByKey(key string) (e ledger.Entry, ok bool, err error) {
	if err := o.show(); err != nil {
		return e, false, err
	}
	return o.reader.EntryByKey(key)
}

func (o *overlay) MoneyAct(id string) (a registry.MoneyAct, ok bool, err error) {
	if err := o.show(); err != nil {
		return a, false, err
	}
	return o.reader.MoneyAct(id)
}

func (o *overlay) MoneyActOf(entry string) (a registry.MoneyAct, ok bool, err error) {
	if err := o.show(); err != nil {
		return a, false, err
	}
	return o.reader.MoneyActOf(entry)
}

func (o *overlay) MoneyActClaiming(reference string) (a registry.MoneyAct, ok bool, err error) {
	if err := o.show(); err != nil {
		return a, false, err
	}
	return o.reader.MoneyActClaiming(reference)
}

func (o *overlay) LastMoneyAct(id registry.RegistrarID) (int64, error) {
	return shown(o, func() (int64, error) { return o.reader.LastMoneyAct(id) })
}

func (o *overlay) MoneyActs(f registry.MoneyFilter, limit int) ([]registry.MoneyAct, error) {
	return shown(o, func() ([]registry.MoneyAct, error) { return o.reader.MoneyActs(f, limit) })
}

func (o *overlay) Log(f registry.LogFilter, before registry.LogPlace, limit, look int) (registry.LogPage, error) {
	return shown(o, func() (registry.LogPage, error) { return o.reader.Log(f, before, limit, look) })
}

func (o *overlay) Marks(limit int) ([]registry.Mark, error) {
	return shown(o, func() ([]registry.Mark, error) { return o.reader.Marks(limit) })
}

func (o *overlay) MarksAside(limit int) ([]registry.Mark, error) {
	return shown(o, func() ([]registry.Mark, error) { return o.reader.MarksAside(limit) })
}

func (o *overlay) MarksOf(name names.Name) ([]registry.WaitingMark, error) {
	return shown(o, func() ([]registry.WaitingMark, error) { return o.reader.MarksOf(name) })
}

func (o *overlay) Issues(id registry.RegistrarID, limit int) ([]registry.Issue, error) {
	return shown(o, func() ([]registry.Issue, error) { return o.reader.Issues(id, limit) })
}

func (o *overlay) Registrars() ([]registry.Registrar, error) {
	return shown(o, o.reader.Registrars)
}
