package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"syscall"

	"example.org/dorado/front/dns"
)

// A role is a part of the registry that a process can run.
type role string

// The roles of architecture section 2 that this version has.
const (
	roleEPP     role = "epp"
	roleWHOIS   role = "whois"
	roleRDAP    role = "rdap"
	roleConsole role = "console" // of registrars; so far what their programs ask of it
	roleFTPS    role = "ftps"
	roleDNS     role = "dns"
	roleEngine  role = "engine"
	roleOTE     role = "ote" // the test environment
)

// allRoles is what a process runs unless it is told otherwise.
var allRoles = []role{roleEPP, roleWHOIS, roleRDAP, roleConsole, roleFTPS, roleDNS, roleEngine, roleOTE}

// parseRoles reads the roles of a command line.
func parseRoles(list []string) ([]role, error) {
	if len(list) == 0 {
		return allRoles, nil
	}
	roles := make([]role, len(list))
	for i, text := range list {
		if roles[i] = role(text); !slices.Contains(allRoles, roles[i]) {
			return nil, fmt.Errorf("there is no role %q; the roles are epp, whois, rdap, console, ftps, dns, engine and ote", text)
		}
	}
	return roles, nil
}

// servicesOf returns what has to listen for roles. Health always does.
func servicesOf(roles []role) []service {
	var services []service
	for _, r := range roles {
		switch r {
		case roleEPP:
			services = append(services, serviceEPP)
		case roleWHOIS:
			services = append(services, serviceWHOIS)
		case roleRDAP, roleConsole:
			if !slices.Contains(services, serviceHTTPS) { // which they share
				services = append(services, serviceHTTPS)
			}
		case roleFTPS:
			services = append(services, serviceFTPS)
		case roleDNS:
			services = append(services, serviceDNS)
		case roleOTE:
			services = append(services, serviceTestEPP, serviceTestHTTPS)
		}
	}
	return append(services, serviceHealth)
}

// listeners are the open sockets of a process. DNS has both kinds on the same port.
type listeners struct {
	streams map[service]net.Listener
	packets map[service][]net.PacketConn
}

// servicesAmongNodes adds what other nodes ask of one that shares a database.
func (c config) servicesAmongNodes(roles []role) []service {
	services := servicesOf(roles)
	if c.Database.isShared() && slices.Contains(roles, roleOTE) {
		services = append(services, serviceNodes)
	}
	return services
}

// listenAll opens the sockets of services, all of them or none.
func listenAll(ctx context.Context, c listenConfig, services []service) (*listeners, error) {
	open := &listeners{streams: map[service]net.Listener{}, packets: map[service][]net.PacketConn{}}
	if c.DNSTLS != "" && slices.Contains(services, serviceDNS) {
		services = append(slices.Clone(services), serviceDNSTLS)
	}
	for _, s := range services {
		if err := open.listen(ctx, s, c.address(s)); err != nil {
			open.close()
			return nil, listenError(s, c.address(s), err)
		}
	}
	return open, nil
}

func (o *listeners) listen(ctx context.Context, s service, address string) error {
	var config net.ListenConfig
	if s == serviceNodes {
		config.KeepAliveConfig = linkKeepAlive()
	}
	if s == serviceWHOIS {
		config.KeepAlive = -1 // its connections do not live long enough for that
	}
	stream, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	o.streams[s] = stream
	if s != serviceDNS {
		return nil
	}
	o.packets[s], err = dns.ListenUDP(ctx, stream.Addr().String(), runtime.GOMAXPROCS(0))
	return err
}

// address returns where a service listens, and "" if it does not.
func (o *listeners) address(s service) string {
	if l, ok := o.streams[s]; ok {
		return l.Addr().String()
	}
	return ""
}

func (o *listeners) close() {
	for _, l := range o.streams {
		l.Close()
	}
	for _, list := range o.packets {
		for _, p := range list {
			p.Close()
		}
	}
}

// told is an error in words of our own that keeps its cause for errors.Is.
type told struct {
	text  string
	cause error
}

func (t told) Error() string { return t.text }
func (t told) Unwrap() error { return t.cause }

// listenError says in one sentence why a service cannot listen and what to do.
func listenError(s service, address string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return told{fmt.Sprintf("%s for %s is in use by another program; stop that, or choose other ports with listen.port_base in dorado.toml (dorado demo: --port-base)", address, s), err}
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("%s for %s needs a privilege: ports below 1024 are for root or CAP_NET_BIND_SERVICE; or choose others with listen.port_base", address, s)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s for %s is no address of this machine; correct listen.%s or listen.address", address, s, s)
	}
	return fmt.Errorf("listen for %s: %w", s, err)
}
