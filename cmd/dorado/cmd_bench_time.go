package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/cmd/dorado/bench"
)

// benchTime measures what commands feel of the engine while it catches up.
func (p *program) benchTime() *cobra.Command {
	var o benchOptions
	cmd := &cobra.Command{
		Use:   "time SPAN",
		Short: "measure EPP while the clock of a demo makes much fall due at once",
		Long: `Bench time lets many sessions send commands to a running demo, first for --seconds as it is, then moves
its clock by a span and goes on until all that fell due is done. It prints how much that was, how long it
took, and how long commands took before and meanwhile. A demo made with --seed-expiry has names that expire in one second.`,
		Example: `  dorado bench time --dir demo 336d`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("give a length of time such as 336d")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.epp.resolve(p.env); err != nil {
				return err
			}
			o.noEcho, o.rounds = true, 1
			return p.measureTime(cmd.Context(), o, clockMove{Advance: strings.Join(args, "")})
		},
	}
	o.epp.flags(cmd)
	f := cmd.Flags()
	f.Float64Var(&o.seconds, "seconds", 10, "how long commands are sent before the clock is moved")
	f.IntVar(&o.sessions, "sessions", 100, "sessions, spread over the registrars, 100 of one at most")
	f.StringVar(&o.mix, "mix", "check=90,info=8,create=2", "how often each command comes")
	f.Float64Var(&o.rate, "rate", 500, "commands a second of all sessions together")
	f.StringVar(&o.profile, "profile", "", "write a CPU profile of the first --seconds of the catch-up to this file")
	f.BoolVar(&o.json, "json", false, "print JSON")
	f.StringVar(&o.report, "report", "", "write the JSON to this file, too")
	return cmd
}

// A timeReport is what bench time has found.
type timeReport struct {
	Settled   clockState   `json:"settled"`
	Seconds   float64      `json:"seconds"`   // until all was done
	PerSecond float64      `json:"perSecond"` // names and charges
	Before    bench.Report `json:"before"`
	Meanwhile bench.Report `json:"meanwhile"`
}

// timeSlice is how long sessions send commands without a look whether all is done.
const timeSlice = time.Second

// measureTime measures one movement of the clock.
func (p *program) measureTime(ctx context.Context, o benchOptions, move clockMove) (err error) {
	mix, mixErr := bench.ParseMix(o.mix)
	if err := errors.Join(o.check(), mixErr, canBeWritten("--report", o.report), canBeWritten("--profile", o.profile)); err != nil {
		return err
	}
	b := &benchRun{p: p, o: o, mix: mix, storeless: true}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.open(ctx); err != nil {
		return err
	}
	r := timeReport{Before: b.report, Meanwhile: b.report}
	before, err := b.load.Run(ctx, o.round())
	if err != nil {
		return err
	}
	r.Before.Fill(bench.Rounds{Commands: []bench.Measure{before}})
	moved := make(chan error, 1)
	go func() {
		began := time.Now()
		err := call(ctx, o.epp.dir, http.MethodPost, "/clock", move, &r.Settled)
		r.Seconds = time.Since(began).Seconds()
		moved <- err
	}()
	meanwhile, err := b.until(ctx, moved)
	if err != nil {
		return err
	}
	r.PerSecond = float64(r.Settled.Names+r.Settled.Charges) / r.Seconds
	r.Meanwhile.Seconds, r.Meanwhile.Rounds = timeSlice.Seconds(), len(meanwhile)
	r.Meanwhile.Fill(bench.Rounds{Commands: meanwhile})
	return b.printTime(r)
}

// until sends commands until something is done.
func (b *benchRun) until(ctx context.Context, done <-chan error) ([]bench.Measure, error) {
	profiled := make(chan error, 1)
	if b.o.profile == "" {
		profiled <- nil
	} else {
		go func() { profiled <- b.profileTo(ctx, b.o.profile) }()
	}
	var list []bench.Measure
	for {
		select {
		case err := <-done:
			return list, errors.Join(err, <-profiled)
		default:
		}
		m, err := b.load.Run(ctx, timeSlice)
		if err != nil {
			return list, err
		}
		list = append(list, m)
	}
}

func (b *benchRun) printTime(r timeReport) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	data = append(data, '\n')
	if b.o.report != "" {
		if err := replaceFile(b.o.report, data); err != nil {
			return err
		}
	}
	if b.o.json {
		_, err = b.p.out.Write(data)
		return err
	}
	return r.writeText(b.p.out)
}

func (r *timeReport) writeText(out io.Writer) error {
	fmt.Fprintf(out, "%s\nIt took %.1f s: %s names and charges a second.\n\n== before ==\n",
		fellDue(r.Settled), r.Seconds, thousands(fmt.Sprintf("%.0f", r.PerSecond)))
	if err := r.Before.WriteText(out); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n== meanwhile ==\n")
	return r.Meanwhile.WriteText(out)
}
