package scripts

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	mdns "github.com/miekg/dns"
)

// patience bounds every question on a socket.
const patience = 30 * time.Second

// whois asks for a name at port 43.
func (h *house) whois(what []string) (expectation, error) {
	conn, err := net.DialTimeout("tcp", h.whoisPort, patience)
	if err != nil {
		return expectation{}, err
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s\r\n", what[0])
	text, err := io.ReadAll(conn)
	if err != nil {
		return expectation{}, err
	}
	answer := collect("found")
	if strings.HasPrefix(string(text), "NOT FOUND") {
		answer = collect("missing")
	}
	for _, row := range strings.Split(string(text), "\r\n") {
		key, value, _ := strings.Cut(row, ": ")
		switch key {
		case "Domain Status":
			answer.add("status", value)
		case "Registry Expiry Date":
			answer.add("expires", date(value))
		case "Registrar":
			answer.add("sponsor", strings.TrimPrefix(value, "Registrar "))
		case "Name Server":
			answer.add("ns", value)
		}
	}
	return answer.sorted(), nil
}

// rdap asks for a name over HTTP. Statuses of several words are written with hyphens.
func (h *house) rdap(what []string) (expectation, error) {
	reply, err := http.Get(h.rdapURL + what[0])
	if err != nil {
		return expectation{}, err
	}
	defer reply.Body.Close()
	var domain struct {
		Status      []string
		Events      []struct{ EventAction, EventDate string }
		Nameservers []struct{ LDHName string }
		Entities    []struct {
			Handle    string
			Roles     []string
			PublicIDs []struct{ Identifier string }
		}
	}
	if err := json.NewDecoder(reply.Body).Decode(&domain); err != nil {
		return expectation{}, err
	}
	answer := collect(fmt.Sprint(reply.StatusCode))
	for _, s := range domain.Status {
		answer.add("status", strings.ReplaceAll(s, " ", "-"))
	}
	for _, e := range domain.Events {
		switch e.EventAction {
		case "expiration":
			answer.add("expires", date(e.EventDate))
		case "transfer":
			answer.add("transferred", date(e.EventDate))
		}
	}
	for _, ns := range domain.Nameservers {
		answer.add("ns", ns.LDHName)
	}
	for _, e := range domain.Entities {
		if len(e.PublicIDs) == 1 { // registrars have the IANA's ids 9001 and so on
			answer.add("sponsor", "H1"+strings.TrimPrefix(e.PublicIDs[0].Identifier, "9"))
		}
	}
	return answer.sorted(), nil
}

// dns asks for the name servers of a name, after what was published until then: where no engine runs, the server
// has just been started.
func (h *house) dns(what []string) (expectation, error) {
	if h.engine == never || !h.zones.Loaded() {
		if err := h.zones.Load(h.t.Context()); err != nil {
			return expectation{}, err
		}
	}
	if err := h.zones.Publish(h.t.Context()); err != nil {
		return expectation{}, err
	}
	reply, err := mdns.Exchange(new(mdns.Msg).SetQuestion(what[0]+".", mdns.TypeNS), h.dnsPort)
	if err != nil {
		return expectation{}, err
	}
	answer := collect(mdns.RcodeToString[reply.Rcode])
	for _, rr := range append(reply.Answer, reply.Ns...) {
		if ns, ok := rr.(*mdns.NS); ok {
			answer.add("ns", strings.TrimSuffix(ns.Ns, "."))
		}
	}
	for _, rr := range reply.Extra {
		if a, ok := rr.(*mdns.A); ok {
			answer.add("glue", a.A.String())
		}
	}
	return answer.sorted(), nil
}
