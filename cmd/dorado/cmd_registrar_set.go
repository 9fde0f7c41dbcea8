package main

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// registrarSet changes what is known of a registrar, where it is written to, and what it wants to be told is
// unavailable. Manual 6.8.
func (p *program) registrarSet() *cobra.Command {
	var dir string
	var q registrarSettings
	cmd := &cobra.Command{
		Use:   "set ID",
		Short: "change what is known of a registrar, and what it is told is unavailable",
		Long: `Set changes the settings of a registrar's account, which it reads at /json/settings. What is not named stays as
it is; "" takes away what a registrar need not have.`,
		Example: `  dorado registrar set R2001 --email tech@example.com --abuse "" --dir DIR
  dorado registrar set R2001 --street "Calle 7" --city Bogota --pc 110231
  dorado registrar set R2001 --premiums-are-unavailable --dir DIR
  dorado registrar set R2001 --idns-are-unavailable=false --dir DIR
  dorado registrar set R2001 --auto-renew-enabled=false --dir DIR
  dorado registrar set R2001 --contact-purge-enabled=false --dir DIR`,
		Args: registrarAndFlags,
	}
	actFlags(cmd, &dir, &q.actRequest, false)
	take := settingFlags(cmd.Flags(), &q)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		q.Author = author(q.Author)
		take()
		var d registrarDetails
		if err := call(cmd.Context(), dir, http.MethodPost, registrarPath(args[0], "/settings"), q, &d); err != nil {
			return err
		}
		p.tellAccount(d, p.pageWidth())
		return nil
	}
	return cmd
}

// settingFlags adds a flag for each setting. The function that it returns puts those that were given into q.
func settingFlags(f *pflag.FlagSet, q *registrarSettings) (take func()) {
	var settings []func()
	text := func(to **string, name, usage string) {
		value := f.String(name, "", usage)
		settings = append(settings, func() { *to = ifGiven(f.Changed(name), *value) })
	}
	flag := func(to **bool, name string, usual bool, usage string) {
		value := f.Bool(name, usual, usage)
		settings = append(settings, func() { *to = ifGiven(f.Changed(name), *value) })
	}
	text(&q.Name, "name", "name of the company")
	text(&q.TradingName, "trading-name", `name under which it trades; "" for none`)
	number := f.Int("iana-id", 0, "its IANA id; 0 for none")
	text(&q.Email, "email", "address for notices")
	text(&q.Voice, "voice", `telephone, such as +57.6015550100; "" for none`)
	text(&q.Fax, "fax", `fax, such as +57.6015550101; "" for none`)
	text(&q.Website, "website", `address of its web site; "" for none`)
	text(&q.Port43, "port43", `its own WHOIS server, such as whois.registrar.example; "" for none`)
	text(&q.RDAP, "rdap", `base address of its own RDAP server, such as https://rdap.registrar.example/; "" for none`)
	text(&q.Abuse, "abuse", `address for abuse reports, shown in WHOIS and RDAP; "" for none`)
	street := f.StringArray("street", nil, `line of its postal address; repeat for more, up to three; "" for none`)
	text(&q.City, "city", "city of its postal address")
	text(&q.Province, "sp", `province of its postal address; "" for none`)
	text(&q.Postcode, "pc", "postcode of its postal address")
	text(&q.Country, "cc", "country of its postal address, in two letters")
	text(&q.Billing, "billing", `address for what concerns money; "" for --email`)
	text(&q.Transfers, "transfers", `address for mails of transfers; "" for --email`)
	text(&q.Operator, "operator", `address for maintenance and name servers; "" for --email`)
	text(&q.Legal, "legal", `address for disputes; "" for --email`)
	text(&q.Language, "language", "language of mails: en or es")
	flag(&q.MailsOfTransfers, "email-notifications", false, "mails of all transfers, beside the messages in the queue")
	flag(&q.PremiumsUnavailable, "premiums-are-unavailable", false, "premium names are unavailable to it")
	flag(&q.ClaimsUnavailable, "claims-are-unavailable", false, "names that somebody claims are unavailable to it; there are none without a service of claims")
	flag(&q.IDNsUnavailable, "idns-are-unavailable", false, "internationalized names are unavailable to it")
	flag(&q.AutoRenew, "auto-renew-enabled", true, "its names renew themselves at their expiry, and are not deleted")
	flag(&q.ContactPurge, "contact-purge-enabled", true, "its contacts are purged that lost their last link")
	return func() {
		for _, set := range settings {
			set()
		}
		q.IANAID = ifGiven(f.Changed("iana-id"), *number)
		q.Street = ifGiven(f.Changed("street"), slices.DeleteFunc(append([]string{}, *street...), func(line string) bool { return line == "" }))
	}
}

func ifGiven[T any](given bool, value T) *T {
	if !given {
		return nil
	}
	return &value
}

// registrarAndFlags takes one argument. A second one is often the value of a flag that is on or off.
func registrarAndFlags(cmd *cobra.Command, args []string) error {
	if len(args) == 2 && (args[1] == "true" || args[1] == "false") {
		return fmt.Errorf("%s stands apart from its flag; write it with an equals sign, such as --premiums-are-unavailable=%s", args[1], args[1])
	}
	return oneArgument("the registrar's id, such as R2001")(cmd, args)
}

// tellAccount prints what is known of a registrar, without its limits and what it asked for.
func (p *program) tellAccount(d registrarDetails, width int) {
	queue := "on"
	if d.PollOff {
		queue = "off"
	}
	reached := "e-mail " + d.Email
	for _, also := range []struct{ what, text string }{
		{"telephone", d.Voice},
		{"fax", d.Fax},
		{"web site", d.Website},
		{"WHOIS at", d.Port43},
		{"RDAP at", d.RDAP},
		{"abuse reports to", d.Abuse},
		{"billing to", d.Billing},
		{"transfers to", d.Transfers},
		{"operator to", d.Operator},
		{"legal to", d.Legal},
	} {
		if also.text != "" {
			reached += ", " + also.what + " " + also.text
		}
	}
	called := d.Name
	if d.TradingName != "" {
		called += " (" + d.TradingName + ")"
	}
	if d.IANAID != 0 {
		called += ", IANA id " + strconv.Itoa(d.IANAID)
	}
	lines := []string{
		fmt.Sprintf("%s  %s: %s, balance %s %s, may spend %s %s, message queue %s", d.ID, called, d.State,
			d.Balance, d.Currency, d.Available, d.Currency, queue),
		d.Funds.String(),
		reached,
		fmt.Sprintf("mails in %s, email-notifications %t", d.Language, d.MailsOfTransfers),
		fmt.Sprintf("premiums-are-unavailable %t, idns-are-unavailable %t, claims-are-unavailable %t",
			d.PremiumsUnavailable, d.IDNsUnavailable, d.ClaimsUnavailable),
		fmt.Sprintf("auto-renew-enabled %t, contact-purge-enabled %t", d.AutoRenew, d.ContactPurge),
	}
	if len(d.Address) > 0 {
		lines = append(lines, "address "+strings.Join(d.Address, ", "))
	}
	if s := d.Suspension; s != nil {
		lines = append(lines, fmt.Sprintf("suspended at %s by %s: %s", showInstant(s.Since), s.Author, s.Reason))
	}
	for _, line := range lines {
		printWrapped(p.out, width, [][]string{{line}})
	}
}

// String writes the limits of funds, and how the account stands by them.
func (f fundsLine) String() string {
	text := "set aside " + f.SetAside + ", credit limit " + f.CreditLimit
	if !f.EmergencyUntil.IsZero() {
		text += ", emergency credit " + f.EmergencyCredit + " until " + showInstant(f.EmergencyUntil)
	}
	text += ", warned below " + f.CreditThreshold + ", on hold below " + f.MinimumBalance
	if !f.LowSince.IsZero() {
		text += ", low since " + showInstant(f.LowSince)
	}
	if !f.OnHoldSince.IsZero() {
		text += ", on hold since " + showInstant(f.OnHoldSince)
	}
	if f.HoldsOfYear > 0 {
		text += ", " + count(f.HoldsOfYear, "hold") + " this year"
	}
	return text
}
