package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
)

// An item is one thing of a Changes that those who keep a memory have to hear.
type item struct {
	kind itemKind
	name string    // of a domain, registered or not, or the id of a registrar, a price list or a promotion
	due  time.Time // when time next changes the domain, or the price list begins
}

type itemKind byte

const (
	itemCreated   itemKind = 'c' // a domain
	itemChanged   itemKind = 'd' // a domain that was there before
	itemGone      itemKind = 'g' // a domain
	itemRegistrar itemKind = 'r'
	itemOffer     itemKind = 'o' // something is settled anew about a name
	itemList      itemKind = 'l' // a price list is effective; name is its id, due when it begins
	itemListGone  itemKind = 'x' // a price list was dropped; name is its id
	itemPromotion itemKind = 'p' // some promotion
	itemUse       itemKind = 'u' // a registrar has used a promotion
	itemMarks     itemKind = 'm' // there are marks for the publisher
	itemBeat      itemKind = 'b' // name is a number that the listener itself sent

	itemHost   itemKind = 'h' // which host has a name
	itemObject itemKind = 'i' // a host or a contact; name is its ROID
)

// newsOf returns what is new by a Changes, in the order in which it is applied.
func newsOf(changes registry.Changes) []item {
	list := objectNews(nil, changes)
	if changes.HasMarks() {
		list = append(list, item{kind: itemMarks})
	}
	return list
}

func objectNews(list []item, changes registry.Changes) []item {
	for _, earlier := range changes.Earlier {
		list = objectNews(list, earlier)
	}
	for _, d := range changes.GoneDomains {
		list = append(list, item{kind: itemGone, name: d.Name.String()})
	}
	for _, d := range changes.Domains {
		kind := itemChanged
		if d.Version == 1 {
			kind = itemCreated
		}
		list = append(list, item{kind, d.Name.String(), lifecycle.Due(d)})
	}
	for _, r := range changes.Registrars {
		list = append(list, item{kind: itemRegistrar, name: string(r.ID)})
	}
	return offerNews(linkedNews(list, changes), changes)
}

// linkedNews are the objects that domains link. A host that is renamed is heard of under its new name, and as itself.
func linkedNews(list []item, changes registry.Changes) []item {
	for _, hosts := range [][]registry.Host{changes.Hosts, changes.GoneHosts, changes.Leaving} {
		for _, h := range hosts {
			list = append(list, item{kind: itemHost, name: h.Name.String()}, item{kind: itemObject, name: string(h.ROID)})
		}
	}
	for _, contacts := range [][]registry.Contact{changes.Contacts, changes.GoneContacts} {
		for _, c := range contacts {
			list = append(list, item{kind: itemObject, name: string(c.ROID)})
		}
	}
	return list
}

func offerNews(list []item, changes registry.Changes) []item {
	for _, p := range changes.Prices {
		list = append(list, item{kind: itemOffer, name: p.Name.String()})
	}
	for _, l := range changes.Listings {
		list = append(list, item{kind: itemOffer, name: l.Name.String()})
	}
	for _, a := range changes.Allocations {
		list = append(list, item{kind: itemOffer, name: a.Name.String()})
	}
	return priceNews(list, changes)
}

func priceNews(list []item, changes registry.Changes) []item {
	for _, l := range changes.PriceLists {
		switch l.State {
		case registry.ListEffective:
			list = append(list, item{itemList, strconv.FormatInt(l.ID, 10), l.Starts})
		case registry.ListDropped:
			list = append(list, item{kind: itemListGone, name: strconv.FormatInt(l.ID, 10)})
		}
	}
	for _, p := range changes.Promotions {
		list = append(list, item{kind: itemPromotion, name: p.ID})
	}
	for _, u := range changes.PromotionUses {
		list = append(list, item{kind: itemUse, name: string(u.Registrar)})
	}
	return list
}

// maxMessage is the most bytes of a message. PostgreSQL 15, NOTIFY: less than 8,000.
const maxMessage = 7900

// messages writes items as texts of at most so many bytes: one item to a line, its kind, its name, and
// the instant in microseconds.
func messages(list []item) []string {
	var texts []string
	var b strings.Builder
	for _, i := range list {
		line := string(i.kind) + " " + i.name
		if i.kind == itemCreated || i.kind == itemChanged || i.kind == itemList {
			line += " " + strconv.FormatInt(micros(i.due), 10)
		}
		if b.Len() > 0 && b.Len()+len(line)+1 > maxMessage {
			texts = append(texts, b.String())
			b.Reset()
		}
		b.WriteString(line + "\n")
	}
	if b.Len() > 0 {
		texts = append(texts, b.String())
	}
	return texts
}

// itemsOf reads a text that messages wrote. One that it did not write is an error: who follows has
// missed something then.
func itemsOf(text string) ([]item, error) {
	var list []item
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 || len(fields[0]) != 1 {
			return nil, fmt.Errorf("%q is no news", line)
		}
		i := item{kind: itemKind(fields[0][0])}
		if len(fields) > 1 {
			i.name = fields[1]
		}
		if len(fields) > 2 {
			due, err := strconv.ParseInt(fields[2], 10, 64)
			if err != nil {
				return nil, fmt.Errorf("%q is no news: %w", line, err)
			}
			i.due = instant(due)
		}
		list = append(list, i)
	}
	return list, nil
}
