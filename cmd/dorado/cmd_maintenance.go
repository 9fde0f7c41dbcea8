package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func (p *program) maintenanceCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "maintenance",
		Short: "announce when systems of the registry will be away",
		Long: `A maintenance is announced to all registrars in their message queues: when it is added, changed or
cancelled, when it begins and when it ends. Registrars can list what is ahead (RFC 9167).`,
	})
	cmd.AddCommand(p.maintenanceAdd(), p.maintenanceList(), p.maintenanceChange(), p.maintenanceCancel())
	return cmd
}

// maintenanceFlags are what is said of a maintenance, as texts.
type maintenanceFlags struct {
	start, end string
	systems    []string
	line       maintenanceLine
}

func (f *maintenanceFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.start, "start", "", "when it begins (UTC), such as 2027-01-31T02:00; left out: now")
	flags.StringVar(&f.end, "end", "", "when it ends (UTC)")
	flags.StringArrayVar(&f.systems, "system", nil,
		"what is away, as NAME=IMPACT or NAME@HOST=IMPACT; the impact is none, partial or full; repeat for more")
	flags.StringVar(&f.line.Name, "name", "", "a title")
	flags.StringVar(&f.line.Environment, "environment", "production", "production, ote, staging or dev")
	flags.BoolVar(&f.line.Emergency, "emergency", false, "it was not planned")
	flags.StringVar(&f.line.Detail, "detail", "", "address of a page that says more")
	flags.StringVar(&f.line.Description, "description", "", "what is done, as plain text")
	flags.StringArrayVar(&f.line.Zones, "zone", nil, "zone that is concerned; repeat for more; left out: all")
	flags.BoolVar(&f.line.Connection, "connection", false, "clients have to change something about their connections")
	flags.BoolVar(&f.line.Implementation, "implementation", false, "clients have to change something about their programs")
	flags.StringVar(&f.line.Author, "author", "", "who announces it; your login name if left out")
}

// over lays what was given over a maintenance.
func (f *maintenanceFlags) over(cmd *cobra.Command, l maintenanceLine) (maintenanceLine, error) {
	given := func(name string) bool { return cmd.Flags().Changed(name) }
	var err error
	if given("start") {
		if l.Start, err = parseInstant(f.start); err != nil {
			return l, fmt.Errorf("--start: %w", err)
		}
	}
	if given("end") {
		if l.End, err = parseInstant(f.end); err != nil {
			return l, fmt.Errorf("--end: %w", err)
		}
	}
	if given("system") {
		l.Systems = nil
		for _, text := range f.systems {
			s, err := parseSystem(text)
			if err != nil {
				return l, err
			}
			l.Systems = append(l.Systems, s)
		}
	}
	for name, set := range map[string]func(){
		"name": func() { l.Name = f.line.Name }, "environment": func() { l.Environment = f.line.Environment },
		"emergency": func() { l.Emergency = f.line.Emergency }, "detail": func() { l.Detail = f.line.Detail },
		"description": func() { l.Description = f.line.Description }, "zone": func() { l.Zones = f.line.Zones },
		"connection":     func() { l.Connection = f.line.Connection },
		"implementation": func() { l.Implementation = f.line.Implementation },
	} {
		if given(name) {
			set()
		}
	}
	l.Author = author(f.line.Author)
	return l, nil
}

// parseSystem reads NAME=IMPACT or NAME@HOST=IMPACT.
func parseSystem(text string) (systemLine, error) {
	what, impact, found := strings.Cut(text, "=")
	name, host, _ := strings.Cut(what, "@")
	if !found || name == "" {
		return systemLine{}, fmt.Errorf("--system: %q is no system; write it such as EPP=full or EPP@epp.example.com=partial", text)
	}
	return systemLine{name, host, impact}, nil
}

func (p *program) maintenanceAdd() *cobra.Command {
	var dir string
	var f maintenanceFlags
	cmd := &cobra.Command{
		Use:   "add --end INSTANT --system NAME=IMPACT",
		Short: "announce a maintenance to all registrars",
		Example: `  dorado maintenance add --start 2027-01-31T02:00 --end 2027-01-31T04:00 \
      --system EPP@epp.example.com=full --system WHOIS=partial \
      --name "New switches"`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			line, err := f.over(cmd, maintenanceLine{Environment: f.line.Environment})
			if err != nil {
				return err
			}
			if err := call(cmd.Context(), dir, http.MethodPost, "/maintenances", line, &line); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "Announced as %s: %s to %s.\n", line.ID, showInstant(line.Start), showInstant(line.End))
			return nil
		},
	}
	dirFlag(cmd, &dir)
	f.add(cmd)
	require(cmd, "end", "system")
	return cmd
}

func (p *program) maintenanceChange() *cobra.Command {
	var dir string
	var f maintenanceFlags
	cmd := &cobra.Command{
		Use:     "change ID",
		Short:   "change a maintenance that has not ended, and tell all registrars",
		Example: "  dorado maintenance change ID --end 2027-01-31T05:00",
		Args:    oneArgument("the id of a maintenance, as list shows it"),
		RunE: func(cmd *cobra.Command, args []string) error {
			line, err := p.maintenanceByID(cmd, dir, args[0])
			if err != nil {
				return err
			}
			if line, err = f.over(cmd, line); err != nil {
				return err
			}
			if err := call(cmd.Context(), dir, http.MethodPost, maintenancePath(args[0]), line, &line); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "Changed: %s to %s.\n", showInstant(line.Start), showInstant(line.End))
			return nil
		},
	}
	dirFlag(cmd, &dir)
	f.add(cmd)
	return cmd
}

func maintenancePath(id string) string { return "/maintenances/" + url.PathEscape(id) }

// maintenanceByID asks for a maintenance that has not ended.
func (p *program) maintenanceByID(cmd *cobra.Command, dir, id string) (maintenanceLine, error) {
	var lines []maintenanceLine
	if err := call(cmd.Context(), dir, http.MethodGet, "/maintenances", nil, &lines); err != nil {
		return maintenanceLine{}, err
	}
	for _, l := range lines {
		if l.ID == id {
			return l, nil
		}
	}
	return maintenanceLine{}, fmt.Errorf("there is no maintenance %s ahead; dorado maintenance list shows them", id)
}

func (p *program) maintenanceCancel() *cobra.Command {
	var dir, by string
	cmd := &cobra.Command{
		Use:     "cancel ID",
		Short:   "call a maintenance off, and tell all registrars",
		Example: "  dorado maintenance cancel ID",
		Args:    oneArgument("the id of a maintenance, as list shows it"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var line maintenanceLine
			err := call(cmd.Context(), dir, http.MethodDelete, maintenancePath(args[0]), cancellation{author(by)}, &line)
			if err == nil {
				fmt.Fprintf(p.out, "Cancelled: %s to %s.\n", showInstant(line.Start), showInstant(line.End))
			}
			return err
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().StringVar(&by, "author", "", "who decides it; your login name if left out")
	return cmd
}

func (p *program) maintenanceList() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "list the maintenances that have not ended",
		Example: "  dorado maintenance list --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var lines []maintenanceLine
			if err := call(cmd.Context(), dir, http.MethodGet, "/maintenances", nil, &lines); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(lines)
			}
			return p.tellMaintenances(lines)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellMaintenances(lines []maintenanceLine) error {
	if len(lines) == 0 {
		fmt.Fprintln(p.out, "No maintenance is ahead.")
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTART\tEND\tSYSTEMS\tNAME")
	for _, l := range lines {
		var systems []string
		for _, s := range l.Systems {
			systems = append(systems, s.Name+" "+s.Impact)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.ID, showInstant(l.Start), showInstant(l.End), strings.Join(systems, ", "), l.Name)
	}
	return w.Flush()
}
