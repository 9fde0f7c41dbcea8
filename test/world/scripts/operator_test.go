package scripts

import (
	"context"
	"fmt"
	"slices"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
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
		cmd = flow.Deposit{Registrar: id, Amount: money(rest[0]), Reference: h.world.NewTRID()}
	case "prices":
		cmd = flow.PriceSet{Prices: []registry.NamePrice{{Name: world.Name(what[1]), Create: money(rest[0]), Renew: money(rest[1])}}}
	case "mails":
		cmd = flow.RegistrarSet{Act: act, MailsOfTransfers: new(rest[0] == "on")}
	case "renews":
		return expectation{}, h.renewModel(id, rest[0] == "on")
	case "sets", "unsets":
		return expectation{}, h.setStatus(what[1], registry.Status(rest[0]), what[0] == "sets")
	default:
		return expectation{}, fmt.Errorf("the operator does not know what %q is", what[0])
	}
	_, err := h.world.Run("", cmd)
	return expectation{}, err
}

// money is an amount that has to parse.
func money(s string) ledger.Money {
	m, err := ledger.ParseMoney(s)
	if err != nil {
		panic(err)
	}
	return m
}

// renewModel has a registrar's names renewed or deleted at their expiry from now on.
func (h *house) renewModel(id registry.RegistrarID, renews bool) error {
	return h.put(func(r registry.Reader) (registry.Changes, error) {
		registrar, found, err := r.Registrar(id)
		if err != nil || !found {
			return registry.Changes{}, fmt.Errorf("registrar %s: found %t: %w", id, found, err)
		}
		registrar.Version++
		registrar.RenewModel = append(slices.Clone(registrar.RenewModel), registry.DatedRenewModel{From: h.world.Now(), AutoRenew: renews})
		return registry.Changes{Registrars: []registry.Registrar{registrar}}, nil
	})
}

// put writes what no command writes.
func (h *house) put(decide func(registry.Reader) (registry.Changes, error)) error {
	return h.world.DB.Update(context.Background(), registry.Keys{}, decide)
}

// setStatus gives a name a status of the registry's, or takes it away.
func (h *house) setStatus(name string, status registry.Status, is bool) error {
	h.world.Settle()
	return h.put(func(r registry.Reader) (registry.Changes, error) {
		d, found, err := r.Domain(world.Name(name))
		if err != nil || !found {
			return registry.Changes{}, fmt.Errorf("%s: found %t: %w", name, found, err)
		}
		d = d.Next()
		d.Statuses = slices.DeleteFunc(slices.Clone(d.Statuses), func(s registry.Status) bool { return s == status })
		if is {
			d.Statuses = append(d.Statuses, status)
		}
		return registry.Changes{
			Domains: []registry.Domain{d}, Marks: []registry.Mark{{Kind: registry.MarkDomain, Name: d.Name}},
		}, nil
	})
}
