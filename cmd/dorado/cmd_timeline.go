package main

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) timelineCommand() *cobra.Command {
	var dir string
	var asJSON bool
	var wide bool
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
			width := terminalWidth(p.out)
			if wide {
				width = 0
			}
			p.tellTimeline(t, width)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&wide, "wide", false, "show whole lines, however wide the terminal is")
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

// tellTimeline prints what is ahead, one row each, in a width; 0 is any.
func (p *program) tellTimeline(t timelineAnswer, width int) {
	s := p.styleFor(p.out)
	fmt.Fprintln(p.out, s.bold(readableName(t.Name)+", "+t.ROID))
	printWrapped(p.out, width, [][]string{{fmt.Sprintf("Sponsored by %s, expires on %s, %s. If nobody does anything:",
		t.Sponsor, t.Expires.Format(time.DateOnly), stateText(t.State, t.SuspendedUntil))}})
	fmt.Fprintln(p.out)
	var rows [][]string
	for _, a := range t.Ahead {
		rows = append(rows, []string{showInstant(a.At), "in " + roughly(a.At.Sub(t.At)), a.Event})
	}
	printWrapped(p.out, width, rows)
}
