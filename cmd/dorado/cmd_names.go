package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/core/registry"
)

func (p *program) namesCommand() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "names",
		Short: "list all names with their state, sponsor and expiry",
		Long: `Names lists every registered name of the registry that runs in --dir, in order, as each is now.
State is what registrars and time have set: nothing special is ok. A suspended name has expired, and its sponsor
can still renew it.`,
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
	rows := [][]string{{"NAME", "SPONSOR", "EXPIRES", "STATE"}}
	for _, n := range list {
		rows = append(rows, []string{n.Name, n.Sponsor, n.Expires.Format(time.DateOnly), stateText(n.State, n.SuspendedUntil)})
	}
	printWrapped(p.out, terminalWidth(p.out), rows)
	return nil
}

// stateText writes the state of a name for people. What is ok and suspended is suspended.
func stateText(state []string, suspendedUntil time.Time) string {
	text := strings.Join(state, " ")
	if suspendedUntil.IsZero() {
		return text
	}
	return strings.TrimSuffix("suspended until "+suspendedUntil.UTC().Format(time.DateOnly)+" "+text, " "+string(registry.OK))
}
