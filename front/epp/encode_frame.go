package epp

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// An encoder writes one frame in the shape of the manual's samples: the usual prefixes, each declared
// where the object begins. Everything that it writes is valid by the schemas.
type encoder struct{ strictxml.Writer }

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// encode appends the frame that write writes. That starts and ends do not match would be a bug.
func encode(b []byte, write func(*encoder)) []byte {
	w := encoders.Get().(*encoder)
	defer encoders.Put(w)
	w.Reset(b)
	w.Raw([]byte(`<?xml version="1.0" encoding="UTF-8" standalone="no"?>`))
	w.Start("epp")
	w.Attr("xmlns", nsEPP)
	write(w)
	w.End()
	out, err := w.Bytes()
	w.Reset(nil)
	if err != nil {
		panic(err)
	}
	return out
}

// appendGreeting appends a <greeting>. RFC 5730 section 2.4.
func appendGreeting(b []byte, g greeting) []byte {
	return encode(b, func(w *encoder) {
		w.Start("greeting")
		w.Element("svID", g.serverID)
		w.Element("svDate", instant(g.now))
		w.Start("svcMenu")
		w.Element("version", "1.0")
		w.list("lang", g.languages)
		w.list("objURI", g.objURIs)
		if len(g.extURIs) > 0 {
			w.Start("svcExtension")
			w.list("extURI", g.extURIs)
			w.End()
		}
		w.End()
		w.dcp()
		w.End()
	})
}

// dcp is the data collection policy: what registrars send is used to administer and provide names,
// published as far as they open it, and kept as long as stated. RFC 5730 section 2.4.
func (w *encoder) dcp() {
	w.Raw([]byte("<dcp><access><all/></access><statement><purpose><admin/><prov/></purpose>" +
		"<recipient><ours/><public/></recipient><retention><stated/></retention></statement></dcp>"))
}

// appendAnswer appends a <response>. RFC 5730 section 2.6.
func appendAnswer(b []byte, a answer) []byte {
	return encode(b, func(w *encoder) {
		w.Start("response")
		r, refusal := outcome(a)
		w.result(r, refusal, a)
		if a.err == nil {
			w.msgQ(a.reply)
			w.resData(a)
		}
		w.extension(a)
		w.Start("trID")
		if a.req.clTRID != "" {
			w.Element("clTRID", a.req.clTRID)
		}
		w.Element("svTRID", a.svTRID)
		w.End()
		w.End()
	})
}

// result writes <result>. Where an element is to blame, it is there twice: in <value> as the schema
// means it, and in <extValue> with the reason and the rule. Where none is, as with a lack of funds, the
// rule is told beside the command. Decisions 4.10.
func (w *encoder) result(r result, refusal *registry.Error, a answer) {
	w.Start("result")
	w.Attr("code", r.number)
	w.Element("msg", shorten(r.text, maxSentence))
	if refusal != nil && (refusal.Field != "" || refusal.Rule != "") {
		field, value := refusal.Field, refusal.Value
		if field != "" {
			w.value(field, value)
		} else {
			field, value = a.req.element(), ""
		}
		w.Start("extValue")
		w.value(field, value)
		w.Element("reason", explained(refusal))
		w.End()
	}
	w.unhandled(a)
	w.End()
}

// explained is the reason of a refusal with the name of its rule, by which docs/epp.md lists it.
func explained(refusal *registry.Error) string {
	reason := shorten(refusal.Reason, maxSentence)
	if refusal.Rule == "" {
		return reason
	}
	return reason + " (rule " + refusal.Rule + ")"
}

// What is said of a refusal, and what is repeated of a value, has at most so many characters: what a
// client sends must not make answers grow.
const (
	maxSentence = 600
	maxValue    = 255
)

// value writes <value> with the element that is to blame and what it held. Secrets are left out.
func (w *encoder) value(field, value string) {
	prefix, local, found := strings.Cut(field, ":")
	if !found {
		prefix, local = "", prefix
	}
	uri := prefixes[prefix]
	name := local
	if uri != "" {
		name = field
	}
	w.Start("value")
	w.Start(name)
	if uri != "" {
		w.Attr("xmlns:"+prefix, uri)
	}
	if value != "" && !isSecret(local) {
		w.Text(shorten(value, maxValue))
	}
	w.End()
	w.End()
}

// resData writes the data of a reply; most updates and deletions have none.
func (w *encoder) resData(a answer) {
	d := replyData(a)
	if d.write == nil || !d.isAnnounced(a) {
		return
	}
	w.Start("resData")
	d.write(w)
	w.End()
}

// data is what stands in <resData>.
type data struct {
	uri   string         // the object's namespace, if it is not that of the command
	write func(*encoder) // nil if there is none
}

// isAnnounced reports whether the session can read it. The object of a command is always announced.
func (d data) isAnnounced(a answer) bool { return d.uri == "" || slices.Contains(a.announced, d.uri) }

// replyData returns the data of a reply.
func replyData(a answer) data {
	switch r := a.reply.(type) {
	case []flow.Checked:
		return data{write: func(w *encoder) { w.checked(a.req.object, r) }}
	case flow.DomainCreated:
		return data{write: func(w *encoder) { w.domainCreated(r) }}
	case flow.DomainRenewed:
		return data{write: func(w *encoder) { w.domainRenewed(r) }}
	case flow.TransferTold:
		d := transferData(r.TransferNotice)
		d.uri = ""
		return d
	case flow.HostCreated:
		return data{write: func(w *encoder) { w.hostCreated(r) }}
	case flow.ContactCreated:
		return data{write: func(w *encoder) { w.contactCreated(r) }}
	case flow.Polled:
		return messageData(r, a)
	case flow.MaintenanceDetails:
		return data{write: func(w *encoder) { w.maintenance(r.Maintenance, "") }}
	case []registry.Maintenance:
		return data{write: func(w *encoder) { w.maintenanceList(r) }}
	}
	return objectData(a.reply)
}

// objectData returns what an info shows of an object.
func objectData(reply flow.Reply) data {
	switch r := reply.(type) {
	case flow.DomainDetails:
		return data{write: func(w *encoder) { w.domainDetails(&r) }}
	case flow.HostDetails:
		return data{write: func(w *encoder) { w.hostDetails(&r) }}
	case flow.ContactDetails:
		return data{write: func(w *encoder) { w.contactDetails(&r) }}
	}
	return data{}
}

// object begins the element of an object's schema, such as domain:infData.
func (w *encoder) object(uri, local string) {
	prefix := objectPrefix(uri)
	w.Start(prefix + ":" + local)
	w.Attr("xmlns:"+prefix, uri)
}

// maxReason is the length of reasonBaseType. RFC 5730 section 4.2.
const maxReason = 32

// shortReason makes a reason short enough for a check: what to do about it is left out first.
func shortReason(reason string) string {
	what, _, _ := strings.Cut(reason, "; ")
	return shorten(what, maxReason)
}

// checked writes <chkData>. RFC 5731 to 5733, section 3.1.1.
func (w *encoder) checked(uri string, answers []flow.Checked) {
	prefix := objectPrefix(uri)
	cd, what, reason := prefix+":cd", prefix+":name", prefix+":reason"
	if uri == nsContact {
		what = prefix + ":id"
	}
	w.object(uri, "chkData")
	for _, a := range answers {
		w.Start(cd)
		w.Start(what)
		w.Attr("avail", zeroOne(a.Available))
		w.Text(a.Object)
		w.End()
		if a.Reason != "" {
			w.Element(reason, shortReason(a.Reason))
		}
		w.End()
	}
	w.End()
}

// list writes an element for each text.
func (w *encoder) list(name string, texts []string) {
	for _, text := range texts {
		w.Element(name, text)
	}
}

// optional writes an element unless the text is empty.
func (w *encoder) optional(name, text string) {
	if text != "" {
		w.Element(name, text)
	}
}

// optionalInstant writes an element unless the instant is zero.
func (w *encoder) optionalInstant(name string, t time.Time) {
	if !t.IsZero() {
		w.Element(name, instant(t))
	}
}

// statuses writes as many elements of statusType as the schema allows.
func (w *encoder) statuses(name string, all []registry.Status, most int) {
	for _, s := range all[:min(len(all), most)] {
		w.Start(name)
		w.Attr("s", string(s))
		w.End()
	}
}

// instant writes a dateTime in the manual's form. Decisions 4.12.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0Z") }

func zeroOne(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// shorten returns s in at most so many characters, cut between words if it has to be.
func shorten(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	runes := []rune(s)[:most-1]
	cut := string(runes)
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return cut + "…"
}
