package console

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"example.org/dorado/core/ledger"
)

// Pictures are drawn here as shapes with classes, so that the style sheet has their colours in both themes. Each is drawn
// twice, for wide and for narrow places: letters keep their size, and labels are fewer where there is less room.

// A picture is a diagram of columns: parts that stand on each other, or points of a line.
type picture struct {
	ID, Title, About string
	Unit             string // of the values; empty: they are counted
	Legend           []legend
	Drawings         []drawing

	columns []column
	cents   bool // the values are amounts
	line    bool
}

// A legend says what a colour is.
type legend struct{ Class, Label string }

// A column is one place on the axis.
type column struct {
	Label, Name string
	Year        int
	Parts       []part
}

// A part is a value of a column, with what is said of it.
type part struct {
	Class string
	Value int64
	Title string
}

// A drawing is the shapes of a picture for one width.
type drawing struct {
	Class         string
	Width, Height int
	Left, Right   int // where the axes begin and end
	Ticks         []mark
	Labels        []mark
	Bars          []bar
	Path          string // of a line; empty: there is none
	Dots          []bar
}

// A mark is a text at a place.
type mark struct {
	X, Y   string
	Text   string
	Strong bool
}

// A bar is a rectangle, or a dot at X and Y.
type bar struct {
	X, Y, Width, Height string
	Class, Title        string
}

// draw makes the drawings.
func (p *picture) draw() {
	p.Drawings = []drawing{p.drawn("chart for-wide", 560, 250), p.drawn("chart for-narrow", 340, 230)}
}

const (
	yearWidth   = 44 // of a year, and room beside it
	letterWidth = 7  // of a digit of 12 pixels, and some room
	aboveChart  = 10 // room for half of the highest label
	belowChart  = 40 // room for two lines of labels
)

// drawn makes the shapes for one width.
func (p *picture) drawn(class string, width, height int) drawing {
	from, to, step := p.scale()
	longest := max(len(p.valueLabel(from, step)), len(p.valueLabel(to, step)))
	d := drawing{Class: class, Width: width, Height: height, Left: longest*letterWidth + 10, Right: width - 8}
	ground := height - belowChart
	y := func(value int64) float64 {
		return float64(ground) - float64(value-from)/float64(to-from)*float64(ground-aboveChart)
	}
	for value := from; value <= to; value += step {
		d.Ticks = append(d.Ticks, mark{X: fmt.Sprint(d.Left - 6), Y: place(y(value)), Text: p.valueLabel(value, step)})
	}
	slot := float64(d.Right-d.Left) / float64(max(len(p.columns), 1))
	p.label(&d, slot, ground)
	var path strings.Builder
	for i, column := range p.columns {
		x := float64(d.Left) + slot*float64(i)
		if p.line {
			middle, at := x+slot/2, y(column.Parts[0].Value)
			fmt.Fprintf(&path, "%c%s %s", "ML"[min(i, 1)], place(middle), place(at))
			d.Dots = append(d.Dots, bar{X: place(middle), Y: place(at), Class: "s1", Title: column.Parts[0].Title})
			continue
		}
		sum := int64(0)
		for _, part := range column.Parts {
			if part.Value <= 0 {
				continue
			}
			top, bottom := y(sum+part.Value), y(sum)
			sum += part.Value
			d.Bars = append(d.Bars, bar{
				X: place(x + slot*.14), Y: place(top), Width: place(slot * .72), Height: place(max(bottom-top, .5)), Class: part.Class, Title: part.Title,
			})
		}
	}
	d.Path = path.String()
	return d
}

// label puts labels below the columns, as many as there is room for, and each year once.
func (p *picture) label(d *drawing, slot float64, ground int) {
	longest := 0
	for _, c := range p.columns {
		longest = max(longest, len([]rune(c.Label)))
	}
	every := 1
	for slot*float64(every) < float64(longest*letterWidth+4) && every < len(p.columns) {
		every++
	}
	year, yearAt := 0, math.Inf(-1)
	for i := (len(p.columns) - 1) % every; i < len(p.columns); i += every {
		middle := float64(d.Left) + slot*(float64(i)+.5)
		x := place(middle)
		d.Labels = append(d.Labels, mark{X: x, Y: fmt.Sprint(ground + 17), Text: p.columns[i].Label})
		if p.columns[i].Year != year {
			year = p.columns[i].Year
			if middle-yearAt < yearWidth { // the year before has but a column or two, and no room
				d.Labels = slices.DeleteFunc(d.Labels, func(m mark) bool { return m.Text == fmt.Sprint(year-1) && m.Strong })
			}
			d.Labels = append(d.Labels, mark{X: x, Y: fmt.Sprint(ground + 33), Text: fmt.Sprint(year), Strong: true})
			yearAt = middle
		}
	}
}

// scale returns where the axis of values begins and ends and its steps, all of them round numbers. It begins at nothing,
// unless that would make a flat line of what a line shows.
func (p *picture) scale() (from, to, step int64) {
	lowest, highest := int64(-1), int64(0)
	for _, c := range p.columns {
		sum := int64(0)
		for _, part := range c.Parts {
			sum += part.Value
		}
		highest = max(highest, sum)
		if lowest < 0 || sum < lowest {
			lowest = sum
		}
	}
	least := int64(4)
	if p.cents {
		least = 400
	}
	if !p.line || (highest-lowest)*4 > highest {
		lowest = 0
	}
	step = roundStep(max(highest-lowest, least))
	from = lowest / step * step
	to = (max(highest, from+least) + step - 1) / step * step
	return from, to, step
}

// roundStep returns a step of 1, 2 or 5 and zeros that makes five steps at most of a length.
func roundStep(length int64) int64 {
	for step := int64(1); ; step *= 10 {
		for _, n := range []int64{1, 2, 5} {
			if length <= 5*n*step {
				return n * step
			}
		}
	}
}

// valueLabel tells a value of the axis.
func (p *picture) valueLabel(value, step int64) string {
	if !p.cents {
		return number(value)
	}
	if step%100 == 0 {
		return number(value / 100)
	}
	return ledger.Money(value).String()
}

// place writes a coordinate to a tenth of a pixel.
func place(x float64) string { return fmt.Sprintf("%.1f", x) }
