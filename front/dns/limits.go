package dns

import (
	"cmp"
	"runtime"
	"time"
)

// Limits bound what a stranger can hold on to, and what is sent to somebody who did not ask.
type Limits struct {
	Connections           int           // TCP connections at a time; 1,000
	ConnectionsPerAddress int           // of one IPv4 address or IPv6 /64; 20
	Queries               int           // of one TCP connection; 1,000
	Idle                  time.Duration // until the next query begins on a TCP connection; 10 s
	Transfer              time.Duration // to receive one query or to send its answer; 5 s
	Workers               int           // UDP queries that are answered at a time; as many as processors

	UDPSize int // octets of an answer by UDP, 512 to 4,096; 1,232
	Rate    int // answers alike a second by UDP to one IPv4 /24 or IPv6 /56 without a cookie; 200; less than 0: any number
	Slip    int // of answers beyond that, one in so many is TC; 2; less than 0: none
}

// maxUDP is the largest answer by UDP unless it is said otherwise, and what we say that we receive. It passes every
// path unfragmented; DNS Flag Day 2020.
const maxUDP = 1232

// mostUDP is the largest that can be asked for.
const mostUDP = 4096

// WithDefaults returns the limits that are in force: what is zero has its default.
func (l Limits) WithDefaults() Limits {
	l.Connections = cmp.Or(l.Connections, 1_000)
	l.ConnectionsPerAddress = cmp.Or(l.ConnectionsPerAddress, 20)
	l.Queries = cmp.Or(l.Queries, 1_000)
	l.Idle = cmp.Or(l.Idle, 10*time.Second)
	l.Transfer = cmp.Or(l.Transfer, 5*time.Second)
	l.Workers = cmp.Or(l.Workers, runtime.GOMAXPROCS(0))
	l.UDPSize = min(max(cmp.Or(l.UDPSize, maxUDP), minUDP), mostUDP)
	l.Rate = cmp.Or(l.Rate, 200)
	l.Slip = max(cmp.Or(l.Slip, 2), 0)
	return l
}
