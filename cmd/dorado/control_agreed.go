package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"example.org/dorado/core/ledger"
	"example.org/dorado/flow"
)

// An act that would put an account on hold is done only if the operator says yes to that.

// yesFlag is the flag of an act that may put an account on hold.
func yesFlag(cmd *cobra.Command, yes *bool) {
	cmd.Flags().BoolVar(yes, "yes", false, "do it even if it puts the account on hold")
}

// agreed refuses a command that would put an account on hold, unless its author said yes. What it would do, the same
// flow says that does it; one that is refused anyway is left to that.
func (h *house) agreed(ctx context.Context, cmd flow.Command, yes bool) error {
	if yes {
		return nil
	}
	would, err := h.core.service.Explain(ctx, flow.Ask{Command: cmd})
	if err != nil || would.Refusal != nil {
		return err
	}
	var fee ledger.Money
	for _, charge := range would.Changes.Charges {
		if charge.Type == ledger.Reinstatement && charge.State == ledger.Posted {
			fee += charge.Amount
		}
	}
	for _, s := range would.Changes.Standings {
		if s.To.Hold.IsZero() || s.To.Hold.Equal(s.From.Hold) {
			continue
		}
		text := fmt.Sprintf("this puts %s on hold: it could create, renew, restore and ask for transfers no more", s.Party)
		if fee > 0 {
			text += fmt.Sprintf(", and would be charged a reinstatement fee of %s %s", fee, currency)
		}
		return mistake{errors.New(text + "; nothing was done; if that is meant, say so with --yes")}
	}
	return nil
}

// doAgreed is doMoney for an act that may put an account on hold.
func (h *house) doAgreed(ctx context.Context, yes bool, cmd flow.Command, more ...any) (moneyAnswer, error) {
	if err := h.agreed(ctx, cmd, yes); err != nil {
		return moneyAnswer{}, err
	}
	return h.doMoney(ctx, cmd, more...)
}
