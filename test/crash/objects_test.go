package crash

import (
	"hash/fnv"
	"net/netip"

	"example.org/dorado/cmd/dorado/eppclient"
)

// hostPool are the hosts that the names of all sessions link. They are there before everything else.
var hostPool = []string{"a.ns-crash.example", "b.ns-crash.example", "c.ns-crash.example", "d.ns-crash.example"}

// contactOf is the contact that the names of a registrar link.
func contactOf(who string) string { return "CR-" + who }

// addressOf is the address of a host below a name: of the public Internet, since a policy refuses others, and never asked.
func addressOf(host string) string {
	h := fnv.New32a()
	h.Write([]byte(host))
	n := h.Sum32()
	return netip.AddrFrom4([4]byte{9, byte(n >> 16), byte(n >> 8), byte(n)}).String()
}

func createDomain(name, who string, servers []string) command {
	id := contactOf(who)
	return command{verb: "domain:create", body: eppclient.DomainCreate{
		Name: name, Nameservers: servers, Registrant: id, AuthInfo: "crash-Secret1",
		Contacts: []eppclient.DomainContact{{Role: "admin", ID: id}, {Role: "tech", ID: id}},
	}}
}

func createContact(id string) command {
	return command{verb: "contact:create", body: eppclient.ContactCreate{
		ID: id, Email: "crash@registrar.example", AuthInfo: "crash-Secret1",
		Voice: &eppclient.Phone{Number: "+57.6015550100"},
		Postal: eppclient.Postal{
			Form: "int", Name: "Ana Pena", Street: []string{"Calle 10 4-21"}, City: "Bogota", Postcode: "110221", Country: "CO",
		},
	}}
}

// nameservers are those with which a name is created.
func nameservers(c command) []string { return c.body.(eppclient.DomainCreate).Nameservers }

// edits are the name servers that an update adds and removes.
func edits(c command) (added, removed []string) {
	u := c.body.(eppclient.DomainUpdate)
	return u.Add.Nameservers, u.Remove.Nameservers
}
