package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A priceUpload is a file of prices on its way.
type priceUpload struct {
	actRequest
	dir, path, from string
	preview, yes    bool
}

func (p *program) priceImport() *cobra.Command {
	var u priceUpload
	cmd := &cobra.Command{
		Use:   "import FILE --reason TEXT",
		Short: "make a file the price list, as a whole",
		Long: `Import makes a file the list of all prices by name, from an instant on. The file is CSV with the header

  domain,tier,create,renew,transfer,restore

and a line for each name: its tier, or prices of its own for one year, or both; cells without a value are empty. A
column currency may follow. It is UTF-8 without a byte-order mark, its lines end with LF, and names are written as they
are registered (xn--… for internationalized ones). A file with a mistake is refused as a whole, with the line.

What the file changes is shown first: how many names come, go and change, what that means in money, and for the names
that are registered. With --preview that is all. Names that are not in the file are sold at the standard prices from its
begin, also those whose price was set alone before.`,
		Example: `  dorado price import premium.csv --preview --reason "prices of 2027"
  dorado price import premium.csv --from 2027-01-01 --reason "prices of 2027"
  dorado price import premium.csv --reason "prices of 2027" --yes --dir DIR`,
		Args: oneArgument("a CSV file with the columns domain, tier, create, renew, transfer and restore"),
		RunE: func(cmd *cobra.Command, args []string) error {
			u.path, u.Author = args[0], author(u.Author)
			return p.importPrices(cmd.Context(), u)
		},
	}
	actFlags(cmd, &u.dir, &u.actRequest, true)
	f := cmd.Flags()
	f.StringVar(&u.from, "from", "", "from when it holds: an instant (UTC) or a length of time such as 7d; if not given, some seconds after it is whole")
	f.BoolVar(&u.preview, "preview", false, "only show what it would change")
	f.BoolVar(&u.yes, "yes", false, "do not ask")
	return cmd
}

func (p *program) importPrices(ctx context.Context, u priceUpload) error {
	var preview pricePreview
	if err := u.send(ctx, true, &preview); err != nil {
		return fmt.Errorf("%s: %w", u.path, err)
	}
	if err := p.tellPreview(preview); err != nil || u.preview {
		return err
	}
	if !u.yes && !p.agrees("Make this the price list? [y/N] ") {
		return errors.New("nothing was imported; --yes imports without a question")
	}
	var done priceListLine
	if err := u.send(ctx, false, &done); err != nil {
		return fmt.Errorf("%s: %w", u.path, err)
	}
	fmt.Fprintf(p.out, "List %d, of %s, holds from %s.\n", done.ID, count(done.Names, "name"), readable(done.From))
	return nil
}

// agrees asks who sits at the terminal; nobody there does not agree.
func (p *program) agrees(question string) bool {
	if !isTerminal(p.in) {
		return false
	}
	fmt.Fprint(p.out, question)
	answer, err := bufio.NewReader(p.in).ReadString('\n')
	return err == nil && strings.HasPrefix(strings.ToLower(strings.TrimSpace(answer)), "y")
}

// send hands the file to the registry.
func (u priceUpload) send(ctx context.Context, preview bool, answer any) error {
	file, err := os.Open(u.path)
	if err != nil {
		return plain(err)
	}
	defer file.Close()
	q := url.Values{"author": {u.Author}, "reason": {u.Reason}, "from": {u.from}}
	if preview {
		q.Set("preview", "1")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, controlURL+"/pricelists?"+q.Encode(), file)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "text/csv; charset=utf-8")
	return exchange(u.dir, r, answer)
}

// tellPreview prints what a file would change.
func (p *program) tellPreview(d pricePreview) error {
	fmt.Fprintf(p.out, "From %s: %s %s, %s, %s, %s.\n", readable(d.From), count(d.Come, "name"), verb(d.Come, "comes", "come"),
		do(d.Go, "goes", "go"), do(d.Change, "changes", "change"), do(d.Stay, "stays", "stay"))
	if d.NotForSale > 0 {
		fmt.Fprintf(p.out, "%s not for sale, whatever the price: the zone is not sold or withholds them.\n",
			count(d.NotForSale, "name")+" of the file "+verb(d.NotForSale, "is", "are"))
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tBEFORE\tAFTER")
	fmt.Fprintf(w, "creates of these names, a year each\t%s\t%s %s\n", d.CreateBefore, d.CreateAfter, currency)
	fmt.Fprintf(w, "renewals of these names, a year each\t%s\t%s %s\n", d.RenewBefore, d.RenewAfter, currency)
	fmt.Fprintf(w, "renewals of the %s registered\t%s\t%s %s a year\n", do(d.Registered, "that is", "that are"), d.RegisteredRenewalBefore, d.RegisteredRenewalAfter, currency)
	if err := w.Flush(); err != nil || len(d.Examples) == 0 {
		return err
	}
	fmt.Fprintln(w, "EXAMPLES\t\tCREATE\tRENEW")
	for _, e := range d.Examples {
		more := ""
		if e.Registered {
			more = ", registered"
		}
		if e.NotForSale != "" {
			more += ", not for sale: " + e.NotForSale
		}
		fmt.Fprintf(w, "%s\t%s\t%s → %s\t%s → %s%s\n", e.Name, e.Change, e.CreateBefore, e.CreateAfter, e.RenewBefore, e.RenewAfter, more)
	}
	return w.Flush()
}

// do says what so many do.
func do(n int, one, many string) string { return thousands(strconv.Itoa(n)) + " " + verb(n, one, many) }

// verb is one for one, many for none or several.
func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func (p *program) priceLists() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "lists",
		Short:   "list the price lists",
		Example: "  dorado price lists --dir DIR",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var lists []priceListLine
			if err := call(cmd.Context(), dir, http.MethodGet, "/pricelists", nil, &lists); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(lists)
			}
			if len(lists) == 0 {
				fmt.Fprintln(p.out, "There is no price list; dorado price import makes one.")
				return nil
			}
			w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "LIST\tFROM\tNAMES\tSTATE\tBY\tREASON")
			for _, l := range lists {
				fmt.Fprintf(w, "%d\t%s\t%d\t%s\t%s\t%s\n", l.ID, readable(l.From), l.Names, l.State, l.Author, l.Reason)
			}
			return w.Flush()
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) priceListShow() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "list-show NUMBER",
		Short:   "print a price list, as a file that import takes",
		Example: "  dorado price list-show 3 --dir DIR > premium.csv",
		Args:    oneArgument("the number of the list, as dorado price lists shows it"),
		RunE: func(cmd *cobra.Command, args []string) error {
			entries, err := entriesOfList(cmd.Context(), dir, args[0])
			if err != nil {
				return err
			}
			return policy.WritePrices(p.out, entries)
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

// entriesOfList asks for page after page of a list.
func entriesOfList(ctx context.Context, dir, list string) ([]registry.PriceEntry, error) {
	var all []registry.PriceEntry
	for after := ""; ; {
		var page priceListPage
		if err := call(ctx, dir, http.MethodGet, "/pricelists/"+url.PathEscape(list)+"?after="+url.QueryEscape(after), nil, &page); err != nil {
			return nil, err
		}
		for _, line := range page.Prices {
			line.From = ""
			price, err := line.price(time.Time{})
			if err != nil {
				return nil, err
			}
			all = append(all, price.Entry())
		}
		if after = page.Last; after == "" {
			return all, nil
		}
	}
}

func (p *program) priceDrop() *cobra.Command {
	var dir string
	var q actRequest
	cmd := &cobra.Command{
		Use:     "drop NUMBER --reason TEXT",
		Short:   "drop a price list that is not in force yet",
		Example: `  dorado price drop 3 --reason "the wrong file" --dir DIR`,
		Args:    oneArgument("the number of the list, as dorado price lists shows it"),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Author = author(q.Author)
			var done priceListLine
			if err := call(cmd.Context(), dir, http.MethodDelete, "/pricelists/"+url.PathEscape(args[0]), q, &done); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "List %s is dropped.\n", strconv.FormatInt(done.ID, 10))
			return nil
		},
	}
	actFlags(cmd, &dir, &q, true)
	return cmd
}
