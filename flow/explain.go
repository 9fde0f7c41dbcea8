package flow

import "example.org/dorado/core/policy"

// A Trail is what a command or query looked at on its way: every rule that it came to, in order, and
// every price.
type Trail struct {
	Rules  []Rule
	Prices []policy.Quote
}
