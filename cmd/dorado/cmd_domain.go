package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) domainCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "domain",
		Short: "show, hold, lock and delete names, and decide about their transfers",
		Long: `The operator's commands for names. Each that changes something has an author and a reason, which stand in the
history of the name (dorado history) and among the lines that the program logs; dorado log has the commands of registrars
only. The sponsor is told what was done, and no more of the reason than --tell and --case say.`,
		Example: `  dorado domain show cafeazul.co
  dorado domain hold cafeazul.co --reason "case 2026-14" --tell "phishing"
  dorado domain lock cafeazul.co --reason "dispute" --case udrp:D2026-0001
  dorado domain delete cafeazul.co --reason "order of a court"`,
	})
	k := domainObjects()
	cmd.AddCommand(
		p.domainShow(), p.domainHold(false), p.domainHold(true), p.lock(k, false), p.lock(k, true), p.domainDelete(),
		p.decide(k, true), p.decide(k, false),
	)
	return cmd
}

func (p *program) domainShow() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show DOMAIN",
		Short:   "show what is known of a name, as it is now",
		Example: "  dorado domain show cafeazul.co\n  dorado domain show cafeazul.co --json",
		Args:    oneArgument(domainObjects().argument),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := p.pathOf(domainObjects(), args[0], "")
			if err != nil {
				return err
			}
			var a domainAnswer
			if err := call(cmd.Context(), dir, http.MethodGet, path, nil, &a); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(a)
			}
			p.tellDomain(a)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// tellDomain prints a row for each thing that is known of a name.
func (p *program) tellDomain(a domainAnswer) {
	var rows [][]string
	row := func(what, says string) { rows = append(rows, []string{what, says}) }
	at := func(what string, t time.Time, more string) {
		if !t.IsZero() {
			row(what, showInstant(t)+more)
		}
	}
	row("name", a.Name+" ("+a.ROID+")")
	row("sponsor", a.Sponsor)
	row("statuses", strings.Join(a.Statuses, " "))
	if s := a.Suspended; s != nil {
		at("suspended until", s.Until, ", since "+showInstant(s.Since))
	}
	if a.Waits == "" {
		row("in the zone", publications[a.Published])
	} else {
		row("in the zone", "still what was; it is to be: "+publications[a.Published]+"; "+a.Waits)
	}
	if len(a.Nameservers) > 0 {
		row("name servers", strings.Join(a.Nameservers, " "))
	}
	for _, role := range slices.Sorted(maps.Keys(a.Contacts)) {
		row(role, a.Contacts[role])
	}
	at("created", a.Created, "")
	at("updated", a.Updated, "")
	at("transferred", a.Transferred, "")
	at("expires", a.Expires, "")
	for _, g := range a.Graces {
		at(g.Kind, g.Until, " is its end")
	}
	at("no transfer until", a.HoldUntil, "")
	at("restored; renew by", a.RenewBy, "")
	printWrapped(p.out, p.pageWidth(), append(rows, a.waiting()...))
}

// publications say in words what stands in the zone.
var publications = map[string]string{
	"nothing": "nothing", "own": "its own name servers", "registry": "the page of suspended names",
}

// waiting says what a name waits for, how its last transfer ended, and what the operator did last.
func (a domainAnswer) waiting() [][]string {
	var rows [][]string
	row := func(what string, t time.Time, more string) {
		rows = append(rows, []string{what, showInstant(t) + more})
	}
	if d := a.Deleted; d != nil {
		by := d.By
		if by == "operator" {
			by = "the operator"
		}
		row("deleted", d.At, " by "+by)
		row("restorable until", d.RestorableTil, "")
		row("purged at", d.PurgeAt, "")
	}
	if t := a.Transfer; t != nil {
		row("transfer", t.Requested, " requested by "+t.Gaining)
		row("approved by itself", t.Answer, "")
	}
	if t := a.Last; t != nil {
		row("last transfer", t.At, " "+t.String())
	}
	if c := a.Changed; c != nil {
		row("operator", c.At, " by "+c.Author+": "+c.Reason)
	}
	return rows
}

// String says how a transfer ended.
func (t endedLine) String() string {
	by := map[string]string{
		"clientApproved": "approved by " + t.Losing, "clientRejected": "rejected by " + t.Losing,
		"clientCancelled": "cancelled by " + t.Gaining, "serverApproved": "approved by the registry",
		"serverRejected": "rejected by the registry", "serverCancelled": "cancelled by the registry",
	}
	return fmt.Sprintf("to %s: %s", t.Gaining, by[t.Status])
}

// domainHold takes a name out of the zone, or lets it in again.
func (p *program) domainHold(lift bool) *cobra.Command {
	var dir string
	q := statusRequest{Add: []string{"serverHold"}}
	cmd := &cobra.Command{
		Use:   "hold DOMAIN --reason TEXT",
		Short: "take a name out of the zone (serverHold)",
		Long: `Hold sets serverHold: the name is not published, in every stage of its life, until the hold is lifted. What its
sponsor may do with it stays as it was; lock changes that.`,
		Example: `  dorado domain hold cafeazul.co --reason "case 2026-14" --tell "phishing"`,
		Args:    oneArgument(domainObjects().argument),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.changeStatuses(cmd, dir, domainObjects(), args[0], q)
		},
	}
	if lift {
		q.Add, q.Remove = nil, q.Add
		cmd.Use, cmd.Short, cmd.Long = "release DOMAIN --reason TEXT", "lift the hold of a name", ""
		cmd.Example = `  dorado domain release cafeazul.co --reason "the site is clean"`
	}
	deedFlags(cmd, &dir, &q.deedRequest, true)
	return cmd
}

func (p *program) domainDelete() *cobra.Command {
	var dir string
	var q deletionRequest
	cmd := &cobra.Command{
		Use:   "delete DOMAIN --reason TEXT",
		Short: "delete a name as its sponsor would",
		Long: `Delete does what a delete of the sponsor would: in its add grace the name goes at once, else into redemption, and
what can be undone is credited to the sponsor. The sponsor's own statuses do not stand in the way, a lock of the
registry does. A name that another registrar waits for is deleted only with --end-transfer.`,
		Example: `  dorado domain delete cafeazul.co --reason "a court" --case custom:2026-14`,
		Args:    oneArgument(domainObjects().argument),
		RunE: func(cmd *cobra.Command, args []string) error {
			p.warnOfLength(q.deedRequest)
			q.Author = author(q.Author)
			path, err := p.pathOf(domainObjects(), args[0], "/deletion")
			if err != nil {
				return err
			}
			var a deletionAnswer
			if err := call(cmd.Context(), dir, http.MethodPost, path, q, &a); err != nil {
				return err
			}
			if a.Stands == nil {
				fmt.Fprintf(p.out, "%s is gone. Credited: %s %s.\n", a.Name, a.Credited, a.Currency)
				return nil
			}
			fmt.Fprintf(p.out, "%s is deleted. Credited: %s %s. It can be restored until %s and is purged at %s.\n",
				a.Name, a.Credited, a.Currency, showInstant(a.Stands.Deleted.RestorableTil), showInstant(a.Stands.Deleted.PurgeAt))
			return nil
		},
	}
	deedFlags(cmd, &dir, &q.deedRequest, true)
	cmd.Flags().BoolVar(&q.EndTransfer, "end-transfer", false, "reject a transfer that is pending")
	return cmd
}
