package account

import "example.org/dorado/core/ledger"

// balance is the answer of BalancePath. Its keys and their order are the manual's, and the order of the fields is that
// of the JSON. Amounts are texts with two decimals in the currency of the registry. Manual 6.8.
type balance struct {
	AvailableCredit string `json:"availableCredit"`
	Balance         string `json:"balance"`
	CreditLimit     string `json:"creditLimit"`
	CreditThreshold string `json:"creditThreshold"`
}

// balanceOf shows funds. Emergency credit is in what is available and not in the limit: so it is in the manual's
// sample, where 1,000,000.00 more is available than the balance and the limit of 0.00 give.
func balanceOf(f ledger.Funds) balance {
	return balance{
		AvailableCredit: f.Available().String(),
		Balance:         f.CurrentBalance().String(),
		CreditLimit:     f.CreditLimit.String(),
		CreditThreshold: f.CreditThreshold.String(),
	}
}
