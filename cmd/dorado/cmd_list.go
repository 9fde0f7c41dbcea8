package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func (p *program) listCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "list",
		Short: "keep names from being registered",
		Long: `The operator's lists: banned, blocked and reserved. A name on any of them is unavailable; a reserved one can be
registered with its allocation code. Registrars are not told the reason of an entry.`,
	})
	cmd.AddCommand(p.listAdd(), p.listRemove(), p.listShow(), p.listImport())
	return cmd
}

func (p *program) listAdd() *cobra.Command {
	var dir string
	var line listingLine
	cmd := &cobra.Command{
		Use:   "add KIND NAME --reason TEXT",
		Short: "put a name on a list",
		Long:  "Add puts a name on a list: banned, blocked or reserved. One that stands there gets the new reason and end.",
		Example: `  dorado list add reserved marca.co --reason "case 2026-14" --dir DIR
  dorado list add blocked jugo.co --reason "under review" --until 2027-01-31`,
		Args: arguments("the list (banned, blocked or reserved) and the name", 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			line.Kind, line.Name = args[0], args[1]
			if err := addListings(cmd.Context(), dir, []listingLine{line}); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "%s is %s.\n", line.Name, line.Kind)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	listingFlags(cmd, &line)
	return cmd
}

// listingFlags adds the flags of new entries.
func listingFlags(cmd *cobra.Command, line *listingLine) {
	f := cmd.Flags()
	f.StringVar(&line.Reason, "reason", "", "why it stands there; registrars are not told")
	f.StringVar(&line.From, "from", "", "instant (UTC) from which it holds; now if not given")
	f.StringVar(&line.Until, "until", "", "instant (UTC) at which it ends; never if not given")
	require(cmd, "reason")
}

func addListings(ctx context.Context, dir string, lines []listingLine) error {
	return inParts(lines, func(part []listingLine) error {
		var done settledCount
		return call(ctx, dir, http.MethodPost, "/listings", part, &done)
	})
}

func (p *program) listRemove() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "remove KIND NAME",
		Short:   "take a name off a list",
		Example: "  dorado list remove reserved marca.co --dir DIR",
		Args:    arguments("the list (banned, blocked or reserved) and the name", 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			var done settledCount
			path := "/listings/" + url.PathEscape(args[0]) + "/" + url.PathEscape(args[1])
			if err := call(cmd.Context(), dir, http.MethodDelete, path, struct{}{}, &done); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "%s is no longer %s.\n", args[1], args[0])
			return nil
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

func (p *program) listShow() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "show [KIND]",
		Short:   "show the entries of a list, or of all",
		Example: "  dorado list show --dir DIR\n  dorado list show reserved --dir DIR",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			offers, err := p.offers(cmd.Context(), dir)
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "LIST\tNAME\tFROM\tUNTIL\tCODE\tREASON")
			for _, o := range offers {
				for _, l := range o.Listings {
					if len(args) == 0 || args[0] == l.Kind {
						fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", l.Kind, l.Name, l.From, l.Until, o.Code, l.Reason)
					}
				}
			}
			return w.Flush()
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

func (p *program) listImport() *cobra.Command {
	var dir string
	var line listingLine
	cmd := &cobra.Command{
		Use:   "import KIND FILE --reason TEXT",
		Short: "put the names of a file on a list",
		Long: `Import reads a CSV file whose first line names its columns: name, and any of reason, from and until, which
come before the flags. Nothing of a file with a mistake in it is taken.`,
		Example: `  dorado list import reserved brands.csv --reason "brands of 2026" --dir DIR`,
		Args:    arguments("the list (banned, blocked or reserved) and a CSV file", 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			lines, err := listingsOf(args[0], args[1], line)
			if err != nil {
				return err
			}
			if err := addListings(cmd.Context(), dir, lines); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "%s of %s are %s.\n", count(len(lines), "name"), args[1], args[0])
			return nil
		},
	}
	dirFlag(cmd, &dir)
	listingFlags(cmd, &line)
	return cmd
}

// listingsOf reads the entries of a file; what it leaves out is as in the line.
func listingsOf(kind, path string, line listingLine) ([]listingLine, error) {
	rows, err := readTable(path, "name", "reason", "from", "until")
	if err != nil {
		return nil, err
	}
	lines := make([]listingLine, len(rows))
	for i, row := range rows {
		l := line
		l.Kind, l.Name = kind, row["name"]
		for text, cell := range map[*string]string{&l.Reason: row["reason"], &l.From: row["from"], &l.Until: row["until"]} {
			if cell != "" {
				*text = cell
			}
		}
		if _, err := l.listing(); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		lines[i] = l
	}
	return lines, nil
}

func (p *program) allocationCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "allocation",
		Short: "give a reserved name away",
		Long: `The operator's command for allocation codes. Whoever has the code of a name can register it, once, although
it is reserved: as authInfo of the create, or as allocation token.`,
	})
	cmd.AddCommand(p.allocationMake())
	return cmd
}

func (p *program) allocationMake() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "make NAME",
		Short:   "make the code of a name and print it, once",
		Long:    "Make prints the code, which is kept nowhere in clear. A code that was made for the name before is worth\nnothing from then on.",
		Example: "  dorado allocation make marca.co --dir DIR",
		Args:    oneArgument("the name, such as marca.co"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var made allocationLine
			if err := call(cmd.Context(), dir, http.MethodPost, "/allocations/"+url.PathEscape(args[0]), struct{}{}, &made); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "The code of %s, which is shown only now: %s\n", made.Name, made.Code)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}
