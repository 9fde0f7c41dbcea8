package console

import (
	"io"
	"net/http"
	"strings"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// Papers make the files of money: the bytes are the same as those that the operator has of the same paper.
type Papers interface {
	// InvoicePDF writes an invoice, in the language that it was made in.
	InvoicePDF(w io.Writer, i registry.Invoice) error
	// InvoiceCSV writes the transactions of an invoice that each hands on one after the other.
	InvoiceCSV(w io.Writer, i registry.Invoice, each func(use func(flow.Transaction) error) error) error
	// ReceiptPDF writes the receipt of a deposit.
	ReceiptPDF(w io.Writer, r registry.Receipt) error
}

// A DepositText is what the operator tells registrars of how to pay in, in lines of plain text.
type DepositText struct{ English, Spanish string }

// in returns the text of a language, or else the other one, and how that is called in the language of pages.
func (d DepositText) in(language string) (text, written string) {
	english, spanish := strings.TrimSpace(d.English), strings.TrimSpace(d.Spanish)
	if language == inSpanish.language && spanish != "" || english == "" {
		return spanish, inSpanish.language
	}
	return english, inEnglish.language
}

// moneyRoutes are the pages of the account's money and of what names cost.
func (c *Console) moneyRoutes() []route {
	get := func(path string, handle func(*visit) error) route {
		return route{method: http.MethodGet, path: Path + path, area: policy.AreaMoney, handle: handle}
	}
	long := func(path string, handle func(*visit) error) route {
		r := get(path, handle)
		r.long = true
		return r
	}
	return []route{
		get("billing", c.billing),
		get("billing/statement", c.statement),
		long("billing/statement.csv", c.statementFile),
		get("billing/open", c.openCharges),
		get("billing/invoices", c.invoices),
		get("billing/invoices/{invoice}", c.invoice),
		long("billing/invoices/{invoice}/{file}", c.invoiceFile),
		get("billing/deposits", c.deposits),
		long("billing/deposits/{receipt}/receipt.pdf", c.receiptFile),
		get("billing/history", c.spending),
		get("prices", c.prices),
		get("prices/premium", c.premiumNames),
	}
}

// A billingPage is how an account stands.
type billingPage struct {
	flow.Outlook
	Coming   []chargeShown // the charges that post next
	Pictures []picture
}

// Rest is the balance when all that is set aside has been posted.
func (p billingPage) Rest() ledger.Money { return p.Funds.CurrentBalance() - p.SetAside() }

// billing shows how the account stands, why, and what comes next.
func (c *Console) billing(v *visit) error {
	reply, err := v.ask(flow.AccountOutlook{})
	if err != nil {
		return err
	}
	history, err := v.ask(flow.AccountHistory{})
	if err != nil {
		return err
	}
	page := billingPage{Outlook: reply.(flow.Outlook)}
	page.Coming = v.chargesShown(page.Next)
	page.Pictures = v.pictures(history.([]flow.AccountPeriod), false)
	return v.show("money_billing", page)
}

// currency is the one of all amounts.
func (c *Console) currency() string { return c.config.Service.Terms().Prices.Currency }

// typeName says what a charge is for.
func (v *visit) typeName(t ledger.Type) string {
	switch t {
	case ledger.Registration:
		return v.t("Registration")
	case ledger.Renewal:
		return v.t("Renewal")
	case ledger.AutoRenewal:
		return v.t("Automatic renewal")
	case ledger.Restore:
		return v.t("Restoring")
	case ledger.AddGraceLimit:
		return v.t("Deletes above the free limit")
	case ledger.Reinstatement:
		return v.t("Reinstatement fee")
	case ledger.MinimumRegistrations:
		return v.t("Fee for too few new names")
	}
	return string(t)
}

// A chargeShown is an open charge as pages show it.
type chargeShown struct {
	ledger.Charge
	What    string
	Decided bool // it posts at its PostsAt; otherwise when a transfer is answered
}

func (v *visit) chargesShown(list []ledger.Charge) []chargeShown {
	shown := make([]chargeShown, len(list))
	for i, charge := range list {
		shown[i] = chargeShown{charge, v.typeName(charge.Type), charge.PostsAt.Before(ledger.Undecided())}
	}
	return shown
}
