package epp

import (
	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// rgp-1.0. RFC 3915, manual 9.12.1.

var extRGP = extension{
	uri:   nsRGP,
	read:  map[string]func(*decoder, *strictxml.Element){"update": (*decoder).rgpUpdate},
	write: (*appendix).rgp,
}

// rgpUpdate reads <rgp:update>, which makes an update a restore. RFC 3915 section 4.2.5.
func (d *decoder) rgpUpdate(x *strictxml.Element) {
	restore := x.One("restore")
	op := strictxml.NeedAttr(restore, "op", rgpOp)
	report := d.rgpReport(restore.Opt("report"))
	switch {
	case op == "report" && report == nil:
		restore.Reject(refusal(registry.ParameterMissing, "", "the report is missing; put it into rgp:restore"))
	case op == "request" && report != nil:
		restore.Reject(refusal(registry.ParameterPolicy, "", `a request has no report; write op="report"`))
	}
	cmd, ok := d.req.command.(flow.DomainUpdate)
	if !ok {
		goesWith(x, "an update of a domain")
		return
	}
	d.req.command = flow.DomainRestore{Update: cmd, Report: report}
}

// rgpOp is rgpOpType.
func rgpOp(s string) (string, error) { return strictxml.TokenOf(s, "request", "report") }

// rgpReport reads reportType.
func (d *decoder) rgpReport(x *strictxml.Element) *flow.RestoreReport {
	if x == nil {
		return nil
	}
	r := &flow.RestoreReport{
		Before:   d.asWritten(x.One("preData")),
		After:    d.asWritten(x.One("postData")),
		Deleted:  strictxml.Take(x.One("delTime"), strictxml.DateTime),
		Restored: strictxml.Take(x.One("resTime"), strictxml.DateTime),
		Reason:   d.inSomeLanguage(x.One("resReason")),
	}
	for statement := range x.Many("statement", 1, 2) {
		r.Statements = append(r.Statements, d.inSomeLanguage(statement))
	}
	if other := x.Opt("other"); other != nil {
		r.Other = d.asWritten(other)
	}
	return r
}

// inSomeLanguage reads reportTextType.
func (d *decoder) inSomeLanguage(x *strictxml.Element) string {
	strictxml.Attr(x, "lang", strictxml.Language, "")
	return d.asWritten(x)
}

// asWritten reads mixedType: text with any elements among it, as the frame has it. What the elements hold
// is not judged.
func (d *decoder) asWritten(x *strictxml.Element) string {
	x.Mixed(func(strictxml.Name) func(*strictxml.Element) { return nil })
	if d.doc.Err() != nil {
		return ""
	}
	text, _ := x.AppendTo(nil, strictxml.Unbounded)
	return string(text)
}

// rgp writes <rgp:infData>, and <rgp:upData> of a restore, which shows pendingRestore although the name is
// back already. RFC 3915 sections 4.1.2 and 4.2.5, manual 12.3.5.
func (w *appendix) rgp(a answer) {
	if _, restored := a.reply.(flow.DomainRestored); restored {
		w.object("rgp", nsRGP, "upData")
		w.Start("rgp:rgpStatus")
		w.Attr("s", "pendingRestore")
		w.End()
		w.End()
		return
	}
	r, ok := a.reply.(flow.DomainDetails)
	if !ok || len(r.RGPStatuses) == 0 {
		return
	}
	w.object("rgp", nsRGP, "infData")
	for _, s := range r.RGPStatuses {
		w.Start("rgp:rgpStatus")
		w.Attr("s", string(s))
		w.End()
	}
	w.End()
}
