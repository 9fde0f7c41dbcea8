package store

import (
	"time"

	"example.org/dorado/core/registry"
)

func (w *writer) putPoll(m registry.PollMessage) {
	w.insert(polls, "poll message to "+string(m.Registrar), insertPoll, w.ids.next(), m.Registrar, micros(m.At),
		m.Notice.Kind(), w.notice(m.Notice))
}

const insertPoll = `
INSERT INTO poll (id, registrar, at, kind, body)
VALUES ($1, $2, $3, $4, $5)`

// notice returns the JSON that is kept of a notice. A failure sticks.
func (w *writer) notice(n registry.Notice) string {
	text, err := body(n)
	if err != nil && w.err == nil {
		w.err = err
	}
	return text
}

// acknowledge removes a message that has to be there: of two who acknowledge it at once, one does not find
// it when it tries again.
func (w *writer) acknowledge(m registry.PollMessage) {
	w.execOne("acknowledge a message of "+string(m.Registrar), deletePoll, m.ID, m.Registrar)
}

const deletePoll = `
DELETE FROM poll
WHERE  id = $1 AND registrar = $2`

// OldestMessage returns the message that has waited longest in a registrar's queue.
func (r *reader) OldestMessage(id registry.RegistrarID) (registry.PollMessage, bool, error) {
	return one(r, scanMessage, oldestMessage, id)
}

const oldestMessage = `
SELECT id, registrar, at, kind, body
FROM   poll
WHERE  registrar = $1
ORDER  BY id
LIMIT  1`

func scanMessage(row row) (registry.PollMessage, error) {
	var m registry.PollMessage
	var at int64
	var kind registry.NoticeKind
	var text string
	err := row.Scan(&m.ID, &m.Registrar, &at, &kind, &text)
	if err != nil {
		return m, err
	}
	m.At = instant(at)
	m.Notice, err = registry.ReadNotice(kind, []byte(text))
	return m, err
}

// HasMessage reports whether a message waits in a registrar's queue.
func (r *reader) HasMessage(id registry.RegistrarID, message int64) (bool, error) {
	n, err := value[int64](r, countMessage, message, id)
	return n > 0, err
}

const countMessage = `
SELECT COUNT(*)
FROM   poll
WHERE  id = $1 AND registrar = $2`

// CountMessages counts the messages in a registrar's queue, up to a limit: what it costs does not grow
// with the queue.
func (r *reader) CountMessages(id registry.RegistrarID, limit int) (int, error) {
	n, err := value[int64](r, countMessages, id, limit)
	return int(n), err
}

const countMessages = `
SELECT COUNT(*)
FROM   (SELECT 1 FROM poll WHERE registrar = $1 ORDER BY id LIMIT $2) waiting`

// OldMessages returns up to limit messages of all queues from before an instant, oldest first, without
// their notices. Ids rise with time, so what is old stands first.
func (r *reader) OldMessages(before time.Time, limit int) ([]registry.PollMessage, error) {
	list, err := many(r, func(row row) (registry.PollMessage, error) {
		var m registry.PollMessage
		var at int64
		err := row.Scan(&m.ID, &m.Registrar, &at)
		m.At = instant(at)
		return m, err
	}, oldMessages, limit)
	old := list[:0]
	for _, m := range list {
		if m.At.Before(before) {
			old = append(old, m)
		}
	}
	return old, err
}

const oldMessages = `
SELECT id, registrar, at
FROM   poll
ORDER  BY id
LIMIT  $1`
