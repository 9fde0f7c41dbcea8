package main

import (
	"fmt"
	"net/http"
	"strconv"
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
		Short: "show the rules of each zone, prices and fees: which versions there are, why, and what is in force",
		Long: `Show reads the profile that the configuration in --dir names, as the registry would at its next start; it need not
run. What is in force is told for the instant of the registry's clock; where none runs, of this machine's.`,
		Example: "  dorado profile show --dir /var/lib/dorado",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadConfig(dir)
			if err != nil {
				return err
			}
			profile, err := c.Registry.loadProfile(dir)
			if err != nil {
				return err
			}
			var clock clockState
			whose := "the registry's clock"
			if call(cmd.Context(), dir, http.MethodGet, "/clock", nil, &clock) != nil {
				clock.Now, whose = time.Now(), "this machine's clock"
			}
			p.tellProfile(profile, clock.Now, whose)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	return cmd
}

// tellProfile prints the versions of a profile, what its zones follow, and what is in force at an instant of somebody's
// clock: in the zones, and for accounts.
func (p *program) tellProfile(profile policy.Profile, now time.Time, whose string) {
	width := p.pageWidth()
	fmt.Fprintf(p.out, "Profile %s at %s (%s)\n\n", profile.ID, showInstant(now), whose)
	rows := [][]string{{"VERSION", "FROM", "WHY"}}
	for i, v := range profile.Versions {
		rows = append(rows, []string{strconv.Itoa(i + 1), showInstant(v.From), v.Why})
	}
	printWrapped(p.out, width, rows)
	if rows := followRows(profile); len(rows) > 1 {
		fmt.Fprintln(p.out)
		printWrapped(p.out, width, rows)
	}
	p.tellByZones(width, profile, "", func(z policy.Zone) [][]string { return termRows(profile, z, now) })
	p.tellByZones(width, profile, "prices of a year in ", func(z policy.Zone) [][]string { return priceRows(profile.TermsIn(z.Name, now).Prices) })
	fmt.Fprintln(p.out, "\naccounts of registrars:")
	printWrapped(p.out, width, accountRows(profile.At(now)))
}

// tellByZones prints rows for each zone, below a heading. Zones with the same rows stand together.
func (p *program) tellByZones(width int, profile policy.Profile, heading string, rowsOf func(policy.Zone) [][]string) {
	var order []string
	zones, rows := map[string][]string{}, map[string][][]string{}
	for _, z := range profile.Zones {
		of := rowsOf(z)
		key := fmt.Sprint(of)
		if zones[key] == nil {
			order = append(order, key)
		}
		zones[key], rows[key] = append(zones[key], z.Name.String()), of
	}
	for _, key := range order {
		fmt.Fprintln(p.out)
		printWrapped(p.out, width, [][]string{{heading + list(zones[key]) + ":"}})
		printWrapped(p.out, width, rows[key])
	}
}

// followRows are the table of what zones follow.
func followRows(profile policy.Profile) [][]string {
	rows := [][]string{{"ZONE", "FOLLOWS", "FROM", "WHY"}}
	for _, z := range profile.Zones {
		for _, f := range z.Follows {
			rows = append(rows, []string{z.Name.String(), f.Profile, showInstant(f.From), f.Why})
		}
	}
	return rows
}

// termRows are the lengths of a name's life in a zone, each with what it means.
func termRows(profile policy.Profile, z policy.Zone, now time.Time) [][]string {
	t := profile.TermsIn(z.Name, now)
	sold := "yes"
	if !z.Sold {
		sold = "no"
	}
	rows := [][]string{
		{"  sold", sold, "whether names can be registered"},
		{"  registration", fmt.Sprintf("%d to %s", t.MinYears, years(t.MaxYears)), "so long at once, and ahead at most"},
		{"  at expiry", atExpiry(t), "what becomes of names not renewed"},
	}
	for _, length := range []struct {
		what  string
		days  policy.Days
		means string
	}{
		{"add grace", t.AddGrace, "a deletion credits the registration"},
		{"renew grace", t.RenewGrace, "a deletion credits the renewal"},
		{"auto-renew grace", t.AutoRenew, "a deletion credits the auto-renewal"},
		{"transfer grace", t.TransferGrace, "a deletion credits the transfer"},
		{"redemption", t.Redemption, "a deleted name can be restored"},
		{"pending delete", t.PendingDelete, "then, until the purge"},
		{"transfer answer", t.TransferAnswer, "until a transfer approves itself"},
		{"new name's hold", t.RegistrationHold, "no transfer after a registration"},
		{"transfer hold", t.TransferHold, "no transfer after a transfer"},
	} {
		rows = append(rows, []string{"  " + length.what, count(int(length.days), "day"), length.means})
	}
	follow := "no"
	if t.DSAutomation.Covers(z.Name) {
		follow = "yes"
	}
	return append(rows, []string{"  DS follow CDS", follow, "as names' own zones ask for"})
}

func atExpiry(t *policy.Terms) string {
	if t.Suspension == 0 {
		return "renewed or deleted"
	}
	return "suspended for " + count(int(t.Suspension), "day")
}
