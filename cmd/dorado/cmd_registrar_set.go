package main

import (
	"fmt"
	"net/http"

	"github.com/spf13/cobra"
)

// registrarSet changes what is known of a registrar, where it is written to, and what it wants to be told is
// unavailable. Manual 6.8.
func (p *program) registrarSet() *cobra.Command {
	var dir string
	var q registrarSettings
	var name, email, voice, website, abuse string
	var billing, transfers, operator, legal, language string
	var premiums, idns, mails, autoRenew, contactPurge bool
	cmd := &cobra.Command{
		Use:   "set ID",
		Short: "change what is known of a registrar, and what it is told is unavailable",
		Example: `  dorado registrar set R2001 --email tech@example.com --abuse "" --dir DIR
  dorado registrar set R2001 --premiums-are-unavailable --dir DIR
  dorado registrar set R2001 --idns-are-unavailable=false --dir DIR
  dorado registrar set R2001 --auto-renew-enabled=false --dir DIR
  dorado registrar set R2001 --contact-purge-enabled=false --dir DIR`,
		Args: registrarAndFlags,
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Author = author(q.Author)
			given := cmd.Flags().Changed
			q.Name, q.Email, q.Voice = ifGiven(given("name"), name), ifGiven(given("email"), email), ifGiven(given("voice"), voice)
			q.Website, q.Abuse = ifGiven(given("website"), website), ifGiven(given("abuse"), abuse)
			q.Billing, q.Transfers = ifGiven(given("billing"), billing), ifGiven(given("transfers"), transfers)
			q.Operator, q.Legal = ifGiven(given("operator"), operator), ifGiven(given("legal"), legal)
			q.Language, q.MailsOfTransfers = ifGiven(given("language"), language), ifGiven(given("email-notifications"), mails)
			q.PremiumsUnavailable = ifGiven(given("premiums-are-unavailable"), premiums)
			q.IDNsUnavailable = ifGiven(given("idns-are-unavailable"), idns)
			q.AutoRenew = ifGiven(given("auto-renew-enabled"), autoRenew)
			q.ContactPurge = ifGiven(given("contact-purge-enabled"), contactPurge)
			var d registrarDetails
			if err := call(cmd.Context(), dir, http.MethodPost, registrarPath(args[0], "/settings"), q, &d); err != nil {
				return err
			}
			p.tellAccount(d, p.pageWidth())
			return nil
		},
	}
	actFlags(cmd, &dir, &q.actRequest, false)
	f := cmd.Flags()
	f.StringVar(&name, "name", "", "name of the company")
	f.StringVar(&email, "email", "", "address for notices")
	f.StringVar(&voice, "voice", "", `telephone, such as +57.6015550100; "" for none`)
	f.StringVar(&website, "website", "", `address of its web site; "" for none`)
	f.StringVar(&abuse, "abuse", "", `address for abuse reports, shown in WHOIS and RDAP; "" for none`)
	f.StringVar(&billing, "billing", "", `address for what concerns money; "" for --email`)
	f.StringVar(&transfers, "transfers", "", `address for mails of transfers; "" for --email`)
	f.StringVar(&operator, "operator", "", `address for maintenance and name servers; "" for --email`)
	f.StringVar(&legal, "legal", "", `address for disputes; "" for --email`)
	f.StringVar(&language, "language", "", "language of mails: en or es")
	f.BoolVar(&mails, "email-notifications", false, "mails of all transfers, beside the messages in the queue")
	f.BoolVar(&premiums, "premiums-are-unavailable", false, "premium names are unavailable to it")
	f.BoolVar(&idns, "idns-are-unavailable", false, "internationalized names are unavailable to it")
	f.BoolVar(&autoRenew, "auto-renew-enabled", true, "its names renew themselves at their expiry, and are not deleted")
	f.BoolVar(&contactPurge, "contact-purge-enabled", true, "its contacts are purged that lost their last link")
	return cmd
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
		{"web site", d.Website},
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
	lines := []string{
		fmt.Sprintf("%s  %s: %s, balance %s %s, may spend %s %s, message queue %s", d.ID, d.Name, d.State,
			d.Balance, d.Currency, d.Available, d.Currency, queue),
		reached,
		fmt.Sprintf("mails in %s, email-notifications %t", d.Language, d.MailsOfTransfers),
		fmt.Sprintf("premiums-are-unavailable %t, idns-are-unavailable %t", d.PremiumsUnavailable, d.IDNsUnavailable),
		fmt.Sprintf("auto-renew-enabled %t, contact-purge-enabled %t", d.AutoRenew, d.ContactPurge),
	}
	if s := d.Suspension; s != nil {
		lines = append(lines, fmt.Sprintf("suspended at %s by %s: %s", showInstant(s.Since), s.Author, s.Reason))
	}
	for _, line := range lines {
		printWrapped(p.out, width, [][]string{{line}})
	}
}
