// Package paper owns how papers of money look: informative invoices and receipts as PDF and CSV, in the language of
// whom they are for. What stands on one is decided where it is made; the same one gives the same bytes at any time.
package paper

import (
	"fmt"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"example.org/dorado/core/registry"
)

// A Sheet is a paper as it is laid out: on the first page who sends it and whom it is for, then tables, sums, notes
// and details on as many pages as they need. Its words are in its language already; Words helps with that.
type Sheet struct {
	Language registry.Language
	Title    string // such as "Informative invoice"
	Number   string
	Dated    time.Time // the day of the paper, and all that the file says of time
	From     registry.Issuer
	To       registry.Recipient
	Facts    []Line // beside the address: number, date, period
	Tables   []Table
	Sums     []Line // below the tables, on the right; they stand together on one page
	Notes    []string
	Details  []Table // after everything else
}

// A Line is a label with its value. A strong one is printed bold, below a rule.
type Line struct {
	Label, Value string
	Strong       bool
}

// A Table is printed with its heads on each page that it reaches. Every row has a cell for each column.
type Table struct {
	Title   string // above the heads; empty: none
	Columns []Column
	Rows    [][]string
	Total   []string // the last row, printed bold; nil: none
}

// A Column has its share of the width, in parts of all shares together. Right aligns numbers.
type Column struct {
	Title string
	Share float64
	Right bool
}

// The page is A4. Lengths are millimetres, sizes of letters points.
const (
	pageWidth, pageHeight = 210.0, 297.0
	left, right           = 20.0, 190.0
	top, bottom           = 18.0, 272.0 // between them stands what the paper says, below it the number of the page
	lineHeight            = 5.0
	rowHeight             = 6.2
	cellPad               = 1.5
	textSize              = 9.5
	smallSize             = 8.0
)

// A gray is a shade from black (0) to white (255).
type gray int

const (
	ink  gray = 30
	pale gray = 110
	rule gray = 190
	band gray = 243
)

// WritePDF prints the sheet. The same sheet gives the same bytes.
func (s Sheet) WritePDF(w io.Writer) error {
	p := newPress(s)
	p.letterhead()
	p.address()
	for _, t := range s.Tables {
		p.table(t)
	}
	p.sums()
	p.notes()
	for _, t := range s.Details {
		p.table(t)
	}
	p.pageNumbers()
	if err := p.pdf.Output(w); err != nil {
		return fmt.Errorf("print %s %s: %w", s.Title, s.Number, err)
	}
	return nil
}

// A press prints one sheet.
type press struct {
	pdf   *fpdf.Fpdf
	sheet Sheet
	say   Words
}

func newPress(s Sheet) *press {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true) // in one order, not that of a map
	pdf.SetCreationDate(s.Dated.UTC())
	pdf.SetModificationDate(s.Dated.UTC())
	pdf.SetProducer("Dorado", true)
	pdf.SetTitle(plain(s.Title+" "+s.Number), true)
	pdf.SetAuthor(plain(s.From.Name), true)
	pdf.SetLang(string(WordsIn(s.Language).Language()))
	pdf.SetMargins(left, top, pageWidth-right)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCellMargin(0)
	addFonts(pdf)
	pdf.AddPage()
	pdf.SetXY(left, top)
	return &press{pdf: pdf, sheet: s, say: WordsIn(s.Language)}
}

// letterhead prints who sends the paper on the left, and what it is on the right.
func (p *press) letterhead() {
	const half = 100.0
	p.font("B", 13)
	y := p.block(box{left, top, half, 6}, p.sheet.From.Name)
	p.font("", smallSize)
	p.shade(pale)
	lines := append([]string{}, p.sheet.From.Address...)
	for _, line := range []string{p.sheet.From.TaxID, p.sheet.From.Contact} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	y = p.block(box{left, y + 0.5, half, 3.9}, lines...)
	p.shade(ink)
	p.font("B", 17)
	p.cellRight(box{left + half, top, right - left - half, 7}, p.sheet.Title)
	p.font("", 11)
	p.shade(pale)
	p.cellRight(box{left + half, top + 7.5, right - left - half, 5}, p.sheet.Number)
	p.shade(ink)
	y = max(y, top+14) + 4
	p.line(left, right, y, 0.5)
	p.pdf.SetXY(left, y+7)
}

// address prints whom the paper is for on the left, and the facts on the right.
func (p *press) address() {
	const half, labels = 84.0, 18.0
	y := p.pdf.GetY()
	p.font("", smallSize)
	p.shade(pale)
	p.cell(box{left, y, half, 4}, p.say.to)
	p.shade(ink)
	p.font("B", textSize+1)
	below := p.block(box{left, y + 4.5, half, lineHeight}, p.sheet.To.Name)
	p.font("", textSize)
	below = p.block(box{left, below, half, 4.6}, postalLines(p.sheet.To.Postal, p.say)...)
	p.shade(pale)
	below = p.block(box{left, below, half, 4.6}, p.say.registrar+" "+string(p.sheet.To.ID))
	p.shade(ink)
	x := left + half + 8
	for _, fact := range p.sheet.Facts {
		p.font("", smallSize)
		p.shade(pale)
		p.cell(box{x, y, labels, lineHeight}, fact.Label)
		p.font("", textSize)
		p.shade(ink)
		y = p.block(box{x + labels, y, right - x - labels, lineHeight}, fact.Value)
	}
	p.pdf.SetXY(left, max(below, y)+8)
}

// postalLines are an address as a letter has it.
func postalLines(a registry.Postal, say Words) []string {
	var lines []string
	if a.Org != "" {
		lines = append(lines, a.Org)
	}
	lines = append(lines, a.Street...)
	city := a.City
	for _, part := range []string{a.Province, a.Postcode} {
		if part != "" && city != "" {
			city += ", "
		}
		city += part
	}
	for _, line := range []string{city, say.Country(a.Country)} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
