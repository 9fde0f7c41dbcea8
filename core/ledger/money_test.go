package ledger_test

import (
	"testing"

	"pgregory.net/rapid"

	"example.org/dorado/core/ledger"
)

func TestParseMoney(t *testing.T) {
	for text, want := range map[string]ledger.Money{
		"500": 500_00, "500.00": 500_00, "500.5": 500_50, "0.01": 1, "-39601.50": -39601_50, "0": 0, "999999999.99": 999999999_99,
	} {
		if got, err := ledger.ParseMoney(text); err != nil || got != want {
			t.Errorf("ParseMoney(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-", ".5", "5.", "5.001", "1e3", "+5", "1,000", "--5", "5.-1", "1000000000", " 5", "0x10", "5.0.0", "٣"} {
		if got, err := ledger.ParseMoney(text); err == nil {
			t.Errorf("ParseMoney(%q) = %d, want an error", text, got)
		}
	}
}

func TestMoneyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := ledger.Money(rapid.Int64Range(-999999999_99, 999999999_99).Draw(t, "cents"))
		if got, err := ledger.ParseMoney(m.String()); err != nil || got != m {
			t.Fatalf("ParseMoney(%q) = %d, %v", m, got, err)
		}
	})
}
