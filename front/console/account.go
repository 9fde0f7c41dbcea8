package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// accountRoutes are the pages of the registrar's own details and settings. Manual 6.9, 9.6.
func (c *Console) accountRoutes() []route {
	at := func(method, path string, handle func(*visit) error) route {
		return route{method: method, path: Path + "account" + path, area: policy.AreaAccount, handle: handle}
	}
	return []route{
		at(http.MethodGet, "", c.account),
		at(http.MethodGet, "/details", c.accountDetails),
		at(http.MethodPost, "/details", c.saveAccountDetails),
		at(http.MethodGet, "/addresses", c.accountAddresses),
		at(http.MethodPost, "/addresses", c.saveAccountAddresses),
		at(http.MethodGet, "/choices", c.accountChoices),
		at(http.MethodPost, "/choices", c.saveAccountChoices),
		at(http.MethodGet, "/expiry", c.accountExpiry),
		at(http.MethodPost, "/expiry", c.saveAccountExpiry),
		at(http.MethodGet, "/notices", c.accountNotices),
		at(http.MethodPost, "/notices", c.saveAccountNotice),
		at(http.MethodGet, "/use", c.accountUse),
	}
}

// ownAccount is the registrar as it is now, and an act of the visitor on its account.
func (v *visit) ownAccount() (registry.Registrar, flow.Act, error) {
	reply, err := v.ask(flow.Account{})
	if err != nil {
		return registry.Registrar{}, flow.Act{}, err
	}
	r := reply.(flow.RegistrarAccount).Registrar
	return r, flow.Act{Registrar: r.ID, Author: v.visitor.User.Login}, nil
}

// change runs a command on the registrar's account, unless that has changed since the form was made.
func (v *visit) change(cmd flow.Command) (flow.Reply, error) {
	return v.run(flow.IfUnchanged{
		Command: cmd, Kind: registry.KindRegistrar, ID: string(v.visitor.Registrar.ID), Version: v.seen(),
	})
}

// An accountPage is a page about the registrar, with a form or none.
type accountPage struct {
	form
	Registrar registry.Registrar
	Renews    bool // its names renew themselves at their expiry
	Purges    bool // its contacts go without links
}

// accountPage returns the page for the registrar as it is; begin makes the values of the form from it.
func (v *visit) accountPage(begin func(registry.Registrar) url.Values, fields map[string]string) (*accountPage, flow.Act, error) {
	r, act, err := v.ownAccount()
	if err != nil {
		return nil, act, err
	}
	values := url.Values{}
	if begin != nil {
		values = begin(r)
	}
	p := &accountPage{v.form(values, fields), r, r.AutoRenewsAt(v.now()), r.PurgesContactsAt(v.now())}
	p.from(r.Version, values)
	return p, act, nil
}

// account shows what the registry knows of the registrar.
func (c *Console) account(v *visit) error {
	p, _, err := v.accountPage(nil, nil)
	if err != nil {
		return err
	}
	return v.show("account", p)
}

// streets is how many lines of an address have a field.
const streets = 3

// detailsOf are the fields of what others see of the registrar.
func detailsOf(r registry.Registrar) url.Values {
	values := url.Values{
		"voice": {r.Voice}, "fax": {r.Fax}, "website": {r.Website}, "abuse": {r.Abuse}, "port43": {r.WHOIS}, "rdap": {r.RDAP},
		"city": {r.Postal.City}, "sp": {r.Postal.Province}, "pc": {r.Postal.Postcode}, "cc": {r.Postal.Country},
	}
	for i := range max(streets, len(r.Postal.Street)) {
		values.Set("street"+strconv.Itoa(i+1), "")
	}
	for i, line := range r.Postal.Street {
		values.Set("street"+strconv.Itoa(i+1), line)
	}
	return values
}

func (c *Console) accountDetails(v *visit) error { return c.showForm(v, "account_details", detailsOf) }

// showForm shows a page with a form about the registrar.
func (c *Console) showForm(v *visit, name string, begin func(registry.Registrar) url.Values) error {
	p, _, err := v.accountPage(begin, nil)
	if err != nil {
		return err
	}
	return v.show(name, p)
}

// setting returns a field that was sent, as a setting takes it.
func (v *visit) setting(name string) *string { return new(v.sent(name)) }

func (c *Console) saveAccountDetails(v *visit) error {
	p, act, err := v.accountPage(detailsOf, map[string]string{"street": "street1"})
	if err != nil {
		return err
	}
	var lines []string
	for i := range streets {
		if line := v.sent("street" + strconv.Itoa(i+1)); line != "" {
			lines = append(lines, line)
		}
	}
	_, err = v.change(flow.RegistrarSet{
		Act: act, Voice: v.setting("voice"), Fax: v.setting("fax"), Website: v.setting("website"), Abuse: v.setting("abuse"),
		Port43: v.setting("port43"), RDAP: v.setting("rdap"),
		Postal: flow.PostalSet{
			Street: &lines, City: v.setting("city"), Province: v.setting("sp"), Postcode: v.setting("pc"),
			Country: new(strings.ToUpper(v.sent("cc"))),
		},
	})
	if err != nil {
		return v.refuse("account_details", p, err)
	}
	return v.done(Path+"account", "The details were changed.")
}

// addressesOf are the fields of where the registrar is written to.
func addressesOf(r registry.Registrar) url.Values {
	language := r.Mailing.Language
	if language == "" {
		language = registry.English
	}
	return url.Values{
		"primary": {r.Email}, "billing": {r.Mailing.Billing}, "transfers": {r.Mailing.Transfers}, "operator": {r.Mailing.Operator},
		"legal": {r.Mailing.Legal}, "language": {string(language)},
	}
}

func (c *Console) accountAddresses(v *visit) error {
	return c.showForm(v, "account_addresses", addressesOf)
}

func (c *Console) saveAccountAddresses(v *visit) error {
	p, act, err := v.accountPage(addressesOf, map[string]string{"registrar": "primary"})
	if err != nil {
		return err
	}
	_, err = v.change(flow.RegistrarSet{
		Act: act, Email: v.setting("primary"), Billing: v.setting("billing"), Transfers: v.setting("transfers"),
		Operator: v.setting("operator"), Legal: v.setting("legal"), Language: (*registry.Language)(v.setting("language")),
	})
	if err != nil {
		return v.refuse("account_addresses", p, err)
	}
	return v.done(Path+"account", "The addresses were changed.")
}

// choicesOf are the fields of what the registrar wants at the visit's instant.
func (v *visit) choicesOf(r registry.Registrar) url.Values {
	values := url.Values{}
	for name, on := range map[string]bool{
		"premiums": r.PremiumsUnavailable, "claims": r.ClaimsUnavailable, "idns": r.IDNsUnavailable,
		"purge": r.PurgesContactsAt(v.now()),
	} {
		values[name] = nil
		if on {
			values.Set(name, "yes")
		}
	}
	return values
}

func (c *Console) accountChoices(v *visit) error {
	return c.showForm(v, "account_choices", v.choicesOf)
}

// ticked reports whether a box was ticked, as a setting takes it.
func (v *visit) ticked(name string) *bool { return new(v.sent(name) == "yes") }

func (c *Console) saveAccountChoices(v *visit) error {
	p, act, err := v.accountPage(v.choicesOf, nil)
	if err != nil {
		return err
	}
	_, err = v.change(flow.RegistrarSet{
		Act: act, PremiumsUnavailable: v.ticked("premiums"), ClaimsUnavailable: v.ticked("claims"), IDNsUnavailable: v.ticked("idns"),
		ContactPurge: v.ticked("purge"),
	})
	if err != nil {
		return v.refuse("account_choices", p, err)
	}
	return v.done(Path+"account", "The choices were changed.")
}

// expiryOf is the field of what becomes of the registrar's names at their expiry.
func (v *visit) expiryOf(r registry.Registrar) url.Values {
	return url.Values{"expiry": {map[bool]string{true: "renew", false: "delete"}[r.AutoRenewsAt(v.now())]}}
}

func (c *Console) accountExpiry(v *visit) error { return c.showForm(v, "account_expiry", v.expiryOf) }

// saveAccountExpiry sets what becomes of names at their expiry. To have them deleted has to be confirmed: it is of all
// names at once.
func (c *Console) saveAccountExpiry(v *visit) error {
	p, act, err := v.accountPage(v.expiryOf, nil)
	if err != nil {
		return err
	}
	to := v.sent("expiry")
	switch {
	case to != "renew" && to != "delete":
		p.wrong("expiry", v.t("Choose one of the two."))
	case to == "delete" && p.Renews && v.sent("sure") != "yes":
		p.wrong("sure", v.t("Tick this if all names are to be deleted at their expiry unless somebody renews them."))
	default:
		if _, err = v.change(flow.RegistrarSet{Act: act, AutoRenew: new(to == "renew")}); err != nil {
			return v.refuse("account_expiry", p, err)
		}
		return v.done(Path+"account", "What becomes of names at their expiry was changed.")
	}
	return v.render(http.StatusUnprocessableEntity, "account_expiry", p)
}
