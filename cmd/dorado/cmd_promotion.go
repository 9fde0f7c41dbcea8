package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) promotionCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "promotion",
		Short: "make something cheaper for a time",
		Long: `The operator's commands for promotions. A promotion is a percentage off, or a price instead, for some operations, and
where that is said, only in some zones, for some registrars, numbers of years, and so many uses of each registrar. It
counts at the moment of a command; of several that could, the one counts that leaves the least to pay. In a create it is
about the first year. Names stay of the class standard, and renewals that happen by themselves have no promotions.`,
	})
	cmd.AddCommand(p.promotionAdd(), p.promotionList(), p.promotionShow(), p.promotionEnd())
	return cmd
}

func (p *program) promotionAdd() *cobra.Command {
	var dir string
	var line promotionLine
	cmd := &cobra.Command{
		Use:   "add ID --reason TEXT",
		Short: "make a promotion",
		Example: `  dorado promotion add spring --percent 50 --for create --from 2027-03-01 \
      --until 2027-04-01 --reason "spring of 2027" --dir DIR
  dorado promotion add welcome --price 5.00 --for create --registrar H1002 \
      --uses 1 --reason "a gift"
  dorado promotion add move-in --percent 20 --for transfer --zone com.co \
      --fee-required --reason "campaign 7"`,
		Args: oneArgument("an id for it, such as spring-2027"),
		RunE: func(cmd *cobra.Command, args []string) error {
			line.ID, line.Author = args[0], author(line.Author)
			if (line.Percent != 0) == (line.Price != "") {
				return errors.New("give --percent, or --price for one year")
			}
			var done promotionLine
			if err := call(cmd.Context(), dir, http.MethodPost, "/promotions", line, &done); err != nil {
				return err
			}
			return p.tellPromotions([]promotionLine{done})
		},
	}
	actFlags(cmd, &dir, &line.actRequest, true)
	f := cmd.Flags()
	f.IntVar(&line.Percent, "percent", 0, "how much off, 1 to 100")
	f.StringVar(&line.Price, "price", "", "what one year costs instead, such as 5.00; never more than without")
	f.StringSliceVar(&line.Operations, "for", nil, "what becomes cheaper: create, renew, transfer, restore")
	f.StringSliceVar(&line.Zones, "zone", nil, "only names in these zones")
	f.StringSliceVar(&line.Registrars, "registrar", nil, "only these registrars")
	f.IntSliceVar(&line.Years, "years", nil, "only commands for so many years")
	f.IntVar(&line.Uses, "uses", 0, "how often each registrar gets it; without limit if not given")
	f.BoolVar(&line.Premium, "premium", false, "premium names, too")
	f.BoolVar(&line.FeeRequired, "fee-required", false, "refuse a command that does not say the fee (2003)")
	f.StringVar(&line.From, "from", "", "from when: an instant (UTC) or a length of time such as 7d; now if not given")
	f.StringVar(&line.Until, "until", "", "until when: an instant (UTC) or a length of time; it has no end if not given")
	require(cmd, "for")
	return cmd
}

func (p *program) promotionList() *cobra.Command {
	var dir string
	var all, asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "list the promotions that have not ended",
		Example: "  dorado promotion list --dir DIR\n  dorado promotion list --all --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path := "/promotions"
			if all {
				path += "?all=1"
			}
			var lines []promotionLine
			if err := call(cmd.Context(), dir, http.MethodGet, path, nil, &lines); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(lines)
			}
			return p.tellPromotions(lines)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&all, "all", false, "those that have ended, too")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellPromotions(lines []promotionLine) error {
	if len(lines) == 0 {
		fmt.Fprintln(p.out, "There is no promotion.")
		return nil
	}
	rows := [][]string{{"PROMOTION", "STATE", "WHAT", "FROM", "UNTIL", "ONLY"}}
	for _, l := range lines {
		rows = append(rows, []string{l.ID, l.State, l.what(), readable(l.From), cmp.Or(readable(l.Until), "no end"), l.only()})
	}
	printWrapped(p.out, terminalWidth(p.out), rows)
	return nil
}

// what says in words what a promotion makes cheaper, and by how much.
func (l promotionLine) what() string {
	operations := strings.Join(l.Operations, ", ")
	return l.Reduction + ": " + strings.Replace(operations, "create", "create of the first year", 1)
}

// tellPromotion prints one promotion, line by line.
func (p *program) tellPromotion(l promotionLine) {
	rows := [][]string{
		{"promotion", l.ID},
		{"state", l.State},
		{"what", l.what()},
		{"from", readable(l.From)},
		{"until", cmp.Or(readable(l.Until), "no end")},
		{"only", cmp.Or(l.only(), "no limits")},
		{"made by", l.Author + ": " + l.Reason},
	}
	if l.EndedBy != "" {
		rows = append(rows, []string{"ended by", l.EndedBy + ": " + l.EndedFor})
	}
	for _, u := range l.Used {
		rows = append(rows, []string{"used by", u.Registrar + " at " + readable(u.At) + ": " + u.Charge})
	}
	printWrapped(p.out, p.pageWidth(), rows)
}

// only says in words what a promotion is limited to.
func (l promotionLine) only() string {
	var parts []string
	if len(l.Zones) > 0 {
		parts = append(parts, "in "+strings.Join(l.Zones, ", "))
	}
	if len(l.Registrars) > 0 {
		parts = append(parts, "for "+strings.Join(l.Registrars, ", "))
	}
	if len(l.Years) > 0 {
		last := len(l.Years) - 1
		texts := make([]string, len(l.Years))
		for i, n := range l.Years {
			texts[i] = strconv.Itoa(n)
		}
		texts[last] = years(l.Years[last])
		parts = append(parts, strings.Join(texts, ", "))
	}
	if l.Uses > 0 {
		parts = append(parts, fmt.Sprintf("%d× each registrar", l.Uses))
	}
	if l.FeeRequired {
		parts = append(parts, "fee required")
	}
	if l.Premium {
		parts = append(parts, "premium names too")
	}
	return strings.Join(parts, "; ")
}

func (p *program) promotionShow() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show ID",
		Short:   "show a promotion, and who has used it if its uses are limited",
		Example: "  dorado promotion show welcome --dir DIR",
		Args:    oneArgument("the id of the promotion"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var line promotionLine
			if err := call(cmd.Context(), dir, http.MethodGet, "/promotions/"+url.PathEscape(args[0]), nil, &line); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(line)
			}
			p.tellPromotion(line)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) promotionEnd() *cobra.Command {
	var dir string
	var q actRequest
	cmd := &cobra.Command{
		Use:     "end ID --reason TEXT",
		Short:   "end a promotion now",
		Example: `  dorado promotion end spring-2027 --reason "sold out" --dir DIR`,
		Args:    oneArgument("the id of the promotion"),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Author = author(q.Author)
			var line promotionLine
			if err := call(cmd.Context(), dir, http.MethodDelete, "/promotions/"+url.PathEscape(args[0]), q, &line); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "The promotion %s has ended. What was sold under it stays as it is.\n", line.ID)
			return nil
		},
	}
	actFlags(cmd, &dir, &q, true)
	return cmd
}
