package epp

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
)

// What is wrong with a frame, and what its sender should write. Decisions 4.2 and 4.3.

// refuse notes a mistake that strictxml does not know, unless there is one already.
func (d *decoder) refuse(x *strictxml.Element, code registry.Code, reason string) {
	if d.invalid == nil && d.doc.Err() == nil {
		d.line, d.column = x.Place()
		d.invalid = &registry.Error{
			Code: code, Field: usualName(x.Name), Reason: fmt.Sprintf("line %d: %s", x.Line(), reason),
		}
	}
}

// notEPP says what is wrong with a root that is not EPP's.
func notEPP(root *strictxml.Element) string {
	switch {
	case root.Name.Local != "epp":
		return noEPP
	case root.Name.Space == "":
		return `<epp> has no namespace; write <epp xmlns="` + nsEPP + `">`
	}
	return misprint(root.Name.Space, nsEPP)
}

const noEPP = `the frame has no <epp> around it; begin it with <epp xmlns="` + nsEPP + `"> and end it with </epp>`

// maxURI bounds what is repeated of a namespace, in characters.
const maxURI = 80

func misprint(uri, meant string) string {
	return fmt.Sprintf("the namespace is %q; write %s", shorten(uri, maxURI), meant)
}

// namespaceIsPrintedRight refuses an element of a namespace that is another one misprinted. Any other
// unknown namespace is that of an object or extension that this registry lacks.
func (d *decoder) namespaceIsPrintedRight(x *strictxml.Element) {
	if known, ok := meant(x.Name.Space); ok {
		d.refuse(x, registry.Syntax, misprint(x.Name.Space, known))
	}
}

// reject makes a refusal of the first value that a rule of ours rejected.
func (d *decoder) reject() {
	rejected := d.doc.Rejected()
	var e *registry.Error
	if d.req.refusal == nil && errors.As(rejected.Err, &e) {
		told := *e
		told.Field = usualName(rejected.At.Name)
		d.req.refusal = &told
	}
	if d.req.refusal != nil {
		d.req.command, d.req.query = nil, nil
	}
}

// breakOff ends a frame that is not valid. What is known of it stays: the subject for the transaction
// log, and the clTRID for the answer.
func (d *decoder) breakOff(frame []byte, err error) {
	subject := d.req.subject
	if d.invalid == nil {
		d.invalid = d.explain(err)
		if broken := (*strictxml.Error)(nil); errors.As(err, &broken) {
			d.line, d.column = broken.Line, broken.Column
		}
	}
	d.invalid.Reason = shorten(d.invalid.Reason, maxSentence/2)
	for _, advice := range misprints(string(frame)) {
		if !strings.Contains(d.invalid.Reason, advice) {
			d.invalid.Reason += "; " + advice
		}
	}
	d.invalid.Reason = shorten(d.invalid.Reason, maxSentence)
	*d.req = request{subject: subject, invalid: d.invalid, line: d.line, column: d.column, clTRID: cmp.Or(d.req.clTRID, d.findTRID(frame))}
}

// explain makes a refusal of a mistake that strictxml found. Errors of strictxml quote the value at
// fault, which must not happen to a password; nor to what belongs to a person, since the sentence stays
// in the transaction log.
func (d *decoder) explain(err error) *registry.Error {
	e := &registry.Error{Code: registry.Syntax, Reason: err.Error()}
	var broken *strictxml.Error
	if !errors.As(err, &broken) {
		return e
	}
	e.Field = usualName(broken.Name)
	switch {
	case broken.Kind == strictxml.WrongValue && isSecret(broken.Name.Local):
		e.Reason = fmt.Sprintf("line %d, column %d: <%s> has the wrong length or an attribute of a wrong value",
			broken.Line, broken.Column, broken.Element)
	case broken.Kind == strictxml.WrongValue && broken.Name.Space == nsContact:
		e.Reason = fmt.Sprintf("line %d, column %d: %s", broken.Line, broken.Column, broken.Unquoted)
	case broken.Kind == strictxml.MissingElement && d.advice != "":
		e.Reason += "; " + d.advice
	}
	return e
}

// isSecret reports whether elements of this local name hold what must not be repeated.
func isSecret(local string) bool {
	return local == "pw" || local == "newPW" || local == "authInfo" || local == "allocationToken"
}

var (
	declaredNamespace = regexp.MustCompile(`xmlns(?::[\w.-]+)?\s*=\s*["']([^"'<&]{1,200})["']`)
	eppElement        = regexp.MustCompile(`<(?:[\w.-]+:)?epp[\s>/]`)
)

// misprints says which faults of the manual's samples a frame has, that is not valid anyway. It looks
// at the text, since the frame may not be XML at all.
func misprints(frame string) []string {
	var advice []string
	if !eppElement.MatchString(frame) && strings.Contains(frame, "command") {
		advice = append(advice, noEPP)
	}
	const mostDeclared, mostAdvice = 64, 4
	for _, match := range declaredNamespace.FindAllStringSubmatch(frame, mostDeclared) {
		known, ok := meant(match[1])
		if ok && len(advice) < mostAdvice && !slices.Contains(advice, misprint(match[1], known)) {
			advice = append(advice, misprint(match[1], known))
		}
	}
	return advice
}

var plainTRID = regexp.MustCompile(`<(?:[\w.-]+:)?clTRID>\s*([\w.:-]{3,64})\s*</(?:[\w.-]+:)?clTRID>`)

// findTRID returns the clTRID of a frame that is not valid, so that its sender knows what the answer is
// to. In one that is not even XML it takes only what cannot be mistaken.
func (d *decoder) findTRID(frame []byte) string {
	if !isUnreadable(d.doc.Err()) {
		return d.surveyTRID(frame)
	}
	if match := plainTRID.FindSubmatch(frame); match != nil {
		return string(match[1])
	}
	return ""
}

func isUnreadable(err error) bool {
	var broken *strictxml.Error
	return errors.As(err, &broken) && !broken.Kind.AgainstSchema()
}

// surveyTRID reads a frame again, without a schema, and returns its clTRID.
func (d *decoder) surveyTRID(frame []byte) string {
	x, err := d.doc.Parse(frame, frameLimits(len(frame)))
	if err != nil {
		return ""
	}
	if x.Name.Local == "epp" && x.Peek() != nil {
		x = x.Any()
	}
	for x.Peek() != nil {
		if kid := x.Any(); kid.Name.Local == "clTRID" {
			return strictxml.Take(kid, trID)
		}
	}
	return ""
}
