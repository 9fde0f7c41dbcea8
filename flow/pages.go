package flow

import (
	"context"
	"errors"
	"time"

	"example.org/dorado/core/registry"
)

// A Page is the answer of a front-end to a lookup, as octets. It is for anybody: what more a viewer may see is never kept.
type Page struct {
	Code  int    // the front-end's own, such as a status of HTTP
	Body  []byte // with room for an instant at Stamp, which whoever sends it writes into it
	Stamp int    // where the instant of the answer stands in Body; -1: nowhere
}

// A PageKey names what a Page answers.
type PageKey struct {
	Form string // the front-end, what it was asked for, and how it writes that, such as "whois/domain"
	ID   string // the canonical name or id of the object, and whatever else the answer repeats of the question
}

// A Keeper is a Store that knows what has changed lately. A Store that is none keeps no page.
type Keeper interface {
	// Seen returns the number of the latest commit that is known of; false while it is not sure to know of all that was
	// committed more than a second ago.
	Seen() (number uint64, sure bool)
	// Unchanged reports whether nothing of some things has changed since a number that Seen returned before they were read.
	Unchanged(since uint64, things []registry.Trace) bool
}

// Kept returns the page that is kept under a key, if it is right at this instant: as right as a page would be that was made
// now, on the node that wrote the last change of it; on others at most a second behind. Its body is put over what stands in a
// buffer, which grows where it is too short.
func (s *Service) Kept(key PageKey, buffer []byte) (Page, bool) {
	if s.Pages == nil {
		return Page{}, false
	}
	keeper, ok := s.Store.(Keeper)
	if !ok {
		return Page{}, false
	}
	return s.Pages.find(key, s.Clock().UTC().Truncate(time.Second), keeper, buffer)
}

// MakePage asks a query for anybody, has its reply or refusal made a page, and keeps that until something changes of
// what it depends on. An error is a fault, of which nothing is kept. Not every query can be kept (keepable); the page of
// one that cannot is made all the same.
func (s *Service) MakePage(ctx context.Context, key PageKey, q Query, write func(Reply, *registry.Error) Page) (Page, error) {
	keeper, keeps := s.Store.(Keeper)
	var seen uint64
	if _, ok := q.(keepable); !ok || s.Pages == nil {
		keeps = false
	}
	if keeps {
		seen, keeps = keeper.Seen() // before anything is read
	}
	reply, refusal, w, err := s.askWatched(ctx, q)
	if err != nil {
		return Page{}, err
	}
	page := write(reply, refusal)
	if keeps && !w.loose {
		s.Pages.keep(&keptPage{key: key, page: page, seen: seen, from: w.from, until: w.until, traces: w.traces}) // the body is copied
	}
	return page, nil
}

// askWatched answers a query for anybody, and tells what the answer depends on.
func (s *Service) askWatched(ctx context.Context, q Query) (reply Reply, refusal *registry.Error, w watch, err error) {
	err = s.Store.View(ctx, func(r registry.Reader) error {
		c := queryCalls.Get().(*Call)
		defer c.leave()
		c.begin(s, r, "", s.Clock())
		w = watch{from: c.Now}
		c.watch, c.reader = &w, &watched{r, c}
		w.ends(s.Profile.NextVersion(c.Now))
		var err error
		reply, err = q.Answer(c)
		if c.fault != nil {
			return c.fault
		}
		refusal = nil
		if err != nil && !errors.As(err, &refusal) {
			return err
		}
		return nil
	})
	return reply, refusal, w, err
}
