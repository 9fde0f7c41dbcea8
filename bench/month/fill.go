package main

import (
	"context"
	"fmt"
	"iter"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/store"
)

// Some registrars try names by the thousand and give them back: of so many, so many names each.
const (
	tasters = 20
	tasted  = 1000
)

// fill writes registrars with deposits, what was posted in the month, and what was undone in it: charges as they are in
// the end, and the entries that lower balances. Who comes first has most, as it is with registrars.
func fill(ctx context.Context, o options) error {
	db, err := store.OpenWith(ctx, o.dsn, store.Options{Unsynced: true, Disposable: true})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	err = db.Update(ctx, registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
		changes := registry.Changes{Origin: registry.Origin{At: month.From().AddDate(-2, 0, 0), Command: "registrar:create"}}
		for i := range o.registrars {
			r := registry.Registrar{ID: registrar(i), Version: 1, Name: fmt.Sprintf("Registrar number %d", i+1), Email: "billing@example.com", Postal: registry.Postal{
				Street: []string{"1 Harbour Street"}, City: "Port Example", Postcode: "1000", Country: "IE",
			}}
			if i%2 == 1 {
				r.Mailing.Language = registry.Spanish
			}
			changes.Registrars = append(changes.Registrars, r)
			changes.Limits = append(changes.Limits, ledger.Funds{Party: r.Party()})
			changes.Entries = append(changes.Entries, ledger.Deposit(r.Party(), 100_000_000_00, month.From(), "BENCH"))
		}
		return changes, nil
	})
	if err != nil {
		return fmt.Errorf("make the registrars: %w", err)
	}
	return db.Fill(ctx, lives(o))
}

func registrar(i int) registry.RegistrarID { return registry.RegistrarID(fmt.Sprintf("R%04d", i+1)) }

// lives are the charges, in the order in which they were made.
func lives(o options) iter.Seq2[store.Life, error] {
	return func(yield func(store.Life, error) bool) {
		shares := shared(o)
		for n := range o.transactions {
			who := 0
			if n%2 == 0 || shares[n%o.registrars] == 0 {
				who = largest(shares)
			} else {
				who = n % o.registrars
			}
			shares[who]--
			if !yield(store.Life{posted(n, who, o.transactions)}, nil) {
				return
			}
		}
		for n := range min(tasters, o.registrars) * tasted {
			if !yield(store.Life{undone(n)}, nil) {
				return
			}
		}
	}
}

// shared gives each registrar its part of the transactions: the i-th has 1/(i+10) of what there is.
func shared(o options) []int {
	var all float64
	for i := range o.registrars {
		all += 1 / float64(i+10)
	}
	shares := make([]int, o.registrars)
	left := o.transactions
	for i := range shares {
		shares[i] = int(float64(o.transactions) / all / float64(i+10))
		left -= shares[i]
	}
	shares[0] += left
	return shares
}

// largest returns the first registrar that has more than enough left.
func largest(shares []int) int {
	for i, n := range shares {
		if n > 0 {
			return i
		}
	}
	return 0
}

// posted is one billable transaction.
func posted(n, who, of int) registry.Changes {
	type kind struct {
		typ   ledger.Type
		grace int
	}
	kinds := []kind{
		{ledger.Registration, 5},
		{ledger.Renewal, 5},
		{ledger.AutoRenewal, 45},
		{ledger.Registration, 5},
		{ledger.Renewal, 5},
		{ledger.AutoRenewal, 45},
		{ledger.Renewal, 5},
		{ledger.Renewal, 5},
		{ledger.AutoRenewal, 45},
		{ledger.Registration, 5},
	}
	k := kinds[n%len(kinds)]
	if n%100 == 99 {
		k = kind{ledger.Restore, 0}
	}
	zone := []string{"co", "co", "co", "com.co", "net.co", "nom.co"}[n%6]
	seconds := int64(month.LastSecond().Sub(month.From())/time.Second) * int64(n) / int64(of)
	at := month.From().Add(time.Duration(seconds) * time.Second)
	roid := fmt.Sprintf("D%d-BENCH", n)
	charge := ledger.Charge{
		ID: roid + "/" + string(k.typ) + "/" + at.Format(time.RFC3339), Party: ledger.Party(registrar(who)), Object: roid,
		Subject: fmt.Sprintf("name-%d.%s", n, zone), Type: k.typ, Amount: 20_00, At: at.AddDate(0, 0, -k.grace), PostsAt: at, GraceDays: k.grace,
		State: ledger.Open,
	}
	charge, entries := charge.Post()
	return registry.Changes{Charges: []ledger.Charge{charge}, Entries: entries}
}

// undone is a registration that was credited.
func undone(n int) registry.Changes {
	at := month.From().Add(24*time.Hour + time.Duration(n)*time.Second)
	roid := fmt.Sprintf("T%d-BENCH", n)
	charge, _ := ledger.Charge{
		ID: roid + "/create", Party: ledger.Party(registrar(n / tasted)), Object: roid, Subject: fmt.Sprintf("tasted-%d.co", n),
		Type: ledger.Registration, Amount: 20_00, At: at, PostsAt: at.AddDate(0, 0, 5), GraceDays: 5, State: ledger.Open,
	}.Release(at.Add(time.Hour))
	return registry.Changes{Charges: []ledger.Charge{charge}}
}
