package main

import (
	"fmt"
	"net/http"

	"github.com/spf13/cobra"
)

// registrarSet changes what a registrar wants to be told is unavailable. Manual 6.8.
func (p *program) registrarSet() *cobra.Command {
	var dir string
	var premiums, idns bool
	cmd := &cobra.Command{
		Use:   "set ID",
		Short: "change what a registrar is told is unavailable",
		Example: `  dorado registrar set R2001 --premiums-are-unavailable --dir DIR
  dorado registrar set R2001 --idns-are-unavailable=false --dir DIR`,
		Args: oneArgument("the registrar's id, such as R2001"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var q, set registrarSettings
			if cmd.Flags().Changed("premiums-are-unavailable") {
				q.PremiumsUnavailable = &premiums
			}
			if cmd.Flags().Changed("idns-are-unavailable") {
				q.IDNsUnavailable = &idns
			}
			if err := call(cmd.Context(), dir, http.MethodPost, registrarPath(args[0], "/settings"), q, &set); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "%s: premiums-are-unavailable %t, idns-are-unavailable %t.\n", args[0], *set.PremiumsUnavailable, *set.IDNsUnavailable)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&premiums, "premiums-are-unavailable", false, "premium names are unavailable to it")
	cmd.Flags().BoolVar(&idns, "idns-are-unavailable", false, "internationalized names are unavailable to it")
	return cmd
}
