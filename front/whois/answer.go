package whois

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// instant is how times are shown: UTC, as in EPP. Decisions 4.12.
const instant = "2006-01-02T15:04:05.0Z"

// answer returns the answer to a query, in a buffer if it has room: records, NOT FOUND, or one line that says what is wrong. It is ready by an instant
// of real time.
func (s *Server) answer(to []byte, query []byte, until time.Time) []byte {
	asked, err := parse(string(query))
	if err == nil {
		asked, err = aim(asked, &s.config.Service.Profile)
	}
	switch {
	case err != nil:
		return append(to, failure(err.Error())...)
	case asked.query == nil:
		return append(to, help...)
	}
	page, kept := s.config.Service.Kept(asked.key, to)
	if !kept {
		ctx, cancel := context.WithDeadline(context.Background(), until)
		defer cancel()
		page, err = s.config.Service.MakePage(ctx, asked.key, asked.query, asked.write)
	}
	if err != nil {
		return append(to, s.fault(asked, err)...)
	}
	if page.Stamp >= 0 {
		var stamp [2 * len(instant)]byte
		copy(page.Body[page.Stamp:], s.config.Service.Clock().UTC().AppendFormat(stamp[:0], instant))
	}
	return page.Body
}

// fault logs why there is no answer, and says so to the client without the reason.
func (s *Server) fault(asked question, err error) string {
	if errors.Is(err, registry.ErrUnavailable) {
		s.config.Log.Warn("a query was not answered", "form", asked.key.Form, "query", asked.key.ID, "err", err)
		return failure("the registry is temporarily unavailable; try again later")
	}
	s.config.Log.Error("a query was not answered", "form", asked.key.Form, "query", asked.key.ID, "err", err)
	return failure("the registry cannot answer now; try again later")
}

// write writes what flow has answered.
func (asked *question) write(reply flow.Reply, refusal *registry.Error) flow.Page {
	var l lines
	switch {
	case refusal != nil && asked.missing != "":
		return flow.Page{Body: []byte(failure(asked.missing)), Stamp: -1}
	case refusal != nil && refusal.Code != registry.ObjectMissing:
		return flow.Page{Body: []byte(failure(refusal.Reason)), Stamp: -1}
	case refusal == nil:
		l.records(reply)
		l.goOn(asked, reply)
	}
	if l.text.Len() == 0 {
		l.text.WriteString("NOT FOUND\r\n")
	}
	return l.page()
}

func failure(reason string) string { return "ERROR: " + clean(reason) + "\r\n" }

// records writes all that was found, with an empty line between two records.
func (l *lines) records(reply flow.Reply) {
	switch found := reply.(type) {
	case flow.DomainFound:
		l.domain(found)
	case flow.HostFound:
		l.host(found)
	case flow.HostsFound:
		for _, h := range found.Hosts {
			l.next()
			l.host(h)
		}
	case []flow.RegistrarFound:
		for _, r := range found {
			l.next()
			l.registrar(r)
		}
	}
}

// goOn tells what to ask for the rest, where that is more than one answer has room for.
func (l *lines) goOn(asked *question, reply flow.Reply) {
	found, several := reply.(flow.HostsFound)
	if of, _ := asked.query.(flow.HostsByAddress); several && found.After != "" {
		fmt.Fprintf(&l.text, "\r\n%% More name servers have this address; for the next send: %s %s %s\r\n", of.Address, behind, found.After)
	}
}

// help tells the forms of a query. Manual 7.2.
const help = "This is the WHOIS service of the registry. Send one query and CR LF:\r\n" +
	"\r\n" +
	"  NAME, domain NAME      a domain name, in A-labels or in U-labels as UTF-8\r\n" +
	"  nameserver NAME        a name server; also host NAME, and NAME alone below a registration\r\n" +
	"  ADDRESS                the name servers that have an IPv4 or IPv6 address\r\n" +
	"  ADDRESS after ID       the next ones, where they are more than one answer shows\r\n" +
	"  registrar ID           a registrar by its id or its IANA id\r\n" +
	"  registrar NAME         a registrar by its whole name\r\n" +
	"  help                   this text\r\n" +
	"\r\n" +
	"Answers are in UTF-8. What is not registered is answered NOT FOUND. Fields of contacts that\r\n" +
	"their registrars have not opened to the public read " + redacted + ".\r\n" +
	"The number of queries is limited. Programs had better use RDAP, and registrars EPP.\r\n"
