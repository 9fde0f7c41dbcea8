package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) namesCommand() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "names",
		Short: "list all names with their state, sponsor and expiry",
		Long: `Names lists every registered name of the registry that runs in --dir, in order, as each is now.
State is what registrars and time have set: nothing special is ok.`,
		Example: "  dorado names\n  dorado names --dir DIR --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := p.allNames(cmd, dir)
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(list)
			}
			return p.tellNames(list)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// allNames asks for page after page.
func (p *program) allNames(cmd *cobra.Command, dir string) ([]nameLine, error) {
	all := []nameLine{}
	for after := ""; ; {
		var page namePage
		if err := call(cmd.Context(), dir, http.MethodGet, "/names?after="+url.QueryEscape(after), nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Names...)
		if after = page.Last; after == "" {
			return all, nil
		}
	}
}

func (p *program) tellNames(list []nameLine) error {
	if len(list) == 0 {
		fmt.Fprintln(p.out, "There is no name yet.")
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tSPONSOR\tEXPIRES\tSTATE")
	for _, n := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", n.Name, n.Sponsor, n.Expires.Format(time.DateOnly), strings.Join(n.State, " "))
	}
	return w.Flush()
}
