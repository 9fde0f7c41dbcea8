package scripts

import (
	"fmt"
	"regexp"
	"strings"

	"example.org/dorado/core/names"
)

// An order is a command as a line has it: its verb, the object, and words that say more.
type order struct {
	verb, object, id string
	words            []string
}

var (
	years  = regexp.MustCompile(`^\d+y$`)
	isHost = regexp.MustCompile(`\.`)
)

// objectOf tells what an id is of: a name is a host's where it is no name that is registered here.
func (h *house) objectOf(id string) string {
	if !isHost.MatchString(id) {
		return "contact"
	}
	if name, err := names.Parse(id); err == nil {
		if _, ours := h.world.Service.Profile.Zone(name.Parent()); !ours {
			return "host"
		}
	}
	return "domain"
}

// command has a registrar send a command: VERB OBJECT WORDS.
func (h *house) command(who string, what []string) (expectation, error) {
	if what[0] == "login" {
		_, answer, err := h.login(who)
		return answer, err
	}
	s, err := h.session(who)
	if err != nil {
		return expectation{}, err
	}
	if what[0] == "poll" {
		return s.poll()
	}
	if len(what) < 2 {
		return expectation{}, fmt.Errorf("%s does what, and to what?", who)
	}
	id, _, _ := strings.Cut(who, "/")
	o := order{verb: what[0], object: h.objectOf(what[1]), id: what[1], words: what[2:]}
	command, extension, err := o.frame(id)
	if err != nil {
		return expectation{}, err
	}
	document, err := s.ask(command, extension)
	if err != nil {
		return expectation{}, err
	}
	return answerOf(document)
}

// poll fetches a message and takes it off the queue.
func (s *session) poll() (expectation, error) {
	document, err := s.ask(`<poll op="req"/>`, "")
	if err != nil {
		return expectation{}, err
	}
	if m := messageID.FindStringSubmatch(document); m != nil {
		if _, err := s.ask(`<poll op="ack" msgID="`+m[1]+`"/>`, ""); err != nil {
			return expectation{}, err
		}
	}
	return answerOf(document)
}

var messageID = regexp.MustCompile(`<msgQ[^>]* id="(\d+)"`)

// word returns the word that follows a key among the words of an order.
func (o order) word(key, otherwise string) string {
	for i, w := range o.words {
		if w == key && i+1 < len(o.words) {
			return o.words[i+1]
		}
	}
	return otherwise
}

// period is the period, such as 2y, if the order has one.
func (o order) period() string {
	for _, w := range o.words {
		if years.MatchString(w) {
			return `<domain:period unit="y">` + strings.TrimSuffix(w, "y") + "</domain:period>"
		}
	}
	return ""
}

// secret makes an authInfo of a word of a line, as strong as RFC 9154 wants it.
func secret(word string) string {
	if word == "empty" {
		return ""
	}
	return word + "-7Jk2pXw9QmT4vRz8LnB5cH"
}

// authInfo is <authInfo> with the secret of a word, or nothing if there is none.
func (o order) authInfo(word string) string {
	if word == "" {
		return ""
	}
	return o.elements("authInfo", o.elements("pw", secret(word)))
}

// elements is an element of the order's object.
func (o order) elements(name string, content ...string) string {
	return "<" + o.object + ":" + name + ">" + strings.Join(content, "") + "</" + o.object + ":" + name + ">"
}

// whole is a command for the order's object.
func (o order) whole(verb, attributes string, content ...string) string {
	key := "name"
	if o.object == "contact" {
		key = "id"
	}
	return "<" + verb + attributes + "><" + o.object + ":" + verb + ` xmlns:` + o.object + `="urn:ietf:params:xml:ns:` + o.object + `-1.0">` +
		o.elements(key, o.id) + strings.Join(content, "") + "</" + o.object + ":" + verb + "></" + verb + ">"
}

// fee is the fee extension of a command, if the order says a fee.
func (o order) fee(verb string) string {
	amount := o.word("fee", "")
	if amount == "" {
		return ""
	}
	return "<fee:" + verb + ` xmlns:fee="urn:ietf:params:xml:ns:epp:fee-1.0"><fee:currency>USD</fee:currency><fee:fee>` +
		amount + "</fee:fee></fee:" + verb + ">"
}

// frame writes the command of an order, and what extends it.
func (o order) frame(who string) (command, extension string, err error) {
	switch o.verb {
	case "check", "info":
		return o.whole(o.verb, "", o.authInfo(o.word("pw", ""))), "", nil
	case "delete":
		return o.whole("delete", ""), "", nil
	case "create":
		return o.create(who), o.fee("create"), nil
	case "renew":
		return o.whole("renew", "", o.elements("curExpDate", o.words[0]), o.period()), o.fee("renew"), nil
	case "update":
		command, err := o.update()
		return command, o.fee("update"), err
	case "restore":
		return o.whole("update", ""), o.fee("update") + `<rgp:update xmlns:rgp="urn:ietf:params:xml:ns:rgp-1.0"><rgp:restore op="request"/></rgp:update>`, nil
	case "report":
		return o.whole("update", ""), report, nil
	case "transfer":
		return o.whole("transfer", ` op="request"`, o.period(), o.authInfo(o.word("pw", ""))), o.fee("transfer"), nil
	case "query", "cancel", "approve", "reject":
		return o.whole("transfer", ` op="`+o.verb+`"`, o.authInfo(o.word("pw", ""))), "", nil
	}
	return "", "", fmt.Errorf("no registrar can %s", o.verb)
}

// report is a restore report, of which nobody reads more than that it came.
const report = `<rgp:update xmlns:rgp="urn:ietf:params:xml:ns:rgp-1.0"><rgp:restore op="report"><rgp:report><rgp:preData>before</rgp:preData>` +
	`<rgp:postData>after</rgp:postData><rgp:delTime>2026-03-01T12:00:00Z</rgp:delTime><rgp:resTime>2026-03-02T12:00:00Z</rgp:resTime>` +
	`<rgp:resReason>the registrant asked</rgp:resReason><rgp:statement>It is so.</rgp:statement></rgp:report></rgp:restore></rgp:update>`

// create writes a create. A name has the registrar's contact, the first name server that is there, and a
// secret of the word "secret", unless the order says ns or pw.
func (o order) create(who string) string {
	switch o.object {
	case "host":
		var addresses []string
		for _, a := range o.words {
			addresses = append(addresses, o.elements("addr", a))
		}
		return o.whole("create", "", addresses...)
	case "contact":
		return o.whole("create", "", `<contact:postalInfo type="int"><contact:name>Ana</contact:name><contact:addr>`+
			`<contact:street>Calle 10</contact:street><contact:city>Bogota</contact:city><contact:pc>110221</contact:pc>`+
			`<contact:cc>CO</contact:cc></contact:addr></contact:postalInfo><contact:voice>+57.6015550100</contact:voice>`+
			`<contact:email>ana@example.com</contact:email>`, o.authInfo(o.word("pw", "secret")))
	}
	contact := o.word("contact", contactOf(who))
	hosts := ""
	if list := o.word("ns", nameservers[0]); list != "none" {
		hosts = o.elements("ns", o.hosts(list))
	}
	return o.whole("create", "", o.period(), hosts, o.elements("registrant", contact),
		`<domain:contact type="admin">`+contact+"</domain:contact>", `<domain:contact type="tech">`+contact+"</domain:contact>",
		o.authInfo(o.word("pw", "secret")))
}

// hosts are name servers, parted by commas.
func (o order) hosts(list string) string {
	var all strings.Builder
	for name := range strings.SplitSeq(list, ",") {
		all.WriteString(o.elements("hostObj", name))
	}
	return all.String()
}

// update writes an update: words such as +clientHold and -clientHold, ns+HOST and ns-HOST, and pw WORD.
func (o order) update() (string, error) {
	var edits [2]struct{ hosts, statuses string }
	change := o.authInfo(o.word("pw", ""))
	for i, w := range o.words {
		side := &edits[0]
		host, isHost := strings.CutPrefix(w, "ns")
		if host != "" && host[0] == '-' {
			side = &edits[1]
		}
		switch {
		case w == "pw", w == "fee", i > 0 && (o.words[i-1] == "pw" || o.words[i-1] == "fee"):
		case host == "" || host[0] != '+' && host[0] != '-':
			return "", fmt.Errorf("an update has no %q", w)
		case isHost:
			side.hosts += o.elements("hostObj", host[1:])
		default:
			side.statuses += "<" + o.object + `:status s="` + host[1:] + `"/>`
		}
	}
	var content []string
	for i, name := range []string{"add", "rem"} {
		if e := edits[i]; e.hosts != "" {
			content = append(content, o.elements(name, o.elements("ns", e.hosts), e.statuses))
		} else if e.statuses != "" {
			content = append(content, o.elements(name, e.statuses))
		}
	}
	if change != "" {
		content = append(content, o.elements("chg", change))
	}
	return o.whole("update", "", content...), nil
}
