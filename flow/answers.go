package flow

import (
	"container/list"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// answers are what registrars whose answers are cached were told of objects, on one node. Each belongs to
// one registrar and one object, by its canonical name: whatever it is asked with, whatever else is asked of
// it and however it is spelt, it is as old as that. They are bounded in number; the oldest go first. The
// zero answers is empty.
//
// They stay as they are whatever the registrar itself does meanwhile: if its own commands made its
// answers new, who is restricted would only have to mix in commands that change something.
type answers struct {
	mu    sync.Mutex
	known map[answerKey]*list.Element
	order list.List // of *keptAnswer, in the order in which they were given
}

// An answerKey is the hash of a registrar and an object, so that its size does not depend on them.
type answerKey [sha256.Size]byte

type keptAnswer struct {
	key   answerKey
	at    time.Time // real time
	value any       // an object, and whether it is there
}

// find returns an answer that is no older than age.
func (a *answers) find(key answerKey, age time.Duration, now time.Time) (*keptAnswer, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.known[key]
	if !ok {
		return nil, false
	}
	kept := e.Value.(*keptAnswer)
	return kept, now.Before(kept.at.Add(age))
}

// keep keeps an answer in the place of an older one about the same object, up to so many in all.
func (a *answers) keep(k *keptAnswer, most int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil {
		a.known = map[answerKey]*list.Element{}
	}
	if e, ok := a.known[k.key]; ok {
		a.drop(e)
	}
	a.known[k.key] = a.order.PushBack(k)
	for a.order.Len() > most {
		a.drop(a.order.Front())
	}
}

func (a *answers) drop(e *list.Element) {
	delete(a.known, e.Value.(*keptAnswer).key)
	a.order.Remove(e)
}

// sweep forgets what was given before an instant.
func (a *answers) sweep(before time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for e := a.order.Front(); e != nil && e.Value.(*keptAnswer).at.Before(before); e = a.order.Front() {
		a.drop(e)
	}
}

// Cached is a reply in which there is something that the registrar has been told before. Manual 9.7.3.
type Cached struct {
	Reply Reply
	Says  string // for the registrar, behind the usual text
}

// cachedAge bounds how long the answers of a registrar may be kept.
const cachedAge = time.Hour

// A memory is how one query of a registrar whose answers are cached sees objects: as they were when the
// registrar last asked, if that is not too long ago.
type memory struct {
	answers *answers
	age     time.Duration
	now     time.Time // real time
	oldest  time.Time // when what it remembers first was told; zero if it remembers nothing
	fresh   map[answerKey]bool
}

// recalled returns an object of some kind as the registrar was told of it, or gets it and remembers that.
// A fault is not remembered. Without a memory it only gets.
func recalled[T any](c *Call, kind, id string, get func() T) T {
	m := c.memory
	if m == nil {
		return get()
	}
	key := answerKey(sha256.Sum256(fmt.Appendf(nil, "%q %q %q", c.Registrar.ID, kind, id)))
	if kept, ok := m.answers.find(key, m.age, m.now); ok {
		if !m.fresh[key] && (m.oldest.IsZero() || kept.at.Before(m.oldest)) {
			m.oldest = kept.at
		}
		return kept.value.(T)
	}
	value := get()
	if c.fault == nil {
		m.answers.keep(&keptAnswer{key, m.now, value}, c.Terms.Limits.CachedAnswers)
		m.fresh[key] = true
	}
	return value
}

// An existing is an object and whether it is there.
type existing[T any] struct {
	object T
	found  bool
}

// recalledObject is recalled for an object that may not be there. Hot paths ask it only with a memory, since
// what they pass would be allocated.
func recalledObject[T any](c *Call, kind, id string, get func() (T, bool)) (T, bool) {
	e := recalled(c, kind, id, func() existing[T] {
		object, found := get()
		return existing[T]{object, found}
	})
	return e.object, e.found
}

// A knownName is what there is to know of a name: the domain, if it is registered, and what is settled
// about it. It is remembered as one, so that no question about the one tells of the other.
type knownName struct {
	domain existing[registry.Domain]
	offer  registry.Offer
}

// known returns what the registrar was told of a name.
func (c *Call) known(name names.Name) knownName {
	return recalled(c, "domain", name.String(), func() knownName {
		d, _, alive := c.domain(name)
		return knownName{existing[registry.Domain]{d, alive}, c.offer(name, c.Now)}
	})
}

// contactKey is the same for all spellings of an id. Manual 9.5.2.
func contactKey(id string) string { return strings.ToLower(id) }

// cached answers a query with what the registrar was told before of the objects that it is about.
func (c *Call) cached(q Query, age time.Duration) (Reply, error) {
	m := &memory{answers: &c.service.Fairness.answers, age: age, now: c.service.Real(), fresh: map[answerKey]bool{}}
	c.memory = m
	reply, err := q.Answer(c)
	if m.oldest.IsZero() || c.fault != nil {
		return reply, err
	}
	upTo := ""
	if len(m.fresh) > 0 {
		upTo = "up to "
	}
	said := fmt.Sprintf("this answer is %s%s old: the registry caches answers to this registrar for %s%s",
		upTo, seconds(m.now.Sub(m.oldest)), age, since(c.Registrar.FairUse.Cache.Measure))
	if err == nil {
		return Cached{reply, said}, nil
	}
	if e, refused := refusalOf(err); refused {
		told := *e
		told.Reason += "; " + said
		return nil, &told
	}
	return nil, err
}
