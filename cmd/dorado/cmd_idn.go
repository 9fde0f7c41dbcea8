package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"example.org/dorado/core/idn"
)

func (p *program) idnCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "idn",
		Short: "say which IDN table a label fits, and show the tables",
		Long: `The tables say which letters an internationalized label may have, and which labels are variants of each
other, of which one can be registered. docs/idn.md explains them.`,
		Example: "  dorado idn check españa\n  dorado idn check xn--strae-oqa --dir DIR\n  dorado idn show de --format xml",
	})
	cmd.AddCommand(p.idnCheckCommand(), p.idnTablesCommand(), p.idnShowCommand())
	return cmd
}

func (p *program) idnCheckCommand() *cobra.Command {
	var table, dir string
	cmd := &cobra.Command{
		Use:   "check LABEL",
		Short: "say what a label is by IDNA2008, which tables it fits, and what its variants are",
		Long: `Check takes one label, with its own letters or as an A-label (xn--…), and says what it is made of, whether
IDNA2008 allows it, each table that it fits or why it does not, and its variants. With --dir it asks the
registry that runs there which tables it offers, and which of the label and its variants are registered.

The exit status is 0 if the label is valid and fits a table, or the one of --table; otherwise 1.`,
		Example: "  dorado idn check españa\n  dorado idn check straße --table de\n  dorado idn check xn--strae-oqa --dir DIR",
		Args:    oneArgument("the label"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c := idnCheck{p: p, typed: args[0], tables: idn.IDs(), style: p.styleFor(p.out)}
			if strings.Contains(args[0], ".") {
				return fmt.Errorf("%s is a name; check takes one label of it, such as %s", args[0], strings.Split(args[0], ".")[0])
			}
			if table != "" {
				if _, err := idn.BuiltIn(table); err != nil {
					return err
				}
				c.tables = []string{table}
			}
			if dir != "" {
				c.ask = func(label string) (variantAnswer, error) {
					var a variantAnswer
					err := call(cmd.Context(), dir, http.MethodGet, "/idn?label="+url.QueryEscape(label), nil, &a)
					return a, err
				}
			}
			return c.run()
		},
	}
	cmd.Flags().StringVar(&table, "table", "", "look at this table only")
	cmd.Flags().StringVar(&dir, "dir", "", "directory of a running registry, to see what is registered there")
	return cmd
}

func (p *program) idnTablesCommand() *cobra.Command {
	return &cobra.Command{
		Use: "tables", Short: "list the tables", Example: "  dorado idn tables", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "TABLE\tLANGUAGE\tCODE POINTS\tWITH VARIANTS\tVERSION")
			for _, id := range idn.IDs() {
				t, err := idn.BuiltIn(id)
				if err != nil {
					return err
				}
				elements, varied := t.Size()
				fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s of %s\n", id, t.Name(), elements, varied, t.Meta.Version, t.Meta.Date)
			}
			return w.Flush()
		},
	}
}

func (p *program) idnShowCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "show TABLE", Short: "print a table, as text or as the XML of RFC 7940",
		Example: "  dorado idn show es\n  dorado idn show de --format xml",
		Args:    oneArgument("the id of a table"),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := idn.BuiltIn(args[0])
			if err != nil {
				return err
			}
			switch format {
			case "text":
				_, err = fmt.Fprint(p.out, t.Text())
			case "xml":
				_, err = p.out.Write(idn.XML(args[0]))
			default:
				err = fmt.Errorf("--format is text or xml, and %q is not", format)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or xml")
	return cmd
}
