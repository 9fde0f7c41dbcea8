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
	began time.Time
	shown time.Time // when the bar was drawn last
	tenth int       // the last that was told
	ended bool
}

const (
	barWidth    = 30
	barInterval = 100 * time.Millisecond
)

// newProgress begins to count.
func (p *program) newProgress(total int) *progress {
	return &progress{out: p.err, bar: isTerminal(p.err) && p.env("TERM") != "dumb", total: total, began: time.Now()}
}

// at shows that n of all have been made.
func (p *progress) at(n int) {
	if p.bar {
		if now := time.Now(); n == p.total || now.Sub(p.shown) >= barInterval {
			p.shown = now
			p.draw(n)
		}
		return
	}
	for ; p.tenth < 10*n/p.total; p.tenth++ {
		if p.tenth+1 == 10*n/p.total && p.total >= 10_000 {
			fmt.Fprintf(p.out, "dorado: made %s of %s names\n", grouped(n), grouped(p.total))
		}
	}
}

// draw draws the bar over the last one. Behind the last name the indexes are written.
func (p *progress) draw(n int) {
	full := barWidth * n / p.total
	rest := "writing the indexes"
	if n < p.total {
		spent := time.Since(p.began)
		rest = "about " + (spent * time.Duration(p.total-n) / time.Duration(max(n, 1))).Round(time.Second).String() + " left"
	}
	fmt.Fprintf(p.out, "\r\x1b[K  names %s%s %s of %s, %s", strings.Repeat("█", full), strings.Repeat("░", barWidth-full),
		grouped(n), grouped(p.total), rest)
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
