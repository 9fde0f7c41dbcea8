package mail

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/wneessen/go-mail"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A Message is a letter as it goes out. RFC 5322.
type Message struct {
	*mail.Msg
	ID string // for a file's name
}

// Compose returns the message of a letter. It is the same, byte for byte, each time: a mail that goes out twice,
// since nobody could put down that it had gone, has the Message-ID by which its recipient sees that.
func (w *Writer) Compose(l flow.Letter, from string) (Message, error) {
	t, err := w.Write(l)
	if err != nil {
		return Message{}, err
	}
	m := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8), mail.WithEncoding(mail.EncodingQP), mail.WithNoDefaultUserAgent())
	if err := m.From(from); err != nil {
		return Message{}, fmt.Errorf("the sender: %w", err)
	}
	if err := m.To(l.To); err != nil {
		return Message{}, fmt.Errorf("the recipient: %w", err)
	}
	id := registry.MailName(l.ID)
	m.Subject(t.Subject)
	m.SetMessageIDWithValue("dorado." + id + "@" + domainOf(from))
	m.SetDateWithValue(l.Queued.UTC())
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834 section 5
	m.SetGenHeader("Content-Language", string(l.Language))
	m.SetGenHeader("X-Dorado-Event", string(l.Event))
	m.SetBodyString(mail.TypeTextPlain, t.Body)
	return Message{m, id}, nil
}

// domainOf returns what stands behind the last at sign of an address.
func domainOf(address string) string {
	address = strings.TrimSuffix(address, ">")
	return address[strings.LastIndex(address, "@")+1:]
}

// bytes returns the message as a file has it.
func (m Message) bytes() ([]byte, error) {
	var b bytes.Buffer
	_, err := m.WriteTo(&b)
	return b.Bytes(), err
}
