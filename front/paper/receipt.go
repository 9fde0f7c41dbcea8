package paper

import "example.org/dorado/core/registry"

// receiptWords are what a receipt says.
type receiptWords struct {
	title, number, dated, reference, value, payment, amount, received, balance string
	notes                                                                      []string
}

// Receipt lays the receipt of a deposit out in the language of its registrar. Amounts are in figures only: nobody can
// change a paper that has a number and can be printed again.
func Receipt(r registry.Receipt) Sheet {
	say := WordsIn(r.To.Language)
	w := say.receipt
	return Sheet{
		Language: r.To.Language, Title: w.title, Number: r.Number, Dated: r.Dated, From: r.Issuer, To: r.To,
		Facts: []Line{
			{Label: w.number, Value: r.Number},
			{Label: w.dated, Value: say.Instant(r.Dated)},
		},
		Tables: []Table{{
			Columns: []Column{
				{Title: w.payment, Share: 5},
				{Title: w.value, Share: 3},
				{Title: w.amount + " (" + r.Currency + ")", Share: 3, Right: true},
			},
			Rows: [][]string{{w.reference + " " + r.Reference, say.Day(r.Value), say.Money(r.Amount)}},
		}},
		Sums: []Line{
			{Label: w.received, Value: say.Amount(r.Amount, r.Currency), Strong: true},
			{Label: w.balance, Value: say.Amount(r.Balance, r.Currency)},
		},
		Notes: w.notes,
	}
}
