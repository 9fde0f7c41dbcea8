package dns

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// A served is one zone of the profile. What is below version belongs to who holds Server.publishing.
type served struct {
	name    names.Name
	origin  zone.Name
	version atomic.Pointer[zone.Version] // what is answered from and sent; nil before the first load
	made    atomic.Int64                 // when that was made, in nanoseconds since 1970
	journal journal

	apex Apex
	ring Ring // its keys

	blocked atomic.Pointer[blockage] // nil if its keys can be used

	tended time.Time // when these were last looked at, and all signatures
	editor *zone.Editor
	state  registry.ZoneState
	kept   *zone.Version // what the pages in the database are
	behind []int         // but for these
}

// isKept reports whether the zone is one that was published, or that is about to be.
func (z *served) isKept() bool { return z.editor.Version().Apex() != nil }

// zones are all of the profile. The table does not change, so it needs no lock.
type zones struct {
	byOrigin map[zone.Name]*served
	list     []*served // in the order of the profile
}

func newZones(config Config) (*zones, error) {
	all := &zones{byOrigin: map[zone.Name]*served{}}
	for _, z := range config.Service.Profile.Zones {
		s := &served{name: z.Name, origin: wire(z.Name), apex: config.apex(z.Name)}
		if len(s.apex.Nameservers) == 0 || s.apex.Mailbox.IsZero() {
			return nil, fmt.Errorf("dns: name at least one name server and the mailbox of the SOA of %s", z.Name)
		}
		all.byOrigin[s.origin] = s
		all.list = append(all.list, s)
	}
	return all, nil
}

// wire returns a name as zones have it. A names.Name has only labels that fit.
func wire(n names.Name) zone.Name {
	name, err := zone.ParseName(n.String())
	if err != nil {
		panic(err) // names.Parse lets no such name be
	}
	return name
}

// above returns the deepest zone at or above a name, nil if there is none.
func (z *zones) above(name zone.Name) *served {
	for ; name != zone.Root; name = name.Parent() {
		if s := z.byOrigin[name]; s != nil {
			return s
		}
	}
	return nil
}

// of returns the zone that a delegated name is in: one above it.
func (z *zones) of(name names.Name) *served { return z.above(wire(name).Parent()) }

// errNotLoaded is that there is nothing yet to answer with.
var errNotLoaded = errors.New("the zones are not loaded")

// zoneFor returns the version of the deepest zone at or above a name in wire format and lower case, that on the
// parent's side of a cut for DS, nil if we have none. RFC 4035 section 3.1.4.1.
func (s *Server) zoneFor(name []byte, kind uint16) *zone.Version {
	var found *served
	for at := 0; at < len(name) && name[at] != 0; at += 1 + int(name[at]) {
		z := s.zones.byOrigin[zone.Name(name[at:])]
		if z == nil {
			continue
		}
		if found != nil {
			found = z // the parent's side
			break
		}
		if found = z; at > 0 || kind != zone.TypeDS {
			break
		}
	}
	if found == nil {
		return nil
	}
	return found.version.Load()
}

// version returns what is served of a zone, nil if that is nothing.
func (s *Server) version(origin zone.Name) *zone.Version {
	if z := s.zones.byOrigin[origin]; z != nil {
		return z.version.Load()
	}
	return nil
}

// Loaded reports whether the server has zones to answer with.
func (s *Server) Loaded() bool { return s.loaded.Load() }

// usersOf returns the names that are delegated to any of some hosts. It reads the zones through.
func (z *zones) usersOf(hosts map[zone.Name]struct{}) []names.Name {
	var users []names.Name
	for _, s := range z.list {
		s.editor.Version().Nodes(func(n zone.Node) bool {
			ns, found := n.Set(zone.TypeNS), false
			if ns != nil {
				zone.Each(ns.Data(), func(host []byte) {
					_, is := hosts[zone.Name(host)]
					found = found || is
				})
			}
			if owner := n.Owner(s.origin); found && owner != s.origin && z.byOrigin[owner] == nil {
				users = append(users, unwire(owner))
			}
			return true
		})
	}
	return users
}

// unwire returns a name of ours as the registry has it.
func unwire(n zone.Name) names.Name {
	name, err := names.Parse(strings.TrimSuffix(n.String(), "."))
	if err != nil {
		panic(err) // it came from a names.Name
	}
	return name
}

// ask runs a query of ours, which no registrar makes, and returns its answer as what it is.
func ask[T any](ctx context.Context, s *Server, q flow.Query) (T, error) {
	var zero T
	reply, err := s.config.Service.Ask(ctx, "", q)
	if err != nil {
		return zero, err
	}
	answer, ok := reply.(T)
	if !ok {
		return zero, fmt.Errorf("%T answered %T, not %T", q, reply, zero)
	}
	return answer, nil
}
