package console

import (
	"io"
	"net/http"
	"slices"
	"strings"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A certificatePage asks for a certificate or a request, or whether one is to be removed.
type certificatePage struct {
	*credentialsPage
	About  certificateRow
	Locked bool // without it nobody could log in
	Days   int  // for which one is issued
	Made   registry.Issue
}

func (v *visit) certificatePage() (*certificatePage, flow.Act, error) {
	a, act, err := v.credentialsPage()
	if err != nil {
		return nil, act, err
	}
	return &certificatePage{credentialsPage: a, Days: int(v.console.config.Service.Terms().Limits.CertificateDays)}, act, nil
}

func (c *Console) certificateNew(v *visit) error { return c.certificateForm(v, "certificate_upload") }

func (c *Console) certificateRequest(v *visit) error {
	return c.certificateForm(v, "certificate_issue")
}

func (c *Console) certificateForm(v *visit, name string) error {
	p, _, err := v.certificatePage()
	if err != nil {
		return err
	}
	return v.show(name, p)
}

// pem is what was pasted, or a file that was chosen. A private key in it is not shown again, and kept nowhere.
func (v *visit) pem() string {
	text := v.values.Get("pem")
	if strings.TrimSpace(text) == "" && len(v.upload) > 0 {
		text = strings.ToValidUTF8(string(v.upload), "\uFFFD")
		v.values.Set("pem", text)
	}
	if strings.Contains(text, "PRIVATE KEY") {
		v.values.Set("pem", "")
	}
	return text
}

func (c *Console) certificateUpload(v *visit) error {
	text := v.pem()
	p, act, err := v.certificatePage()
	if err != nil {
		return err
	}
	if _, err = v.change(flow.CertificateUpload{Act: act, PEM: text}); err != nil {
		return v.refuse("certificate_upload", p, certificateFields(err))
	}
	return v.done(credentialsPath, "The certificate was registered. It opens EPP from every address.")
}

// certificateFields puts refusals about a certificate at the one field of the form.
func certificateFields(err error) error {
	if e, ok := err.(*registry.Error); ok && e.Field == "certificate" {
		told := *e
		told.Field = "pem"
		return &told
	}
	return err
}

func (c *Console) certificateIssue(v *visit) error {
	text := v.pem()
	p, act, err := v.certificatePage()
	if err != nil {
		return err
	}
	reply, err := v.change(flow.CertificateIssue{Act: act, Request: text})
	if err != nil {
		return v.refuse("certificate_issue", p, certificateFields(err))
	}
	return v.done(credentialsPath+"#issued", "A certificate was issued until %s, and is registered. Download it below.",
		v.words.day(reply.(flow.CertificateIssued).Issue.NotAfter.UTC()))
}

// certificateFile sends a certificate that was issued, with what leads from it to a root.
func (c *Console) certificateFile(v *visit) error {
	reply, err := v.ask(flow.CertificateShow{Serial: v.r.PathValue("serial")})
	if err != nil {
		return err
	}
	issue := reply.(registry.Issue)
	return v.file("application/x-pem-file", string(issue.Registrar)+"-"+issue.Serial+".pem", func(w io.Writer) error {
		_, err := io.WriteString(w, issue.PEM)
		return err
	})
}

// certificate finds the certificate that the path names on the registrar's list.
func (v *visit) certificate() (*certificatePage, flow.Act, error) {
	p, act, err := v.certificatePage()
	if err != nil {
		return nil, act, err
	}
	at := slices.IndexFunc(p.Certificates, func(k certificateRow) bool { return k.Fingerprint == v.r.PathValue("fingerprint") })
	if at < 0 {
		return nil, act, errMissing
	}
	p.About, p.Locked = p.Certificates[at], len(p.Certificates) == 1 && len(p.Registrar.Networks) == 0
	return p, act, nil
}

func (c *Console) certificateAsk(v *visit) error {
	p, _, err := v.certificate()
	if err != nil {
		return err
	}
	return v.show("certificate_remove", p)
}

func (c *Console) certificateRemove(v *visit) error {
	p, act, err := v.certificate()
	if err != nil {
		return err
	}
	if p.Locked && v.sent("sure") != "yes" {
		p.wrong("sure", v.t("Tick this if it is meant."))
		return v.render(http.StatusUnprocessableEntity, "certificate_remove", p)
	}
	_, err = v.change(flow.CertificateRemove{Registrar: act.Registrar, Fingerprint: p.About.Fingerprint, Author: act.Author})
	if err != nil {
		return v.refuse("certificate_remove", p, err)
	}
	return v.done(credentialsPath, "The certificate was removed. No session begins with it any more.")
}
