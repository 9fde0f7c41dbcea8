// Command dorado is the program: its commands, its configuration, and the wiring of the packages
// that do the work. It decides nothing about a name.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	// What nohup started keeps running when its terminal closes.
	attached := (isTerminal(os.Stdin) || isTerminal(os.Stdout)) && !signal.Ignored(syscall.SIGHUP)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	p := &program{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		env: os.Getenv, hangups: hangups, attached: attached, answers: recorder(),
	}
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// A program is what a command may know of the process that it runs in.
type program struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string
	hangups  <-chan os.Signal // asks a running registry to reload
	attached bool             // to a terminal, whose end is told by a hangup
	answers  func([]byte)     // sees every EPP frame that is sent; nil if nobody looks
	dial     dialer           // reaches the name servers of names; nil: as they say
}

// run runs one command line and returns the exit status: 0, 1 for an error of ours or of the
// person who typed it, or what a command asks for with an exit.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	var status exit
	if errors.As(err, &status) {
		return int(status)
	}
	fmt.Fprintf(p.err, "dorado: %v\n", err)
	return 1
}

// An exit is an error that was told already; it is the exit status.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func (p *program) root() *cobra.Command {
	root := group(&cobra.Command{
		Use:   "dorado",
		Short: "a complete domain registry in one program",
		Long: `Dorado is a complete domain registry in one program: EPP for registrars, WHOIS and RDAP for
everybody, the zone, and the money behind it.

  To see it work:    dorado demo
  To run your own:   dorado init --dir DIR, then dorado serve --dir DIR`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version(),
	})
	root.SetVersionTemplate("dorado {{.Version}}\n")
	root.CompletionOptions.HiddenDefaultCmd = true
	explain(root)
	root.AddCommand(
		p.demoCommand(), p.initCommand(), p.serveCommand(),
		p.domainCommand(), p.hostCommand(), p.contactCommand(), p.profileCommand(),
		p.registrarCommand(), p.moneyCommand(), p.ledgerCommand(), p.priceCommand(), p.promotionCommand(), p.listCommand(), p.allocationCommand(), p.billingCommand(), p.maintenanceCommand(), p.mailCommand(), p.logCommand(), p.historyCommand(), p.timelineCommand(), p.namesCommand(), p.zoneCommand(), p.nodesCommand(), p.clockCommand(), p.eppCommand(), p.explainCommand(), p.idnCommand(), p.rdapCommand(), p.userCommand(), p.oteCommand(), p.benchCommand(),
		p.versionCommand(),
	)
	return root
}
