package lifecycle_test

import (
	"fmt"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

func ExampleAdvance() {
	profile, err := policy.BuiltIn("co-2026")
	if err != nil {
		panic(err)
	}
	d := registry.Domain{
		Name: names.MustParse("shop.co"), Sponsor: "H1001",
		Expires: time.Date(2027, 3, 1, 23, 59, 59, 0, time.UTC),
	}
	rules := lifecycle.Rules{Profile: profile, AutoRenews: func(registry.RegistrarID, time.Time) bool { return true }}
	now := time.Date(2027, 3, 10, 0, 0, 0, 0, time.UTC)
	d, facts, _ := lifecycle.Advance(d, rules, now)
	fmt.Println("expires", d.Expires.Format(time.DateOnly), lifecycle.RGPStatuses(d, now))
	fmt.Println("charges", facts[0].Charges[0].Amount, "to post on", facts[0].Charges[0].PostsAt.Format(time.DateOnly))
	// Output:
	// expires 2028-03-01 [autoRenewPeriod]
	// charges 20.00 to post on 2027-04-15
}
