package flow

import (
	"cmp"

	"example.org/dorado/core/names"
)

// OwnNames asks for the names alone that OwnDomains finds, as many as are looked through for one page of it.
type OwnNames struct{ OwnDomains }

// OwnNamesFound is what OwnNames answers.
type OwnNamesFound struct {
	Names []names.Name
	More  bool // there may be others, which were not looked at
}

// Asks says what the query counts as, as OwnDomains does.
func (q OwnNames) Asks() Question { return q.OwnDomains.Asks() }

// Answer returns an OwnNamesFound. The names of another registrar are not among them, but what has fallen behind may be
// there as it was before: whoever does something to the names is told.
func (q OwnNames) Answer(c *Call) (Reply, error) {
	after, order, legal := parseOwnPlace(q.After, cmp.Or(q.Order, OrderName))
	if err := c.check(q.rules(c, legal)...); err != nil {
		return nil, err
	}
	s, exists := c.ownSearch(q.OwnDomains, order)
	if !exists {
		return OwnNamesFound{}, nil
	}
	keys, found := s.search(after, s.limits.Looked)
	list := make([]names.Name, len(keys))
	for i, k := range keys {
		list[i] = k.Name
	}
	return OwnNamesFound{Names: list, More: found.After != ""}, nil
}
