package history_test

import (
	"fmt"

	"github.com/anishathalye/porcupine"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// The objects of the histories of links. The second host is subordinate to the first name, and goes with
// it.
var (
	linkNames    = [2]string{"above.co", "user.co"}
	linkSponsors = [2]registry.RegistrarID{world.Acme, world.Other}
	linkHosts    = [2]string{"ns1.example.net", "ns1.above.co"}
	linkContacts = [2]string{"PERSON-1", "PERSON-2"}
)

const (
	above = 0 // the name that the subordinate host is below
	below = 1 // the host
)

// A web is what links what. The hosts and contacts are Acme's, as is the name above the second host.
type web struct {
	hosts    [2]bool
	contacts [2]bool
	waiting  [2]bool // contacts that lost their last link, and wait for their purge
	names    [2]linkedName
}

// A linkedName is a name with the hosts and the contact that it links.
type linkedName struct {
	there      bool
	hosts      [2]bool
	registrant int // of linkContacts
}

// A linkDeed is one command or query on one object of the web, and for a name what it links.
type linkDeed struct {
	what    string
	name    int
	host    int
	contact int
	bare    bool // the name is created without a host
	node    int
}

// A linkAnswer is how a linkDeed ended.
type linkAnswer struct {
	unknown    bool
	code       registry.Code
	field      string // which of the objects a refusal blames
	hosts      [2]bool
	registrant int
	linked     bool
	waiting    bool
}

func (a linkAnswer) isUnknown() bool { return a.unknown }

// linkModel is the model of the web.
func linkModel() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return web{} },
		Step: func(state, input, output any) (bool, any) {
			w, do, got := state.(web), input.(linkDeed), output.(linkAnswer)
			want, after := linkRules(w, do)
			return got.unknown || got == want, after
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %+v", input, output) },
		DescribeState:     func(state any) string { return fmt.Sprintf("%+v", state) },
	}
}

// linkRules says how a deed ends. The order of the rules is that of the flows.
func linkRules(w web, do linkDeed) (linkAnswer, web) {
	switch do.what {
	case "create-host":
		return w.createHost(do)
	case "delete-host":
		return w.deleteHost(do)
	case "info-host":
		if !w.hosts[do.host] {
			return linkRefused(registry.ObjectMissing, "host:name"), w
		}
		return linkAnswer{code: registry.Completed, linked: w.hostLinked(do.host)}, w
	case "create-contact":
		if w.contacts[do.contact] {
			return linkRefused(registry.ObjectExists, "contact:id"), w
		}
		w.contacts[do.contact] = true
		return linkAnswer{code: registry.Completed}, w
	case "delete-contact":
		return w.deleteContact(do)
	case "info-contact":
		if !w.contacts[do.contact] {
			return linkRefused(registry.ObjectMissing, "contact:id"), w
		}
		return linkAnswer{code: registry.Completed, linked: w.contactLinked(do.contact), waiting: w.waiting[do.contact]}, w
	case "create-name":
		return w.createName(do)
	}
	n := w.names[do.name]
	if !n.there {
		return linkRefused(registry.ObjectMissing, "domain:name"), w
	}
	switch do.what {
	case "info-name":
		return linkAnswer{code: registry.Completed, hosts: n.hosts, registrant: n.registrant}, w
	case "delete-name":
		return linkAnswer{code: registry.CompletedPending}, w.without(do.name)
	}
	return w.updateName(n, do)
}

func linkRefused(code registry.Code, field string) linkAnswer {
	return linkAnswer{code: code, field: field}
}

func (w web) createHost(do linkDeed) (linkAnswer, web) {
	switch {
	case w.hosts[do.host]:
		return linkRefused(registry.ObjectExists, "host:name"), w
	case do.host == below && !w.names[above].there:
		return linkRefused(registry.ObjectMissing, "host:name"), w
	}
	w.hosts[do.host] = true
	return linkAnswer{code: registry.Completed}, w
}

func (w web) deleteHost(do linkDeed) (linkAnswer, web) {
	switch {
	case !w.hosts[do.host]:
		return linkRefused(registry.ObjectMissing, "host:name"), w
	case w.hostLinked(do.host):
		return linkRefused(registry.AssociationProhibits, "host:name"), w
	}
	w.hosts[do.host] = false
	return linkAnswer{code: registry.Completed}, w
}

func (w web) deleteContact(do linkDeed) (linkAnswer, web) {
	switch {
	case !w.contacts[do.contact]:
		return linkRefused(registry.ObjectMissing, "contact:id"), w
	case w.waiting[do.contact]:
		return linkRefused(registry.StatusProhibits, "contact:id"), w
	case w.contactLinked(do.contact):
		return linkRefused(registry.AssociationProhibits, "contact:id"), w
	}
	w.contacts[do.contact] = false
	return linkAnswer{code: registry.Completed}, w
}

func (w web) createName(do linkDeed) (linkAnswer, web) {
	switch {
	case w.names[do.name].there:
		return linkRefused(registry.ObjectExists, "domain:name"), w
	case !w.contacts[do.contact]:
		return linkRefused(registry.ObjectMissing, "domain:registrant"), w
	case !do.bare && !w.hosts[do.host]:
		return linkRefused(registry.ObjectMissing, "domain:hostObj"), w
	}
	n := linkedName{there: true, registrant: do.contact}
	n.hosts[do.host] = !do.bare
	w.names[do.name] = n
	return linkAnswer{code: registry.Completed}, w.relinked(web{})
}

func (w web) updateName(n linkedName, do linkDeed) (linkAnswer, web) {
	if do.what == "registrant" {
		if !w.contacts[do.contact] {
			return linkRefused(registry.ObjectMissing, "domain:registrant"), w
		}
		before := w
		n.registrant = do.contact
		w.names[do.name] = n
		return linkAnswer{code: registry.Completed}, w.relinked(before)
	}
	adds := do.what == "add"
	switch {
	case !w.hosts[do.host]:
		return linkRefused(registry.ObjectMissing, "domain:hostObj"), w
	case n.hosts[do.host] == adds:
		return linkRefused(registry.ParameterPolicy, "domain:hostObj"), w
	}
	n.hosts[do.host] = adds
	w.names[do.name] = n
	return linkAnswer{code: registry.Completed}, w
}

// without returns the web after a name in its add grace was deleted: it goes with the host below it, and
// with every delegation to that. Decisions 2.8.
func (w web) without(name int) web {
	before := w
	w.names[name] = linkedName{}
	if name == above {
		w.hosts[below] = false
		for i := range w.names {
			w.names[i].hosts[below] = false
		}
	}
	return w.relinked(before)
}

// relinked returns the web with the contacts waiting that were linked before and are not any more, and without
// those that are linked. Decisions 2.5.
func (w web) relinked(before web) web {
	for i := range w.contacts {
		switch {
		case w.contactLinked(i):
			w.waiting[i] = false
		case before.contactLinked(i):
			w.waiting[i] = true
		}
	}
	return w
}

func (w web) hostLinked(host int) bool {
	return w.names[0].hosts[host] || w.names[1].hosts[host]
}

func (w web) contactLinked(contact int) bool {
	for _, n := range w.names {
		if n.there && n.registrant == contact {
			return true
		}
	}
	return false
}
