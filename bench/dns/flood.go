package main

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"example.org/dorado/core/zone"
)

// flood sends so many messages a second to an address until it is told to stop: garbage, or questions for names that are not
// there, each as if another program asked.
func flood(ctx context.Context, o options) error {
	conn, err := net.Dial("udp", o.listen)
	if err != nil {
		return err
	}
	defer conn.Close()
	r := rand.NewChaCha8([32]byte{1})
	message := make([]byte, 60)
	const burst = 50
	sent := 0
	for began := time.Now(); ctx.Err() == nil; {
		if ahead := time.Duration(sent)*time.Second/time.Duration(o.rate) - time.Since(began); ahead > time.Millisecond {
			time.Sleep(ahead)
		}
		for range burst {
			_, _ = r.Read(message) // never fails
			out := message
			if o.kind == "missing" {
				out = missing(message)
			}
			_, _ = conn.Write(out) // what is lost is lost
			sent++
		}
	}
	fmt.Printf("sent %d\n", sent)
	return nil
}

// missing makes chance a question for a name of eight letters of it.
func missing(chance []byte) []byte {
	copy(chance[2:12], []byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	name := chance[12:21]
	name[0] = 8
	for i, c := range name[1:] {
		name[1+i] = 'a' + c%26
	}
	copy(chance[21:], "\x02co\x00\x00\x01\x00\x01")
	return chance[:29]
}

// publish gives names other DS, so many a second, and prints how long after it was due each was served.
func publish(ctx context.Context, v *atomic.Pointer[zone.Version], o options) {
	e := zone.NewEditor(v.Load())
	signer := randomly{rand.NewChaCha8([32]byte{2})}
	every := time.Second / time.Duration(o.changes)
	var took []time.Duration
	report := time.Now().Add(time.Duration(o.report) * time.Second)
	due := time.Now()
	for serial := uint32(serial + 1); ctx.Err() == nil; serial++ {
		due = due.Add(every)
		time.Sleep(time.Until(due))
		ds := append(binary.BigEndian.AppendUint32(nil, serial), make([]byte, 32)...)
		name := delegated(int(serial) * 7919 % o.names)
		step, err := e.Next(zone.Update{Changes: []zone.Change{change(name, zone.TypeDS, ds)}, Serial: serial, Signer: signer})
		if err != nil {
			fmt.Println("publish:", err)
			return
		}
		if step != nil {
			e.Take(step)
			v.Store(step.New)
		}
		took = append(took, time.Since(due))
		if time.Now().After(report) {
			slices.SortFunc(took, cmp.Compare)
			fmt.Printf("%d changes, served after %v at p50, %v at p99, %v at most\n", len(took),
				took[len(took)/2].Round(time.Microsecond), took[len(took)*99/100].Round(time.Microsecond), took[len(took)-1].Round(time.Microsecond))
			took, report = took[:0], time.Now().Add(time.Duration(o.report)*time.Second)
		}
	}
}
