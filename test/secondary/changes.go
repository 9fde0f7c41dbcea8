package secondary

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"example.org/dorado/core/zone"
)

// Changes makes random changes of a zone such as a registry makes: names delegated and not, with DS and without, to hosts
// elsewhere, below themselves and below others; hosts that stay while the name above them goes; TTLs.
type Changes struct {
	Origin string // without a final dot
	Names  int    // that there are to choose from
	Rand   *rand.Rand

	hosts map[string][]string // in the zone, by the name that they are below
	uses  map[string][]string // those that a name is delegated to
}

// NewChanges returns changes of a zone of so many names, the same for the same seed.
func NewChanges(origin string, names int, seed uint64) *Changes {
	return &Changes{
		Origin: origin, Names: names, Rand: rand.New(rand.NewPCG(seed, 0)),
		hosts: map[string][]string{}, uses: map[string][]string{},
	}
}

// name is a name that the tests write themselves.
func name(text string) zone.Name {
	n, err := zone.ParseName(text)
	if err != nil {
		panic(err)
	}
	return n
}

// Apex returns what every zone has at its own name, without keys.
func (c *Changes) Apex() []zone.Change {
	origin := name(c.Origin)
	soa := append([]byte(name("ns1.nic."+c.Origin)), name("hostmaster.nic."+c.Origin)...)
	for _, n := range []uint32{0, 1800, 900, 1209600, 900} {
		soa = binary.BigEndian.AppendUint32(soa, n)
	}
	ns := zone.RRset{Type: zone.TypeNS, TTL: 86400, Data: [][]byte{[]byte(name("ns1.nic." + c.Origin)), []byte(name("ns2.example.net"))}}
	return []zone.Change{
		{Owner: origin, RRset: zone.RRset{Type: zone.TypeSOA, TTL: 900, Data: [][]byte{soa}}},
		{Owner: origin, RRset: ns},
		{Owner: name("ns1.nic." + c.Origin), RRset: zone.RRset{Type: zone.TypeA, TTL: 86400, Data: [][]byte{{192, 0, 2, 1}}}},
		{Owner: origin, RRset: zone.RRset{Type: zone.TypeTXT, TTL: 900, Data: [][]byte{[]byte("\x05hello")}}},
	}
}

// Next returns the changes of one publication, some of one name and its hosts.
func (c *Changes) Next() []zone.Change {
	var list []zone.Change
	for range 1 + c.Rand.IntN(3) {
		list = append(list, c.one()...)
	}
	return list
}

// one changes one name.
func (c *Changes) one() []zone.Change {
	label := fmt.Sprintf("d%d.%s", c.Rand.IntN(c.Names), c.Origin)
	owner := name(label)
	switch c.Rand.IntN(10) {
	case 0, 1: // gone, DS and all; its hosts stay where others use them
		delete(c.uses, label)
		list := []zone.Change{{Owner: owner, RRset: zone.RRset{Type: zone.TypeNS}}, {Owner: owner, RRset: zone.RRset{Type: zone.TypeDS}}}
		if c.Rand.IntN(2) == 0 {
			list = append(list, c.dropHosts(label)...)
		}
		return list
	case 2, 3:
		return []zone.Change{{Owner: owner, RRset: zone.RRset{Type: zone.TypeDS, TTL: c.ttl(), Data: c.signers()}}, c.delegation(owner, label)}
	case 4:
		return []zone.Change{{Owner: owner, RRset: zone.RRset{Type: zone.TypeDS}}}
	case 5, 6:
		return c.addHost(label)
	case 7:
		return c.dropHosts(label)
	}
	return []zone.Change{c.delegation(owner, label)}
}

func (c *Changes) ttl() uint32 { return []uint32{300, 3600, 86400}[c.Rand.IntN(3)] }

// delegation delegates a name to hosts elsewhere, and to those that are below it and below another name.
func (c *Changes) delegation(owner zone.Name, label string) zone.Change {
	other := fmt.Sprintf("d%d.%s", c.Rand.IntN(c.Names), c.Origin)
	c.uses[label] = slices.Compact(slices.Sorted(slices.Values(slices.Concat(c.hosts[label], c.hosts[other]))))
	return c.redelegation(owner, label)
}

// redelegation delegates a name to what it uses and to hosts elsewhere.
func (c *Changes) redelegation(owner zone.Name, label string) zone.Change {
	set := zone.RRset{Type: zone.TypeNS, TTL: c.ttl()}
	for _, host := range c.uses[label] {
		set.Data = append(set.Data, []byte(name(host)))
	}
	for i := range 1 + c.Rand.IntN(2) {
		set.Data = append(set.Data, []byte(name(fmt.Sprintf("ns%d.provider%d.net", i+1, c.Rand.IntN(20)))))
	}
	return zone.Change{Owner: owner, RRset: set}
}

// signers are DS records of one key or two. RFC 4034 section 5.1.
func (c *Changes) signers() [][]byte {
	var list [][]byte
	for range 1 + c.Rand.IntN(2) {
		ds := []byte{byte(c.Rand.IntN(256)), byte(c.Rand.IntN(256)), algorithm, 2}
		for range 32 {
			ds = append(ds, byte(c.Rand.IntN(256)))
		}
		list = append(list, ds)
	}
	return list
}

// addHost gives a host below a name addresses; some have a name between, which is empty then.
func (c *Changes) addHost(label string) []zone.Change {
	host := []string{"ns1.", "ns2.", "ns1.deep."}[c.Rand.IntN(3)] + label
	if !slices.Contains(c.hosts[label], host) {
		c.hosts[label] = append(c.hosts[label], host)
	}
	addresses := []zone.Change{
		{Owner: name(host), RRset: zone.RRset{Type: zone.TypeA, TTL: c.ttl(), Data: [][]byte{{198, 51, 100, byte(c.Rand.IntN(256))}}}},
	}
	if c.Rand.IntN(2) == 0 {
		six := append([]byte{0x20, 0x01, 0x0d, 0xb8}, make([]byte, 12)...)
		six[15] = byte(c.Rand.IntN(256))
		addresses = append(addresses, zone.Change{Owner: name(host), RRset: zone.RRset{Type: zone.TypeAAAA, TTL: c.ttl(), Data: [][]byte{six}}})
	}
	return append(addresses, c.delegation(name(label), label))
}

// dropHosts takes the addresses of the hosts below a name away, of those that no other name uses.
func (c *Changes) dropHosts(label string) []zone.Change {
	var list []zone.Change
	used := func(host string) bool {
		for user, hosts := range c.uses {
			if user != label && slices.Contains(hosts, host) {
				return true
			}
		}
		return false
	}
	var stay []string
	for _, host := range c.hosts[label] {
		if used(host) {
			stay = append(stay, host)
			continue
		}
		list = append(list, zone.Change{Owner: name(host), RRset: zone.RRset{Type: zone.TypeA}},
			zone.Change{Owner: name(host), RRset: zone.RRset{Type: zone.TypeAAAA}})
	}
	c.hosts[label] = stay
	if _, delegated := c.uses[label]; delegated {
		c.uses[label] = slices.DeleteFunc(c.uses[label], func(host string) bool {
			return strings.HasSuffix(host, "."+label) && !slices.Contains(stay, host)
		})
		list = append(list, c.redelegation(name(label), label))
	}
	return list
}
