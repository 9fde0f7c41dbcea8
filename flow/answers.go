package flow

import (
	"container/list"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"example.org/dorado/core/registry"
)

// answers are those that registrars get again whose answers are cached, on one node. Each belongs to
// one registrar. They are bounded in number; the oldest go first. The zero answers is empty.
//
// They stay as they are whatever the registrar itself does meanwhile: if its own commands made its
// answers new, who is restricted would only have to mix in commands that change something.
type answers struct {
	mu    sync.Mutex
	known map[answerKey]*list.Element
	order list.List // of *keptAnswer, in the order in which they were given
}

// An answerKey is the hash of a registrar and its question, so that its size does not depend on them.
type answerKey [sha256.Size]byte

type keptAnswer struct {
	key   answerKey
	at    time.Time // real time
	reply Reply
	err   error // a refusal
}

func keyOf(who registry.RegistrarID, q Question) answerKey {
	return sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q", who, q.Command, q.Object, q.Form, q.IDs))
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

// keep keeps an answer in the place of an older one to the same question, up to so many in all.
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

// Cached is a reply that a registrar has got before. Manual 9.7.3.
type Cached struct {
	Reply Reply
	Says  string // for the registrar, behind the usual text
}

// cachedAge bounds how long the answers of a registrar may be kept.
const cachedAge = time.Hour

// cached answers a query from what was answered before, or by asking and keeping the answer. A fault
// is not kept.
func (c *Call) cached(q Query, question Question, age time.Duration) (Reply, error) {
	s, now := c.service, c.service.Real()
	key := keyOf(c.Registrar.ID, question)
	if kept, ok := s.Fairness.answers.find(key, age, now); ok {
		said := fmt.Sprintf("this answer is %s old: the registry caches answers to this registrar for %s%s",
			seconds(now.Sub(kept.at)), age, since(c.Registrar.FairUse.Cache.Measure))
		if e, refused := refusalOf(kept.err); refused {
			told := *e
			told.Reason += "; " + said
			return nil, &told
		}
		return Cached{kept.reply, said}, nil
	}
	reply, err := q.Answer(c)
	if _, refused := refusalOf(err); c.fault == nil && (err == nil || refused) {
		s.Fairness.answers.keep(&keptAnswer{key, now, reply, err}, c.Terms.Limits.CachedAnswers)
	}
	return reply, err
}
