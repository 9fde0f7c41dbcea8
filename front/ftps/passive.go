package ftps

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/policy"
)

// Ports are those that data connections come to. The zero Ports are any.
type Ports struct{ First, Last uint16 }

// A dataPort waits for the one data connection of a transfer.
type dataPort struct{ listener *net.TCPListener }

// stop ends whoever waits.
func (d *dataPort) stop() { _ = d.listener.SetDeadline(time.Unix(1, 0)) }

// passive opens a port for data and tells it by IPv4. RFC 959 section 4.1.2.
func (n *session) passive(string) error {
	if n.epsvOnly {
		return n.reply(501, "You said EPSV ALL.")
	}
	address := n.server.config.Public
	if !address.IsValid() {
		address = policy.Address(n.conn.LocalAddr().String())
	}
	if !address.Is4() {
		return n.reply(522, "PASV is for IPv4; say EPSV.")
	}
	port, err := n.openData()
	if err != nil {
		return err
	}
	if port == 0 {
		return n.reply(421, "There is no port left for data; try again later.")
	}
	four := address.As4()
	return n.reply(227, fmt.Sprintf("Entering Passive Mode (%d,%d,%d,%d,%d,%d)", four[0], four[1], four[2], four[3], port>>8, port&0xff))
}

// extendedPassive opens a port for data at the address that the client has reached. RFC 2428.
func (n *session) extendedPassive(arg string) error {
	ours, family := "1", "IPv4"
	if !policy.Address(n.conn.LocalAddr().String()).Is4() {
		ours, family = "2", "IPv6"
	}
	switch strings.ToUpper(arg) {
	case "ALL":
		n.epsvOnly = true
		return n.reply(200, "Data goes by EPSV from now on.")
	case "", ours:
	default: // data comes to the address that this connection has reached
		return n.reply(522, "This connection is by "+family+", and so is data; use ("+ours+")") // section 3
	}
	port, err := n.openData()
	if err != nil {
		return err
	}
	if port == 0 {
		return n.reply(421, "There is no port left for data; try again later.")
	}
	return n.reply(229, fmt.Sprintf("Entering Extended Passive Mode (|||%d|)", port))
}

// openData opens a port in the place of the one that is open. It returns 0 if there is none.
func (n *session) openData() (port uint16, err error) {
	n.closeData()
	host, _, err := net.SplitHostPort(n.conn.LocalAddr().String())
	if err != nil {
		return 0, err
	}
	listener := n.server.config.Ports.listen(host)
	if listener == nil {
		return 0, nil
	}
	n.mu.Lock()
	n.data = &dataPort{listener}
	n.mu.Unlock()
	return netip.MustParseAddrPort(listener.Addr().String()).Port(), nil
}

// listen opens one of the ports, beginning anywhere among them so that nobody can tell which comes next; nil if none can
// be had.
func (p Ports) listen(host string) *net.TCPListener {
	if p == (Ports{}) {
		return listenOn(host, 0)
	}
	count := int(p.Last) - int(p.First) + 1
	begin := rand.IntN(count)
	for i := range count {
		if l := listenOn(host, int(p.First)+(begin+i)%count); l != nil {
			return l
		}
	}
	return nil
}

func listenOn(host string, port int) *net.TCPListener {
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil
	}
	return l.(*net.TCPListener)
}

func (n *session) closeData() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.data != nil {
		_ = n.data.listener.Close()
		n.data = nil
	}
}

// errNoData says that no data connection came.
var errNoData = errors.New("no data connection came")

// mostForeign is how many connections from elsewhere a transfer puts up with.
const mostForeign = 10

// accept waits for the data connection, which comes from where the control connection does: nobody else is let near it.
func (n *session) accept() (net.Conn, error) {
	_ = n.data.listener.SetDeadline(time.Now().Add(n.limits.DataTime))
	for range mostForeign {
		conn, err := n.data.listener.Accept()
		if err != nil {
			return nil, errNoData
		}
		if policy.Address(conn.RemoteAddr().String()) == n.from {
			return conn, nil
		}
		n.server.config.Log.Warn("a data connection came from elsewhere", "from", conn.RemoteAddr(), "session", n.from)
		_ = conn.Close()
	}
	return nil, errNoData
}
