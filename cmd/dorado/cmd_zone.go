package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) zoneCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "zone",
		Short: "see what is published, since when, and what holds it",
		Long: `The zones follow the registry within a second. Their state is in the database with the rest; the node
that holds the lease dns publishes it. These commands speak to the registry that runs in --dir.`,
	})
	cmd.AddCommand(p.zoneList(), p.zoneShow(), p.zoneSecondaries(), p.zoneCompare(), p.zoneRelease(), p.zoneJump(), p.zoneKeys(), p.zoneRollover(), p.zoneDS(), p.zoneUnsign(), p.zoneChildren(), p.zoneScan())
	return cmd
}

func (p *program) zoneList() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "list the zones with their serials, sizes, and what holds them",
		Example: "  dorado zone list",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var lines []zoneLine
			if err := call(cmd.Context(), dir, http.MethodGet, "/zones", nil, &lines); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(lines)
			}
			return p.tellZones(lines)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellZones(lines []zoneLine) error {
	if len(lines) == 0 {
		fmt.Fprintln(p.out, "No zone has been published yet.")
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ZONE\tSERIAL\tPUBLISHED\tNAMES\tNSEC3\tMEMORY")
	for _, z := range lines {
		fmt.Fprintf(w, "%s\t%d\t%s\t%d\t%d\t%s\n", z.Zone, z.Serial, showInstant(z.Published), z.Names, z.Links, showBytes(z.Bytes))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, z := range lines {
		if z.Held != nil {
			fmt.Fprintf(p.out, "\n%s\n", z.Held)
		}
		if !z.Released.IsZero() {
			fmt.Fprintf(p.out, "\nUntil %s %d names may leave %s by a release.\n", showInstant(z.Released), z.ReleasedNames, z.Zone)
		}
	}
	return nil
}

// showBytes writes a number of octets for people.
func showBytes(n int) string {
	switch {
	case n >= 10<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%d B", n)
}

func (p *program) zoneShow() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show NAME",
		Short:   "show what is published of a name, and when its changes went out",
		Example: "  dorado zone show example.co",
		Args:    oneArgument("a name, such as example.co"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var page publicationPage
			if err := call(cmd.Context(), dir, http.MethodGet, "/zones/names/"+url.PathEscape(args[0]), nil, &page); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(page)
			}
			return p.tellPublication(page)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellPublication(page publicationPage) error {
	switch {
	case !page.Here:
		fmt.Fprintln(p.out, "Another node publishes the zones; ask it what it serves.")
	case len(page.Records) == 0:
		fmt.Fprintf(p.out, "%s is not in the zone.\n", page.Name)
	}
	for _, line := range page.Records {
		fmt.Fprintln(p.out, line)
	}
	if page.Waits != "" {
		fmt.Fprintf(p.out, "Not published yet: %s.\n", page.Waits)
	}
	if len(page.Times) == 0 {
		fmt.Fprintln(p.out, "No change of it is on record.")
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nCOMMITTED\tSERVED AFTER\tZONE\tSERIAL\tSEEN AT SECONDARIES AFTER")
	for _, t := range page.Times {
		var seen []string
		for _, a := range t.Secondaries {
			seen = append(seen, a.after(t.Committed))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\n", showInstant(t.Committed), showDelay(t.Served.Sub(t.Committed)), t.Zone, t.Serial,
			strings.Join(seen, ", "))
	}
	return w.Flush()
}

// showDelay writes a short span. What was seen before it was committed by the clock of another node took no time.
func showDelay(d time.Duration) string { return max(d, 0).Round(time.Millisecond).String() }
