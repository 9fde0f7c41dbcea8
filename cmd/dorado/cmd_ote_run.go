package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/cmd/dorado/replay"
)

// A replayer is dorado ote run.
type replayer struct {
	p         *program
	against   replayOptions
	junit     string // a file
	fresh     string
	tap, xml  bool
	verbose   bool
	onlyCheck bool
}

// oteRunCommand plays scripts.
func (p *program) oteRunCommand() *cobra.Command {
	r := &replayer{p: p}
	cmd := &cobra.Command{
		Use:   "run FILE…",
		Short: "play scripts of EPP commands and steps of time, and check the answers",
		Long: `Run plays scripts against a sandbox: EPP commands, what has to be answered, and steps of the clock. The
language is in docs/replay.md, with examples for the whole life of a name. All files are read before
anything is sent; one that fails is told with its line, what was sent, expected and answered.

With a demo in --dir it needs nothing else. For another registry give --credentials FILE, or --server,
--https, --ca and --as with the password in DORADO_EPP_PASSWORD (of the credential whose id ends in -B:
DORADO_EPP_PASSWORD_B).

The exit status is 0 if everything came as the scripts say, and 1 if not.`,
		Example: `  dorado ote run life.txt
  dorado ote run --junit report.xml life.txt transfer.txt
  dorado ote run --production --dir /tmp/d life.txt`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("say which scripts to play, or - for standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			r.against.epp.given = cmd.Flags().Changed
			return r.run(cmd, args)
		},
	}
	f := cmd.Flags()
	o := &r.against
	f.StringVar(&o.epp.dir, "dir", defaultDemo, "directory of a demo, whose demo.json has all that is needed")
	f.BoolVar(&o.production, "production", false, "play against the production part of a demo, whose clock moves, too")
	f.StringVar(&o.credentials, "credentials", "", `JSON file of a sandbox: {"epp": …, "https": …, "ca": …, "registrars": [{"id": …, "eppPassword": …}]}`)
	f.StringVar(&o.epp.server, "server", "", "HOST:PORT of EPP (or DORADO_EPP_SERVER)")
	f.StringVar(&o.https, "https", "", "URL of the JSON interface (or DORADO_OTE_HTTPS)")
	f.StringVar(&o.epp.ca, "ca", "", "PEM file of the authority that signed their certificates (or DORADO_EPP_CA)")
	f.StringVar(&o.epp.as, "as", "", "credential that a script begins with (or DORADO_EPP_ID; default the first)")
	f.DurationVar(&o.epp.timeout, "timeout", 30*time.Second, "for a connection and for each answer of EPP")
	f.StringVar(&r.fresh, "fresh", "", "value of ${fresh} in every script, to play one again as it was")
	f.StringVar(&r.junit, "junit", "", "write a report in the form of JUnit to this file")
	f.BoolVar(&r.tap, "tap", false, "print the Test Anything Protocol")
	f.BoolVarP(&r.verbose, "verbose", "v", false, "print each step")
	f.BoolVar(&r.xml, "xml", false, "print each step with its frames")
	f.BoolVar(&r.onlyCheck, "check", false, "only read the scripts; nothing is sent")
	return cmd
}

// freshLabel is what ${fresh} may be: a label that can also begin the id of a contact.
var freshLabel = regexp.MustCompile(`^[a-z][a-z0-9]{0,11}$`)

// run plays files in their order.
func (r *replayer) run(cmd *cobra.Command, files []string) error {
	if r.fresh != "" && !freshLabel.MatchString(r.fresh) {
		return fmt.Errorf("--fresh is a letter and up to 11 letters and digits, such as cafe1, and %q is not", r.fresh)
	}
	commands := r.p.replayCommands()
	scripts, err := r.read(files, commands)
	if err != nil {
		return err
	}
	if r.onlyCheck {
		for _, s := range scripts {
			fmt.Fprintf(r.p.out, "ok    %s: %d steps\n", s.File, s.Steps())
		}
		return nil
	}
	r.fromEnvironment()
	target, err := r.against.target(r.p.env)
	if err != nil {
		return err
	}
	defer target.close()
	player := &replay.Player{Target: target, Commands: commands, Fresh: r.fresh, Watch: r.watch}
	var wrong []error
	for _, s := range scripts {
		wrong = append(wrong, player.Ready(s))
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	var results []replay.Result
	for _, s := range scripts {
		result := player.Play(cmd.Context(), s)
		results = append(results, result)
		if !r.tap {
			replay.Tell(visibleWriter{r.p.out}, result)
		}
	}
	return r.report(results)
}

// fromEnvironment takes from there what no flag says. A demo that was named, or a file, is not mixed with it.
func (r *replayer) fromEnvironment() {
	o := &r.against
	if o.credentials != "" || o.production || o.epp.given("dir") {
		return
	}
	o.epp.server = cmp.Or(o.epp.server, r.p.env("DORADO_EPP_SERVER"))
	if o.epp.server == "" {
		return
	}
	o.https = cmp.Or(o.https, r.p.env("DORADO_OTE_HTTPS"))
	o.epp.ca = cmp.Or(o.epp.ca, r.p.env("DORADO_EPP_CA"))
	o.epp.as = cmp.Or(o.epp.as, r.p.env("DORADO_EPP_ID"))
}

// read reads all scripts; what is wrong with any of them is told at once.
func (r *replayer) read(files []string, c replay.Commands) ([]*replay.Script, error) {
	var scripts []*replay.Script
	var wrong []error
	for _, file := range files {
		from := r.p.in
		if file != "-" {
			f, err := os.Open(file)
			if err != nil {
				return nil, err
			}
			defer f.Close()
			from = f
		}
		data, err := io.ReadAll(io.LimitReader(from, replay.MaxBytes+1))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		s, err := replay.Read(file, data, c)
		scripts, wrong = append(scripts, s), append(wrong, err)
	}
	return scripts, errors.Join(wrong...)
}

// watch prints a step, if that was asked for.
func (r *replayer) watch(o replay.Outcome) {
	if r.tap || !r.verbose && !r.xml {
		return
	}
	replay.Line(visibleWriter{r.p.out}, o)
	if r.xml && !o.Failed() { // of one that failed they come with the failure
		replay.Frames(visibleWriter{r.p.out}, o)
	}
}

// report writes what was asked for, and returns the exit status.
func (r *replayer) report(results []replay.Result) error {
	if r.tap {
		replay.TAP(visibleWriter{r.p.out}, results)
	}
	if r.junit != "" {
		f, err := os.Create(r.junit)
		if err != nil {
			return err
		}
		if err := errors.Join(replay.JUnit(visibleWriter{f}, results), f.Close()); err != nil {
			return fmt.Errorf("write %s: %w", r.junit, err)
		}
	}
	for _, result := range results {
		if result.Failed() != nil {
			return exit(1)
		}
	}
	return nil
}
