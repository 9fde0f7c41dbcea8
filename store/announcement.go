package store

import (
	"time"

	"example.org/dorado/core/registry"
)

// announcements writes maintenances and what is on its way into many queues.
func (w *writer) announcements(changes registry.Changes) {
	for _, m := range changes.Maintenances {
		w.putMaintenance(m)
	}
	for _, o := range changes.Withdrawn {
		w.exec("withdraw what is to be told of "+o.Topic, withdraw, o.Topic, micros(o.After))
	}
	for _, a := range changes.Announced {
		w.announce(a)
	}
	for _, a := range changes.ToldAll {
		w.execOne("end the announcement of "+a.Topic, endAnnouncement, a.ID, a.Step)
		if a.Gone {
			w.endHost(a.Host)
		}
	}
}

const withdraw = `
DELETE FROM announcement
WHERE  topic = $1 AND due > $2`

const endAnnouncement = `
DELETE FROM announcement
WHERE  id = $1 AND step = $2`

// An announced is what the row of an announcement keeps as JSON, beside its notice.
type announced struct {
	Host   registry.ROID          `json:",omitzero"`
	Except registry.RegistrarID   `json:",omitzero"`
	Gone   bool                   `json:",omitzero"`
	Told   []registry.RegistrarID `json:",omitzero"`
}

// announce puts an announcement, or moves one on.
func (w *writer) announce(a registry.Announcement) {
	audience, err := body(announced{a.Host, a.Except, a.Gone, a.Told})
	if err != nil && w.err == nil {
		w.err = err
	}
	if a.Step == 0 {
		w.exec("announce "+a.Topic, insertAnnouncement, w.ids.next(), a.Topic, micros(a.Due), a.Notice.Kind(), w.notice(a.Notice), audience)
		return
	}
	w.execOne("go on announcing "+a.Topic, moveAnnouncement, a.ID, a.Step, a.After, audience)
}

const insertAnnouncement = `
INSERT INTO announcement (id, topic, due, kind, body, audience, after, step)
VALUES ($1, $2, $3, $4, $5, $6, '', 1)`

// moveAnnouncement stores the step that follows the one that was read.
const moveAnnouncement = `
UPDATE announcement
SET    after = $3, audience = $4, step = step + 1
WHERE  id = $1 AND step = $2`

// DueAnnouncement returns the announcement that has been due longest.
func (r *reader) DueAnnouncement(now time.Time) (registry.Announcement, bool, error) {
	return one(r, scanAnnouncement, dueAnnouncement, micros(now))
}

const dueAnnouncement = `
SELECT id, topic, due, kind, body, audience, after, step
FROM   announcement
WHERE  due <= $1
ORDER  BY due, id
LIMIT  1`

func scanAnnouncement(row row) (registry.Announcement, error) {
	var a registry.Announcement
	var due int64
	var kind registry.NoticeKind
	var text, audience string
	if err := row.Scan(&a.ID, &a.Topic, &due, &kind, &text, &audience, &a.After, &a.Step); err != nil {
		return a, err
	}
	var to announced
	if err := unbody(audience, &to, "announcement"); err != nil {
		return a, err
	}
	a.Due, a.Host, a.Except, a.Gone, a.Told = instant(due), to.Host, to.Except, to.Gone, to.Told
	var err error
	a.Notice, err = registry.ReadNotice(kind, []byte(text))
	return a, err
}
