package console

import (
	"strconv"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// domainPast is what the page of a name's history shows.
type domainPast struct {
	Name  names.Name
	Past  flow.OwnPast
	Pager pager
}

// domainHistory shows what happened to a name since one has it.
func (c *Console) domainHistory(v *visit) error {
	name, err := v.namePath()
	if err != nil {
		return err
	}
	const stepsOnPage = 50
	q := flow.OwnHistory{Object: registry.KindDomain, ID: name.String(), Limit: stepsOnPage}
	if text := v.query("page"); text != "" {
		if q.Before, err = strconv.ParseInt(text, 10, 64); err != nil || q.Before < 1 {
			return errMissing
		}
	}
	reply, err := v.ask(q)
	if err != nil {
		return err
	}
	page := domainPast{Name: name, Past: reply.(flow.OwnPast)}
	next := ""
	if page.Past.Next > 0 {
		next = strconv.FormatInt(page.Past.Next, 10)
	}
	page.Pager = v.pager(next, "")
	return v.show("domain_history", page)
}

// stepLabel says in a word what a step of a name's life was.
func stepLabel(s flow.Step) string {
	switch what := s.Did; {
	case s.Gone:
		return text("Purged")
	case what == "renewed", what == "restore-renewed":
		return text("Renewed")
	case what == "suspended":
		return text("Suspended at expiry")
	case what == "expired", what == "restore-lapsed":
		return text("Deleted at expiry")
	case what == "transferred":
		return text("Transferred without an answer")
	case s.Maker == flow.MadeByTime:
		return text("Lost name servers that are gone")
	}
	switch _, command, _ := strings.Cut(s.Command, ":"); command {
	case "create":
		return text("Registered")
	case "renew":
		return text("Renewed")
	case "restore":
		return text("Restored")
	case "delete":
		return text("Deleted")
	case "transfer":
		return text("Transfer")
	}
	return text("Changed")
}

// fieldLabel names what changed of a name; nothing of what only the registry reckons with. What is rarely seen is called
// what the registry calls it.
func fieldLabel(field string) string {
	switch field {
	case "graces", "deletion.at", "deletion.by", "deletion.pendingUntil", "transfer.losing", "transfer.charge", "transfer.years",
		"transfer.expires", "transfer.requested", "transferred", "restored", "deletion.svTRID", "transfer.svTRID":
		return ""
	case "deletion.restorableTil":
		return text("Can be restored until")
	case "deletion.purgeAt":
		return text("Purged on")
	case "transfer.status":
		return text("Transfer")
	case "transfer.gaining":
		return text("Asked for by")
	case "transfer.answer":
		return text("Answer")
	case "transfer.amount":
		return text("Price")
	case "sponsor":
		return text("Registrar")
	case "expires":
		return text("Expiry")
	case "registrant":
		return text("Registrant")
	case "contacts":
		return text("Contacts")
	case "nameservers":
		return text("Name servers")
	case "statuses":
		return text("Statuses")
	case "ds":
		return text("DS records")
	case "authInfo":
		return text("Transfer code")
	case "holdUntil":
		return text("No transfer before")
	case "renewBy":
		return text("Renew by")
	}
	return field
}
