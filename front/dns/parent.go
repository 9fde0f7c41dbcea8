package dns

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
)

// parentPatience is how long a server may take to say what DS a zone has.
const parentPatience = 5 * time.Second

// A ParentAnswer is what one server says of the DS records of a zone.
type ParentAnswer struct {
	Server netip.AddrPort
	DS     [][]byte // their RDATA; none: it says that there is none
	TTL    uint32   // in seconds
	Err    error    // it said nothing that could be used
}

// AskParent asks servers for the DS records of a zone: name servers of the zone above, or resolvers. It asks by TCP, so
// that nobody can answer in their place who does not sit on the way.
func AskParent(ctx context.Context, servers []netip.AddrPort, origin zone.Name) []ParentAnswer {
	answers := make([]ParentAnswer, len(servers))
	for i, server := range servers {
		answers[i] = askParent(ctx, server, origin)
	}
	return answers
}

func askParent(ctx context.Context, server netip.AddrPort, origin zone.Name) (a ParentAnswer) {
	a.Server = server
	query := new(mdns.Msg).SetQuestion(origin.String(), mdns.TypeDS)
	client := &mdns.Client{Net: "tcp", Timeout: parentPatience}
	reply, _, err := client.ExchangeContext(ctx, query, server.String())
	switch {
	case err != nil:
		a.Err = err
		return a
	case reply.Rcode != mdns.RcodeSuccess:
		a.Err = fmt.Errorf("it answers %s", mdns.RcodeToString[reply.Rcode])
		return a
	case !reply.Authoritative && !reply.RecursionAvailable:
		a.Err = fmt.Errorf("it is neither a name server of the zone above nor a resolver")
		return a
	}
	for _, rr := range reply.Answer {
		ds, is := rr.(*mdns.DS)
		if !is || !strings.EqualFold(ds.Hdr.Name, origin.String()) { // many answer as their zone file writes it
			continue
		}
		packed := make([]byte, mdns.Len(ds)+1)
		end, err := mdns.PackRR(ds, packed, 0, nil, false)
		if err != nil {
			a.Err = err
			return a
		}
		a.DS, a.TTL = append(a.DS, packed[end-int(ds.Hdr.Rdlength):end]), ds.Hdr.Ttl
	}
	if len(a.DS) == 0 {
		a.Err = deniedAbove(reply, origin)
	}
	return a
}

// deniedAbove is the error that an answer without DS does not come from the zone above: name servers of the zone itself
// know nothing of its DS, and answer that there is none. RFC 4035 section 3.1.4.1, RFC 2308 section 2.2.
func deniedAbove(reply *mdns.Msg, origin zone.Name) error {
	for _, rr := range reply.Ns {
		soa, is := rr.(*mdns.SOA)
		switch {
		case !is:
		case strings.EqualFold(soa.Hdr.Name, origin.String()):
			return errors.New("it is a name server of the zone itself, which cannot know its DS")
		case mdns.IsSubDomain(soa.Hdr.Name, origin.String()):
			return nil
		}
	}
	return errors.New("it answers that there is none, without the SOA of the zone above")
}
