package flow_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Two registrars' commands on what both touch, at the same moment, end as if one came after the other:
// a host is not deleted under a link that was answered, nor a contact; a contact waits for its purge if it has
// lost its last link, and only then.
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
		end     func(t *testing.T, w *world.World, i int)
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
			nil,
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
			nil,
		},
		{
			"two names drop the last two links of a contact",
			linkPerson(2),
			func(i int) command { return command{world.Acme, dropPerson("one", i)} },
			func(i int) command { return command{world.Other, dropPerson("two", i)} },
			true,
			personIs(registry.PendingDelete),
		},
		{
			"a name drops the last link of a contact and another links it",
			linkPerson(1),
			func(i int) command { return command{world.Acme, dropPerson("one", i)} },
			func(i int) command {
				return command{world.Other, flow.DomainUpdate{Name: world.Name(fmt.Sprintf("two-%d.co", i)), Registrant: new(fmt.Sprintf("P-%d", i))}}
			},
			true,
			personIs(registry.OK, registry.Linked),
		},
		{
			"a name is purged with the last link but one of a contact and another drops the last",
			linkPerson(2),
			func(i int) command {
				return command{world.Acme, flow.DomainDelete{Name: world.Name(fmt.Sprintf("one-%d.co", i))}}
			},
			func(i int) command { return command{world.Other, dropPerson("two", i)} },
			true,
			personIs(registry.PendingDelete),
		},
		{
			"a name is created with a contact that waits for its purge and another links it",
			func(w *world.World, i int) { linkPerson(1)(w, i); w.Do(world.Acme, dropPerson("one", i)) },
			func(i int) command {
				return command{world.Acme, flow.DomainUpdate{Name: world.Name(fmt.Sprintf("one-%d.co", i)), Registrant: new(fmt.Sprintf("P-%d", i))}}
			},
			func(i int) command {
				return command{world.Other, flow.DomainUpdate{Name: world.Name(fmt.Sprintf("two-%d.co", i)), Registrant: new(fmt.Sprintf("P-%d", i))}}
			},
			true,
			personIs(registry.OK, registry.Linked),
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
			nil,
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
				if race.end != nil {
					race.end(t, w, i)
				}
			}
			w.CheckInvariants()
		})
	}
}

// linkPerson makes a contact, a name of Acme's that links it as billing contact and one of Other's, which links
// it, too, where n is 2.
func linkPerson(n int) func(w *world.World, i int) {
	return func(w *world.World, i int) {
		person := fmt.Sprintf("P-%d", i)
		w.Contact(world.Acme, person)
		for k, who := range []registry.RegistrarID{world.Acme, world.Other} {
			name := fmt.Sprintf("%s-%d.co", []string{"one", "two"}[k], i)
			w.Domain(who, name)
			if k < n {
				w.Do(who, flow.DomainUpdate{Name: world.Name(name), Add: billingContact(person)})
			}
		}
	}
}

func billingContact(id string) flow.DomainEdit {
	return flow.DomainEdit{Contacts: []flow.Role{{Role: "billing", ID: id}}}
}

func dropPerson(name string, i int) flow.DomainUpdate {
	return flow.DomainUpdate{Name: world.Name(fmt.Sprintf("%s-%d.co", name, i)), Remove: billingContact(fmt.Sprintf("P-%d", i))}
}

// personIs holds for a contact with those statuses.
func personIs(want ...registry.Status) func(t *testing.T, w *world.World, i int) {
	return func(t *testing.T, w *world.World, i int) {
		t.Helper()
		if c := contactInfo(t, w, fmt.Sprintf("P-%d", i)); !slices.Equal(c.EPPStatuses, want) {
			t.Fatalf("round %d: the contact is %v, want %v", i, c.EPPStatuses, want)
		}
	}
}
