package console

import (
	"net/http"
	"strconv"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/flow"
)

// messageRoutes are the page of the message queue and what is done with it.
func (c *Console) messageRoutes() []route {
	return []route{
		{method: http.MethodGet, path: Path + "messages", area: policy.AreaMessages, handle: c.messages},
		{method: http.MethodPost, path: Path + "messages/ack", area: policy.AreaMessages, handle: c.messagesAck},
	}
}

// messageList is what the page of messages shows.
type messageList struct {
	Messages []message
	Last     int64 // of the page
	Off      bool
	Pager    pager
}

// A message is one of the queue as people read it.
type message struct {
	ID    int64
	At    time.Time
	Title string
	About string // the name or id that it is about; empty if it is about none
	Link  string // to the page of that, if it is still the registrar's
	Text  string // what more there is to say
	Kind  string // of its badge: good, warn, bad, info or nothing
}

// messages shows what waits in the queue, and acknowledges nothing.
func (c *Console) messages(v *visit) error {
	after, _ := strconv.ParseInt(v.query("page"), 10, 64)
	reply, err := v.ask(flow.MessageList{After: max(after, 0)})
	if err != nil {
		return err
	}
	found := reply.(flow.MessagesListed)
	page := messageList{Off: found.Off}
	for _, m := range found.Messages {
		page.Messages = append(page.Messages, v.message(m))
		page.Last = m.ID
	}
	next := ""
	if found.After > 0 {
		next = strconv.FormatInt(found.After, 10)
	}
	page.Pager = v.pager(next, v.messagesWaiting(found.Count))
	return v.show("message_list", &page)
}

// messagesWaiting says how many messages wait.
func (v *visit) messagesWaiting(n int) string {
	switch {
	case n == 0:
		return ""
	case n >= v.console.config.Service.Terms().Limits.PollCounted:
		return v.t("%s or more wait", number(n))
	}
	return v.t("%s wait", number(n))
}

// messagesAck removes a message, or all up to it. Sent twice, it does nothing more.
func (c *Console) messagesAck(v *visit) error {
	id, err := strconv.ParseInt(v.sent("id"), 10, 64)
	if err != nil || id < 1 {
		return errMissing
	}
	reply, err := v.run(flow.MessagesAck{Through: id, Before: v.sent("do") == "all"})
	if err != nil {
		return err
	}
	acked := reply.(flow.MessagesAcked)
	switch {
	case acked.Count == 0:
		return v.done(Path+"messages", "That was acknowledged before.")
	case acked.Count == 1:
		return v.done(Path+"messages", "The message was acknowledged.")
	}
	return v.done(Path+"messages", "%s messages were acknowledged.", number(acked.Count))
}
