package main

import (
	"github.com/spf13/cobra"

	"example.org/dorado/cmd/dorado/eppclient"
)

func (t *talker) poll() *cobra.Command {
	return &cobra.Command{
		Use:   "poll",
		Short: "show the oldest message in the registrar's queue",
		Long: `Poll shows the message that has waited longest, and how many wait. It comes again until it is
acknowledged: epp ack ID.`,
		Example: "  poll",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return t.do(cmd.Context(), eppclient.PollRequest{})
		},
	}
}

func (t *talker) maintenances() *cobra.Command {
	return &cobra.Command{
		Use:     "maintenances",
		Short:   "list when systems of the registry will be away",
		Long:    "Maintenances lists those that have not ended; info maintenance ID tells all about one.",
		Example: "  maintenances",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return t.do(cmd.Context(), eppclient.MaintenanceList{})
		},
	}
}

func (t *talker) ack() *cobra.Command {
	return &cobra.Command{
		Use:     "ack ID",
		Short:   "acknowledge a message, so that it leaves the queue",
		Example: "  ack 7256321456234496",
		Args:    oneArgument("the id of a message, as poll shows it"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.do(cmd.Context(), eppclient.PollAck{ID: args[0]})
		},
	}
}
