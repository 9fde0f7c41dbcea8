package main

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"example.org/dorado/core/registry"
)

func (p *program) moneyCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "money",
		Short: "correct what registrars have, and decide what takes two people",
		Long: `Whatever is done to the money of a registrar is an act with a number, an author and a reason. An act that is
about more than one person decides alone (moneyAlone in the profile) waits for a second one, who approves or rejects
it; until then nothing is booked. Nothing is ever changed: what was recorded wrong is reversed, and recorded anew.

Deposits and the limits of funds are recorded by dorado registrar deposit and dorado registrar limits.`,
	})
	cmd.AddCommand(
		p.moneyList(true), p.moneyList(false), p.moneyShow(), p.moneyDecide(true), p.moneyDecide(false),
		p.moneyAdjust("credit", "give a registrar an amount without money moving", "25.00"),
		p.moneyAdjust("debit", "take an amount from a registrar without money moving", "25.00"),
		p.moneyAdjust("write-off", "give up what a registrar owes and will not pay", "310.00"),
		p.moneyReverse(), p.moneyWaive(),
	)
	return cmd
}

func moneyPath(act, what string) string { return "/money/" + url.PathEscape(act) + what }

const longMoneyList = `The amount of an act is what it moves. That of other limits is by how much the one changes that changes most, of those
that let a registrar spend more or less: it decides whether the act takes two people. A reversal names the act that it
takes back.`

// moneyList is money pending, or money list.
func (p *program) moneyList(pending bool) *cobra.Command {
	var dir, registrar string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "list all acts on the money of registrars, the latest first",
		Long:    longMoneyList,
		Example: "  dorado money list --registrar R2001",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ask := url.Values{"registrar": {registrar}}
			if pending {
				ask.Set("pending", "")
			}
			var acts []moneyLine
			if err := call(cmd.Context(), dir, http.MethodGet, "/money?"+ask.Encode(), nil, &acts); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(acts)
			}
			p.tellActs(acts, pending)
			return nil
		},
	}
	if pending {
		cmd.Use, cmd.Short = "pending", "list the acts that wait for a second person"
		cmd.Example = "  dorado money pending"
	}
	dirFlag(cmd, &dir)
	cmd.Flags().StringVar(&registrar, "registrar", "", "only acts on this registrar")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellActs(acts []moneyLine, pending bool) {
	switch {
	case len(acts) == 0 && pending:
		fmt.Fprintln(p.out, "Nothing waits for a second person.")
		return
	case len(acts) == 0:
		fmt.Fprintln(p.out, "Nothing was done to the money of registrars yet.")
		return
	}
	rows := [][]string{{"ACT", "AT", "KIND", "AMOUNT " + currency, "STATE", "BY", "WHAT"}}
	for _, a := range acts {
		rows = append(rows, []string{a.ID, a.Asked.UTC().Format("2006-01-02 15:04Z"), a.Kind, a.Amount, a.stands(), a.Author, a.what()})
	}
	printWrapped(p.out, p.pageWidth(), rows)
}

// stands says how far an act has come.
func (l moneyLine) stands() string {
	if l.ReversedBy != "" {
		return l.State + ", reversed by " + l.ReversedBy
	}
	return l.State
}

// what says in words what an act is about.
func (l moneyLine) what() string {
	var parts []string
	if l.Reference != "" {
		parts = append(parts, l.Reference)
	}
	if l.Reverses != "" {
		parts = append(parts, "of "+cmp.Or(l.Of, l.Reverses))
	}
	if l.Limits != nil {
		parts = append(parts, l.Limits.String())
	}
	if l.Reason != "" {
		parts = append(parts, l.Reason)
	}
	return strings.Join(parts, "; ")
}

// String writes limits as they were asked for.
func (l limitsOfRequest) String() string {
	var parts []string
	add := func(what string, amount *string, more string) {
		if amount != nil {
			parts = append(parts, what+" "+*amount+more)
		}
	}
	until := ""
	if !l.EmergencyUntil.IsZero() {
		until = " until " + showInstant(l.EmergencyUntil)
	}
	add("credit limit", l.CreditLimit, "")
	add("emergency credit", l.EmergencyCredit, until)
	add("threshold", l.CreditThreshold, "")
	add("minimum balance", l.MinimumBalance, "")
	return strings.Join(parts, ", ")
}

func (p *program) moneyShow() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show ACT",
		Short:   "show an act: who did it and why, who agreed, what came of it",
		Example: "  dorado money show R2001-17",
		Args:    oneArgument("the number of an act, such as R2001-17"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var a moneyLine
			if err := call(cmd.Context(), dir, http.MethodGet, moneyPath(args[0], ""), nil, &a); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(a)
			}
			p.tellAct(a)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// tellAct prints all that is known of an act.
func (p *program) tellAct(a moneyLine) {
	rows := [][]string{
		{"act", a.ID},
		{"registrar", a.Registrar},
		{"kind", a.Kind},
		{"amount", a.Amount + " " + a.Currency},
		{"state", a.stands()},
		{"author", a.Author + ", " + showInstant(a.Asked)},
	}
	add := func(what, text string) {
		if text != "" {
			rows = append(rows, []string{what, text})
		}
	}
	add("reason", a.Reason)
	add("reference", a.Reference)
	add("value date", a.Value)
	add("reverses", cmp.Or(a.Of, a.Reverses))
	if a.Limits != nil {
		add("limits", a.Limits.String())
	}
	if a.State == "pending" || a.State == "lapsed" {
		add("lapses", showInstant(a.Until))
	}
	if s := a.Second; s != nil {
		add("second person", s.Author+", "+showInstant(s.Since)+": "+s.Reason)
	}
	add("entry", a.Entry)
	if a.Balance != "" {
		add("balance after it", a.Balance+" "+a.Currency)
	}
	printWrapped(p.out, p.pageWidth(), rows)
}

// moneyDecide is money approve, or money reject.
func (p *program) moneyDecide(approve bool) *cobra.Command {
	var dir string
	q := decisionRequest{Approve: approve}
	cmd := &cobra.Command{
		Use:   "approve ACT --reason TEXT",
		Short: "agree to an act that waits, as the second person",
		Long: `Whoever approves is another person than the author of the act. The act is done now, under the rules of now: it is
refused if what it would do is no longer possible, and goes on waiting.`,
		Example: `  dorado money approve R2001-17 --reason "seen on the bank's statement"`,
		Args:    oneArgument("the number of an act, such as R2001-17"),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Author = author(q.Author)
			return p.act(cmd, dir, moneyPath(args[0], "/decision"), q)
		},
	}
	if !approve {
		cmd.Use, cmd.Short = "reject ACT --reason TEXT", "end an act that waits"
		cmd.Long = "The second person ends an act that waits; its author may take it back himself. Nothing is booked."
		cmd.Example = `  dorado money reject R2001-17 --reason "no such payment"`
	}
	if approve {
		yesFlag(cmd, &q.Yes)
	}
	actFlags(cmd, &dir, &q.actRequest, true)
	return cmd
}

// act sends an act and says what came of it.
func (p *program) act(cmd *cobra.Command, dir, path string, request any) error {
	var done moneyAnswer
	if err := call(cmd.Context(), dir, http.MethodPost, path, request, &done); err != nil {
		return err
	}
	a, r := done.Act, done.Registrar
	switch a.State {
	case "pending":
		fmt.Fprintf(p.out, "Nothing is booked yet: %s %s is more than the %s %s that one person decides alone.\n%s waits until %s for a second person. For that one: dorado money approve %s --reason TEXT\n",
			a.Amount, currency, done.Alone, currency, a.ID, showInstant(a.Until), a.ID)
	case "rejected":
		fmt.Fprintf(p.out, "%s is rejected; nothing was booked.\n", a.ID)
	default:
		fmt.Fprintf(p.out, "Recorded as %s. %s now has a balance of %s %s and may spend %s %s.\n",
			a.ID, r.ID, r.Balance, r.Currency, r.Available, r.Currency)
		if a.After != nil {
			fmt.Fprintf(p.out, "Its limits are now: %s.\n", a.After)
		}
		p.tellTurn(done)
	}
	return nil
}

// tellTurn says what became of the account's hold by an act.
func (p *program) tellTurn(done moneyAnswer) {
	if r := done.Registrar; r.State != "active" {
		fmt.Fprintf(p.out, "It is %s.\n", r.State)
	}
	if done.Held {
		fmt.Fprintln(p.out, "This put the account on hold: it creates, renews, restores and asks for transfers no more.")
	}
	if done.Fee != "" {
		fmt.Fprintf(p.out, "It was charged a reinstatement fee of %s %s; dorado money waive takes it back.\n", done.Fee, currency)
	}
	if done.Released {
		fmt.Fprintln(p.out, "This released the account from its hold.")
	}
	if done.Missing != "" {
		fmt.Fprintf(p.out, "Until its release %s %s are missing.\n", done.Missing, currency)
	}
}

// moneyAdjust is money credit, money debit or money write-off.
func (p *program) moneyAdjust(kind, short, amount string) *cobra.Command {
	var dir string
	q := adjustmentRequest{Kind: kind}
	cmd := &cobra.Command{
		Use:     kind + " ID AMOUNT --reason TEXT",
		Short:   short,
		Example: fmt.Sprintf("  dorado money %s R2001 %s --reason \"case 2026-14\"", kind, amount),
		Args:    arguments("the registrar's id and the amount, such as "+amount, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Author, q.Amount = author(q.Author), args[1]
			return p.act(cmd, dir, registrarPath(args[0], "/adjustments"), q)
		},
	}
	if kind == string(registry.MoneyDebit) {
		yesFlag(cmd, &q.Yes)
	}
	actFlags(cmd, &dir, &q.actRequest, true)
	return cmd
}

func (p *program) moneyReverse() *cobra.Command {
	var dir string
	var q reversalRequest
	cmd := &cobra.Command{
		Use:   "reverse ACT --reason TEXT",
		Short: "take back what an act booked: the same amount the other way, once",
		Long: `Reverse takes back a deposit, credit, debit or write-off that was recorded for the wrong registrar or with the
wrong amount. Both stay in the books. The payment can then be recorded again with the same reference.`,
		Example: `  dorado money reverse R2001-17 --reason "it was R2002's"`,
		Args:    oneArgument("the number of an act, such as R2001-17, or the key of its entry"),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Author, q.Of = author(q.Author), args[0]
			return p.act(cmd, dir, "/reversals", q)
		},
	}
	yesFlag(cmd, &q.Yes)
	actFlags(cmd, &dir, &q.actRequest, true)
	return cmd
}

func (p *program) moneyWaive() *cobra.Command {
	var dir string
	var q waiverRequest
	cmd := &cobra.Command{
		Use:   "waive ID CHARGE --reason TEXT",
		Short: "take back the fee of a hold",
		Long: `Waive takes back the fee of a second or later hold of a year, as dorado registrar holds names it. If nothing else keeps
the account below its minimum, the hold ends at once. A fee for too few registrations that is only proposed is waived by
dorado billing waive.`,
		Example: `  dorado money waive R2001 R2001/hold/2027-2/Reinstatement \
      --reason "our bank's fault"`,
		Args: arguments("the registrar's id and the charge, as dorado registrar holds shows it", 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Author, q.Charge = author(q.Author), args[1]
			return p.act(cmd, dir, registrarPath(args[0], "/waivers"), q)
		},
	}
	actFlags(cmd, &dir, &q.actRequest, true)
	return cmd
}
