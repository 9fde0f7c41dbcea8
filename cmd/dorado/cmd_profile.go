package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/core/policy"
)

func (p *program) profileCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "profile",
		Short: "show the rules of the zones, and print a file of rules to begin with",
		Long: `A profile is the rules of a registry: its zones, lengths, prices and limits, each version with the instant from
which it holds and why. registry.profile in dorado.toml names a built-in one, or a file in the registry's
directory that ends in .json.`,
		Example: `  dorado profile show --dir /var/lib/dorado
  dorado profile file co-2026 > profile.json`,
	})
	cmd.AddCommand(p.profileShow(), p.profilePrint())
	return cmd
}

func (p *program) profilePrint() *cobra.Command {
	return &cobra.Command{
		Use:     "file ID",
		Short:   "print the file of a built-in profile",
		Example: "  dorado profile file co-2026 > profile.json",
		Args:    oneArgument("the id of a built-in profile: " + list(policy.BuiltInIDs())),
		RunE: func(_ *cobra.Command, args []string) error {
			data, err := policy.BuiltInFile(args[0])
			if err != nil {
				return fmt.Errorf("%w; there are %s", err, list(policy.BuiltInIDs()))
			}
			_, err = p.out.Write(data)
			return err
		},
	}
}

func (p *program) profileShow() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "show",
		Short: "show the rules of each zone: which versions there are, why, and what is in force",
		Long: `Show reads the profile that the configuration in --dir names, as the registry would at its next start; it need not
run. The instant is that of this machine's clock.`,
		Example: "  dorado profile show --dir /var/lib/dorado",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			c, err := loadConfig(dir)
			if err != nil {
				return err
			}
			profile, err := c.Registry.loadProfile(dir)
			if err != nil {
				return err
			}
			return p.tellProfile(profile, time.Now())
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

// tellProfile prints the versions of a profile and what its zones follow.
func (p *program) tellProfile(profile policy.Profile, now time.Time) error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "VERSION OF %s\tFROM\tWHY\n", profile.ID)
	for i, v := range profile.Versions {
		fmt.Fprintf(w, "%d\t%s\t%s\n", i+1, showInstant(v.From), v.Why)
	}
	fmt.Fprintln(w, "\nZONE\tSOLD\tYEARS\tADD\tRENEW\tAUTO-RENEW\tTRANSFER\tREDEMPTION\tPENDING\tANSWER\tHOLD\tAT EXPIRY")
	for _, z := range profile.Zones {
		t := profile.TermsIn(z.Name, now)
		fmt.Fprintf(w, "%s\t%s\t%d to %d", z.Name, yesNo(z.Sold), t.MinYears, t.MaxYears)
		for _, d := range []policy.Days{
			t.AddGrace, t.RenewGrace, t.AutoRenew, t.TransferGrace, t.Redemption, t.PendingDelete, t.TransferAnswer, t.RegistrationHold,
		} {
			fmt.Fprintf(w, "\t%d d", d)
		}
		fmt.Fprintf(w, "\t%s\n", atExpiry(t))
	}
	follows := false
	for _, z := range profile.Zones {
		for _, f := range z.Follows {
			if !follows {
				fmt.Fprintln(w, "\nZONE\tFOLLOWS\tFROM\tWHY")
				follows = true
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", z.Name, f.Profile, showInstant(f.From), f.Why)
		}
	}
	return w.Flush()
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func atExpiry(t *policy.Terms) string {
	if t.Suspension == 0 {
		return "renewed"
	}
	return fmt.Sprintf("suspended %d d", t.Suspension)
}
