// Package seed owns the made-up registry of a demo: names that look like those that people register,
// with registrants, name servers and a past of some years. It runs the real flows, on a store in
// memory and with the clock at each command's instant, so that every row is one that the commands
// would have left; how the rows get into a database is package store's.
package seed

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/store"
)

// Past is how long ago the oldest name is registered at most, a little more than any name's age.
const Past = 5*365*24*time.Hour + 30*24*time.Hour

// A Config says what is to be made.
type Config struct {
	Names      int
	Seed       uint64               // the same one gives the same names
	Now        time.Time            // of the registry
	Service    *flow.Service        // the profile and the keys
	Registrars []registry.Registrar // who sponsor the names, the first one most of them
	Taken      []names.Name         // not to be made
	Number     int64                // the last number of an object that is taken
	NewTRID    func() string
	Made       func(names int) // called after each life; nil if nobody counts

	// Together has all names registered on one day for one year, and nothing done to them since, so that
	// all expire in the same second.
	Together bool
}

// A Seeder makes up lives.
type Seeder struct {
	config  Config
	data    data
	rand    *rand.Rand
	memory  *memory
	service flow.Service
	at      time.Time // the clock of service

	labels      *labeller
	hostLabels  *labeller
	cities      weighted
	shares      weighted // of the registrars
	providers   []provider
	popularity  *rand.Zipf
	registrants int
}

// New returns a Seeder. Each makes its lives once.
func New(c Config) (*Seeder, error) {
	d, err := loadData()
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(c.Seed, uint64(c.Names)))
	s := &Seeder{
		config: c, data: d, rand: r, memory: newMemory(c.Registrars, c.Number),
		service: *c.Service, labels: newLabeller(d, c.Service.Profile, c.Seed, c.Taken),
		hostLabels: newLabeller(d, c.Service.Profile, c.Seed+1, nil),
	}
	s.config.Now = c.Now.UTC().Truncate(time.Second)
	s.service.Store, s.service.Marked = s.memory, nil
	s.service.Clock = func() time.Time { return s.at }
	for _, city := range d.Cities {
		s.cities.add(city.Weight)
	}
	for i := range c.Registrars {
		s.shares.add(1 / float64(1+2*i*i)) // three quarters for the first of two
	}
	return s, nil
}

// Lives yields the shared hosts and contacts first, and then registrants with their names.
func (s *Seeder) Lives() iter.Seq2[store.Life, error] {
	return func(yield func(store.Life, error) bool) {
		err := s.share()
		if !yield(s.memory.end(), err) || err != nil {
			return
		}
		for made := 0; made < s.config.Names; {
			n := min(s.namesOfOne(), s.config.Names-made)
			err := s.registrant(n)
			if !yield(s.memory.end(), err) || err != nil {
				return
			}
			made += n
			if s.config.Made != nil {
				s.config.Made(made)
			}
		}
	}
}

// Number returns the last number of an object that the lives took.
func (s *Seeder) Number() int64 { return s.memory.number }

// Costs returns what the lives of a registrar have cost, posted or not.
func (s *Seeder) Costs(id registry.RegistrarID) ledger.Money { return s.memory.cost[id] }

// run runs a command at an instant of the past.
func (s *Seeder) run(at time.Time, who registry.RegistrarID, cmd flow.Command) error {
	s.at = at
	_, err := s.service.Run(context.Background(), flow.Request{
		Registrar: who, SvTRID: s.config.NewTRID(), Command: cmd,
	})
	if err != nil {
		return fmt.Errorf("make up %s %s at %s: %w", cmd.Subject(), cmd.Subject().ID, at.Format(time.RFC3339), err)
	}
	return nil
}

// settle writes down what time has done to the life in hand: first to names, and then the charges
// of that.
func (s *Seeder) settle() error {
	for {
		names, _ := s.memory.DueDomains(s.config.Now, 0)
		charges, _ := s.memory.DueCharges(s.config.Now, 0)
		if len(names) == 0 && len(charges) == 0 {
			return nil
		}
		if err := s.run(s.config.Now, "", flow.Settle{Limit: math.MaxInt}); err != nil {
			return err
		}
	}
}
