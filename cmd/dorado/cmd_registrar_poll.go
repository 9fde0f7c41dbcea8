package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A pollSwitch turns a registrar's message queue on or off.
type pollSwitch struct {
	Off    bool   `json:"off"`
	Author string `json:"author"`
}

func (p *program) registrarPoll() *cobra.Command {
	var dir, by string
	cmd := &cobra.Command{
		Use:   "poll ID on|off",
		Short: "switch a registrar's message queue on or off",
		Long: `While a queue is off, nothing is put into it and it looks empty. What waited in it before is
there when it is on again.`,
		Example: "  dorado registrar poll R2001 off\n  dorado registrar poll R2001 on",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 && args[1] != "on" && args[1] != "off" {
				return fmt.Errorf("%q is no switch; write on or off after the registrar's id", args[1])
			}
			return arguments("the registrar's id, and on or off", 2)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			q := pollSwitch{args[1] == "off", author(by)}
			if err := call(cmd.Context(), dir, http.MethodPost, registrarPath(args[0], "/poll"), q, &q); err != nil {
				return err
			}
			fmt.Fprintf(p.out, "The message queue of %s is %s.\n", args[0], args[1])
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().StringVar(&by, "author", "", "who decides it; your login name if left out")
	return cmd
}

func (h *house) switchPoll(ctx context.Context, r *http.Request, q pollSwitch) (pollSwitch, error) {
	id := registry.RegistrarID(r.PathValue("id"))
	if _, err := h.core.run(ctx, flow.RegistrarPoll{Registrar: id, Off: q.Off}); err != nil {
		return q, err
	}
	h.log.Info("registrar's message queue switched", "registrar", id, "off", q.Off, "author", q.Author)
	return q, nil
}
