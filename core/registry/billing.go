package registry

import (
	"time"

	"example.org/dorado/core/ledger"
)

// A ClosedMonth is a month of which everything is posted and every invoice made.
type ClosedMonth struct {
	Month  ledger.Month
	Closed time.Time `json:"-"` // when it was written down, by the registry's clock
	Series string
	First  int64         // the numbers of its invoices; 0 if nothing was posted
	Last   int64         // the same
	Lines  []InvoiceLine // of all invoices together, by type
}

// Count is how many invoices the month has.
func (m ClosedMonth) Count() int64 {
	if m.First == 0 {
		return 0
	}
	return m.Last - m.First + 1
}

// Total is the sum of its invoices.
func (m ClosedMonth) Total() (sum ledger.Money) {
	for _, l := range m.Lines {
		sum += l.Amount
	}
	return sum
}

// A MonthBalance is a registrar's balance at the first instant after a month.
type MonthBalance struct {
	Month   ledger.Month
	Party   ledger.Party
	Balance ledger.Money
}

// A ProposalState is what became of a Proposal.
type ProposalState string

// A proposal waits for the operator.
const (
	Proposed  ProposalState = "proposed"
	Confirmed ProposalState = "confirmed"
	Waived    ProposalState = "waived"
)

// A Proposal is a minimum new registration fee that a registrar would owe for a calendar year. Decisions 5.5.
type Proposal struct {
	Year      int
	Registrar RegistrarID
	Names     int64 // that it registered in the year, net of add-grace deletes
	Required  int64
	Months    int // whole calendar months since it was accredited, if that was in the year; else 0
	Amount    ledger.Money
	State     ProposalState
	Decided   Measure // zero while it waits
}

// A Place is where a list of ended charges goes on: after the one that ended then and has that id. The zero Place is
// before the first.
type Place struct {
	Ended time.Time `json:",omitzero"`
	ID    string    `json:",omitzero"`
}

// PlaceOf is where a list goes on after a charge.
func PlaceOf(c ledger.Charge) Place { return Place{c.Ended, c.ID} }

// A Books is what a Reader knows of ended charges, months and invoices. Spans of time are half-open.
type Books interface {
	// Posted returns up to limit charges of a party that were posted in a span, after a place, in order of when
	// they were and of id.
	Posted(party ledger.Party, span Times, after Place, limit int) ([]ledger.Charge, error)
	// PostedSums adds up the charges of a party that were posted in a span, by type.
	PostedSums(party ledger.Party, span Times) ([]InvoiceLine, error)
	// Undone returns up to limit registrations of a party that were credited in a span, before a place, the latest
	// first; from the last if the place is zero.
	Undone(party ledger.Party, span Times, before Place, limit int) ([]ledger.Charge, error)
	// CountUndone counts them.
	CountUndone(party ledger.Party, span Times) (int64, error)
	// CountEndedRegistrations counts the registrations of a party that were made in a span and whose charge has
	// ended; those that were credited in the span only with Undone. It stops at a number.
	CountEndedRegistrations(party ledger.Party, span Times, undone bool, most int64) (int64, error)
	// CountOpenRegistrations counts the registrations of each party that were made in a span and whose charge is
	// open.
	CountOpenRegistrations(span Times) (map[ledger.Party]int64, error)
	// NextMoney returns when something is next due that may post or credit a charge, the end of an emergency credit
	// among it; zero if nothing is.
	NextMoney() (time.Time, error)
	// FirstBooked returns the instant of the ledger's first entry; zero if there is none.
	FirstBooked() (time.Time, error)
	// PrepaidIn adds up what the entries of a party did to its prepaid account in a span, which has no end if To is zero.
	PrepaidIn(party ledger.Party, span Times) (ledger.Money, error)
	// BookedIn adds up what came to a party's prepaid account from another one in a span, such as from ledger.Bank, less
	// what went back there; charges and what was taken back of them are not in it.
	BookedIn(party ledger.Party, span Times, from ledger.Account) (ledger.Money, error)

	// LastMonth returns the month that was closed last.
	LastMonth() (ClosedMonth, bool, error)
	// FirstMonth returns the first month that was closed; empty if none was.
	FirstMonth() (ledger.Month, error)
	// Months returns up to limit closed months before one, the latest first; from the last if it is empty.
	Months(before ledger.Month, limit int) ([]ClosedMonth, error)
	// MonthBalance returns a registrar's balance at the end of a closed month.
	MonthBalance(party ledger.Party, m ledger.Month) (MonthBalance, bool, error)
	// Invoice returns an invoice by its number.
	Invoice(series string, number int64) (Invoice, bool, error)
	// LastInvoice returns the last number of a series; 0 if it has none.
	LastInvoice(series string) (int64, error)
	// Invoices returns up to limit invoices that a filter selects, in order of month and number.
	Invoices(f InvoiceFilter, limit int) ([]Invoice, error)
	// InvoiceSeries returns of each series how many invoices it has, and its first and last numbers.
	InvoiceSeries() ([]SeriesCount, error)
	// Proposals returns the proposals of a year, of all if it is 0, in order of year and registrar.
	Proposals(year int) ([]Proposal, error)
}

// A Times is a half-open span of time.
type Times struct{ From, To time.Time }

// TimesOf is the span of a month.
func TimesOf(m ledger.Month) Times { return Times{m.From(), m.Until()} }

// An InvoiceFilter selects invoices.
type InvoiceFilter struct {
	Registrar RegistrarID  // empty: of all
	Month     ledger.Month // empty: of all
	After     InvoicePlace
}

// An InvoicePlace is where a list of invoices goes on: after the one of that month and number.
type InvoicePlace struct {
	Month  ledger.Month
	Number int64
}

// A SeriesCount is what there is of a series of numbers.
type SeriesCount struct {
	Series             string
	Count, First, Last int64
}
