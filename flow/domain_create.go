package flow

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A Role is a contact as a command names it: role (admin, tech, billing) and contact id.
type Role struct{ Role, ID string }

// Announced are the extensions that the session announced and that ask something of every command, whether
// or not it carries them.
type Announced struct {
	SecureAuthInfo bool // RFC 9154
	IDN            bool // manual 9.12.3
}

// DomainCreate registers a name. RFC 5731 section 3.2.1, decisions 1 and 3.
type DomainCreate struct {
	Name        names.Name
	Years       int // 0 means one
	Nameservers []names.Name
	Registrant  string
	Contacts    []Role
	AuthInfo    string
	DS          []registry.DSRecord
	TTL         []TTLEdit
	IDN         *IDN // nil if not given
	Announced   Announced
	Fee         FeeSaid
	Token       *string    // the allocation code as a token; nil if there is none. RFC 8495
	Launch      LaunchSaid // of the launch phases. RFC 8334
}

// DomainCreated is what a successful DomainCreate replies.
type DomainCreated struct {
	Name             names.Name
	ROID             registry.ROID
	Created, Expires time.Time
	Charged          policy.Quote
}

// Outcome is the manual's sentence. Manual 9.4.4, decisions 4.12.
func (r DomainCreated) Outcome() (registry.Code, string) {
	return registry.Completed, "Domain " + strings.ToUpper(r.Name.String()) +
		" created successfully with ROID " + string(r.ROID)
}

// Subject is domain:create.
func (cmd DomainCreate) Subject() Subject {
	return Subject{"create", "domain", cmd.Name.String(), true}
}

// Keys are what the command reads.
func (cmd DomainCreate) Keys() registry.Keys {
	return registry.Keys{
		Funds: true, Domains: []names.Name{cmd.Name}, Variants: variantKeys(cmd.Name), Hosts: cmd.Nameservers,
		Contacts: contactIDs(cmd.Registrant, cmd.Contacts),
	}
}

// Run registers the name, unless a rule refuses. A name whose purge has come due is purged first.
func (cmd DomainCreate) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	_, taken := c.Domain(cmd.Name)
	kin := c.kin(cmd.Name)
	years := cmp.Or(cmd.Years, 1)
	offer, terms := c.Offer(cmd.Name), c.TermsOf(cmd.Name)
	if err := c.check(
		registrarIsActive(c.Registrar), nameIsRegistrable(c.Profile, cmd.Name), zoneIsSold(c.Profile, cmd.Name),
		nameIsFree(cmd.Name, taken),
		nameIsOffered(c.Profile, cmd.Name, offer.PriceAt(c.Now)),
		nameIsUnlisted(cmd.Name, offer, c.Now),
		registrarTakes(c.Registrar, cmd.Name, offer.PriceAt(c.Now)),
		idnIsRight(terms, cmd.Name, cmd.IDN, cmd.Announced.IDN),
		nameIsInATable(terms, cmd.Name),
		noVariantIsRegistered(c, cmd.Name, kin.registered),
		noVariantIsListed(cmd.Name, offer, kin.listed, c.Now),
	); err != nil {
		return nil, registry.Changes{}, err // before anything else is read: most creates end here
	}
	roles := c.spelt(cmd.Contacts)
	contacts, contactsMayBeLinked := c.contacts(registry.Domain{}, cmd.Registrant, roles)
	hosts, hostsExist := c.hosts(cmd.Nameservers)
	chosen := cmd.Announced.SecureAuthInfo && !c.isCode(offer.Allocation, cmd.AuthInfo)
	funds, quote := c.Funds(), c.quote(cmd.Name, policy.OpCreate, years, offer)

	// Check.
	if err := c.check(
		c.codeAllocates(offer.Allocation, cmd.Token, cmd.AuthInfo),
		phaseIsOpen(terms, cmd.Launch, c.Now),
		periodIsSold(terms, years),
		requiredContactsAreNamed(terms, cmd.Registrant, roles),
		contactsFit(terms, roles),
		noneTwice("domain:contact", roles, Role.String),
		nameserversFit(terms, cmd.Nameservers),
		noneTwice("domain:hostObj", cmd.Nameservers, names.Name.String),
		contactsMayBeLinked,
		hostsExist,
		signersAreLegal(terms, cmd.DS),
		noneTwice(fieldDS, signersOf(cmd.DS), registry.DS.String),
		signersFit(terms, cmd.DS),
		ttlsAreLegal(terms, "domain", cmd.TTL),
		authInfoIsStrong("domain", &cmd.AuthInfo, chosen),
		premiumFeeIsSaid(quote, cmd.Fee),
		promotionFeeIsSaid(quote, cmd.Fee),
		feeIsRight(quote, cmd.Fee),
		registrarIsNotOnHold(c.Registrar),
		accountIsNotOnHold(funds),
		fundsCover(funds, quote.Total()),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	changes := c.settlePurges(cmd.Name, kin.registered)
	d := cmd.domain(c)
	d.Registrant, d.Contacts, d.Nameservers = contacts.registrant, contacts.others, hosts
	c.relink(registry.Domain{}, d)
	changes.Allocations = useCode(&d, offer.Allocation, c.Now)
	charges := c.charges(d, "create", quote)
	d.Graces = addGraces(charges, years)
	changes.PromotionUses = c.uses(quote, charges)

	// Return.
	changes.Domains = append(changes.Domains, d)
	changes.Marks = append(changes.Marks, registry.Mark{Kind: registry.MarkDomain, Name: d.Name})
	changes.Add(c.authorise(charges, funds))
	return DomainCreated{d.Name, d.ROID, d.Created, d.Expires, quote}, changes, nil
}

// addGraces are what the charges of a registration can be credited in: the first year, and the others together. A
// name that nobody has paid for expires on the day of its creation.
func addGraces(charges []ledger.Charge, years int) []registry.Grace {
	var list []registry.Grace
	for i, charge := range charges {
		added := 1
		if i > 0 {
			added = years - 1
		}
		list = append(list, registry.Grace{
			Kind: registry.AddGrace, Until: charge.PostsAt, Expires: lifecycle.FirstExpiry(charge.At, 0), Years: added,
			Charge: charge.ID, Amount: charge.Amount,
		})
	}
	return list
}

// domain is the registration before it has what it links and its graces.
func (cmd DomainCreate) domain(c *Call) registry.Domain {
	terms := c.TermsOf(cmd.Name)
	return registry.Domain{
		ROID: c.NewROID("D"), Name: cmd.Name, Version: 1,
		Sponsor: c.Registrar.ID, Creator: c.Registrar.ID, Created: c.Now,
		Expires:   lifecycle.FirstExpiry(c.Now, cmp.Or(cmd.Years, 1)),
		DS:        sortedSigners(slices.Clone(cmd.DS)),
		AuthInfo:  c.Hash(cmd.AuthInfo),
		TTL:       editedTTLs(registry.TTLs{}, cmd.TTL),
		IDNTable:  tableOf(terms, cmd.Name, cmd.IDN),
		HoldUntil: terms.RegistrationHold.After(c.Now),
	}
}

func contactIDs(registrant string, roles []Role) []string {
	var ids []string
	if registrant != "" {
		ids = append(ids, registrant)
	}
	for _, r := range roles {
		ids = append(ids, r.ID)
	}
	return ids
}

// String names the contact as a refusal shows it.
func (r Role) String() string { return r.Role + " " + r.ID }

// linkedContacts are the contacts of a command, found.
type linkedContacts struct {
	registrant registry.ContactRef
	others     []registry.DomainContact
}

// contacts finds the contacts that a command names for a domain, and says which one cannot be linked. One that
// the domain links already may be anybody's: a name may have come with it.
func (c *Call) contacts(d registry.Domain, registrant string, roles []Role) (linkedContacts, Rule) {
	var linked linkedContacts
	var parts []Rule
	if registrant != "" {
		ref, may := c.linkContact(d, "domain:registrant", registrant)
		linked.registrant, parts = ref, append(parts, may)
	}
	for _, r := range roles {
		ref, may := c.linkContact(d, "domain:contact", r.ID)
		parts = append(parts, may)
		linked.others = append(linked.others, registry.DomainContact{Role: r.Role, ContactRef: ref})
	}
	slices.SortStableFunc(linked.others, func(a, b registry.DomainContact) int {
		return cmp.Or(strings.Compare(a.Role, b.Role), strings.Compare(a.ID, b.ID))
	})
	return linked, allOf("contactsMayBeLinked", parts...)
}

// linkContact finds one contact and says why it cannot be linked. Decisions 2.4.
func (c *Call) linkContact(d registry.Domain, field, id string) (registry.ContactRef, Rule) {
	contact, found := c.storedContact(id)
	switch {
	case found && links(d, contact.ROID):
		contact, found = c.linkedContact(id)
	case found:
		contact, found = c.Contact(id)
	}
	others := !c.Terms.ContactsOfOthers && contact.Sponsor != c.Registrar.ID && !links(d, contact.ROID)
	return contact.Ref(), allOf("contactMayBeLinked",
		refuseIf("contactExists", !found, registry.Error{
			Code: registry.ObjectMissing, Field: field, Value: id,
			Reason: "there is no such contact; create it first",
		}),
		contactIsOwn(field, id, others),
	)
}

// contactIsOwn holds for a contact that the registrar sponsors, where the profile wants that, and for one
// that the name links already. Decisions 2.4.
func contactIsOwn(field, id string, others bool) Rule {
	return refuseIf("contactIsOwn", others, registry.Error{
		Code: registry.Authorization, Field: field, Value: id,
		Reason: "another registrar sponsors the contact; link one of your own",
	})
}

func links(d registry.Domain, contact registry.ROID) bool {
	return contact == d.Registrant.ROID ||
		slices.ContainsFunc(d.Contacts, func(l registry.DomainContact) bool { return l.ROID == contact })
}

// hosts finds the hosts that a command names, and says which one does not exist.
func (c *Call) hosts(list []names.Name) ([]registry.HostRef, Rule) {
	var refs []registry.HostRef
	var missing []Rule
	for _, name := range list {
		h, found := c.Host(name)
		if !found {
			missing = append(missing, refuse("hostsExist", registry.Error{
				Code: registry.ObjectMissing, Field: "domain:hostObj", Value: name.String(),
				Reason: "there is no such host; create it first",
			}))
			continue
		}
		refs = append(refs, h.Ref())
	}
	if len(missing) > 0 {
		return nil, allOf("hostsExist", missing...)
	}
	return refs, holds("hostsExist", "domain:hostObj", "")
}

// charges makes the charges of a quote for a domain, each to post when its grace has ended.
func (c *Call) charges(d registry.Domain, event string, q policy.Quote) []ledger.Charge {
	charges := make([]ledger.Charge, len(q.Fees))
	reason := q.Reason()
	for i, fee := range q.Fees {
		if i == 1 { // a promotion makes the first cheaper
			q.Promotion = nil
			reason = q.Reason()
		}
		charges[i] = ledger.Charge{
			ID:    chargeID(d.ROID, event, c.origin(), fee.Type),
			Party: c.Registrar.Party(), Object: string(d.ROID), Subject: d.Name.String(),
			Type: fee.Type, Amount: fee.Amount, PriceOf: reason,
			At: c.Now, PostsAt: fee.Grace.After(c.Now), GraceDays: int(fee.Grace),
			Authorises: true, State: ledger.Open,
		}
	}
	return charges
}

// chargeID is the id of what a command charges for an event of a name.
func chargeID(roid registry.ROID, event string, o registry.Origin, fee ledger.Type) string {
	return string(roid) + "/" + event + "/" + o.At.UTC().Format(time.RFC3339) + "/" + o.SvTRID + "/" + string(fee)
}

// authorise returns what writes new charges down and sets their amounts aside, on the condition
// that the funds still cover them. Decisions 5.2.
func (c *Call) authorise(charges []ledger.Charge, funds ledger.Funds) registry.Changes {
	changes := registry.Changes{
		Charges: charges,
		Needs:   []registry.Need{c.need(funds)},
	}
	for _, charge := range charges {
		changes.Entries = append(changes.Entries, charge.Authorise()...)
	}
	return changes
}
