package bench

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"time"

	"golang.org/x/net/netutil"
)

// An echoPlace is what an echo prints when it listens, as one line of JSON.
type echoPlace struct {
	Address     string `json:"address"`
	Certificate []byte `json:"certificate"` // in DER
}

// ServeEcho serves frames back over TLS on 127.0.0.1, as a registry would that does nothing: the
// same handshake and the same reads and writes. It prints where, and after that its processor time
// whenever it reads a line. It ends when its input does or the context.
func ServeEcho(ctx context.Context, in io.Reader, out io.Writer) error {
	certificate, err := selfSigned()
	if err != nil {
		return err
	}
	var config net.ListenConfig
	raw, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for the echo: %w", err)
	}
	defer raw.Close()
	l := tls.NewListener(netutil.LimitListener(raw, MaxSessions), &tls.Config{
		Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, DynamicRecordSizingDisabled: true,
	})
	place := echoPlace{raw.Addr().String(), certificate.Certificate[0]}
	if err := json.NewEncoder(out).Encode(place); err != nil {
		return err
	}
	go func() {
		answerUsage(in, out)
		raw.Close() // whatever has ended the input, nobody needs the echo any more
	}()
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	defer stop()
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept a connection of the echo: %w", err)
		}
		go echo(conn)
	}
}

// An echoUsage is the processor time of an echo.
type echoUsage struct {
	CPU time.Duration `json:"cpu"` // in nanoseconds
}

// answerUsage prints a line with the processor time of this process for each line that it reads.
func answerUsage(in io.Reader, out io.Writer) {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		if err := json.NewEncoder(out).Encode(echoUsage{CPUTime()}); err != nil {
			return
		}
	}
}

// usage asks for the processor time of the echo.
func (e *Echo) usage() (time.Duration, error) {
	if _, err := io.WriteString(e.input, "usage\n"); err != nil {
		return 0, err
	}
	var used echoUsage
	err := e.output.Decode(&used)
	return used.CPU, err
}

// echo sends each frame back until the connection ends.
func echo(conn net.Conn) {
	defer conn.Close()
	w := &wire{conn: conn, in: make([]byte, wireBytes)}
	for {
		body, err := w.read()
		if err != nil {
			return
		}
		if _, err := conn.Write(w.in[:headerBytes+len(body)]); err != nil {
			return
		}
	}
}

// selfSigned makes a certificate for 127.0.0.1 like that of a registry: P-256.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make the certificate of the echo: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// An Echo is a process of its own that runs ServeEcho, and the sessions to it.
type Echo struct {
	*Load
	process *exec.Cmd
	input   io.WriteCloser
	output  *json.Decoder
}

// StartEcho starts this program again with arguments that make it call ServeEcho, and connects.
func StartEcho(ctx context.Context, p Plan, args ...string) (*Echo, error) {
	me, err := os.Executable()
	if err != nil {
		return nil, err
	}
	e := &Echo{process: exec.CommandContext(ctx, me, args...)}
	input, errA := e.process.StdinPipe()
	output, errB := e.process.StdoutPipe()
	if err := errors.Join(errA, errB, e.process.Start()); err != nil {
		return nil, fmt.Errorf("start the echo: %w", err)
	}
	e.input, e.output = input, json.NewDecoder(output)
	p.Usage = e.usage
	var place echoPlace
	err = e.output.Decode(&place)
	if err == nil {
		e.Load, err = e.connect(ctx, p, place)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the echo: %w", err), e.end())
	}
	return e, nil
}

func (e *Echo) connect(ctx context.Context, p Plan, place echoPlace) (*Load, error) {
	certificate, err := x509.ParseCertificate(place.Certificate)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return openEcho(ctx, p, place.Address, &tls.Config{RootCAs: roots})
}

// Close ends the sessions and the process.
func (e *Echo) Close() error {
	e.Load.Close()
	return e.end()
}

func (e *Echo) end() error { return errors.Join(e.input.Close(), e.process.Wait()) }
