package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/cmd/dorado/bench"
)

// benchOptions are the flags of dorado bench epp.
type benchOptions struct {
	epp      eppOptions
	seconds  float64
	rounds   int
	sessions int
	mix      string
	rate     float64
	zone     string
	scratch  string
	profile  string
	noEcho   bool
	json     bool
	report   string
}

func (p *program) benchCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "bench",
		Short: "measure a running registry",
	})
	cmd.AddCommand(p.benchEPP(), p.benchTime(), p.benchZone(), &cobra.Command{
		Use: "echo", Short: "serve TLS frames back, for bench epp", Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return bench.ServeEcho(cmd.Context(), p.in, p.out) },
	})
	return cmd
}

func (p *program) benchEPP() *cobra.Command {
	var o benchOptions
	cmd := &cobra.Command{
		Use:   "epp",
		Short: "measure EPP, beside the ceilings of the same machine in the same run",
		Long: `Bench epp lets many sessions send commands to a running registry, each the next when the last is
answered, and prints how many are answered a second and how long they take. In the same run it
measures two ceilings: the same frames sent back over TLS by a process that does nothing else, and
creates in a scratch database without EPP. Compare the ratios; rates alone are of one machine.

With a demo in --dir it needs nothing else, and gives the registrars the funds that it uses. For any
other server give --server, --ca, --as and DORADO_EPP_PASSWORD; then one registrar with funds is used,
and 100 sessions are the most. What it registers stays: use a registry that is there to be filled.

The exit status is 1 if a command failed.`,
		Example: `  dorado bench epp --dir demo
  dorado bench epp --dir demo --mix check=1 --seconds 10 --rounds 3
  dorado bench epp --dir demo --mix create=1 --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.epp.resolve(p.env); err != nil {
				return err
			}
			return p.bench(cmd.Context(), o)
		},
	}
	o.epp.flags(cmd)
	f := cmd.Flags()
	f.Float64Var(&o.seconds, "seconds", 5, "how long each round lasts, and each ceiling in it")
	f.IntVar(&o.rounds, "rounds", 1, "how often everything is measured, in turns; rates and ratios are medians")
	f.IntVar(&o.sessions, "sessions", 100, "sessions, spread over the registrars, 100 of one at most")
	f.StringVar(&o.mix, "mix", "check=85,info=10,create=4,update=1", "how often each command comes")
	f.Float64Var(&o.rate, "rate", 0, "commands a second of all sessions together (default as many as can be)")
	f.StringVar(&o.zone, "zone", "", "the zone to register names in (default the first that the profile sells)")
	f.StringVar(&o.scratch, "scratch", "", "an empty database for the bare store: a SQLite file or a postgres:// URL\n(default, for a registry on SQLite, a file in --dir that is removed again)")
	f.StringVar(&o.profile, "profile", "", "write a CPU profile of the registry in --dir to this file, of a round that does not count")
	f.BoolVar(&o.noEcho, "no-echo", false, "leave out the TLS echo")
	f.BoolVar(&o.json, "json", false, "print JSON")
	f.StringVar(&o.report, "report", "", "write the JSON to this file, too")
	return cmd
}

// Bounds of the flags.
const (
	maxBenchSeconds = 3600
	maxBenchRounds  = 100
)

func (o benchOptions) check() error {
	switch {
	case o.seconds <= 0 || o.seconds > maxBenchSeconds:
		return fmt.Errorf("--seconds is more than 0 and at most %d", maxBenchSeconds)
	case o.rounds < 1 || o.rounds > maxBenchRounds:
		return fmt.Errorf("--rounds is 1 to %d", maxBenchRounds)
	case o.sessions < 1 || o.sessions > bench.MaxSessions:
		return fmt.Errorf("--sessions is 1 to %d", bench.MaxSessions)
	case o.rate < 0:
		return errors.New("--rate is not negative")
	}
	return nil
}

// round returns how long one round lasts.
func (o benchOptions) round() time.Duration { return time.Duration(o.seconds * float64(time.Second)) }

// A benchRun is one run of the command: where to, and what is open for it.
type benchRun struct {
	p      *program
	o      benchOptions
	mix    bench.Mix
	target benchTarget
	load   *bench.Load
	echo   *bench.Echo      // nil without
	store  *bench.BareStore // nil without
	report bench.Report

	storeless bool // no bare store is measured
	end       []func() error
}

func (p *program) bench(ctx context.Context, o benchOptions) (err error) {
	mix, mixErr := bench.ParseMix(o.mix)
	if err := errors.Join(o.check(), mixErr, canBeWritten("--report", o.report), canBeWritten("--profile", o.profile)); err != nil {
		return err
	}
	b := &benchRun{p: p, o: o, mix: mix}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.open(ctx); err != nil {
		return err
	}
	rounds, err := b.measure(ctx)
	if err != nil {
		return err
	}
	b.report.Fill(rounds)
	if o.profile != "" {
		if err := b.profile(ctx); err != nil {
			return err
		}
	}
	if err := b.print(); err != nil {
		return err
	}
	if n := b.report.Failures(); n > 0 {
		return fmt.Errorf("%s not answered with success", count(int(n), "command"))
	}
	return nil
}

// open logs in everywhere and makes all that is needed.
func (b *benchRun) open(ctx context.Context) error {
	var err error
	if b.target, err = b.o.target(); err != nil {
		return err
	}
	if err := b.target.deposit(ctx, b.o); err != nil {
		return err
	}
	plan := bench.Plan{
		Address: b.o.epp.server, Accounts: b.target.accounts, Sessions: b.o.sessions,
		Zone: b.target.zone, Known: b.target.known, Mix: b.mix, Rate: b.o.rate,
	}
	if b.target.demo {
		plan.Usage = func() (time.Duration, error) {
			var used processUsage
			err := call(ctx, b.o.epp.dir, http.MethodGet, "/usage", nil, &used)
			return used.CPU, err
		}
	}
	b.report = bench.Report{
		At: time.Now().UTC().Truncate(time.Second), Program: "dorado " + version(), Machine: bench.ThisMachine(),
		Server: b.o.epp.server, Database: b.target.engine, Sessions: b.o.sessions,
		Registrars: min(len(b.target.accounts), b.o.sessions), Mix: b.mix.String(), Rate: b.o.rate, Seconds: b.o.seconds, Rounds: b.o.rounds,
	}
	if b.load, err = bench.Open(ctx, plan); err != nil {
		return b.o.epp.unreachable(err)
	}
	b.closes(func() error { b.load.Close(); return nil })
	b.report.Taken = b.load.Taken()
	if !b.o.noEcho {
		plan.Rate = 0 // a ceiling has no other
		if b.echo, err = bench.StartEcho(ctx, plan, "bench", "echo"); err != nil {
			return err
		}
		b.closes(b.echo.Close)
	}
	if b.mix[bench.Create] > 0 && !b.storeless {
		return b.openStore(ctx)
	}
	return nil
}

// openStore opens the scratch store, if there can be one.
func (b *benchRun) openStore(ctx context.Context) error {
	dsn := b.o.scratch
	switch {
	case dsn != "":
	case b.target.engine == engineSQLite:
		dir, err := os.MkdirTemp(b.o.epp.dir, "bench-")
		if err != nil {
			return fmt.Errorf("make a directory for the bare store: %w", err)
		}
		b.closes(func() error { return os.RemoveAll(dir) })
		dsn = filepath.Join(dir, "scratch.db")
	default:
		b.report.Note = "no bare store was measured: name an empty database like the server's with --scratch"
		return nil
	}
	var err error
	b.store, err = bench.OpenStore(ctx, bench.StorePlan{
		DSN: dsn, Profile: b.target.profile, Zone: b.target.zone, Registrars: b.report.Registrars,
		Workers: b.o.sessions, Creates: b.o.mostCreates(), Random: random,
	})
	if err == nil {
		b.closes(b.store.Close)
	}
	return err
}

// warmUp is the most that is sent before what counts.
const warmUp = time.Second

// measure runs the rounds. What is compared stands next to each other, so that a noisy neighbour
// disturbs both.
func (b *benchRun) measure(ctx context.Context) (bench.Rounds, error) {
	var r bench.Rounds
	d := b.o.round()
	if _, err := b.load.Run(ctx, min(warmUp, d/4)); err != nil {
		return r, err
	}
	for range b.o.rounds {
		if b.echo != nil {
			m, err := b.echo.Run(ctx, d)
			if err != nil {
				return r, fmt.Errorf("the echo: %w", err)
			}
			r.Echo = append(r.Echo, m)
		}
		m, err := b.load.Run(ctx, d)
		if err != nil {
			return r, err
		}
		r.Commands = append(r.Commands, m)
		if b.store != nil {
			if m, err = b.store.Run(ctx, d); err != nil {
				return r, err
			}
			r.Store = append(r.Store, m)
		}
	}
	return r, nil
}

// profile lets the registry write down what it is busy with while the sessions go on.
func (b *benchRun) profile(ctx context.Context) error {
	fetched := make(chan error, 1)
	go func() { fetched <- b.profileTo(ctx, b.o.profile) }()
	_, runErr := b.load.Run(ctx, time.Duration(b.profileSeconds())*time.Second)
	return errors.Join(<-fetched, runErr)
}

func (b *benchRun) profileSeconds() int { return max(1, int(b.o.seconds)) }

// profileTo fetches a profile of the registry into a file.
func (b *benchRun) profileTo(ctx context.Context, path string) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(fetchProfile(ctx, b.o.epp.dir, b.profileSeconds(), out), out.Close())
}

func (b *benchRun) print() error {
	data, err := json.MarshalIndent(b.report, "", "  ")
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
	return b.report.WriteText(b.p.out)
}

// closes adds what is to be done at the end; the last added is done first.
func (b *benchRun) closes(f func() error) { b.end = append(b.end, f) }

func (b *benchRun) close() error {
	var err error
	for i := len(b.end) - 1; i >= 0; i-- {
		err = errors.Join(err, b.end[i]())
	}
	return err
}
