package console

import (
	"bytes"
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// domainNewPage is the page on which a name is registered.
type domainNewPage struct {
	form
	Asked bool // a name was given
	Offer nameOffer
	Zones []string
}

// A nameOffer is whether a name can be had, and for what.
type nameOffer struct {
	Name      names.Name // zero if what was given is none
	Text      string     // as it was given
	Available bool
	Why       string
	Premium   bool
	Terms     []term
	Variants  []string // labels that nobody else can register beside it
	More      bool     // there are more of those
}

// domainNew shows the form: first of the name alone, then, if that can be had, of all that it needs.
func (c *Console) domainNew(v *visit) error {
	page, err := v.newPage(cmp.Or(v.query("name"), v.sent("name")))
	if err != nil {
		return err
	}
	return v.show("domain_new", page)
}

// newPage begins the page of a name that somebody wants.
func (v *visit) newPage(text string) (*domainNewPage, error) {
	begin := url.Values{"name": {text}}
	page := &domainNewPage{Asked: text != "", form: v.form(begin, map[string]string{
		"domain:name": "name", "domain:period": "term", "fee:fee": "term", "domain:hostObj": "servers", "domain:ns": "servers",
		"secDNS:dsData": "ds", "secDNS:alg": "ds", "secDNS:digestType": "ds", "secDNS:digest": "ds", "domain:authInfo": "code",
		"domain:registrant": "registrant", "idn:table": "name",
	})}
	for _, zone := range v.console.config.Service.Profile.Zones {
		if zone.Sold {
			page.Zones = append(page.Zones, zone.Name.String())
		}
	}
	if !page.Asked {
		return page, nil
	}
	var err error
	page.Offer, err = v.offer(text)
	return page, err
}

// offer says whether a name can be had, what it costs, and what comes with it.
func (v *visit) offer(text string) (nameOffer, error) {
	offer := nameOffer{Text: text}
	name, err := names.ParseLookup(text)
	if err != nil {
		offer.Why = v.why("not a valid domain name; " + err.Error())
		return offer, nil
	}
	offer.Name, text = name, name.String()
	terms := v.console.config.Service.Terms()
	question := &flow.FeeQuestion{}
	for years := terms.MinYears; years <= terms.MaxYears && len(question.Commands) < terms.Limits.FeesPerCheck; years++ {
		question.Commands = append(question.Commands, flow.FeeCommand{Name: "create", Years: years})
	}
	reply, err := v.ask(flow.DomainCheck{Names: []string{text}, Fees: question})
	if err != nil {
		return offer, err
	}
	checked := reply.([]flow.Checked)[0]
	offer.Available, offer.Why = checked.Available, v.why(checked.Reason)
	if checked.Fees == nil || !offer.Available {
		return offer, nil
	}
	offer.Premium = checked.Fees.Premium
	for _, f := range checked.Fees.Commands {
		if f.Reason == "" {
			offer.Terms = append(offer.Terms, term{
				Value: strconv.Itoa(f.Years) + ":" + f.Quote.Total().String(),
				Label: v.t("%s: %s", v.years(f.Years), v.amount(f.Quote.Total())),
			})
		}
	}
	offer.Variants, offer.More = v.variants(name)
	return offer, nil
}

// mostVariants are told of a name.
const mostVariants = 12

// variants are the labels that registering a name keeps from everybody else.
func (v *visit) variants(name names.Name) ([]string, bool) {
	label, _, _ := strings.Cut(name.Unicode(), ".")
	table, fits := v.console.config.Service.Profile.TermsOf(name, v.now()).Table(label)
	if !name.IsIDN() || !fits {
		return nil, false
	}
	list, more := table.Variants(label, 1000)
	var labels []string
	for _, variant := range list {
		labels = append(labels, variant.Label)
	}
	if len(labels) > mostVariants {
		labels, more = labels[:mostVariants], true
	}
	return labels, more
}

// domainCheck answers with the part of a page that says whether a name can be had.
func (c *Console) domainCheck(v *visit) error {
	text := v.query("name")
	if len(text) > 255 || text == "" {
		return v.part("domain_new", "offer", nameOffer{})
	}
	offer, err := v.offer(text)
	if err != nil {
		return err
	}
	return v.part("domain_new", "offer", offer)
}

// contactCheck answers with who the contacts are whose ids were typed.
func (c *Console) contactCheck(v *visit) error {
	var list []contactShown
	for _, role := range append([]string{"registrant"}, contactRoles()...) {
		for _, id := range strings.FieldsFunc(v.query(role), func(r rune) bool { return r == ' ' || r == ',' }) {
			if slices.ContainsFunc(list, func(k contactShown) bool { return k.ID == id }) || len(list) == 10 || len(id) > 255 {
				continue
			}
			reply, err := v.own(flow.ContactInfo{ID: id})
			if err != nil {
				return err
			}
			details, found := reply.(flow.ContactDetails)
			shown := contactShown{ID: id, Found: found}
			if found {
				shown.ID, shown.Name = details.ID, contactName(details.Contact)
			} else if shown.Perhaps, err = v.contactsLike(id); err != nil {
				return err
			}
			list = append(list, shown)
		}
	}
	return v.part("domain_new", "contacts-shown", list)
}

// A contactShown is a contact that was typed, and who that is.
type contactShown struct {
	ID, Name string
	Found    bool // and not another registrar's
	Perhaps  []contactShown
}

// contactsLike are some of one's contacts whose ids, or else names, begin like what was typed.
func (v *visit) contactsLike(typed string) ([]contactShown, error) {
	const some = 5
	for _, by := range []registry.ContactOrder{registry.ByContactID, registry.ByPerson} {
		reply, err := v.ask(flow.ContactList{By: by, Prefix: typed, Limit: some})
		if err != nil {
			return nil, err
		}
		var list []contactShown
		for _, k := range reply.(flow.ContactsListed).Contacts {
			list = append(list, contactShown{ID: k.ID, Name: contactName(k.Contact), Found: true})
		}
		if len(list) > 0 {
			return list, nil
		}
	}
	return nil, nil
}

// contactName is what a contact is called.
func contactName(k registry.Contact) string {
	for _, postal := range []*registry.Postal{k.Loc, k.Int} {
		if postal != nil {
			parts := slices.DeleteFunc([]string{postal.Name, postal.Org, postal.City}, func(part string) bool { return part == "" })
			return strings.Join(parts, ", ")
		}
	}
	return ""
}

// part answers with a template of a page alone, for the script.
func (v *visit) part(page, name string, data any) error {
	var body bytes.Buffer
	if err := v.console.pages.executePart(&body, page, name, v.page(page, data)); err != nil {
		return err
	}
	v.headers().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = v.w.Write(body.Bytes())
	return nil
}

// domainCreate registers a name at the price that was agreed to.
func (c *Console) domainCreate(v *visit) error {
	page, err := v.newPage(v.sent("name"))
	if err != nil {
		return err
	}
	name := page.Offer.Name
	if name.IsZero() {
		page.wrong("name", v.t("This is no domain name."))
		return v.wrong("domain_new", page)
	}
	years, fee, ok := v.sentTerm()
	if !ok && page.Offer.Available {
		page.wrong("term", v.t("Choose for how long."))
	}
	if v.sent("agree") != "yes" && page.Offer.Available {
		page.wrong("agree", v.t("Say that you agree to the price."))
	}
	servers, _ := v.serverNames(&page.form)
	signers, _ := v.sentSigners(&page.form, name)
	cmd := flow.DomainCreate{
		Name: name, Years: years, Nameservers: servers, Registrant: v.sent("registrant"), Contacts: v.sentRoles(),
		AuthInfo: v.values.Get("code"), Announced: flow.Announced{SecureAuthInfo: true},
	}
	for _, ds := range signers {
		cmd.DS = append(cmd.DS, registry.DSRecord{DS: ds})
	}
	cmd.Fee = fee
	if len(page.Wrong) > 0 {
		return v.wrongBeside("domain_new", page, cmd)
	}
	reply, err := v.run(cmd)
	if err != nil {
		return v.refuse("domain_new", page, err)
	}
	created := reply.(flow.DomainCreated)
	return v.done(pathTo("domains", name), "%s was registered until %s, for %s.", name.Unicode(), v.words.day(created.Expires.UTC()), v.amount(created.Charged.Total()))
}
