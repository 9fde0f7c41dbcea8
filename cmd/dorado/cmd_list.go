package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/core/registry"
)

func (p *program) listCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "list",
		Short: "keep names from being registered",
		Long: `The operator's lists: banned, blocked and reserved. A name on any of them is unavailable; a reserved one can be
registered with its allocation code. One that is registered stays so: a list concerns the next registration.
Registrars are not told the reason of an entry.`,
	})
	cmd.AddCommand(p.listAdd(), p.listRemove(), p.listShow(), p.listImport())
	return cmd
}

// kindIsKnown refuses a list that there is not, with those there are.
func kindIsKnown(kind string) error {
	var kinds []string
	for _, k := range registry.ListKinds() {
		kinds = append(kinds, string(k))
	}
	if slices.Contains(kinds, kind) {
		return nil
	}
	if meant, ok := likely(kind, kinds); ok {
		return fmt.Errorf("there is no such list as %q; did you mean %s?", kind, meant)
	}
	return fmt.Errorf("there is no such list as %q; there are %s", kind, list(kinds))
}

func (p *program) listAdd() *cobra.Command {
	var dir, by string
	var line listingLine
	cmd := &cobra.Command{
		Use:   "add KIND NAME --reason TEXT",
		Short: "put a name on a list",
		Long: `Add puts a name on a list: banned, blocked or reserved. One that stands there gets the new reason and end. A name
that is registered stays so; the list keeps it from being registered again.`,
		Example: `  dorado list add reserved marca.co --reason "case 2026-14" --dir DIR
  dorado list add blocked jugo.co --reason "under review" --until 7d`,
		Args: arguments("the list (banned, blocked or reserved) and the name", 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := kindIsKnown(args[0]); err != nil {
				return err
			}
			name, err := p.aLabels(args[1])
			if err != nil {
				return err
			}
			line.Kind, line.Name = args[0], name
			registered, err := addListings(cmd.Context(), dir, by, []listingLine{line})
			if err != nil {
				return err
			}
			fmt.Fprintf(p.out, "%s is %s.\n", line.Name, line.Kind)
			if len(registered) > 0 {
				fmt.Fprintf(p.out, "It is registered, and stays so; the list keeps it from being registered again.\n")
			}
			return nil
		},
	}
	dirFlag(cmd, &dir)
	listingFlags(cmd, &line, &by)
	return cmd
}

// listingFlags adds the flags of new entries.
func listingFlags(cmd *cobra.Command, line *listingLine, by *string) {
	f := cmd.Flags()
	f.StringVar(&line.Reason, "reason", "", "why it stands there; registrars are not told")
	f.StringVar(&line.From, "from", "", "from when it holds: an instant (UTC) or a length of time such as 7d; now if not given")
	f.StringVar(&line.Until, "until", "", "when it ends: an instant (UTC) or a length of time such as 7d; never if not given")
	f.StringVar(by, "author", "", "who decides it; your login name if left out")
	require(cmd, "reason")
}

// addListings sends entries, and returns the names among them that are registered.
func addListings(ctx context.Context, dir, by string, lines []listingLine) (registered []string, err error) {
	err = inParts(lines, func(part []listingLine) error {
		var done settledCount
		err := call(ctx, dir, http.MethodPost, "/listings", settlement[listingLine]{actRequest{Author: author(by)}, part}, &done)
		registered = append(registered, done.Registered...)
		return err
	})
	return registered, err
}

func (p *program) listRemove() *cobra.Command {
	var dir string
	var q actRequest
	cmd := &cobra.Command{
		Use:     "remove KIND NAME",
		Short:   "take a name off a list",
		Example: "  dorado list remove reserved marca.co --dir DIR",
		Args:    arguments("the list (banned, blocked or reserved) and the name", 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := kindIsKnown(args[0]); err != nil {
				return err
			}
			name, err := p.aLabels(args[1])
			if err != nil {
				return err
			}
			q.Author = author(q.Author)
			var done settledCount
			path := "/listings/" + url.PathEscape(args[0]) + "/" + url.PathEscape(name)
			if err := call(cmd.Context(), dir, http.MethodDelete, path, q, &done); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "%s is no longer %s.\n", name, args[0])
			return nil
		},
	}
	actFlags(cmd, &dir, &q, false)
	return cmd
}

func (p *program) listShow() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show [KIND]",
		Short:   "show the entries of a list, or of all",
		Example: "  dorado list show --dir DIR\n  dorado list show reserved --json --dir DIR",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				if err := kindIsKnown(args[0]); err != nil {
					return err
				}
			}
			offers, err := p.offers(cmd.Context(), dir)
			if err != nil {
				return err
			}
			entries := entriesOf(offers, args)
			if asJSON {
				return p.printJSON(entries)
			}
			return p.tellEntries(entries)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// An entryLine is one entry of a list, with what there is of an allocation code.
type entryLine struct {
	listingLine
	Code string `json:"code,omitempty"` // open or closed
}

// entriesOf returns the entries of one kind, or of all.
func entriesOf(offers []offerLine, kinds []string) []entryLine {
	entries := []entryLine{}
	for _, o := range offers {
		for _, l := range o.Listings {
			if len(kinds) == 0 || kinds[0] == l.Kind {
				entries = append(entries, entryLine{l, o.Code})
			}
		}
	}
	return entries
}

func (p *program) tellEntries(entries []entryLine) error {
	if len(entries) == 0 {
		fmt.Fprintln(p.out, "No name is there.")
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "LIST\tNAME\tFROM\tUNTIL\tCODE\tREASON")
	for _, e := range entries {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", e.Kind, e.Name, readable(e.From), readable(e.Until), e.Code, e.Reason)
	}
	return w.Flush()
}

func (p *program) listImport() *cobra.Command {
	var dir, by string
	var line listingLine
	cmd := &cobra.Command{
		Use:   "import KIND FILE --reason TEXT",
		Short: "put the names of a file on a list",
		Long: `Import reads a CSV file whose first line names its columns: name, and any of reason, from and until, which
come before the flags. Nothing of a file with a mistake in it is taken; of a file with more than 1,000 names, nothing
of the thousand that has it.`,
		Example: `  dorado list import reserved brands.csv --reason "brands of 2026" --dir DIR`,
		Args:    arguments("the list (banned, blocked or reserved) and a CSV file", 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := kindIsKnown(args[0]); err != nil {
				return err
			}
			line.Kind = args[0]
			lines, err := p.listingsOf(args[1], line)
			if err != nil {
				return fmt.Errorf("%s: %w", args[1], err)
			}
			registered, err := addListings(cmd.Context(), dir, by, lines)
			if err != nil {
				return fmt.Errorf("%s: %w", args[1], err)
			}
			fmt.Fprintf(p.out, "%s of %s are %s.\n", count(len(lines), "name"), args[1], args[0])
			if len(registered) > 0 {
				fmt.Fprintf(p.out, "Registered, and staying so: %s.\n", list(registered))
			}
			return nil
		},
	}
	dirFlag(cmd, &dir)
	listingFlags(cmd, &line, &by)
	return cmd
}

// listingsOf reads the entries of a file; what it leaves out is as in the line.
func (p *program) listingsOf(path string, line listingLine) ([]listingLine, error) {
	rows, err := readTable(path, "name", "reason", "from", "until")
	if err != nil {
		return nil, err
	}
	lines := make([]listingLine, len(rows))
	for i, row := range rows {
		l := line
		l.Line = row.line
		if l.Name, err = p.aLabels(row.cells["name"]); err != nil {
			return nil, row.wrong(err)
		}
		for text, cell := range map[*string]string{&l.Reason: row.cells["reason"], &l.From: row.cells["from"], &l.Until: row.cells["until"]} {
			if cell != "" {
				*text = cell
			}
		}
		if _, err := l.listing(time.Now()); err != nil {
			return nil, row.wrong(err)
		}
		lines[i] = l
	}
	return lines, nil
}
