package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func (p *program) userCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "user",
		Short: "look after the people who sign in to the registrar console",
		Long: `The people of a registrar sign in to the console with an e-mail address each. The first is the administrator, whom
the operator makes; he invites the others, and a registrar has one. The operator helps those who cannot help themselves: who
lost the password and the second factor, or an administrator who has left.

The roles are administrator, manager, domain-administrator and finance-administrator.`,
		Example: `  dorado user add R2001 ana@registrar.example --name "Ana Gil"
  dorado user list R2001
  dorado user reset ana@registrar.example --factors --reason "her phone is lost"`,
	})
	cmd.AddCommand(p.userAdd(), p.userList(), p.userShow(), p.userRole(), p.userDisable(false), p.userDisable(true), p.userReset(), p.userRemove(), p.userActs())
	return cmd
}

func (p *program) userAdd() *cobra.Command {
	var dir string
	var generate bool
	var q userRequest
	cmd := &cobra.Command{
		Use:   "add REGISTRAR E-MAIL --name NAME",
		Short: "make a user of a registrar, who is invited by mail to choose a password",
		Example: `  dorado user add R2001 ana@registrar.example --name "Ana Gil"
  dorado user add R2001 eva@registrar.example --name "Eva" --role manager`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return errors.New("give the registrar's id and the user's e-mail address")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Author, q.Registrar, q.Login = author(q.Author), args[0], args[1]
			if generate {
				q.Password = newPassword()
			}
			var line userLine
			if err := call(cmd.Context(), dir, http.MethodPost, "/users", q, &line); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "User %s is %s of %s.\n", line.Login, line.Role, line.Registrar)
			if generate {
				fmt.Fprintf(p.out, "The password, which is shown only now: %s\n", q.Password)
			}
			p.tellLink(line)
			return nil
		},
	}
	actFlags(cmd, &dir, &q.actRequest, false)
	f := cmd.Flags()
	f.StringVar(&q.Name, "name", "", "what the user is called")
	f.StringVar(&q.Role, "role", "administrator", "administrator, manager, domain-administrator or finance-administrator")
	f.StringVar(&q.Language, "language", "", "of mails to the user, en or es (default that of the registrar)")
	f.BoolVar(&generate, "generate", false, "make a password and print it, once, instead of a mail")
	require(cmd, "name")
	return cmd
}

// tellLink shows a link that a user was sent, for a mail that does not come.
func (p *program) tellLink(line userLine) {
	if line.Link == "" {
		return
	}
	fmt.Fprintf(p.out, "A mail with this link is on its way. It can be used once, and whoever has it chooses the password:\n%s\n", line.Link)
}

func (p *program) userList() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list [REGISTRAR]",
		Short:   "list the users of a registrar, or of all",
		Example: "  dorado user list R2001",
		Args:    oneArgumentAtMost("the registrar's id, such as R2001"),
		RunE: func(cmd *cobra.Command, args []string) error {
			path := "/users"
			if len(args) == 1 {
				path += "?registrar=" + url.QueryEscape(args[0])
			}
			var lines []userLine
			if err := call(cmd.Context(), dir, http.MethodGet, path, nil, &lines); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(lines)
			}
			return p.tellUsers(lines)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellUsers(lines []userLine) error {
	if len(lines) == 0 {
		fmt.Fprintln(p.out, "There is no user.")
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "REGISTRAR\tE-MAIL\tNAME\tROLE\tSTATE\tSECOND FACTOR\tSIGNED IN")
	for _, l := range lines {
		signedIn := "never"
		if !l.SignedIn.IsZero() {
			signedIn = showInstant(l.SignedIn)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Registrar, l.Login, l.Name, l.Role, l.State, cmp.Or(strings.Join(l.Factors, ", "), "none"), signedIn)
	}
	return w.Flush()
}

// oneUser takes the e-mail address of a user.
func oneUser() cobra.PositionalArgs { return oneArgument("the user's e-mail address") }

func userPath(login, act string) string { return "/users/" + url.PathEscape(login) + act }

func (p *program) userShow() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "show E-MAIL",
		Short:   "show one user, as JSON",
		Example: "  dorado user show ana@registrar.example",
		Args:    oneUser(),
		RunE: func(cmd *cobra.Command, args []string) error {
			var line userLine
			if err := call(cmd.Context(), dir, http.MethodGet, userPath(args[0], ""), nil, &line); err != nil {
				return err
			}
			return p.printJSON(line)
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

// userAct makes of a command one about a user; says tells what was done.
func (p *program) userAct(cmd *cobra.Command, act string, q *userAct, says func(userLine) string) *cobra.Command {
	var dir string
	cmd.Args = oneUser()
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		q.Author = author(q.Author)
		var line userLine
		if err := call(cmd.Context(), dir, http.MethodPost, userPath(args[0], act), q, &line); err != nil {
			return err
		}
		fmt.Fprintln(p.out, says(line))
		p.tellLink(line)
		return nil
	}
	actFlags(cmd, &dir, &q.actRequest, true)
	return cmd
}

func (p *program) userRole() *cobra.Command {
	q := &userAct{}
	cmd := p.userAct(&cobra.Command{
		Use:   "role E-MAIL --role ROLE --reason WHY",
		Short: "give a user another role; who was the administrator becomes a manager",
		Example: `  dorado user role eva@registrar.example --role administrator \
      --reason "the administrator has left"`,
	}, "/role", q, func(l userLine) string { return fmt.Sprintf("User %s is %s now, and signs in anew.", l.Login, l.Role) })
	cmd.Flags().StringVar(&q.Role, "role", "", "administrator, manager, domain-administrator or finance-administrator")
	require(cmd, "role")
	return cmd
}

// userDisable is user disable, or user enable.
func (p *program) userDisable(enable bool) *cobra.Command {
	if enable {
		return p.userAct(&cobra.Command{
			Use: "enable E-MAIL --reason WHY", Short: "let a user sign in again",
			Example: `  dorado user enable ana@registrar.example --reason "it was she"`,
		}, "/disable", &userAct{Enable: true}, func(l userLine) string { return fmt.Sprintf("User %s can sign in again.", l.Login) })
	}
	return p.userAct(&cobra.Command{
		Use: "disable E-MAIL --reason WHY", Short: "keep a user from signing in, and end all sessions",
		Example: `  dorado user disable ana@registrar.example --reason "the password leaked"`,
	}, "/disable", &userAct{}, func(l userLine) string {
		return fmt.Sprintf("User %s cannot sign in, and all sessions have ended.", l.Login)
	})
}

func (p *program) userReset() *cobra.Command {
	q := &userAct{}
	cmd := p.userAct(&cobra.Command{
		Use:   "reset E-MAIL --reason WHY",
		Short: "send a user a link by which another password is chosen",
		Long: `Reset sends a link by which the user chooses another password; until then the old one holds. With --factors the
second factors are removed as well, and all sessions end. Make sure that it is the user who asks.`,
		Example: `  dorado user reset ana@registrar.example --factors --reason "her phone is lost"`,
	}, "/reset", q, func(l userLine) string { return fmt.Sprintf("User %s gets a mail.", l.Login) })
	cmd.Flags().BoolVar(&q.Factors, "factors", false, "remove the second factors as well")
	return cmd
}

func (p *program) userRemove() *cobra.Command {
	return p.userAct(&cobra.Command{
		Use: "remove E-MAIL --reason WHY", Short: "remove a user who is not the administrator",
		Example: `  dorado user remove eva@registrar.example --reason "asked for by letter"`,
	}, "/remove", &userAct{}, func(l userLine) string {
		return fmt.Sprintf("User %s of %s is gone; what was done stays in the history.", l.Login, l.Registrar)
	})
}

func (p *program) userActs() *cobra.Command {
	var dir, registrar, login, before string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "acts",
		Short: "list who signed in and what was done to users; the latest first",
		Long: `Acts lists sign-ins, those that were refused too, and what was done to users. A list has so many lines at most;
--before ID shows those before the one whose id, in the column ID, that is.`,
		Example: `  dorado user acts --registrar R2001
  dorado user acts --user ana@registrar.example`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			asked := url.Values{"registrar": {registrar}, "login": {login}, "before": {before}}
			var lines []userActLine
			if err := call(cmd.Context(), dir, http.MethodGet, "/user-acts?"+asked.Encode(), nil, &lines); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(lines)
			}
			return p.tellUserActs(lines)
		},
	}
	dirFlag(cmd, &dir)
	f := cmd.Flags()
	f.StringVar(&registrar, "registrar", "", "only of this registrar's users")
	f.StringVar(&login, "user", "", "only of the user with this e-mail address")
	f.StringVar(&before, "before", "", "only before the act of this id")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellUserActs(lines []userActLine) error {
	if len(lines) == 0 {
		fmt.Fprintln(p.out, "Nothing was done.")
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "AT\tREGISTRAR\tUSER\tWHAT\tBY\tFROM\tWHY\tID")
	for _, l := range lines {
		what := strings.TrimSpace(l.What + " " + l.Note)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", showInstant(l.At), l.Registrar, l.Login, what, cmp.Or(l.By, "-"), cmp.Or(l.Address, "-"), cmp.Or(l.Reason, "-"), l.ID)
	}
	return w.Flush()
}
