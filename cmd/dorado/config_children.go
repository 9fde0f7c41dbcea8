package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/names"
	"example.org/dorado/core/zone"
)

// childrenConfig says how the zones of names are scanned. Where their DS follow, and how, is the profile's to say.
type childrenConfig struct {
	Resolvers   []string `toml:"resolvers"`
	TrustedPath bool     `toml:"trusted_path"`
	Notify      string   `toml:"notify"`
}

func defaultChildren() childrenConfig { return childrenConfig{Resolvers: []string{}} }

func (c childrenConfig) check() error {
	resolvers, err := c.resolvers()
	if err != nil {
		return err
	}
	if c.TrustedPath && len(resolvers) == 0 {
		return errors.New("zone.children.trusted_path: there is no resolver to which the path could be trusted; set zone.children.resolvers")
	}
	_, _, err = c.target()
	return err
}

// resolvers reads the addresses of resolvers, each with its port or for port 53.
func (c childrenConfig) resolvers() ([]netip.AddrPort, error) {
	list := make([]netip.AddrPort, len(c.Resolvers))
	for i, text := range c.Resolvers {
		address, err := netip.ParseAddrPort(text)
		if bare, bareErr := netip.ParseAddr(text); bareErr == nil {
			address, err = netip.AddrPortFrom(bare, uint16(wellKnown[serviceDNS])), nil
		}
		if err != nil {
			return nil, fmt.Errorf("zone.children.resolvers: %q is no address such as 127.0.0.1:53 or [::1]:53", text)
		}
		list[i] = address
	}
	return list, nil
}

// target reads where notifications go: a name and a port. The name is zero if nobody is told.
func (c childrenConfig) target() (names.Name, uint16, error) {
	if c.Notify == "" {
		return names.Name{}, 0, nil
	}
	host, port := c.Notify, strconv.Itoa(wellKnown[serviceDNS])
	if h, p, err := net.SplitHostPort(c.Notify); err == nil {
		host, port = h, p
	}
	name, err := names.Parse(host)
	number, portErr := strconv.ParseUint(port, 10, 16)
	if err != nil || portErr != nil || number == 0 {
		return names.Name{}, 0, fmt.Errorf("zone.children.notify: %q is no host name such as notify.example.com or notify.example.com:53", c.Notify)
	}
	return name, uint16(number), nil
}

const (
	// dsyncTTL is that of DSYNC records, in seconds: they hardly ever change.
	dsyncTTL = 86_400
	// schemeNotify says in a DSYNC record that children are to send NOTIFY. RFC 9859 section 2.2.
	schemeNotify = 1
)

// dsync returns the records that tell children of a zone where to notify its registry of new CDS; none if nobody is told.
// Children ask for CHILD._dsync.ZONE first, and then, as here, for _dsync.ZONE. RFC 9859 sections 3 and 4.1.
func (c childrenConfig) dsync(origin names.Name) ([]zone.Change, error) {
	host, port, err := c.target()
	if err != nil || host.IsZero() {
		return nil, err
	}
	owner, err := zone.ParseName("_dsync." + origin.String())
	if err != nil {
		return nil, err
	}
	target, err := zone.ParseName(host.String())
	if err != nil {
		return nil, err
	}
	data := binary.BigEndian.AppendUint16(nil, mdns.TypeCDS)
	data = binary.BigEndian.AppendUint16(append(data, schemeNotify), port)
	return []zone.Change{{
		Owner: owner, RRset: zone.RRset{Type: zone.TypeDSYNC, TTL: dsyncTTL, Data: [][]byte{append(data, target...)}},
	}}, nil
}
