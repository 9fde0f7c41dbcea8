package flow

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// RegistrarSet changes what is known of a registrar, where and in which language it is written to, and what it
// wants to be told is unavailable; nil leaves a setting. A registrar sets all but what the registry knows it by: its
// names and its IANA id. Manual 6.8, decisions 4.14.
type RegistrarSet struct {
	Act
	Name, TradingName                   *string
	IANAID                              *int
	Email, Voice, Fax, Website, Abuse   *string
	Port43                              *string // its own WHOIS server
	RDAP                                *string // the base address of its own RDAP server
	Postal                              PostalSet
	Billing, Transfers, Operator, Legal *string // addresses; empty: Email
	Language                            *registry.Language
	MailsOfTransfers                    *bool
	PremiumsUnavailable                 *bool
	ClaimsUnavailable                   *bool
	IDNsUnavailable                     *bool
	AutoRenew, ContactPurge             *bool // from now on
}

// Subject is registrar:set.
func (cmd RegistrarSet) Subject() Subject {
	return Subject{Command: "set", Object: "registrar", ID: string(cmd.Registrar)}
}

// Run changes the settings.
func (cmd RegistrarSet) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)
	before := r
	put(&r.Name, cmd.Name)
	put(&r.TradingName, cmd.TradingName)
	put(&r.IANAID, cmd.IANAID)
	put(&r.Email, cmd.Email)
	put(&r.Voice, cmd.Voice)
	put(&r.Fax, cmd.Fax)
	put(&r.Website, cmd.Website)
	put(&r.Abuse, cmd.Abuse)
	put(&r.WHOIS, cmd.Port43)
	put(&r.RDAP, cmd.RDAP)
	r.Postal = cmd.Postal.over(r.Postal)
	put(&r.Mailing.Billing, cmd.Billing)
	put(&r.Mailing.Transfers, cmd.Transfers)
	put(&r.Mailing.Operator, cmd.Operator)
	put(&r.Mailing.Legal, cmd.Legal)
	put(&r.Mailing.Language, cmd.Language)
	put(&r.Mailing.OfTransfers, cmd.MailsOfTransfers)
	put(&r.PremiumsUnavailable, cmd.PremiumsUnavailable)
	put(&r.ClaimsUnavailable, cmd.ClaimsUnavailable)
	put(&r.IDNsUnavailable, cmd.IDNsUnavailable)
	if on := cmd.AutoRenew; on != nil && *on != r.AutoRenewsAt(c.Now) {
		r.RenewModel = append(slices.Clone(r.RenewModel), registry.DatedRenewModel{From: c.Now, AutoRenew: *on})
	}
	if on := cmd.ContactPurge; on != nil && *on != r.PurgesContactsAt(c.Now) {
		r.ContactPurge = append(slices.Clone(r.ContactPurge), registry.DatedContactPurge{From: c.Now, Enabled: *on})
	}

	// Check.
	if err := c.check(
		registrarExists(cmd.Registrar, found),
		c.ownActIsSigned(cmd.Act),
		c.identityIsRegistrys(before, r),
		registrarCanBeReached(before, r),
		addressesCanBeMailed(before, r),
		registrarIsSomewhere(before, r),
		languageIsWritten(r.Mailing.Language),
		registrarRDAPIsAddress(before, r),
		registrarIsPresentable(before, r),
		settingsAreFew(before, r),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	return cmd.put(c, r)
}

// registrarCanBeReached holds for a registrar that keeps a name and an e-mail address.
func registrarCanBeReached(before, after registry.Registrar) Rule {
	return refuseIf("registrarCanBeReached", after.Name == "" && before.Name != "" || after.Email == "" && before.Email != "", registry.Error{
		Code: registry.ParameterMissing, Field: "registrar", Value: string(after.ID),
		Reason: "a registrar has a name and an e-mail address; give another instead of none",
	})
}

// registrarRDAPIsAddress holds for an RDAP server of a registrar to which a path can be added. RFC 9224 section 3, technical
// guide 1.4 and 3.2.
func registrarRDAPIsAddress(before, after registry.Registrar) Rule {
	base, err := url.Parse(after.RDAP)
	whole := err == nil && base.Scheme == "https" && base.Host != "" && base.RawQuery == "" && base.Fragment == "" && strings.HasSuffix(base.Path, "/")
	return refuseIf("registrarRDAPIsAddress", after.RDAP != "" && after.RDAP != before.RDAP && !whole, registry.Error{
		Code: registry.ParameterSyntax, Field: "rdap", Value: after.RDAP,
		Reason: "this is no base address of RDAP; write it such as https://rdap.registrar.example/",
	})
}

// put sets what is given.
func put[T any](setting *T, given *T) {
	if given != nil {
		*setting = *given
	}
}

// identityIsRegistrys holds for the operator, and for a registrar that leaves its names and its IANA id as they are: they
// are in its contract, and people rely on them.
func (c *Call) identityIsRegistrys(before, after registry.Registrar) Rule {
	changes := before.Name != after.Name || before.TradingName != after.TradingName || before.IANAID != after.IANAID
	return refuseIf("identityIsRegistrys", c.Registrar.ID != "" && changes, registry.Error{
		Code: registry.ParameterPolicy, Field: "name", Value: after.Name,
		Reason: "the registry keeps a registrar's name, trading name and IANA id; ask it to change them",
	})
}

// maxWebsite is as long as browsers and databases of others take addresses.
const maxWebsite = 255

// registrarIsPresentable holds for a registrar whose numbers and addresses, where they change, can be shown to the public
// as what they are. Manual 6.9, 7.3.
func registrarIsPresentable(before, after registry.Registrar) Rule {
	number := func(field, before, after string) Rule {
		return refuseIf("registrarIsPresentable", after != "" && after != before && (len(after) > maxPhone || !phone.MatchString(after)), registry.Error{
			Code: registry.ParameterSyntax, Field: field, Value: after,
			Reason: "this is no telephone number; write +CC.NUMBER, such as +57.6015550100, in at most 17 characters",
		})
	}
	_, noHost := names.Parse(after.WHOIS)
	return allOf("registrarIsPresentable",
		number("voice", before.Voice, after.Voice),
		number("fax", before.Fax, after.Fax),
		refuseIf("registrarIsPresentable", after.Website != before.Website && after.Website != "" && !isWebAddress(after.Website), registry.Error{
			Code: registry.ParameterSyntax, Field: "website", Value: after.Website,
			Reason: "this is no address of a web site; write one such as https://registrar.example in at most 255 characters of ASCII",
		}),
		refuseIf("registrarIsPresentable", after.WHOIS != before.WHOIS && after.WHOIS != "" && noHost != nil, registry.Error{
			Code: registry.ParameterSyntax, Field: "port43", Value: after.WHOIS,
			Reason: "this is no name of a host; write one such as whois.registrar.example",
		}),
	)
}

// isWebAddress reports whether a text is the address of a web site, with nothing in it that a page, a mail or a terminal
// could take for something else.
func isWebAddress(text string) bool {
	visible := !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
	site, err := url.Parse(text)
	return err == nil && visible && len(text) <= maxWebsite && site.Host != "" && site.User == nil &&
		(site.Scheme == "https" || site.Scheme == "http")
}

// mostDated bounds how often a dated setting changes in a registrar's life: every version of the registrar has them all.
const mostDated = 1000

// settingsAreFew holds for a registrar that has not changed its dated settings too often.
func settingsAreFew(before, after registry.Registrar) Rule {
	changes := len(after.RenewModel) > len(before.RenewModel) || len(after.ContactPurge) > len(before.ContactPurge)
	return refuseIf("settingsAreFew", changes && max(len(after.RenewModel), len(after.ContactPurge)) > mostDated, registry.Error{
		Code: registry.ParameterPolicy, Field: "registrar", Value: string(after.ID),
		Reason: "this setting has been changed " + strconv.Itoa(mostDated) + " times; ask the registry to change it",
	})
}
