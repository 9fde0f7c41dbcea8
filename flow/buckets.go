package flow

import (
	"context"
	"maps"
	"sync"
	"time"
)

// Buckets keep how much is used of the limits that hold on all nodes of a registry together. A bucket is
// one instant of real time, as in policy.Rate.Spend; the zero time when nothing was spent. Who names
// buckets sees to it that there are not more than some limits allow to each registrar.
type Buckets interface {
	Bucket(ctx context.Context, name string) (time.Time, error)
	// Spend replaces a bucket by what next makes of it. Of two at the same time both count.
	Spend(ctx context.Context, name string, next func(time.Time) time.Time) error
}

// ownBuckets are those of a registry that is one process. The zero ownBuckets is empty.
type ownBuckets struct {
	mu   sync.Mutex
	list map[string]time.Time
}

func (b *ownBuckets) Bucket(_ context.Context, name string) (time.Time, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.list[name], nil
}

// sweep forgets buckets in which nothing is spent any more.
func (b *ownBuckets) sweep(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.list, func(_ string, at time.Time) bool { return !now.Before(at) })
}

func (b *ownBuckets) Spend(_ context.Context, name string, next func(time.Time) time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.list == nil {
		b.list = map[string]time.Time{}
	}
	b.list[name] = next(b.list[name])
	return nil
}

// saw keeps what another place says that a bucket holds. One that has something only gets fuller, so the later of
// two is the newer.
func (b *ownBuckets) saw(ctx context.Context, name string, spent time.Time) error {
	return b.Spend(ctx, name, func(before time.Time) time.Time {
		if before.After(spent) {
			return before
		}
		return spent
	})
}
