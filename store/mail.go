package store

import (
	"time"

	"example.org/dorado/core/registry"
)

// putMail queues a mail, or puts down how an attempt to send it went.
func (w *writer) putMail(m registry.Mail) {
	if m.Version == 1 {
		w.insert(mails, "mail to "+string(m.Registrar), insertMail, w.ids.next(), m.Registrar, m.To, micros(m.At),
			m.Event, w.notice(m.Notice), m.Language, m.Notice.Kind(), micros(m.Queued), micros(m.Since), micros(m.Due))
		return
	}
	w.execOne("mail to "+string(m.Registrar), updateMail, m.ID, m.Version-1, m.Version, micros(m.Since),
		micros(m.Due), m.Attempts, m.Problem, micros(m.Failed))
}

const insertMail = `
INSERT INTO mail (id, registrar, recipient, at, template, body, language, kind, queued, since, due)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`

const updateMail = `
UPDATE mail
SET    version = $3, since = $4, due = $5, attempts = $6, problem = $7, failed = $8
WHERE  id = $1 AND version = $2`

// dropMail removes a mail that was sent, or that nobody wants any more.
func (w *writer) dropMail(m registry.Mail) {
	w.execOne("remove a mail to "+string(m.Registrar), deleteMail, m.ID, m.Version-1)
}

const deleteMail = `
DELETE FROM mail
WHERE  id = $1 AND version = $2`

const postponeMail = `
UPDATE mail
SET    due = $2
WHERE  failed = 0 AND recipient = $1 AND due < $2`

// Mail returns a mail of the outbox.
func (r *reader) Mail(id int64) (registry.Mail, bool, error) {
	return one(r, scanMail, mailByID, id)
}

const mailColumns = `
SELECT id, version, registrar, recipient, at, template, body, language, kind, queued, since, due, attempts, problem,
       failed
FROM   mail`

const mailByID = mailColumns + `
WHERE  id = $1`

func scanMail(row row) (registry.Mail, error) {
	var m registry.Mail
	var at, queued, since, due, failed, attempts int64
	var kind registry.NoticeKind
	var text string
	err := row.Scan(&m.ID, &m.Version, &m.Registrar, &m.To, &at, &m.Event, &text, &m.Language, &kind, &queued, &since, &due,
		&attempts, &m.Problem, &failed)
	if err != nil {
		return m, err
	}
	m.At, m.Queued, m.Since = instant(at), instant(queued), instant(since)
	m.Due, m.Failed = instant(due), instant(failed)
	m.Attempts = int(attempts)
	m.Notice, err = registry.ReadNotice(kind, []byte(text))
	return m, err
}

// CountMail counts the mails of a registrar in the outbox, up to a limit: what it costs does not grow with the
// outbox.
func (r *reader) CountMail(id registry.RegistrarID, limit int) (int, error) {
	n, err := value[int64](r, countMail, id, limit)
	return int(n), err
}

const countMail = `
SELECT COUNT(*)
FROM   (SELECT 1 FROM mail WHERE registrar = $1 ORDER BY id LIMIT $2) waiting`

// DueMail returns up to limit mails whose next attempt is due, those that have waited longest first.
func (r *reader) DueMail(now time.Time, limit int) ([]registry.Mail, error) {
	return many(r, scanMail, dueMail, micros(now), limit)
}

const dueMail = mailColumns + `
WHERE  failed = 0 AND due <= $1
ORDER  BY due, id
LIMIT  $2`

// SpentMail returns up to limit mails that are tried since before an instant, or failed before another.
func (r *reader) SpentMail(since, failed time.Time, limit int) ([]registry.Mail, error) {
	return many(r, scanMail, spentMail, micros(since), micros(failed), limit)
}

const spentMail = mailColumns + `
WHERE  (failed = 0 AND since < $1) OR (failed > 0 AND failed < $2)
LIMIT  $3`

// Mails returns up to limit mails that a filter selects, oldest first, those after an id.
func (r *reader) Mails(f registry.MailFilter, after int64, limit int) ([]registry.Mail, error) {
	failedAfter := int64(-1)
	if f.Failed {
		failedAfter = 0
	}
	if f.Registrar == "" {
		return many(r, scanMail, mailsOfAll, after, failedAfter, limit)
	}
	return many(r, scanMail, mailsOfOne, after, failedAfter, limit, f.Registrar)
}

const mailsOfAll = mailColumns + `
WHERE  id > $1 AND failed > $2
ORDER  BY id
LIMIT  $3`

const mailsOfOne = mailColumns + `
WHERE  id > $1 AND failed > $2 AND registrar = $4
ORDER  BY id
LIMIT  $3`
