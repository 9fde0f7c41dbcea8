package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A kind is pages that are alike, as the paths of some of them.
type kind struct {
	name  string
	paths []string
}

const root = "/console/"

// followed is how many pages of a list are gone through from its beginning.
const followed = 4

// A sample is what of the registry pages are asked for.
type sample struct {
	names, deleted, contacts, hosts, invoices, coming []string
}

// kinds returns all kinds of pages that a user may see, or those whose name has a text.
func (c *client) kinds(only string) ([]kind, error) {
	var list []kind
	s := c.sample()
	wanted := slices.Concat(plainKinds(), s.domainKinds(), s.objectKinds(), s.logKinds(), moneyKinds(s.invoices), s.domainLists())
	for _, k := range wanted {
		if !strings.Contains(k.name, only) {
			continue
		}
		var paths []string
		for _, path := range k.paths {
			some, last, err := c.follow(path, followed)
			switch {
			case err != nil:
				return nil, err
			case last.status == http.StatusForbidden: // the role does not include it
			case last.status != http.StatusOK:
				return nil, fmt.Errorf("%s: %d", path, last.status)
			}
			paths = append(paths, some...)
		}
		if len(paths) > 0 {
			list = append(list, kind{k.name, paths})
		}
	}
	return list, nil
}

// sample looks for objects to ask for, from the beginning, the middle and the end of lists.
func (c *client) sample() (s sample) {
	from := func(path, pattern string, most int) []string {
		_, p := c.get(root + path)
		return p.links(pattern, most)
	}
	const name = `href="/console/domains/([^"/?]+\.[^"/?]+)"`
	for _, path := range []string{
		"domains", "domains?page=name.h", "domains?page=name.q", "domains?page=name.xz", "domains?order=expiry", "domains?order=created",
		"domains?state=no-servers", "domains?state=signed", "domains?state=locked",
	} {
		s.names = append(s.names, from(path, name, 5)...)
	}
	s.deleted = from("domains?state=redemption", name, 20)
	s.coming = from("domains?state=coming", `href="/console/transfers/([^"/?]+)"`, 10)
	for _, path := range []string{"contacts", "contacts?links=none", "contacts?links=any", "contacts?by=email&q=z"} {
		s.contacts = append(s.contacts, from(path, `href="/console/contacts/([^"/?]+)"`, 8)...)
	}
	for _, path := range []string{"hosts", "hosts?q=ns1.c", "hosts?q=ns2.s"} {
		s.hosts = append(s.hosts, from(path, `href="/console/hosts/([^"/?]+)"`, 8)...)
	}
	s.invoices = from("billing/invoices", `href="/console/billing/invoices/([^"/?]+)"`, 20)
	return s
}

// of returns the paths of some objects.
func of(format string, objects []string) []string {
	var paths []string
	for _, o := range objects {
		paths = append(paths, root+fmt.Sprintf(format, o))
	}
	return paths
}

// one is a kind of a single path, which is its name.
func one(path string) kind { return kind{path, []string{root + path}} }

// plainKinds are those that are about no object.
func plainKinds() []kind {
	list := []kind{{"overview", []string{root}}}
	for _, path := range []string{
		"account", "account/details", "account/addresses", "account/choices", "account/expiry", "account/notices", "account/use",
		"credentials", "credentials/networks/new", "credentials/networks/remove?network=127.0.0.0/8", "credentials/passwords/epp", "credentials/passwords/ftps",
		"credentials/certificates/upload", "credentials/certificates/issue",
		"files", "frames", "messages", "messages?page=1000000", "profile", "profile/app", "profile/passkeys/new",
		"users", "users/new", "users/acts", "bulk", "bulk/new", "bulk/new?from=search&q=a",
		"domains/new", "domains/new?name=condor.co", "contact-new", "contact-transfer", "host-new", "transfers", "transfers/new",
	} {
		list = append(list, one(path))
	}
	return list
}

// domainKinds are the pages of single names.
func (s sample) domainKinds() []kind {
	list := []kind{
		{"domains/NAME", of("domains/%s", s.names)},
		{"domains/NAME/history", of("domains/%s/history", s.names)},
		{"domains/NAME deleted", of("domains/%s", s.deleted)},
		{"domains/NAME/restore", of("domains/%s/restore", s.deleted)},
		{"transfers/NAME", of("transfers/%s", s.coming)},
		{"find a name", of("find?q=%s", s.names)},
		{"find nothing", of("find?q=%s", []string{"zz-not-there.co", "zz-not-there"})},
		{"domains/new/check of names taken", of("domains/new/check?name=%s", s.names)},
		{"domains/new/check of a free name", of("domains/new/check?name=%s", []string{"zz-not-there.co", "zz-not-there-either.com.co"})},
		{"domains/new/contact", of("domains/new/contact?id=%s", s.contacts)},
	}
	for _, act := range []string{"renew", "delete", "locks", "servers", "contacts", "ds", "authinfo"} {
		list = append(list, kind{"domains/NAME/" + act, of("domains/%s/"+act, s.names)})
	}
	return list
}

// objectKinds are contacts and hosts: lists with each order, each filter, and what is rare.
func (s sample) objectKinds() []kind {
	list := []kind{
		{"contacts/ID", of("contacts/%s", s.contacts)},
		{"contacts/ID/edit", of("contacts/%s/edit", s.contacts)},
		{"contacts/ID/delete", of("contacts/%s/delete", s.contacts)},
		{"find a contact", of("find?q=%s", s.contacts)},
		{"hosts/NAME", of("hosts/%s", s.hosts)},
		{"hosts/NAME/edit", of("hosts/%s/edit", s.hosts)},
		{"hosts/NAME/delete", of("hosts/%s/delete", s.hosts)},
		{"find a host", of("find?q=%s", s.hosts)},
	}
	for _, by := range []string{"id", "name", "org", "email"} {
		for _, links := range []string{"", "any", "none"} {
			for _, prefix := range []string{"", "a", "zzzzz"} {
				q := url.Values{"by": {by}, "links": {links}, "q": {prefix}}
				deep := url.Values{"by": {by}, "links": {links}, "q": {prefix}, "page": {prefix + "x\n" + prefix + "x"}}
				list = append(list, kind{fmt.Sprintf("contacts?by=%s&links=%s&q=%s", by, links, prefix), []string{
					root + "contacts?" + q.Encode(), root + "contacts?" + deep.Encode(),
				}})
			}
		}
	}
	for _, links := range []string{"", "any", "none"} {
		for _, prefix := range []string{"", "ns1", "zzzzz"} {
			path := root + "hosts?links=" + links + "&q=" + prefix
			list = append(list, kind{strings.TrimPrefix(path, root), []string{path, path + "&page=" + prefix + "x.co"}})
		}
	}
	return list
}

// logKinds are the filters of the transaction log. Manual 9.8.
func (s sample) logKinds() []kind {
	var list []kind
	deep := func(filter string) kind {
		paths := []string{root + "log?" + filter}
		for _, days := range []int{1, 30, 300, 700} {
			id := time.Now().AddDate(0, 0, -days).UnixMicro() << 12 // as the store numbers rows
			paths = append(paths, root+"log?"+filter+"&page="+strconv.FormatInt(id, 10)+".H1001")
		}
		return kind{"log?" + filter, paths}
	}
	filters := []string{""}
	for _, command := range []string{"create", "update", "renew", "delete", "transfer", "restore", "none"} {
		filters = append(filters, "command="+command)
	}
	filters = append(filters, "object=domain", "object=host", "object=contact", "object=none", "command=renew&object=host",
		"code=1000", "code=1001", "code=2302", "code=2400", "code=2306", "code=1000&object=host&command=update", "code=2303&object=contact")
	for _, f := range filters {
		list = append(list, deep(f))
	}
	day := func(ago int) string { return time.Now().AddDate(0, 0, -ago).Format(time.DateOnly) }
	for _, f := range []string{
		"since=" + day(30), "until=" + day(30), "since=" + day(701) + "&until=" + day(700), "since=" + day(4000) + "&until=" + day(3900),
		"since=" + day(300) + "&until=" + day(299) + "&command=delete&object=contact", "until=" + day(500) + "&code=2302",
	} {
		list = append(list, deep(f))
	}
	for label, ids := range map[string][]string{"a name": s.names, "a contact": s.contacts, "a host": s.hosts, "nothing": {"zz-not-there.co", "zz-not-there"}} {
		list = append(list, kind{"log?id= of " + label, of("log?id=%s", ids)},
			kind{"log?id=&command=create of " + label, of("log?id=%s&command=create", ids)},
			kind{"log?id=&code=2302 of " + label, of("log?id=%s&code=2302", ids)},
			kind{"log?id=&until= of " + label, of("log?until="+day(200)+"&id=%s", ids)})
	}
	slices.SortFunc(list, func(a, b kind) int { return strings.Compare(a.name, b.name) })
	return list
}

// moneyKinds are the pages of the account.
func moneyKinds(invoices []string) []kind {
	list := []kind{{"billing/invoices/NUMBER", of("billing/invoices/%s", invoices)}}
	for _, path := range []string{
		"billing", "billing/open", "billing/invoices", "billing/invoices?page=2024-01", "billing/deposits", "billing/deposits?page=1",
		"billing/history", "billing/history?by=weeks&count=52", "billing/history?count=36",
		"prices", "prices/premium", "prices/premium?q=a", "prices/premium?q=zzzzz", "prices/premium?least=100&most=100000", "prices/premium?zone=com.co",
	} {
		list = append(list, one(path))
	}
	span := "&from=" + time.Now().AddDate(0, 0, -400).Format(time.DateOnly) + "&to=" + time.Now().AddDate(0, 0, -370).Format(time.DateOnly)
	for _, order := range []string{"newest", "oldest"} {
		for _, show := range []string{"all", "balance"} {
			q := "order=" + order + "&show=" + show
			list = append(list,
				one("billing/statement?"+q),
				kind{"billing/statement?" + q + "&from=&to= a year ago", []string{root + "billing/statement?" + q + span}},
				kind{"billing/statement?" + q + "&from=&to= before all", []string{root + "billing/statement?" + q + "&from=2001-01-01&to=2001-12-31"}})
		}
	}
	return list
}

// domainLists are one's names in each order with each filter: from the beginning, the middle, and near the end.
func (s sample) domainLists() []kind {
	filters := []string{
		"", "q=a", "q=casa", "q=zzzzzzqq", "q=xn--", "zone=co", "zone=com.co", "zone=example.com",
		"within=1", "within=30", "within=3650", "expires-from=2031-01-01", "expires-from=2001-01-01&expires-to=2001-02-01",
		"created-from=2001-01-01&created-to=2001-02-01", "created-to=" + time.Now().AddDate(0, 0, -400).Format(time.DateOnly),
		"contact=zz-not-there", "host=ns1.zz-not-there.example", "host=ns1.condor.example", "host=ns1.condor.example&state=locked&zone=com.co",
		"state=ok&zone=com.co&q=b", "state=unsigned&within=30", "state=unlocked&created-from=2020-01-01&q=m",
		"state=hold&host=ns1.condor.example", "zone=com.co&expires-from=2027-01-01&created-to=2026-01-01",
	}
	for _, state := range []string{
		"ok", "hold", "locked", "unlocked", "suspended", "deleted", "redemption", "pending-delete",
		"leaving", "coming", "no-servers", "signed", "unsigned",
	} {
		filters = append(filters, "state="+state)
	}
	if len(s.contacts) > 0 {
		filters = append(filters, "contact="+s.contacts[0], "contact="+s.contacts[len(s.contacts)-1])
	}
	micros := func(days int) string { return strconv.FormatInt(time.Now().AddDate(0, 0, days).UnixMicro(), 10) }
	var list []kind
	for _, f := range filters {
		for order, places := range map[string][]string{
			"name":    {"name.h", "name.q", "name.zz"},
			"expiry":  {"expiry." + micros(100) + ".D", "expiry." + micros(300) + ".D", "expiry." + micros(3000) + ".D"},
			"created": {"created." + micros(-700) + ".D", "created." + micros(-300) + ".D", "created." + micros(-1) + ".D"},
		} {
			path := root + "domains?order=" + order + "&" + f
			k := kind{strings.TrimPrefix(path, root), []string{path}}
			for _, place := range places {
				k.paths = append(k.paths, path+"&page="+place)
			}
			list = append(list, k)
		}
	}
	slices.SortFunc(list, func(a, b kind) int { return strings.Compare(a.name, b.name) })
	return list
}
