package flow

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// bulkCommand returns what a job does to one of its names now, as the command that the registrar would send; same, if
// there is nothing to do. A fee is said where one was previewed, so that nobody pays another.
func (c *Call) bulkCommand(job registry.BulkJob, item registry.BulkItem) (cmd Command, same bool) {
	name, err := names.Parse(item.Name)
	if err != nil {
		return Refused{About: Subject{"update", "domain", item.Name, true}, Error: notAName(err).(*registry.Error)}, false
	}
	d, found := c.Domain(name)
	update := DomainUpdate{Name: name}
	switch act := job.Act; act.Kind {
	case registry.BulkRenew:
		return DomainRenew{Name: name, CurrentExpiry: bulkExpiry(item, d), Years: act.Years, Fee: c.bulkFee(item, name, policy.OpRenew, act.Years)}, false
	case registry.BulkDelete:
		return DomainDelete{Name: name}, false
	case registry.BulkRestore:
		update.Empty, update.Fee = true, c.bulkFee(item, name, policy.OpRestore, 1)
		return DomainRestore{Update: update}, false
	case registry.BulkAuthInfo:
		update.AuthInfo = new(c.bulkSecret(job, item))
		return update, false
	case registry.BulkLock:
		update.Add.Statuses = slices.DeleteFunc(slices.Clone(act.Locks), d.Has)
	case registry.BulkUnlock:
		update.Remove.Statuses = slices.DeleteFunc(slices.Clone(act.Locks), func(s registry.Status) bool { return !d.Has(s) })
	case registry.BulkNameservers:
		update.Remove.Nameservers, update.Add.Nameservers = exchanged(hostNames(d.Nameservers), act.Nameservers)
	case registry.BulkContacts:
		c.bulkContacts(&update, act, d)
	}
	own := found && d.Sponsor == c.Registrar.ID
	return update, own && update.ChangesNothing()
}

// bulkExpiry is the expiry that a renewal goes out from: the previewed one, so that a name which somebody has renewed
// meanwhile is not renewed again.
func bulkExpiry(item registry.BulkItem, d registry.Domain) time.Time {
	if item.Expiry.IsZero() {
		return d.Expires
	}
	return item.Expiry
}

// bulkFee is the fee that a command says: the previewed one, and in the preview the right one.
func (c *Call) bulkFee(item registry.BulkItem, name names.Name, op policy.Operation, years int) FeeSaid {
	price := item.Price
	if item.Result == registry.BulkNew {
		price = c.quote(name, op, years, c.Offer(name)).Total()
	}
	return FeeSaid{Given: true, Total: price, Text: price.String()}
}

// bulkContacts puts one contact for each role that is named in the place of those that a name has.
func (c *Call) bulkContacts(update *DomainUpdate, act registry.BulkAct, d registry.Domain) {
	if act.Registrant != "" && !strings.EqualFold(act.Registrant, d.Registrant.ID) {
		update.Registrant = &act.Registrant
	}
	for _, role := range slices.Sorted(maps.Keys(act.Contacts)) {
		var has []Role
		for _, r := range rolesOf(d.Contacts) {
			if r.Role == role {
				has = append(has, r)
			}
		}
		remove, add := exchanged(has, c.spelt([]Role{{role, act.Contacts[role]}}))
		update.Remove.Contacts = append(update.Remove.Contacts, remove...)
		update.Add.Contacts = append(update.Add.Contacts, add...)
	}
}

// exchanged returns what is to be removed from a list and added to it so that it has what is wanted.
func exchanged[T comparable](have, want []T) (remove, add []T) {
	for _, v := range have {
		if !slices.Contains(want, v) {
			remove = append(remove, v)
		}
	}
	for _, v := range want {
		if !slices.Contains(have, v) && !slices.Contains(add, v) {
			add = append(add, v)
		}
	}
	return remove, add
}

// bulkSecret is the new authInfo of a name. It is kept nowhere: whoever has the registry's key can make it again, for
// as long as the result of the job may tell it. 24 characters have 144 bits. RFC 9154 section 4.1, decisions 3.9.
func (c *Call) bulkSecret(job registry.BulkJob, item registry.BulkItem) string {
	text := strings.Join([]string{"bulk", string(job.Registrar), job.ID, strconv.FormatInt(job.Made.UnixMicro(), 10), item.Name}, "\n")
	return base64.RawURLEncoding.EncodeToString(keyed(c.service.Keys.AuthInfo, text)[:18])
}

// bulkPrice is what a reply says that a command costs; below zero, what it credits.
func bulkPrice(reply Reply) ledger.Money {
	switch r := reply.(type) {
	case DomainRenewed:
		return r.Charged.Total()
	case DomainRestored:
		return r.Charged.Total()
	case DomainDeleted:
		return -r.Credited
	}
	return 0
}
