package policy

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A price list as a file: CSV of the plainest kind, so that there is one way to read it. UTF-8 without a byte-order
// mark; lines that end with LF, the last one too; the header, and below it a line for each name. Names are as they
// are registered, so internationalized ones as A-labels. A cell without a value is empty; nothing is in
// quotes. A file with a mistake is refused as a whole, with the line of the first.

// The header of a price list. The column of the currency may be there, and then says the registry's in every line.
const (
	priceHeader    = "domain,tier,create,renew,transfer,restore"
	currencyColumn = ",currency"
)

// maxPriceLine bounds a line of a price list: a name of 253 characters, and amounts.
const maxPriceLine = 512

// A PriceFile is what a file of prices says.
type PriceFile struct {
	Entries []registry.PriceEntry // in order of name
	Digest  string                // SHA-256 of the file, lower-case hex
}

// A PriceFileError is a mistake in a file of prices, in the line that is given; 0 is the file as a whole.
type PriceFileError struct {
	Line   int
	Reason string // what is wrong, and behind "; " what to do
}

func (e *PriceFileError) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
}

// ReadPrices reads a file of prices that are to hold from an instant on. The first mistake ends it, with a
// PriceFileError. Up to most names are taken.
func (p Profile) ReadPrices(from io.Reader, at time.Time, most int) (PriceFile, error) {
	sum := sha256.New()
	r := priceReader{profile: p, at: at, sum: sum, lines: bufio.NewReaderSize(io.TeeReader(from, sum), maxPriceLine)}
	rows, err := r.all(most)
	if err != nil {
		return PriceFile{}, err
	}
	slices.SortFunc(rows, func(a, b priceRow) int {
		return cmp.Or(strings.Compare(a.Name.String(), b.Name.String()), cmp.Compare(a.line, b.line))
	})
	if err := twice(rows); err != nil {
		return PriceFile{}, err
	}
	entries := make([]registry.PriceEntry, len(rows))
	for i, row := range rows {
		entries[i] = row.PriceEntry
	}
	return PriceFile{entries, hex.EncodeToString(sum.Sum(nil))}, nil
}

// WritePrices writes entries as a file that ReadPrices reads.
func WritePrices(to io.Writer, entries []registry.PriceEntry) error {
	w := bufio.NewWriter(to)
	fmt.Fprintln(w, priceHeader)
	for _, e := range entries {
		cells := []string{e.Name.String(), "", amountCell(e.Create), amountCell(e.Renew), amountCell(e.Transfer), amountCell(e.Restore)}
		if e.Tier > 0 {
			cells[1] = strconv.Itoa(e.Tier)
		}
		fmt.Fprintln(w, strings.Join(cells, ","))
	}
	return w.Flush()
}

func amountCell(m ledger.Money) string {
	if m == 0 {
		return ""
	}
	return m.String()
}

// A priceRow is an entry and the line that it stands in.
type priceRow struct {
	registry.PriceEntry
	line int
}

// twice refuses rows in order of name and line of which two have one name.
func twice(rows []priceRow) error {
	var first *PriceFileError
	for i := 1; i < len(rows); i++ {
		if a, b := rows[i-1], rows[i]; a.Name == b.Name && (first == nil || b.line < first.Line) {
			first = &PriceFileError{b.line, fmt.Sprintf("%s stands in line %d already; write each name once", b.Name, a.line)}
		}
	}
	if first != nil {
		return first
	}
	return nil
}

// A priceReader reads a file line by line.
type priceReader struct {
	profile  Profile
	at       time.Time
	sum      hash.Hash
	lines    *bufio.Reader
	line     int
	currency bool // there is the column
}

// all reads the header and all rows.
func (r *priceReader) all(most int) ([]priceRow, error) {
	head, err := r.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, r.wrong("the file is empty; its first line is %s", priceHeader)
	case err != nil:
		return nil, err
	}
	if head, r.currency = strings.CutSuffix(head, currencyColumn); head != priceHeader {
		return nil, r.wrong("this is not the header; write %s, and %s behind it if you like", priceHeader, currencyColumn)
	}
	var rows []priceRow
	for {
		text, err := r.next()
		if errors.Is(err, io.EOF) && len(rows) == 0 {
			return nil, r.wrong("there is no line but the header; write a line for each name, or set names to the standard prices one by one")
		}
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		if len(rows) == most {
			return nil, r.wrong("there are more than %d names; leave some out", most)
		}
		e, err := r.entry(text)
		if err != nil {
			return nil, err
		}
		rows = append(rows, priceRow{e, r.line})
	}
}

// wrong is a mistake in the line that was read last.
func (r *priceReader) wrong(format string, args ...any) error {
	return &PriceFileError{r.line, fmt.Sprintf(format, args...)}
}

// next reads a line, without its end.
func (r *priceReader) next() (string, error) {
	line, err := r.lines.ReadSlice('\n')
	if errors.Is(err, io.EOF) && len(line) == 0 {
		return "", io.EOF
	}
	r.line++
	switch {
	case r.line == 1 && bytes.HasPrefix(line, []byte("\xef\xbb\xbf")):
		return "", r.wrong("the file begins with a byte-order mark; save it as UTF-8 without one")
	case errors.Is(err, bufio.ErrBufferFull):
		return "", r.wrong("the line is too long; a line has one name and at most %d characters", maxPriceLine)
	case errors.Is(err, io.EOF):
		return "", r.wrong("the last line has no end, so that the file may be cut off; end it with a line feed")
	case err != nil:
		return "", fmt.Errorf("read the file: %w", err)
	}
	line = line[:len(line)-1]
	switch {
	case !utf8.Valid(line):
		return "", r.wrong("this is not UTF-8; save the file as UTF-8")
	case bytes.ContainsRune(line, '\r'):
		return "", r.wrong("the line ends with CR LF, or has a CR in it; save the file with line feeds alone, as on Unix")
	case len(line) == 0:
		return "", r.wrong("the line is empty; remove it")
	case bytes.ContainsAny(line, "\"' \t;"):
		return "", r.wrong("there is a quote, a space or a semicolon; write cells as they are, with commas between them")
	}
	return string(line), nil
}

// entry reads the line of a name.
func (r *priceReader) entry(text string) (e registry.PriceEntry, err error) {
	cells := strings.Split(text, ",")
	want := strings.Count(priceHeader, ",") + 1
	if r.currency {
		want++
	}
	if len(cells) != want {
		return e, r.wrong("there are %d columns; write %d as in the header", len(cells), want)
	}
	if e.Name, err = names.Parse(cells[0]); err != nil {
		return e, r.wrong("%q is no name (%v); write it as it is registered, with A-labels (xn--…)", cells[0], err)
	}
	_, inZone := r.profile.Zone(e.Name.Parent())
	if _, isZone := r.profile.Zone(e.Name); !inZone || isZone {
		return e, r.wrong("%s cannot be registered here; write names one label below a zone", e.Name)
	}
	prices := r.profile.TermsOf(e.Name, r.at).Prices
	if r.currency && cells[want-1] != prices.Currency {
		return e, r.wrong("the currency is %q; prices are in %s", cells[want-1], prices.Currency)
	}
	if e.Tier, err = r.tier(cells[1], len(prices.Tiers)); err != nil {
		return e, err
	}
	for i, amount := range []*ledger.Money{&e.Create, &e.Renew, &e.Transfer, &e.Restore} {
		if *amount, err = r.amount(cells[2+i]); err != nil {
			return e, err
		}
	}
	if e.IsStandard() {
		return e, r.wrong("%s has neither a tier nor a price; give it one, or remove the line", e.Name)
	}
	return e, nil
}

// tier reads the number of a tier; an empty cell has none.
func (r *priceReader) tier(cell string, tiers int) (int, error) {
	if cell == "" {
		return 0, nil
	}
	tier, err := strconv.Atoi(cell)
	if err != nil || tier < 1 || tier > tiers || strconv.Itoa(tier) != cell {
		return 0, r.wrong("there is no tier %q; give 1 to %d, or none", cell, tiers)
	}
	return tier, nil
}

// amount reads a price; an empty cell has none.
func (r *priceReader) amount(cell string) (ledger.Money, error) {
	if cell == "" {
		return 0, nil
	}
	amount, err := ledger.ParseMoney(cell)
	switch {
	case err != nil:
		return 0, r.wrong("%v; write it as 500 or 500.00", err)
	case amount <= 0:
		return 0, r.wrong("the price %s is not more than zero; leave the cell empty where there is none", cell)
	}
	return amount, nil
}
