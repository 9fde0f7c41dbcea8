package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/core/registry"
)

func (p *program) zoneChildren() *cobra.Command {
	var dir, result, in string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "children [NAME]",
		Short: "show what names' own zones ask of their DS, and what came of it",
		Long: `Where the profile has it so (dsAutomation), the DS of names follow the CDS and CDNSKEY records of their own zones. Without a
name this counts what the last scans came to, and with --result lists the names; with one it shows that name.

Results: silent (it asks for nothing), in-step (for what it has), changed (it has now what it asked for), waits (for its
first DS, and nobody vouches for them), refused, unreachable, stopped (it is not delegated, or locked).`,
		Example: "  dorado zone children\n  dorado zone children --result refused\n  dorado zone children example.co",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				var line childLine
				if err := call(cmd.Context(), dir, http.MethodGet, "/children/"+url.PathEscape(args[0]), nil, &line); err != nil {
					return err
				}
				if asJSON {
					return p.printJSON(line)
				}
				return p.tellChild(line)
			}
			if err := knownResult(result); err != nil {
				return err
			}
			page, err := childrenPages(cmd, dir, url.Values{"result": {result}, "zone": {in}})
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(page)
			}
			return p.tellChildren(page, result)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().StringVar(&result, "result", "", "list the names with this result")
	cmd.Flags().StringVar(&in, "zone", "", "and of them those below this zone")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// childrenPages reads all pages of a list.
func childrenPages(cmd *cobra.Command, dir string, query url.Values) (childrenPage, error) {
	var all childrenPage
	for {
		var page childrenPage
		if err := call(cmd.Context(), dir, http.MethodGet, "/children?"+query.Encode(), nil, &page); err != nil {
			return all, err
		}
		page.Children = append(all.Children, page.Children...)
		if all = page; page.Next == "" {
			return all, nil
		}
		query.Set("after", page.Next)
	}
}

// knownResult refuses a result that there is not.
func knownResult(result string) error {
	var known []string
	for _, r := range registry.ChildResults() {
		if known = append(known, string(r)); string(r) == result {
			return nil
		}
	}
	if result == "" {
		return nil
	}
	return fmt.Errorf("there is no result %q; there are %s", result, strings.Join(known, ", "))
}

func (p *program) tellChildren(page childrenPage, result string) error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	switch {
	case result != "":
		fmt.Fprintln(w, "NAME\tSINCE\tSCANNED\tWHY")
		for _, c := range page.Children {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.Name, showInstant(c.Since), showInstant(c.Scanned), c.Why)
		}
		return w.Flush()
	case len(page.Zones) == 0:
		fmt.Fprintln(p.out, "DS follow CDS nowhere: the profile names no zone below which they do (dsAutomation.zones).")
	default:
		fmt.Fprintf(p.out, "DS follow CDS below %s.\n", strings.Join(page.Zones, ", "))
	}
	if len(page.Counts) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\nZONE\tRESULT\tNAMES")
	for _, c := range page.Counts {
		name := c.Result
		if name == "" {
			name = "not scanned yet"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\n", c.Zone, name, c.Count)
	}
	return w.Flush()
}

// tellChild prints a row for each thing that is known of a child zone.
func (p *program) tellChild(c childLine) error {
	var rows [][]string
	row := func(what, says string) {
		if says != "" {
			rows = append(rows, []string{what, says})
		}
	}
	at := func(what string, t time.Time) {
		if !t.IsZero() {
			row(what, showInstant(t))
		}
	}
	row("name", c.Name)
	row("sponsor", c.Sponsor)
	row("does not follow", c.Stops)
	for _, ds := range c.DS {
		row("DS", ds)
	}
	if c.Result == "" {
		row("result", "not scanned yet")
	}
	row("result", c.Result)
	row("why", c.Why)
	at("since", c.Since)
	at("scanned", c.Scanned)
	at("notified", c.Notified)
	for _, ds := range c.Asked {
		row("asks for", ds)
	}
	row("accepted on", c.Until)
	at("last followed", c.Taken)
	at("next scan", c.Next)
	printWrapped(p.out, p.pageWidth(), rows)
	return nil
}

func (p *program) zoneScan() *cobra.Command {
	var dir string
	var q scanRequest
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "scan NAME",
		Short: "ask a name's own zone now for the DS that it wants, and follow it",
		Long: `Scan does at once what the registry does by itself from time to time: it asks the name servers of a name for CDS and
CDNSKEY records, says what each has, judges them, and changes the DS of the name if they prove themselves. With --dry-run it only
says what it would do.`,
		Example: "  dorado zone scan example.co\n  dorado zone scan example.co --dry-run",
		Args:    oneArgument("a name, such as example.co"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var report scanReport
			if err := call(cmd.Context(), dir, http.MethodPost, "/children/"+url.PathEscape(args[0])+"/scan", q, &report); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(report)
			}
			p.tellScan(report, q.Only)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&q.Only, "dry-run", false, "change nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellScan(r scanReport, only bool) {
	var rows [][]string
	for _, s := range r.Steps {
		rows = append(rows, []string{s.Where, s.Says})
	}
	rows = append(rows, []string{"result", r.Result + ": " + r.Why})
	printWrapped(p.out, p.pageWidth(), rows)
	switch {
	case r.Changed:
		fmt.Fprintf(p.out, "The DS of %s are now what its zone asks for.\n", r.Name)
	case only && r.Result == string(registry.ChildChanged):
		fmt.Fprintf(p.out, "The DS of %s would be changed.\n", r.Name)
	}
}
