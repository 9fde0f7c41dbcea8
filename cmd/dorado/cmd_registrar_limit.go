package main

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"os/user"
	"strings"

	"github.com/spf13/cobra"
)

// registrarPath is where the control socket has what belongs to a registrar.
func registrarPath(id, what string) string { return "/registrars/" + url.PathEscape(id) + what }

func (p *program) registrarLimit() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "limit",
		Short: "limit what a registrar may ask, or lift a limit",
		Long: `Limits hold on all nodes together, a second later at most, and until they are lifted or end by
themselves. The registrar is told each time what is limited, since when, why, and how long to wait.

WHAT is a command (check, info, create, update, renew, delete, transfer, poll, login), all for every
command but login, sessions for how many it may have at once, or cache for answers to checks and
infos that are not new.`,
		Example: `  dorado registrar limit set R2001 check 10/s --reason "hammering since noon"
  dorado registrar limit set R2001 check 1/s --name shop.co --reason "hammering"
  dorado registrar limit set R2001 sessions 20 --reason "hammering" --until 7d
  dorado registrar limit set R2001 cache 30s --reason "hammering"
  dorado registrar limit lift R2001 check --reason "mended"`,
	})
	cmd.AddCommand(p.limitSet(), p.limitLift(), p.limitList())
	return cmd
}

func (p *program) limitSet() *cobra.Command {
	var dir string
	var q restrictionRequest
	cmd := &cobra.Command{
		Use:   "set ID WHAT VALUE --reason TEXT",
		Short: "set a limit, in the place of one for the same",
		Long: `VALUE is, for a command, so many in a time such as 10/s, 600/m, 5000/h, 10000/d or 20/10s; 0 closes it;
unlimited sets the registrar free of a limit of the profile. For sessions it is a number, 0 for none;
sessions that are open stay. For cache it is how old an answer may be, such as 30s.`,
		Example: `  dorado registrar limit set R2001 create 100/m --reason "load" --until 7d
  dorado registrar limit set R2001 sessions 0 --reason "see our letter of today"`,
		Args: arguments("the registrar's id, what to limit such as check, and to how much such as 10/s", 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.What, q.Value = args[1], args[2]
			return p.restrict(cmd, dir, args[0], q)
		},
	}
	restrictionFlags(cmd, &dir, &q)
	cmd.Flags().StringVar(&q.Until, "until", "", "when it ends: an instant (UTC) or a length of time such as 7d")
	return cmd
}

func (p *program) limitLift() *cobra.Command {
	var dir string
	q := restrictionRequest{Lift: true}
	cmd := &cobra.Command{
		Use:     "lift ID WHAT --reason TEXT",
		Short:   "lift a limit",
		Example: `  dorado registrar limit lift R2001 check --name shop.co --reason "mended"`,
		Args:    arguments("the registrar's id and what was limited, such as check", 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.What = args[1]
			return p.restrict(cmd, dir, args[0], q)
		},
	}
	restrictionFlags(cmd, &dir, &q)
	return cmd
}

func (p *program) limitList() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "list ID",
		Short:   "list all limits in force for a registrar",
		Example: "  dorado registrar limit list R2001",
		Args:    oneArgument("the registrar's id, such as R2001"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var d registrarDetails
			if err := call(cmd.Context(), dir, http.MethodGet, registrarPath(args[0], ""), nil, &d); err != nil {
				return err
			}
			printWrapped(p.out, p.pageWidth(), limitRows(d.Limits))
			return nil
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

func restrictionFlags(cmd *cobra.Command, dir *string, q *restrictionRequest) {
	dirFlag(cmd, dir)
	f := cmd.Flags()
	f.StringVar(&q.Object, "object", "", "only of this kind: domain, host or contact")
	f.StringVar(&q.Name, "name", "", "only of this name or contact id")
	f.StringVar(&q.Reason, "reason", "", "why; the registrar reads it")
	f.StringVar(&q.Author, "author", "", "who decides it; your login name if left out")
	require(cmd, "reason")
}

// restrict sends a restriction and shows what then holds.
func (p *program) restrict(cmd *cobra.Command, dir, id string, q restrictionRequest) error {
	q.Author = author(q.Author)
	var d registrarDetails
	if err := call(cmd.Context(), dir, http.MethodPost, registrarPath(id, "/limits"), q, &d); err != nil {
		return err
	}
	p.tellRegistrar(d)
	return nil
}

// author is who acts: as given, or who is logged in on this machine.
func author(given string) string {
	if given != "" {
		return given
	}
	if u, err := user.Current(); err == nil {
		return cmp.Or(u.Username, u.Uid)
	}
	return ""
}

// arguments is a check of their number, which says what is missing.
func arguments(what string, n int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return fmt.Errorf("give %d arguments: %s", n, what)
		}
		return nil
	}
}

func (p *program) registrarCertificate() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "certificate",
		Short: "register the client certificates of a registrar",
		Long: `A registrar may connect from anywhere with a client certificate that is registered, issued by an
authority or by itself. It has two at most: to change one, add the new one, wait until the registrar
uses it, and remove the old one. Sessions go on; a certificate that has expired begins none.`,
		Example: `  dorado registrar certificate add R2001 client.pem
  dorado registrar certificate list R2001
  dorado registrar certificate remove R2001 4be1c0`,
	})
	cmd.AddCommand(p.certificateAdd(), p.certificateList(), p.certificateRemove())
	return cmd
}

func (p *program) certificateAdd() *cobra.Command {
	var dir, by string
	cmd := &cobra.Command{
		Use:     "add ID FILE",
		Short:   "register the certificate of a PEM file",
		Example: "  dorado registrar certificate add R2001 client.pem",
		Args:    arguments("the registrar's id and the PEM file of a certificate", 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := certificateOf(args[1])
			if err != nil {
				return err
			}
			k.Author = author(by)
			var d registrarDetails
			if err := call(cmd.Context(), dir, http.MethodPost, registrarPath(args[0], "/certificates"), k, &d); err != nil {
				return err
			}
			p.tellCertificates(d)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().StringVar(&by, "author", "", "who does it; your login name if left out")
	return cmd
}

func (p *program) certificateList() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "list ID",
		Short:   "list a registrar's certificates",
		Example: "  dorado registrar certificate list R2001",
		Args:    oneArgument("the registrar's id, such as R2001"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var d registrarDetails
			if err := call(cmd.Context(), dir, http.MethodGet, registrarPath(args[0], ""), nil, &d); err != nil {
				return err
			}
			p.tellCertificates(d)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

func (p *program) certificateRemove() *cobra.Command {
	var dir, by string
	cmd := &cobra.Command{
		Use:     "remove ID FINGERPRINT",
		Short:   "take a certificate off a registrar's list",
		Long:    "Remove takes the fingerprint that list shows, or the beginning of it that no other has.",
		Example: "  dorado registrar certificate remove R2001 4be1c0",
		Args:    arguments("the registrar's id and the fingerprint, or its beginning", 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			var d registrarDetails
			path := registrarPath(args[0], "/certificates/"+url.PathEscape(strings.ToLower(args[1])))
			if err := call(cmd.Context(), dir, http.MethodDelete, path, certificateRemoval{author(by)}, &d); err != nil {
				return err
			}
			p.tellCertificates(d)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().StringVar(&by, "author", "", "who does it; your login name if left out")
	return cmd
}
