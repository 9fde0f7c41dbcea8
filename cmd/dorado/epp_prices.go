package main

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"example.org/dorado/cmd/dorado/eppclient"
)

// Prices in answers. RFC 8748.

// feeRows writes what a command has cost or given back.
func feeRows(n *eppclient.Node) []row {
	unit := " " + n.Child("currency").Value()
	var list []row
	for _, c := range n.Children {
		switch c.Name.Local {
		case "fee":
			list = append(list, row{"cost", c.Text + unit, feeRemark(c)})
		case "credit":
			list = append(list, row{"credited", strings.TrimPrefix(c.Text, "-") + unit, c.Attr("description")})
		case "balance", "creditLimit":
			list = append(list, row{labelOf(c), c.Text + unit, ""})
		case "currency":
		default:
			list = append(list, rowsOf(c)...)
		}
	}
	return list
}

// feeRemark says what a fee is for, and how long it is refunded.
func feeRemark(fee *eppclient.Node) string {
	remark := fee.Attr("description")
	if days, found := strings.CutPrefix(fee.Attr("grace-period"), "P"); found && strings.HasSuffix(days, "D") {
		remark += ", credited if undone within " + strings.TrimSuffix(days, "D") + " days"
	}
	return strings.TrimPrefix(remark, ", ")
}

// printPrices writes the answer to a check as a table with the class and the prices of each name.
func printPrices(w io.Writer, s style, checked, prices *eppclient.Node) {
	head := []string{"", "", "class"}
	var lines [][]string
	var remarks []string
	for _, r := range checkRows(checked) {
		cd := priceOf(prices, r.what)
		line := []string{r.what, r.value, cd.Child("class").Value()}
		reasons := []string{r.remark, cd.Child("reason").Value()}
		for _, c := range cd.All("command") {
			title := priceTitle(c)
			column := slices.Index(head, title)
			if column < 0 {
				column, head = len(head), append(head, title)
			}
			for len(line) <= column {
				line = append(line, "")
			}
			line[column] = sum(c.All("fee"))
			reasons = append(reasons, c.Child("reason").Value())
		}
		lines = append(lines, line)
		remarks = append(remarks, strings.Join(spoken(reasons), "; "))
	}
	remarks = append([]string{prices.Child("currency").Value()}, remarks...)
	printColumns(w, s, append([][]string{head}, lines...), remarks)
}

// priceOf returns what is said of the price of a name, nil if nothing is.
func priceOf(prices *eppclient.Node, name string) *eppclient.Node {
	for _, cd := range prices.All("cd") {
		if cd.Child("objID").Value() == name {
			return cd
		}
	}
	return nil
}

// priceTitle is the column of a command, such as "renew 2 y".
func priceTitle(command *eppclient.Node) string {
	title := command.Attr("name")
	if period := command.Child("period"); period.Value() != "" && period.Value() != "1" {
		title += " " + period.Value() + " " + period.Attr("unit")
	}
	return title
}

// spoken returns those that say something that another does not say, too.
func spoken(reasons []string) []string {
	var list []string
	for i, r := range reasons {
		again := slices.ContainsFunc(reasons[i+1:], func(later string) bool { return strings.Contains(later, r) })
		if r != "" && !again && !slices.ContainsFunc(list, func(before string) bool { return strings.Contains(before, r) }) {
			list = append(list, r)
		}
	}
	return list
}

// sum adds up amounts, with as many decimals as they have; a dash if there are none or one is no number.
func sum(fees []*eppclient.Node) string {
	total, decimals := new(big.Rat), 0
	for _, fee := range fees {
		if strings.Trim(fee.Text, "0123456789.") != "" {
			return "-" // an exponent could be as large as it likes
		}
		amount, ok := new(big.Rat).SetString(fee.Text)
		if !ok {
			return "-"
		}
		total.Add(total, amount)
		_, fraction, _ := strings.Cut(fee.Text, ".")
		decimals = max(decimals, len(fraction))
	}
	if len(fees) == 0 {
		return "-"
	}
	return total.FloatString(decimals)
}

// leftColumns are those of printColumns that are texts; the others are numbers.
const leftColumns = 3

// printColumns aligns lines of columns, the first of which is the head.
func printColumns(w io.Writer, s style, lines [][]string, remarks []string) {
	width := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, text := range line {
			width[i] = max(width[i], utf8.RuneCountInString(text))
		}
	}
	for n, line := range lines {
		var b strings.Builder
		for i, text := range line {
			cell := pad(text, width[i])
			if i >= leftColumns {
				cell = fmt.Sprintf("%*s", width[i], text)
			}
			switch {
			case n == 0 || i == 0:
				cell = s.faint(cell)
			case text == "available":
				cell = s.good(cell)
			case text == "not available":
				cell = s.bad(cell)
			}
			b.WriteString("  " + cell)
		}
		if remarks[n] != "" {
			b.WriteString("  " + s.faint(remarks[n]))
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}
