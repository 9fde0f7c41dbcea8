package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func (p *program) mailCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "mail",
		Short: "see the mails that wait for the mail server, and those that failed",
		Long: `Mails to registrars wait in the outbox until the server of mail.host takes them, or go into the
folder of mail.folder. One that the server puts off is tried again after growing pauses; one that it
refuses, or puts off for days, has failed and is kept for a while. A mail that has gone is not here.`,
	})
	cmd.AddCommand(p.mailList(), p.mailShow(), p.mailRetry(), p.mailDrop())
	return cmd
}

func mailPath(id, what string) string { return "/mails/" + url.PathEscape(id) + what }

func (p *program) mailList() *cobra.Command {
	var dir, registrar, after string
	var failed, asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "list the mails of the outbox, oldest first",
		Example: "  dorado mail list\n  dorado mail list --failed --registrar R2001",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ask := url.Values{"registrar": {registrar}, "after": {after}}
			if failed {
				ask.Set("failed", "")
			}
			var page mailPage
			if err := call(cmd.Context(), dir, http.MethodGet, "/mails?"+ask.Encode(), nil, &page); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(page)
			}
			return p.tellMails(page)
		},
	}
	dirFlag(cmd, &dir)
	f := cmd.Flags()
	f.StringVar(&registrar, "registrar", "", "only mails to this registrar")
	f.StringVar(&after, "after", "", "go on after the mail of this id")
	f.BoolVar(&failed, "failed", false, "only mails that failed")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellMails(page mailPage) error {
	if len(page.Mails) == 0 {
		fmt.Fprintln(p.out, "No mail waits.")
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATE\tREGISTRAR\tTO\tEVENT\tQUEUED\tATTEMPTS\tPROBLEM")
	for _, m := range page.Mails {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", m.ID, m.State, m.Registrar, m.To, m.Event,
			showInstant(m.Queued), m.Attempts, m.Problem)
	}
	if err := w.Flush(); err != nil || page.Next == "" {
		return err
	}
	fmt.Fprintf(p.out, "There are more: dorado mail list --after %s\n", page.Next)
	return nil
}

// mailIDs takes one or more arguments.
func mailIDs(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("give the id of a mail, as list shows it; several are taken, too")
	}
	return nil
}

func (p *program) mailShow() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show ID",
		Short:   "show a mail of the outbox with its text",
		Example: "  dorado mail show 1x3k9vq0a2bc",
		Args:    oneArgument("the id of a mail, as list shows it"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var d mailDetails
			if err := call(cmd.Context(), dir, http.MethodGet, mailPath(args[0], ""), nil, &d); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(d)
			}
			p.tellMail(d)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellMail(d mailDetails) {
	fmt.Fprintf(p.out, "%s %s: %s to %s of %s, queued %s, %d attempts\n", d.ID, d.State, d.Event, d.To, d.Registrar,
		showInstant(d.Queued), d.Attempts)
	if !d.Due.IsZero() {
		fmt.Fprintf(p.out, "next attempt %s\n", showInstant(d.Due))
	}
	if d.Problem != "" {
		fmt.Fprintf(p.out, "problem: %s\n", d.Problem)
	}
	fmt.Fprintf(p.out, "\nSubject: %s\n\n%s", d.Subject, d.Body)
}

func (p *program) mailRetry() *cobra.Command {
	return p.mailAct("retry", "%s to %s is tried again.\n", &cobra.Command{
		Use:     "retry ID...",
		Short:   "have mails tried again now, and for as long as new ones",
		Example: "  dorado mail retry 1x3k9vq0a2bc",
	})
}

func (p *program) mailDrop() *cobra.Command {
	return p.mailAct("drop", "%s to %s is dropped.\n", &cobra.Command{
		Use:     "drop ID...",
		Short:   "remove mails that have not gone",
		Example: `  dorado mail drop 1x3k9vq0a2bc --reason "told by telephone"`,
	})
}

// mailAct makes a command that does something to mails, one after the other.
func (p *program) mailAct(what, done string, cmd *cobra.Command) *cobra.Command {
	var dir string
	var q actRequest
	cmd.Args = mailIDs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		q.Author = author(q.Author)
		for _, id := range args {
			var line mailLine
			if err := call(cmd.Context(), dir, http.MethodPost, mailPath(id, "/"+what), q, &line); err != nil {
				return err
			}
			fmt.Fprintf(p.out, done, line.ID, line.To)
		}
		return nil
	}
	actFlags(cmd, &dir, &q, false)
	return cmd
}
