package registry

import (
	"time"

	"example.org/dorado/core/ledger"
)

// An Issuer is who a paper of money comes from, as it is printed.
type Issuer struct {
	Name    string   `json:",omitzero"` // the legal name
	Address []string `json:",omitzero"` // line by line
	TaxID   string   `json:",omitzero"` // with what it is called, such as "NIT 900.000.000-0"
	Contact string   `json:",omitzero"` // an e-mail address or a web site
}

// A Recipient is whom a paper of money is for, as it was known when the paper was made.
type Recipient struct {
	ID       RegistrarID `json:",omitzero"`
	Name     string      `json:",omitzero"`
	Postal   Postal      `json:",omitzero"`
	Language Language    `json:",omitzero"` // empty: English
}

// Recipient is r as papers are made out to it.
func (r Registrar) Recipient() Recipient {
	return Recipient{ID: r.ID, Name: r.Name, Postal: r.Postal, Language: r.Mailing.Language}
}

// A Receipt says that a registrar has paid in.
type Receipt struct {
	Number    string    // of the act that booked it
	Dated     time.Time // when it was booked
	Issuer    Issuer
	To        Recipient
	Amount    ledger.Money
	Currency  string
	Reference string       // the bank's
	Value     time.Time    // the day on which the bank had the money
	Balance   ledger.Money // after it
}
