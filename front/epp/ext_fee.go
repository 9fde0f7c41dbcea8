package epp

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// fee-1.0. RFC 8748, manual 9.12.4 and 12, decisions 4.9. Balances are not told in it: the manual's
// samples have none, and a registrar has a better place to look.

var extFee = extension{
	uri: nsFee,
	read: map[string]func(*decoder, *strictxml.Element){
		"check":    (*decoder).feeCheck,
		"create":   (*decoder).feeCreate,
		"renew":    (*decoder).feeRenew,
		"transfer": (*decoder).feeTransfer,
		"update":   (*decoder).feeUpdate,
	},
	write: (*appendix).fees,
}

// feeCheck reads <fee:check>. RFC 8748 section 5.1.1.
func (d *decoder) feeCheck(x *strictxml.Element) {
	q := &flow.FeeQuestion{Currency: strictxml.Take(x.Opt("currency"), currency)}
	for c := range x.Many("command", 1, strictxml.Unbounded) {
		q.Commands = append(q.Commands, feeCommand(c))
	}
	extendQuery(d, x, "a check of domains", func(cmd *flow.DomainCheck) { cmd.Fees = q })
}

// feeCommand reads commandType.
func feeCommand(x *strictxml.Element) flow.FeeCommand {
	c := flow.FeeCommand{
		Name:     strictxml.NeedAttr(x, "name", feeCommandName),
		Custom:   strictxml.Attr(x, "customName", strictxml.Token, ""),
		Phase:    strictxml.Attr(x, "phase", strictxml.Token, ""),
		Subphase: strictxml.Attr(x, "subphase", strictxml.Token, ""),
	}
	if period := x.Opt("period"); period != nil {
		c.Months = strictxml.NeedAttr(period, "unit", periodUnit) == "m"
		c.Years = strictxml.Take(period, limit99)
	}
	return c
}

// feeCommandName is commandEnum.
func feeCommandName(s string) (string, error) {
	return strictxml.TokenOf(s, "create", "delete", "renew", "update", "transfer", "restore", "custom")
}

// feeCreate reads <fee:create>. RFC 8748 section 5.2.1.
func (d *decoder) feeCreate(x *strictxml.Element) {
	said := feeSaid(x)
	extend(d, x, "a create of a domain", func(cmd *flow.DomainCreate) { cmd.Fee = said })
}

// feeRenew reads <fee:renew>. RFC 8748 section 5.2.3.
func (d *decoder) feeRenew(x *strictxml.Element) {
	said := feeSaid(x)
	extend(d, x, "a renew of a domain", func(cmd *flow.DomainRenew) { cmd.Fee = said })
}

// feeTransfer reads <fee:transfer>. RFC 8748 section 5.2.4.
func (d *decoder) feeTransfer(x *strictxml.Element) {
	said := feeSaid(x)
	extend(d, x, "the request of a transfer of a domain", func(cmd *flow.DomainTransfer) { cmd.Fee = said })
}

// feeUpdate reads <fee:update>, beside a restore before or behind it. RFC 8748 section 5.2.5.
func (d *decoder) feeUpdate(x *strictxml.Element) {
	said := feeSaid(x)
	switch cmd := d.req.command.(type) {
	case flow.DomainUpdate:
		cmd.Fee = said
		d.req.command = cmd
	case flow.DomainRestore:
		cmd.Update.Fee = said
		d.req.command = cmd
	default:
		goesWith(x, "an update of a domain")
	}
}

// feeSaid reads transformCommandType. What the fees are for does not matter: they are summed.
func feeSaid(x *strictxml.Element) flow.FeeSaid {
	said := flow.FeeSaid{Given: true, Currency: strictxml.Take(x.Opt("currency"), currency)}
	several := false
	for f := range x.Many("fee", 1, strictxml.Unbounded) {
		describedAmount(f)
		strictxml.Attr(f, "refundable", strictxml.Boolean, false)
		strictxml.Attr(f, "grace-period", strictxml.Duration, strictxml.Span{})
		strictxml.Attr(f, "applied", feeApplied, "")
		several = said.Text != ""
		addAmount(&said, strictxml.Take(f, amount))
	}
	for c := range x.Many("credit", 0, strictxml.Unbounded) {
		describedAmount(c)
		several = true
		addAmount(&said, strictxml.Take(c, creditAmount))
	}
	if several && !said.Inexact {
		said.Text = said.Total.String()
	}
	return said
}

// describedAmount reads what fees and credits have in common. It is for people.
func describedAmount(x *strictxml.Element) {
	strictxml.Attr(x, "description", strictxml.String, "")
	strictxml.Attr(x, "lang", strictxml.Language, "")
}

// A written is an amount and how it was written.
type written struct {
	dec  strictxml.Dec
	text string
}

// addAmount adds an amount to what a command says that it costs.
func addAmount(said *flow.FeeSaid, w written) {
	said.Text = w.text
	cents, exact := inCents(w.dec)
	said.Inexact = said.Inexact || !exact
	said.Total += cents
}

// maxFeeDigits keeps the sum of all amounts that a frame has room for inside an int64.
const maxFeeDigits = 12

// inCents returns an amount in cents, and whether it is a whole number of them, and not absurd.
func inCents(d strictxml.Dec) (ledger.Money, bool) {
	digits := d.Digits
	for i := d.Scale; i < 2; i++ {
		digits += "0"
	}
	beyond := max(0, min(d.Scale-2, len(digits)))
	kept, cut := digits[:len(digits)-beyond], digits[len(digits)-beyond:]
	if len(kept) > maxFeeDigits || strings.Trim(cut, "0") != "" {
		return 0, false
	}
	var cents ledger.Money
	for _, digit := range []byte(kept) {
		cents = 10*cents + ledger.Money(digit-'0')
	}
	if d.Negative {
		cents = -cents
	}
	return cents, true
}

// amount is nonNegativeDecimal.
func amount(s string) (written, error) {
	d, err := strictxml.Decimal(s)
	if err == nil && d.Negative {
		err = errors.New("it must not be negative")
	}
	return written{d, strings.TrimSpace(s)}, err
}

// creditAmount is negativeDecimal, which may be zero.
func creditAmount(s string) (written, error) {
	d, err := strictxml.Decimal(s)
	if err == nil && !d.Negative && d.Digits != "" {
		err = errors.New("it must not be positive")
	}
	return written{d, strings.TrimSpace(s)}, err
}

// feeApplied is the type of the attribute applied of feeType.
func feeApplied(s string) (string, error) { return strictxml.TokenOf(s, "immediate", "delayed") }

var threeCapitals = regexp.MustCompile(`^[A-Z]{3}$`)

// currency is currencyType.
func currency(s string) (string, error) {
	if !threeCapitals.MatchString(s) {
		return "", errors.New("it must be three capital letters such as USD")
	}
	return s, nil
}

// fees writes what an answer says of money.
func (w *appendix) fees(a answer) {
	switch r := a.reply.(type) {
	case []flow.Checked:
		w.feesChecked(r)
	case flow.DomainCreated:
		w.feesCharged("creData", r.Charged, []string{"Registration fee", "Renewal fee"})
	case flow.DomainRenewed:
		w.feesCharged("renData", r.Charged, nil)
	case flow.TransferTold:
		w.feesBare("trnData", r.Charged)
	case flow.DomainRestored:
		w.feesBare("updData", r.Charged)
	case flow.DomainDeleted:
		if r.Credited != 0 {
			w.object("fee", nsFee, "delData")
			w.Element("fee:currency", r.Currency)
			w.Element("fee:credit", (-r.Credited).String())
			w.End()
		}
	}
}

// feesCharged writes what a command has cost. RFC 8748 section 5.2, manual 12.3.
func (w *appendix) feesCharged(local string, q policy.Quote, descriptions []string) {
	if len(q.Fees) == 0 {
		return
	}
	w.object("fee", nsFee, local)
	w.Element("fee:currency", q.Currency)
	for i, f := range q.Fees {
		description := ""
		if i < len(descriptions) {
			description = descriptions[i]
		}
		w.feeElement(f, description)
	}
	w.End()
}

// feesBare writes what a transfer or a restore costs, as the samples have it: amounts alone. Manual 12.3.5,
// 12.3.6.
func (w *appendix) feesBare(local string, q policy.Quote) {
	if len(q.Fees) == 0 {
		return
	}
	w.object("fee", nsFee, local)
	w.Element("fee:currency", q.Currency)
	for _, f := range q.Fees {
		w.Element("fee:fee", f.Amount.String())
	}
	w.End()
}

// feeElement writes <fee:fee>. One that is refunded within a grace period says how long that is. RFC 8748
// section 3.4.
func (w *appendix) feeElement(f policy.Fee, description string) {
	w.Start("fee:fee")
	if description != "" {
		w.Attr("description", description)
	}
	w.Attr("refundable", zeroOne(f.Grace > 0))
	if f.Grace > 0 {
		w.Attr("grace-period", "P"+strconv.Itoa(int(f.Grace))+"D")
	}
	w.Text(f.Amount.String())
	w.End()
}

// feesChecked writes <fee:chkData>. RFC 8748 section 5.1.1, manual 12.3.1.
func (w *appendix) feesChecked(list []flow.Checked) {
	if len(list) == 0 || list[0].Fees == nil {
		return
	}
	w.object("fee", nsFee, "chkData")
	w.Element("fee:currency", list[0].Fees.Currency)
	for _, c := range list {
		w.Start("fee:cd")
		w.Attr("avail", zeroOne(c.Fees.IsPriced()))
		w.Element("fee:objID", c.Object)
		if c.Fees.Reason == "" {
			w.Element("fee:class", feeClass(c.Fees.Premium))
		}
		for _, command := range c.Fees.Commands {
			w.feeOfCommand(command, c.Fees.Premium)
		}
		if c.Fees.Reason != "" {
			w.Element("fee:reason", shorten(c.Fees.Reason, maxSentence))
		}
		w.End()
	}
	w.End()
}

// feeClass is the class of a name. RFC 8748 section 3.7, manual 9.12.4.
func feeClass(premium bool) string {
	if premium {
		return "premium"
	}
	return "standard"
}

// feeOfCommand writes commandDataType. A restore has no period.
func (w *appendix) feeOfCommand(c flow.FeeOfCommand, premium bool) {
	w.Start("fee:command")
	w.Attr("name", c.Name)
	if c.Custom != "" {
		w.Attr("customName", c.Custom)
	}
	if c.Phase != "" {
		w.Attr("phase", c.Phase)
	}
	w.Attr("standard", zeroOne(!premium && c.Reason == ""))
	w.feePeriod(c)
	for _, f := range c.Quote.Fees {
		w.feeElement(f, feeDescription(f.Type, premium))
	}
	if c.Reason != "" {
		w.Element("fee:reason", shorten(c.Reason, maxSentence))
	}
	w.End()
}

// feePeriod writes <fee:period> of the commands that have one.
func (w *appendix) feePeriod(c flow.FeeOfCommand) {
	switch c.Name {
	case "create", "renew", "transfer":
	default:
		return
	}
	unit := "y"
	if c.Months {
		unit = "m"
	}
	w.Start("fee:period")
	w.Attr("unit", unit)
	w.Text(strconv.Itoa(max(c.Years, 1)))
	w.End()
}

// feeDescription is what a check calls a fee. Manual 9.12.4.
func feeDescription(t ledger.Type, premium bool) string {
	description := string(t) + " Fee"
	if premium && t != ledger.Restore {
		return "Premium " + description
	}
	return description
}
