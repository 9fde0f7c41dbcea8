package whois

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// errTooLong is a query longer than the profile allows.
var errTooLong = errors.New("the query is too long; send one domain name and CR LF, or help")

// readLine reads one query into a buffer, which has room for CR and LF behind the longest query that is allowed. The query
// ends at LF, before which a CR is left out, or where the client ends its side. More reports whether the client has sent
// more than that. RFC 3912 section 2.
func readLine(r io.Reader, buffer []byte) (line []byte, more bool, err error) {
	for got := 0; ; {
		n, err := r.Read(buffer[got:])
		searched := got
		got += n
		end := bytes.IndexByte(buffer[searched:got], '\n')
		if end >= 0 {
			line, more = buffer[:searched+end], searched+end+1 < got
		} else if line = buffer[:got]; !errors.Is(err, io.EOF) || got == 0 {
			switch {
			case got == len(buffer):
				return nil, true, errTooLong
			case err != nil:
				return nil, false, err
			}
			continue
		}
		if line = bytes.TrimSuffix(line, []byte("\r")); len(line) > len(buffer)-2 {
			return nil, true, errTooLong
		}
		return line, more, nil
	}
}

// A question is what a query asks for: something of flow, and the key under which its answer is kept; or help, without
// either.
type question struct {
	query   flow.Query
	key     flow.PageKey
	bare    bool   // no keyword says what it is
	missing string // why there is nothing, where that is worth more than NOT FOUND
}

// The forms of the pages that are kept.
const (
	formDomain     = "whois/domain"
	formNameserver = "whois/nameserver"
	formBare       = "whois/bare"
	formRegistrar  = "whois/registrar"
	formAddress    = "whois/address"
)

// A keyword begins a query and says what the rest of it is. Manual 7.2.
type keyword struct {
	word  string
	wants string // of what stands behind it
	parse func(rest string) (question, error)
}

func keywords() []keyword {
	return []keyword{
		{"domain", "a domain name", parseDomain},
		{"nameserver", "a host name or an IP address", parseNameserver},
		{"host", "a host name or an IP address", parseNameserver},
		{"registrar", "an id or a whole name", parseRegistrar},
	}
}

// parse reads what a query asks for. Without a keyword, whatever comes is a domain name, unless it is an IP address.
func parse(query string) (question, error) {
	switch {
	case !utf8.ValidString(query):
		return question{}, errors.New("the query is not UTF-8; send the name as UTF-8 or as an A-label")
	case strings.ContainsFunc(query, isControl):
		return question{}, errors.New("the query has control characters; send one domain name and CR LF, or help")
	}
	words, err := withoutOptions(strings.Fields(query))
	if err != nil {
		return question{}, err
	}
	if len(words) == 0 {
		return question{}, errors.New("the query is empty; send one domain name and CR LF, or help")
	}
	if len(words) == 1 && (strings.EqualFold(words[0], "help") || words[0] == "?") {
		return question{}, nil
	}
	for _, k := range keywords() {
		if !strings.EqualFold(words[0], k.word) {
			continue
		}
		rest := strings.TrimPrefix(strings.Join(words[1:], " "), "=")
		if rest == "" {
			return question{}, fmt.Errorf("%s needs %s behind it; send help for the forms of a query", k.word, k.wants)
		}
		return k.parse(rest)
	}
	rest := strings.TrimPrefix(strings.Join(words, " "), "=")
	if asked, is := parseAddress(rest); is {
		return asked, nil
	}
	asked, err := parseDomain(rest)
	asked.bare = true
	return asked, err
}

// options are what clients of other registries put before a query, with a value each: -T dn or -T dn,ace asks for a
// domain name, -C for a character set, and -V says which client it is.
var options = []string{"-T", "-C", "-V"}

// withoutOptions takes off options that change nothing here, and refuses the rest: an answer to something else than was
// asked would be worse than none.
func withoutOptions(words []string) ([]string, error) {
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		option, value, spent := cutOption(words)
		known := slices.Contains(options, option)
		switch kind, _, _ := strings.Cut(strings.ToLower(value), ","); {
		case option == "-T" && kind != "dn" && kind != "domain":
			known = false
		case option == "-C" && kind != "utf-8" && kind != "utf8":
			return nil, errors.New("answers are in UTF-8, and in no other character set; leave -C out")
		}
		if !known {
			return nil, errors.New("this server takes no options but -T dn; send one domain name, or help for the forms of a query")
		}
		words = words[spent:]
	}
	return words, nil
}

// cutOption parts an option from its value, which may be the next word, and says how many words they are.
func cutOption(words []string) (option, value string, spent int) {
	option, value = words[0][:min(2, len(words[0]))], words[0][min(2, len(words[0])):]
	if value != "" || len(words) == 1 {
		return option, value, 1
	}
	return option, words[1], 2
}

func parseDomain(text string) (question, error) {
	name, err := parseName(text)
	if err != nil {
		return question{}, err
	}
	return question{query: flow.DomainLookup{Name: name}, key: flow.PageKey{Form: formDomain, ID: name.String()}}, nil
}

func parseNameserver(text string) (question, error) {
	if asked, is := parseAddress(text); is {
		return asked, nil
	}
	name, err := parseName(text)
	if err != nil {
		return question{}, err
	}
	return ofHost(name), nil
}

func ofHost(name names.Name) question {
	return question{query: flow.HostLookup{Name: name}, key: flow.PageKey{Form: formNameserver, ID: name.String()}}
}

// parseRegistrar keeps an answer under the very words: which of them are alike is for flow to say, and lower case is not what
// it goes by.
func parseRegistrar(text string) (question, error) {
	return question{query: flow.RegistrarLookup{Handle: text, Name: text}, key: flow.PageKey{Form: formRegistrar, ID: text}}, nil
}

// behind stands in a query for an address before the ROID of the last name server that an answer has shown.
const behind = "after"

// parseAddress reads an address, and behind which of its name servers the answer begins, where that is said.
func parseAddress(text string) (question, bool) {
	words := strings.Fields(text)
	if len(words) != 1 && (len(words) != 3 || !strings.EqualFold(words[1], behind) || !isROID(words[2])) {
		return question{}, false
	}
	a, err := netip.ParseAddr(words[0])
	if err != nil {
		return question{}, false
	}
	a = a.Unmap().WithZone("")
	asked := question{query: flow.HostsByAddress{Address: a}, key: flow.PageKey{Form: formAddress, ID: a.String()}}
	if len(words) == 3 {
		after := strings.ToUpper(words[2])
		asked.query, asked.key.ID = flow.HostsByAddress{Address: a, After: registry.ROID(after)}, a.String()+" "+behind+" "+after
	}
	return asked, true
}

// isROID reports whether a text can be an id of the repository. RFC 5730 section 2.8.
func isROID(text string) bool {
	isOther := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-' }
	return len(text) <= 89 && !strings.ContainsFunc(text, isOther)
}

func parseName(text string) (names.Name, error) {
	if strings.Contains(text, " ") {
		return names.Name{}, errors.New("the query has more than one word; send one name, or help for the forms of a query")
	}
	name, err := names.ParseLookup(text)
	if err != nil {
		return names.Name{}, fmt.Errorf("this is no domain name: %w", err)
	}
	return name, nil
}

func isControl(r rune) bool { return r < 0x20 && r != '\t' || r >= 0x7F && r < 0xA0 }
