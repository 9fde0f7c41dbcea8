package history_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// together runs functions that each hand a command of one registrar to a node, so that the node runs
// them as one group in some order: its lane is held until all are about to.
func together(n node, who registry.RegistrarID, commands ...func()) {
	held, release := make(chan struct{}), make(chan struct{})
	nothing := errors.New("nothing to write")
	var all, waiting sync.WaitGroup
	all.Go(func() {
		_ = n.Store.Update(context.Background(), registry.Keys{Registrar: who}, func(registry.Reader) (registry.Changes, error) {
			close(held)
			<-release
			return registry.Changes{}, nothing
		})
	})
	<-held
	waiting.Add(len(commands))
	for _, command := range commands {
		all.Go(func() { waiting.Done(); command() })
	}
	waiting.Wait()
	for range 100 {
		runtime.Gosched() // they are about to; what comes too late is run after the group
	}
	close(release)
	all.Wait()
}

// What was answered with success is kept, although a command after it in its group is the one that meets
// what another node wrote meanwhile. In each round node 1 makes a contact that node 0 has found free and
// not written yet, and a command behind it on node 0 asks the database for a list, so that all that
// waits is written for it.
func TestAnsweredIsKept(t *testing.T) {
	if !postgres(t) {
		t.Skip("SQLite has one node")
	}
	c := start(t, "2026-03-01T12:00:00Z", 2)
	const rounds = 20
	for i := range rounds {
		id, name := fmt.Sprintf("C-%d", i), world.Name(fmt.Sprintf("young-%d.co", i))
		c.Domain(world.Acme, name.String())
		var first error
		var second registry.Code
		together(
			c.nodes[0], world.Acme,
			func() { first = c.createAfter(id, &second) },
			func() { c.run(c.nodes[0], world.Acme, flow.DomainDelete{Name: name}) },
		)
		if first == nil && second == registry.Completed {
			t.Fatalf("round %d: two nodes answered that they made the contact %s", i, id)
		}
	}
}

// createAfter makes a contact on node 0, if there is none, after node 1 has made it when node 0 had looked.
func (c *cluster) createAfter(id string, second *registry.Code) error {
	taken := errors.New("there is such a contact")
	keys := registry.Keys{Registrar: world.Acme, Contacts: []string{id}}
	return c.nodes[0].Store.Update(context.Background(), keys, func(r registry.Reader) (registry.Changes, error) {
		if _, found, err := r.Contact(id); err != nil || found {
			return registry.Changes{}, cmp.Or(err, taken)
		}
		if *second == "" {
			reply, refusal, _ := c.run(c.nodes[1], world.Acme, contactCreate(id))
			*second = code(reply, refusal)
		}
		contact := registry.Contact{ROID: registry.ROID("C-" + id), ID: id, Version: 1, Sponsor: world.Acme, Creator: world.Acme}
		return registry.Changes{Contacts: []registry.Contact{contact}}, nil
	})
}

func contactCreate(id string) flow.ContactCreate {
	return flow.ContactCreate{
		ID: id, Voice: &registry.Phone{Number: "+57.6015550100"}, Email: "ana@example.com", AuthInfo: "contact-secret",
		Int: &registry.Postal{Name: "Ana", Street: []string{"Calle 10"}, City: "Bogota", Postcode: "1", Country: "CO"},
	}
}

// If the answer to a group's commit is lost, its commands may have taken effect: nobody may be told that
// they were refused, since a second run refused them.
func TestLostAnswerOfAGroup(t *testing.T) {
	if !postgres(t) {
		t.Skip("SQLite is in the process: no answer gets lost")
	}
	c := start(t, "2026-03-01T12:00:00Z", 1)
	n := c.nodes[0]
	const size = 5
	commands := make([]func(), size)
	for i := range size {
		name := world.Name(fmt.Sprintf("young-%d.co", i))
		c.Domain(world.Acme, name.String())
		commands[i] = func() {
			_, refusal, known := c.run(n, world.Acme, flow.DomainDelete{Name: name})
			if known && refusal != nil {
				t.Errorf("the delete of %s was refused: %v", name, refusal)
			}
		}
	}
	n.fault.LoseCommit(world.TakesEffect)
	together(n, world.Acme, commands...)
}

// Whatever operation of a group's fails, what was answered with success is kept.
func TestFaultInAGroup(t *testing.T) {
	c := start(t, "2026-03-01T12:00:00Z", 1)
	n := c.nodes[0]
	const operations = 25
	for i := range operations {
		name := world.Name(fmt.Sprintf("young-%d.co", i))
		c.Domain(world.Acme, name.String())
		made := make([]bool, 4)
		var commands []func() // the last arms the fault
		for k := range made {
			commands = append(commands, func() {
				_, refusal, known := c.run(n, world.Acme, contactCreate(contactID(i, k)))
				made[k] = known && refusal == nil
			})
		}
		commands = append(commands, func() { c.run(n, world.Acme, flow.DomainDelete{Name: name}) })
		together(n, world.Acme, append(commands, func() { n.fault.After(i) })...)
		for k, answered := range made {
			if answered && !c.Exists("contact", "id", contactID(i, k)) {
				t.Errorf("operation %d failed: the contact %s was answered and is not there", i, contactID(i, k))
			}
		}
		n.fault.Disarm()
	}
}

func contactID(round, number int) string { return fmt.Sprintf("C-%d-%d", round, number) }
