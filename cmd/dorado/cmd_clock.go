package main

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) clockCommand() *cobra.Command {
	var dir string
	cmd := group(&cobra.Command{
		Use:   "clock",
		Short: "move the clock of a running demo",
		Long: `The demo's registry has a clock of its own, which can be moved forward and never back. A command
returns when all that fell due is done: names renewed or purged, charges posted, the zone published.
The clock of dorado serve is real time and cannot be moved.

A SPAN is years, weeks, days, hours, minutes and seconds: 1y, 2w, 46d, 12h, 1d12h30m, 90s. A year keeps the day, and 29
February falls to 28.

An INSTANT is in UTC: 2027-06-01, 2027-06-01T12:00, 2027-06-01T12:00:00Z, or with an offset such as 2027-06-01T12:00:00-05:00. The clock goes up to 100 years ahead of real time.`,
		Example: `  dorado clock show
  dorado clock advance 46d
  dorado clock to 2027-06-01
  dorado clock next cafeazul.co`,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.showClock(cmd, dir) },
	})
	cmd.PersistentFlags().StringVar(&dir, "dir", defaultDemo, "directory of the running demo")
	move := func(use, short, example, what string, request func(string) clockMove) *cobra.Command {
		return &cobra.Command{
			Use: use, Short: short, Example: "  dorado clock " + example,
			RunE: func(cmd *cobra.Command, args []string) error {
				if len(args) == 0 {
					return fmt.Errorf("give %s", what)
				}
				return p.moveClock(cmd, dir, request(strings.Join(args, " ")))
			},
		}
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "show", Short: "show what the clock says", Args: noArguments,
			RunE: func(cmd *cobra.Command, _ []string) error { return p.showClock(cmd, dir) },
		},
		move("advance SPAN", "move forward by a length of time", "advance 1d12h30m",
			"a length of time such as 46d, 12h or 1d12h",
			func(s string) clockMove { return clockMove{Advance: strings.ReplaceAll(s, " ", "")} }),
		move("to INSTANT", "move forward to an instant (UTC)", "to 2027-06-01T12:00:00Z",
			"an instant such as 2027-06-01 or 2027-06-01T12:00:00Z",
			func(s string) clockMove { return clockMove{To: s} }),
		move("next NAME", "move to the next thing that time does to a name", "next cafeazul.co",
			"a name such as cafeazul.co",
			func(s string) clockMove { return clockMove{Next: s} }),
	)
	return cmd
}

func (p *program) showClock(cmd *cobra.Command, dir string) error {
	var state clockState
	if err := call(cmd.Context(), dir, http.MethodGet, "/clock", nil, &state); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s%s\n", showInstant(state.Now), ahead(state))
	return nil
}

func (p *program) moveClock(cmd *cobra.Command, dir string, move clockMove) error {
	var state clockState
	if err := call(cmd.Context(), dir, http.MethodPost, "/clock", move, &state); err != nil {
		return err
	}
	p.tellMovement(state)
	return nil
}

// tellMovement says what a clock shows after a movement, and what fell due on the way.
func (p *program) tellMovement(state clockState) {
	s := p.styleFor(p.out)
	fmt.Fprintf(p.out, "%s  %s  %s%s\n", s.faint(showInstant(state.Was)), "→", s.bold(showInstant(state.Now)), ahead(state))
	if state.Event != "" {
		fmt.Fprintf(p.out, "Reached: %s.\n", state.Event)
	}
	fmt.Fprintln(p.out, fellDue(state))
}

// fellDue says what a movement of the clock made fall due, all of which is done.
func fellDue(state clockState) string {
	var parts []string
	for _, fact := range []struct {
		what string
		n    int
	}{
		{"renewed", state.Renewed},
		{"suspended", state.Suspended},
		{"deleted", state.Deleted},
		{"transferred", state.Transferred},
		{"purged", state.Purged},
		{"contacts purged", state.Forgotten},
	} {
		if fact.n > 0 {
			parts = append(parts, fact.what+" "+thousands(strconv.Itoa(fact.n)))
		}
	}
	var told []string
	if len(parts) > 0 {
		told = append(told, strings.Join(parts, ", "))
	}
	if state.Charges > 0 {
		told = append(told, fmt.Sprintf("%s posted: %s %s", count(state.Charges, "charge"), thousands(state.Posted), currency))
	}
	if state.Lapsed > 0 {
		told = append(told, count(state.Lapsed, "emergency credit")+" lapsed")
	}
	if state.Months > 0 {
		told = append(told, count(state.Months, "month")+" closed")
	}
	if len(told) == 0 {
		return "Nothing fell due."
	}
	return "Fell due and is done: " + strings.Join(told, "; ") + "."
}

// currency is that of every amount. Decisions 5.1.
const currency = "USD"

// thousands separates the thousands of a number that may have decimals.
func thousands(number string) string {
	whole, decimals, _ := strings.Cut(number, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if decimals != "" {
		decimals = "." + decimals
	}
	return sign + whole + decimals
}

// ahead says how far the registry is from real time.
func ahead(state clockState) string {
	offset, err := time.ParseDuration(state.Offset)
	if err != nil || offset == 0 {
		return "  (real time)"
	}
	return fmt.Sprintf("  (%s ahead of real time)", showSpan(offset))
}

// showSpan writes a length of time in days and smaller units.
func showSpan(d time.Duration) string {
	const day = 24 * time.Hour
	if d = d.Round(time.Second); d >= day {
		d = d.Round(time.Minute)
	}
	days, rest := int(d/day), d%day
	switch {
	case days == 0:
		return rest.String()
	case rest == 0:
		return count(days, "day")
	}
	return count(days, "day") + " " + strings.TrimSuffix(rest.String(), "0s")
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(strconv.Itoa(n)) + " " + noun + "s"
}
