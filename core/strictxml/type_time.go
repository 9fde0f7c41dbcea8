package strictxml

import (
	"errors"
	"math"
	"strings"
	"time"
)

// The recommendation would collapse white space in dates, times and durations.
// libxml2 refuses it, but for blanks behind the time zone of a dateTime and
// before a duration.

// DateTime is xs:dateTime. A value without a time zone is returned as UTC, with
// zoned false. 24:00:00 is the next midnight. Digits of a second beyond the
// ninth are cut off. Section 3.2.7.
func DateTime(s string) (t time.Time, err error) {
	t, _, err = ZonedDateTime(s)
	return t, err
}

// ZonedDateTime is DateTime, and tells whether the value has a time zone.
func ZonedDateTime(s string) (t time.Time, zoned bool, err error) {
	p := datePart{rest: s}
	p.date()
	p.literal('T')
	p.clock()
	p.zone()
	if p.zoned {
		p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	}
	if !p.done() {
		return time.Time{}, false, errors.New(`it must be a date and time such as "2026-01-31T12:00:00Z"`)
	}
	return p.time(), p.zoned, nil
}

// A Day is the value of an xs:date without its time zone.
type Day struct {
	Year       int
	Month, Day int
}

// Date is xs:date. A time zone is allowed and not told. Section 3.2.9.
func Date(s string) (Day, error) {
	p := datePart{rest: s}
	p.date()
	p.zone()
	if !p.done() {
		return Day{}, errors.New(`it must be a date such as "2026-01-31"`)
	}
	return Day{p.year, p.month, p.day}, nil
}

// A datePart reads a date or time from the front of rest. bad sticks.
type datePart struct {
	rest                     string
	bad                      bool
	year, month, day         int
	hour, minute, second, ns int
	offset                   int // minutes east of UTC
	zoned                    bool
}

func (p *datePart) done() bool { return !p.bad && p.rest == "" }

func (p *datePart) literal(c byte) {
	if p.bad || p.rest == "" || p.rest[0] != c {
		p.bad = true
		return
	}
	p.rest = p.rest[1:]
}

// two reads two digits of at most max.
func (p *datePart) two(max int) int {
	if p.bad || len(p.rest) < 2 || !isDigits(p.rest[:2]) {
		p.bad = true
		return 0
	}
	n := int(p.rest[0]-'0')*10 + int(p.rest[1]-'0')
	p.rest = p.rest[2:]
	p.bad = n > max
	return n
}

func (p *datePart) date() {
	p.years()
	p.literal('-')
	p.month = p.two(12)
	p.literal('-')
	p.day = p.two(31)
	if !p.bad {
		p.bad = p.month == 0 || p.day == 0 || p.day > daysIn(p.year, p.month)
	}
}

// years reads four digits or more, without a leading zero if they are more. The
// year 0 does not exist in XSD 1.0.
func (p *datePart) years() {
	negative := strings.HasPrefix(p.rest, "-")
	if negative {
		p.rest = p.rest[1:]
	}
	digits := 0
	for digits < len(p.rest) && isDigit(p.rest[digits]) {
		if p.year > (math.MaxInt-9)/10 {
			p.bad = true
			return
		}
		p.year = p.year*10 + int(p.rest[digits]-'0')
		digits++
	}
	p.bad = p.bad || digits < 4 || digits > 4 && p.rest[0] == '0' || p.year == 0
	p.rest = p.rest[digits:]
	if negative {
		p.year = -p.year
	}
}

func (p *datePart) clock() {
	p.hour = p.two(24)
	p.literal(':')
	p.minute = p.two(59)
	p.literal(':')
	p.second = p.two(59)
	if p.fraction(); p.bad {
		return
	}
	p.bad = p.hour == 24 && (p.minute != 0 || p.second != 0 || p.ns != 0)
}

// fraction reads the decimals of a second. So many nines that a floating point
// number rounds them up to the minute are refused, as libxml2 does.
func (p *datePart) fraction() {
	if p.bad || !strings.HasPrefix(p.rest, ".") {
		return
	}
	p.rest = p.rest[1:]
	digits := 0
	exact, weight := float64(p.second), 1.0
	for unit := int(time.Second / 10); digits < len(p.rest) && isDigit(p.rest[digits]); unit /= 10 {
		d := int(p.rest[digits] - '0')
		p.ns += unit * d
		weight /= 10
		exact += float64(weight * float64(d))
		digits++
	}
	p.bad = digits == 0 || exact >= 60
	p.rest = p.rest[digits:]
}

// zone reads the optional time zone, of at most 14 hours.
func (p *datePart) zone() {
	if p.bad || p.rest == "" {
		return
	}
	p.zoned = true
	sign := p.rest[0]
	p.rest = p.rest[1:]
	switch sign {
	case 'Z':
		return
	case '+', '-':
	default:
		p.bad = true
		return
	}
	p.offset = p.two(23) * 60
	p.literal(':')
	p.offset += p.two(59)
	p.bad = p.bad || p.offset > 14*60
	if sign == '-' {
		p.offset = -p.offset
	}
}

func (p *datePart) time() time.Time {
	// Years beyond any use are cut to what time.Time can compute with.
	year := max(-200_000_000, min(p.year, 200_000_000))
	if year < 0 {
		year++ // the year -1 is the one before 1
	}
	t := time.Date(year, time.Month(p.month), p.day, p.hour, p.minute, p.second, p.ns, time.UTC)
	return t.Add(-time.Duration(p.offset) * time.Minute)
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// A Span is the value of an xs:duration.
type Span struct {
	Negative    bool
	Months      int64
	Days        int64
	Seconds     int64
	Nanoseconds int64
}

// Duration is xs:duration. As libxml2 does, it lets digits be missing on one
// side of the point. Section 3.2.6.
func Duration(s string) (Span, error) {
	var span Span
	bad := errors.New(`it must be a duration such as "P1Y" or "P5DT12H"`)
	rest, negative := strings.CutPrefix(strings.TrimLeft(s, " \t\r\n"), "-")
	span.Negative = negative
	rest, ok := strings.CutPrefix(rest, "P")
	if !ok || rest == "" {
		return Span{}, bad
	}
	days, clock, timed := strings.Cut(rest, "T")
	ok = span.items(days, "YMD")
	if timed {
		ok = ok && clock != "" && span.items(clock, "HMS")
	}
	if !ok {
		return Span{}, bad
	}
	return span, nil
}

// items reads numbers with designators, each at most once and in order.
func (d *Span) items(s, designators string) bool {
	for s != "" {
		n, digits := int64(0), 0
		for digits < len(s) && isDigit(s[digits]) {
			if n > (math.MaxInt64-9)/10 {
				return false
			}
			n = n*10 + int64(s[digits]-'0')
			digits++
		}
		s = s[digits:]
		if strings.HasPrefix(s, ".") {
			fraction := datePart{rest: s}
			fraction.fraction()
			if fraction.rest != "S" || digits == 0 && fraction.bad || designators == "YMD" {
				return false
			}
			d.Nanoseconds, s = int64(fraction.ns), "S"
		} else if digits == 0 {
			return false
		}
		if s == "" {
			return false
		}
		at := strings.IndexByte(designators, s[0])
		if at < 0 || !d.add(n, designators[at:]) {
			return false
		}
		s, designators = s[1:], designators[at+1:]
	}
	return true
}

// add adds n of the unit that designators begin with, as far as it can count.
func (d *Span) add(n int64, designators string) bool {
	const most = math.MaxInt64 / 8 / 3600
	clock := min(n, most)
	switch designators {
	case "YMD":
		if n > math.MaxInt64/12 {
			return false
		}
		d.Months = 12 * n
	case "MD":
		if n > math.MaxInt64-d.Months {
			return false
		}
		d.Months += n
	case "D":
		d.Days = n
	case "HMS":
		d.Seconds = 3600 * clock
	case "MS":
		d.Seconds += 60 * clock
	case "S":
		d.Seconds += clock
	}
	return true
}
