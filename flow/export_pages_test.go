package flow

import "time"

// NextEnd returns the first instant after one at which time ends a page that is kept; zero if there is none.
func NextEnd(p *Pages, after time.Time) (next time.Time) {
	for i := range p.shards {
		for e := p.shards[i].order.Front(); e != nil; e = e.Next() {
			if until := e.Value.(*keptPage).until; until.After(after) && (next.IsZero() || until.Before(next)) {
				next = until
			}
		}
	}
	return next
}

// Keeps reports whether answers to a query are kept.
func Keeps(q Query) bool {
	_, keeps := q.(keepable)
	return keeps
}
