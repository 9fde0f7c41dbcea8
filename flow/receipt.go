package flow

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// ReceiptShow asks for the receipt of a deposit: a registrar for one of its own, the operator for anybody's. The same one is the same at any time: what it says
// of the registrar is what was known when the money was booked.
type ReceiptShow struct {
	ID       string            // of the act
	Language registry.Language // empty: the registrar's
}

// Answer returns a registry.Receipt without its issuer.
func (q ReceiptShow) Answer(c *Call) (Reply, error) {
	a, found := c.moneyActByID(q.ID)
	found = found && isOwn(c.Registrar.ID, a.Registrar)
	if err := c.check(
		moneyActExists(q.ID, found),
		depositIsBooked(a),
		receiptIsWritten(q.Language),
	); err != nil {
		return nil, err
	}
	receipt := registry.Receipt{
		Number: a.ID, Dated: bookedAt(a), To: c.recipientAt(a.Registrar, bookedAt(a)), Amount: a.Amount,
		Reference: a.Reference, Value: a.Value, Currency: c.Terms.Prices.Currency,
	}
	receipt.Balance = c.balanceAfter(a, c.dueEntries(ledger.Party(a.Registrar)))
	if q.Language != "" {
		receipt.To.Language = q.Language
	}
	return receipt, nil
}

// bookedAt is when an act was done.
func bookedAt(a registry.MoneyAct) time.Time {
	if !a.Second.Since.IsZero() {
		return a.Second.Since
	}
	return a.Asked
}

// recipientAt is a registrar as papers are made out to it, as it was at an instant.
func (c *Call) recipientAt(id registry.RegistrarID, at time.Time) registry.Recipient {
	past, found := read(c, func() (registry.Past, bool, error) {
		return c.reader.VersionAt(registry.KindRegistrar, registry.ROID(id), at)
	})
	if r, ok := past.Object.(registry.Registrar); found && ok {
		r.ID = id
		return r.Recipient()
	}
	r, _ := c.RegistrarByID(id)
	return r.Recipient()
}

// balanceAfter is the balance after an act that was booked, as the statement of the registrar has it: that which the act
// itself keeps is the balance when it was written. Nodes whose clocks differ write a moment's entries in another order
// than that of their instants, and several of one instant stand in the order of their keys.
func (c *Call) balanceAfter(a registry.MoneyAct, due []ledger.Entry) ledger.Money {
	party, at := ledger.Party(a.Registrar), bookedAt(a)
	balance := c.balancesAt(party, at.Add(-time.Microsecond), due).Balance
	q := Statement{
		Registrar: a.Registrar, Since: at, Until: at.Add(time.Microsecond), Moved: true, Limit: c.Terms.Limits.EntriesPerPage,
	}
	place := registry.EntryPlace{}
	for {
		list, whole := c.pageOfEntries(q, place, due)
		for _, e := range list {
			balance += effectOf(e).Balance
			if e.Key == a.Entry {
				return balance
			}
		}
		if whole {
			return a.Balance // the entry is not of that instant
		}
		place = registry.EntryPlace(placeOf(list[len(list)-1]))
	}
}

// depositIsBooked holds for a deposit that was booked and stands.
func depositIsBooked(a registry.MoneyAct) Rule {
	return refuseIf("depositIsBooked", a.Kind != registry.MoneyDeposit || a.State != registry.MoneyDone || a.ReversedBy != "", registry.Error{
		Code: registry.StatusProhibits, Field: "act", Value: a.ID,
		Reason: "only a deposit that was booked and not reversed has a receipt; dorado money show tells what became of it",
	})
}

// receiptIsWritten holds for a language that papers are written in, or none.
func receiptIsWritten(l registry.Language) Rule {
	return refuseIf("receiptIsWritten", l != "" && l != registry.English && l != registry.Spanish, registry.Error{
		Code: registry.ParameterRange, Field: "language", Value: string(l),
		Reason: "receipts are written in English (en) and Spanish (es); choose one",
	})
}
