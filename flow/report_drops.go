package flow

import (
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// DroppingNames reads the names that are in redemption or pending delete now, in the order of their octets. See
// UnavailableNames for Begin. Manual 4.3.2, decisions 6.4.
type DroppingNames struct {
	Begin func(at time.Time) error
	Use   func(DroppingName) error
}

// A DroppingName is a name that was deleted and waits for its purge.
type DroppingName struct {
	Name    names.Name
	Entered time.Time // redemption
	Leaves  time.Time // redemption, unless it is restored
	Purged  time.Time
}

// Answer returns nil when every name was used.
func (q DroppingNames) Answer(c *Call) (Reply, error) {
	if err := q.Begin(c.Now); err != nil {
		return nil, err
	}
	rules := c.rulesOfPublication()
	if c.fault != nil {
		return nil, c.fault
	}
	return nil, c.reader.DeletedOutlines(c.Now, c.Now.Add(c.Profile.LongestDeletion()), func(d registry.Domain) error {
		now, _, alive := lifecycle.Advance(d, rules, c.Now)
		if !alive || !now.Deletion.Active() {
			return nil
		}
		return q.Use(DroppingName{now.Name, now.Deletion.At, now.Deletion.RestorableTil, now.Deletion.PurgeAt})
	})
}
