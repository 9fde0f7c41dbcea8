package secondary

import (
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"example.org/dorado/test/peer"
)

// startKnot starts Knot, which gets the zones from a primary.
func startKnot(t testing.TB, at netip.AddrPort, p Primary) *Secondary {
	t.Helper()
	program := peer.Need(t, "knotd")
	dir := folder(t, "knot")
	algorithm, name, secret := splitKey(p.Key)
	var config strings.Builder
	signing := ""
	if p.Sign {
		signing = "    dnssec-signing: on\n"
	}
	fmt.Fprintf(&config, `server:
    rundir: %[1]q
    listen: 127.0.0.1@%[2]d
    udp-workers: 1
    tcp-workers: 1
    background-workers: 2
log:
  - target: stdout
    any: info
database:
    storage: %[1]q
key:
  - id: %[4]s
    algorithm: %[3]s
    secret: %[5]s
remote:
  - id: primary
    address: %[6]s
    key: %[4]s
acl:
  - id: told
    address: 127.0.0.1
    key: %[4]s
    action: [notify, transfer]
template:
  - id: default
    storage: %[1]q
    master: primary
    acl: told
    zonefile-sync: -1
    semantic-checks: on
    journal-content: changes
%[7]szone:
`, dir, at.Port(), algorithm, name, secret, strings.Replace(p.Address, ":", "@", 1), signing)
	for _, zone := range p.Zones {
		fmt.Fprintf(&config, "  - domain: %s\n", zone)
	}
	path := write(t, dir, "knot.conf", config.String())
	s := &Secondary{Process: peer.Start(t, exec.Command(program, "-c", path)), Dir: dir}
	s.Await(t, "server started", startTime)
	return s
}

// splitKey takes hmac-sha256:NAME:SECRET apart.
func splitKey(key string) (algorithm, name, secret string) {
	algorithm, rest, _ := strings.Cut(key, ":")
	name, secret, _ = strings.Cut(rest, ":")
	return algorithm, name, secret
}
