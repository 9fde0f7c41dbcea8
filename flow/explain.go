package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A Trail is what a command or query looked at on its way: every rule of the lists that it came to, in
// order, and every price.
type Trail struct {
	Rules  []Rule
	Prices []policy.Quote
}

// An Explanation is what a command or query would come to at an instant, and why. Nothing of it has
// happened.
type Explanation struct {
	At        time.Time
	Registrar registry.RegistrarID
	Terms     policy.Version // those in force
	Trail

	Reply   Reply            // nil if it is refused
	Refusal *registry.Error  // nil if it is not
	Changes registry.Changes // what it would write; nothing if it is refused, or a query
}

// Ask is what is to be explained: one of Command and Query.
type Ask struct {
	Registrar registry.RegistrarID
	Command   Command
	Query     Query
	At        time.Time // zero: now
}

// Explain runs a command or query without writing anything, and keeps every rule and price that it came
// to. It is the same flow with the same lists of rules that would run in earnest.
func (s *Service) Explain(ctx context.Context, ask Ask) (Explanation, error) {
	var e Explanation
	err := s.Store.View(ctx, func(r registry.Reader) error {
		c := s.callAt(dry{r}, ask.Registrar, cmp.Or(ask.At, s.Clock()))
		c.trail = &Trail{}
		e = Explanation{At: c.Now, Registrar: ask.Registrar, Terms: c.Profile.VersionAt(c.Now)}
		var err error
		if ask.Command != nil {
			e.Reply, e.Changes, err = c.run(ask.Command)
		} else {
			e.Reply, err = ask.Query.Answer(c)
		}
		e.Trail = *c.trail
		if c.fault != nil {
			return c.fault
		}
		if err != nil && !errors.As(err, &e.Refusal) {
			return err
		}
		return nil
	})
	if err != nil {
		return Explanation{}, fmt.Errorf("explain: %w", err)
	}
	return e, nil
}

// A dry reader gives no number away: nobody will have the object for which it is asked.
type dry struct{ registry.Reader }

// NextNumber returns no number of the registry's.
func (dry) NextNumber() (int64, error) { return 0, nil }
