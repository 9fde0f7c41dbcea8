package flow_test

import (
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Every amount of the manual's samples, with the prices of its premium names in a price list. Where the manual contradicts
// itself the decision is named.
func TestAmountsOfTheManual(t *testing.T) {
	w := world.New(t, noon)
	five, eleven, twenty := world.Name("1126premium-5.co"), world.Name("1126premium-11.co"), world.Name("1126premium-20.co")
	importPrices(w, "",
		registry.PriceEntry{Name: five, Tier: 5, Renew: 200_00},
		registry.PriceEntry{Name: eleven, Create: 100_00, Renew: 100_00},
		registry.PriceEntry{Name: twenty, Tier: 6, Renew: 100_00})
	w.Pass(time.Minute)
	w.Domain(world.Acme, "other.co") // so that world.Acme has its contact X-H1001

	question := &flow.FeeQuestion{Commands: []flow.FeeCommand{{Name: "create"}, {Name: "renew"}, {Name: "restore"}, {Name: "transfer"}}}
	for _, test := range []struct {
		sample, name string
		want         []ledger.Money
	}{
		{"9.12.4", "1126premium-20.co", []ledger.Money{1000_00, 100_00, 40_00, 100_00}},
		{"12.3.1", "1126premium-5.co", []ledger.Money{500_00, 200_00, 40_00, 200_00}},
	} {
		answer := feesOf(t, w, question, test.name)[0]
		for i, want := range test.want {
			if got := answer.Commands[i].Quote.Total(); got != want || !answer.Premium {
				t.Errorf("%s: %s costs %s, want %s", test.sample, question.Commands[i].Name, got, want)
			}
		}
	}

	created := w.Do(world.Acme, createOf(w, five.String(), 1, fee(500_00))).(flow.DomainCreated)
	if created.Charged.String() != "500.00 USD" {
		t.Errorf("12.3.2: a create costs %s", created.Charged)
	}
	renewed := w.Do(world.Acme, flow.DomainRenew{Name: five, CurrentExpiry: created.Expires, Years: 1, Fee: fee(200_00)}).(flow.DomainRenewed)
	if renewed.Charged.String() != "200.00 USD" {
		t.Errorf("12.3.3: a renewal costs %s", renewed.Charged)
	}
	if deleted := w.Do(world.Acme, flow.DomainDelete{Name: five}).(flow.DomainDeleted); deleted.Credited != 700_00 {
		t.Errorf("12.3.4: a delete within both graces credits %s", deleted.Credited)
	}

	w.Do(world.Other, createOf(w, eleven.String(), 1, fee(100_00)))
	w.Do(world.Other, flow.DomainUpdate{Name: eleven, AuthInfo: new("domain-secret")})
	w.Pass(61 * 24 * time.Hour)
	asked := w.Do(world.Acme, flow.DomainTransfer{Name: eleven, Years: 1, AuthInfo: new("domain-secret"), Fee: fee(100_00)}).(flow.TransferTold)
	if asked.Charged.String() != "100.00 USD" {
		t.Errorf("12.3.6: a transfer costs %s", asked.Charged)
	}
	w.Do(world.Acme, flow.DomainTransferEnd{Name: eleven, How: registry.TransferClientCancelled})

	// Decisions 3.3: the second sample of 12.3.4 shows a credit outside of every grace, which is a fault of the manual.
	if deleted := w.Do(world.Other, flow.DomainDelete{Name: eleven}).(flow.DomainDeleted); deleted.Credited != 0 {
		t.Errorf("12.3.4: a delete outside of every grace credits %s", deleted.Credited)
	}
	// Decisions 3.5 and 5.3: the sample of 12.3.5 shows 50.00, and 12.2 says 40.00; the renewal is a charge of its own.
	restored := w.Do(world.Other, flow.DomainRestore{Update: flow.DomainUpdate{Name: eleven, Empty: true}}).(flow.DomainRestored)
	if restored.Charged.String() != "40.00 USD" {
		t.Errorf("12.3.5: a restore costs %s", restored.Charged)
	}
	w.Pass(24 * time.Hour)
	w.Settle()
	if got := w.Rows("SELECT type, amount, price_of FROM charge WHERE subject = '1126premium-11.co' ORDER BY at, type"); got !=
		"Registration | 10000 | prices of its own of list 1\nRenewal | 10000 | prices of its own of list 1\nRestore | 4000 | prices of its own of list 1\nAuto-Renewal | 10000 | prices of its own of list 1\n" {
		t.Errorf("12.2: the charges of %s are\n%s", eleven, got)
	}
	w.CheckInvariants()
}
