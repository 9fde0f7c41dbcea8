package main

import (
	"fmt"
	"net/http"
	"strconv"
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
			p.tellRegistrar(d)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().IntVar(&days, "days", daysShown, "how many days of what it asked for, today with them")
	return cmd
}

// tellRegistrar prints what an operator wants to know of a registrar.
func (p *program) tellRegistrar(d registrarDetails) {
	width := p.pageWidth()
	p.tellAccount(d, width)
	printWrapped(p.out, width, [][]string{{d.Login.String()}})
	fmt.Fprintln(p.out)
	printWrapped(p.out, width, limitRows(d.Limits))
	fmt.Fprintln(p.out)
	rows := [][]string{{"DAY (UTC)", "CHECKS", "FAILED CREATES", "REGISTERED", "FLAG"}}
	for _, u := range d.Days {
		flag := "-"
		if u.Flag != "" {
			flag = shortInstant(u.Flagged) + ": " + u.Flag
		}
		rows = append(rows, []string{
			u.Day.Format(time.DateOnly), strconv.FormatInt(u.Checks, 10), strconv.FormatInt(u.FailedCreates, 10),
			strconv.FormatInt(u.Registered, 10), flag,
		})
	}
	printWrapped(p.out, width, rows)
	if len(d.Certificates) > 0 {
		fmt.Fprintln(p.out)
		p.tellCertificates(d)
	}
}

// limitRows are the table of limits.
func limitRows(limits []limitLine) [][]string {
	rows := [][]string{{"LIMIT", "VALUE", "FROM", "UNTIL", "BY", "REASON"}}
	for _, l := range limits {
		by, from := l.Author, shortInstant(l.Since)
		if l.Since.IsZero() {
			by, from = "profile", "-"
		}
		rows = append(rows, []string{l.What, l.Value, from, shortInstant(l.Until), by, l.Reason})
	}
	return rows
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
func (p *program) tellCertificates(d registrarDetails) {
	if len(d.Certificates) == 0 {
		fmt.Fprintf(p.out, "%s has no certificate: dorado registrar certificate add %s FILE\n", d.ID, d.ID)
		return
	}
	rows := [][]string{{"CERTIFICATE", "UNTIL", "SUBJECT"}}
	for _, k := range d.Certificates {
		until := shortInstant(k.NotAfter)
		if !k.NotAfter.IsZero() && !time.Now().Before(k.NotAfter) {
			until += " (expired)"
		}
		rows = append(rows, []string{k.Fingerprint, until, k.Subject})
	}
	printWrapped(p.out, p.pageWidth(), rows)
}
