package console

import (
	"net/http"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// domainRoutes are the pages of names: lists, one name, what can be done with it, and transfers.
func (c *Console) domainRoutes() []route {
	const list, one, moving = Path + "domains", Path + "domains/{name}", Path + "transfers"
	routes := []route{
		{method: http.MethodGet, path: list, handle: c.domains},
		{method: http.MethodGet, path: Path + "domains.csv", handle: c.domainsCSV, long: true},
		{method: http.MethodGet, path: list + "/new", handle: c.domainNew},
		{method: http.MethodPost, path: list + "/new", handle: c.domainCreate},
		{method: http.MethodGet, path: list + "/new/check", handle: c.domainCheck, part: true},
		{method: http.MethodGet, path: list + "/new/contact", handle: c.contactCheck, part: true},
		{method: http.MethodGet, path: one, handle: c.domain},
		{method: http.MethodGet, path: one + "/history", handle: c.domainHistory},
		{method: http.MethodGet, path: moving, handle: c.transfers},
		{method: http.MethodGet, path: moving + "/new", handle: c.transferNew},
		{method: http.MethodPost, path: moving + "/new", handle: c.transferRequest},
		{method: http.MethodGet, path: moving + "/{name}", handle: c.transfer},
		{method: http.MethodPost, path: moving + "/{name}/approve", handle: c.transferEnd(registry.TransferClientApproved)},
		{method: http.MethodPost, path: moving + "/{name}/reject", handle: c.transferEnd(registry.TransferClientRejected)},
		{method: http.MethodPost, path: moving + "/{name}/cancel", handle: c.transferEnd(registry.TransferClientCancelled)},
	}
	for act, handle := range map[string]func(*visit) error{
		"renew": c.domainRenew, "restore": c.domainRestore, "delete": c.domainDelete, "locks": c.domainLocks,
		"servers": c.domainServers, "contacts": c.domainContacts, "ds": c.domainDS, "authinfo": c.domainAuthInfo,
	} {
		routes = append(routes,
			route{method: http.MethodGet, path: one + "/" + act, handle: handle},
			route{method: http.MethodPost, path: one + "/" + act, handle: handle})
	}
	for i := range routes {
		routes[i].area = policy.AreaNames
	}
	return routes
}

// isForm reports whether a form was sent, and not only its page asked for.
func (v *visit) isForm() bool { return v.r.Method == http.MethodPost }

// namePath returns the name that the address is about. What is no name is not there.
func (v *visit) namePath() (names.Name, error) {
	name, err := names.ParseLookup(v.r.PathValue("name"))
	if err != nil {
		return names.Name{}, errMissing
	}
	return name, nil
}

// ownDomain returns the name that the address is about, as it is shown to its registrar.
func (v *visit) ownDomain() (flow.OwnShown, error) {
	name, err := v.namePath()
	if err != nil {
		return flow.OwnShown{}, err
	}
	reply, err := v.ask(flow.OwnShow{Name: name})
	if err != nil {
		return flow.OwnShown{}, err
	}
	return reply.(flow.OwnShown), nil
}
