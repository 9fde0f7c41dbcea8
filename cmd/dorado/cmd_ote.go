package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"example.org/dorado/core/registry"
)

func (p *program) oteCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "ote",
		Short: "look after the test environments of registrars",
		Long: `A registrar's test environment, its sandbox, is a registry of its own with own data and a clock that moves when
told. It has several credentials, so that transfers can be tried, funds that are no money, and production's premium and
reserved names. Registrars make and use it in the console; these commands are the operator's.

ID is a sandbox such as OTE1001, one of its credentials such as OTE1001-A, or the registrar that it belongs to.`,
		Example: `  dorado ote make R2001
  dorado ote advance OTE2001 46d
  dorado ote advance OTE2001 next cafemio.co
  dorado ote reset OTE2001
  dorado ote run life.txt`,
	})
	cmd.AddCommand(p.oteRunCommand(), p.oteList(), p.oteMake(), p.oteShow(), p.oteAdvance(), p.otePassword(), p.oteCredential(), p.oteFunds(), p.oteReset(), p.oteDrop())
	return cmd
}

// oneSandbox takes the id of a sandbox.
func oneSandbox() cobra.PositionalArgs {
	return oneArgument("a sandbox such as OTE1001, one of its credentials, or its registrar")
}

func otePath(id, act string) string { return "/ote/" + url.PathEscape(id) + act }

func (p *program) oteList() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "list the sandboxes", Example: "  dorado ote list", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var lines []sandboxLine
			if err := call(cmd.Context(), dir, http.MethodGet, "/ote", nil, &lines); err != nil {
				return err
			}
			switch {
			case asJSON:
				return p.printJSON(lines)
			case len(lines) == 0:
				fmt.Fprintln(p.out, "There is no sandbox; dorado ote make REGISTRAR makes one.")
				return nil
			}
			w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "SANDBOX\tREGISTRAR\tMADE\tSTATE\tACCREDITATION")
			for _, l := range lines {
				state := "asleep"
				if l.Open {
					state = "in use"
				}
				if l.Missing != "" {
					fmt.Fprintf(w, "%s\t%s\t\tmissing: %s\t\n", l.Name, l.Registrar, l.Missing)
					continue
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.Name, l.Registrar, showInstant(l.Made), state, l.Accreditation)
			}
			return w.Flush()
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) oteMake() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use: "make REGISTRAR", Short: "make the sandbox of a registrar", Example: "  dorado ote make R2001",
		Args: oneArgument("the registrar's id, such as R2001"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var made []sandboxSecret
			if err := call(cmd.Context(), dir, http.MethodPost, "/ote", sandboxOwner{args[0]}, &made); err != nil {
				return err
			}
			p.tellSecrets(made...)
			p.tellHowToTry(dir, made)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

// tellSecrets shows new passwords, once.
func (p *program) tellSecrets(list ...sandboxSecret) {
	fmt.Fprintln(p.out, "The passwords are shown only now.")
	for _, s := range list {
		fmt.Fprintf(p.out, "  %s  %s\n", s.ID, s.Password)
	}
}

// tellHowToTry shows a command that logs in with the first of some new credentials, where it works as it stands: for a demo.
func (p *program) tellHowToTry(dir string, made []sandboxSecret) {
	if f, err := readDemoFile(dir); err != nil || f.OTE.EPP == "" || len(made) == 0 {
		return
	}
	fmt.Fprintf(p.out, "Try one: DORADO_EPP_PASSWORD=%s %s epp --dir %s --as %s check domain free.co\n", quoteWord(made[0].Password), quoteWord(p.name()), quoteWord(dir), made[0].ID)
}

func (p *program) oteShow() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show ID", Short: "show a sandbox: its clock, its credentials and what it saw", Example: "  dorado ote show OTE2001", Args: oneSandbox(),
		RunE: func(cmd *cobra.Command, args []string) error {
			var s sandboxState
			if err := call(cmd.Context(), dir, http.MethodGet, otePath(args[0], ""), nil, &s); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(s)
			}
			p.tellSandbox(s)
			return p.tellAccreditation(s.Accreditation)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// tellAccreditation lists what a sandbox saw of the accreditation's list, and what it did not.
func (p *program) tellAccreditation(a sandboxAccreditation) error {
	fmt.Fprintf(p.out, "\nAccreditation: %s\n", a.AccreditationState)
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ITEM\t\tSEEN\tWHAT")
	for _, l := range a.Items {
		seen := "-"
		if l.Seen != nil {
			seen = showInstant(l.Seen.At)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.Key, map[bool]string{true: "required"}[l.Required], seen, l.Title)
	}
	return w.Flush()
}

func (p *program) tellSandbox(s sandboxState) {
	names := count(s.Names, "name")
	if s.Names == registry.SandboxNamesCounted {
		names += " or more"
	}
	fmt.Fprintf(p.out, "%s of %s, made %s\n  clock  %s%s\n  holds  %s\n", s.Name, s.Registrar, showInstant(s.Made), showInstant(s.Now),
		ahead(clockState{Offset: s.Offset}), names)
	for _, c := range s.Credentials {
		fmt.Fprintf(p.out, "  %s  %s %s available\n", c.ID, thousands(c.Available), currency)
	}
}

func (p *program) oteAdvance() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use: "advance ID SPAN | to INSTANT | next NAME", Short: "move the clock of a sandbox",
		Long: `Advance moves the clock of a sandbox by a length of time, to an instant, or to the next thing that time does to a
name, and returns when all that fell due is done, in order, with its messages and mails. It never goes back: dorado ote
reset begins anew. A SPAN is such as 1y, 46d, 12h or 1d12h30m; an INSTANT is in UTC, such as 2027-06-01 or 2027-06-01T12:00.`,
		Example: `  dorado ote advance OTE2001 46d
  dorado ote advance OTE2001-A to 2027-06-01
  dorado ote advance OTE2001 next cafemio.co`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return errors.New("give a sandbox and how far: 46d, to 2027-06-01, or next NAME")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			move := clockMove{Advance: strings.Join(args[1:], "")}
			switch args[1] {
			case "to":
				move = clockMove{To: strings.Join(args[2:], " ")}
			case "next":
				move = clockMove{Next: strings.Join(args[2:], " ")}
			}
			var state clockState
			if err := call(cmd.Context(), dir, http.MethodPost, otePath(args[0], "/clock"), move, &state); err != nil {
				return err
			}
			p.tellMovement(state)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

func (p *program) otePassword() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use: "password ID", Short: "give a credential of a sandbox another password", Example: "  dorado ote password OTE2001-A",
		Args: oneArgument("a credential such as OTE1001-A"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var made sandboxSecret
			if err := call(cmd.Context(), dir, http.MethodPost, otePath(args[0], "/password"), struct{}{}, &made); err != nil {
				return err
			}
			p.tellSecrets(made)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

func (p *program) oteCredential() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use: "credential ID", Short: "make one more credential of a sandbox", Example: "  dorado ote credential OTE2001", Args: oneSandbox(),
		RunE: func(cmd *cobra.Command, args []string) error {
			var made sandboxSecret
			if err := call(cmd.Context(), dir, http.MethodPost, otePath(args[0], "/credentials"), struct{}{}, &made); err != nil {
				return err
			}
			p.tellSecrets(made)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

func (p *program) oteFunds() *cobra.Command {
	return p.oteAct("funds ID", "/funds", "give a credential, or all of a sandbox, its funds again", "  dorado ote funds OTE2001", http.MethodPost)
}

func (p *program) oteReset() *cobra.Command {
	return p.oteAct("reset ID", "/reset", "make a sandbox empty again, with its credentials and real time", "  dorado ote reset OTE2001", http.MethodPost)
}

func (p *program) oteDrop() *cobra.Command {
	var yes bool
	cmd := p.oteAct("drop ID", "", "remove a sandbox and all that is in it", "  dorado ote drop OTE2001\n  dorado ote drop OTE2001 --yes", http.MethodDelete)
	cmd.Long = "Drop removes a sandbox with its names, its credentials and what it saw of the accreditation's list. Nothing of it comes\nback. To begin anew with the same credentials there is dorado ote reset."
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	act := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !yes && !p.agrees("Remove the sandbox "+args[0]+" with its credentials and all that is in it? [y/N] ") {
			return errors.New("nothing was removed; --yes removes without a question")
		}
		return act(cmd, args)
	}
	return cmd
}

// oteAct is a command that does one thing to a sandbox and shows it, if it is still there.
func (p *program) oteAct(use, path, short, example, method string) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use: use, Short: short, Example: example, Args: oneSandbox(),
		RunE: func(cmd *cobra.Command, args []string) error {
			var s sandboxState
			if err := call(cmd.Context(), dir, method, otePath(args[0], path), struct{}{}, &s); err != nil {
				return err
			}
			if s.Name == "" {
				fmt.Fprintln(p.out, "The sandbox is gone.")
				return nil
			}
			p.tellSandbox(s)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}
