package console

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A pricesPage is what names cost that have no price of their own.
type pricesPage struct {
	flow.PricesShown
	Groups     []priceGroup
	Promotions []promotionRow
	TierRows   []tierRow
}

// A tierRow is what one year costs a name of a tier.
type tierRow struct {
	Number                  int
	Create, Renew, Transfer ledger.Money
}

// A priceGroup are zones whose names cost the same.
type priceGroup struct {
	Zones   string
	Years   []flow.YearsPrice
	Restore policy.Quote
	Graces  [3]policy.Days // for which a create, a renewal and a transfer are credited if they are undone
}

// A promotionRow is a promotion in words.
type promotionRow struct {
	flow.PromotionShown
	Reduction, For, Where, HowLong string
}

// prices shows what the zones cost, with promotions.
func (c *Console) prices(v *visit) error {
	reply, err := v.ask(flow.ZonePrices{})
	if err != nil {
		return err
	}
	page := pricesPage{PricesShown: reply.(flow.PricesShown)}
	at := map[string]int{}
	for _, z := range page.Zones {
		same := samePrices(z)
		i, known := at[same]
		if !known {
			i = len(page.Groups)
			at[same] = i
			page.Groups = append(page.Groups, priceGroup{Years: z.Years, Restore: z.Restore, Graces: gracesOf(z)})
		}
		page.Groups[i].Zones = strings.TrimPrefix(page.Groups[i].Zones+", ."+z.Zone.String(), ", ")
	}
	for _, p := range page.PricesShown.Promotions {
		page.Promotions = append(page.Promotions, v.promotionRow(p))
	}
	for i, t := range page.Tiers {
		page.TierRows = append(page.TierRows, tierRow{i + 1, t.Create, t.Renew, cmp.Or(t.Transfer, t.Renew)})
	}
	return v.show("money_prices", page)
}

// samePrices is a text that is the same for zones that cost the same.
func samePrices(z flow.ZonePrice) string {
	var b strings.Builder
	quotes := []policy.Quote{z.Restore}
	for _, y := range z.Years {
		quotes = append(quotes, y.Create, y.Renew, y.Transfer)
	}
	for _, q := range quotes {
		fmt.Fprint(&b, q.Years, q.Fees, q.Regular, " ")
		if q.Promotion != nil {
			b.WriteString(q.Promotion.ID)
		}
	}
	return b.String()
}

func gracesOf(z flow.ZonePrice) (days [3]policy.Days) {
	if len(z.Years) > 0 {
		y := z.Years[0]
		for i, q := range []policy.Quote{y.Create, y.Renew, y.Transfer} {
			if len(q.Fees) > 0 {
				days[i] = q.Fees[0].Grace
			}
		}
	}
	return days
}

// promotionRow says what a promotion makes cheaper.
func (v *visit) promotionRow(p flow.PromotionShown) promotionRow {
	row := promotionRow{PromotionShown: p, Where: v.t("all zones")}
	if row.Reduction = money(v.console.currency(), p.Fixed); p.Percent > 0 {
		row.Reduction = v.t("%d%% off", p.Percent)
	}
	var parts []string
	for _, op := range p.Operations {
		parts = append(parts, v.operationName(op))
	}
	row.For = strings.Join(parts, ", ")
	if len(p.Zones) > 0 {
		parts = nil
		for _, z := range p.Zones {
			parts = append(parts, "."+z.String())
		}
		row.Where = strings.Join(parts, ", ")
	}
	if len(p.Years) > 0 {
		row.HowLong = strings.Trim(strings.ReplaceAll(fmt.Sprint(p.Years), " ", ", "), "[]")
	}
	return row
}

// operationName says what an operation is.
func (v *visit) operationName(op string) string {
	switch policy.Operation(op) {
	case policy.OpCreate:
		return v.t("Registration")
	case policy.OpRenew:
		return v.t("Renewal")
	case policy.OpTransfer:
		return v.t("Transfer")
	case policy.OpRestore:
		return v.t("Restoring")
	}
	return op
}

// A premiumPage is a page of names that have a price of their own.
type premiumPage struct {
	form
	flow.PremiumPage
	Zones []option
	Pager pager
	Asked bool
}

// premiumShown is how many premium names a page has.
const premiumShown = 50

// premiumNames finds premium names by how they begin, or by what they cost.
func (c *Console) premiumNames(v *visit) error {
	page := premiumPage{form: v.form(v.r.URL.Query(), map[string]string{"price": "least", "before": ""}), Zones: []option{{"", v.t("All zones")}}}
	for _, z := range c.config.Service.Profile.Zones {
		if z.Sold {
			page.Zones = append(page.Zones, option{z.Name.String(), "." + z.Name.String()})
		}
	}
	q := flow.PremiumSearch{Prefix: v.query("q"), After: v.query("page"), Limit: premiumShown}
	q.Prices = registry.PriceSpan{From: v.amountAsked(&page.form, "least"), To: v.amountAsked(&page.form, "most")}
	if text := v.query("zone"); text != "" {
		zone, err := names.Parse(text)
		if err != nil {
			return errMissing
		}
		q.Zone = zone
	}
	page.Asked = q.Prefix != "" || q.Prices != registry.PriceSpan{} || !q.Zone.IsZero()
	if len(page.Wrong) > 0 {
		return v.render(http.StatusUnprocessableEntity, "money_premium", page)
	}
	reply, err := v.ask(q)
	if err != nil {
		return v.refuse("money_premium", &page, err)
	}
	page.PremiumPage = reply.(flow.PremiumPage)
	page.Names = slices.Clone(page.Names) // an answer can be kept for others
	for i, n := range page.Names {
		page.Names[i].Reason = v.why(n.Reason)
	}
	page.Pager = v.pager(page.Next, "")
	return v.show("money_premium", page)
}

// amountAsked reads an amount of a filter; what is none is said at its field.
func (v *visit) amountAsked(f *form, name string) ledger.Money {
	text := strings.ReplaceAll(v.query(name), ",", "")
	if text == "" {
		return 0
	}
	amount, err := ledger.ParseMoney(text)
	if err != nil || amount < 0 {
		f.wrong(name, v.t("This is no amount such as 150 or 1500.00."))
	}
	return amount
}
