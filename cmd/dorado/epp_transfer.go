package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/cmd/dorado/eppclient"
	"example.org/dorado/core/lifecycle"
)

// transferOps are what can be done about a transfer, in the order in which it happens. RFC 5730 section
// 2.9.3.4.
var transferOps = [...]string{"request", "query", "cancel", "approve", "reject"}

// transferArguments checks that an object is named, and what is to be done.
func transferArguments(_ *cobra.Command, args []string) error {
	ops := transferOps[:]
	switch {
	case len(args) == 0 || args[0] != "domain" && args[0] != "contact":
		return errors.New("say which object, its name, and what to do: such as transfer domain cafemio.co query")
	case len(args) < 2:
		return fmt.Errorf("say which %s", args[0])
	case len(args) > 3:
		return fmt.Errorf("transfer does one thing at a time; %q is one too many", args[3])
	case slices.Contains(ops, args[1]) && (len(args) == 2 || !slices.Contains(ops, args[2])):
		return fmt.Errorf("the name comes first: transfer %s NAME %s", args[0], args[1])
	case len(args) < 3:
		return fmt.Errorf("say what to do after the name: %s", oneOf(ops))
	case !slices.Contains(ops, args[2]):
		if meant, ok := likely(args[2], ops); ok {
			return fmt.Errorf("a transfer has no %q; did you mean %s?", args[2], meant)
		}
		return fmt.Errorf("a transfer has no %q; say %s", args[2], oneOf(ops))
	}
	return nil
}

func (t *talker) transfer() *cobra.Command {
	var c eppclient.Transfer
	var cost feeFlag
	cmd := &cobra.Command{
		Use:   "transfer domain|contact NAME request|query|cancel|approve|reject",
		Short: "move an object to another registrar, or ask how that stands",
		Long: `Whoever wants the object requests the transfer, with the authInfo that its holder has from the
sponsor, and may cancel it. The sponsor is told by a message (epp poll) and approves or rejects; if it does neither in time, that is an approval. Both may query.

The request of a domain renews it, by a year or by --years, and is charged to who requests it.`,
		Example: `  transfer domain cafemio.co request --auth Xk4-Rm7-Wp2-Qz9
  transfer domain plata.co request --auth Xk4-Rm7-Wp2-Qz9 \
      --fee 200
  transfer domain cafemio.co query
  transfer domain cafemio.co approve
  transfer contact ANA-1 request --auth Xk4-Rm7-Wp2-Qz9`,
		Args: transferArguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			c.Object, c.Name, c.Op = args[0], args[1], args[2]
			for _, name := range []string{"years", "fee", "currency"} {
				if cmd.Flags().Changed(name) && (c.Object != "domain" || c.Op != "request") {
					return fmt.Errorf("--%s goes with transfer domain NAME request", name)
				}
			}
			var err error
			c.Fee, err = cost.fee()
			if cmd.Flags().Changed("years") {
				err = errors.Join(err, yearsArePossible(c.Years))
			}
			if err != nil {
				return err
			}
			return t.do(cmd.Context(), c)
		},
	}
	cmd.Flags().StringVar(&c.AuthInfo, "auth", "", "authInfo of the object; a request needs it")
	cmd.Flags().IntVar(&c.Years, "years", 0, "years to renew a domain by (default: the registry's, which is one)")
	cost.add(cmd)
	return cmd
}

// restoreFlags are what can be said of a restore.
type restoreFlags struct {
	cost              feeFlag
	reason            string
	deleted, restored string
	before, after     string
}

func (t *talker) restore() *cobra.Command {
	var r restoreFlags
	cmd := &cobra.Command{
		Use:   "restore NAME",
		Short: "bring a deleted domain back from redemption",
		Long: `Restore brings a name back at once, for a price that is not given back. It is no renewal: unless the
account renews its names automatically, renew the name on the same day, or it is deleted again.

This registry needs no report. For those that do, --report sends one after the restore.`,
		Example: `  restore cafeazul.co
  restore cafeazul.co --fee 40
  restore cafeazul.co --report "deleted by mistake" \
      --deleted 2026-04-01T09:30:00Z --restored 2026-04-02T10:00:00Z`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 || len(args) == 2 && args[0] == "domain" {
				return nil
			}
			return errors.New("say which domain to restore, one at a time")
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			name := args[len(args)-1]
			fee, err := r.cost.fee()
			report, wrong := r.report(name)
			if err := errors.Join(err, wrong); err != nil {
				return err
			}
			return t.bringBack(cmd.Context(), eppclient.Restore{Name: name, Fee: fee, Report: report})
		},
	}
	f := cmd.Flags()
	r.cost.add(cmd)
	f.Lookup("fee").Usage = "what it may cost, such as 40; need not be said"
	f.StringVar(&r.reason, "report", "", "send no restore but the report on one, with this reason")
	f.StringVar(&r.deleted, "deleted", "", "with --report: when the name was deleted (UTC)")
	f.StringVar(&r.restored, "restored", "", "with --report: when it was restored (UTC)")
	f.StringVar(&r.before, "before", "", "with --report: the registration before it was deleted, in words")
	f.StringVar(&r.after, "after", "", "with --report: the registration now, in words")
	return cmd
}

// report is the report that the flags make; nil if there is none.
func (r *restoreFlags) report(name string) (*eppclient.RestoreReport, error) {
	if r.reason == "" {
		if r.deleted+r.restored+r.before+r.after != "" {
			return nil, errors.New("--deleted, --restored, --before and --after go with --report")
		}
		return nil, nil
	}
	if r.deleted == "" || r.restored == "" {
		return nil, errors.New("say when the name was deleted and restored: --deleted and --restored")
	}
	deleted, err := parseInstant(r.deleted)
	restored, wrong := parseInstant(r.restored)
	if err := errors.Join(err, wrong); err != nil {
		return nil, err
	}
	report := &eppclient.RestoreReport{
		Before: r.before, After: r.after, Reason: r.reason,
		Deleted: deleted.UTC().Format(time.RFC3339), Restored: restored.UTC().Format(time.RFC3339),
	}
	for _, text := range []*string{&report.Before, &report.After} {
		if *text == "" {
			*text = name + " as the registry has it"
		}
	}
	return report, nil
}

// bringBack restores a name, or reports on it, and says until when it has to be renewed.
func (t *talker) bringBack(ctx context.Context, r eppclient.Restore) error {
	if t.instead != nil {
		return t.hand(ctx, r)
	}
	answer, err := t.ask(ctx, r)
	if err != nil {
		return err
	}
	t.print(answer)
	if answer.OK() && r.Report == nil && !t.xml {
		t.remindToRenew(ctx, r.Name)
	}
	return statusOf(answer)
}

// remindToRenew says until when a name has to be renewed that was restored just now. Manual 12.3.5.
func (t *talker) remindToRenew(ctx context.Context, name string) {
	by := "the end of today (UTC)"
	answer, err := t.ask(ctx, eppclient.Info{Object: "domain", Name: name})
	if err == nil && answer.OK() && len(answer.Data) > 0 {
		by = renewBy(answer.Data[0].Child("upDate").Value(), by)
	}
	fmt.Fprintf(t.out, "\n      Renew it by %s, or it is deleted again: dorado epp renew %s\n", by, name)
	fmt.Fprintln(t.out, "      That is not needed if your account renews its names automatically, or if a further year would be too many.")
}

// renewBy is the deadline of a name that was restored at an instant, as the server writes it: the update of which
// an info tells. Otherwise is for one that is unreadable.
func renewBy(restored, otherwise string) string {
	at, err := time.Parse(time.RFC3339Nano, restored)
	if err != nil {
		return otherwise
	}
	return lifecycle.RestoreDayEnds(at.UTC()).Format(time.RFC3339)
}
