package console

import (
	"fmt"
	"slices"
	"strconv"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A historyPage is what an account has spent, and how many names it had.
type historyPage struct {
	form
	Weeks    bool
	Pictures []picture
	Rows     []historyRow
	Types    []string
}

// A historyRow is a month or a week in figures.
type historyRow struct {
	flow.AccountPeriod
	When    string
	Amounts []ledger.Money // by the types of the page
	Runs    bool           // it is not over
}

// Change is by how many names there were more at its end.
func (r historyRow) Change() int64 { return r.Created + r.In - r.Gone - r.Out }

// spending shows what was spent, and how many names there were, in pictures and in figures.
func (c *Console) spending(v *visit) error {
	page := historyPage{form: v.form(v.r.URL.Query(), nil), Weeks: v.query("by") == "weeks"}
	q := flow.AccountHistory{Weeks: page.Weeks, Periods: 12}
	if n, err := strconv.Atoi(v.query("count")); err == nil && slices.Contains([]int{12, 24, 36, 52}, n) {
		q.Periods = n
	}
	page.Values.Set("count", strconv.Itoa(q.Periods))
	reply, err := v.ask(q)
	if err != nil {
		return err
	}
	list := reply.([]flow.AccountPeriod)
	page.Pictures = v.pictures(list, page.Weeks)
	types := typesOf(list)
	for _, t := range types {
		page.Types = append(page.Types, v.typeName(t))
	}
	for i, p := range slices.Backward(list) {
		row := historyRow{AccountPeriod: p, When: v.periodName(p, page.Weeks), Runs: i == len(list)-1}
		for _, t := range types {
			row.Amounts = append(row.Amounts, amountOf(p, t))
		}
		page.Rows = append(page.Rows, row)
	}
	return v.show("money_history", page)
}

// typesOf returns the types of what was posted in periods, in the order of papers.
func typesOf(list []flow.AccountPeriod) []ledger.Type {
	var types []ledger.Type
	for _, p := range list {
		for _, l := range p.Lines {
			if !slices.Contains(types, l.Type) {
				types = append(types, l.Type)
			}
		}
	}
	slices.SortFunc(types, func(a, b ledger.Type) int { return a.Rank() - b.Rank() })
	return types
}

// amountOf is what was posted of a type in a period.
func amountOf(p flow.AccountPeriod, t ledger.Type) ledger.Money {
	i := slices.IndexFunc(p.Lines, func(l registry.InvoiceLine) bool { return l.Type == t })
	if i < 0 {
		return 0
	}
	return p.Lines[i].Amount
}

// periodName names a month, or a week by its days.
func (v *visit) periodName(p flow.AccountPeriod, weeks bool) string {
	if !weeks {
		return v.words.months()[p.From.Month()-1] + " " + strconv.Itoa(p.From.Year())
	}
	last := p.Until.AddDate(0, 0, -1)
	return fmt.Sprintf("%d %s – %s", p.From.Day(), v.words.months()[p.From.Month()-1], v.words.day(last))
}

// pictures draws what was spent by type, and the names.
func (v *visit) pictures(list []flow.AccountPeriod, weeks bool) []picture {
	return []picture{v.spendingPicture(list, weeks), v.namesPicture(list, weeks)}
}

// spendingPicture stacks what was posted in each period by type. Fees have one colour together.
func (v *visit) spendingPicture(list []flow.AccountPeriod, weeks bool) picture {
	p := picture{ID: "spending", Title: v.t("Charged, by month"), Unit: v.console.currency()}
	if weeks {
		p.Title = v.t("Charged, by week")
	}
	kinds := []legend{
		{"s1", v.typeName(ledger.Registration)},
		{"s2", v.typeName(ledger.Renewal)},
		{"s3", v.typeName(ledger.AutoRenewal)},
		{"s4", v.typeName(ledger.Restore)},
		{"s5", v.t("Fees")},
	}
	used := [5]bool{}
	var total, highest ledger.Money
	var when string
	for _, period := range list {
		var parts [5]int64
		for _, l := range period.Lines {
			k := min(l.Type.Rank(), 4)
			parts[k] += int64(l.Amount)
			used[k] = used[k] || l.Amount != 0
		}
		column := column{Label: v.periodLabel(period, weeks), Year: period.From.Year(), Name: v.periodName(period, weeks)}
		for k, amount := range parts {
			column.Parts = append(column.Parts, part{kinds[k].Class, amount, column.Name + ", " + kinds[k].Label + ": " + money(p.Unit, ledger.Money(amount))})
		}
		if sum := period.Total(); sum > highest {
			highest, when = sum, column.Name
		}
		total += period.Total()
		p.columns = append(p.columns, column)
	}
	for k, kind := range kinds {
		if used[k] {
			p.Legend = append(p.Legend, kind)
		}
	}
	p.About = v.t("Nothing was charged in this time.")
	if total > 0 {
		p.About = v.t("%s in all; most in %s, %s.", money(p.Unit, total), when, money(p.Unit, highest))
	}
	p.cents = true
	p.draw()
	return p
}

// namesPicture draws the number of names at the end of each period.
func (v *visit) namesPicture(list []flow.AccountPeriod, weeks bool) picture {
	p := picture{ID: "names", Title: v.t("Names at the end of each month"), line: true}
	if weeks {
		p.Title = v.t("Names at the end of each week")
	}
	for _, period := range list {
		name := v.periodName(period, weeks)
		p.columns = append(p.columns, column{
			Label: v.periodLabel(period, weeks), Year: period.From.Year(), Name: name,
			Parts: []part{{"l1", period.Names, name + ": " + number(period.Names)}},
		})
	}
	first, last := list[0], list[len(list)-1]
	p.About = v.t("%s at first, %s now.", number(first.Names), number(last.Names))
	p.draw()
	return p
}

// periodLabel is what stands below a period.
func (v *visit) periodLabel(p flow.AccountPeriod, weeks bool) string {
	if weeks {
		return strconv.Itoa(p.From.Day()) + " " + v.words.months()[p.From.Month()-1]
	}
	return v.words.months()[p.From.Month()-1]
}
