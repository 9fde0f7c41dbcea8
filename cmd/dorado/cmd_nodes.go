package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) nodesCommand() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "nodes",
		Short: "list the nodes that share a PostgreSQL database",
		Long: `Nodes lists the processes that serve the registry of --dir on one PostgreSQL database: how many
EPP sessions each has, what only one of them does at a time, and those that went without a word
within the last hour.`,
		Example: "  dorado nodes\n  dorado nodes --dir DIR --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var list []nodeLine
			if err := call(cmd.Context(), dir, http.MethodGet, "/nodes", nil, &list); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(list)
			}
			return p.tellNodes(list)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// A nodeLine is one node as an operator sees it.
type nodeLine struct {
	Node     string        `json:"node"`
	This     bool          `json:"this,omitempty"` // the one that answers
	Sessions int           `json:"sessions"`
	Holds    []string      `json:"holds,omitempty"`   // what only one node does at a time
	Gone     time.Duration `json:"gone,omitempty"`    // how long ago its lease ended, in nanoseconds; 0: it is there
	Reached  []string      `json:"reached,omitempty"` // where the other nodes reach it, the likeliest first
}

var errNoNodes = mistake{errors.New("this registry is on SQLite, which one process has to itself: there are no other nodes")}

// listNodes reads the nodes from their leases.
func (h *house) listNodes(ctx context.Context, _ *http.Request, _ struct{}) ([]nodeLine, error) {
	if h.core.db.Alone() {
		return nil, errNoNodes
	}
	leases, err := h.core.db.Leases(ctx)
	if err != nil {
		return nil, err
	}
	list := []nodeLine{}
	for _, l := range leases {
		if l.Name == "node:"+l.Holder {
			list = append(list, nodeLine{
				Node: l.Holder, This: l.Holder == h.node.name, Sessions: l.Sessions, Gone: max(0, -l.Left), Reached: l.Addresses,
			})
		}
	}
	for _, l := range leases {
		at := slices.IndexFunc(list, func(n nodeLine) bool { return n.Node == l.Holder })
		if at >= 0 && l.Name != "node:"+l.Holder && l.Left > 0 {
			list[at].Holds = append(list[at].Holds, l.Name)
		}
	}
	return list, nil
}

func (p *program) tellNodes(list []nodeLine) error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NODE\tSESSIONS\tHOLDS\tSTATE")
	for _, n := range list {
		state := "serves"
		switch {
		case n.Gone > 0:
			state = "gone: its lease ended " + n.Gone.Round(time.Second).String() + " ago"
		case n.This:
			state = "serves, and answers this"
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", n.Node, n.Sessions, strings.Join(n.Holds, " "), state)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, one := range []struct{ lease, lacks string }{
		{zoneLease, "nobody publishes the zones"}, {engineLease, "nothing that falls due is written down"},
	} {
		if !slices.ContainsFunc(list, func(n nodeLine) bool { return slices.Contains(n.Holds, one.lease) }) {
			fmt.Fprintf(p.out, "No node has the lease of %s: %s. Start one with that role.\n", one.lease, one.lacks)
		}
	}
	return nil
}
