package secondary

import (
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"example.org/dorado/test/peer"
)

// startNSD starts NSD, which gets the zones from a primary.
func startNSD(t testing.TB, at netip.AddrPort, p Primary) *Secondary {
	t.Helper()
	program := peer.Need(t, "nsd")
	dir := folder(t, "nsd")
	algorithm, name, secret := splitKey(p.Key)
	var config strings.Builder
	fmt.Fprintf(&config, `server:
    ip-address: 127.0.0.1@%[2]d
    username: ""
    chroot: ""
    zonesdir: %[1]q
    database: ""
    pidfile: "%[1]s/nsd.pid"
    xfrdfile: "%[1]s/xfrd.state"
    zonelistfile: "%[1]s/zone.list"
    xfrdir: %[1]q
    xfrd-reload-timeout: 0
    server-count: 1
    verbosity: 2
    logfile: ""
    log-only-syslog: no
%[6]sremote-control:
    control-enable: no
key:
    name: %[4]s
    algorithm: %[3]s
    secret: %[5]q
`, dir, at.Port(), algorithm, name, secret, bundle(p))
	from, auth := p.Address, ""
	if p.TLS != "" {
		from, auth = p.TLS, " primary"
		config.WriteString("tls-auth:\n    name: primary\n    auth-domain-name: localhost\n")
	}
	for _, zone := range p.Zones {
		fmt.Fprintf(&config, `zone:
    name: %[1]s
    zonefile: "%[1]s.zone"
    request-xfr: %[2]s %[3]s%[4]s
    allow-notify: 127.0.0.1 %[3]s
    provide-xfr: 127.0.0.1 %[3]s
`, zone, strings.Replace(from, ":", "@", 1), name, auth)
	}
	path := write(t, dir, "nsd.conf", config.String())
	s := &Secondary{Process: peer.Start(t, exec.Command(program, "-d", "-c", path)), Dir: dir}
	s.Await(t, "nsd started", startTime)
	return s
}

// bundle names the authorities that NSD holds a primary's certificate to.
func bundle(p Primary) string {
	if p.TLS == "" {
		return ""
	}
	return fmt.Sprintf("    tls-cert-bundle: %q\n", p.Authority)
}
