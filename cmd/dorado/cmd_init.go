package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/names"
	"example.org/dorado/flow"
)

func (p *program) initCommand() *cobra.Command {
	var dir, dsn, profile string
	var algorithm int
	var hosts []string
	cmd := &cobra.Command{
		Use:   "init --dir DIR",
		Short: "make a new registry",
		Long: `Init makes a new registry in DIR, which must be new or empty: a configuration in which every key
has a comment, the secrets, an authority with a server certificate, and the database.

The zones are signed with algorithm 8 (RSA), as the registry's manual has it, unless you choose another. With RSA the
answer that a name does not exist is too long for UDP without fragments, so resolvers come again by TCP for it; with 13
(ECDSA), which RFC 8624 recommends, it fits. A zone changes later by dorado zone rollover --algorithm.`,
		Example: `  dorado init --dir /var/lib/dorado --hostname epp.example.co
  dorado init --dir /var/lib/dorado \
      --database postgres://dorado@db.example/dorado`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c := defaults()
			c.Zone.DNSSEC.Algorithm = algorithm
			if dsn != "" {
				c.Database.DSN = absoluteDSN(dsn)
			}
			files, err := chosenProfile(&c, profile)
			if err != nil {
				return err
			}
			if err := initDirectory(cmd.Context(), dir, c, making{hosts, files}); err != nil {
				return err
			}
			p.tellInitialised(dir, c)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&dir, "dir", "", "directory to make")
	f.StringVar(&dsn, "database", "", "a SQLite file or a postgres:// URL (default dorado.db in DIR)")
	f.StringVar(&profile, "profile", "", "the policy: a built-in profile, or a file ending in .json, which is copied (default "+defaults().Registry.Profile+")")
	f.StringArrayVar(&hosts, "hostname", nil, "name or address of this server for its certificate; repeat for more")
	algorithmFlag(cmd, &algorithm)
	require(cmd, "dir")
	return cmd
}

// algorithmFlag adds the flag of the algorithm of the first keys.
func algorithmFlag(cmd *cobra.Command, algorithm *int) {
	cmd.Flags().IntVar(algorithm, "dnssec-algorithm", defaults().Zone.DNSSEC.Algorithm, "of the keys that the zones begin with: 8 (RSA, whose denials need TCP), 13 (ECDSA) or 15 (Ed25519)")
}

// absoluteDSN keeps a file that was named on the command line where the person meant it.
func absoluteDSN(dsn string) string {
	if strings.Contains(dsn, "://") {
		return dsn
	}
	if path, err := filepath.Abs(dsn); err == nil {
		return path
	}
	return dsn
}

// A making says what else a new directory gets.
type making struct {
	hosts []string          // names and addresses of this server
	files map[string][]byte // by name
}

// initDirectory makes the directory of a registry and its database, or leaves nothing behind.
func initDirectory(ctx context.Context, dir string, c config, m making) (err error) {
	if err := cmp.Or(hostsAreLegal(m.hosts), c.check()); err != nil {
		return err
	}
	if _, err := socketPath(dir); err != nil {
		return err
	}
	wasThere := exists(dir)
	if err := makeDirectory(dir); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			leaveNothing(dir, wasThere)
		}
	}()
	release, err := lockDirectory(dir)
	if err != nil {
		return err
	}
	defer release()
	files, err := newFiles(c, m)
	if err != nil {
		return err
	}
	if err := writeFiles(dir, files); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			removeFiles(dir, files)
		}
	}()
	core, err := openCore(ctx, dir, c, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer core.db.Close()
	if err := isNew(ctx, core); err != nil {
		return err
	}
	return cmp.Or(core.keepsKeys(ctx), core.markMade(ctx))
}

// newFiles returns the files of a new registry by name.
func newFiles(c config, m making) (map[string][]byte, error) {
	text, err := c.text()
	if err != nil {
		return nil, err
	}
	ca, pair, err := newAuthority("Dorado registry authority")
	if err != nil {
		return nil, err
	}
	server, err := ca.server(serverHosts(m.hosts))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{
		configFile: text, secretsFile: newSecrets().text(),
		authorityFile: pair.certificate, authorityKeyFile: pair.key,
		c.TLS.Certificate: server.certificate, c.TLS.Key: server.key,
	}
	maps.Copy(files, m.files)
	return files, nil
}

// serverHosts are the names of a server certificate: those that are given, this machine's, and
// those of the machine itself.
func serverHosts(hosts []string) []string {
	if name, err := os.Hostname(); err == nil {
		hosts = append(hosts, name)
	}
	return append(hosts, "localhost", "127.0.0.1", "::1")
}

// hostsAreLegal refuses what no certificate can be for.
func hostsAreLegal(hosts []string) error {
	for _, host := range hosts {
		if net.ParseIP(host) != nil {
			continue
		}
		if _, err := names.Parse(host); err != nil {
			return fmt.Errorf("--hostname: %q is neither an IP address nor a host name: %w", host, err)
		}
	}
	return nil
}

// removeFiles undoes an init that did not succeed.
func removeFiles(dir string, files map[string][]byte) {
	for name := range files {
		os.Remove(filepath.Join(dir, name))
	}
	for _, name := range []string{"", "-wal", "-shm"} {
		os.Remove(filepath.Join(dir, defaults().Database.DSN+name))
	}
}

// isEmpty refuses a database that holds a registry: its authInfo codes would match no more.
// isNew refuses a database in which a registry was made, or begun and not finished.
func isNew(ctx context.Context, core *registryCore) error {
	_, made, err := core.db.Setting(ctx, madeSetting)
	if err != nil {
		return err
	}
	empty := isEmpty(ctx, core)
	if !made && errors.Is(empty, errNotEmpty) {
		return errors.New("the database has a registry that was begun and not finished, such as a demo whose making was cut short; drop it and create it again, or name another with --database")
	}
	if made && empty == nil {
		return errNotEmpty
	}
	return empty
}

var errNotEmpty = errors.New("the database holds a registry already; name an empty one with --database")

func isEmpty(ctx context.Context, core *registryCore) error {
	reply, err := core.service.Ask(ctx, "", flow.RegistrarList{})
	if err != nil {
		return err
	}
	if len(reply.([]flow.RegistrarAccount)) > 0 {
		return errNotEmpty
	}
	return nil
}

func (p *program) tellInitialised(dir string, c config) {
	s := p.styleFor(p.out)
	file := func(name, what string) {
		fmt.Fprintf(p.out, "    %-24s %s\n", name, s.faint(what))
	}
	database := c.Database.DSN
	if strings.Contains(database, "://") {
		database = "(in PostgreSQL)" // a URL may hold a password
	}
	fmt.Fprintf(p.out, "%s\n\n", s.bold("A new registry is in "+dir+"."))
	file(configFile, "configuration; every key has a default and a comment")
	file(secretsFile, "keys to keep as long as the database: back them up with it")
	file(c.TLS.Certificate+", "+c.TLS.Key, "certificate of EPP and HTTPS, by the authority below")
	file(authorityFile+", "+authorityKeyFile, "an authority of its own; clients trust ca.pem")
	file(database, "database")
	me := p.name()
	fmt.Fprintf(p.out, "\n%s\n\n", s.bold("Next"))
	step := func(what string, commands ...string) {
		fmt.Fprintf(p.out, "    %s\n", s.faint("# "+what))
		for _, c := range commands {
			fmt.Fprintf(p.out, "    %s\n", c)
		}
	}
	step("it listens on all interfaces; to change that, and to name the zone's name servers", "$EDITOR "+filepath.Join(dir, configFile))
	if c.Zone.DNSSEC.Algorithm == int(dnssec.RSASHA256) {
		step("zones are signed with algorithm 8 (RSA): that a name does not exist is then told by TCP only; 13 (ECDSA) fits into UDP",
			"$EDITOR "+filepath.Join(dir, configFile)+"    # zone.dnssec.algorithm, before the first start")
	}
	step("run it; ports below 1024 need root or CAP_NET_BIND_SERVICE", me+" serve --dir "+dir)
	step("in another terminal: let a registrar in, and give it funds",
		me+` registrar add R2001 --dir `+dir+` --name "Example Names" --email tech@example.com --network 127.0.0.1`,
		me+" registrar deposit R2001 1000.00 BANK-0001 --dir "+dir)
}
