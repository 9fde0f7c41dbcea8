package bench

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// A Report is what a run has found, as it is kept as JSON.
type Report struct {
	At      time.Time `json:"at"`
	Program string    `json:"program"` // the version of dorado
	Machine Machine   `json:"machine"`

	Server     string  `json:"server"`
	Database   string  `json:"database,omitempty"` // sqlite or postgres, if that is known
	Sessions   int     `json:"sessions"`
	Registrars int     `json:"registrars"`
	Mix        string  `json:"mix"`
	Rate       float64 `json:"rate,omitempty"` // asked for; 0 is as many as can be
	Seconds    float64 `json:"seconds"`        // of each round
	Rounds     int     `json:"rounds"`
	Taken      int     `json:"taken"` // names that exist, of which half of the checks are

	Commands  []Line  `json:"commands"`
	Ceilings  []Line  `json:"ceilings"`
	Ratios    []Ratio `json:"ratios"`
	ClientCPU float64 `json:"clientCPU"`      // processors that the client kept busy
	Note      string  `json:"note,omitempty"` // why a ceiling is missing
}

// A Line is what became of one kind of command in all rounds. Times are in milliseconds, of those
// that succeeded.
type Line struct {
	Name   string            `json:"name"`
	Count  uint64            `json:"count"`
	Rate   float64           `json:"rate"`  // a second: the median of the rounds
	Rates  []float64         `json:"rates"` // of each round
	P50    float64           `json:"p50"`
	P95    float64           `json:"p95"`
	P99    float64           `json:"p99"`
	Max    float64           `json:"max"`
	Errors map[string]uint64 `json:"errors,omitempty"` // by result code

	// Cost is the processor time of the server for each, in microseconds: the median of the rounds. It
	// stands where nothing else was sent, and if it is known.
	Cost float64 `json:"cost,omitempty"`
}

// cost returns the processor time of a server for each command.
func cost(rounds []Measure) float64 {
	var each []float64
	for i := range rounds {
		t := rounds[i].all()
		if n := t.Times.Count(); n > 0 {
			each = append(each, float64(rounds[i].Server.Microseconds())/float64(n))
		}
	}
	return median(each)
}

// A Ratio compares two rates of the same rounds.
type Ratio struct {
	Of     string    `json:"of"`
	To     string    `json:"to"`
	Median float64   `json:"median"`
	Rounds []float64 `json:"rounds"`
}

// Rounds are what was measured side by side: the commands, the echo, and the bare store, each as
// often as there were rounds, the last two perhaps never.
type Rounds struct {
	Commands, Echo, Store []Measure
}

// Fill sets what a report says of its rounds. All commands are compared with the echo where some of
// them only ask, and creates with the bare store where nothing else is sent: of a mix, neither a
// part nor the whole would be like the ceiling.
func (r *Report) Fill(rounds Rounds) {
	all := line("all", rounds.Commands, (*Measure).all)
	for kind := range kinds {
		l := line(kind.String(), rounds.Commands, func(m *Measure) Tally { return m.Tallies[kind] })
		if l.Count > 0 || len(l.Errors) > 0 {
			r.Commands = append(r.Commands, l)
		}
	}
	all.Cost = cost(rounds.Commands)
	if len(r.Commands) == 1 {
		r.Commands[0].Cost = all.Cost
		all = r.Commands[0]
	} else {
		r.Commands = append(r.Commands, all)
	}
	if len(rounds.Echo) > 0 {
		echo := line("TLS echo", rounds.Echo, (*Measure).all)
		echo.Cost = cost(rounds.Echo)
		r.Ceilings = append(r.Ceilings, echo)
		if all.Name != Create.String() && all.Name != Update.String() {
			r.Ratios = append(r.Ratios, ratio(all, echo))
		}
	}
	if len(rounds.Store) > 0 {
		bare := line("bare store", rounds.Store, func(m *Measure) Tally { return m.Tallies[Create] })
		bare.Cost = cost(rounds.Store)
		r.Ceilings = append(r.Ceilings, bare)
		if all.Name == Create.String() {
			r.Ratios = append(r.Ratios, ratio(all, bare))
		}
	}
	var used, elapsed time.Duration
	for _, m := range rounds.Commands {
		used, elapsed = used+m.CPU, elapsed+m.Elapsed
	}
	if elapsed > 0 {
		r.ClientCPU = used.Seconds() / elapsed.Seconds()
	}
}

// all returns the tallies of every kind together.
func (m *Measure) all() Tally {
	var t Tally
	for i := range m.Tallies {
		t.merge(&m.Tallies[i])
	}
	return t
}

// line makes a line of one tally of each round.
func line(name string, rounds []Measure, of func(*Measure) Tally) Line {
	l := Line{Name: name}
	var sum Tally
	for i := range rounds {
		t := of(&rounds[i])
		sum.merge(&t)
		l.Rates = append(l.Rates, float64(t.Times.Count())/rounds[i].Elapsed.Seconds())
	}
	l.Count, l.Rate = sum.Times.Count(), median(l.Rates)
	l.P50, l.P95, l.P99 = millis(sum.Times.Quantile(.5)), millis(sum.Times.Quantile(.95)), millis(sum.Times.Quantile(.99))
	l.Max = millis(sum.Times.Max())
	for code, n := range sum.Codes {
		if l.Errors == nil {
			l.Errors = map[string]uint64{}
		}
		l.Errors[strconv.Itoa(code)] = n
	}
	return l
}

// ratio compares two lines round by round, since both had the same neighbours on the machine then.
func ratio(of, to Line) Ratio {
	r := Ratio{Of: of.Name, To: to.Name}
	for i := range min(len(of.Rates), len(to.Rates)) {
		if to.Rates[i] > 0 {
			r.Rounds = append(r.Rounds, of.Rates[i]/to.Rates[i])
		}
	}
	r.Median = median(r.Rounds)
	return r
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[middle]
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// Failures returns how many commands were not answered with success.
func (r *Report) Failures() uint64 {
	var n uint64
	for _, l := range r.Commands {
		if l.Name == "all" {
			continue
		}
		for _, count := range l.Errors {
			n += count
		}
	}
	return n
}

// WriteText prints a report for people.
func (r *Report) WriteText(out io.Writer) error {
	rate := "as many as can be"
	if r.Rate > 0 {
		rate = fmt.Sprintf("%g a second", r.Rate)
	}
	fmt.Fprintf(out, "%s, %s\n%s\n", r.Program, r.At.Format(time.RFC3339), r.Machine)
	fmt.Fprintf(out, "%s %s; sessions %d of %d registrars; mix %s, %s; rounds %d of %g s; names that exist %d\n\n",
		r.Server, r.Database, r.Sessions, r.Registrars, r.Mix, rate, r.Rounds, r.Seconds, r.Taken)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\tcount\t/s\tp50 ms\tp95\tp99\tmax\tcost µs\terrors\t")
	for _, l := range slices.Concat(r.Commands, r.Ceilings) {
		fmt.Fprintf(table, "%s\t%d\t%.0f\t%.2f\t%.2f\t%.2f\t%.1f\t%s\t%s\t\n",
			l.Name, l.Count, l.Rate, l.P50, l.P95, l.P99, l.Max, showCost(l.Cost), showErrors(l.Errors))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	for _, x := range r.Ratios {
		fmt.Fprintf(out, "%s / %s: %.2f (rounds %s)\n", x.Of, x.To, x.Median, showRounds(x.Rounds))
	}
	_, err := fmt.Fprintf(out, "the client kept %.2f processors busy\n", r.ClientCPU)
	if r.Note != "" {
		_, err = fmt.Fprintln(out, r.Note)
	}
	return err
}

// showCost leaves out a cost that is not known.
func showCost(micros float64) string {
	if micros == 0 {
		return ""
	}
	return strconv.FormatFloat(micros, 'f', 1, 64)
}

func showErrors(errors map[string]uint64) string {
	if len(errors) == 0 {
		return "0"
	}
	var words []string
	for code, n := range errors {
		words = append(words, fmt.Sprintf("%d of %s", n, code))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

func showRounds(values []float64) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strings.Join(words, " ")
}
