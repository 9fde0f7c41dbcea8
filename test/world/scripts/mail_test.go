package scripts

import (
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/mail"
)

// mail takes the oldest mail that waits for a registrar, as the sender does, and tells its address and subject.
func (h *house) mail(what []string) (expectation, error) {
	reply, err := h.world.Ask("", flow.MailDue{Limit: 100})
	if err != nil {
		return expectation{}, err
	}
	writer, err := mail.NewWriter(mail.House{Name: "Lives"})
	if err != nil {
		return expectation{}, err
	}
	for _, letter := range reply.([]flow.Letter) {
		if letter.Registrar != registry.RegistrarID(what[0]) {
			continue
		}
		text, err := writer.Write(letter)
		if err != nil {
			return expectation{}, err
		}
		_, err = h.world.Run("", flow.MailTried{ID: letter.ID, Result: flow.MailSent})
		return expectation{facts: []fact{{"to", letter.To}, {"message", `"` + text.Subject + `"`}}}, err
	}
	return expectation{code: "none"}, nil
}
