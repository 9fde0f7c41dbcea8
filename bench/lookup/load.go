package main

import (
	"bufio"
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A tally is what one worker counts.
type tally struct {
	took   []time.Duration
	octets int
	failed int
	err    error // the last
}

// load asks with several connections at a time, each the next question when the last is answered, and prints
// "answers/s octets p50 p99 failed".
func load(o options) error {
	names, err := readNames(o)
	if err != nil {
		return err
	}
	tallies := make([]tally, o.connections)
	var working sync.WaitGroup
	start := time.Now()
	for i := range tallies {
		working.Go(func() { tallies[i].work(o, names, i, start.Add(o.span)) })
	}
	working.Wait()
	span := time.Since(start)
	var all tally
	for _, t := range tallies {
		all.took = append(all.took, t.took...)
		all.octets, all.failed, all.err = all.octets+t.octets, all.failed+t.failed, cmp.Or(all.err, t.err)
	}
	if len(all.took) == 0 {
		return fmt.Errorf("nothing was answered: %w", all.err)
	}
	slices.Sort(all.took)
	at := func(part float64) time.Duration { return all.took[int(part*float64(len(all.took)-1))] }
	fmt.Printf("%.0f %d %s %s %d\n", float64(len(all.took))/span.Seconds(), all.octets/len(all.took), at(0.5), at(0.99), all.failed)
	if all.err != nil {
		fmt.Fprintln(os.Stderr, "lookup: the last failure:", all.err)
	}
	return nil
}

// readNames returns the names to ask for, in an order of chance that is the same in each run: the first ones are asked
// for again and again, those after them are the cold ones.
func readNames(o options) ([]string, error) {
	data, err := os.ReadFile(o.names)
	if err != nil {
		return nil, err
	}
	names := strings.Fields(string(data))
	if need := o.of + o.cold; len(names) < need {
		return nil, fmt.Errorf("%s has %d names, and %d are needed", o.names, len(names), need)
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	if o.cold > 0 {
		return names[o.of : o.of+o.cold], nil
	}
	return names[:o.of], nil
}

// work asks until an instant, or for each of its cold names once.
func (t *tally) work(o options, names []string, worker int, until time.Time) {
	ask, err := asking(o)
	if err != nil {
		t.err = err
		return
	}
	next := zipf(names, uint64(worker))
	if o.cold > 0 {
		next = once(names, worker, o.connections)
	}
	for {
		name, more := next()
		start := time.Now()
		if !more || o.cold == 0 && !start.Before(until) {
			return
		}
		n, err := ask(name)
		if err != nil {
			t.failed, t.err = t.failed+1, err
			continue
		}
		t.took, t.octets = append(t.took, time.Since(start)), t.octets+n
	}
}

// zipf draws names so that the n-th is asked for 1/n as often as the first.
func zipf(names []string, seed uint64) func() (string, bool) {
	chance := rand.New(rand.NewPCG(seed, 2))
	most := math.Log(float64(len(names) + 1))
	return func() (string, bool) {
		return names[min(int(math.Exp(chance.Float64()*most))-1, len(names)-1)], true
	}
}

// once gives every worker its part of the names.
func once(names []string, worker, workers int) func() (string, bool) {
	i := worker - workers
	return func() (string, bool) {
		i += workers
		if i >= len(names) {
			return "", false
		}
		return names[i], true
	}
}

// asking returns what asks for one name and returns how many octets the answer has.
func asking(o options) (func(string) (int, error), error) {
	if o.kind == "whois" {
		return func(name string) (int, error) { return askWHOIS(o.address, name) }, nil
	}
	conn, err := net.Dial("tcp", o.address)
	if err != nil {
		return nil, err
	}
	if o.kind == "https" {
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) // of this machine, to be measured
	}
	in := bufio.NewReaderSize(conn, 64<<10)
	return func(name string) (int, error) {
		if _, err := io.WriteString(conn, "GET /rdap/domain/"+name+" HTTP/1.1\r\nHost: "+o.address+"\r\n\r\n"); err != nil {
			return 0, err
		}
		return readAnswer(in)
	}, nil
}

func askWHOIS(address, name string) (int, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, name+"\r\n"); err != nil {
		return 0, err
	}
	text, err := io.ReadAll(conn)
	if err == nil && !strings.HasPrefix(string(text), "Domain Name: ") {
		err = fmt.Errorf("the answer is %.60q", text)
	}
	return len(text), err
}

// readAnswer reads one answer of HTTP/1.1 that says its length.
func readAnswer(in *bufio.Reader) (int, error) {
	status, err := in.ReadString('\n')
	if err != nil {
		return 0, err
	}
	length := -1
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return 0, err
		}
		if line = strings.TrimSpace(line); line == "" {
			break
		}
		if key, value, _ := strings.Cut(line, ":"); strings.EqualFold(key, "Content-Length") {
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		}
	}
	if length < 0 {
		return 0, errors.New("the answer does not say its length")
	}
	if _, err := in.Discard(length); err != nil {
		return 0, err
	}
	if !strings.Contains(status, " 200 ") {
		return 0, fmt.Errorf("the answer is %q", strings.TrimSpace(status))
	}
	return length, nil
}
