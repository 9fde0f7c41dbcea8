package ledger_test

import (
	"testing"

	"example.org/dorado/core/ledger"
)

// The manual's figures: a balance below zero with credit left. Manual 6.8.
func TestFunds(t *testing.T) {
	f := ledger.Funds{Balance: -39601_50, EmergencyCredit: 1_000_000_00, Authorised: 0}
	if got := f.Available().String(); got != "960398.50" {
		t.Errorf("available %s", got)
	}
	f = ledger.Funds{Balance: 100_00, CreditLimit: 50_00, Authorised: 30_00, DueAuthorised: 20_00, DueOther: 5_00}
	if f.CurrentBalance() != 75_00 || f.Available() != 115_00 {
		t.Errorf("balance %s, available %s", f.CurrentBalance(), f.Available())
	}
}
