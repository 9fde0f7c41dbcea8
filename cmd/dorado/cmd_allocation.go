package main

import (
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func (p *program) allocationCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "allocation",
		Short: "give a reserved name away",
		Long: `The operator's commands for allocation codes. Whoever has the code of a name can register it, once, although
it is reserved: as authInfo of the create, or as allocation token. A name that has a code is sold only with it,
reserved or not, until the code is used or cancelled.`,
	})
	cmd.AddCommand(p.allocationMake(), p.allocationList(), p.allocationCancel())
	return cmd
}

func allocationPath(name string) string { return "/allocations/" + url.PathEscape(name) }

func (p *program) allocationMake() *cobra.Command {
	var dir string
	var asJSON bool
	var q actRequest
	cmd := &cobra.Command{
		Use:   "make NAME",
		Short: "make the code of a name and print it, once",
		Long: `Make prints the code, which is kept nowhere in clear. From then on the name is sold only to whoever sends this
code, until it is used or cancelled. A code that was made for the name before is worth nothing from then on.`,
		Example: "  dorado allocation make marca.co --dir DIR",
		Args:    oneArgument("the name, such as marca.co"),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := p.aLabels(args[0])
			if err != nil {
				return err
			}
			q.Author = author(q.Author)
			var made allocationLine
			if err := call(cmd.Context(), dir, http.MethodPost, allocationPath(name), q, &made); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(made)
			}
			p.tellMade(made)
			return nil
		},
	}
	actFlags(cmd, &dir, &q, false)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// tellMade says what a code is for, and how it ends.
func (p *program) tellMade(made allocationLine) {
	fmt.Fprintf(p.out, "The code of %s, which is shown only now: %s\n", made.Name, made.Code)
	fmt.Fprintf(p.out, "From now on %s is sold only with this code, once, to any registrar that sends it.\n", made.Name)
	if !made.Reserved {
		fmt.Fprintf(p.out, "It was not reserved: anybody could have registered it until now.\n")
	}
	if made.Replaced {
		fmt.Fprintf(p.out, "The code from before is worth nothing now.\n")
	}
	fmt.Fprintf(p.out, "To take the code back: dorado allocation cancel %s\n", made.Name)
}

func (p *program) allocationCancel() *cobra.Command {
	var dir string
	var q actRequest
	cmd := &cobra.Command{
		Use:     "cancel NAME",
		Short:   "make the code of a name worth nothing",
		Long:    "Cancel ends the code. Unless the name is reserved, anybody can register it then.",
		Example: "  dorado allocation cancel marca.co --dir DIR",
		Args:    oneArgument("the name, such as marca.co"),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := p.aLabels(args[0])
			if err != nil {
				return err
			}
			q.Author = author(q.Author)
			var ended allocationLine
			if err := call(cmd.Context(), dir, http.MethodDelete, allocationPath(name), q, &ended); err != nil {
				return err
			}
			then := "It is sold without a code again."
			if ended.Reserved {
				then = "It is reserved, so nobody can register it without another code."
			}
			fmt.Fprintf(p.out, "The code of %s is worth nothing now. %s\n", ended.Name, then)
			return nil
		},
	}
	actFlags(cmd, &dir, &q, false)
	return cmd
}

func (p *program) allocationList() *cobra.Command {
	var dir string
	var all, asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "list the names that have a code",
		Long:    "List shows the names that are sold only with their code; with --all, those of codes that were used or cancelled, too.",
		Example: "  dorado allocation list --dir DIR",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			offers, err := p.offers(cmd.Context(), dir)
			if err != nil {
				return err
			}
			lines := []codeLine{}
			for _, o := range offers {
				if o.Code == "open" || o.Code != "" && all {
					lines = append(lines, codeLine{o.Name, o.Code, o.CodeMade, o.Reserved})
				}
			}
			if asJSON {
				return p.printJSON(lines)
			}
			return p.tellCodes(lines)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&all, "all", false, "codes that were used or cancelled, too")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// A codeLine is a name with an allocation code, as the list shows it.
type codeLine struct {
	Name     string `json:"name"`
	Code     string `json:"code"` // open or closed
	Made     string `json:"made"`
	Reserved bool   `json:"reserved"`
}

func (p *program) tellCodes(lines []codeLine) error {
	if len(lines) == 0 {
		fmt.Fprintln(p.out, "No name has a code.")
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tCODE\tMADE\tRESERVED")
	for _, l := range lines {
		reserved := "no"
		if l.Reserved {
			reserved = "yes"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.Name, l.Code, readable(l.Made), reserved)
	}
	return w.Flush()
}
