package sim

import (
	"fmt"
	"slices"
	"strings"
)

// shows is all that can be seen of a registry, by what it is about: one line of text for each object and
// registrar.
func (m *model) shows(all roster) map[string]string {
	lines := map[string]string{}
	for _, id := range all.names {
		lines["name "+id] = m.nameLine(m.names[id])
	}
	for _, id := range all.hosts {
		lines["host "+id] = m.hostLine(id, m.hosts[id])
	}
	for _, id := range all.contacts {
		lines["contact "+id] = m.contactLine(id, m.contacts[id])
	}
	for _, id := range all.registrars {
		lines["registrar "+id] = fmt.Sprintf("balance %d, available %d, short %t", m.registrars[id].balance, m.available(id), m.registrars[id].short)
	}
	return lines
}

// A roster is all that a life is about.
type roster struct{ names, hosts, contacts, registrars []string }

// unregistered is the line of what is not there.
const unregistered = "not there"

func (m *model) nameLine(n *name) string {
	if n == nil {
		return unregistered
	}
	return fmt.Sprintf("of %s, contact %s, created %s, expires %s, %v, grace %v, hosts %v, zone %v",
		n.sponsor, n.contact, instant(n.created), instant(n.expires), n.shownStatuses(), n.shownGraces(m.now), n.hosts, n.zone())
}

func (n *name) shownStatuses() []string {
	list := slices.Clone(n.statuses)
	if n.purge > 0 {
		list = append(list, "pendingDelete")
	}
	if n.moving != nil {
		list = append(list, "pendingTransfer")
	}
	if len(n.hosts) == 0 {
		list = append(list, "inactive")
	}
	return orOK(list)
}

func orOK(list []string) []string {
	if len(list) == 0 {
		return []string{"ok"}
	}
	slices.Sort(list)
	return list
}

func (n *name) shownGraces(now int64) []string {
	switch {
	case n.purge > 0 && now < n.redeemable:
		return []string{"redemptionPeriod"}
	case n.purge > 0:
		return []string{"pendingDelete"}
	}
	var list []string
	for _, g := range n.graces {
		if g.until > now {
			list = append(list, g.kind)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// page are the name servers of the page that suspended names show.
const page = "ns1.suspended.example ns2.suspended.example"

// zone is what stands in the zone: nothing, the name servers, or the registry's page. Decisions 6.1.
func (n *name) zone() string {
	switch held := slices.ContainsFunc(n.statuses, func(s string) bool { return strings.HasSuffix(s, "Hold") }); {
	case n.purge > 0 || held:
		return "nothing"
	case n.suspended > 0:
		return page
	case len(n.hosts) == 0:
		return "nothing"
	}
	return strings.Join(n.hosts, " ")
}

func (m *model) hostLine(id string, h *host) string {
	if h == nil {
		return unregistered
	}
	list := []string{"ok"}
	if len(m.linking(id)) > 0 {
		list = append([]string{"linked"}, list...)
	}
	return fmt.Sprintf("of %s, %v", m.sponsorOf(h), list)
}

func (m *model) contactLine(id string, c *contact) string {
	if c == nil {
		return unregistered
	}
	list := slices.Clone(c.statuses)
	if c.purge > 0 {
		list = append(list, "pendingDelete")
	}
	if c.moving != nil {
		list = append(list, "pendingTransfer")
	}
	list = orOK(list)
	if m.linked(id) {
		list = append(list, "linked")
	}
	slices.Sort(list)
	return fmt.Sprintf("of %s, %v", c.sponsor, list)
}
