// Command console measures how long the pages of the registrar console take: it signs in to a running registry as each of
// its users, and asks for every page that shows something, with usual parameters, with those that find little or
// nothing, and far behind the beginning of lists.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// An order is what is to be measured.
type order struct {
	dir      string
	each     int // requests for each kind of page
	together int
	limit    time.Duration
	only     string
}

func main() {
	var o order
	flag.StringVar(&o.dir, "dir", "demo", "the directory of a demo that runs")
	flag.IntVar(&o.each, "each", 60, "how often each kind of page is asked for")
	flag.IntVar(&o.together, "together", 2, "how many ask at the same time")
	flag.DurationVar(&o.limit, "limit", 100*time.Millisecond, "what 95 of 100 pages of a kind have to take less than")
	flag.StringVar(&o.only, "only", "", "measure only kinds whose name has this text, as the first user alone")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// A demo is what of demo.json is used.
type demo struct {
	Production struct {
		HTTPS      string
		Registrars []struct {
			ID      string
			Console []person
		}
	}
}

// A person is somebody who can sign in.
type person struct{ User, Password, Role string }

// run measures every kind of page as the first user, and all that others may see in fewer requests.
func run(o order) error {
	text, err := os.ReadFile(filepath.Join(o.dir, "demo.json"))
	if err != nil {
		return err
	}
	var d demo
	if err := json.Unmarshal(text, &d); err != nil {
		return err
	}
	first := true
	var slow int
	for _, r := range d.Production.Registrars {
		for _, who := range r.Console {
			c, err := signIn(d.Production.HTTPS, who.User, who.Password)
			if err != nil {
				return err
			}
			kinds, err := c.kinds(o.only)
			if err != nil {
				return err
			}
			if first {
				slow, err = c.measureAll(kinds, o)
			} else {
				err = c.measureTogether(r.ID+" "+who.Role, kinds, o)
			}
			if err != nil {
				return err
			}
			if first = false; o.only != "" {
				break
			}
		}
	}
	switch {
	case first:
		return errors.New("demo.json has nobody who can sign in")
	case slow > 0:
		return fmt.Errorf("%d kinds of pages take %s or more at p95", slow, o.limit)
	}
	return nil
}

// measureAll prints a line for each kind of page, and returns how many are too slow.
func (c *client) measureAll(kinds []kind, o order) (slow int, err error) {
	fmt.Printf("%-64s %5s %8s %8s %8s %9s\n", "page", "n", "p50 ms", "p95 ms", "max ms", "octets")
	var worst span
	for _, k := range kinds {
		took, err := c.measure(k, o.each, o.together)
		if err != nil {
			return slow, err
		}
		mark := ""
		if took.share(95) >= o.limit {
			slow++
			mark = "  !"
		}
		if took.share(95) >= worst.share(95) {
			worst = took
		}
		fmt.Printf("%-64s %5d %8.1f %8.1f %8.1f %9d%s\n",
			k.name, len(took.times), ms(took.share(50)), ms(took.share(95)), ms(took.share(100)), took.octets/len(took.times), mark)
	}
	fmt.Printf("\n%d kinds of pages, %d of them %s or more at p95; the slowest p95 is %.1f ms\n\n", len(kinds), slow, o.limit, ms(worst.share(95)))
	return slow, nil
}

// measureTogether prints a line for all pages of a user, who asks a tenth as often.
func (c *client) measureTogether(who string, kinds []kind, o order) error {
	var all, worst span
	name := ""
	for _, k := range kinds {
		took, err := c.measure(k, max(o.each/10, 2), o.together)
		if err != nil {
			return err
		}
		if took.share(50) >= worst.share(50) {
			worst, name = took, k.name
		}
		all.times, all.octets = append(all.times, took.times...), all.octets+took.octets
	}
	slices.Sort(all.times)
	fmt.Printf("%-64s %5d %8.1f %8.1f %8.1f %9d\n", fmt.Sprintf("%s: all %d kinds", who, len(kinds)),
		len(all.times), ms(all.share(50)), ms(all.share(95)), ms(all.share(100)), all.octets/max(len(all.times), 1))
	fmt.Printf("%-64s %5s %8.1f\n", "  the slowest kind: "+name, "", ms(worst.share(50)))
	return nil
}

// A span is how long pages took, in order, and how many octets they had.
type span struct {
	times  []time.Duration
	octets int
}

// share is what so many of a hundred took at most.
func (s span) share(percent int) time.Duration {
	if len(s.times) == 0 {
		return 0
	}
	return s.times[(len(s.times)*percent+99)/100-1]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// measure asks for the pages of a kind in turns. Each was asked for once before: what a session prepares is prepared.
func (c *client) measure(k kind, each, together int) (s span, first error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for worker := range together {
		all.Go(func() {
			for i := worker; i < each; i += together {
				took, page := c.get(k.paths[i%len(k.paths)])
				mu.Lock()
				s.times, s.octets, first = append(s.times, took), s.octets+len(page.body), cmp.Or(first, page.problem(k.paths[i%len(k.paths)]))
				mu.Unlock()
			}
		})
	}
	all.Wait()
	slices.Sort(s.times)
	return s, first
}
