package main

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"example.org/dorado/core/policy"
)

// A lobby is where connections wait that have not shown yet that they are of nodes. Where it is full, one that comes takes the
// place of another: of the oldest of whatever network has most. A node is through within milliseconds, and whoever says nothing
// stays, so that it is strangers who give way, however many they are; to keep a node out they would have to come a thousand
// times while it shows its key.
type lobby struct {
	mu            sync.Mutex
	total         int
	by            map[netip.Prefix][]waiting // the oldest first
	most, mostOne int
}

// A waiting is a connection in a lobby.
type waiting struct {
	conn  net.Conn
	since time.Time
}

func newLobby(most, mostOne int) *lobby {
	return &lobby{by: map[netip.Prefix][]waiting{}, most: most, mostOne: mostOne}
}

// enter lets a connection wait; false if its network has as many as it may. Who entered leaves.
func (l *lobby) enter(conn net.Conn) bool {
	n := networkOf(conn)
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.by[n]) >= l.mostOne {
		return false
	}
	if l.total >= l.most {
		l.crowdOut()
	}
	l.by[n] = append(l.by[n], waiting{conn, time.Now()})
	l.total++
	return true
}

// crowdOut closes the oldest connection of the network that has most.
func (l *lobby) crowdOut() {
	var crowd netip.Prefix
	for n, list := range l.by {
		most := l.by[crowd]
		if len(list) > len(most) || len(list) == len(most) && list[0].since.Before(most[0].since) {
			crowd = n
		}
	}
	oldest := l.by[crowd][0].conn
	l.remove(crowd, 0)
	oldest.Close()
}

// leave makes room again. It reports whether the connection had kept its place.
func (l *lobby) leave(conn net.Conn) bool {
	n := networkOf(conn)
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.by[n], func(w waiting) bool { return w.conn == conn })
	if i < 0 {
		return false
	}
	l.remove(n, i)
	return true
}

func (l *lobby) remove(n netip.Prefix, i int) {
	l.total--
	if l.by[n] = slices.Delete(l.by[n], i, i+1); len(l.by[n]) == 0 {
		delete(l.by, n)
	}
}

func networkOf(conn net.Conn) netip.Prefix {
	return policy.Network(policy.Address(conn.RemoteAddr().String()))
}
