package world

import (
	"context"
	"encoding/json"
	"strconv"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// Queue puts a message of an id of the test's choice into a registrar's queue.
func (w *World) Queue(id int64, who registry.RegistrarID, n registry.Notice) {
	w.T.Helper()
	body, err := json.Marshal(n)
	if err != nil {
		w.T.Fatal(err)
	}
	w.Exec("INSERT INTO poll (id, registrar, at, kind, body) VALUES ($1, $2, $3, $4, $5)",
		id, string(who), w.Now().UnixMicro(), string(n.Kind()), string(body))
}

// Mail puts a mail of an id of the test's choice into the outbox. It was queued now, if it does not say when.
func (w *World) Mail(id int64, m registry.Mail) {
	w.T.Helper()
	body, err := json.Marshal(m.Notice)
	if err != nil {
		w.T.Fatal(err)
	}
	queued := m.Queued.UnixMicro()
	if m.Queued.IsZero() {
		queued = w.Now().UnixMicro()
	}
	failed := int64(0)
	if !m.Failed.IsZero() {
		failed = m.Failed.UnixMicro()
	}
	w.Exec(`INSERT INTO mail (id, registrar, recipient, at, template, body, language, kind, queued, since, due, failed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		id, string(m.Registrar), m.To, queued, string(m.Notice.Event()), string(body), "en", string(m.Notice.Kind()),
		queued, queued, queued, failed)
}

// Maintain puts a maintenance of an id of the test's choice, and its announcement.
func (w *World) Maintain(m registry.Maintenance) {
	w.T.Helper()
	m.Version = 1
	notice := registry.MaintenanceNotice{Type: registry.MaintenanceCreated, Maintenance: m}
	err := w.DB.Update(context.Background(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
		return registry.Changes{
			Maintenances: []registry.Maintenance{m},
			Announced:    []registry.Announcement{{Topic: m.ID, Due: w.Now(), Notice: notice}},
		}, nil
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

// Take acknowledges all that waits in a registrar's queue, and returns it, oldest first.
func (w *World) Take(who registry.RegistrarID) []registry.PollMessage {
	w.T.Helper()
	var list []registry.PollMessage
	for {
		reply, err := w.Ask(who, flow.PollRequest{})
		if err != nil {
			w.T.Fatal(err)
		}
		polled, waits := reply.(flow.Polled)
		if !waits {
			return list
		}
		list = append(list, polled.Message)
		w.Do(who, flow.PollAck{ID: strconv.FormatInt(polled.Message.ID, 10)})
	}
}
