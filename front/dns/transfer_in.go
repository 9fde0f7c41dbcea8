package dns

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
)

// A Fetch is a zone that is transferred from a server of others.
type Fetch struct {
	Server string // such as 192.0.2.1:53
	Zone   zone.Name
	Key    *Key             // that both sign with; nil if neither does
	TLS    *tls.Config      // over which it is transferred; nil for TCP. RFC 9103
	Stall  time.Duration    // in which nothing comes before it is given up; 30 s
	Now    func() time.Time // real time; time.Now
}

// What a server answers instead of a whole zone.
var (
	errNoZone   = errors.New("the transfer does not begin with the SOA of the zone; is the server an authority of it?")
	errTrailing = errors.New("records follow the SOA that ends the transfer")
	errUnsealed = errors.New("the last message of the transfer is not signed")
)

// Records transfers the zone and calls f with its records, the SOA first and once, names in lower case and without
// compression. An error of f ends it. What came before an error is not the zone: with a key, only the end of the transfer
// proves the whole of it. RFC 5936, RFC 8945 section 5.3.1.
func (q Fetch) Records(ctx context.Context, f func(zone.Record) error) error {
	if q.Stall == 0 {
		q.Stall = 30 * time.Second
	}
	if q.Now == nil {
		q.Now = time.Now
	}
	conn, err := q.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })()
	if err := q.run(ctx, conn, f); err != nil {
		return fmt.Errorf("transfer %s from %s: %w", q.Zone, q.Server, err)
	}
	return nil
}

func (q Fetch) dial(ctx context.Context) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: q.Stall}
	if q.TLS == nil {
		return dialer.DialContext(ctx, "tcp", q.Server)
	}
	config := q.TLS.Clone()
	config.MinVersion = tls.VersionTLS13
	config.NextProtos = []string{dotProtocol}
	conn, err := (&tls.Dialer{NetDialer: dialer, Config: config}).DialContext(ctx, "tcp", q.Server)
	if err != nil {
		return nil, err
	}
	if conn.(*tls.Conn).ConnectionState().NegotiatedProtocol != dotProtocol {
		return nil, errors.Join(errNoDoT, conn.Close())
	}
	return conn, nil
}

// A fetching is a transfer that comes in.
type fetching struct {
	Fetch
	id   uint16
	talk *conversation // nil without a key
	f    func(zone.Record) error
	soa  string // the record that begins the transfer; empty before
	done bool   // it came again
}

func (q Fetch) run(ctx context.Context, conn net.Conn, f func(zone.Record) error) error {
	m := new(mdns.Msg)
	m.SetAxfr(q.Zone.String())
	var id [2]byte
	_, _ = rand.Read(id[:]) // never fails: crypto/rand documents that it ends the program instead
	m.Id = binary.BigEndian.Uint16(id[:])
	message := packed(m)
	in := fetching{Fetch: q, id: m.Id, f: f}
	if q.Key != nil {
		in.talk = newConversation(*q.Key, nil)
		message = in.talk.sign(message, q.Now())
	}
	q.extend(ctx, conn)
	framed := binary.BigEndian.AppendUint16(nil, uint16(len(message)))
	if _, err := conn.Write(append(framed, message...)); err != nil {
		return err
	}
	for buf := make([]byte, maxFrame); !in.done; {
		q.extend(ctx, conn)
		var length [2]byte
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return err
		}
		message := buf[:binary.BigEndian.Uint16(length[:])]
		if _, err := io.ReadFull(conn, message); err != nil {
			return err
		}
		if err := in.take(message); err != nil {
			return err
		}
	}
	if in.talk != nil && in.talk.unsigned > 0 {
		return errUnsealed
	}
	return nil
}

// extend gives the connection more time, unless ctx has ended.
func (q Fetch) extend(ctx context.Context, conn net.Conn) {
	_ = conn.SetDeadline(time.Now().Add(q.Stall))
	if ctx.Err() != nil {
		_ = conn.SetDeadline(time.Now())
	}
}

// take takes one message in.
func (in *fetching) take(message []byte) error {
	if len(message) < headerBytes || binary.BigEndian.Uint16(message) != in.id || message[2]&flagQR == 0 {
		return errFormat
	}
	rcode := int(message[3] & 0x0f)
	if in.talk != nil {
		var err error
		if message, err = in.talk.verifyAnswer(message, in.Now()); err != nil {
			if rcode != 0 && errors.Is(err, errUnsigned) {
				return fmt.Errorf("the server answers %s, unsigned", mdns.RcodeToString[rcode])
			}
			return err
		}
	}
	if rcode != 0 {
		return fmt.Errorf("the server answers %s", mdns.RcodeToString[rcode])
	}
	return in.records(message)
}

// records takes in the records of a message.
func (in *fetching) records(message []byte) (err error) {
	count := func(at int) int { return int(binary.BigEndian.Uint16(message[at:])) }
	at := headerBytes
	for range count(4) {
		if at, err = skipName(message, at); err != nil || at+4 > len(message) {
			return errFormat
		}
		at += 4
	}
	for range count(6) {
		if in.done {
			return errTrailing
		}
		var r zone.Record
		if r, at, err = readRecord(message, at); err != nil {
			return err
		}
		if err := in.record(r); err != nil {
			return err
		}
	}
	return nil
}

func (in *fetching) record(r zone.Record) error {
	isSOA := r.Type == zone.TypeSOA && r.Owner == in.Zone
	switch {
	case in.soa == "" && !isSOA:
		return errNoZone
	case in.soa == "":
		in.soa = string(r.Data)
	case isSOA && string(r.Data) != in.soa:
		return errors.New("the zone changed while it was transferred")
	case isSOA:
		in.done = true
		return nil
	}
	return in.f(r)
}

// readRecord reads a record of a message, with the names in its data in lower case and without compression where its type
// may have them so: those of RFC 1035 that zones of registries have. RFC 3597 section 4.
func readRecord(message []byte, at int) (r zone.Record, next int, err error) {
	if r.Owner, at, err = readName(message, at); err != nil || at+behindOwner > len(message) {
		return r, 0, errFormat
	}
	r.Type = binary.BigEndian.Uint16(message[at:])
	r.TTL = binary.BigEndian.Uint32(message[at+4:])
	next = at + behindOwner + int(binary.BigEndian.Uint16(message[at+8:]))
	if at += behindOwner; next > len(message) {
		return r, 0, errFormat
	}
	inside := 0
	switch r.Type {
	case zone.TypeNS, zone.TypeCNAME:
		inside = 1
	case zone.TypeSOA:
		inside = 2
	}
	r.Data = make([]byte, 0, next-at+longestName)
	for range inside {
		var name zone.Name
		if name, at, err = readName(message[:next], at); err != nil {
			return r, 0, err
		}
		r.Data = append(r.Data, name...)
	}
	r.Data = append(r.Data, message[at:next]...)
	return r, next, nil
}
