package children

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/names"
)

const (
	// hostsKept bounds the name servers whose addresses are remembered: for hostKept, or for noHostKept if there are none.
	// Thousands of names share a name server, and are due one after the other.
	hostsKept  = 20_000
	hostKept   = 30 * time.Minute
	noHostKept = 5 * time.Minute
)

// A resolver finds what is outside our zones by resolvers of the operator's.
type resolver struct {
	asker   *asker
	servers []netip.AddrPort
	trusted bool // the path to them is
	now     func() time.Time

	mu    sync.Mutex
	known map[names.Name]knownHost
}

type knownHost struct {
	addresses []netip.Addr
	until     time.Time
}

var (
	errNoResolver = errors.New("no resolver is configured (zone.children.resolver), and its address is not below our zones")
	errNoAddress  = errors.New("it has no address")
	errNotSigned  = errors.New("the answer is not validated: the zone is not signed")
	errNotTrusted = errors.New("the resolver is not on this machine, and nobody says that the path to it can be trusted (zone.children.trusted_path)")
)

// addresses returns the addresses of a name server.
func (r *resolver) addresses(ctx context.Context, host names.Name) ([]netip.Addr, error) {
	r.mu.Lock()
	known, is := r.known[host]
	r.mu.Unlock()
	if !is || !r.now().Before(known.until) {
		var err error
		if known, err = r.find(ctx, host); err != nil {
			return nil, err
		}
		r.remember(host, known)
	}
	if len(known.addresses) == 0 {
		return nil, errNoAddress
	}
	return known.addresses, nil
}

func (r *resolver) find(ctx context.Context, host names.Name) (knownHost, error) {
	var found knownHost
	for _, kind := range []uint16{mdns.TypeA, mdns.TypeAAAA} {
		m, err := r.ask(ctx, absolute(host.String()), kind)
		if err != nil {
			return found, err
		}
		for _, rr := range m.Answer[:min(len(m.Answer), mostRecords)] {
			if !strings.EqualFold(rr.Header().Name, absolute(host.String())) { // a name server is no alias. RFC 2181 section 10.3
				continue
			}
			switch rr := rr.(type) {
			case *mdns.A:
				if a, ok := netip.AddrFromSlice(rr.A.To4()); ok {
					found.addresses = append(found.addresses, a)
				}
			case *mdns.AAAA:
				if a, ok := netip.AddrFromSlice(rr.AAAA.To16()); ok {
					found.addresses = append(found.addresses, a)
				}
			}
		}
	}
	found.until = r.now().Add(hostKept)
	if len(found.addresses) == 0 {
		found.until = r.now().Add(noHostKept)
	}
	return found, nil
}

func (r *resolver) remember(host names.Name, found knownHost) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) >= hostsKept {
		clear(r.known)
	}
	r.known[host] = found
}

// validated returns the records of a name that a resolver has validated, or that there are none if that is validated. RFC
// 4035 section 3.2.3.
func (r *resolver) validated(ctx context.Context, name string, kind uint16) (rrset, error) {
	m, err := r.ask(ctx, name, kind)
	switch {
	case err != nil:
		return rrset{}, err
	case !m.AuthenticatedData:
		return rrset{}, errNotSigned
	}
	set, err := readSet(m, name, kind)
	if errors.Is(err, errNoName) {
		return rrset{}, nil
	}
	return set, err
}

// ask asks the resolvers in turn until one answers. Those that cannot be believed are not asked for what is validated: the
// answer has then no AD bit.
func (r *resolver) ask(ctx context.Context, name string, kind uint16) (*mdns.Msg, error) {
	last := errNoResolver
	for _, to := range r.servers {
		m, err := r.asker.ask(ctx, question{to: to, name: name, kind: kind, recursive: true})
		switch {
		case err != nil:
			last = fmt.Errorf("the resolver %s: %w", to, err)
		case m.Rcode != mdns.RcodeSuccess && m.Rcode != mdns.RcodeNameError:
			last = fmt.Errorf("the resolver %s answers %s", to, rcodeText(m.Rcode))
		case m.AuthenticatedData && !r.trusted && !to.Addr().IsLoopback() && (kind == mdns.TypeCDS || kind == mdns.TypeCDNSKEY):
			last = errNotTrusted
		default:
			return m, nil
		}
	}
	return nil, last
}
