package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func (p *program) priceCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "price",
		Short: "set what names cost that are not sold at the standard prices",
		Long: `The operator's commands for premium names. A name has a tier, or prices of its own, or both: its own come
before those of the tier. A price holds from its instant on, and never changes what was charged before. A price list
has the prices of all names: what is not in it is sold at the standard prices from its begin, until a price is set for
a name alone or the next list begins.`,
	})
	cmd.AddCommand(p.priceSet(), p.priceShow(), p.priceList(), p.priceImport(), p.priceLists(), p.priceListShow(), p.priceDrop())
	return cmd
}

func (p *program) priceSet() *cobra.Command {
	var dir string
	var by actRequest
	var line priceLine
	var standard bool
	cmd := &cobra.Command{
		Use:   "set NAME",
		Short: "make a name premium, or standard again",
		Example: `  dorado price set oro.co --tier 5 --dir DIR
  dorado price set plata.co --tier 5 --renew 200.00 --from 2027-06-01
  dorado price set oro.co --standard --dir DIR`,
		Args: oneArgument("the name, such as oro.co"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if line.Name, err = p.aLabels(args[0]); err != nil {
				return err
			}
			if priced := line.Tier != 0 || line.Create+line.Renew+line.Transfer+line.Restore != ""; priced == standard {
				return errors.New("give --tier, or prices of its own with --create, --renew, --transfer and --restore; or --standard")
			}
			by.Author = author(by.Author)
			if err := p.setPrices(cmd.Context(), dir, by, []priceLine{line}); err != nil {
				return err
			}
			return p.showPrice(cmd.Context(), dir, line.Name)
		},
	}
	actFlags(cmd, &dir, &by, false)
	f := cmd.Flags()
	f.IntVar(&line.Tier, "tier", 0, "tier of its prices; 1 is the first")
	f.StringVar(&line.Create, "create", "", "price of its own of the first year, such as 500.00")
	f.StringVar(&line.Renew, "renew", "", "price of its own of every further year, and of a transfer without one")
	f.StringVar(&line.Transfer, "transfer", "", "price of its own of a year by transfer")
	f.StringVar(&line.Restore, "restore", "", "price of its own of a restore")
	f.StringVar(&line.From, "from", "", "from when it holds: an instant (UTC) or a length of time such as 7d; now if not given")
	f.BoolVar(&standard, "standard", false, "sell the name at the standard prices again")
	return cmd
}

// mostAtOnce is how many names one request settles something about.
const mostAtOnce = 1000

func (p *program) setPrices(ctx context.Context, dir string, by actRequest, lines []priceLine) error {
	return inParts(lines, func(part []priceLine) error {
		var done settledCount
		return call(ctx, dir, http.MethodPost, "/prices", settlement[priceLine]{by, part}, &done)
	})
}

// inParts sends a list part by part, and says how far it came where that ends early.
func inParts[T any](list []T, send func([]T) error) error {
	for from := 0; from < len(list); from += mostAtOnce {
		if err := send(list[from:min(from+mostAtOnce, len(list))]); err != nil {
			if from > 0 {
				return fmt.Errorf("the first %s are done: %w", count(from, "name"), err)
			}
			return err
		}
	}
	return nil
}

func (p *program) priceShow() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "show NAME",
		Short:   "tell what a name costs, and why",
		Example: "  dorado price show oro.co --dir DIR",
		Args:    oneArgument("the name, such as oro.co"),
		RunE:    func(cmd *cobra.Command, args []string) error { return p.showPrice(cmd.Context(), dir, args[0]) },
	}
	dirFlag(cmd, &dir)
	return cmd
}

func (p *program) showPrice(ctx context.Context, dir, name string) error {
	name, err := p.aLabels(name)
	if err != nil {
		return err
	}
	var line offerLine
	if err := call(ctx, dir, http.MethodGet, "/offers/"+url.PathEscape(name), nil, &line); err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	for _, c := range line.Costs {
		fmt.Fprintf(w, "%s\t%s\t%s %s\n", line.Name, c.Operation, c.Amount, c.Currency)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if line.NotForSale != "" {
		fmt.Fprintf(p.out, "%s is not for sale: %s.\n", line.Name, line.NotForSale)
	}
	for _, price := range line.Prices {
		until, list := "", ""
		if price.Until != "" {
			until = " until " + readable(price.Until)
		}
		if price.List > 0 {
			list = fmt.Sprintf(" (list %d)", price.List)
		}
		fmt.Fprintf(p.out, "From %s%s: %s%s.\n", readable(price.From), until, tellPrice(price), list)
	}
	if len(line.Prices) == 0 {
		fmt.Fprintln(p.out, "These are the standard prices.")
	}
	return nil
}

// tellPrice says in words what an entry sets.
func tellPrice(l priceLine) string {
	var parts []string
	if l.Tier > 0 {
		parts = append(parts, "tier "+strconv.Itoa(l.Tier))
	}
	for _, own := range []struct{ what, amount string }{{"create", l.Create}, {"renew", l.Renew}, {"transfer", l.Transfer}, {"restore", l.Restore}} {
		if own.amount != "" {
			parts = append(parts, own.what+" "+own.amount+" "+currency)
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "the standard prices")
}

func (p *program) priceList() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "list the names for which a price was set alone, now or later",
		Example: "  dorado price list --dir DIR\n  dorado price list --json --dir DIR",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			offers, err := p.offers(cmd.Context(), dir)
			if err != nil {
				return err
			}
			lines := []priceLine{}
			for _, o := range offers {
				lines = append(lines, o.Prices...)
			}
			if asJSON {
				return p.printJSON(lines)
			}
			var lists []priceListLine
			if err := call(cmd.Context(), dir, http.MethodGet, "/pricelists", nil, &lists); err != nil {
				return err
			}
			return p.tellPrices(lines, lists)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellPrices(lines []priceLine, lists []priceListLine) error {
	if len(lines) == 0 {
		fmt.Fprintln(p.out, "No name has a price that was set for it alone.")
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tFROM\tPRICE")
	for _, l := range lines {
		fmt.Fprintf(w, "%s\t%s\t%s\n", l.Name, readable(l.From), tellPrice(l)+replacedBy(l, lists))
	}
	return w.Flush()
}

// replacedBy says which price list has begun since a price was set, or will begin; a list has the prices of all names.
func replacedBy(l priceLine, lists []priceListLine) string {
	var next priceListLine
	for _, o := range lists {
		if effective := o.State == "past" || o.State == "in force" || o.State == "coming"; effective && o.From > l.From && (next.ID == 0 || o.From < next.From) {
			next = o
		}
	}
	switch {
	case next.ID == 0:
		return ""
	case next.State == "coming":
		return fmt.Sprintf(" (until list %d, %s)", next.ID, readable(next.From))
	}
	return fmt.Sprintf(" (replaced by list %d)", next.ID)
}

// offers asks for page after page of what is settled about names.
func (p *program) offers(ctx context.Context, dir string) ([]offerLine, error) {
	var all []offerLine
	for after := ""; ; {
		var page offerPage
		if err := call(ctx, dir, http.MethodGet, "/offers?after="+url.QueryEscape(after), nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Offers...)
		if after = page.Last; after == "" {
			return all, nil
		}
	}
}
