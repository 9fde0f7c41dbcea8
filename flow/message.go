package flow

import (
	"strconv"

	"example.org/dorado/core/registry"
)

// MessageList asks for the messages that wait in the registrar's queue, the oldest first, and acknowledges none.
type MessageList struct {
	After int64 // MessagesListed.After of the page before
	Limit int   // as in ContactList
}

// MessagesListed is what MessageList answers. To a registrar that wants no messages the queue looks empty.
type MessagesListed struct {
	Messages []registry.PollMessage
	After    int64 // where the next page begins; 0 if there is none
	Count    int   // of messages in the queue; policy.Limits.PollCounted and more are told as that
	Off      bool  // the registrar wants none
}

// Answer returns a MessagesListed; it may be empty.
func (q MessageList) Answer(c *Call) (Reply, error) {
	if err := c.check(registrarIsActive(c.Registrar)); err != nil {
		return nil, err
	}
	if c.Registrar.PollOff {
		return MessagesListed{Off: true}, nil
	}
	size := c.Terms.Limits.Lists.Page(q.Limit)
	page := MessagesListed{Count: c.countMessages(c.Terms.Limits.PollCounted)}
	page.Messages = readOwned(c, func(r registry.Reader) ([]registry.PollMessage, error) {
		return r.Messages(c.Registrar.ID, q.After, size+1)
	})
	if len(page.Messages) > size {
		page.Messages = page.Messages[:size]
		page.After = page.Messages[size-1].ID
	}
	return page, nil
}

// MessageShow asks for one message that waits, and acknowledges it not.
type MessageShow struct{ ID int64 }

// MessageShown is what MessageShow answers.
type MessageShown struct {
	registry.PollMessage
	Object Reply // as in Polled
}

// Answer looks into the queue.
func (q MessageShow) Answer(c *Call) (Reply, error) {
	m, waits := registry.PollMessage{}, false
	if !c.Registrar.PollOff {
		m, waits = read(c, func() (registry.PollMessage, bool, error) { return c.reader.Message(c.Registrar.ID, q.ID) })
	}
	if err := c.check(registrarIsActive(c.Registrar), messageWaits(strconv.FormatInt(q.ID, 10), waits)); err != nil {
		return nil, err
	}
	shown := MessageShown{PollMessage: m}
	if change, ok := m.Notice.(registry.ChangeNotice); ok {
		shown.Object = changed(change)
	}
	return shown, nil
}

// MessagesAck removes a message from the registrar's queue, or all up to it, whether or not they wait still: who sends
// it twice, or while a client acknowledges them as well, gets what he wanted.
type MessagesAck struct {
	Through int64
	Before  bool // those before it, too, of which so many go at once
}

// MessagesAcked is what MessagesAck replies.
type MessagesAcked struct {
	Count int // that it removed
	More  int // that wait still, as in MessagesListed
}

// Subject is poll:ack, as of PollAck.
func (cmd MessagesAck) Subject() Subject {
	return Subject{Command: "ack", Object: "poll", ID: strconv.FormatInt(cmd.Through, 10)}
}

// Run removes what waits.
func (cmd MessagesAck) Run(c *Call) (Reply, registry.Changes, error) {
	// Check.
	if err := c.check(registrarIsActive(c.Registrar)); err != nil {
		return nil, registry.Changes{}, err
	}
	if c.Registrar.PollOff {
		return MessagesAcked{}, registry.Changes{}, nil
	}

	// Load.
	limit := c.Terms.Limits.PollCounted
	count, through := cmd.waiting(c, limit)
	waiting := c.countMessages(limit + count)

	// Return.
	var changes registry.Changes
	switch {
	case count == 0:
	case cmd.Before:
		changes.Cuts = []registry.QueueCut{{Registrar: c.Registrar.ID, Through: through}}
	default:
		changes.Acknowledged = []registry.PollMessage{{ID: through, Registrar: c.Registrar.ID}}
	}
	return MessagesAcked{count, waiting - count}, changes, nil
}

// waiting returns how many messages the command removes, and the last of them.
func (cmd MessagesAck) waiting(c *Call, limit int) (count int, through int64) {
	type found struct {
		count   int
		through int64
	}
	f := readOwned(c, func(r registry.Reader) (f found, err error) {
		if cmd.Before {
			f.count, f.through, err = r.MessagesThrough(c.Registrar.ID, cmd.Through, limit)
			return f, err
		}
		waits, err := r.HasMessage(c.Registrar.ID, cmd.Through)
		if waits {
			f = found{1, cmd.Through}
		}
		return f, err
	})
	return f.count, f.through
}
