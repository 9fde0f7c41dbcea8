package main

import (
	"context"
	"net/http"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// What an operator sees of the outbox and does to it, over the control socket.

// mails adds the outbox to the handler of the control socket.
func (h *house) mails(mux *http.ServeMux) {
	mux.HandleFunc("GET /mails", answerJSON(h, h.listMails))
	mux.HandleFunc("GET /mails/{id}", answerJSON(h, h.showMail))
	mux.HandleFunc("POST /mails/{id}/retry", answerJSON(h, h.retryMail))
	mux.HandleFunc("POST /mails/{id}/drop", answerJSON(h, h.dropMail))
}

// A mailLine is a mail as the list shows it.
type mailLine struct {
	ID        string    `json:"id"`
	State     string    `json:"state"` // waits or failed
	Registrar string    `json:"registrar"`
	To        string    `json:"to"`
	Event     string    `json:"event"`
	Language  string    `json:"language"`
	At        time.Time `json:"at"` // of the event, by the registry's clock; the others are real time
	Queued    time.Time `json:"queued"`
	Due       time.Time `json:"due,omitzero"` // next attempt
	Failed    time.Time `json:"failed,omitzero"`
	Attempts  int       `json:"attempts"`
	Problem   string    `json:"problem,omitempty"`
}

func mailLineOf(m registry.Mail) mailLine {
	line := mailLine{
		ID: registry.MailName(m.ID), State: "waits", Registrar: string(m.Registrar), To: m.To, Event: string(m.Event),
		Language: string(m.Language), At: m.At, Queued: m.Queued, Due: m.Due, Attempts: m.Attempts, Problem: m.Problem,
	}
	if !m.Failed.IsZero() {
		line.State, line.Failed, line.Due = "failed", m.Failed, time.Time{}
	}
	return line
}

// A mailPage is a page of the outbox, oldest first.
type mailPage struct {
	Mails []mailLine `json:"mails"`
	Next  string     `json:"next,omitempty"` // what the next page comes after; empty on the last
}

func (h *house) listMails(ctx context.Context, r *http.Request, _ struct{}) (mailPage, error) {
	asked := r.URL.Query()
	reply, err := h.core.service.Ask(ctx, "", flow.MailList{
		MailFilter: registry.MailFilter{Registrar: registry.RegistrarID(asked.Get("registrar")), Failed: asked.Has("failed")},
		After:      registry.ParseMailName(asked.Get("after")),
	})
	if err != nil {
		return mailPage{}, err
	}
	found := reply.(flow.MailsFound)
	page := mailPage{Mails: []mailLine{}}
	for _, m := range found.Mails {
		page.Mails = append(page.Mails, mailLineOf(m))
	}
	if found.Next != 0 {
		page.Next = registry.MailName(found.Next)
	}
	return page, nil
}

// A mailDetails is a mail with its text.
type mailDetails struct {
	mailLine
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

func (h *house) showMail(ctx context.Context, r *http.Request, _ struct{}) (mailDetails, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.MailShow{ID: registry.ParseMailName(r.PathValue("id"))})
	if err != nil {
		return mailDetails{}, err
	}
	letter := reply.(flow.Letter)
	d := mailDetails{mailLine: mailLineOf(letter.Mail)}
	writer, err := h.writer()
	if err != nil {
		return d, err
	}
	text, err := writer.Write(letter)
	d.Subject, d.Body = text.Subject, text.Body
	return d, err
}

func (h *house) retryMail(ctx context.Context, r *http.Request, q actRequest) (mailLine, error) {
	id := registry.ParseMailName(r.PathValue("id"))
	line, err := h.changeMail(ctx, q, flow.MailRetry{ID: id, Author: q.Author, Reason: q.Reason})
	if err == nil && h.mail != nil {
		h.mail.Poke()
	}
	return line, err
}

func (h *house) dropMail(ctx context.Context, r *http.Request, q actRequest) (mailLine, error) {
	id := registry.ParseMailName(r.PathValue("id"))
	return h.changeMail(ctx, q, flow.MailDrop{ID: id, Author: q.Author, Reason: q.Reason})
}

func (h *house) changeMail(ctx context.Context, q actRequest, cmd flow.Command) (mailLine, error) {
	reply, err := h.core.run(ctx, cmd)
	if err != nil {
		return mailLine{}, err
	}
	line := mailLineOf(reply.(registry.Mail))
	h.log.Info(cmd.Subject().String(), "mail", line.ID, "registrar", line.Registrar, "to", line.To, "event", line.Event,
		"author", q.Author, "reason", q.Reason)
	return line, nil
}
