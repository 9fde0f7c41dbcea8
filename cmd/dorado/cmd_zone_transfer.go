package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) zoneSecondaries() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "secondaries",
		Short: "show what each secondary has of each zone, and since when it lacks something",
		Long: `Each secondary of the configuration (zone.secondary) that has an address is told of changes, and asked which serial
it serves. Lag is how long ago the oldest change was published that it does not serve yet.`,
		Example: "  dorado zone secondaries",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var lines []secondaryLine
			if err := call(cmd.Context(), dir, http.MethodGet, "/secondaries", nil, &lines); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(lines)
			}
			return p.tellSecondaries(lines)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellSecondaries(lines []secondaryLine) error {
	if len(lines) == 0 {
		fmt.Fprintln(p.out, "There is no secondary; zone.secondary of the configuration names them.")
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SECONDARY\tZONE\tSERVES\tOURS\tLAG\tTOLD\tTRANSFERRED")
	for _, l := range lines {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n", l.Secondary, l.Zone, l.serves(), l.Published, l.lag(), l.told(), l.transferred())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, l := range lines {
		if l.Ahead > 0 {
			fmt.Fprintf(p.out, "%s has a serial of %s that this registry has not served: was an older backup restored? "+
				"dorado zone jump %s goes on beyond it, and all secondaries get the zone whole.\n", l.Secondary, l.Zone, l.Zone)
		}
		if l.Silence != "" {
			fmt.Fprintf(p.out, "%s does not say what it serves of %s: %s\n", l.Secondary, l.Zone, l.Silence)
		}
		if l.NotTold != "" {
			fmt.Fprintf(p.out, "%s could not be told of %s: %s\n", l.Secondary, l.Zone, l.NotTold)
		}
	}
	return nil
}

func (l secondaryLine) serves() string {
	switch {
	case !l.Asked:
		return "not asked"
	case l.SeenAt.IsZero():
		return "unknown"
	}
	return fmt.Sprint(l.Serial)
}

func (l secondaryLine) lag() string {
	switch {
	case l.Ahead > 0:
		return fmt.Sprintf("AHEAD by %d", l.Ahead)
	case !l.Asked:
		return "unknown"
	case l.LagSeconds == 0:
		return "none"
	}
	return time.Duration(l.LagSeconds * float64(time.Second)).Round(time.Millisecond).String()
}

func (l secondaryLine) told() string {
	if l.Told == 0 {
		return "never"
	}
	return fmt.Sprintf("%d at %s", l.Told, showInstant(l.ToldAt))
}

func (l secondaryLine) transferred() string {
	if l.Transferred == 0 {
		return "never since the start"
	}
	how := "changes"
	if l.Whole {
		how = "whole"
	}
	return fmt.Sprintf("%d at %s, %s, %d records", l.Transferred, showInstant(l.At), how, l.Records)
}

func (p *program) zoneCompare() *cobra.Command {
	var dir, authority string
	var asJSON bool
	var q comparisonRequest
	cmd := &cobra.Command{
		Use:   "compare [SECONDARY | --server ADDRESS]",
		Short: "hold what is served, and what a secondary has, against what the database says",
		Long: `Compare reads the whole registry and looks again at each name of which the zones say something else; what is wrong is
named and put right. With the name of a secondary of the configuration (zone.secondary), or with --server, it then transfers
the zones from that server, verifies the signatures of the transfer, and holds every record against what is served here,
reckoning with what was published since the server's serial. A secondary's name stands for its address, its key and its zones.
The end is an error (exit code 1) if anything differs.

In its lines, "-" stands before a record that the server lacks, "+" before one that it has and should not.`,
		Example: `  dorado zone compare
  dorado zone compare anycast
  dorado zone compare --server 192.0.2.53 --tsig secondary.nic.example --zone co
  dorado zone compare --server ns.example.net --tls \
      --tsig hmac-sha256:NAME:SECRET --served`,
		Args: oneArgumentAtMost("the name of a secondary, such as anycast"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				q.Secondary = args[0]
			}
			if authority != "" {
				text, err := os.ReadFile(authority)
				if err != nil {
					return err
				}
				q.Authority = string(text)
			}
			var page comparisonPage
			if err := call(cmd.Context(), dir, http.MethodPost, "/zones/compare", q, &page); err != nil {
				return err
			}
			if asJSON {
				if err := p.printJSON(page); err != nil {
					return err
				}
			} else if err := p.tellComparison(page); err != nil {
				return err
			}
			return page.verdict()
		},
	}
	dirFlag(cmd, &dir)
	f := cmd.Flags()
	f.StringVar(&q.Server, "server", "", "the other server: an address or a name, with a port if that is not 53 (853 with --tls)")
	f.StringVar(&q.TSIG, "tsig", "", "the key to transfer with: hmac-sha256:NAME:SECRET, or the name of one in the configuration")
	f.StringArrayVar(&q.Zones, "zone", nil, "a zone; repeat for more; left out: all")
	f.BoolVar(&q.Served, "served", false, "compare the server with what is served only; the database is not read")
	f.BoolVar(&q.TLS, "tls", false, "transfer over TLS")
	f.StringVar(&q.TLSName, "tls-name", "", "the name in the server's certificate, if it is not that of --server")
	f.StringVar(&authority, "ca", "", "a file with the authorities of its certificate, in PEM; left out: those of this machine")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// verdict is an error if not all is the same.
func (c comparisonPage) verdict() error {
	for _, l := range c.Zones {
		if l.Error != "" {
			return errors.New("not all could be compared")
		}
	}
	if c.differs() {
		return errors.New("they are not the same")
	}
	return nil
}

func (p *program) tellComparison(page comparisonPage) error {
	switch {
	case len(page.Wrong) > 0:
		fmt.Fprintf(p.out, "Published otherwise than the database says, and put right: %s\n", strings.Join(page.Wrong, ", "))
	case page.Database && len(page.Held) == 0:
		fmt.Fprintln(p.out, "What is served is what the database says.")
	case page.Database:
		fmt.Fprintln(p.out, "What is served is what the database says, but for what waits.")
	}
	for _, held := range page.Held {
		fmt.Fprintln(p.out, held)
	}
	if len(page.Zones) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ZONE\tSERIAL\tOURS\tRECORDS\tMISSING\tEXTRA\tDIFFERENT\tRESULT")
	for _, l := range page.Zones {
		if l.Error != "" { // nothing was counted
			fmt.Fprintf(w, "%s\t-\t-\t-\t-\t-\t-\tnot compared: %s\n", l.Zone, l.Error)
			continue
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", l.Zone, l.Serial, l.Served, l.Records, l.Missing, l.Extra, l.Different, l.result())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, l := range page.Zones {
		if l.Error == "" && !l.Known {
			fmt.Fprintf(p.out, "%s: what led from the serial %d of %s to ours is not kept, so changes in between count as differences.\n", l.Zone, l.Serial, page.Server)
		}
		for _, line := range l.Lines {
			fmt.Fprintln(p.out, line)
		}
	}
	return nil
}

func (l comparisonLine) result() string {
	if l.Same {
		return "same"
	}
	return "differs"
}
