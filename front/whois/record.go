package whois

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// domain writes everything that is public about a name, in the manual's order: 7.2.1. Contacts follow
// the statuses.
func (l *lines) domain(d flow.DomainFound) {
	l.add("Domain Name", d.Name.String())
	if d.Name.IsIDN() {
		l.add("Internationalized Domain Name", d.Name.Unicode())
	}
	l.add("Registry Domain ID", string(d.ROID))
	l.add("Registrar WHOIS Server", d.Sponsored.WHOIS)
	l.add("Registrar URL", d.Sponsored.Website)
	l.add("Updated Date", lastChange(d.Domain).Format(instant))
	l.add("Creation Date", d.Created.UTC().Format(instant))
	l.add("Registry Expiry Date", d.Expires.UTC().Format(instant))
	l.add("Registrar", d.Sponsored.Name)
	l.add("Registrar IANA ID", ianaID(d.Sponsored))
	for _, status := range statuses(d) {
		l.add("Domain Status", status)
	}
	for _, p := range d.OnePerRole() {
		l.contact(p)
	}
	for _, ns := range d.Nameservers {
		l.add("Name Server", ns.Name.String())
	}
	l.add("DNSSEC", signed(d.Domain))
	l.add("Registrar Abuse Contact Email", d.Sponsored.Abuse)
}

// signed says whether the registrant gave DS. Manual 7.2.1.
func signed(d registry.Domain) string {
	if len(d.DS) > 0 {
		return "signedDelegation"
	}
	return "unsignedDelegation"
}

// lastChange is the last instant at which somebody changed the registration.
func lastChange(d registry.Domain) time.Time {
	return slices.MaxFunc([]time.Time{d.Created, d.Updated, d.Transferred}, time.Time.Compare).UTC()
}

func ianaID(r flow.PublicRegistrar) string {
	if r.IANAID == 0 {
		return ""
	}
	return strconv.Itoa(r.IANAID)
}

// statuses are the codes of manual 7.2.1 in order of the alphabet. A deleted name shows where it
// stands in its deletion, redemptionPeriod or pendingDelete, never both; both renew graces are
// renewPeriod; ok stands only alone. Decisions 6.3.
func statuses(d flow.DomainFound) []string {
	var list []string
	for _, s := range d.RGPStatuses {
		if s == registry.RGPStatus(registry.AutoRenewGrace) {
			s = registry.RGPStatus(registry.RenewGrace)
		}
		list = append(list, string(s))
	}
	for _, s := range d.EPPStatuses {
		if s != registry.OK && s != registry.PendingDelete {
			list = append(list, string(s))
		}
	}
	if len(list) == 0 {
		return []string{string(registry.OK)}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// host writes everything that is public about a name server, in the manual's order: 7.2.2. Addresses are those of hosts
// below our zones: others have none here.
func (l *lines) host(h flow.HostFound) {
	l.add("Server Name", h.Name.String())
	if h.Name.IsIDN() {
		l.add("Internationalized Server Name", h.Name.Unicode())
	}
	for _, family := range []struct {
		key  string
		fits func(netip.Addr) bool
	}{{"IPv4 Address", netip.Addr.Is4}, {"IPv6 Address", netip.Addr.Is6}} {
		for _, a := range h.Addresses {
			if a = a.Unmap(); family.fits(a) {
				l.add(family.key, a.String())
			}
		}
	}
	status := "INACTIVE"
	if h.Linked {
		status = "LINKED"
	}
	l.add("Status", status)
	l.add("Sponsoring Registrar", h.Sponsored.Name)
	l.add("Creation Date", h.Created.UTC().Format(instant))
	if h.Sponsored.Website != "" {
		l.add("Referral URL", h.Sponsored.Website)
	}
}

// registrar writes everything that is public about a registrar, in the manual's order: 7.2.2.
func (l *lines) registrar(r flow.RegistrarFound) {
	l.add("Registrar ID", string(r.ID))
	l.add("Registrar Name", r.Name)
	l.add("Postal Address", onOneLine(r.Postal))
	l.add("Telephone Number", r.Voice)
	l.add("Email Address", r.Email)
	l.add("Website URL", r.Website)
	l.add("Administrative Contact", r.Email)
	if r.IANAID != 0 {
		l.add("IANA ID", ianaID(r.PublicRegistrar))
	}
	updated := ""
	if !r.Updated.IsZero() {
		updated = r.Updated.UTC().Format(instant)
	}
	l.add("Last Updated Date", updated)
}

// onOneLine writes an address as one field.
func onOneLine(p registry.Postal) string {
	parts := append(slices.Clone(p.Street), strings.TrimSpace(p.Postcode+" "+p.City), p.Province, p.Country)
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ", ")
}
