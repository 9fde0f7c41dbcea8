package paper

// heads prints the heads of a table.
func (p *press) heads(t Table, widths []float64) {
	y := p.pdf.GetY()
	p.font("B", smallSize)
	p.shade(pale)
	x := left
	for i, c := range t.Columns {
		p.column(c, box{x + cellPad, y, widths[i] - 2*cellPad, rowHeight}, c.Title)
		x += widths[i]
	}
	p.shade(ink)
	p.line(left, right, y+rowHeight, 0.3)
	p.pdf.SetXY(left, y+rowHeight)
}

// table prints a table, on as many pages as it needs.
func (p *press) table(t Table) {
	widths := widthsOf(t.Columns)
	p.need(4 * rowHeight)
	if t.Title != "" {
		p.font("B", textSize+1)
		p.cell(box{left, p.pdf.GetY(), right - left, rowHeight}, t.Title)
		p.pdf.SetXY(left, p.pdf.GetY()+rowHeight+0.5)
	}
	p.heads(t, widths)
	for i, row := range t.Rows {
		p.row(t, widths, row, i%2 == 1)
	}
	p.line(left, right, p.pdf.GetY(), 0.3)
	if t.Total != nil {
		p.font("B", textSize)
		p.pdf.SetXY(left, p.pdf.GetY()+0.4)
		p.cells(t, widths, t.Total)
	}
	p.pdf.SetXY(left, p.pdf.GetY()+7)
}

// row prints a row; where there is no room for it and one more, on a new page below the heads.
func (p *press) row(t Table, widths []float64, row []string, banded bool) {
	if p.need(2 * rowHeight) {
		p.heads(t, widths)
	}
	if banded {
		p.pdf.SetFillColor(int(band), int(band), int(band))
		p.pdf.Rect(left, p.pdf.GetY(), right-left, rowHeight, "F")
	}
	p.font("", textSize)
	p.cells(t, widths, row)
}

// cells prints the cells of a row, and goes on to the next.
func (p *press) cells(t Table, widths []float64, row []string) {
	x, y := left, p.pdf.GetY()
	for i, text := range row {
		p.column(t.Columns[i], box{x + cellPad, y, widths[i] - 2*cellPad, rowHeight}, text)
		x += widths[i]
	}
	p.pdf.SetXY(left, y+rowHeight)
}

// column prints a cell of a column.
func (p *press) column(c Column, b box, text string) {
	if c.Right {
		p.cellRight(b, text)
		return
	}
	p.cell(b, text)
}

// widthsOf shares the width of the page among columns.
func widthsOf(columns []Column) []float64 {
	var all float64
	for _, c := range columns {
		all += c.Share
	}
	widths := make([]float64, len(columns))
	for i, c := range columns {
		widths[i] = (right - left) * c.Share / all
	}
	return widths
}

// sums prints the sums, together on one page.
func (p *press) sums() {
	const width, values = 112.0, 36.0
	if len(p.sheet.Sums) == 0 {
		return
	}
	p.need(float64(len(p.sheet.Sums)+1) * rowHeight)
	x := right - width
	for _, s := range p.sheet.Sums {
		y := p.pdf.GetY()
		p.font("", textSize)
		if s.Strong {
			p.line(x, right, y, 0.3)
			p.font("B", textSize+0.5)
		}
		p.cell(box{x + cellPad, y, width - values - cellPad, rowHeight}, s.Label)
		p.cellRight(box{right - values, y, values - cellPad, rowHeight}, s.Value)
		p.pdf.SetXY(left, y+rowHeight)
	}
	p.pdf.SetXY(left, p.pdf.GetY()+6)
}

// notes prints the notes, each as a paragraph of its own.
func (p *press) notes() {
	p.font("", smallSize)
	for _, note := range p.sheet.Notes {
		lines := p.broken(note, right-left)
		p.need(float64(len(lines)) * 4)
		p.font("", smallSize)
		p.shade(pale)
		p.pdf.SetXY(left, p.block(box{left, p.pdf.GetY(), right - left, 4}, note)+1.5)
		p.shade(ink)
	}
	p.pdf.SetXY(left, p.pdf.GetY()+5)
}

// need begins a new page where there is not so much room on this one, and reports whether it did.
func (p *press) need(height float64) bool {
	if p.pdf.GetY()+height <= bottom {
		return false
	}
	p.pdf.AddPage()
	p.font("", smallSize)
	p.shade(pale)
	p.cell(box{left, top, right - left, 4}, p.sheet.From.Name)
	p.cellRight(box{left, top, right - left, 4}, p.sheet.Title+" "+p.sheet.Number)
	p.shade(ink)
	p.line(left, right, top+5, 0.3)
	p.pdf.SetXY(left, top+9)
	return true
}

// pageNumbers prints at the foot of each page which one of how many it is.
func (p *press) pageNumbers() {
	count := p.pdf.PageCount()
	for page := 1; page <= count; page++ {
		p.pdf.SetPage(page)
		p.line(left, right, bottom+6, 0.3)
		p.font("", smallSize)
		p.shade(pale)
		p.cell(box{left, bottom + 7.5, right - left, 4}, p.sheet.Title+" "+p.sheet.Number)
		p.cellRight(box{left, bottom + 7.5, right - left, 4}, p.say.page(page, count))
	}
}
