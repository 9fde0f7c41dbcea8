package account

import (
	"slices"
	"strings"
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
	AutoRenew       bool   `json:"Auto-Renew-enabled"`
	Model           string `json:"billing-model"`
	Interval        string `json:"billing-interval"`
	Currency        string `json:"billing-currency"`
	PerCurrency     bool   `json:"invoice-per-currency"`
	BalanceInterest link   `json:"balance"`
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
