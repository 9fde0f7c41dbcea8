package console

import (
	"net/http"
	"strconv"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// homeRoutes are the pages that everybody begins with.
func (c *Console) homeRoutes() []route {
	return []route{
		{method: http.MethodGet, path: Path + "{$}", area: policy.AreaOwn, handle: c.home},
		{method: http.MethodGet, path: Path + "find", area: policy.AreaNames, handle: c.find},
	}
}

// A home is what the overview shows: what there is, and what waits for somebody to do something. Each part is there for
// roles that may see it.
type home struct {
	Maintenances []registry.Maintenance
	Names        *homeNames
	Money        *flow.Outlook
	Next         []chargeShown      // that are charged next
	Invoices     []registry.Invoice // the latest, if there is one
	Messages     *count             // that wait in the queue
}

// homeNames are the names of the overview.
type homeNames struct {
	All      count
	Leaving  waiting // asked for by another registrar
	Expiring waiting
	Deleted  waiting // in redemption
}

// A count is how many there are, as far as somebody counted.
type count struct {
	N    int
	Over bool // there are more
	Path string
}

// A waiting is a list of names to do something about, its first ones.
type waiting struct {
	count
	Names []flow.OwnDomain
}

// soonDays is what the overview takes for soon.
const soonDays = 30

// mostWaiting is how many names of each list the overview shows.
const mostWaiting = 5

// home shows the overview.
func (c *Console) home(v *visit) error {
	var h home
	reply, err := v.ask(flow.MaintenanceList{})
	if err != nil {
		return err
	}
	h.Maintenances = reply.([]registry.Maintenance)
	if policy.Permits(v.visitor.User.Role, policy.AreaMoney) {
		reply, err := v.ask(flow.AccountOutlook{})
		if err != nil {
			return err
		}
		outlook := reply.(flow.Outlook)
		h.Money, h.Next = &outlook, v.chargesShown(outlook.Next)
		if reply, err = v.ask(flow.InvoiceList{InvoiceFilter: registry.InvoiceFilter{Registrar: v.visitor.Registrar.ID}, Limit: 1}); err != nil {
			return err
		}
		h.Invoices = reply.(flow.InvoicePage).Invoices
	}
	if policy.Permits(v.visitor.User.Role, policy.AreaNames) {
		names, err := v.homeNames()
		if err != nil {
			return err
		}
		h.Names = names
	}
	if h.Messages, err = v.messagesCounted(); err != nil {
		return err
	}
	return v.show("home", h)
}

// messagesCounted counts the messages that wait, for who may see them; nil where the registrar wants none.
func (v *visit) messagesCounted() (*count, error) {
	if !policy.Permits(v.visitor.User.Role, policy.AreaMessages) {
		return nil, nil
	}
	reply, err := v.ask(flow.MessageList{Limit: 1})
	if err != nil {
		return nil, err
	}
	found := reply.(flow.MessagesListed)
	if found.Off {
		return nil, nil
	}
	most := v.console.config.Service.Terms().Limits.PollCounted
	return &count{min(found.Count, most), found.Count >= most, Path + "messages"}, nil
}

// homeNames asks for what the overview shows of names.
func (v *visit) homeNames() (*homeNames, error) {
	var n homeNames
	all, err := v.waiting(flow.OwnDomains{}, Path+"domains")
	if err != nil {
		return nil, err
	}
	n.All = all.count
	for _, list := range []struct {
		to    *waiting
		query flow.OwnDomains
		path  string
	}{
		{&n.Leaving, flow.OwnDomains{State: flow.OwnLeaving}, Path + "domains?state=leaving"},
		{&n.Expiring, flow.OwnDomains{ExpiresIn: soonDays, Order: flow.OrderExpiry}, Path + "domains?within=" + strconv.Itoa(soonDays) + "&order=expiry"},
		{&n.Deleted, flow.OwnDomains{State: flow.OwnRedemption}, Path + "domains?state=redemption"},
	} {
		if *list.to, err = v.waiting(list.query, list.path); err != nil {
			return nil, err
		}
	}
	return &n, nil
}

// waiting asks for the first of a list.
func (v *visit) waiting(q flow.OwnDomains, path string) (waiting, error) {
	q.Limit = mostWaiting
	reply, err := v.ask(q)
	if err != nil {
		return waiting{}, err
	}
	found := reply.(flow.OwnFound)
	return waiting{count{found.Count, !found.Counted, path}, found.Names}, nil
}
