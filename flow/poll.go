package flow

import (
	"strconv"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
)

// PollRequest asks for the message that has waited longest in the registrar's queue. RFC 5730 section
// 2.9.2.3.
type PollRequest struct{}

// Polled is what PollRequest answers if there is a message.
type Polled struct {
	Message registry.PollMessage
	Count   int   // of messages in the queue, this one included; policy.Limits.PollCounted and more are told as that
	Object  Reply // what a registry.ChangeNotice is about: DomainDetails, HostDetails or ContactDetails
}

// Outcome is 1301.
func (Polled) Outcome() (registry.Code, string) { return registry.AckToDequeue, "" }

// NoMessage is what PollRequest answers if there is none.
type NoMessage struct{}

// Outcome is 1300.
func (NoMessage) Outcome() (registry.Code, string) { return registry.NoMessages, "" }

// Asks says what the request counts as. It is answered anew each time, since an ack changes it.
func (PollRequest) Asks() Question { return Question{Command: "poll"} }

// Answer looks into the queue. To a registrar that wants no messages it looks empty. Decisions 4.7.
func (PollRequest) Answer(c *Call) (Reply, error) {
	if err := c.check(registrarIsActive(c.Registrar)); err != nil {
		return nil, err
	}
	if c.Registrar.PollOff {
		return NoMessage{}, nil
	}
	m, found := read(c, func() (registry.PollMessage, bool, error) { return c.reader.OldestMessage(c.Registrar.ID) })
	if !found {
		return NoMessage{}, nil
	}
	reply := Polled{Message: m, Count: c.countMessages(c.Terms.Limits.PollCounted)}
	if change, ok := m.Notice.(registry.ChangeNotice); ok {
		reply.Object = changed(change)
	}
	return reply, nil
}

// changed returns what a change was made to, as an info shows it.
func changed(n registry.ChangeNotice) Reply {
	switch {
	case n.Domain != nil:
		return DomainDetails{
			Domain: *n.Domain, EPPStatuses: lifecycle.Statuses(*n.Domain), Wanted: HostsWanted{Delegated: true},
		}
	case n.Host != nil:
		h := *n.Host
		h.Linked = n.Linked
		return HostDetails{Host: h, EPPStatuses: lifecycle.HostStatuses(h)}
	case n.Contact != nil:
		contact := *n.Contact
		contact.Linked = n.Linked
		return ContactDetails{Contact: contact, EPPStatuses: lifecycle.ContactStatuses(contact)}
	}
	return nil
}

// countMessages counts the messages in the registrar's queue, up to a limit.
func (c *Call) countMessages(limit int) int {
	n, _ := read(c, func() (int, bool, error) {
		n, err := c.reader.CountMessages(c.Registrar.ID, limit)
		return n, true, err
	})
	return n
}

// PollAck removes a message from the registrar's queue: any one, since a client that works on several at
// once may be done with a later one first. RFC 5730 section 2.9.2.3.
type PollAck struct{ ID string }

// PollAcked is what a successful PollAck replies.
type PollAcked struct {
	ID    string
	Count int // of messages that are left, as in Polled
}

// Subject is poll:ack. A poll is not in the transaction log. Manual 9.8.
func (cmd PollAck) Subject() Subject { return Subject{Command: "ack", Object: "poll", ID: cmd.ID} }

// Run removes the message, unless a rule refuses.
func (cmd PollAck) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	id, waits := int64(0), false
	if n, err := strconv.ParseInt(cmd.ID, 10, 64); err == nil && !c.Registrar.PollOff {
		id = n
		waits, _ = read(c, func() (bool, bool, error) {
			waits, err := c.reader.HasMessage(c.Registrar.ID, id)
			return waits, true, err
		})
	}
	count := c.countMessages(c.Terms.Limits.PollCounted + 1)

	// Check.
	if err := c.check(
		registrarIsActive(c.Registrar),
		messageIsNamed(cmd.ID),
		messageWaits(cmd.ID, waits),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	return PollAcked{cmd.ID, count - 1}, registry.Changes{
		Acknowledged: []registry.PollMessage{{ID: id, Registrar: c.Registrar.ID}},
	}, nil
}

// messageIsNamed holds where an ack says which message.
func messageIsNamed(id string) Rule {
	return refuseIf("messageIsNamed", id == "", registry.Error{
		Code: registry.ParameterMissing, Field: "msgID",
		Reason: "an ack says which message; give msgID with the id of the answer to req",
	})
}

// messageWaits holds for the id of a message in the registrar's own queue.
func messageWaits(id string, waits bool) Rule {
	return refuseIf("messageWaits", !waits, registry.Error{
		Code: registry.ObjectMissing, Field: "msgID", Value: id,
		Reason: "no such message waits in the registrar's queue; send req and take the id of its answer",
	})
}

// RegistrarPoll switches a registrar's message queue on or off, from its commit on. The registrar does it, or the
// operator on its behalf. Manual 9.11, decisions 4.7.
type RegistrarPoll struct {
	Registrar registry.RegistrarID
	Off       bool
	Author    string // who does it; the operator may leave it out
}

// Subject is registrar:poll.
func (cmd RegistrarPoll) Subject() Subject {
	return Subject{Command: "poll", Object: "registrar", ID: string(cmd.Registrar)}
}

// Run switches the queue.
func (cmd RegistrarPoll) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)

	// Check.
	act := Act{Registrar: cmd.Registrar, Author: cmd.Author}
	if err := c.check(registrarExists(cmd.Registrar, found), c.ownActIsAnybodys(act)); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	r.PollOff = cmd.Off
	return act.putUnsigned(c, r)
}

// PollExpire removes messages that nobody has acknowledged for as long as they are kept, so many at a time.
// It is the engine's.
type PollExpire struct{ Limit int }

// Subject is time:expire.
func (cmd PollExpire) Subject() Subject { return Subject{Command: "expire", Object: "time"} }

// Run replies how many messages it removed.
func (cmd PollExpire) Run(c *Call) (Reply, registry.Changes, error) {
	old, _ := read(c, func() ([]registry.PollMessage, bool, error) {
		old, err := c.reader.OldMessages(c.Now.AddDate(0, 0, -int(c.Terms.PollRetention)), cmd.Limit)
		return old, true, err
	})
	return len(old), registry.Changes{Acknowledged: old}, nil
}
