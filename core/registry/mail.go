package registry

import (
	"strconv"
	"time"
)

// A Language is one in which registrars are written to, as in BCP 47.
type Language string

// The languages.
const (
	English Language = "en" // of those who chose none
	Spanish Language = "es"
)

// Languages returns all languages.
func Languages() []Language { return []Language{English, Spanish} }

// A Mailing is where and in which language a registrar is written to. An address that is empty is the
// registrar's Email, which the manual calls primary; Registrar.Abuse is public. Manual 6.8.
type Mailing struct {
	Language  Language `json:",omitzero"` // empty: English
	Billing   string   `json:",omitzero"`
	Transfers string   `json:",omitzero"`
	Operator  string   `json:",omitzero"` // of those who run its systems
	Legal     string   `json:",omitzero"`

	// OfTransfers says that it wants mails of all transfers: email-notifications of manual 6.8.
	OfTransfers bool `json:",omitzero"`
}

// A Wish is how a registrar wants to be told of an event; nil is as the profile has it.
type Wish struct {
	Poll *bool `json:",omitzero"`
	Mail *bool `json:",omitzero"`
}

// A Desk is one of a registrar's addresses. Manual 6.8.
type Desk string

// The desks.
const (
	DeskPrimary   Desk = "primary"
	DeskBilling   Desk = "billing"
	DeskTransfers Desk = "transfers"
	DeskOperator  Desk = "operator"
	DeskAbuse     Desk = "abuse"
	DeskLegal     Desk = "legal"
)

// Address returns the e-mail address of a desk; it may be empty.
func (r Registrar) Address(d Desk) string {
	address := map[Desk]string{
		DeskBilling: r.Mailing.Billing, DeskTransfers: r.Mailing.Transfers, DeskOperator: r.Mailing.Operator,
		DeskAbuse: r.Abuse, DeskLegal: r.Mailing.Legal,
	}[d]
	if address == "" {
		return r.Email
	}
	return address
}

// A Mail waits in the outbox until it is sent. Its instants but Notice's are real time: a demo's clock moves,
// mail servers do not.
type Mail struct {
	ID        int64 // given by the store, ascending
	Version   int64 // see Domain.Version
	Registrar RegistrarID
	To        string
	Language  Language
	At        time.Time // of the event, by the registry's clock
	Event     Event
	Notice    Notice

	Queued   time.Time
	Since    time.Time // it is tried: Queued, unless the operator had it tried again
	Due      time.Time // of the next attempt
	Attempts int       // that came to nothing
	Problem  string    // of the last attempt
	Failed   time.Time // zero while it is still tried
}

// A Postponement lets all mails to a recipient wait that are still tried: its server asked for that, or did not
// answer, and others do not stand in a line behind it.
type Postponement struct {
	To    string
	Until time.Time
}

// A MailFilter selects mails of the outbox. The zero MailFilter selects all.
type MailFilter struct {
	Registrar RegistrarID // empty: of all
	Failed    bool        // only those that are not tried any more
}

// MailName is how a mail is called where people see it: by the operator's commands, in its Message-ID and as a file.
func MailName(id int64) string { return strconv.FormatInt(id, 36) }

// ParseMailName returns the id of a mail of that name; 0 if it is no name.
func ParseMailName(name string) int64 {
	id, err := strconv.ParseInt(name, 36, 64)
	if err != nil {
		return 0
	}
	return id
}

// Next returns m as its own next version.
func (m Mail) Next() Mail { m.Version++; return m }
