package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/cmd/dorado/bench"
)

// benchZone measures how long the zone takes to follow commands.
func (p *program) benchZone() *cobra.Command {
	var o benchOptions
	var changes int
	var unsigned bool
	cmd := &cobra.Command{
		Use:   "zone",
		Short: "measure how long after its answer a change is served in the zone",
		Long: `Bench zone changes the DS of names of a running demo over EPP, one after the other, and asks its name server
until it serves each, signature and all. Then many sessions change name servers at a rate, and one change after the other is
followed into the zone. It prints how long that took.`,
		Example: `  dorado bench zone --dir demo
  dorado bench zone --dir demo --rate 1000 --seconds 60`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.epp.resolve(p.env); err != nil {
				return err
			}
			o.noEcho, o.rounds = true, 1
			return p.measureZone(cmd.Context(), o, bench.DelayPlan{
				Changes: changes, Rate: o.rate, Span: o.round(), Signed: !unsigned,
			})
		},
	}
	o.epp.flags(cmd)
	f := cmd.Flags()
	f.IntVar(&changes, "changes", 300, "changes of DS, one after the other")
	f.BoolVar(&unsigned, "unsigned", false, "the zone is not signed here")
	f.Float64Var(&o.rate, "rate", 500, "changes of name servers a second, of all sessions together")
	f.Float64Var(&o.seconds, "seconds", 10, "how long these are sent")
	f.IntVar(&o.sessions, "sessions", 100, "sessions, spread over the registrars, 100 of one at most")
	f.BoolVar(&o.json, "json", false, "print JSON")
	return cmd
}

// A delayLine is what bench zone has found of one kind of change. Times are in milliseconds.
type delayLine struct {
	What   string  `json:"what"`
	Sent   uint64  `json:"sent"`
	Failed uint64  `json:"failed"`
	Cause  string  `json:"cause,omitempty"` // of one
	Rate   float64 `json:"rate"`
	Seen   uint64  `json:"followed"`
	P50    float64 `json:"p50"`
	P99    float64 `json:"p99"`
	Most   float64 `json:"max"`
}

func newDelayLine(what string, d bench.Delays) delayLine {
	ms := func(t time.Duration) float64 { return float64(t.Microseconds()) / 1000 }
	return delayLine{what, d.Sent, d.Failed, d.Cause, d.Rate, d.Times.Count(), ms(d.Times.Quantile(0.5)), ms(d.Times.Quantile(0.99)), ms(d.Times.Max())}
}

func (p *program) measureZone(ctx context.Context, o benchOptions, plan bench.DelayPlan) (err error) {
	mix, mixErr := bench.ParseMix("update=1")
	if err := errors.Join(o.check(), mixErr); err != nil {
		return err
	}
	file, err := readDemoFile(o.epp.dir)
	if err != nil {
		return err
	}
	plan.Server = file.Production.DNS
	b := &benchRun{p: p, o: o, mix: mix, storeless: true}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.open(ctx); err != nil {
		return err
	}
	secure, err := b.load.SecureDelays(ctx, plan)
	if err != nil {
		return err
	}
	lines := []delayLine{newDelayLine("a DS, nothing else going on", secure)}
	if plan.Rate > 0 {
		loaded, err := b.load.LoadedDelays(ctx, plan)
		if err != nil {
			return err
		}
		lines = append(lines, newDelayLine(fmt.Sprintf("name servers, %.0f changes/s", plan.Rate), loaded))
	}
	if o.json {
		return p.printJSON(lines)
	}
	fmt.Fprintf(p.out, "%-34s %8s %8s %8s %8s %8s %8s\n", "from answer to zone", "changes", "/s", "followed", "p50 ms", "p99", "max")
	for _, l := range lines {
		fmt.Fprintf(p.out, "%-34s %8d %8.0f %8d %8.1f %8.1f %8.1f\n", l.What, l.Sent, l.Rate, l.Seen, l.P50, l.P99, l.Most)
		if l.Failed > 0 {
			fmt.Fprintf(p.out, "%d of them were not answered with success, such as %s\n", l.Failed, l.Cause)
		}
	}
	return nil
}
