package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) registrarHolds() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "holds ID",
		Short: "list when a registrar's account was on hold, and the fees of that",
		Long: `An account whose balance is below its minimum is on hold until funds arrive. The second and every later hold of a
calendar year costs a fee, which dorado money waive takes back. A hold that began with another fee which was waived is
not counted.`,
		Example: "  dorado registrar holds R2001",
		Args:    oneArgument("the registrar's id, such as R2001"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var holds []holdLine
			if err := call(cmd.Context(), dir, http.MethodGet, registrarPath(args[0], "/holds"), nil, &holds); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(holds)
			}
			p.tellHolds(args[0], holds)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellHolds(id string, holds []holdLine) {
	if len(holds) == 0 {
		fmt.Fprintf(p.out, "%s was never on hold.\n", id)
		return
	}
	rows := [][]string{{"SINCE", "UNTIL", "HOLD", "FEE " + currency, "CHARGE OF THE FEE"}}
	for _, h := range holds {
		until, fee := "it goes on", h.Fee
		if !h.Until.IsZero() {
			until = showInstant(h.Until)
		}
		if h.Waived {
			fee += ", waived"
		}
		if h.Excused {
			fee += ", not counted"
		}
		rows = append(rows, []string{showInstant(h.Since), until, fmt.Sprintf("%d of %d", h.Number, h.Year), fee, h.Charge})
	}
	printWrapped(p.out, p.pageWidth(), rows)
}

func (p *program) registrarDeficiency() *cobra.Command {
	var dir string
	var preview, yes, asJSON bool
	var q deficientDeletion
	cmd := &cobra.Command{
		Use:   "deficiency ID",
		Short: "show the names that an account on hold owes for, or delete them",
		Long: `Deficiency shows what an account on hold lacks to reach its minimum, and the names that it belongs to: those whose
charges were posted last, until they cover it. Names that are gone, locked or another registrar's are passed over; names
that were deleted since the hold began count, so that none is deleted twice over. It ends with a digest, by which these
very names are deleted, as dorado domain delete does: they go into redemption, and can be restored. If anything has
changed since, nothing is deleted. The money stays owed.`,
		Example: `  dorado registrar deficiency R2001
  dorado registrar deficiency R2001 --delete 5f0c2f9a7be01d44 --yes \
      --reason "unpaid since May"`,
		Args: oneArgument("the registrar's id, such as R2001"),
		RunE: func(cmd *cobra.Command, args []string) error {
			method, path := http.MethodGet, registrarPath(args[0], "/deficiency")
			switch {
			case q.Digest != "" && preview:
				return errors.New("--preview deletes nothing; leave it out, or --delete")
			case q.Digest != "" && (!yes || q.Reason == ""):
				return errors.New("the names go into redemption, and nobody can use them until they are restored; say so with --yes, and why with --reason")
			case q.Digest != "":
				method, q.Author = http.MethodPost, author(q.Author)
			}
			var d deficiencyLine
			if err := call(cmd.Context(), dir, method, path, q, &d); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(d)
			}
			p.tellDeficiency(d, q.Digest != "")
			return nil
		},
	}
	actFlags(cmd, &dir, &q.actRequest, false)
	f := cmd.Flags()
	f.BoolVar(&preview, "preview", false, "only show, as without --delete")
	f.StringVar(&q.Digest, "delete", "", "delete the names that were shown with this digest")
	f.BoolVar(&yes, "yes", false, "really delete them")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellDeficiency(d deficiencyLine, deleted bool) {
	if len(d.Deleted) > 0 {
		fmt.Fprintf(p.out, "Deleted for this hold already, and counted:\n")
		p.printDeficient(d.Deleted)
		fmt.Fprintln(p.out)
	}
	if len(d.Names) == 0 {
		fmt.Fprintf(p.out, "%s has a balance of %s %s, its minimum is %s: there is nothing%s to delete.\n",
			d.Registrar, d.Balance, d.Currency, d.Minimum, map[bool]string{true: " more"}[len(d.Deleted) > 0])
		return
	}
	p.printDeficient(d.Names)
	if deleted {
		fmt.Fprintf(p.out, "\nDeleted %s; that credited %s %s. They can be restored until their redemption ends.\n",
			count(len(d.Names), "name"), d.Credited, d.Currency)
		return
	}
	fmt.Fprintf(p.out, "\n%s has a balance of %s %s and lacks %s; these names were charged %s.\n",
		d.Registrar, d.Balance, d.Currency, d.Lacks, d.Covered)
	if d.Short != "" {
		fmt.Fprintf(p.out, "These are all there are: no name covers the other %s %s.\n", d.Short, d.Currency)
	}
	fmt.Fprintf(p.out, "To delete them: dorado registrar deficiency %s --delete %s --yes --reason TEXT\n", d.Registrar, d.Digest)
}

// printDeficient prints names with what they were charged.
func (p *program) printDeficient(names []deficientNameLine) {
	rows := [][]string{{"NAME", "CHARGED " + currency, "FOR"}}
	for _, n := range names {
		what := make([]string, len(n.Charges))
		for i, c := range n.Charges {
			what[i] = c.Type + " posted " + showInstant(c.Posted)
		}
		rows = append(rows, []string{n.Name, n.Amount, strings.Join(what, ", ")})
	}
	printWrapped(p.out, p.pageWidth(), rows)
}

func (p *program) registrarReceipt() *cobra.Command {
	var dir, file, language string
	cmd := &cobra.Command{
		Use:   "receipt ACT",
		Short: "print the receipt of a deposit, as text or as PDF",
		Long: `The receipt of a deposit has the number of its act and is in the language of the registrar. The same one is the same,
byte for byte, at any time.`,
		Example: "  dorado registrar receipt R2001-17\n  dorado registrar receipt R2001-17 --pdf receipt.pdf --language es",
		Args:    oneArgument("the number of a deposit's act, such as R2001-17"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ask := url.Values{"language": {language}}
			var r receiptAnswer
			if err := call(cmd.Context(), dir, http.MethodGet, moneyPath(args[0], "/receipt?"+ask.Encode()), nil, &r); err != nil {
				return err
			}
			if file == "" {
				fmt.Fprint(p.out, r.Text)
				return nil
			}
			if err := os.WriteFile(file, r.PDF, 0o644); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "The receipt %s is in %s.\n", r.Number, file)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().StringVar(&file, "pdf", "", "write it as PDF into this file")
	cmd.Flags().StringVar(&language, "language", "", "en or es; the registrar's if left out")
	return cmd
}
