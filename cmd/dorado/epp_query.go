package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.org/dorado/cmd/dorado/eppclient"
)

// namedObject checks the first argument and that another follows.
func namedObject(cmd *cobra.Command, args []string) error {
	objects := []string{"domain", "host", "contact"}
	if cmd.Name() == "info" {
		objects = append(objects, "maintenance")
	}
	if len(args) == 0 || !slices.Contains(objects, args[0]) {
		return fmt.Errorf("say which object: %s %s, and its name", cmd.Name(), strings.Join(objects, ", "))
	}
	if len(args) < 2 {
		return fmt.Errorf("say which %s", args[0])
	}
	return nil
}

// oneObject checks that exactly one object is named.
func oneObject(cmd *cobra.Command, args []string) error {
	if err := namedObject(cmd, args); err != nil {
		return err
	}
	if len(args) > 2 {
		return fmt.Errorf("%s takes one %s at a time; %q is one too many", cmd.Name(), args[0], args[2])
	}
	return nil
}

func (t *talker) check() *cobra.Command {
	var extras checkExtras
	cmd := &cobra.Command{
		Use:     "check domain|host|contact NAME…",
		Short:   "ask which names can be had",
		Example: "  check domain cafemio.co cafeazul.co\n  check domain cafemio.co oro.co --fee",
		Args:    namedObject,
		RunE: func(cmd *cobra.Command, args []string) error {
			c := eppclient.Check{Object: args[0], Names: args[1:]}
			if err := extras.into(cmd, &c); err != nil {
				return err
			}
			return t.do(cmd.Context(), c)
		},
	}
	extras.add(cmd)
	return cmd
}

func (t *talker) info() *cobra.Command {
	var auth, hosts string
	var policy bool
	cmd := &cobra.Command{
		Use:     "info domain|host|contact|maintenance NAME",
		Short:   "show everything about one object",
		Example: "  info domain cafeazul.co --hosts sub",
		Args:    oneObject,
		RunE: func(cmd *cobra.Command, args []string) error {
			if args[0] == "maintenance" {
				return t.do(cmd.Context(), eppclient.MaintenanceInfo{ID: args[1]})
			}
			q := eppclient.Info{Object: args[0], Name: args[1], AuthInfo: auth}
			if args[0] == "domain" {
				q.Hosts = hosts
			}
			if args[0] != "contact" && policy {
				q.TTL = eppclient.TTLPolicy
			}
			return t.do(cmd.Context(), q)
		},
	}
	cmd.Flags().StringVar(&auth, "auth", "", "authInfo of the object")
	cmd.Flags().StringVar(&hosts, "hosts", "", "of a domain: all, del (delegated), sub (below it) or none")
	cmd.Flags().BoolVar(&policy, "ttl", false, "show every time to live with the range to choose from, not only those that were chosen")
	return cmd
}

func (t *talker) remove() *cobra.Command {
	return &cobra.Command{
		Use:     "delete domain|host|contact NAME",
		Short:   "delete one object",
		Example: "  delete domain cafemio.co",
		Args:    oneObject,
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.do(cmd.Context(), eppclient.Delete{Object: args[0], Name: args[1]})
		},
	}
}

func (t *talker) renew() *cobra.Command {
	var expires string
	var years int
	var cost feeFlag
	cmd := &cobra.Command{
		Use:     "renew NAME",
		Short:   "extend a registration; asks the server for its expiry unless --expires is given",
		Example: "  renew cafeazul.co --years 2",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 && args[0] == "domain" {
				args = args[1:]
			}
			if len(args) != 1 {
				return errors.New("say which domain to renew, one at a time")
			}
			fee, err := cost.fee()
			if err := errors.Join(err, yearsArePossible(years)); err != nil {
				return err
			}
			if expires == "" {
				if expires, err = t.expiryOf(cmd.Context(), args[0]); err != nil {
					return err
				}
			}
			return t.do(cmd.Context(), eppclient.Renew{Name: args[0], Expires: expires, Years: years, Fee: fee})
		},
	}
	cmd.Flags().StringVar(&expires, "expires", "", "date of the current expiry, such as 2027-01-31")
	cmd.Flags().IntVar(&years, "years", 1, "years to add")
	cost.add(cmd)
	return cmd
}

// expiryOf asks when a name expires. A refusal is printed, and its exit status is the error.
func (t *talker) expiryOf(ctx context.Context, name string) (string, error) {
	if t.instead != nil {
		return t.expiry(ctx, name)
	}
	answer, err := t.ask(ctx, eppclient.Info{Object: "domain", Name: name})
	if err != nil {
		return "", err
	}
	if !answer.OK() {
		t.print(answer)
		return "", statusOf(answer)
	}
	return expiryIn(answer), nil
}

// expiryIn returns the date of the expiry in the answer to an info.
func expiryIn(a eppclient.Answer) string {
	for _, data := range a.Data {
		if at := data.Child("exDate").Value(); at != "" {
			date, _, _ := strings.Cut(at, "T")
			return date
		}
	}
	return ""
}
