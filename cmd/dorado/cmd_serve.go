package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) serveCommand() *cobra.Command {
	var dir string
	var roles []string
	cmd := &cobra.Command{
		Use:   "serve --dir DIR",
		Short: "run a registry",
		Long: `Serve runs the registry in DIR, which dorado init made, until SIGTERM or SIGINT. SIGHUP reloads
the certificates and what is live of the configuration; no session is dropped.

It runs every role unless --roles names some. On PostgreSQL several nodes can share a registry:

  epp      the commands of registrars, over TLS
  whois    lookups on port 43
  rdap     lookups over HTTPS
  console  what registrars' programs ask of their accounts over HTTPS
  ftps     the files that registrars fetch
  dns      the zones; one node at a time answers, the others stand by
  engine   writes down what time does: renewals, purges, charges; and makes the
           files of registrars; one node at a time
  ote      the test environment: a registry with a clock for each registrar that
           wants one, in DIR/ote; one node at a time runs it, and the others
           pass on to it what is for it`,
		Example: `  dorado serve --dir /var/lib/dorado
  dorado serve --dir /var/lib/dorado --roles epp,engine`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			chosen, err := parseRoles(roles)
			if err != nil {
				return err
			}
			return p.serve(cmd.Context(), dir, chosen)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "directory of the registry")
	cmd.Flags().StringSliceVar(&roles, "roles", nil, "what to run: epp, whois, rdap, console, ftps, dns, engine, ote (default all)")
	require(cmd, "dir")
	return cmd
}

func (p *program) serve(ctx context.Context, dir string, roles []role) error {
	c, err := loadConfig(dir)
	if err != nil {
		return err
	}
	release, err := lockDirectory(dir)
	if err != nil {
		return err
	}
	defer release()
	level := new(slog.LevelVar)
	log := newLog(p.err, c.Log, level)
	sockets, err := listenAll(ctx, c.Listen, c.servicesAmongNodes(roles))
	if err != nil {
		return err
	}
	defer sockets.close()
	h, err := openHouse(ctx, plan{dir: dir, config: c, roles: roles, log: log, level: level, answers: p.answers, dial: p.dial}, sockets)
	if err != nil {
		return err
	}
	h.warnOfExpiry()
	h.warnOfNameservers()
	h.warnOfDurability(ctx)
	h.warnOfLedger()
	log.Info("serving", append([]any{"version", version(), "dir", dir, "roles", joinRoles(roles)}, h.where()...)...)
	fmt.Fprintln(p.out, readyLine)
	return h.serve(ctx, p.hangups)
}

// readyLine is printed when everything listens; scripts wait for it.
const readyLine = "dorado: ready"

func joinRoles(roles []role) string {
	list := make([]string, len(roles))
	for i, r := range roles {
		list[i] = string(r)
	}
	return strings.Join(list, ",")
}
