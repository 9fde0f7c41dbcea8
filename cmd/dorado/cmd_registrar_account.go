package main

import (
	"fmt"
	"net/http"

	"github.com/spf13/cobra"
)

// actFlags adds --dir, and who does something and why.
func actFlags(cmd *cobra.Command, dir *string, q *actRequest, reasonNeeded bool) {
	dirFlag(cmd, dir)
	f := cmd.Flags()
	f.StringVar(&q.Reason, "reason", "", "why, for the log and the history; registrars are not told")
	f.StringVar(&q.Author, "author", "", "who decides it; your login name if left out")
	if reasonNeeded {
		require(cmd, "reason")
	}
}

func (p *program) registrarPassword() *cobra.Command {
	var dir string
	var generate bool
	var q passwordRequest
	cmd := &cobra.Command{
		Use:   "password ID --reason TEXT",
		Short: "put a new password in the place of one that was lost",
		Long: `Password reads the new password from the first line of standard input, or makes one and prints it, once, with
--generate. Sessions that are open go on; the next login needs the new one. It is the password for EPP, or with --files the
one for FTPS, which is another.`,
		Example: `  dorado registrar password R2001 --generate --reason "lost" --dir DIR
  dorado registrar password R2001 --files --generate --reason "lost"
  dorado registrar password R2001 --reason "lost" --dir DIR < password.txt`,
		Args: oneArgument("the registrar's id, such as R2001"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			q.Author, q.Password = author(q.Author), newPassword()
			if !generate {
				if isTerminal(p.in) {
					fmt.Fprint(p.err, "New password (it is shown as you type; --generate makes one): ")
				}
				if q.Password, err = p.readPassword(); err != nil {
					return fmt.Errorf("%w; type it there, or let --generate make one", err)
				}
			}
			var d registrarDetails
			if err := call(cmd.Context(), dir, http.MethodPost, registrarPath(args[0], "/password"), q, &d); err != nil {
				return err
			}
			what := "password"
			if q.Files {
				what = "password for files"
			}
			fmt.Fprintf(p.out, "The %s of %s is replaced.\n", what, d.ID)
			if generate {
				fmt.Fprintf(p.out, "Its password, which is shown only now: %s\n", q.Password)
			}
			return nil
		},
	}
	actFlags(cmd, &dir, &q.actRequest, true)
	cmd.Flags().BoolVar(&generate, "generate", false, "make a password and print it, once")
	cmd.Flags().BoolVar(&q.Files, "files", false, "the password for FTPS, not that for EPP")
	return cmd
}

func (p *program) registrarNetwork() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "network",
		Short: "change the networks that a registrar may connect from",
		Long: `A registrar logs in from a network on its list, or with a client certificate that is registered. Sessions that
are open go on when a network is removed.`,
		Example: `  dorado registrar network add R2001 198.51.100.0/24 --reason "a new office"
  dorado registrar network list R2001
  dorado registrar network remove R2001 192.0.2.0/24 --reason "the old office"`,
	})
	cmd.AddCommand(p.networkChange(false), p.networkChange(true), p.networkList())
	return cmd
}

// networkChange is network add, or network remove.
func (p *program) networkChange(remove bool) *cobra.Command {
	var dir string
	q := networkRequest{Remove: remove}
	cmd := &cobra.Command{
		Use:     "add ID NETWORK --reason TEXT",
		Short:   "let a registrar connect from a network or an address",
		Example: `  dorado registrar network add R2001 198.51.100.0/24 --reason "a new office"`,
		Args:    arguments("the registrar's id and the network, such as 192.0.2.0/24 or 2001:db8::/32", 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Author, q.Network = author(q.Author), args[1]
			var d registrarDetails
			if err := call(cmd.Context(), dir, http.MethodPost, registrarPath(args[0], "/networks"), q, &d); err != nil {
				return err
			}
			p.tellNetworks(d)
			return nil
		},
	}
	if remove {
		cmd.Use, cmd.Short = "remove ID NETWORK --reason TEXT", "take a network off a registrar's list"
		cmd.Example = `  dorado registrar network remove R2001 192.0.2.0/24 --reason "the old office"`
	}
	actFlags(cmd, &dir, &q.actRequest, true)
	return cmd
}

func (p *program) networkList() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "list ID",
		Short:   "list the networks that a registrar may connect from",
		Example: "  dorado registrar network list R2001",
		Args:    oneArgument("the registrar's id, such as R2001"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var d registrarDetails
			if err := call(cmd.Context(), dir, http.MethodGet, registrarPath(args[0], ""), nil, &d); err != nil {
				return err
			}
			p.tellNetworks(d)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

// tellNetworks prints where a registrar may connect from.
func (p *program) tellNetworks(d registrarDetails) {
	for _, n := range d.Networks {
		fmt.Fprintln(p.out, n)
	}
	switch {
	case len(d.Networks) == 0 && d.Certified == 0:
		fmt.Fprintf(p.out, "%s cannot log in: it has neither a network nor a certificate.\n", d.ID)
	case len(d.Networks) == 0:
		fmt.Fprintf(p.out, "%s has no network; it logs in with %s.\n", d.ID, count(d.Certified, "certificate"))
	}
}

func (p *program) registrarSuspend() *cobra.Command {
	return p.suspension(&cobra.Command{
		Use:   "suspend ID --reason TEXT",
		Short: "keep a registrar from logging in",
		Long: `Who is suspended cannot log in, and its sessions that are open are refused everything from now on; on other
nodes, a second later at most. Its names stay as they are.`,
		Example: `  dorado registrar suspend R2001 --reason "accreditation ended" --dir DIR`,
	}, false)
}

func (p *program) registrarResume() *cobra.Command {
	return p.suspension(&cobra.Command{
		Use:     "resume ID --reason TEXT",
		Short:   "let a registrar in again that was suspended",
		Example: `  dorado registrar resume R2001 --reason "accredited again" --dir DIR`,
	}, true)
}

func (p *program) suspension(cmd *cobra.Command, resume bool) *cobra.Command {
	var dir string
	q := suspensionRequest{Resume: resume}
	cmd.Args = oneArgument("the registrar's id, such as R2001")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		q.Author = author(q.Author)
		var d registrarDetails
		if err := call(cmd.Context(), dir, http.MethodPost, registrarPath(args[0], "/suspension"), q, &d); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%s is %s.\n", d.ID, d.State)
		return nil
	}
	actFlags(cmd, &dir, &q.actRequest, true)
	return cmd
}
