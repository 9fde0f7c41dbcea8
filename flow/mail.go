package flow

import (
	"strings"
	"time"
	"unicode"

	"example.org/dorado/core/registry"
)

// MailDue asks for mails of the outbox whose next attempt is due, those that have waited longest first.
type MailDue struct{ Limit int }

// A Letter is a mail with what its text needs beside its notice.
type Letter struct {
	registry.Mail
	Addressee registry.Registrar // as it is now
	Currency  string             // of the registry
	Link      string             // with its secret, if the notice has one
}

// Answer returns a []Letter.
func (q MailDue) Answer(c *Call) (Reply, error) {
	due, _ := read(c, func() ([]registry.Mail, bool, error) {
		due, err := c.reader.DueMail(c.realNow(), q.Limit)
		return due, true, err
	})
	letters := make([]Letter, len(due))
	for i, m := range due {
		letters[i] = c.letter(m)
	}
	return letters, nil
}

func (c *Call) letter(m registry.Mail) Letter {
	r, _ := c.RegistrarByID(m.Registrar)
	l := Letter{m, r, c.Terms.Prices.Currency, ""}
	if n, ok := m.Notice.(registry.UserNotice); ok && n.Link != "" {
		l.Link = c.service.Link(n.Link)
	}
	return l
}

// A MailResult is what became of an attempt to send a mail.
type MailResult string

// The results.
const (
	MailSent    MailResult = "sent"
	MailPutOff  MailResult = "put off" // may go another time
	MailRefused MailResult = "refused" // will never go
)

// MailTried puts down what became of an attempt to send a mail: it goes, waits or is kept as failed. A mail that
// was put off for so long that it is not tried any more has failed, too. It is the engine's.
type MailTried struct {
	ID      int64
	Result  MailResult
	Problem string    // unless it was sent
	Again   time.Time // real time of the next attempt, if it was put off
	// All says that all mails to the recipient wait until then: the problem is hardly this mail's.
	All bool
}

// Subject is mail:tried.
func (cmd MailTried) Subject() Subject {
	return Subject{Command: "tried", Object: "mail", ID: registry.MailName(cmd.ID)}
}

// Run replies the registry.Mail as it is now, and nil if the operator has dropped it meanwhile.
func (cmd MailTried) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	m, found := c.mail(cmd.ID)
	if !found {
		return nil, registry.Changes{}, nil
	}

	// Decide.
	m = m.Next()
	m.Attempts++
	m.Problem = problemText(cmd.Problem)
	now := c.realNow()
	switch {
	case cmd.Result == MailSent:
		return m, registry.Changes{GoneMail: []registry.Mail{m}}, nil
	case cmd.Result == MailRefused, !now.Before(c.Terms.MailTry.After(m.Since)):
		m.Failed = now
	default:
		m.Due = cmd.Again
	}

	// Return.
	changes := registry.Changes{Mail: []registry.Mail{m}}
	if cmd.All && cmd.Result == MailPutOff {
		changes.Postponed = []registry.Postponement{{To: m.To, Until: cmd.Again}}
	}
	return m, changes, nil
}

// mostProblem bounds what is kept of a problem: mail servers are talkative.
const mostProblem = 500

// problemText makes a line of what a mail server said, in whatever encoding.
func problemText(said string) string {
	line := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(said, "?"))
	runes := []rune(strings.Join(strings.Fields(line), " "))
	return string(runes[:min(len(runes), mostProblem)])
}

// MailSweep ends what has been tried for too long without anybody trying it now, and removes what failed long
// ago, so many at a time. It is the engine's.
type MailSweep struct{ Limit int }

// MailSwept is what MailSweep replies.
type MailSwept struct{ Failed, Removed int }

// Subject is time:sweep.
func (cmd MailSweep) Subject() Subject { return Subject{Command: "sweep", Object: "time"} }

// Run replies a MailSwept.
func (cmd MailSweep) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	now := c.realNow()
	spent, _ := read(c, func() ([]registry.Mail, bool, error) {
		before := func(days int) time.Time { return now.AddDate(0, 0, -days) }
		spent, err := c.reader.SpentMail(before(int(c.Terms.MailTry)), before(int(c.Terms.MailRetention)), cmd.Limit)
		return spent, true, err
	})

	// Decide.
	var swept MailSwept
	var changes registry.Changes
	for _, m := range spent {
		m = m.Next()
		if !m.Failed.IsZero() {
			swept.Removed++
			changes.GoneMail = append(changes.GoneMail, m)
			continue
		}
		swept.Failed++
		m.Failed = now
		if m.Problem == "" {
			m.Problem = "nobody has tried to send it"
		}
		changes.Mail = append(changes.Mail, m)
	}

	// Return.
	return swept, changes, nil
}

// MailList asks for mails of the outbox, oldest first, for the operator.
type MailList struct {
	registry.MailFilter
	After int64 // the last id of the page before; 0 for the first
}

// MailsFound is what MailList answers.
type MailsFound struct {
	Mails []registry.Mail
	Next  int64 // After of the page that follows; 0 if there is none
}

// Answer returns a MailsFound.
func (q MailList) Answer(c *Call) (Reply, error) {
	limit := c.Terms.Limits.MailsListed
	list, _ := read(c, func() ([]registry.Mail, bool, error) {
		list, err := c.reader.Mails(q.MailFilter, q.After, limit+1)
		return list, true, err
	})
	found := MailsFound{Mails: list}
	if len(list) > limit {
		found.Mails = list[:limit]
		found.Next = list[limit-1].ID
	}
	return found, nil
}

// MailShow asks for one mail of the outbox, for the operator.
type MailShow struct{ ID int64 }

// Answer returns a Letter.
func (q MailShow) Answer(c *Call) (Reply, error) {
	m, found := c.mail(q.ID)
	if err := c.check(mailWaits(q.ID, found)); err != nil {
		return nil, err
	}
	return c.letter(m), nil
}

// MailRetry has a mail tried again at once and for as long as a new one, whether or not it had failed. It is
// the operator's.
type MailRetry struct {
	ID             int64
	Author, Reason string
}

// Subject is mail:retry.
func (cmd MailRetry) Subject() Subject {
	return Subject{Command: "retry", Object: "mail", ID: registry.MailName(cmd.ID)}
}

// Run replies the registry.Mail as it is now.
func (cmd MailRetry) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	m, found := c.mail(cmd.ID)

	// Check.
	if err := c.check(mailWaits(cmd.ID, found), actIsSigned(Act{Author: cmd.Author, Reason: cmd.Reason})); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	m = m.Next()
	now := c.realNow()
	m.Since, m.Due, m.Failed = now, now, time.Time{}

	// Return.
	return m, registry.Changes{Mail: []registry.Mail{m}}, nil
}

// MailDrop removes a mail that was not sent. It is the operator's.
type MailDrop struct {
	ID             int64
	Author, Reason string
}

// Subject is mail:drop.
func (cmd MailDrop) Subject() Subject {
	return Subject{Command: "drop", Object: "mail", ID: registry.MailName(cmd.ID)}
}

// Run replies the registry.Mail as it was.
func (cmd MailDrop) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	m, found := c.mail(cmd.ID)

	// Check.
	if err := c.check(mailWaits(cmd.ID, found), actIsSigned(Act{Author: cmd.Author, Reason: cmd.Reason})); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	return m, registry.Changes{GoneMail: []registry.Mail{m.Next()}}, nil
}

func (c *Call) mail(id int64) (registry.Mail, bool) {
	return read(c, func() (registry.Mail, bool, error) { return c.reader.Mail(id) })
}

// mailWaits holds for the id of a mail in the outbox, one that failed or one that is still tried.
func mailWaits(id int64, found bool) Rule {
	return refuseIf("mailWaits", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "mail", Value: registry.MailName(id),
		Reason: "no such mail is in the outbox; it may have been sent meanwhile: dorado mail list shows those that wait",
	})
}
