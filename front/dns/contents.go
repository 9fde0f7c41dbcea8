package dns

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// contents are the zones as they are served. Names are keys in canonical form, lower case and
// without a final dot. The lock makes a batch of changes one: a query sees all of it or none.
type contents struct {
	mu sync.RWMutex

	zones       map[string]*zone
	delegations map[string]*nsSet // by the name that is delegated
	sets        map[string]*nsSet // by the names of their hosts, with a blank behind each
	signers     map[string][]registry.DS
	ttls        map[string]registry.TTLs // of names whose registrars chose any
	hosts       map[string]*host         // those that a delegation names
	own         map[string][]netip.Addr  // the registry's name servers that are below a zone

	// below counts, for each name between an apex and an address or another apex, how many of
	// those are below it. Such a name exists and has no data. RFC 8020.
	below map[string]int

	touched map[*zone]struct{} // whose serial the batch in hand raises

	defaults registry.TTLs // where a registrar chose none
}

// A zone is one apex.
type zone struct {
	origin string
	serial uint32
}

// An nsSet is what names are delegated to: hosts, one at least, in the order that the registrar gave. A
// million names have some thousands of sets, so a name costs little more than its place in two maps, and
// the garbage collector has little to look at.
type nsSet struct {
	hosts []*host
	names map[names.Name]struct{}
}

// A host is a name server that delegations name, once for all of them.
type host struct {
	name      string
	addresses []netip.Addr // glue; none for a host outside our zones
	ttl       registry.TTLs
	sets      map[*nsSet]struct{}
}

// newContents returns zones without delegations.
func newContents(zones []policy.Zone, own []flow.Nameserver, defaults registry.TTLs, serial uint32) *contents {
	c := &contents{
		zones:       map[string]*zone{},
		delegations: map[string]*nsSet{},
		sets:        map[string]*nsSet{},
		signers:     map[string][]registry.DS{},
		ttls:        map[string]registry.TTLs{},
		defaults:    defaults,
		hosts:       map[string]*host{},
		own:         map[string][]netip.Addr{},
		below:       map[string]int{},
		touched:     map[*zone]struct{}{},
	}
	for _, z := range zones {
		c.zones[z.Name.String()] = &zone{origin: z.Name.String(), serial: serial}
	}
	for _, z := range zones {
		c.countAbove(z.Name.Parent().String(), 1)
	}
	for _, ns := range own {
		name := ns.Name.String()
		if c.zoneOf(name) != nil && len(ns.Addresses) > 0 {
			c.own[name] = ns.Addresses
			c.countAbove(parent(name), 1)
		}
	}
	return c
}

func parent(name string) string {
	_, rest, _ := strings.Cut(name, ".")
	return rest
}

// zoneOf returns the deepest zone at or above a name, nil if there is none.
func (c *contents) zoneOf(name string) *zone {
	for ; name != ""; name = parent(name) {
		if z := c.zones[name]; z != nil {
			return z
		}
	}
	return nil
}

// countAbove adds n to the count of each name from name up to, without, the apex above it.
func (c *contents) countAbove(name string, n int) {
	if c.zoneOf(name) == nil {
		return
	}
	for ; c.zones[name] == nil; name = parent(name) {
		c.below[name] += n
		if c.below[name] == 0 {
			delete(c.below, name)
		}
	}
}

// publish makes the names delegated as they are said to be, and raises the serial of each zone
// that this changes, once. now is the least serial after it.
func (c *contents) publish(updates []flow.Delegation, now uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, u := range updates {
		c.set(u)
	}
	for z := range c.touched {
		z.serial = nextSerial(z.serial, now)
	}
	clear(c.touched)
}

// nextSerial goes forward always, and with the clock where it can, so that a serial also goes
// forward over a restart. RFC 1912 section 2.2, RFC 1982.
func nextSerial(serial, now uint32) uint32 {
	if int32(now-serial) > 0 {
		return now
	}
	return serial + 1
}

// set makes one name delegated as it is said to be.
func (c *contents) set(u flow.Delegation) {
	key := u.Name.String()
	c.setSigners(key, u.DS)
	c.setTTLs(key, u.TTL)
	old := c.delegations[key]
	if old != nil && sameHosts(old.hosts, u.Nameservers) {
		for i, ns := range u.Nameservers {
			c.setAddresses(old.hosts[i], ns.Addresses, ns.TTL)
		}
		return
	}
	if old == nil && len(u.Nameservers) == 0 {
		return
	}
	c.touch(key)
	if len(u.Nameservers) > 0 {
		c.link(key, u)
	} else {
		delete(c.delegations, key)
	}
	if old != nil {
		c.unlink(old, u.Name)
	}
}

func (c *contents) setSigners(key string, list []registry.DS) {
	if slices.Equal(c.signers[key], list) {
		return
	}
	c.touch(key)
	if c.signers[key] = list; len(list) == 0 {
		delete(c.signers, key)
	}
}

// setTTLs keeps what the registrar of a name chose.
func (c *contents) setTTLs(key string, ttls registry.TTLs) {
	if c.ttls[key] == ttls {
		return
	}
	c.touch(key)
	if c.ttls[key] = ttls; ttls == (registry.TTLs{}) {
		delete(c.ttls, key)
	}
}

// setDefaults changes what holds where a registrar chose nothing. That touches every zone.
func (c *contents) setDefaults(defaults registry.TTLs, now uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.defaults == defaults {
		return
	}
	c.defaults = defaults
	for _, z := range c.zones {
		z.serial = nextSerial(z.serial, now)
	}
}

func sameHosts(have []*host, want []flow.Nameserver) bool {
	return slices.EqualFunc(have, want, func(h *host, ns flow.Nameserver) bool {
		return h.name == ns.Name.String()
	})
}

func (c *contents) link(key string, u flow.Delegation) {
	set := c.setOf(u.Nameservers)
	for i, ns := range u.Nameservers {
		c.setAddresses(set.hosts[i], ns.Addresses, ns.TTL)
	}
	set.names[u.Name] = struct{}{}
	c.delegations[key] = set
}

// setOf returns the set of these name servers.
func (c *contents) setOf(list []flow.Nameserver) *nsSet {
	var key []byte
	for _, ns := range list {
		key = append(append(key, ns.Name.String()...), ' ')
	}
	if set := c.sets[string(key)]; set != nil {
		return set
	}
	set := &nsSet{hosts: make([]*host, len(list)), names: map[names.Name]struct{}{}}
	for i, ns := range list {
		name := ns.Name.String()
		h := c.hosts[name]
		if h == nil {
			h = &host{name: name, sets: map[*nsSet]struct{}{}}
			c.hosts[name] = h
		}
		h.sets[set] = struct{}{}
		set.hosts[i] = h
	}
	c.sets[string(key)] = set
	return set
}

// unlink takes a name out of the set that it is no longer delegated to. A set without names leaves the
// zone, and with it the hosts that are in no other.
func (c *contents) unlink(set *nsSet, name names.Name) {
	if delete(set.names, name); len(set.names) > 0 {
		return
	}
	key := ""
	for _, h := range set.hosts {
		key += h.name + " "
		delete(h.sets, set)
		if len(h.sets) == 0 {
			c.setAddresses(h, nil, registry.TTLs{})
			delete(c.hosts, h.name)
		}
	}
	delete(c.sets, key)
}

// setAddresses changes the glue of a host. That touches the zones of all its users.
func (c *contents) setAddresses(h *host, addresses []netip.Addr, ttl registry.TTLs) {
	if c.zoneOf(h.name) == nil {
		addresses, ttl = nil, registry.TTLs{}
	}
	if slices.Equal(h.addresses, addresses) && h.ttl == ttl {
		return
	}
	had, has := len(h.addresses) > 0, len(addresses) > 0
	h.addresses, h.ttl = addresses, ttl
	switch {
	case had && !has:
		c.countAbove(parent(h.name), -1)
	case has && !had:
		c.countAbove(parent(h.name), 1)
	}
	c.touch(h.name)
	for set := range h.sets {
		for name := range set.names {
			c.touch(name.String())
		}
	}
}

func (c *contents) touch(name string) {
	if z := c.zoneOf(name); z != nil {
		c.touched[z] = struct{}{}
	}
}

// usersOf returns the names that are delegated to a host in memory.
func (c *contents) usersOf(host names.Name) []names.Name {
	c.mu.RLock()
	defer c.mu.RUnlock()
	h := c.hosts[host.String()]
	if h == nil {
		return nil
	}
	var users []names.Name
	for set := range h.sets {
		users = slices.AppendSeq(users, maps.Keys(set.names))
	}
	return users
}

// serial returns the serial of a zone, 0 if it is not served.
func (c *contents) serial(origin string) uint32 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if z := c.zones[origin]; z != nil {
		return z.serial
	}
	return 0
}
