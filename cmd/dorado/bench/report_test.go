package bench

import (
	"strings"
	"testing"
	"time"
)

// measured makes a measure of one second in which each command took a millisecond.
func measured(counts map[Kind]int, refused int) Measure {
	m := Measure{Elapsed: time.Second, CPU: 500 * time.Millisecond, Server: 30 * time.Millisecond}
	for kind, n := range counts {
		for range n {
			m.Tallies[kind].add(succeeded, time.Millisecond)
		}
		for range refused {
			m.Tallies[kind].add(2400, time.Millisecond)
		}
	}
	return m
}

// Ratios are medians of rounds, and only of what is alike.
func TestReportRatios(t *testing.T) {
	checks := func(n int) Measure { return measured(map[Kind]int{Check: n}, 0) }
	creates := func(n int) Measure { return measured(map[Kind]int{Create: n}, 0) }
	for _, test := range []struct {
		name   string
		rounds Rounds
		want   []Ratio
	}{
		{
			"checks",
			Rounds{Commands: []Measure{checks(10), checks(30), checks(20)}, Echo: []Measure{checks(100), checks(100), checks(100)}},
			[]Ratio{{Of: "check", To: "TLS echo", Median: .2}},
		},
		{
			"creates",
			Rounds{Commands: []Measure{creates(5), creates(10)}, Echo: []Measure{checks(100), checks(100)}, Store: []Measure{creates(10), creates(10)}},
			[]Ratio{{Of: "create", To: "bare store", Median: .75}},
		},
		{
			"a mix",
			Rounds{
				Commands: []Measure{measured(map[Kind]int{Check: 90, Create: 10}, 0)},
				Echo:     []Measure{checks(200)}, Store: []Measure{creates(20)},
			},
			[]Ratio{{Of: "all", To: "TLS echo", Median: .5}},
		},
		{"no ceilings", Rounds{Commands: []Measure{checks(1)}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var r Report
			r.Fill(test.rounds)
			if len(r.Ratios) != len(test.want) {
				t.Fatalf("the ratios are %+v, want %+v", r.Ratios, test.want)
			}
			for i, want := range test.want {
				if got := r.Ratios[i]; got.Of != want.Of || got.To != want.To || got.Median != want.Median {
					t.Errorf("the ratio is %+v, want %+v", got, want)
				}
			}
		})
	}
}

func TestReportText(t *testing.T) {
	var r Report
	r.Fill(Rounds{Commands: []Measure{measured(map[Kind]int{Check: 90, Info: 10}, 3)}, Echo: []Measure{measured(map[Kind]int{Check: 400}, 0)}})
	if got := r.Failures(); got != 6 {
		t.Errorf("%d failures, want 6", got)
	}
	var out strings.Builder
	if err := r.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	want := `
            count   /s  p50 ms   p95   p99  max  cost µs     errors
     check     90   90    1.00  1.00  1.00  1.0           3 of 2400
      info     10   10    1.00  1.00  1.00  1.0           3 of 2400
       all    100  100    1.00  1.00  1.00  1.0    300.0  6 of 2400
  TLS echo    400  400    1.00  1.00  1.00  1.0     75.0          0

all / TLS echo: 0.25 (rounds 0.25)
the client kept 0.50 processors busy
`
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("the text is\n%s\nwant it to end in\n%s", out.String(), want)
	}
}

func TestThisMachine(t *testing.T) {
	if m := ThisMachine(); m.Cores < 1 || m.Go == "" || m.System == "" {
		t.Errorf("ThisMachine() = %+v", m)
	}
}
