package store

import (
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// An idSource gives numbers that rise with time and are not given twice on one node: microseconds
// since 1970 in the upper 51 bits, chance below. Where another node gave the same number, the
// primary key refuses it and the transaction is run again.
type idSource struct{ last atomic.Int64 }

const chanceBits = 12

// idAt is the first number of an instant.
func idAt(at time.Time) int64 { return at.UnixMicro() << chanceBits }

// idSpan is by how much numbers rise in a time.
func idSpan(d time.Duration) int64 { return d.Microseconds() << chanceBits }

func (s *idSource) next() int64 {
	for {
		last := s.last.Load()
		next := max(last+1, time.Now().UnixMicro()<<chanceBits|rand.Int64N(1<<chanceBits))
		if s.last.CompareAndSwap(last, next) {
			return next
		}
	}
}
