package main

import (
	"errors"

	"github.com/spf13/cobra"
)

func (p *program) registrarDeposit() *cobra.Command {
	var dir string
	var q depositRequest
	cmd := &cobra.Command{
		Use:   "deposit ID AMOUNT REFERENCE",
		Short: "record money that a registrar paid in",
		Long: `Deposit records money that came in, in ` + currency + `, such as 1500.00. The bank's reference makes it unique: the same one
twice is refused, for whichever registrar. It counts from now on; the day on which the bank had it is noted. One that is larger than one person
records alone waits for a second one: dorado money pending.`,
		Example: "  dorado registrar deposit R2001 1500.00 BANK-2026-0042 --dir DIR",
		Args:    arguments("the registrar's id, the amount such as 1500.00, and the bank's reference", 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Author, q.Amount, q.Reference = author(q.Author), args[1], args[2]
			return p.act(cmd, dir, registrarPath(args[0], "/deposits"), q)
		},
	}
	actFlags(cmd, &dir, &q.actRequest, false)
	cmd.Flags().StringVar(&q.Value, "value-date", "", "the day on which the bank had it, such as 2027-01-31; today if left out")
	return cmd
}

func (p *program) registrarLimits() *cobra.Command {
	var dir, credit, emergency, threshold, minimum string
	var q fundsRequest
	cmd := &cobra.Command{
		Use:   "limits ID --reason TEXT",
		Short: "change how far a registrar may go below zero, and when it is warned",
		Long: `Limits changes what bounds the funds of a registrar, at once; a limit that is not named stays. Available credit is the
balance with the credit limit and the emergency credit, less what is set aside. Below the threshold the registrar gets a
mail; an account whose balance is below the minimum is on hold. The minimum balance is minus the credit limit, and goes
with it, unless it is set. Emergency credit lowers the minimum too, and lapses by itself at its end.`,
		Example: `  dorado registrar limits R2001 --credit-limit 500.00 --reason "contract of May"
  dorado registrar limits R2001 --emergency-credit 2000.00 --until 3d \
      --reason "their bank is closed"`,
		Args: oneArgument("the registrar's id, such as R2001"),
		RunE: func(cmd *cobra.Command, args []string) error {
			given := false
			for flag, limit := range map[string]struct {
				text *string
				to   **string
			}{
				"credit-limit": {&credit, &q.CreditLimit}, "emergency-credit": {&emergency, &q.EmergencyCredit},
				"credit-threshold": {&threshold, &q.CreditThreshold}, "minimum-balance": {&minimum, &q.MinimumBalance},
			} {
				if cmd.Flags().Changed(flag) {
					*limit.to, given = limit.text, true
				}
			}
			if !given {
				return errors.New("nothing is to be changed; give a limit, such as --credit-limit")
			}
			q.Author = author(q.Author)
			return p.act(cmd, dir, registrarPath(args[0], "/funds"), q)
		},
	}
	yesFlag(cmd, &q.Yes)
	actFlags(cmd, &dir, &q.actRequest, true)
	f := cmd.Flags()
	f.StringVar(&credit, "credit-limit", "", "how far it may go below zero, such as 500.00")
	f.StringVar(&emergency, "emergency-credit", "", "how much further until --until; 0 ends it now")
	f.StringVar(&q.Until, "until", "", "when the emergency credit ends: an instant, or a length of time such as 3d")
	f.StringVar(&threshold, "credit-threshold", "", "below this available credit it gets a mail")
	f.StringVar(&minimum, "minimum-balance", "", "below this balance it is on hold, such as -500.00; follow: minus the credit limit again")
	return cmd
}
