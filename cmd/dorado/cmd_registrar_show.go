package main

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) registrarShow() *cobra.Command {
	var dir string
	var asJSON bool
	var days int
	cmd := &cobra.Command{
		Use:     "show ID",
		Short:   "show a registrar: its funds, what limits it, and what it asked for",
		Example: "  dorado registrar show R2001\n  dorado registrar show R2001 --json",
		Args:    oneArgument("the registrar's id, such as R2001"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var d registrarDetails
			if err := call(cmd.Context(), dir, http.MethodGet, registrarPath(args[0], "?days="+strconv.Itoa(days)), nil, &d); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(d)
			}
			return p.tellRegistrar(d)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().IntVar(&days, "days", daysShown, "how many days of what it asked for, today with them")
	return cmd
}

// tellRegistrar prints what an operator wants to know of a registrar.
func (p *program) tellRegistrar(d registrarDetails) error {
	p.tellAccount(d)
	fmt.Fprintf(p.out, "%s\n\n", d.Login)
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	limitRows(w, d.Limits)
	fmt.Fprintf(w, "\nDAY (UTC)\tCHECKS\tFAILED CREATES\tREGISTERED\tFLAG\n")
	for _, u := range d.Days {
		flag := "-"
		if u.Flag != "" {
			flag = shortInstant(u.Flagged) + ": " + u.Flag
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\n", u.Day.Format(time.DateOnly), u.Checks, u.FailedCreates, u.Registered, flag)
	}
	if err := w.Flush(); err != nil || len(d.Certificates) == 0 {
		return err
	}
	fmt.Fprintln(p.out)
	return p.tellCertificates(d)
}

// limitRows writes the table of limits.
func limitRows(w io.Writer, limits []limitLine) {
	fmt.Fprintln(w, "LIMIT\tVALUE\tFROM\tUNTIL\tBY\tREASON")
	for _, l := range limits {
		by, from := l.Author, shortInstant(l.Since)
		if l.Since.IsZero() {
			by, from = "profile", "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", l.What, l.Value, from, shortInstant(l.Until), by, l.Reason)
	}
}

// String tells of a login in a line. What a client says of itself is quoted: it may say anything.
func (l lastLogin) String() string {
	said := "no login yet"
	if !l.At.IsZero() {
		said = "last login " + showInstant(l.At) + " from " + l.Address
	}
	for _, part := range []string{l.App, l.Tech, l.OS} {
		if part != "" {
			said += fmt.Sprintf(", %q", part)
		}
	}
	if l.WrongPasswords > 0 {
		said += fmt.Sprintf("; wrong passwords since: %d, the latest at %s", l.WrongPasswords, showInstant(l.LastWrong))
	}
	return said
}

func shortInstant(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return showInstant(t)
}

// tellCertificates prints the certificates of a registrar.
func (p *program) tellCertificates(d registrarDetails) error {
	if len(d.Certificates) == 0 {
		fmt.Fprintf(p.out, "%s has no certificate: dorado registrar certificate add %s FILE\n", d.ID, d.ID)
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CERTIFICATE\tUNTIL\tSUBJECT")
	for _, k := range d.Certificates {
		until := shortInstant(k.NotAfter)
		if !k.NotAfter.IsZero() && !time.Now().Before(k.NotAfter) {
			until += " (expired)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", k.Fingerprint, until, k.Subject)
	}
	return w.Flush()
}
