package flow_test

import (
	"fmt"
	"sync"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Two registrars' commands on what both touch, at the same moment, end as if one came after the other:
// a host is not deleted under a link that was answered, nor a contact; a host is not made below another's
// name.
func TestRacesEndInSomeOrder(t *testing.T) {
	type command struct {
		who registry.RegistrarID
		cmd flow.Command
	}
	for _, race := range []struct {
		name    string
		prepare func(w *world.World, i int)
		one     func(i int) command
		two     func(i int) command
		both    bool // whether both may succeed
	}{
		{
			"a host is deleted and linked",
			func(w *world.World, i int) {
				w.Host(world.Acme, fmt.Sprintf("ns%d.example.net", i))
				w.Domain(world.Other, fmt.Sprintf("user-%d.co", i))
			},
			func(i int) command {
				return command{world.Acme, flow.HostDelete{Name: world.Name(fmt.Sprintf("ns%d.example.net", i))}}
			},
			func(i int) command {
				return command{world.Other, flow.DomainUpdate{
					Name: world.Name(fmt.Sprintf("user-%d.co", i)),
					Add:  flow.DomainEdit{Nameservers: world.Names(fmt.Sprintf("ns%d.example.net", i))},
				}}
			},
			false,
		},
		{
			"a contact is deleted and linked",
			func(w *world.World, i int) {
				w.Contact(world.Acme, fmt.Sprintf("C-%d", i))
				w.Domain(world.Other, fmt.Sprintf("user-%d.co", i))
			},
			func(i int) command { return command{world.Acme, flow.ContactDelete{ID: fmt.Sprintf("C-%d", i)}} },
			func(i int) command {
				return command{world.Other, flow.DomainUpdate{
					Name: world.Name(fmt.Sprintf("user-%d.co", i)), Registrant: new(fmt.Sprintf("C-%d", i)),
				}}
			},
			false,
		},
		{
			"a name is purged and a name of others linked to its host updated",
			func(w *world.World, i int) {
				w.Domain(world.Acme, fmt.Sprintf("above-%d.co", i))
				w.Host(world.Acme, fmt.Sprintf("ns1.above-%d.co", i), "192.0.2.1")
				w.Domain(world.Other, fmt.Sprintf("user-%d.co", i), fmt.Sprintf("ns1.above-%d.co", i))
			},
			func(i int) command {
				return command{world.Acme, flow.DomainDelete{Name: world.Name(fmt.Sprintf("above-%d.co", i))}}
			},
			func(i int) command {
				return command{world.Other, flow.DomainUpdate{
					Name: world.Name(fmt.Sprintf("user-%d.co", i)), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}},
				}}
			},
			true,
		},
	} {
		t.Run(race.name, func(t *testing.T) {
			w := world.New(t, noon)
			const rounds = 40
			for i := range rounds {
				race.prepare(w, i)
				codes := make([]registry.Code, 2)
				var both sync.WaitGroup
				for n, c := range []command{race.one(i), race.two(i)} {
					both.Go(func() {
						_, err := w.Run(c.who, c.cmd)
						codes[n] = code(err)
					})
				}
				both.Wait()
				succeeded := 0
				for _, c := range codes {
					switch c {
					case registry.Completed:
						succeeded++
					case registry.AssociationProhibits, registry.ObjectMissing:
					default:
						t.Fatalf("round %d: %v", i, codes)
					}
				}
				if succeeded == 0 || succeeded == 2 && !race.both {
					t.Fatalf("round %d: %v, %d succeeded", i, codes, succeeded)
				}
			}
			w.CheckInvariants()
		})
	}
}
