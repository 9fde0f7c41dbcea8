package dns

import (
	"log/slog"
	"net/netip"
	"time"

	"example.org/dorado/core/zone"
)

// A DeskConfig is what a Desk answers from.
type DeskConfig struct {
	Versions []*zone.Version
	Unloaded bool
	Fault    bool // to look for a zone panics, and what is special does
	Options  Options
	Size     int // 1,232 if 0
	Rate     int // 0 for none
	Every    int
	Secrets  [][]byte
	Now      time.Time
	Notify   func(ChildNotice) bool
}

// A Desk answers without a server.
type Desk struct{ desk }

// NewDesk returns one.
func NewDesk(c DeskConfig) *Desk {
	if c.Size == 0 {
		c.Size = maxUDP
	}
	d := &Desk{desk{
		shared: &shared{
			zoneFor: func(name []byte, kind uint16) *zone.Version {
				if c.Fault {
					panic("a fault")
				}
				return zoneAmong(c.Versions, name, kind)
			},
			loaded:  func() bool { return !c.Unloaded },
			options: c.Options, size: c.Size, idle: 10 * time.Second,
			log: slog.New(slog.DiscardHandler), jar: newCookieJar(c.Secrets, []byte("key")), rates: newRates(c.Rate), every: c.Every, childNotify: c.Notify,
		},
		tally: new(tally), now: c.Now,
	}}
	if c.Fault {
		d.special = func([]byte, asker, func([]byte) error) error { panic("a fault") }
	}
	return d
}

// Packet answers a message as it comes by UDP, special ones too.
func (d *Desk) Packet(message []byte, from netip.Addr) []byte { return d.respondUDP(message, from) }

// zoneAmong returns the deepest zone at or above a name; of DS the parent's side, if that is among them.
func zoneAmong(versions []*zone.Version, name []byte, kind uint16) *zone.Version {
	var found *zone.Version
	for _, v := range versions {
		origin := []byte(v.Origin())
		if !isAtOrBelow(name[max(len(name)-len(origin), 0):], origin) || len(name) < len(origin) || !endsAt(name, origin) {
			continue
		}
		apexDS := kind == zone.TypeDS && len(name) == len(origin)
		if found == nil || len(v.Origin()) > len(found.Origin()) != apexDS {
			found = v
		}
	}
	return found
}

func endsAt(name, origin []byte) bool {
	for len(name) > len(origin) {
		name = name[1+int(name[0]):]
	}
	return len(name) == len(origin)
}

// RespondTo answers one message.
func (d *Desk) RespondTo(message []byte, from netip.Addr, tcp bool) []byte {
	t := overUDP
	if tcp {
		t = overTCP
	}
	return d.respond(message, from, t)
}

// Pass lets time pass.
func (d *Desk) Pass(span time.Duration) { d.now = d.now.Add(span) }

// Counts returns what was counted.
func (d *Desk) Counts() Counts { return sum([]*tally{d.tally}) }

// ZoneAmong is what a Desk finds zones with.
func ZoneAmong(versions []*zone.Version, name []byte, kind uint16) *zone.Version {
	return zoneAmong(versions, name, kind)
}
