package whois

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// instant is how times are shown: UTC, as in EPP. Decisions 4.12.
const instant = "2006-01-02T15:04:05.0Z"

// redacted stands where the registrar has not opened an attribute. Decisions 2.3.
const redacted = "REDACTED FOR PRIVACY"

// answer answers one query: a record, NOT FOUND, or one line that says what is wrong.
func (s *Server) answer(ctx context.Context, query string) string {
	name, err := parse(query)
	if err != nil {
		return failure(err.Error())
	}
	reply, err := s.config.Service.Ask(ctx, "", flow.DomainLookup{Name: name})
	var refusal *registry.Error
	switch {
	case err == nil:
		return record(reply.(flow.DomainFound)) + s.footer()
	case errors.Is(err, registry.ErrUnavailable):
		s.config.Log.Warn("a query was not answered", "query", name.String(), "err", err)
		return failure("the registry is temporarily unavailable; try again later")
	case !errors.As(err, &refusal):
		s.config.Log.Error("a query was not answered", "query", name.String(), "err", err)
		return failure("the registry cannot answer now; try again later")
	case refusal.Code == registry.ObjectMissing:
		return "NOT FOUND\r\n" + s.footer()
	}
	return failure(refusal.Reason)
}

func failure(reason string) string { return "ERROR: " + clean(reason) + "\r\n" }

// footer says as of when the answer is; it is the same in every answer that comes from the data.
func (s *Server) footer() string {
	return ">>> Last update of WHOIS database: " + s.config.Service.Clock().UTC().Format(instant) + " <<<\r\n"
}

// record is everything that is public about a name, in the manual's order: 7.2.1. Contacts follow
// the statuses.
func record(d flow.DomainFound) string {
	var l lines
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
	for _, p := range onePerRole(d.People) {
		l.contact(p)
	}
	for _, ns := range d.Nameservers {
		l.add("Name Server", ns.Name.String())
	}
	l.add("DNSSEC", signed(d.Domain))
	l.add("Registrar Abuse Contact Email", d.Sponsored.Abuse)
	return l.text.String()
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

func ianaID(r registry.Registrar) string {
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

// onePerRole keeps the first contact of each role; a record has one block for each.
func onePerRole(people []flow.Person) []flow.Person {
	var kept []flow.Person
	for _, p := range people {
		if !slices.ContainsFunc(kept, func(k flow.Person) bool { return k.Role == p.Role }) {
			kept = append(kept, p)
		}
	}
	return kept
}

// lines are "Key: value" lines.
type lines struct{ text strings.Builder }

// add writes one line. A field that has no value stands there without one.
func (l *lines) add(key, value string) {
	l.text.WriteString(key + ":")
	if value = clean(value); value != "" {
		l.text.WriteString(" " + value)
	}
	l.text.WriteString("\r\n")
}

// clean keeps what somebody typed into a field from looking like other fields: whatever could
// begin a line is a space, and what changes the direction of the text is gone.
func clean(value string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, value))
}
