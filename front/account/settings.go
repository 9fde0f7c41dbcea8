package account

import (
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// settings is the answer of SettingsPath. Its keys and their order are the manual's, capitals and the misspelling of
// "notificiations" with them, and the order of the fields is that of the JSON. What is not known is null. The manual's
// print of it is not well-formed; testdata has it beside what it must have been. Manual 6.9.
type settings struct {
	Org            org            `json:"org"`
	Addr           addr           `json:"addr"`
	Notifications  notifications  `json:"notificiations"`
	Billing        billing        `json:"billing"`
	App            app            `json:"app"`
	Transfers      transfers      `json:"transfers"`
	DataProtection dataProtection `json:"data-protection"`
}

type org struct {
	RegistrarID string  `json:"Registrar-id"`
	Name        string  `json:"name"`
	TradingName *string `json:"trading-name"`
	IANAID      *int    `json:"iana-id"`
	Website     *link   `json:"website"`
	Port43      *string `json:"port43"`
	Voice       *link   `json:"voice"`
	Fax         *link   `json:"fax"`
}

type link struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
}

type addr struct {
	Int postal `json:"int"`
}

type postal struct {
	Street []string `json:"street"`
	City   *string  `json:"city"`
	SP     *string  `json:"sp"`
	PC     *string  `json:"pc"`
	CC     *string  `json:"cc"`
}

// notifications are the addresses that mails go to: where a registrar has none of its own for something, its primary
// one.
type notifications struct {
	Primary   *string `json:"primary"`
	Billing   *string `json:"billing"`
	Transfers *string `json:"transfers"`
	Operator  *string `json:"operator"`
	Abuse     *string `json:"abuse"`
	Legal     *string `json:"legal"`
}

type billing struct {
	AutoRenew   bool   `json:"Auto-Renew-enabled"`
	Model       string `json:"billing-model"`
	Interval    string `json:"billing-interval"`
	Currency    string `json:"billing-currency"`
	PerCurrency bool   `json:"invoice-per-currency"`
	Balance     link   `json:"balance"`
}

type app struct {
	MessageQueue    bool         `json:"message-queue-enabled"`
	PasswordChanged *string      `json:"password-last-updated"`
	CheckOptions    checkOptions `json:"check-options"`
}

type checkOptions struct {
	Premiums bool `json:"premiums-are-unavailable"`
	Claims   bool `json:"claims-are-unavailable"`
	IDNs     bool `json:"idns-are-unavailable"`
}

type transfers struct {
	EmailNotifications bool `json:"email-notifications"`
}

type dataProtection struct {
	ContactPurge bool `json:"contact-purge-enabled"`
}

// Registrars prepay, and get an invoice a month in the one currency. Manual 6.1 to 6.3.
const (
	billingModel    = "pre-payment"
	billingInterval = "monthly"
)

// settings shows the settings of a registrar.
func (h *Handler) settings(a flow.RegistrarAccount) any {
	r, now := a.Registrar, h.config.Service.Clock()
	return settings{
		Org:           orgOf(r),
		Addr:          addr{postalOf(r.Postal)},
		Notifications: notificationsOf(r),
		Billing: billing{
			AutoRenew: r.AutoRenewsAt(now), Model: billingModel, Interval: billingInterval,
			Currency: h.config.Service.Terms().Prices.Currency,
			Balance:  link{"balance", h.base.JoinPath(BalancePath).String()},
		},
		App: app{
			MessageQueue: !r.PollOff, PasswordChanged: instant(r.PasswordChanged),
			CheckOptions: checkOptions{r.PremiumsUnavailable, r.ClaimsUnavailable, r.IDNsUnavailable},
		},
		Transfers:      transfers{r.Mailing.OfTransfers},
		DataProtection: dataProtection{r.PurgesContactsAt(now)},
	}
}

func orgOf(r registry.Registrar) org {
	o := org{RegistrarID: string(r.ID), Name: r.Name, TradingName: text(r.TradingName), Port43: text(r.WHOIS)}
	if r.IANAID != 0 {
		o.IANAID = &r.IANAID
	}
	o.Website, o.Voice, o.Fax = linkTo("website", "", r.Website), linkTo("voice", telephone, r.Voice), linkTo("fax", telephone, r.Fax)
	return o
}

// telephone is how the manual's sample begins the address of a number; RFC 3966 has no slashes.
const telephone = "tel://"

// linkTo returns a link, and none to nothing.
func linkTo(rel, scheme, to string) *link {
	if to == "" {
		return nil
	}
	return &link{rel, scheme + to}
}

func postalOf(p registry.Postal) postal {
	return postal{
		Street: append([]string{}, p.Street...), City: text(p.City), SP: text(p.Province), PC: text(p.Postcode), CC: text(p.Country),
	}
}

func notificationsOf(r registry.Registrar) notifications {
	to := func(d registry.Desk) *string { return text(r.Address(d)) }
	return notifications{
		to(registry.DeskPrimary), to(registry.DeskBilling), to(registry.DeskTransfers),
		to(registry.DeskOperator), to(registry.DeskAbuse), to(registry.DeskLegal),
	}
}

// instant shows an instant as the manual does; nil for none. Manual 6.9.
func instant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return text(t.UTC().Format("2006-01-02T15:04:05.0Z"))
}

// text returns a text, and nil for an empty one.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
