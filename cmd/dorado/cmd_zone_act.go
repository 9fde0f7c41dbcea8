package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"
)

func (p *program) zoneRelease() *cobra.Command {
	var dir, span string
	var q releaseRequest
	cmd := &cobra.Command{
		Use:   "release ZONE --reason TEXT",
		Short: "let names leave a zone that the breaker keeps in it",
		Long: `Where more names would leave a zone within a span than zone.breaker of the configuration allows, those that would
stay in it and wait: a fault or a mistake is to be seen before resolvers see it. Look why (dorado zone list, dorado zone show,
dorado log). Release lets a number of names leave the zone for a time, beside those that always may; what is beyond that waits
again. --end ends it before.`,
		Example: `  dorado zone release co --reason "the purge of the campaign of 2025"
  dorado zone release co --names 3000 --for 2h --reason "a registrar leaves"
  dorado zone release co --end --reason "that was all"`,
		Args: oneArgument("a zone, such as co"),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Author = author(q.Author)
			if span != "" {
				d, err := parseSpan(span)
				if err != nil {
					return fmt.Errorf("--for: %w", err)
				}
				q.Seconds = int64(d.Seconds())
			}
			var line releaseLine
			if err := call(cmd.Context(), dir, http.MethodPost, "/zones/"+url.PathEscape(args[0])+"/release", q, &line); err != nil {
				return err
			}
			if q.End {
				fmt.Fprintf(p.out, "The release of %s has ended.\n", line.Zone)
				return nil
			}
			fmt.Fprintf(p.out, "Until %s %d names may leave %s, beside those that always may.\n", showInstant(line.Until), line.Names, line.Zone)
			return nil
		},
	}
	actFlags(cmd, &dir, &q.actRequest, true)
	f := cmd.Flags()
	f.IntVar(&q.Names, "names", 0, "how many, at least those that wait; left out: these, and as many more as may always go")
	f.StringVar(&span, "for", "", "how long, at most 24h; left out: 1h")
	f.BoolVar(&q.End, "end", false, "end a release")
	return cmd
}

func (p *program) zoneJump() *cobra.Command {
	var dir string
	var to uint32
	var all bool
	var q jumpRequest
	cmd := &cobra.Command{
		Use:   "jump {ZONE | --all} --reason TEXT",
		Short: "go on with a serial that no secondary has yet, after an older backup was restored",
		Long: `A registry whose database was restored from an older backup does not know what it has published since, and would come
to give serials a second time that secondaries have with other contents. Jump publishes the zone at once with a serial beyond
what is served here, what any secondary is known to have, and what one may have that could not be asked. All secondaries are
told, and get the zone whole. Serials are compared as RFC 1982 says; a jump goes 1,073,741,824 ahead at most.`,
		Example: `  dorado zone jump --all --reason "restored the backup of 2027-03-01"
  dorado zone jump co --to 1803945600 --reason "one that is away has 1803942000"`,
		Args: oneArgumentAtMost("a zone, such as co"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if all == (len(args) > 0) {
				return errors.New("name a zone, such as co, or say --all")
			}
			q.Author = author(q.Author)
			if cmd.Flags().Changed("to") {
				q.To = &to
			}
			if all {
				var lines []zoneLine
				if err := call(cmd.Context(), dir, http.MethodGet, "/zones", nil, &lines); err != nil {
					return err
				}
				for _, z := range lines {
					args = append(args, z.Zone)
				}
			}
			for _, zone := range args {
				if err := p.jump(cmd.Context(), dir, zone, q); err != nil {
					return err
				}
			}
			return nil
		},
	}
	actFlags(cmd, &dir, &q.actRequest, true)
	cmd.Flags().Uint32Var(&to, "to", 0, "the serial; left out: 1,000,000 beyond the clock and all serials that are known")
	cmd.Flags().BoolVar(&all, "all", false, "all zones, one after the other")
	return cmd
}

// jump has one zone jump, and tells how.
func (p *program) jump(ctx context.Context, dir, zone string, q jumpRequest) error {
	var line jumpLine
	if err := call(ctx, dir, http.MethodPost, "/zones/"+url.PathEscape(zone)+"/jump", q, &line); err != nil {
		return err
	}
	if line.Made {
		fmt.Fprintf(p.out, "%s is published with serial %d. Secondaries are told, and get it whole.\n", line.Zone, line.To)
	} else {
		fmt.Fprintf(p.out, "The node that publishes %s gives it serial %d within a second.\n", line.Zone, line.To)
	}
	return nil
}
