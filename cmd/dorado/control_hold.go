package main

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/paper"
)

// What an operator sees and does about accounts that are on hold, and the receipts of deposits, over the control socket.

// holds adds the holds of accounts and the receipts to the handler of the control socket.
func (h *house) holds(mux *http.ServeMux) {
	mux.HandleFunc("GET /registrars/{id}/holds", answerJSON(h, h.listHolds))
	mux.HandleFunc("GET /registrars/{id}/deficiency", answerJSON(h, h.showDeficiency))
	mux.HandleFunc("POST /registrars/{id}/deficiency", answerJSON(h, h.deleteDeficient))
	mux.HandleFunc("GET /money/{act}/receipt", answerJSON(h, h.showReceipt))
}

// A holdLine is a hold of an account.
type holdLine struct {
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"` // zero while it goes on
	Year   int       `json:"year"`
	Number int       `json:"number"` // of the year
	Fee    string    `json:"fee"`
	Charge string    `json:"charge,omitempty"`
	Waived bool      `json:"waived,omitempty"`
	// Excused: it began with a fee that was waived, and does not count in its year.
	Excused bool `json:"excused,omitempty"`
}

func (h *house) listHolds(ctx context.Context, r *http.Request, _ struct{}) ([]holdLine, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.HoldList{Registrar: registry.RegistrarID(r.PathValue("id"))})
	if err != nil {
		return nil, err
	}
	lines := []holdLine{}
	for _, a := range reply.([]flow.HoldTold) {
		lines = append(lines, holdLine{a.Since, a.Until, a.Year, a.Number, a.Fee.String(), a.Charge, a.Waived, a.Excused})
	}
	return lines, nil
}

// A deficiencyLine is what an account lacks, and the names that it belongs to.
type deficiencyLine struct {
	Registrar string              `json:"registrar"`
	Balance   string              `json:"balance"`
	Minimum   string              `json:"minimum"`
	Lacks     string              `json:"lacks"`
	Covered   string              `json:"covered"`
	Currency  string              `json:"currency"`
	Names     []deficientNameLine `json:"names"`
	Deleted   []deficientNameLine `json:"deleted,omitempty"` // since the hold began, and counted in Covered
	Short     string              `json:"short,omitempty"`   // what no name covers
	Digest    string              `json:"digest"`
	Credited  string              `json:"credited,omitempty"` // what the deletions gave back
}

// A deficientNameLine is a name with what it was charged.
type deficientNameLine struct {
	Name    string       `json:"name"`
	Amount  string       `json:"amount"`
	Charges []chargeLine `json:"charges"`
}

// A chargeLine is one charge.
type chargeLine struct {
	Type   string    `json:"type"`
	Amount string    `json:"amount"`
	Posted time.Time `json:"posted"`
}

func deficiencyLineOf(d flow.Deficiency) deficiencyLine {
	line := deficiencyLine{
		Registrar: string(d.Registrar), Balance: d.Balance.String(), Minimum: d.Minimum.String(), Lacks: d.Lacks.String(),
		Covered: d.Covered.String(), Currency: currency, Names: []deficientNameLine{}, Digest: d.Digest,
	}
	for _, n := range d.Names {
		line.Names = append(line.Names, deficientNameOf(n))
	}
	for _, n := range d.Deleted {
		line.Deleted = append(line.Deleted, deficientNameOf(n))
	}
	if short := d.Lacks - d.Covered; short > 0 {
		line.Short = short.String()
	}
	return line
}

func deficientNameOf(n flow.DeficientName) deficientNameLine {
	name := deficientNameLine{Name: n.Name.String(), Amount: n.Amount.String()}
	for _, c := range n.Charges {
		name.Charges = append(name.Charges, chargeLine{string(c.Type), c.Amount.String(), c.PostsAt})
	}
	return name
}

func (h *house) showDeficiency(ctx context.Context, r *http.Request, _ struct{}) (deficiencyLine, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.DeficiencyShow{Registrar: registry.RegistrarID(r.PathValue("id"))})
	if err != nil {
		return deficiencyLine{}, err
	}
	return deficiencyLineOf(reply.(flow.Deficiency)), nil
}

// A deficientDeletion deletes the names that a deficiency was shown with.
type deficientDeletion struct {
	actRequest
	Digest string `json:"digest"`
}

func (h *house) deleteDeficient(ctx context.Context, r *http.Request, q deficientDeletion) (deficiencyLine, error) {
	cmd := flow.DeficiencyDelete{Act: q.act(r), Digest: q.Digest}
	reply, err := h.core.run(ctx, cmd)
	if err != nil {
		return deficiencyLine{}, err
	}
	done := reply.(flow.DeficiencyDeleted)
	names := make([]string, len(done.Names))
	for i, n := range done.Names {
		names[i] = n.Name.String()
	}
	h.log.Info(cmd.Subject().String(), "registrar", cmd.Registrar, "author", q.Author, "reason", q.Reason,
		"lacks", done.Lacks.String(), "names", names)
	line := deficiencyLineOf(done.Deficiency)
	line.Credited = done.Credited.String()
	return line, nil
}

// A receiptAnswer is a receipt as text and as PDF.
type receiptAnswer struct {
	Number string `json:"number"`
	Text   string `json:"text"`
	PDF    []byte `json:"pdf"`
}

func (h *house) showReceipt(ctx context.Context, r *http.Request, _ struct{}) (receiptAnswer, error) {
	q := flow.ReceiptShow{ID: r.PathValue("act"), Language: registry.Language(r.URL.Query().Get("language"))}
	reply, err := h.core.service.Ask(ctx, "", q)
	if err != nil {
		return receiptAnswer{}, err
	}
	receipt := reply.(registry.Receipt)
	receipt.Issuer = h.core.billing.issuer()
	sheet := paper.Receipt(receipt)
	var text, pdf bytes.Buffer
	if err := sheet.WriteText(&text); err != nil {
		return receiptAnswer{}, err
	}
	if err := sheet.WritePDF(&pdf); err != nil {
		return receiptAnswer{}, err
	}
	return receiptAnswer{receipt.Number, text.String(), pdf.Bytes()}, nil
}
