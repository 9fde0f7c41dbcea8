package paper

import (
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// family is what the Go fonts are called here: they have the Latin, Greek and Cyrillic letters, and may be embedded.
const family = "go"

func addFonts(pdf *fpdf.Fpdf) {
	pdf.AddUTF8FontFromBytes(family, "", goregular.TTF)
	pdf.AddUTF8FontFromBytes(family, "B", gobold.TTF)
	pdf.SetFont(family, "", textSize)
}

func (p *press) font(style string, size float64) { p.pdf.SetFont(family, style, size) }
func (p *press) shade(g gray)                    { p.pdf.SetTextColor(int(g), int(g), int(g)) }

// line prints a rule.
func (p *press) line(from, to, y, width float64) {
	p.pdf.SetDrawColor(int(rule), int(rule), int(rule))
	p.pdf.SetLineWidth(width)
	p.pdf.Line(from, y, to, y)
}

// A box is a place on the page.
type box struct{ x, y, width, height float64 }

// cell prints one line of text on the left of a box, and cellRight on the right; what does not fit ends in an
// ellipsis.
func (p *press) cell(b box, text string)      { p.print(b, text, "LM") }
func (p *press) cellRight(b box, text string) { p.print(b, text, "RM") }

func (p *press) print(b box, text, align string) {
	y := p.pdf.GetY()
	p.pdf.SetXY(b.x, b.y)
	p.pdf.CellFormat(b.width, b.height, p.fitted(plain(text), b.width), "", 0, align, false, 0, "")
	p.pdf.SetXY(left, y)
}

// fitted cuts a text to a width.
func (p *press) fitted(text string, width float64) string {
	if p.pdf.GetStringWidth(text) <= width {
		return text
	}
	letters := []rune(text)
	for len(letters) > 0 && p.pdf.GetStringWidth(string(letters)+"…") > width {
		letters = letters[:len(letters)-1]
	}
	return strings.TrimRight(string(letters), " ") + "…"
}

// block prints texts below each other, each broken into as many lines of the box's height as it needs, and returns
// where they end.
func (p *press) block(b box, texts ...string) float64 {
	for _, text := range texts {
		for _, line := range p.broken(text, b.width) {
			p.cell(b, line)
			b.y += b.height
		}
	}
	return b.y
}

// broken breaks a text into lines of a width, between words where it can.
func (p *press) broken(text string, width float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(plain(text)) {
		for p.pdf.GetStringWidth(word) > width {
			head, rest := p.split(word, width)
			if line != "" {
				lines, line = append(lines, line), ""
			}
			lines, word = append(lines, head), rest
		}
		if line == "" {
			line = word
		} else if longer := line + " " + word; p.pdf.GetStringWidth(longer) <= width {
			line = longer
		} else {
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// split takes from a word as many letters as fit into a width, at least one.
func (p *press) split(word string, width float64) (head, rest string) {
	letters := []rune(word)
	n := 1
	for n < len(letters) && p.pdf.GetStringWidth(string(letters[:n+1])) <= width {
		n++
	}
	return string(letters[:n]), string(letters[n:])
}

// plain puts a sign in the place of letters that the fonts do not have, and a blank in that of control characters.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case !printable()(r):
			return '□'
		}
		return r
	}, text)
}

// printable returns what tells which letters both fonts have.
var printable = sync.OnceValue(func() func(rune) bool {
	fonts := make([]*sfnt.Font, 0, 2)
	for _, data := range [][]byte{goregular.TTF, gobold.TTF} {
		if f, err := sfnt.Parse(data); err == nil {
			fonts = append(fonts, f)
		}
	}
	return func(r rune) bool {
		if r > 0xffff { // which the PDF writer cannot hold
			return false
		}
		for _, f := range fonts {
			if i, err := f.GlyphIndex(nil, r); err != nil || i == 0 {
				return false
			}
		}
		return true
	}
})
