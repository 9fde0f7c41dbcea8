package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/core/registry"
	"example.org/dorado/store"
)

// demoPortBase is what the demo adds to the well-known ports.
const demoPortBase = 7000

// demoNames is how many names a demo begins with: all that demo_data.json has.
const demoNames = 42

// maxSeedNames bounds what one machine of today makes in some minutes and keeps in memory as a zone.
const maxSeedNames = 3_000_000

// seedGCPercent is the garbage collector's target while names are made.
const seedGCPercent = 300

// What becomes of names that expire together, by demoOptions.expiry.
const (
	expireRenew  = "renew"
	expireDelete = "delete"
)

// demoOptions are the flags of dorado demo.
type demoOptions struct {
	dir, dsn string
	portBase int
	names    int
	expiry   string // what becomes of names that expire together; empty if they do not

	algorithm int // of the zones' first keys
	// What was said on the command line, and so wins over an earlier run.
	portChosen, namesChosen bool
}

func (p *program) demoCommand() *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "run a whole registry on 127.0.0.1, ready to try",
		Long: `Demo runs a whole registry on 127.0.0.1 until Ctrl-C: EPP, WHOIS, RDAP and the zone, with two
registrars that have funds, and a few dozen names. Its clock can be moved (dorado clock).

The first run makes DIR; later runs go on with what is in it. To start over, remove DIR. Other
programs find every address, password and certificate in DIR/demo.json.`,
		Example: `  dorado demo
  dorado demo --dir /tmp/d --port-base 17000 --seed-names 5000`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.portChosen = cmd.Flags().Changed("port-base")
			o.namesChosen = cmd.Flags().Changed("seed-names")
			return p.demo(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.dir, "dir", defaultDemo, "directory of the demo")
	f.IntVar(&o.portBase, "port-base", demoPortBase, "added to the well-known ports: EPP 700, WHOIS 43, DNS 53 (UDP and TCP), HTTPS 443, health 90")
	f.IntVar(&o.names, "seed-names", demoNames, "names to begin with: 42 of a list, and the rest made up, a million in some minutes")
	f.StringVar(&o.expiry, "seed-expiry", "", "have the names that are made up expire in the same second, and then renew or delete; for measuring")
	f.StringVar(&o.dsn, "database", "", "a SQLite file or a postgres:// URL of an empty database (default dorado.db in DIR)")
	algorithmFlag(cmd, &o.algorithm)
	return cmd
}

func (p *program) demo(ctx context.Context, o demoOptions) error {
	if o.names < 0 || o.names > maxSeedNames {
		return fmt.Errorf("--seed-names is 0 to %d", maxSeedNames)
	}
	if !slices.Contains([]string{"", expireRenew, expireDelete}, o.expiry) {
		return fmt.Errorf("--seed-expiry is %s or %s", expireRenew, expireDelete)
	}
	ctx, hangups := p.untilHangup(ctx)
	if _, err := socketPath(o.dir); err != nil {
		return err
	}
	wasThere := exists(o.dir)
	if wasThere && !exists(filepath.Join(o.dir, configFile)) && !exists(filepath.Join(o.dir, unfinishedFile)) {
		if err := makeDirectory(o.dir); err != nil { // before a lock is left in what is not ours
			return err
		}
	}
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return fmt.Errorf("the directory %s cannot be made: %w; choose another with --dir", o.dir, plain(err))
	}
	release, err := lockDirectory(o.dir)
	if err != nil {
		return err
	}
	defer release()
	c, fresh, err := demoConfig(o)
	if err != nil {
		leaveNothing(o.dir, wasThere)
		return err
	}
	// The ports come first: one that is in use must not cost a directory that is half made.
	sockets, err := listenAll(ctx, c.Listen, servicesOf(allRoles))
	if err != nil {
		if fresh {
			leaveNothing(o.dir, wasThere)
		}
		return inUseBy(defaultDemo, o.dir, err)
	}
	defer sockets.close()
	if fresh {
		if err := p.makeDemo(ctx, o, c); err != nil {
			if err := clearUnfinished(o.dir); err == nil {
				leaveNothing(o.dir, wasThere)
			}
			if ctx.Err() != nil {
				return errors.New("interrupted; the same command begins again")
			}
			return err
		}
	} else if o.namesChosen {
		fmt.Fprintf(p.err, "dorado: %s has its names already; --seed-names counts for a new directory only\n", o.dir)
	}
	return p.runDemo(ctx, o.dir, c, sockets, hangups)
}

// untilHangup returns the context of a demo and the hangups that reload it. The demo of a person at
// a terminal ends with the terminal: nobody could stop it any more.
func (p *program) untilHangup(ctx context.Context) (context.Context, <-chan os.Signal) {
	if !p.attached {
		return ctx, p.hangups
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		select {
		case <-p.hangups:
		case <-ctx.Done():
		}
	}()
	return ctx, nil
}

// inUseBy adds to a port that is in use who probably has it: the demo that people start first.
func inUseBy(usual, dir string, err error) error {
	pid, held := lockHolder(usual)
	if held && errors.Is(err, syscall.EADDRINUSE) && filepath.Clean(usual) != filepath.Clean(dir) {
		return fmt.Errorf("%w (a dorado%s runs in %s)", err, pid, usual)
	}
	return err
}

// demoConfig returns the configuration of a demo, and whether it is yet to be made.
func demoConfig(o demoOptions) (c config, fresh bool, err error) {
	switch _, err := os.Stat(filepath.Join(o.dir, unfinishedFile)); {
	case err == nil: // an earlier run did not get to its end
		if err := clearUnfinished(o.dir); err != nil {
			return c, false, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return c, false, err
	}
	_, err = os.Stat(filepath.Join(o.dir, configFile))
	if fresh = errors.Is(err, fs.ErrNotExist); fresh {
		c = defaults()
		c.Listen.Address, c.Listen.PortBase = "127.0.0.1", o.portBase
		c.Log.Level = "warn"
		c.Mail.Folder = demoMail
		c.WHOIS.Allow = []string{"127.0.0.0/8", "::1"} // other programs' tests ask all they like
		c.RDAP.Allow = c.WHOIS.Allow
		c.Zone.DNSSEC.Algorithm, c.Zone.DNSSEC.FirstAtOnce = o.algorithm, true
		c.Zone.Breaker.Percent = 0 // its clock is moved by years, and with it all names
		c.Zone.openToThisMachine(base64.StdEncoding.EncodeToString(random(secretBytes)))
		if o.dsn != "" {
			c.Database.DSN = absoluteDSN(o.dsn)
		}
		return c, true, cmp.Or(makeDirectory(o.dir), c.check())
	}
	if c, err = loadConfig(o.dir); err != nil {
		return c, false, err
	}
	if c.Mail == defaultMail() { // it was made by an older program
		c.Mail.Folder = demoMail
	}
	if o.portChosen {
		c.Listen.PortBase = o.portBase
	}
	if o.dsn != "" && absoluteDSN(o.dsn) != c.Database.DSN {
		return c, false, fmt.Errorf("the demo in %s has another database; choose another --dir for this one", o.dir)
	}
	return c, false, c.check()
}

// clearUnfinished removes what a first run left that was cut short. Everything in the directory is
// of that run: it was empty before.
func clearUnfinished(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == lockFile || e.Name() == unfinishedFile {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return os.Remove(filepath.Join(dir, unfinishedFile))
}

// makeDemo fills a new directory and the database.
func (p *program) makeDemo(ctx context.Context, o demoOptions, c config) error {
	began := time.Now()
	if err := writeFiles(o.dir, map[string][]byte{unfinishedFile: nil}); err != nil {
		return err
	}
	files, err := newFiles(c, making{})
	if err != nil {
		return err
	}
	if err := writeFiles(o.dir, files); err != nil {
		return err
	}
	// A run that is cut short is begun again, so nothing has to survive a power cut before its end.
	core, err := openCoreWith(ctx, o.dir, c, slog.New(slog.DiscardHandler), store.Options{Unsynced: true, Disposable: true})
	if err != nil {
		return err
	}
	defer core.db.Close()
	if err := isNew(ctx, core); err != nil {
		return err
	}
	ca, err := readAuthority(keyPair{files[authorityFile], files[authorityKeyFile]})
	if err != nil {
		return err
	}
	registrars, known, more, err := newDemoRegistrars(ctx, ca, core.service.Passwords)
	if err != nil {
		return err
	}
	data, err := loadDemoData()
	if err != nil {
		return err
	}
	seeder := newSeeder(core, data)
	seeder.together = o.expiry != ""
	if o.expiry == expireDelete {
		for i := range registrars {
			registrars[i].RenewModel = []registry.DatedRenewModel{{AutoRenew: false}}
		}
	}
	if err := p.seedDemo(ctx, seeder, registrars, o.names); err != nil {
		return err
	}
	if _, err := newEngine(core, noLease).settle(ctx); err != nil {
		return err
	}
	if err := cmp.Or(readMessages(ctx, core), addPeople(ctx, core, known)); err != nil {
		return err
	}
	if err := cmp.Or(core.keepsKeys(ctx), core.markMade(ctx)); err != nil {
		return err
	}
	if err := writeFiles(o.dir, more); err != nil {
		return err
	}
	file := demoFile{Production: demoProduction{Registrars: known}}
	if err := file.addExamples(ctx, core, data); err != nil {
		return err
	}
	if err := file.write(o.dir); err != nil {
		return err
	}
	fmt.Fprintf(p.err, "dorado: made a registry with %d names in %s (%s)\n", o.names, o.dir, time.Since(began).Round(100*time.Millisecond))
	return os.Remove(filepath.Join(o.dir, unfinishedFile))
}

// seedDemo fills an empty registry, and shows how far it is where that takes a while.
func (p *program) seedDemo(ctx context.Context, s *seeder, registrars []registry.Registrar, n int) error {
	if made := n - len(s.data.Names); made > 0 {
		progress := p.newProgress(made)
		defer progress.end()
		// Rows are garbage as soon as they are written: collecting them less often saves a seventh of
		// the time for some hundred megabytes.
		defer debug.SetGCPercent(debug.SetGCPercent(seedGCPercent))
		s.made = progress.at
	}
	return s.seed(ctx, registrars, n)
}

// runDemo runs a demo until the context ends.
func (p *program) runDemo(ctx context.Context, dir string, c config, sockets *listeners, hangups <-chan os.Signal) error {
	file, errA := readDemoFile(dir)
	data, errB := loadDemoData()
	if err := cmp.Or(errA, errB); err != nil {
		return err
	}
	if err := renewDemoCertificate(dir, c); err != nil {
		return err
	}
	level := new(slog.LevelVar)
	log := newLog(p.err, c.Log, level)
	h, err := openHouse(ctx, plan{dir: dir, config: c, roles: allRoles, movable: true, log: log, level: level, answers: p.answers, dial: p.dial}, sockets)
	if err != nil {
		return err
	}
	file.fill(h.sockets)
	file.Production.TSIG = c.Zone.demoTSIG()
	if err := cmp.Or(file.addSandbox(ctx, h.ote), file.write(dir)); err != nil {
		return errors.Join(err, h.leaveNodes(), h.core.db.Close())
	}
	p.welcome(ctx, h, file, data)
	fmt.Fprintln(p.out, readyLine)
	if err := h.serve(ctx, hangups); err != nil {
		return err
	}
	fmt.Fprintf(p.err, "dorado: stopped; the registry is in %s\n", dir)
	return nil
}

// renewDemoCertificate replaces a server certificate that ends soon: nobody looks after a demo.
func renewDemoCertificate(dir string, c config) error {
	credentials, err := loadCredentials(dir, c.TLS)
	if err != nil {
		return err
	}
	if time.Until(credentials.Certificates[0].Leaf.NotAfter) > expiryWarning {
		return nil
	}
	certificate, errA := os.ReadFile(filepath.Join(dir, authorityFile))
	key, errB := os.ReadFile(filepath.Join(dir, authorityKeyFile))
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	ca, err := readAuthority(keyPair{certificate, key})
	if err != nil {
		return err
	}
	pair, err := ca.server(serverHosts(nil))
	if err != nil {
		return err
	}
	return errors.Join(
		replaceFile(inDir(dir, c.TLS.Certificate), pair.certificate),
		replaceFile(inDir(dir, c.TLS.Key), pair.key))
}
