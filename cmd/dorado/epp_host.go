package main

import (
	"strings"

	"github.com/spf13/cobra"

	"example.org/dorado/cmd/dorado/eppclient"
)

// hostAddresses tells the version of each address by its form; the server judges the rest.
func hostAddresses(list []string) []eppclient.Address {
	addresses := make([]eppclient.Address, len(list))
	for i, text := range list {
		addresses[i] = eppclient.Address{Version: "v4", Text: text}
		if strings.Contains(text, ":") {
			addresses[i].Version = "v6"
		}
	}
	return addresses
}

func (t *talker) createHost() *cobra.Command {
	var addresses, ttl []string
	cmd := &cobra.Command{
		Use:     "host NAME",
		Short:   "make a name server known",
		Example: "  create host ns1.cafemio.co --addr 192.0.2.10 \\\n      --addr 2001:db8::10",
		Args:    oneArgument("the name of the host"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c := eppclient.HostCreate{Name: args[0], Addresses: hostAddresses(addresses)}
			var err error
			if c.TTL, err = ttls(ttl); err != nil {
				return err
			}
			return t.do(cmd.Context(), c)
		},
	}
	cmd.Flags().StringSliceVar(&addresses, "addr", nil, "address; repeat for more")
	cmd.Flags().StringSliceVar(&ttl, "ttl", nil, "time to live in seconds, such as A=3600 or AAAA=3600; repeat for more")
	return cmd
}

func (t *talker) updateHost() *cobra.Command {
	var u eppclient.HostUpdate
	var add, remove, ttl []string
	cmd := &cobra.Command{
		Use:     "host NAME",
		Short:   "change a host",
		Example: "  update host ns1.cafemio.co --add-addr 192.0.2.11 \\\n      --rem-addr 192.0.2.10",
		Args:    oneArgument("the name of the host"),
		RunE: func(cmd *cobra.Command, args []string) error {
			u.Name = args[0]
			u.Add.Addresses, u.Remove.Addresses = hostAddresses(add), hostAddresses(remove)
			var err error
			if u.TTL, err = ttls(ttl); err != nil {
				return err
			}
			if !u.Add.Any() && !u.Remove.Any() && u.NewName == "" && len(u.TTL) == 0 {
				return nothingToChange(cmd)
			}
			return t.do(cmd.Context(), u)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&add, "add-addr", nil, "address to add; repeat for more")
	f.StringSliceVar(&remove, "rem-addr", nil, "address to remove; repeat for more")
	f.StringSliceVar(&u.Add.Statuses, "add-status", nil, "status to set; repeat for more")
	f.StringSliceVar(&u.Remove.Statuses, "rem-status", nil, "status to remove; repeat for more")
	f.StringVar(&u.NewName, "rename", "", "new name")
	f.StringSliceVar(&ttl, "ttl", nil, "time to live in seconds, such as A=3600; A= leaves it to the registry; repeat for more")
	return cmd
}
