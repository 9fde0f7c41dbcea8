package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// A progress shows how many names have been made: as a bar that fills on a terminal, and elsewhere
// as a line for each tenth.
type progress struct {
	out   io.Writer
	bar   bool
	total int
	began time.Time // when the first names had been made,
	from  int       // and how many they were
	shown time.Time // when the bar was drawn last
	tenth int       // the last that was told
	ended bool
}

const (
	barWidth    = 30
	barInterval = 100 * time.Millisecond
	// barPatience is how long names are watched before it is said how long they take: what comes before
	// the first one says nothing about it.
	barPatience = time.Second
)

// newProgress begins to count.
func (p *program) newProgress(total int) *progress {
	return &progress{out: p.err, bar: isTerminal(p.err) && p.env("TERM") != "dumb", total: total}
}

// at shows that n of all have been made.
func (p *progress) at(n int) {
	if p.bar {
		now := time.Now()
		if p.began.IsZero() {
			p.began, p.from = now, n
		}
		if n == p.total || now.Sub(p.shown) >= barInterval {
			p.shown = now
			p.draw(n, p.left(n, now))
		}
		return
	}
	for ; p.tenth < 10*n/p.total; p.tenth++ {
		if p.tenth+1 == 10*n/p.total && p.total >= 10_000 {
			fmt.Fprintf(p.out, "dorado: made %s of %s names\n", grouped(n), grouped(p.total))
		}
	}
}

// left says how much is left when n have been made. Behind the last name the indexes are written.
func (p *progress) left(n int, now time.Time) string {
	spent := now.Sub(p.began)
	switch {
	case n == p.total:
		return "writing the indexes"
	case spent < barPatience || n <= p.from:
		return "begun"
	}
	left := spent * time.Duration(p.total-n) / time.Duration(n-p.from)
	return "about " + left.Round(time.Second).String() + " left"
}

// draw draws the bar over the last one.
func (p *progress) draw(n int, left string) {
	full := barWidth * n / p.total
	fmt.Fprintf(p.out, "\r\x1b[K  names %s%s %s of %s, %s", strings.Repeat("█", full), strings.Repeat("░", barWidth-full),
		grouped(n), grouped(p.total), left)
}

// end removes the bar.
func (p *progress) end() {
	if p.bar && !p.ended {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
	p.ended = true
}

// grouped writes a number with commas between thousands.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
