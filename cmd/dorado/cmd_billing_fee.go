package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"example.org/dorado/core/registry"
)

func (p *program) billingProposals() *cobra.Command {
	var dir string
	var year int
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "proposals",
		Short:   "list the fees for too few new names that were proposed at the ends of years",
		Example: "  dorado billing proposals --year 2026",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var list []proposalLine
			ask := url.Values{"year": {strconv.Itoa(year)}}
			if err := call(cmd.Context(), dir, http.MethodGet, "/billing/proposals?"+ask.Encode(), nil, &list); err != nil {
				return err
			}
			switch {
			case asJSON:
				return p.printJSON(list)
			case len(list) == 0:
				fmt.Fprintln(p.out, "No fee was proposed.")
				return nil
			}
			rows := [][]string{{"YEAR", "REGISTRAR", "NAMES", "REQUIRED", "AMOUNT", "STATE", "BY", "REASON"}}
			for _, f := range list {
				rows = append(rows, []string{
					strconv.Itoa(f.Year), string(f.Registrar), strconv.FormatInt(f.Names, 10), requiredNames(f.Proposal), f.Amount.String() + " " + f.Currency,
					string(f.State), f.Decided.Author, f.Decided.Reason,
				})
			}
			printFigures(p.out, rows, 2, 4)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().IntVar(&year, "year", 0, "only of this year")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// requiredNames says what they are for, in the year of the accreditation.
func requiredNames(f registry.Proposal) string {
	text := strconv.FormatInt(f.Required, 10)
	if f.Months > 0 {
		text += " in " + count(f.Months, "month")
	}
	return text
}

// billingDecide confirms a fee or waives it.
func (p *program) billingDecide(waive bool) *cobra.Command {
	var dir string
	q := proposalRequest{Waive: waive}
	cmd := &cobra.Command{
		Use:     "confirm ID --year YEAR --reason TEXT",
		Short:   "charge a registrar a fee that was proposed",
		Long:    "The fee is taken from the balance at once, and stands on the invoice of this month.",
		Example: `  dorado billing confirm H1001 --year 2026 --reason "as agreed"`,
		Args:    oneArgument("the registrar's id, such as H1001"),
	}
	if waive {
		cmd.Use, cmd.Short = "waive ID --year YEAR --reason TEXT", "waive a fee that was proposed"
		cmd.Long = "The fee is not charged. The fee of a hold, which is charged already, is taken back by dorado money waive."
		cmd.Example = `  dorado billing waive H1001 --year 2026 --reason "it came in June"`
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		q.Author = author(q.Author)
		var f registry.Proposal
		if err := call(cmd.Context(), dir, http.MethodPost, "/billing/proposals/"+url.PathEscape(args[0]), q, &f); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%s for %d: the fee of %s is %s.\n", f.Registrar, f.Year, f.Amount, f.State)
		return nil
	}
	if !waive {
		yesFlag(cmd, &q.Yes)
	}
	actFlags(cmd, &dir, &q.actRequest, true)
	cmd.Flags().IntVar(&q.Year, "year", 0, "of which year")
	require(cmd, "year")
	return cmd
}
