package pages

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A domainView is a registered name as people read it.
type domainView struct {
	Name      string // in its own script
	ALabels   string // if that is not how it is written in EPP and DNS
	ROID      string
	State     string // in one sentence
	Mood      string // alarming: the name does not work, or will be lost; idle: it has no use; else empty
	Statuses  []statusView
	Created   dayView
	Changed   dayView // zero if nothing has
	Expires   dayView
	Registrar registrarView
	People    []personView
	Servers   []serverView
	DS        []string
	Timeline  []eventView
	Link      string // the name in an RDAP address
}

// A statusView is a status as EPP spells it, and what it means.
type statusView struct{ Code, Meaning string }

// A dayView is an instant, and how people read it.
type dayView struct {
	At   time.Time
	Text string
}

// A personView is a contact of a name. What is not open is in Closed.
type personView struct {
	Role   string
	Lines  []fieldView
	Closed []string // which attributes are not shown
}

// A fieldView is one attribute with its value, or its lines.
type fieldView struct {
	Label  string
	Values []string
}

// A serverView is a name server of a name.
type serverView struct {
	Name      string
	Addresses []string
}

// A hostView is a name server by itself.
type hostView struct {
	serverView
	ROID      string
	Statuses  []statusView
	Created   dayView
	Registrar registrarView
}

// A registrarView is what everybody may know of a registrar.
type registrarView struct {
	ID, Name, TradingName string
	IANAID                int
	Website               string
	Email, Voice, Abuse   string
}

// An eventView is one point of the life of a name.
type eventView struct {
	dayView
	What string
	When string // past, now or ahead
}

// A told is what the part of the page about a registrar needs.
type told struct {
	Words     words
	Registrar registrarView
}

func registrarIn(w words, r registrarView) told { return told{w, r} }

func newRegistrarView(r flow.PublicRegistrar) registrarView {
	v := registrarView{
		ID: string(r.ID), Name: r.Name, TradingName: r.TradingName, IANAID: r.IANAID,
		Email: r.Email, Voice: r.Voice, Abuse: r.Abuse,
	}
	if strings.HasPrefix(r.Website, "https://") || strings.HasPrefix(r.Website, "http://") { // not what could be run
		v.Website = r.Website
	}
	return v
}

// machineTime is an instant as the attribute datetime has it.
func machineTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// day tells an instant for people; nothing of the zero time.
func (w words) day(t time.Time) dayView {
	if t.IsZero() {
		return dayView{}
	}
	t = t.UTC()
	return dayView{t, fmt.Sprintf(w.dayForm, t.Day(), w.months[t.Month()-1], t.Year()) + ", " + t.Format("15:04") + " UTC"}
}

// domain returns what the page shows of a name: what is known now, and what is ahead of it.
func (w words) domain(d flow.DomainFound, ahead []flow.Ahead, now time.Time) *domainView {
	v := &domainView{
		Name: d.Name.Unicode(), ROID: string(d.ROID), Statuses: w.statuses(d),
		Created: w.day(d.Created), Changed: w.day(later(d.Updated, d.Transferred)), Expires: w.day(d.Expires),
		Registrar: newRegistrarView(d.Sponsored), Link: d.Name.String(),
	}
	if d.Name.IsIDN() {
		v.ALabels = d.Name.String()
	}
	v.State, v.Mood = w.state(d)
	for _, p := range d.OnePerRole() {
		v.People = append(v.People, w.person(p))
	}
	for _, s := range d.Servers {
		v.Servers = append(v.Servers, server(s.Name.Unicode(), addressTexts(s)))
	}
	for _, ds := range d.DS {
		v.DS = append(v.DS, fmt.Sprintf("%d %d %d %s", ds.KeyTag, ds.Algorithm, ds.DigestType, ds.Digest))
	}
	v.Timeline = w.timeline(d, ahead, now)
	return v
}

func addressTexts(s flow.Nameserver) []string {
	var list []string
	for _, a := range s.Addresses {
		list = append(list, a.String())
	}
	return list
}

func server(name string, addresses []string) serverView { return serverView{name, addresses} }

// host returns what the page shows of a name server.
func (w words) host(h flow.HostFound) hostView {
	v := hostView{
		serverView: server(h.Name.Unicode(), nil), ROID: string(h.ROID), Created: w.day(h.Created),
		Registrar: newRegistrarView(h.Sponsored),
	}
	for _, a := range h.Addresses {
		v.Addresses = append(v.Addresses, a.String())
	}
	for _, s := range h.EPPStatuses {
		v.Statuses = append(v.Statuses, w.status(string(s)))
	}
	return v
}

// What a name's state is for its registrant, as the style calls it.
const (
	moodAlarming = "alarming"
	moodIdle     = "idle"
)

// state says in one sentence how a name is, and whether its registrant should worry.
func (w words) state(d flow.DomainFound) (text, mood string) {
	switch {
	case d.Deletion.Active() && slices.Contains(d.RGPStatuses, registry.RGPRedemption):
		return fmt.Sprintf(w.InRedemption, w.day(d.Deletion.RestorableTil).Text), moodAlarming
	case d.Deletion.Active():
		return w.Leaving, moodAlarming
	case d.Suspension.Active():
		return fmt.Sprintf(w.Suspended, w.day(d.Suspension.Until).Text), moodAlarming
	case d.Published == lifecycle.Nothing && len(d.Nameservers) == 0:
		return w.WithoutServers, moodIdle
	case d.Published == lifecycle.Nothing:
		return w.Held, moodAlarming
	}
	return w.Registered, ""
}

// statuses are those of RDAP: of the grace period mapping first, ok only alone.
func (w words) statuses(d flow.DomainFound) []statusView {
	var list []statusView
	for _, s := range d.RGPStatuses {
		list = append(list, w.status(string(s)))
	}
	for _, s := range d.EPPStatuses {
		if s != registry.OK || len(d.RGPStatuses) == 0 {
			list = append(list, w.status(string(s)))
		}
	}
	slices.SortFunc(list, func(a, b statusView) int { return strings.Compare(a.Code, b.Code) })
	return slices.Compact(list)
}

func (w words) status(code string) statusView { return statusView{code, w.meanings[code]} }

// person returns a contact's open attributes, and names those that are closed.
func (w words) person(p flow.Person) personView {
	v := personView{Role: cmp.Or(w.roles[p.Role], p.Role)}
	add := func(label string, open bool, values ...string) {
		switch kept := slices.DeleteFunc(values, func(s string) bool { return s == "" }); {
		case !open:
			v.Closed = append(v.Closed, label)
		case len(kept) > 0:
			v.Lines = append(v.Lines, fieldView{label, kept})
		}
	}
	a := p.Address.Value
	add(w.Name, p.Name.Open, p.Name.Value)
	add(w.Organization, p.Org.Open, p.Org.Value)
	add(w.Address, p.Address.Open, append(slices.Clone(a.Street), strings.TrimSpace(a.Postcode+" "+a.City), a.Province, a.Country)...)
	add(w.Phone, p.Voice.Open, phone(p.Voice.Value))
	add(w.Fax, p.Fax.Open, phone(p.Fax.Value))
	add(w.Email, p.Email.Open, p.Email.Value)
	return v
}

func phone(p registry.Phone) string {
	if p.Extension == "" {
		return p.Number
	}
	return p.Number + " ext. " + p.Extension
}

// timeline is the life of a name as far as everybody may know it: what has happened, now, and what time alone will do.
func (w words) timeline(d flow.DomainFound, ahead []flow.Ahead, now time.Time) []eventView {
	var list []eventView
	add := func(at time.Time, what string) {
		if at.IsZero() || what == "" {
			return
		}
		when := "ahead"
		if !at.After(now) {
			when = "past"
		}
		list = append(list, eventView{w.day(at), what, when})
	}
	add(d.Created, w.WasRegistered)
	add(d.Transferred, w.WasTransferred)
	if d.Updated.After(d.Created) && d.Updated != d.Transferred && d.Updated != d.Deletion.At {
		add(d.Updated, w.WasChanged)
	}
	add(d.Suspension.At, w.WasSuspended)
	add(d.Deletion.At, w.WasDeleted)
	list = append(list, eventView{w.day(now), w.Now, "now"})
	for _, a := range ahead {
		add(a.At, w.ahead[a.What])
		if a.What == lifecycle.Occasion(lifecycle.Renewed) {
			break // and so on from year to year
		}
	}
	slices.SortStableFunc(list, func(a, b eventView) int { return a.At.Compare(b.At) })
	return list
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
