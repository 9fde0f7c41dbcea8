package console

import (
	"net/url"
	"strconv"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// domainList is what the page of one's names shows.
type domainList struct {
	form
	Found    flow.OwnFound
	Filtered bool
	Pager    pager
	CSV      string // the address of the file of all that is found
	Bulk     string // the address of a bulk action on it
}

// domainFilters are the parameters of the list's address.
func domainFilters() []string {
	return []string{
		"q", "state", "zone", "contact", "host", "within", "order",
		"expires-from", "expires-to", "created-from", "created-to",
	}
}

// domains shows one's names.
func (c *Console) domains(v *visit) error {
	page := domainList{form: form{Values: url.Values{}, fields: map[string]string{"cursor": "", "until": "expires-to"}}}
	for _, name := range domainFilters() {
		value := v.query(name)
		page.Values.Set(name, value)
		page.Filtered = page.Filtered || value != "" && name != "order"
	}
	q, ok := v.domainQuery(&page.form)
	if !ok {
		return v.render(422, "domain_list", &page)
	}
	q.After = flow.Place(v.query("page"))
	reply, err := v.ask(q)
	if err != nil {
		return v.refuse("domain_list", &page, err)
	}
	page.Found = reply.(flow.OwnFound)
	page.Pager = v.pager(string(page.Found.After), v.counted(page.Found))
	page.CSV = Path + "domains.csv?" + filledIn(page.Values).Encode()
	page.Bulk = Path + "bulk/new?from=search&" + filledIn(page.Values).Encode()
	return v.show("domain_list", &page)
}

// filledIn are the values that are not empty.
func filledIn(values url.Values) url.Values {
	some := url.Values{}
	for name := range values {
		if value := values.Get(name); value != "" {
			some.Set(name, value)
		}
	}
	return some
}

// domainQuery reads what is asked for. What cannot be read is told at its field.
func (v *visit) domainQuery(f *form) (flow.OwnDomains, bool) {
	get := f.Values.Get
	q := flow.OwnDomains{
		Begins: get("q"), Contact: get("contact"), State: flow.OwnState(get("state")), Order: flow.OwnOrder(get("order")),
	}
	var err error
	if text := get("host"); text != "" {
		if q.Host, err = names.ParseLookup(text); err != nil {
			f.wrong("host", v.t("This is not the name of a server."))
		}
	}
	if text := get("zone"); text != "" {
		if q.Zone, err = names.ParseLookup(text); err != nil {
			f.wrong("zone", v.t("There is no such zone."))
		}
	}
	if text := get("within"); text != "" {
		if q.ExpiresIn, err = strconv.Atoi(text); err != nil || q.ExpiresIn < 1 || q.ExpiresIn > 3650 {
			f.wrong("within", v.t("Write a number of days, 1 to 3650."))
		}
	}
	q.Expires = v.span(f, "expires")
	q.Created = v.span(f, "created")
	return q, len(f.Wrong) == 0
}

// span reads two days, the last of which is in it.
func (v *visit) span(f *form, name string) registry.Times {
	day := func(name string) time.Time {
		text := f.Values.Get(name)
		if text == "" {
			return time.Time{}
		}
		at, err := time.Parse(time.DateOnly, text)
		if err != nil || at.Year() < 1980 || at.Year() > 2200 {
			f.wrong(name, v.t("Write a day as YYYY-MM-DD."))
			return time.Time{}
		}
		return at
	}
	times := registry.Times{From: day(name + "-from"), To: day(name + "-to")}
	if !times.To.IsZero() {
		times.To = times.To.AddDate(0, 0, 1)
	}
	return times
}

// counted says how many names there are.
func (v *visit) counted(found flow.OwnFound) string {
	switch {
	case found.Counted && found.Count == 1:
		return v.t("1 name")
	case found.Counted:
		return v.t("%s names", number(found.Count))
	case found.Count >= v.console.config.Service.Terms().Limits.Portfolio.Sorted:
		return v.t("More than %s names", number(found.Count))
	}
	return v.t("%s names on this page", number(len(found.Names)))
}

// stateLabel names a state of names.
func stateLabel(s flow.OwnState) string {
	switch s {
	case flow.OwnOK:
		return text("OK")
	case flow.OwnHeld:
		return text("On hold")
	case flow.OwnLocked:
		return text("Locked")
	case flow.OwnUnlocked:
		return text("Not locked")
	case flow.OwnSuspended:
		return text("Suspended at expiry")
	case flow.OwnDeleted:
		return text("Deleted")
	case flow.OwnRedemption:
		return text("In redemption")
	case flow.OwnPendingDelete:
		return text("Pending delete")
	case flow.OwnLeaving:
		return text("Transfer away requested")
	case flow.OwnComing:
		return text("Transfer to you requested")
	case flow.OwnInactive:
		return text("Without name servers")
	case flow.OwnSigned:
		return text("Signed (DS)")
	}
	return text("Not signed")
}
