package flow

import (
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// ZoneStates asks where the publication of each zone stands.
type ZoneStates struct{}

// Answer returns a []registry.ZoneState of the zones that were ever published.
func (q ZoneStates) Answer(c *Call) (Reply, error) {
	states, _ := read(c, func() ([]registry.ZoneState, bool, error) {
		list, err := c.reader.ZoneStates()
		return list, true, err
	})
	return states, nil
}

// ZonePages asks for up to Limit pages of a zone from a number on.
type ZonePages struct {
	Origin      names.Name
	From, Limit int
}

// Answer returns a []registry.ZonePage in order of number.
func (q ZonePages) Answer(c *Call) (Reply, error) {
	pages, _ := read(c, func() ([]registry.ZonePage, bool, error) {
		list, err := c.reader.ZonePages(q.Origin, q.From, q.Limit)
		return list, true, err
	})
	return pages, nil
}

// ZoneDepartures asks which names left a zone after an instant of real time, and are still away.
type ZoneDepartures struct {
	Origin names.Name
	After  time.Time
}

// Answer returns a []registry.ZoneDeparture in order of time, without those that left by a release.
func (q ZoneDepartures) Answer(c *Call) (Reply, error) {
	list, _ := read(c, func() ([]registry.ZoneDeparture, bool, error) {
		list, err := c.reader.ZoneDepartures(q.Origin, q.After)
		return list, true, err
	})
	return list, nil
}

// ZoneSteps asks for up to Limit publications of a zone after a position.
type ZoneSteps struct {
	Origin names.Name
	After  int64
	Limit  int
}

// Answer returns a []registry.ZoneStep in order of position, without receipts.
func (q ZoneSteps) Answer(c *Call) (Reply, error) {
	steps, _ := read(c, func() ([]registry.ZoneStep, bool, error) {
		list, err := c.reader.ZoneSteps(q.Origin, q.After, q.Limit)
		return list, true, err
	})
	return steps, nil
}

// Publications asks when what is published of a name changed, up to Limit times.
type Publications struct {
	Name  names.Name
	Limit int
}

// Answer returns a []registry.ZoneReceipt, the latest first.
func (q Publications) Answer(c *Call) (Reply, error) {
	list, _ := read(c, func() ([]registry.ZoneReceipt, bool, error) {
		list, err := c.reader.Publications(q.Name, q.Limit)
		return list, true, err
	})
	return list, nil
}
