package policy

import (
	"sync"
	"time"
)

// A Crowd counts events of many sources, each against a Rate. It tells most of them apart and no more: while it is full,
// newcomers are counted together, as the zero K. Make it with NewCrowd.
type Crowd[K comparable] struct {
	mu    sync.Mutex
	spent map[K]time.Time // buckets of Rate
	most  int
	swept time.Time
}

// NewCrowd returns a crowd of at most so many sources.
func NewCrowd[K comparable](most int) *Crowd[K] {
	return &Crowd[K]{spent: map[K]time.Time{}, most: most}
}

// Spend counts one event of a source at an instant, and returns how long to wait if it is one too many; then it does not
// count.
func (c *Crowd[K]) Spend(who K, rate Rate, now time.Time) (wait time.Duration) {
	_, wait = c.Take(who, rate, 1, now)
	return wait
}

// Take is Spend for up to so many events at once, one at least: got says how many are allowed, and wait how long to wait for
// the next where none is.
func (c *Crowd[K]) Take(who K, rate Rate, most int, now time.Time) (got int, wait time.Duration) {
	if rate.Every <= 0 {
		return most, 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, known := c.spent[who]
	if full := len(c.spent) >= c.most; full && !known || now.Sub(c.swept) >= rate.Whole() {
		c.sweep(now)
	}
	if !known && len(c.spent) >= c.most {
		var all K
		who = all
	}
	after, got, wait := rate.Take(c.spent[who], now, most)
	if got > 0 {
		c.spent[who] = after
	}
	return got, wait
}

// Return takes back so many events of a source that Take counted and that did not come about. Of one that was counted with
// all others for whom there is no room nothing is taken back.
func (c *Crowd[K]) Return(who K, rate Rate, events int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if spent, known := c.spent[who]; known && rate.Every > 0 {
		c.spent[who] = spent.Add(-time.Duration(events) * rate.Every)
	}
}

// sweep forgets those who have earned everything again, once a second at most: to look through all of them takes a while.
func (c *Crowd[K]) sweep(now time.Time) {
	if now.Sub(c.swept).Abs() < time.Second {
		return
	}
	c.swept = now
	for who, spent := range c.spent {
		if !now.Before(spent) {
			delete(c.spent, who)
		}
	}
}

// Len returns how many sources are remembered.
func (c *Crowd[K]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.spent)
}
