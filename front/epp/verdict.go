package epp

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A Verdict is what is to be said of a frame that a registrar shows without sending it. Manual 9.10.
type Verdict struct {
	Explanation
	// Valid says that the schemas allow the frame. Else Line and Column say where it breaks them, counted from 1; they
	// are 0 where no place is to blame.
	Valid        bool
	Line, Column int
	Means        []string // what the frame asks for, in words; nothing if it cannot be read
	Extensions   []string // namespaces of what it carries in <extension>
	ClTRID       string
}

// Judge says what is to be said of a frame of a registrar, which has no header. Nothing happens, but that it counts as the
// command would: see flow.Ask.Own.
func Judge(ctx context.Context, s *flow.Service, who registry.RegistrarID, frame []byte) (Verdict, error) {
	req := decode(frame, s.Terms().Limits)
	v := Verdict{
		Valid: req.invalid == nil, Line: req.line, Column: req.column, Means: meaning(req), Extensions: req.extensions, ClTRID: req.clTRID,
	}
	if v.Valid && req.command == nil && req.query == nil && req.refusal == nil {
		// A session would have to be there.
		v.Explanation = Explanation{Explanation: flow.Explanation{At: s.Clock().UTC(), Registrar: who}, Command: req.subject.Command}
		return v, nil
	}
	var err error
	v.Explanation, err = explainRequest(ctx, s, req, flow.Ask{Registrar: who, Own: true})
	return v, err
}

// maskOfSecret stands for what must not be shown.
const maskOfSecret = "********"

var secretElements = regexp.MustCompile(`(?is)(<(?:[\w.-]+:)?(?:pw|newPW|allocationToken)(?:\s[^>]*)?>)(.*?)(</\s*(?:[\w.-]+:)?(?:pw|newPW|allocationToken)\s*>|$)`)

// Mask returns a frame in which no password, authInfo or allocation token can be read, whether the frame is valid or not.
// Its lines stay where they are.
func Mask(frame string) string {
	return secretElements.ReplaceAllStringFunc(frame, func(found string) string {
		parts := secretElements.FindStringSubmatch(found)
		return parts[1] + maskOfSecret + strings.Repeat("\n", strings.Count(parts[2], "\n")) + parts[3]
	})
}

// meaning says what a request asks for.
func meaning(req *request) []string {
	switch req.kind {
	case kindHello:
		return []string{"asks for the greeting"}
	case kindLogin:
		return []string{"logs in as " + req.login.clID, "asks for " + countOf(len(req.login.objURIs), "kind of object", "kinds of objects") +
			" and " + countOf(len(req.login.extURIs), "extension", "extensions")}
	case kindLogout:
		return []string{"ends the session"}
	case kindBroken:
		return nil
	}
	if req.command != nil {
		if said := meaningOfDomain(req.command); said != nil {
			return said
		}
		if said := meaningOfOthers(req.command); said != nil {
			return said
		}
	}
	return meaningOfSubject(req)
}

// meaningOfSubject says no more than what a request does to which object.
func meaningOfSubject(req *request) []string {
	subject := req.subject
	if q, ok := req.query.(flow.DomainCheck); ok {
		return []string{"asks which can be registered of " + strings.Join(q.Names, ", ")}
	}
	if subject.Command == "" {
		return []string{"asks for the next message, or acknowledges one"}
	}
	return []string{strings.TrimSpace(subject.Command + " of the " + subject.Object + " " + subject.ID)}
}

// meaningOfDomain says what a command does to a name.
func meaningOfDomain(cmd flow.Command) []string {
	switch cmd := cmd.(type) {
	case flow.DomainCreate:
		return append(sentences(
			fmt.Sprintf("registers %s for %s", cmd.Name, yearsOf(cmd.Years)),
			behind("for the registrant ", cmd.Registrant), behind("contacts: ", rolesSaid(cmd.Contacts)),
			behind("name servers: ", listOf(cmd.Nameservers)), countSaid("with %s", len(cmd.DS), "DS record", "DS records"),
		), agreedFee(cmd.Fee)...)
	case flow.DomainRenew:
		return append(sentences(fmt.Sprintf("renews %s, which expires on %s, for %s", cmd.Name, cmd.CurrentExpiry.Format("2006-01-02"), yearsOf(cmd.Years))), agreedFee(cmd.Fee)...)
	case flow.DomainDelete:
		return sentences("deletes " + cmd.Name.String())
	case flow.DomainTransfer:
		return append(sentences(fmt.Sprintf("asks for the transfer of %s to this registrar, renewed for %s", cmd.Name, yearsOf(cmd.Years))), agreedFee(cmd.Fee)...)
	case flow.DomainTransferEnd:
		return sentences("ends the transfer of " + cmd.Name.String() + ": " + string(cmd.How))
	case flow.DomainRestore:
		return sentences("restores " + cmd.Update.Name.String())
	case flow.DomainUpdate:
		return sentences("changes "+cmd.Name.String(), domainEditSaid("adds ", cmd.Add), domainEditSaid("removes ", cmd.Remove),
			optional("gives it the registrant ", cmd.Registrant), secretSaid("sets its authInfo", cmd.AuthInfo),
			countSaid("adds %s", len(cmd.DS.Add), "DS record", "DS records"), countSaid("removes %s", len(cmd.DS.Remove), "DS record", "DS records"))
	}
	return nil
}

// meaningOfOthers says what a command does to a host or a contact.
func meaningOfOthers(cmd flow.Command) []string {
	switch cmd := cmd.(type) {
	case flow.HostCreate:
		return sentences("creates the host "+cmd.Name.String(), behind("with the addresses ", listOf(cmd.Addresses)))
	case flow.HostUpdate:
		rename := ""
		if !cmd.NewName.IsZero() {
			rename = "renames it to " + cmd.NewName.String()
		}
		return sentences("changes the host "+cmd.Name.String(), rename, hostEditSaid("adds ", cmd.Add), hostEditSaid("removes ", cmd.Remove))
	case flow.HostDelete:
		return sentences("deletes the host " + cmd.Name.String())
	case flow.ContactCreate:
		return sentences("creates the contact " + cmd.ID)
	case flow.ContactUpdate:
		return sentences("changes the contact "+cmd.ID, behind("adds ", listOf(cmd.Add)), behind("removes ", listOf(cmd.Remove)), secretSaid("sets its authInfo", cmd.AuthInfo))
	case flow.ContactDelete:
		return sentences("deletes the contact " + cmd.ID)
	case flow.ContactTransfer:
		return sentences("asks for the transfer of the contact " + cmd.ID + " to this registrar")
	case flow.ContactTransferEnd:
		return sentences("ends the transfer of the contact " + cmd.ID + ": " + string(cmd.How))
	}
	return nil
}

// said leaves out what is empty.
func sentences(lines ...string) []string {
	var list []string
	for _, line := range lines {
		if line != "" {
			list = append(list, line)
		}
	}
	return list
}

func behind(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}

func optional(before string, text *string) string {
	if text == nil {
		return ""
	}
	return before + *text
}

func secretSaid(what string, secret *string) string {
	switch {
	case secret == nil:
		return ""
	case *secret == "":
		return what + " to none"
	}
	return what
}

func countSaid(format string, n int, one, many string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(format, countOf(n, one, many))
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func yearsOf(n int) string { return countOf(cmp.Or(n, 1), "year", "years") }

func agreedFee(f flow.FeeSaid) []string {
	if !f.Given {
		return nil
	}
	return []string{strings.TrimSpace("agrees to a fee of " + f.Text + " " + f.Currency)}
}

// listOf writes names, addresses or statuses one after the other.
func listOf[T names.Name | netip.Addr | registry.Status](list []T) string {
	texts := make([]string, len(list))
	for i, one := range list {
		texts[i] = fmt.Sprint(one)
	}
	return strings.Join(texts, ", ")
}

func rolesSaid(list []flow.Role) string {
	texts := make([]string, len(list))
	for i, r := range list {
		texts[i] = r.ID + " (" + r.Role + ")"
	}
	return strings.Join(texts, ", ")
}

func domainEditSaid(verb string, e flow.DomainEdit) string {
	return behind(verb, strings.Join(sentences(behind("name servers ", listOf(e.Nameservers)), behind("contacts ", rolesSaid(e.Contacts)), behind("statuses ", listOf(e.Statuses))), "; "))
}

func hostEditSaid(verb string, e flow.HostEdit) string {
	return behind(verb, strings.Join(sentences(behind("addresses ", listOf(e.Addresses)), behind("statuses ", listOf(e.Statuses))), "; "))
}
