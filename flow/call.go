package flow

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"sync"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A Call is what one command or query sees: the registry at one instant, for one registrar.
//
// Its readers return no error. The first fault sticks to the Call, later reads return zero values,
// and Service returns the fault whatever the flow made of them. That is safe because a flow cannot
// write.
type Call struct {
	Now       time.Time // whole seconds: what is shown is what is stored
	Registrar registry.Registrar
	Terms     *policy.Terms // of the registry; for a name TermsOf
	Profile   policy.Profile
	User      string // the login of the user of the console that it is for; empty if there is none
	Session   string // the id of that user's session
	ClTRID    string
	SvTRID    string

	service *Service
	reader  registry.Reader
	others  map[registry.RegistrarID]registry.Registrar // registrars that were read; nil until one was
	settled []lifecycle.Fact                            // what time did to the objects that were read
	purges  []names.Name                                // whose purges the command settles, too
	command string                                      // as the history calls it
	behind  lateNames                                   // names that time changed and nobody has settled, once they were asked for
	trail   *Trail                                      // what explains the call; nil if nobody asks
	queued  map[registry.RegistrarID]int                // mails of registrars that wait, those of the call with them
	guessed registry.ROID                               // whose authInfo was presented, if wrong ones count
	whole   bool                                        // a refusal tells of all that is wrong with what was written
	memory  *memory                                     // nil unless answers to the registrar are cached
	watch   *watch                                      // nil unless the answer is kept
	fault   error

	whenRefused func(*registry.Error) registry.Changes // what is written if the command is refused; nil: nothing

	promotionsRead bool
	promoted       []registry.Promotion

	followed    map[names.Name]followed    // names that time has changed; nil until one was
	people      map[string]followedContact // contacts, the same, by contactKey
	linking     map[registry.ROID]bool     // contacts that the name has which the command writes, whatever it purges
	heldBy      map[registry.ROID]names.Name
	lastLinks   map[registry.ROID]bool // contacts that a name links no longer, and whether it was the last
	closing     bool                   // the call charges for a month that is over: accounts stand so from now on
	undelegated int                    // names that lose hosts by the call
	aside       ledger.Money           // of the funds that were asked for last: set aside by what nobody has written down
}

// call begins a Call: the instant is taken here, once.
func (s *Service) call(r registry.Reader, who registry.RegistrarID) *Call {
	return s.callAt(r, who, s.Clock())
}

func (s *Service) callAt(r registry.Reader, who registry.RegistrarID, at time.Time) *Call {
	c := new(Call)
	c.begin(s, r, who, at)
	return c
}

// begin makes c, which is zero, a Call.
func (c *Call) begin(s *Service, r registry.Reader, who registry.RegistrarID, at time.Time) {
	c.Now = at.UTC().Truncate(time.Second)
	c.Terms, c.Profile, c.service, c.reader = s.Profile.At(c.Now), s.Profile, s, r
	if who != "" {
		c.Registrar, _ = read(c, func() (registry.Registrar, bool, error) { return r.RecentRegistrar(who) })
	}
}

// queryCalls are the Calls of queries that have been answered. A Call is over a kilobyte, and checks come by
// the ten thousand a second: without them it is a third of what one costs. Nothing of a reply points
// into its Call.
var queryCalls = sync.Pool{New: func() any { return new(Call) }}

// leave hands a Call back that nobody uses any more.
func (c *Call) leave() {
	*c = Call{}
	queryCalls.Put(c)
}

// Domain returns the domain as it is now, with all that time has done to it. A name whose purge
// has come due is not found; a command that needs the name free settles it first, with settlePurge.
func (c *Call) Domain(name names.Name) (registry.Domain, bool) {
	if c.memory != nil {
		known := c.known(name).domain
		return known.object, known.found
	}
	d, _, alive := c.domain(name)
	return d, alive
}

// Taken reports whether a name is registered now. Until time next changes a name it is enough to know
// that it is there.
func (c *Call) Taken(name names.Name) bool {
	if c.memory != nil {
		return c.known(name).domain.found
	}
	due, found := read(c, func() (time.Time, bool, error) { return c.reader.DomainDue(name) })
	if !found || due.After(c.Now) {
		return found
	}
	_, taken := c.Domain(name)
	return taken
}

// rules are what time needs to know.
func (c *Call) rules() lifecycle.Rules {
	return lifecycle.Rules{
		Profile: c.Profile,
		AutoRenews: func(sponsor registry.RegistrarID, at time.Time) bool {
			r, _ := c.RegistrarByID(sponsor)
			return r.AutoRenewsAt(at)
		},
		Price:  func(name names.Name, at time.Time) registry.NamePrice { return c.offer(name, at).PriceAt(at) },
		Spread: c.service.spread,
	}
}

// Offer returns what is settled about a name, registered or not.
func (c *Call) Offer(name names.Name) registry.Offer {
	if c.memory != nil {
		return c.known(name).offer
	}
	return c.offer(name, c.Now)
}

// offer reads what is settled about a name, for its price at an instant.
func (c *Call) offer(name names.Name, at time.Time) registry.Offer {
	offer, _ := read(c, func() (registry.Offer, bool, error) {
		offer, err := c.reader.Offer(name, at)
		return offer, true, err
	})
	return offer
}

// quote asks the pricing function, and keeps the answer where the call is to be explained. The price is
// that of this instant, for this registrar: nobody else has promotions. Decisions 5.3.
func (c *Call) quote(name names.Name, op policy.Operation, years int, offer registry.Offer) policy.Quote {
	q := c.TermsOf(name).Quote(op, years, offer.PriceAt(c.Now))
	if c.Registrar.ID != "" {
		q = q.Under(c.promotions(), policy.Buyer{Registrar: c.Registrar.ID, Zone: name.Parent(), At: c.Now})
	}
	if c.trail != nil {
		c.trail.Prices = append(c.trail.Prices, q)
	}
	return q
}

// promotions returns those that have not ended; they are read once in a Call.
func (c *Call) promotions() []registry.Promotion {
	if !c.promotionsRead {
		c.promotionsRead = true
		c.promoted, _ = read(c, func() ([]registry.Promotion, bool, error) {
			list, err := c.reader.Promotions(c.Registrar.ID, c.Now)
			return list, true, err
		})
	}
	return c.promoted
}

// TermsOf returns the terms of a name: those of the registry, or of the profile that its zone follows.
func (c *Call) TermsOf(name names.Name) *policy.Terms { return c.Profile.TermsOf(name, c.Now) }

// spread is where in the time of purges an object's is.
func (s *Service) spread(roid registry.ROID) uint32 {
	if s.Spread != nil {
		return s.Spread(roid)
	}
	return binary.BigEndian.Uint32(keyed(s.Keys.Spread, string(roid)))
}

// Host returns the host of that name. One whose superordinate name has been purged by time is
// gone with it.
func (c *Call) Host(name names.Name) (registry.Host, bool) {
	if c.memory == nil {
		return c.host(name)
	}
	return recalledObject(c, "host", name.String(), func() (registry.Host, bool) { return c.host(name) })
}

// host reads a host, as it is under the name above it. A command that writes it settles that name first.
func (c *Call) host(name names.Name) (registry.Host, bool) {
	h, found := read(c, func() (registry.Host, bool, error) { return c.reader.Host(name) })
	if !found || h.Superordinate.IsZero() {
		return h, found
	}
	facts, lives := c.lives(h.Superordinate.Name)
	if !lives {
		return registry.Host{}, false
	}
	return movedAlong(h, facts), true
}

// settledHost returns a host for a command that writes it: what time did to the name above it comes first.
func (c *Call) settledHost(name names.Name) (registry.Host, bool) {
	h, found := c.Host(name)
	if found && !h.Superordinate.IsZero() {
		c.Domain(h.Superordinate.Name)
	}
	return h, found
}

// gone reports whether time has taken a host along with the name above it, while nobody has removed it
// yet. A host that time cannot have touched is not looked at.
func (c *Call) gone(ref registry.HostRef) bool {
	if ref.SuperordinateDue.IsZero() || ref.SuperordinateDue.After(c.Now) {
		return false
	}
	_, lives := c.Host(ref.Name)
	return !lives
}

// lives reports whether a name is registered now, and what time has done to it. It settles nothing.
func (c *Call) lives(name names.Name) ([]lifecycle.Fact, bool) {
	d, found := read(c, func() (registry.Domain, bool, error) { return c.reader.Domain(name) })
	if !found {
		return nil, false
	}
	_, facts, alive := lifecycle.Advance(d, c.rules(), c.Now)
	return facts, alive
}

// Contact returns the contact of that id, in whatever case.
func (c *Call) Contact(id string) (registry.Contact, bool) {
	if c.memory == nil {
		return c.contact(id)
	}
	return recalledObject(c, "contact", contactKey(id), func() (registry.Contact, bool) { return c.contact(id) })
}

// RegistrarByID returns a registrar; it is read once in a Call.
func (c *Call) RegistrarByID(id registry.RegistrarID) (registry.Registrar, bool) {
	if id != "" && id == c.Registrar.ID {
		return c.Registrar, true
	}
	if r, ok := c.others[id]; ok {
		return r, true
	}
	r, ok := read(c, func() (registry.Registrar, bool, error) { return c.reader.Registrar(id) })
	if ok {
		if c.others == nil {
			c.others = map[registry.RegistrarID]registry.Registrar{}
		}
		c.others[id] = r
	}
	return r, ok
}

// Charge returns a charge that a grace period credits.
func (c *Call) Charge(id string) (ledger.Charge, bool) {
	return read(c, func() (ledger.Charge, bool, error) { return c.reader.Charge(id) })
}

// SubordinateHosts returns the hosts at and below a registered name that was read.
func (c *Call) SubordinateHosts(name names.Name) []registry.Host {
	facts := c.factsOf(name)
	list := c.storedHostsBelow(name)
	if len(facts) == 0 {
		return list
	}
	moved := make([]registry.Host, len(list))
	for i, h := range list {
		moved[i] = movedAlong(h, facts)
	}
	return moved
}

// storedHostsBelow returns the hosts at and below a registered name as they were last written.
func (c *Call) storedHostsBelow(name names.Name) []registry.Host {
	return recalled(c, "subordinate hosts", name.String(), func() []registry.Host {
		hosts, _ := read(c, func() ([]registry.Host, bool, error) {
			hosts, err := c.reader.SubordinateHosts(name)
			return hosts, true, err
		})
		return hosts
	})
}

// NewROID returns a ROID that no object has had, such as "D1-CO": a letter for the kind of object,
// one number for all kinds, and the repository's id. Decisions 4.12.
func (c *Call) NewROID(kind string) registry.ROID {
	if c.trail != nil { // nobody will have the object
		return registry.ROID(kind + "…-" + c.Profile.Repository)
	}
	n, _ := read(c, func() (int64, bool, error) {
		n, err := c.reader.NextNumber()
		return n, true, err
	})
	return registry.ROID(kind + strconv.FormatInt(n, 10) + "-" + c.Profile.Repository)
}

// Hash returns the keyed hash under which an authInfo is stored; an empty one has none, so that
// nothing matches it. Decisions 3.9.
func (c *Call) Hash(authInfo string) []byte {
	if authInfo == "" {
		return nil
	}
	return keyed(c.service.Keys.AuthInfo, authInfo)
}

// Matches compares an authInfo with a stored hash in constant time.
func (c *Call) Matches(authInfo string, hash []byte) bool {
	return authInfo != "" && len(hash) > 0 && hmac.Equal(c.Hash(authInfo), hash)
}

func keyed(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// read runs one read unless an earlier one failed, and keeps its fault.
func read[T any](c *Call, get func() (T, bool, error)) (T, bool) {
	var zero T
	if c.fault != nil {
		return zero, false
	}
	v, ok, err := get()
	if err != nil {
		c.fault = err
		return zero, false
	}
	return v, ok
}
