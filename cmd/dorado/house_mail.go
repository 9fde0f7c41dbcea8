package main

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"example.org/dorado/core/registry"
	webaccount "example.org/dorado/front/account"
	post "example.org/dorado/front/mail"
)

// addMail adds who empties the outbox, under the lease of the engine.
func (h *house) addMail() error {
	carrier, err := h.config.Mail.carrier(h.dir)
	if err != nil {
		return err
	}
	letters, err := h.writer()
	if err != nil {
		return err
	}
	h.mail = post.NewSender(post.Config{
		Service: h.core.service, Writer: letters, Carrier: carrier, From: h.config.Mail.From, NewTRID: h.core.trid,
		Lease: func() (registry.Fence, bool) { return h.node.lease(engineLease) },
		Log:   h.log.With("role", "mail"), Pause: pause, Chance: rand.Float64,
	})
	h.addLoop("mail", h.mail.Run)
	return nil
}

// writer returns who writes mails. They say where the balance can be seen if this process knows it: it serves that
// itself, or its configuration says where it is.
func (h *house) writer() (*post.Writer, error) {
	house := post.House{Name: h.config.Registry.ServerID, Billing: h.config.Billing.Contact, Links: h.linkBase()}
	if base := h.consoleBase(); base != "" {
		house.Balance = strings.TrimSuffix(base, "/") + webaccount.BalancePath
	}
	return post.NewWriter(house)
}

// pause waits for a time, until something pokes or until the context ends.
func pause(ctx context.Context, d time.Duration, pokes <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-pokes:
	case <-timer.C:
	}
}

// flushMail leaves the mails of what has just been done in a demo's folder before it is said to be done. A mail
// server takes its time, and is only told to be quick.
func (h *house) flushMail(ctx context.Context) {
	switch {
	case h.mail == nil:
	case h.config.Mail.Folder != "":
		h.mail.Flush(ctx)
	default:
		h.mail.Poke()
	}
}
