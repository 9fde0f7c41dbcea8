package main

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) rdapCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "rdap",
		Short: "give and take the right to look up what is closed to the public, and see who has",
		Long: `Everybody may look up names by RDAP, and is shown of contacts what their registrars have opened. A registrar sees its
own contacts with its id and EPP password. Others need an access token: whoever has it sees what its role allows, says for
what with each query, and is put down for it.`,
	})
	cmd.AddCommand(p.rdapToken(), p.rdapAccesses())
	return cmd
}

func (p *program) rdapToken() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "token",
		Short: "issue, list and revoke access tokens",
		Long: `The roles of access tokens are operator and law-enforcement, which see everything and have to say for what, and registrar,
which sees the contacts of one registrar. Every token ends by itself. Only a hash of it is kept: it is shown once.`,
	})
	cmd.AddCommand(p.tokenIssue(), p.tokenList(), p.tokenRevoke())
	return cmd
}

func (p *program) tokenIssue() *cobra.Command {
	var dir string
	var q tokenRequest
	cmd := &cobra.Command{
		Use:   "issue --role ROLE --holder WHO --reason WHY",
		Short: "issue an access token, and show it once",
		Example: `  dorado rdap token issue --role law-enforcement --holder "Police, unit 7" \
      --days 30 --reason "request 114"
  dorado rdap token issue --role registrar --registrar H1001 \
      --holder "its desk" --reason "its letter"`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q.Author = author(q.Author)
			var line tokenLine
			if err := call(cmd.Context(), dir, http.MethodPost, "/tokens", q, &line); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "Token %s of %s ends at %s. It is shown this once:\n%s\n", line.ID, line.Holder, showInstant(line.Ends), line.Secret)
			return nil
		},
	}
	actFlags(cmd, &dir, &q.actRequest, true)
	f := cmd.Flags()
	f.StringVar(&q.Role, "role", "", "operator, law-enforcement or registrar")
	f.StringVar(&q.Registrar, "registrar", "", "whose contacts a token of the role registrar shows")
	f.StringVar(&q.Holder, "holder", "", "who gets it")
	f.IntVar(&q.Days, "days", 90, "after how many days it ends")
	require(cmd, "role", "holder")
	return cmd
}

func (p *program) tokenList() *cobra.Command {
	var dir string
	var asJSON, all bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "list the access tokens that have not ended, the latest first",
		Example: "  dorado rdap token list --all",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path := "/tokens"
			if all {
				path += "?ended"
			}
			var lines []tokenLine
			if err := call(cmd.Context(), dir, http.MethodGet, path, nil, &lines); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(lines)
			}
			return p.tellTokens(lines)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&all, "all", false, "with those that have ended")
	return cmd
}

func (p *program) tellTokens(lines []tokenLine) error {
	if len(lines) == 0 {
		fmt.Fprintln(p.out, "There is no access token.")
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TOKEN\tROLE\tHOLDER\tISSUED\tBY\tWHY\tENDS")
	for _, l := range lines {
		ends := showInstant(l.Ends)
		if !l.Revoked.IsZero() {
			ends = fmt.Sprintf("revoked at %s by %s: %s", showInstant(l.Revoked), l.RevokedBy, l.Because)
		}
		role := l.Role
		if l.Registrar != "" {
			role += " " + l.Registrar
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.ID, role, l.Holder, showInstant(l.Issued), l.Author, l.Reason, ends)
	}
	return w.Flush()
}

func (p *program) tokenRevoke() *cobra.Command {
	var dir string
	var q actRequest
	cmd := &cobra.Command{
		Use:     "revoke TOKEN --reason WHY",
		Short:   "end an access token at once",
		Example: `  dorado rdap token revoke 3f09c2a1b4d8e715 --reason "the officer has left"`,
		Args:    oneArgument("the token's id, as dorado rdap token list shows it"),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Author = author(q.Author)
			var line tokenLine
			if err := call(cmd.Context(), dir, http.MethodPost, "/tokens/"+url.PathEscape(args[0])+"/revoke", q, &line); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "Token %s of %s is worth nothing any more.\n", line.ID, line.Holder)
			return nil
		},
	}
	actFlags(cmd, &dir, &q, true)
	return cmd
}

func (p *program) rdapAccesses() *cobra.Command {
	var dir, who, since, before string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "accesses",
		Short: "list who has looked something up that knows the registry, and for what; the latest first",
		Long: `Accesses lists the queries of those who gave a password or an access token, as they were put down before they were
answered. A list has so many lines at most; --before ID shows those before the one whose id, in the column ID, that is: ids grow
with time and say nothing else.`,
		Example: `  dorado rdap accesses --since 2026-11-01
  dorado rdap accesses --who 3f09c2a1b4d8e715`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			asked := url.Values{"who": {who}, "before": {before}}
			if since != "" {
				at, err := parseInstant(since)
				if err != nil {
					return fmt.Errorf("--since: %w", err)
				}
				asked.Set("since", at.Format(time.RFC3339))
			}
			var lines []accessLine
			if err := call(cmd.Context(), dir, http.MethodGet, "/accesses?"+asked.Encode(), nil, &lines); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(lines)
			}
			return p.tellAccesses(lines)
		},
	}
	dirFlag(cmd, &dir)
	f := cmd.Flags()
	f.StringVar(&who, "who", "", "only of this token or registrar")
	f.StringVar(&since, "since", "", "only since this instant (UTC)")
	f.StringVar(&before, "before", "", "only before the access of this id")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellAccesses(lines []accessLine) error {
	if len(lines) == 0 {
		fmt.Fprintln(p.out, "Nobody has.")
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "AT\tWHO\tROLE\tHOLDER\tFROM\tQUERY\tPURPOSE\tID")
	for _, l := range lines {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", showInstant(l.At), l.Who, l.Role, cmp.Or(l.Holder, "-"), l.Address, l.Query, cmp.Or(l.Purpose, "-"), l.ID)
	}
	return w.Flush()
}
