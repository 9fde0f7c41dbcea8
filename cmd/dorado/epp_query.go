package main

import (
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
	if len(args) == 0 || !slices.Contains(objects, args[0]) {
		return fmt.Errorf("say which object: %s domain, host or contact, and its name", cmd.Name())
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
	return &cobra.Command{
		Use:     "check domain|host|contact NAME…",
		Short:   "ask which names can be had",
		Example: "  check domain cafemio.co cafeazul.co",
		Args:    namedObject,
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.do(cmd.Context(), eppclient.Check{Object: args[0], Names: args[1:]})
		},
	}
}

func (t *talker) info() *cobra.Command {
	var auth, hosts string
	cmd := &cobra.Command{
		Use:     "info domain|host|contact NAME",
		Short:   "show everything about one object",
		Example: "  info domain cafeazul.co --hosts sub",
		Args:    oneObject,
		RunE: func(cmd *cobra.Command, args []string) error {
			if args[0] != "domain" {
				hosts = ""
			}
			return t.do(cmd.Context(), eppclient.Info{Object: args[0], Name: args[1], AuthInfo: auth, Hosts: hosts})
		},
	}
	cmd.Flags().StringVar(&auth, "auth", "", "authInfo of the object")
	cmd.Flags().StringVar(&hosts, "hosts", "", "of a domain: all, del (delegated), sub (below it) or none")
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
			if err := yearsArePossible(years); err != nil {
				return err
			}
			if expires == "" && t.instead != nil {
				return errors.New("say when the name expires: --expires DATE")
			}
			if expires == "" {
				answer, err := t.ask(cmd.Context(), eppclient.Info{Object: "domain", Name: args[0]})
				if err != nil {
					return err
				}
				if !answer.OK() {
					t.print(answer)
					return statusOf(answer)
				}
				expires = expiryIn(answer)
			}
			return t.do(cmd.Context(), eppclient.Renew{Name: args[0], Expires: expires, Years: years})
		},
	}
	cmd.Flags().StringVar(&expires, "expires", "", "date of the current expiry, such as 2027-01-31")
	cmd.Flags().IntVar(&years, "years", 1, "years to add")
	return cmd
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
