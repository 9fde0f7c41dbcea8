package epp

import (
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// changePoll-1.0: why an object stands in a message. RFC 8590.

var extChangePoll = extension{uri: nsChangePoll, write: (*appendix).changePoll}

// changePoll writes <changePoll:changeData>. RFC 8590 section 3.1.
func (w *appendix) changePoll(a answer) {
	r, _ := a.reply.(flow.Polled)
	n, ok := r.Message.Notice.(registry.ChangeNotice)
	if !ok {
		return
	}
	w.object("changePoll", nsChangePoll, "changeData")
	w.Attr("state", beforeAfter(n.Before))
	w.Start("changePoll:operation")
	if n.Detail != "" {
		w.Attr("op", n.Detail)
	}
	w.Text(n.Operation)
	w.End()
	w.Element("changePoll:date", instant(n.At))
	w.Element("changePoll:svTRID", n.SvTRID)
	w.Element("changePoll:who", shorten(n.Who, maxValue))
	if n.CaseID != "" {
		w.Start("changePoll:caseId")
		w.Attr("type", n.CaseType)
		w.Text(n.CaseID)
		w.End()
	}
	if n.Why != "" {
		w.Element("changePoll:reason", shortReason(n.Why))
	}
	w.End()
}

func beforeAfter(before bool) string {
	if before {
		return "before"
	}
	return "after"
}
