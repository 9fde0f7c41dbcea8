package main

import (
	"errors"
	"strings"
	"unicode"

	"example.org/dorado/core/registry"
	"example.org/dorado/front/console"
)

// billingConfig says whose papers of money are, and how invoices are numbered.
type billingConfig struct {
	Name    string   `toml:"name"`
	Address []string `toml:"address"`
	TaxID   string   `toml:"tax_id"`
	Contact string   `toml:"contact"`
	Series  string   `toml:"series"`
	First   int      `toml:"first"`

	Deposit        string `toml:"deposit"`         // how registrars pay in, in English
	DepositSpanish string `toml:"deposit_spanish"` // the same in Spanish
}

func defaultBilling() billingConfig {
	return billingConfig{
		Name: "Example Registry", Address: []string{"1 Example Street", "Exampleville"}, Series: "INV-", First: 1,
	}
}

// A paper has room for so much.
const (
	maxSeries       = 16
	maxIssuerLines  = 6
	maxIssuerLetter = 100
	maxDeposit      = 4000 // of a text that pages show
)

func (c billingConfig) check() error {
	fits := func(s string) bool {
		return len(s) <= maxIssuerLetter && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
	}
	switch {
	case c.Name == "" || !fits(c.Name):
		return errors.New("billing.name: it has 1 to 100 bytes that can be printed")
	case len(c.Address) > maxIssuerLines:
		return errors.New("billing.address: it has 6 lines at most")
	case !fits(c.TaxID):
		return errors.New("billing.tax_id: it has 100 bytes at most that can be printed")
	case !fits(c.Contact):
		return errors.New("billing.contact: it has 100 bytes at most that can be printed")
	case len(c.Series) > maxSeries || strings.ContainsFunc(c.Series, notOfSeries):
		return errors.New("billing.series: it has at most 16 of A-Z, 0-9 and -, and does not end in a digit")
	case c.Series != "" && unicode.IsDigit(rune(c.Series[len(c.Series)-1])):
		return errors.New("billing.series: it does not end in a digit, since a number follows")
	case c.First < 1:
		return errors.New("billing.first: numbers begin with 1 or more")
	}
	for key, text := range map[string]string{"deposit": c.Deposit, "deposit_spanish": c.DepositSpanish} {
		if len(text) > maxDeposit || strings.ContainsFunc(text, notOfText) {
			return errors.New("billing." + key + ": it has 4000 bytes at most that can be printed, in lines")
		}
	}
	for _, line := range c.Address {
		if !fits(line) {
			return errors.New("billing.address: a line has 100 bytes at most that can be printed")
		}
	}
	return nil
}

func notOfSeries(r rune) bool {
	return !(r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-')
}

// notOfText reports whether a character is neither printed nor the end of a line.
func notOfText(r rune) bool { return !unicode.IsPrint(r) && r != '\n' }

// depositText is how registrars pay in.
func (c billingConfig) depositText() console.DepositText {
	return console.DepositText{English: c.Deposit, Spanish: c.DepositSpanish}
}

// issuer is whose papers are, as they are printed.
func (c billingConfig) issuer() registry.Issuer {
	return registry.Issuer{Name: c.Name, Address: c.Address, TaxID: c.TaxID, Contact: c.Contact}
}
