package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) timelineCommand() *cobra.Command {
	var dir string
	var asJSON bool
	var form historyForm
	cmd := &cobra.Command{
		Use:   "timeline NAME",
		Short: "show what will happen to a name, and when",
		Long: `Timeline tells what time alone will do to a name if nobody does anything: grace periods that end and
what a deletion credits until then, when it can be transferred, its expiry and what follows, up to the
purge or the third step after the expiry. It is worked out by the same rules that will run, from today's
facts: the terms and prices that are known now, and the registrar's present choice of renewal.`,
		Example: "  dorado timeline cafeazul.co\n  dorado timeline cafeazul.co --dir DIR --json",
		Args:    oneArgument("the name, such as cafeazul.co"),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, err := p.aLabels(args[0])
			if err != nil {
				return err
			}
			var t timelineAnswer
			if err := call(cmd.Context(), dir, http.MethodGet, "/names/"+url.PathEscape(name)+"/timeline", nil, &t); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(t)
			}
			form.width = terminalWidth(p.out)
			return p.tellTimeline(t, form)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&form.wide, "wide", false, "show whole lines, however wide the terminal is")
	return cmd
}

// roughly writes a length of time, a long one in days. The part of a second by which the clock is behind what it was
// moved to makes no day less.
func roughly(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 10*day {
		d = d.Round(time.Minute).Truncate(day)
	}
	return showSpan(d)
}

// tellTimeline prints what is ahead, one line each.
func (p *program) tellTimeline(t timelineAnswer, form historyForm) error {
	s := p.styleFor(p.out)
	fmt.Fprintln(p.out, s.bold(readableName(t.Name)+", "+t.ROID))
	fmt.Fprintf(p.out, "%s\n\n", form.fit(fmt.Sprintf("Sponsored by %s, expires on %s, %s. If nobody does anything:",
		t.Sponsor, t.Expires.Format(time.DateOnly), strings.Join(t.State, " "))))
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	for _, a := range t.Ahead {
		fmt.Fprintf(w, "%s\tin %s\t%s\n", showInstant(a.At), roughly(a.At.Sub(t.At)), a.Event)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(table.String()) {
		fmt.Fprintln(p.out, form.fit(strings.TrimSuffix(line, "\n")))
	}
	return nil
}
