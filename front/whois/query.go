package whois

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"unicode/utf8"

	"example.org/dorado/core/names"
)

// errTooLong is a query longer than the profile allows.
var errTooLong = errors.New("the query is too long; send one domain name and CR LF")

// readLine reads one query of up to limit octets. It ends at LF, before which a CR is left out, or
// where the client ends its side. RFC 3912 section 2.
func readLine(r io.Reader, limit int) (string, error) {
	line := make([]byte, 0, limit+2) // the query, CR and LF
	for {
		n, err := r.Read(line[len(line):cap(line)])
		line = line[:len(line)+n]
		text, _, ended := strings.Cut(string(line), "\n")
		text = strings.TrimSuffix(text, "\r")
		switch {
		case ended || errors.Is(err, io.EOF) && text != "":
			if len(text) > limit {
				return "", errTooLong
			}
			return text, nil
		case len(line) == cap(line):
			return "", errTooLong
		case err != nil:
			return "", err
		}
	}
}

// parse reads the name that a query asks for. Without a keyword, whatever comes is a domain name;
// the other forms of manual 7.2 are told apart so that their answer can say so.
func parse(query string) (names.Name, error) {
	words := strings.Fields(query)
	switch {
	case !utf8.ValidString(query):
		return names.Name{}, errors.New("the query is not UTF-8; send the name as UTF-8 or as an A-label")
	case strings.ContainsFunc(query, isControl):
		return names.Name{}, errors.New("the query has control characters; send one domain name and CR LF")
	case len(words) == 0:
		return names.Name{}, errors.New("the query is empty; send one domain name and CR LF")
	case len(words) > 1 && isKeyword(words[0]), isAddress(words[0]):
		return names.Name{}, errors.New("this server answers queries for domain names; " +
			"nameserver, registrar and IP address queries are not supported")
	case len(words) > 1:
		return names.Name{}, errors.New("the query has more than one word; send one domain name")
	}
	name, err := names.ParseLookup(words[0])
	if err != nil {
		return names.Name{}, fmt.Errorf("this is no domain name: %w", err)
	}
	return name, nil
}

func isControl(r rune) bool { return r < 0x20 && r != '\t' || r >= 0x7F && r < 0xA0 }

func isKeyword(word string) bool {
	return strings.EqualFold(word, "nameserver") || strings.EqualFold(word, "registrar")
}

func isAddress(word string) bool {
	_, err := netip.ParseAddr(word)
	return err == nil
}
