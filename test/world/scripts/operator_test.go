package scripts

import (
	"errors"
	"fmt"
	"slices"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/epp"
	"example.org/dorado/test/world"
)

// operator does what no registrar can, by the verb that the line has; what it is done to comes next.
func (h *house) operator(what []string) (expectation, error) {
	if len(what) < 2 {
		return expectation{}, fmt.Errorf("the operator does what, and to what?")
	}
	id, rest := registry.RegistrarID(what[1]), what[2:]
	act := flow.Act{Registrar: id, Author: "ana", Reason: "a life needs it"}
	var cmd flow.Command
	switch what[0] {
	case "holds":
		cmd = flow.RegistrarHold{Registrar: id, Reason: "the balance is below the minimum"}
	case "lifts":
		cmd = flow.RegistrarHold{Registrar: id}
	case "suspends":
		cmd = flow.RegistrarSuspend{Act: act}
	case "resumes":
		cmd = flow.RegistrarSuspend{Act: act, Resume: true}
	case "books":
		h.booked[id] += money(rest[0])
		cmd = flow.Deposit{Author: "ana", Registrar: id, Amount: money(rest[0]), Reference: h.world.NewTRID()}
	case "prices":
		cmd = flow.PriceSet{Prices: []registry.NamePrice{{Name: world.Name(what[1]), Create: money(rest[0]), Renew: money(rest[1])}}}
	case "mails":
		cmd = flow.RegistrarSet{Act: act, MailsOfTransfers: new(rest[0] == "on")}
	case "renews":
		cmd = flow.RegistrarSet{Act: act, AutoRenew: new(rest[0] == "on")}
	default:
		if cmd = h.deed(what[0], what[1], rest); cmd == nil {
			return expectation{}, fmt.Errorf("the operator does not know what %q is", what[0])
		}
	}
	return h.decree(cmd)
}

// deed is what the operator does to an object of a registrar's; nil if the verb is none of those.
func (h *house) deed(verb, id string, rest []string) flow.Command {
	deed := flow.Deed{Author: "ana", Reason: "a life needs it"}
	isContact := h.objectOf(id) == "contact"
	switch {
	case verb == "sets":
		return flow.DomainStatusSet{Deed: deed, Name: world.Name(id), StatusEdit: flow.StatusEdit{Add: statuses(rest)}}
	case verb == "unsets":
		return flow.DomainStatusSet{Deed: deed, Name: world.Name(id), StatusEdit: flow.StatusEdit{Remove: statuses(rest)}}
	case verb == "deletes":
		return flow.OperatorDelete{Deed: deed, Name: world.Name(id), EndTransfer: slices.Contains(rest, "anyway")}
	case isContact && (verb == "approves" || verb == "rejects"):
		return flow.ContactTransferDecide{Deed: deed, ID: id, Approve: verb == "approves"}
	case verb == "approves", verb == "rejects":
		return flow.DomainTransferDecide{Deed: deed, Name: world.Name(id), Approve: verb == "approves"}
	}
	return nil
}

func statuses(words []string) []registry.Status {
	list := make([]registry.Status, len(words))
	for i, w := range words {
		list[i] = registry.Status(w)
	}
	return list
}

// decree runs a command of the operator's, and tells how it ended as EPP would.
func (h *house) decree(cmd flow.Command) (expectation, error) {
	_, err := h.world.Run("", cmd)
	code, reason := registry.Completed, ""
	var refusal *registry.Error
	switch {
	case errors.As(err, &refusal):
		code, reason = refusal.Code, refusal.Reason
	case err != nil:
		return expectation{}, err
	}
	answer := collect("")
	answer.code, _ = epp.Result(code)
	answer.add("says", reason)
	return answer.sorted(), nil
}

// money is an amount that has to parse.
func money(s string) ledger.Money {
	m, err := ledger.ParseMoney(s)
	if err != nil {
		panic(err)
	}
	return m
}
