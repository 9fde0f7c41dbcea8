package dns

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/zone"
	testpeer "example.org/dorado/test/peer"
)

// A Primary is a server with zones of a test's own, changed without a registry, and all their differences.
type Primary struct {
	*Server
	Address string

	mu      sync.Mutex
	editors map[zone.Name]*zone.Editor
	signers map[zone.Name]zone.Signer
	kept    map[zone.Name][]zone.Diff
}

// NewPrimary returns a primary that listens. It ends with t.
func NewPrimary(t testing.TB, transfer Transfer) *Primary {
	t.Helper()
	return NewPrimaryWithin(t, transfer, Limits{ConnectionsPerAddress: 1_000})
}

// NewPrimaryWithin is NewPrimary with limits of its own.
func NewPrimaryWithin(t testing.TB, transfer Transfer, limits Limits) *Primary {
	t.Helper()
	p := &Primary{
		editors: map[zone.Name]*zone.Editor{}, signers: map[zone.Name]zone.Signer{}, kept: map[zone.Name][]zone.Diff{},
	}
	config := withDefaults(Config{Transfer: transfer, Log: slog.New(slog.DiscardHandler)})
	p.Server = &Server{config: config}
	var err error
	p.Answerer, err = NewAnswerer(AnswererConfig{
		ZoneFor: func(name []byte, _ uint16) *zone.Version { return p.version(zone.Name(name)) },
		Loaded:  func() bool { return true }, Log: config.Log,
		Limits: limits,
	})
	if err != nil {
		t.Fatal(err)
	}
	p.special = p.respondSpecial
	if p.transfers, err = newTransfers(config.Transfer, p.Server); err != nil {
		t.Fatal(err)
	}
	p.transfers.source = p
	p.places.secondaries = p.transfers.roomsAt
	p.Address = Listening(t, p.Server)
	return p
}

// Listening has a server answer at an address of this machine until t ends, and returns the address.
func Listening(t testing.TB, s *Server) string {
	t.Helper()
	udp, tcp := testpeer.Sockets(t)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve([]net.PacketConn{udp}, tcp) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return tcp.Addr().String()
}

// Follow tells the secondaries until t ends.
func (p *Primary) Follow(t testing.TB, zones ...zone.Name) {
	Until(t, func(ctx context.Context) { p.transfers.follow(ctx, zones) })
}

// Until runs something beside t until it ends.
func Until(t testing.TB, run func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-ended })
}

// Sign has a zone's versions signed.
func (p *Primary) Sign(origin zone.Name, s zone.Signer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.signers[origin] = s
}

// Publish makes the next version of a zone and tells of it. It returns the version.
func (p *Primary) Publish(t testing.TB, origin zone.Name, serial uint32, changes []zone.Change) *zone.Version {
	t.Helper()
	p.mu.Lock()
	e := p.editors[origin]
	if e == nil {
		e = zone.NewEditor(zone.Empty(origin))
		p.editors[origin] = e
	}
	s, err := e.Next(zone.Update{Changes: changes, Serial: serial, Signer: p.signers[origin]})
	if err != nil {
		t.Fatal(err)
	}
	if s != nil {
		e.Take(s)
		if s.Old.Serial() != 0 {
			p.kept[origin] = append(p.kept[origin], zone.Difference(s.Old, s.New))
		}
	}
	v := e.Version()
	p.mu.Unlock()
	p.notify(origin, v.Serial(), nil)
	return v
}

// Set has a version served as it is.
func (p *Primary) Set(v *zone.Version) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.editors[v.Origin()] = zone.NewEditor(v)
}

// Forget drops the differences up to a serial.
func (p *Primary) Forget(origin zone.Name, serial uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.kept[origin]) > 0 && p.kept[origin][0].From < serial {
		p.kept[origin] = p.kept[origin][1:]
	}
}

func (p *Primary) version(origin zone.Name) *zone.Version {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.editors[origin]; e != nil {
		return e.Version()
	}
	return nil
}

func (p *Primary) publications(origin zone.Name) []publication {
	v := p.version(origin)
	if v == nil {
		return nil
	}
	return []publication{{serial: v.Serial(), at: time.Now()}}
}

func (*Primary) isLatest(*zone.Version) bool { return true }

func (p *Primary) diffs(_ context.Context, origin zone.Name, from uint32) ([]zone.Diff, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, d := range p.kept[origin] {
		if d.From == from {
			return append([]zone.Diff(nil), p.kept[origin][i:]...), nil
		}
	}
	return nil, nil
}

// Version returns what is served of a zone.
func (p *Primary) Version(origin zone.Name) *zone.Version { return p.version(origin) }

// LastTransfer returns what a secondary transferred last.
func (p *Primary) LastTransfer(name, origin string) Transferred {
	for _, peer := range p.transfers.peers {
		if peer.Name == name {
			zone, _ := zone.ParseName(origin)
			return peer.transferred(zone)
		}
	}
	return Transferred{}
}

// CheckTransfer says what is wrong with a Transfer.
func CheckTransfer(t Transfer) error { return t.check() }
