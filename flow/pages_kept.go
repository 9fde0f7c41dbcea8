package flow

import (
	"container/list"
	"sync"
	"sync/atomic"
	"time"

	"example.org/dorado/core/registry"
)

// Pages are answers that are kept, up to so many octets; those that were asked for longest ago go first. Decision 012.
type Pages struct {
	shards       [pageShards]pageShard
	phrases      phraseBook
	found, asked atomic.Int64
}

// pageShards is how many locks there are: those who ask at the same time should not meet at one.
const pageShards = 64

type pageShard struct {
	mu    sync.Mutex
	known map[PageKey]*list.Element
	order list.List // of *keptPage, what was asked for last in front
	bytes int
	most  int

	phrases *phraseBook
}

// A keptPage is a page with what it depends on.
type keptPage struct {
	key         PageKey
	page        Page // without its body
	body        shortened
	seen        uint64    // the latest commit that was known of before anything was read
	from, until time.Time // of registry time, half-open; no until if time never changes it
	traces      []registry.Trace
}

// pageOverhead is about what a page takes beside its octets and its key: the element of the list, the key and the value
// of the map, and their share of what is free.
const pageOverhead = 400

func (k *keptPage) bytes() int {
	return k.body.bytes() + len(k.key.Form) + 2*len(k.key.ID) + 4*cap(k.traces) + pageOverhead
}

// rightAt reports whether time alone has not changed a page at an instant. A clock can be set back.
func (k *keptPage) rightAt(now time.Time) bool {
	return !now.Before(k.from) && (k.until.IsZero() || now.Before(k.until))
}

// phraseShare is what part of the octets phrases may take.
const phraseShare = 4

// NewPages returns Pages of so many octets at most, all that goes with them counted.
func NewPages(bytes int) *Pages {
	p := new(Pages)
	p.phrases.most = bytes / phraseShare
	for i := range p.shards {
		p.shards[i].most = (bytes - p.phrases.most) / pageShards
		p.shards[i].phrases = &p.phrases
		p.shards[i].known = map[PageKey]*list.Element{}
	}
	return p
}

func (p *Pages) shard(key PageKey) *pageShard {
	return &p.shards[registry.TraceOf('p', key.ID)%pageShards]
}

// find returns a page that is right at an instant, with its body in a buffer, and drops one that is not.
func (p *Pages) find(key PageKey, now time.Time, keeper Keeper, buffer []byte) (Page, bool) {
	p.asked.Add(1)
	k := p.shard(key).find(key, now, keeper)
	if k == nil {
		return Page{}, false
	}
	p.found.Add(1)
	page := k.page
	page.Body = k.body.appendTo(buffer[:0]) // of what no longer changes, even where it has been dropped meanwhile
	return page, true
}

func (s *pageShard) find(key PageKey, now time.Time, keeper Keeper) *keptPage {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.known[key]
	if !ok {
		return nil
	}
	k := e.Value.(*keptPage)
	if !k.rightAt(now) || !keeper.Unchanged(k.seen, k.traces) {
		if _, sure := keeper.Seen(); sure { // else it may be right again in a moment
			s.drop(e)
		}
		return nil
	}
	s.order.MoveToFront(e)
	return k
}

// keep keeps a page in the place of an older one. Of two that were made at the same time the one stays that has seen
// more. One that alone is too large is not kept.
func (p *Pages) keep(k *keptPage) {
	k.body = p.phrases.shorten(k.page.Body)
	k.page.Body = nil
	s := p.shard(k.key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.known[k.key]; ok {
		if e.Value.(*keptPage).seen > k.seen {
			s.phrases.release(k.body)
			return
		}
		s.drop(e)
	}
	if k.bytes() > s.most {
		s.phrases.release(k.body)
		return
	}
	s.known[k.key] = s.order.PushFront(k)
	s.bytes += k.bytes()
	for s.bytes > s.most {
		s.drop(s.order.Back())
	}
}

func (s *pageShard) drop(e *list.Element) {
	k := s.order.Remove(e).(*keptPage)
	delete(s.known, k.key)
	s.bytes -= k.bytes()
	s.phrases.release(k.body)
}

// A PageCount is what Pages hold, and how often they were asked and had an answer.
type PageCount struct {
	Pages, Bytes int
	Asked, Found int64
}

// Count counts the pages.
func (p *Pages) Count() PageCount {
	n := PageCount{Asked: p.asked.Load(), Found: p.found.Load()}
	for i := range p.shards {
		s := &p.shards[i]
		s.mu.Lock()
		n.Pages, n.Bytes = n.Pages+s.order.Len(), n.Bytes+s.bytes
		s.mu.Unlock()
	}
	n.Bytes += p.phrases.size()
	return n
}

// Each calls use with every page that is kept, right or not, for who wants to know what is in memory. It must not use the
// Pages.
func (p *Pages) Each(use func(PageKey, Page)) {
	for i := range p.shards {
		s := &p.shards[i]
		s.mu.Lock()
		for e := s.order.Front(); e != nil; e = e.Next() {
			k := e.Value.(*keptPage)
			page := k.page
			page.Body = k.body.appendTo(nil)
			use(k.key, page)
		}
		s.mu.Unlock()
	}
}
