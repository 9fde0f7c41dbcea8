package console

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// hostRoutes are the pages of name servers.
func (c *Console) hostRoutes() []route {
	get := func(path string, handle func(*visit) error) route {
		return route{method: http.MethodGet, path: Path + path, area: policy.AreaNames, handle: handle}
	}
	post := func(path string, handle func(*visit) error) route {
		return route{method: http.MethodPost, path: Path + path, area: policy.AreaNames, handle: handle}
	}
	return []route{
		get("hosts", c.hosts),
		get("host-new", c.hostNew), post("host-new", c.hostCreate),
		get("hosts/{name}", c.host),
		get("hosts/{name}/edit", c.hostEdit), post("hosts/{name}/edit", c.hostUpdate),
		get("hosts/{name}/delete", c.hostEnd), post("hosts/{name}/delete", c.hostDelete),
	}
}

// hostList is what the page of one's name servers shows.
type hostList struct {
	form
	Found    flow.HostsListed
	Filtered bool
	Pager    pager
}

// hosts shows one's name servers.
func (c *Console) hosts(v *visit) error {
	page := hostList{form: form{
		Values: url.Values{"q": {v.query("q")}, "links": {v.query("links")}}, fields: map[string]string{"cursor": "", "prefix": "q"},
	}}
	page.Filtered = v.query("q") != "" || v.query("links") != ""
	reply, err := v.ask(flow.HostList{Prefix: v.query("q"), Links: linksOf(v.query("links")), After: flow.Place(v.query("page"))})
	if err != nil {
		return v.refuse("host_list", &page, err)
	}
	page.Found = reply.(flow.HostsListed)
	page.Pager = v.pager(string(page.Found.After), v.inAll(page.Found.Count))
	return v.show("host_list", &page)
}

// hostPage is what the page of one name server shows.
type hostPage struct {
	form
	flow.HostDetails
	Links flow.LinksOfHost
	Pager pager
	Own   registry.RegistrarID
}

// ownHost asks for a host of the visitor's registrar; another's is not there.
func (v *visit) ownHost() (flow.HostDetails, error) {
	name, err := names.ParseLookup(v.r.PathValue("name"))
	if err != nil {
		return flow.HostDetails{}, errMissing
	}
	reply, err := v.ask(flow.HostInfo{Name: name})
	if err != nil {
		return flow.HostDetails{}, err
	}
	h := reply.(flow.HostDetails)
	if h.Sponsor != v.visitor.Registrar.ID {
		return flow.HostDetails{}, errMissing
	}
	return h, nil
}

// host shows one name server, with the names that use it.
func (c *Console) host(v *visit) error {
	h, err := v.ownHost()
	if err != nil {
		return err
	}
	reply, err := v.ask(flow.HostLinks{Name: h.Name, After: registry.ROID(v.query("page"))})
	if err != nil {
		return err
	}
	links := reply.(flow.LinksOfHost)
	return v.show("host_show", &hostPage{HostDetails: h, Links: links, Pager: v.pager(string(links.After), ""), Own: v.visitor.Registrar.ID})
}

// hostForm is what the pages show on which a name server is made or changed.
type hostForm struct {
	form
	Name  string // of one that is changed; empty of a new one
	Inner bool   // it is below a registered name, so it has addresses
}

// hostFields maps the fields of refusals to those of the form.
func hostFields() map[string]string {
	return map[string]string{"host:name": "name", "host:addr": "addresses", "host:status": "lock"}
}

// hostLocks are the statuses that a registrar sets on its hosts.
func hostLocks() []registry.Status {
	return []registry.Status{registry.ClientDeleteProhibited, registry.ClientUpdateProhibited}
}

// addressesSent reads addresses, one a line. One that cannot be read is told at its field.
func (v *visit) addressesSent(f *form) []netip.Addr {
	var list []netip.Addr
	for line := range strings.FieldsFuncSeq(v.sent("addresses"), func(r rune) bool { return r == '\n' || r == '\r' || r == ',' || r == ' ' }) {
		a, err := flow.ParseAddress(fmt.Sprintf("%.60s", line))
		if err != nil {
			f.wrongToo("addresses", v.why(err.Error()))
			continue
		}
		if !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

// hostNameSent reads the name of a host.
func (v *visit) hostNameSent(f *form) names.Name {
	name, err := names.ParseLookup(v.sent("name"))
	if err != nil {
		f.wrong("name", v.t("This is not the name of a server."))
	}
	return name
}

// hostNew shows the form of a new name server.
func (c *Console) hostNew(v *visit) error {
	return v.show("host_form", &hostForm{form: v.form(url.Values{"name": {v.query("name")}}, hostFields()), Inner: true})
}

// hostCreate makes a name server.
func (c *Console) hostCreate(v *visit) error {
	page := hostForm{form: v.form(nil, hostFields()), Inner: true}
	name, addresses := v.hostNameSent(&page.form), v.addressesSent(&page.form)
	cmd := flow.HostCreate{Name: name, Addresses: addresses}
	if page.Wrong["name"] != "" {
		return v.wrong("host_form", &page)
	}
	if len(page.Wrong) > 0 {
		return v.wrongBeside("host_form", &page, cmd)
	}
	if _, err := v.run(cmd); err != nil {
		return v.refuse("host_form", &page, err)
	}
	return v.done(pathTo("hosts", name), "The name server %s was made.", name)
}

// hostEdit shows the form of a name server.
func (c *Console) hostEdit(v *visit) error {
	h, err := v.ownHost()
	if err != nil {
		return err
	}
	return v.show("host_form", v.hostEditForm(h))
}

// hostEditForm is the form of a name server that there is.
func (v *visit) hostEditForm(h flow.HostDetails) *hostForm {
	values := url.Values{"name": {h.Name.String()}, "lock": nil}
	var lines []string
	for _, a := range h.Addresses {
		lines = append(lines, a.String())
	}
	inner := !h.Superordinate.IsZero()
	if inner {
		values.Set("addresses", strings.Join(lines, "\n"))
	}
	for _, s := range h.Statuses {
		if slices.Contains(hostLocks(), s) {
			values.Add("lock", string(s))
		}
	}
	page := &hostForm{form: v.form(values, hostFields()), Name: h.Name.String(), Inner: inner}
	page.from(h.Version, values)
	return page
}

// hostUpdate changes a name server: its name, its addresses, its locks.
func (c *Console) hostUpdate(v *visit) error {
	h, err := v.ownHost()
	if err != nil {
		return err
	}
	page := v.hostEditForm(h)
	name, addresses := v.hostNameSent(&page.form), v.addressesSent(&page.form)
	if len(page.Wrong) > 0 {
		return v.render(http.StatusUnprocessableEntity, "host_form", page)
	}
	cmd := flow.HostUpdate{Name: h.Name}
	if name != h.Name {
		cmd.NewName = name
	}
	if page.Inner {
		cmd.Add.Addresses, cmd.Remove.Addresses = exchange(h.Addresses, addresses)
	}
	var locks []registry.Status
	for _, s := range hostLocks() {
		if slices.Contains(v.values["lock"], string(s)) {
			locks = append(locks, s)
		}
	}
	had := slices.DeleteFunc(slices.Clone(h.Statuses), func(s registry.Status) bool { return !slices.Contains(hostLocks(), s) })
	cmd.Add.Statuses, cmd.Remove.Statuses = exchange(had, locks)
	_, err = v.run(flow.IfUnchanged{Command: cmd, Kind: registry.KindHost, ID: h.Name.String(), Version: v.seen()})
	if err != nil {
		return v.refuse("host_form", page, err)
	}
	return v.done(pathTo("hosts", name), "The name server %s was changed.", name)
}

// exchange returns what is to be added and what to be removed so that a list becomes another one.
func exchange[T comparable](have, want []T) (add, remove []T) {
	for _, one := range want {
		if !slices.Contains(have, one) {
			add = append(add, one)
		}
	}
	for _, one := range have {
		if !slices.Contains(want, one) {
			remove = append(remove, one)
		}
	}
	return add, remove
}

// hostEnd asks whether a name server is to be deleted.
func (c *Console) hostEnd(v *visit) error {
	h, err := v.ownHost()
	if err != nil {
		return err
	}
	page := &hostPage{form: v.form(url.Values{}, nil), HostDetails: h}
	page.from(h.Version, nil)
	return v.show("host_delete", page)
}

// hostDelete deletes a name server.
func (c *Console) hostDelete(v *visit) error {
	h, err := v.ownHost()
	if err != nil {
		return err
	}
	page := &hostPage{form: v.form(nil, map[string]string{"host:name": ""}), HostDetails: h}
	page.from(h.Version, nil)
	cmd := flow.IfUnchanged{Command: flow.HostDelete{Name: h.Name}, Kind: registry.KindHost, ID: h.Name.String(), Version: v.seen()}
	if _, err := v.run(cmd); err != nil {
		return v.refuse("host_delete", page, err)
	}
	return v.done(Path+"hosts", "The name server %s was deleted.", h.Name)
}
