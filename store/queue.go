package store

import (
	"example.org/dorado/core/registry"
)

// Messages returns up to limit messages of a registrar's queue after one, the oldest first.
func (r *reader) Messages(id registry.RegistrarID, after int64, limit int) ([]registry.PollMessage, error) {
	return many(r, scanMessage, messagesAfter, id, after, limit)
}

const messagesAfter = `
SELECT id, registrar, at, kind, body
FROM   poll
WHERE  registrar = $1 AND id > $2
ORDER  BY id
LIMIT  $3`

// Message returns a message of a registrar's queue.
func (r *reader) Message(id registry.RegistrarID, message int64) (registry.PollMessage, bool, error) {
	return one(r, scanMessage, messageByID, id, message)
}

const messageByID = `
SELECT id, registrar, at, kind, body
FROM   poll
WHERE  registrar = $1 AND id = $2`

// MessagesThrough returns how many of the oldest messages of a queue, up to a limit, are not after one, and the last
// of them.
func (r *reader) MessagesThrough(id registry.RegistrarID, through int64, limit int) (count int, last int64, err error) {
	type found struct{ count, last int64 }
	f, _, err := one(r, func(row row) (f found, err error) {
		return f, row.Scan(&f.count, &f.last)
	}, messagesThrough, id, through, limit)
	return int(f.count), f.last, err
}

const messagesThrough = `
SELECT COUNT(*), COALESCE(MAX(id), 0)
FROM   (SELECT id FROM poll WHERE registrar = $1 AND id <= $2 ORDER BY id LIMIT $3) oldest`

// cutQueue removes messages. Somebody else may have acknowledged some of them meanwhile.
func (w *writer) cutQueue(c registry.QueueCut) {
	w.exec("acknowledge messages of "+string(c.Registrar), deleteMessages, c.Registrar, c.Through)
}

const deleteMessages = `
DELETE FROM poll
WHERE  registrar = $1 AND id <= $2`

// What follows shows to a command what was decided before it in its group.

func (o *overlay) Messages(id registry.RegistrarID, after int64, limit int) ([]registry.PollMessage, error) {
	return shown(o, func() ([]registry.PollMessage, error) { return o.reader.Messages(id, after, limit) })
}

func (o *overlay) Message(id registry.RegistrarID, message int64) (m registry.PollMessage, ok bool, err error) {
	if err := o.show(); err != nil {
		return m, false, err
	}
	return o.reader.Message(id, message)
}

func (o *overlay) MessagesThrough(id registry.RegistrarID, through int64, limit int) (count int, last int64, err error) {
	if err := o.show(); err != nil {
		return 0, 0, err
	}
	return o.reader.MessagesThrough(id, through, limit)
}
