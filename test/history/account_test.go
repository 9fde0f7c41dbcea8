package history_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// An accountHistory is what happened to one registrar's money.
type accountHistory struct {
	*cluster
	*history
}

// What a registrar's sessions spend at the same moment, at several nodes, is explained by one order: the
// money is never spent twice, a command is refused for lack of funds only where there was too little,
// and the refusal tells the funds of that instant.
func TestAccount(t *testing.T) {
	for _, count := range nodeCounts(t) {
		t.Run(named(count), func(t *testing.T) { accountRound(t, seed(t), count, 20) })
	}
}

// accountKey is the key of the one history.
const accountKey = "account"

func accountRound(t *testing.T, seed uint64, count, payments int) {
	const clients = 8
	h := &accountHistory{start(t, "2026-03-01T12:00:00Z", count), newHistory()}
	h.Domain(world.Acme, "other.co") // for its contact
	act(clients, seed, func(client int, r *rand.Rand) {
		for i := range payments {
			p := h.choose(r, client*payments+i)
			n := h.nodes[p.node]
			h.trouble(n, r)
			h.do(client, accountKey, p, func() outcome { return h.pay(n, p) })
		}
	})
	h.calm()
	for i, n := range h.nodes {
		p := payment{what: "funds", node: i}
		h.do(clients+i, accountKey, p, func() outcome { return h.pay(n, p) })
	}
	t.Logf("%d operations, %d unknown", h.size(), h.unknown())
	explain(t, accountModel{h.Now(), h.Service.Terms()}.porcupine(), accountKey, h.byKey[accountKey])
	h.CheckInvariants()
	if available := h.Funds(world.Poor).Available(); available < 0 {
		t.Errorf("%s is available, below the limit", available)
	}
}

// choose invents a payment.
func (h *accountHistory) choose(r *rand.Rand, n int) payment {
	p := payment{node: r.IntN(len(h.nodes)), name: r.IntN(owned)}
	switch chance := r.IntN(100); {
	case chance < 35:
		p.what, p.years = "create", 1+r.IntN(2)
	case chance < 50:
		p.what, p.years = "renew", 1
		p.expires = endOfDay(h.Now(), 1+r.IntN(3))
	case chance < 70:
		p.what = "delete"
	case chance < 80: // some references come twice
		p.what, p.amount, p.reference = "deposit", 20_00, n%64
	case chance < 83:
		p.what = "hold"
	case chance < 88:
		p.what = "release"
	default:
		p.what = "funds"
	}
	return p
}

// pay runs a payment; nil where a query failed, which tells nothing.
func (h *accountHistory) pay(n node, p payment) outcome {
	if p.what == "funds" {
		return h.funds(n)
	}
	who, cmd := h.command(p)
	reply, refusal, known := h.run(n, who, cmd)
	if !known {
		return receipt{unknown: true}
	}
	answer := receipt{code: code(reply, refusal)}
	if refusal != nil && refusal.Code == registry.BillingFailure {
		answer.reason = refusal.Reason
		if strings.Contains(answer.reason, "on hold") {
			answer.reason = "on hold"
		}
	}
	if deleted, ok := reply.(flow.DomainDeleted); ok {
		answer.credited = deleted.Credited
	}
	return answer
}

func (h *accountHistory) funds(n node) outcome {
	var funds ledger.Funds
	err := n.Store.View(context.Background(), func(r registry.Reader) error {
		var err error
		funds, _, err = r.Funds(world.Poor, h.Now())
		return err
	})
	if err != nil {
		h.expected(err)
		return nil
	}
	return receipt{code: registry.Completed, balance: funds.Balance, authorised: funds.Authorised}
}

// command is what a payment runs, and who runs it: the registrar, or the operator.
func (h *accountHistory) command(p payment) (registry.RegistrarID, flow.Command) {
	name := fmt.Sprintf("mine-%d.co", p.name)
	switch p.what {
	case "create":
		return world.Poor, command(world.Name(name), nameDeed{what: "create", years: p.years})
	case "renew":
		return world.Poor, flow.DomainRenew{Name: world.Name(name), CurrentExpiry: p.expires, Years: p.years}
	case "delete":
		return world.Poor, flow.DomainDelete{Name: world.Name(name)}
	case "deposit":
		return "", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: p.amount, Reference: fmt.Sprintf("R-%d", p.reference)}
	case "hold":
		return "", flow.RegistrarHold{Registrar: world.Poor, Reason: "the balance is below the minimum"}
	case "release":
		return "", flow.RegistrarHold{Registrar: world.Poor}
	}
	panic("there is no payment " + p.what)
}
