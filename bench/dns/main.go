// Command dns serves a large zone with signatures of chance, and writes it and questions for it down, so that what
// answers a second this server gives can be measured beside another one. A plain UDP echo is the ceiling of both.
//
//	dns zone  --names N                  the zone as text
//	dns questions --names N --kind mixed questions for dnsperf
//	dns serve --names N --listen ADDRESS
//	dns echo  --listen ADDRESS           every message comes back as an answer of --size octets
//	dns flood --listen ADDRESS --kind garbage --rate N
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	_ "net/http/pprof" // for --pprof
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

// options are the flags of all commands.
type options struct {
	names   int
	kind    string
	count   int
	listen  string
	size    int
	workers int
	rate    int
	pprof   string
	changes int
	report  int
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "dns:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("say zone, questions, serve, echo or flood")
	}
	var o options
	f := flag.NewFlagSet(args[0], flag.ExitOnError)
	f.IntVar(&o.names, "names", 1_000_000, "how many names are delegated")
	f.StringVar(&o.kind, "kind", "mixed", "questions for: referrals, missing names, mixed; of the flood, garbage or missing")
	f.IntVar(&o.count, "count", 1_000_000, "how many questions")
	f.StringVar(&o.listen, "listen", "127.0.0.1:5301", "where to serve")
	f.IntVar(&o.size, "size", 1232, "the longest answer by UDP; of the echo, every answer")
	f.IntVar(&o.workers, "workers", 1, "sockets, each with a worker")
	f.IntVar(&o.rate, "rate", -1, "answers alike a second to one network, less than 0: any number; of the flood, messages a second")
	f.IntVar(&o.changes, "changes", 0, "changes of names a second while it serves")
	f.IntVar(&o.report, "report", 10, "seconds between reports of how long they took")
	f.StringVar(&o.pprof, "pprof", "", "an address for profiles")
	if err := f.Parse(args[1:]); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch args[0] {
	case "zone":
		v, err := build(o.names)
		if err != nil {
			return err
		}
		return write(os.Stdout, v)
	case "questions":
		return questions(os.Stdout, o)
	case "serve":
		return serve(ctx, o)
	case "echo":
		return echo(o)
	case "flood":
		return flood(ctx, o)
	}
	return fmt.Errorf("%s is no command", args[0])
}

// questions writes lines for dnsperf. What resolvers ask a registry for, roughly: six in ten names exist, and of those that
// do most questions are for addresses.
func questions(out io.Writer, o options) error {
	w := bufio.NewWriterSize(out, 1<<20)
	r := rand.New(rand.NewPCG(1, 2))
	kinds := []string{"A", "A", "A", "AAAA", "AAAA", "NS", "MX", "TXT"}
	for range o.count {
		kind := kinds[r.IntN(len(kinds))]
		name := fmt.Sprintf("www.name-%07d.co", r.IntN(o.names))
		switch chance := r.IntN(100); {
		case o.kind == "missing" || o.kind == "mixed" && chance < 35:
			name = fmt.Sprintf("missing-%d.co", r.Int64())
		case o.kind == "mixed" && chance < 40:
			name, kind = name[len("www."):], "DS"
		case o.kind == "mixed" && chance < 41:
			name, kind = "co", "DNSKEY"
		}
		if _, err := fmt.Fprintf(w, "%s. %s\n", name, kind); err != nil {
			return err
		}
	}
	return w.Flush()
}

// serve answers for the zone until it is told to stop, and prints what it counted.
func serve(ctx context.Context, o options) error {
	made, err := build(o.names)
	if err != nil {
		return err
	}
	var v atomic.Pointer[zone.Version]
	v.Store(made)
	a, err := dns.NewAnswerer(dns.AnswererConfig{
		ZoneFor: func(name []byte, _ uint16) *zone.Version {
			if len(name) < len(origin) || zone.Name(name[len(name)-len(origin):]) != origin {
				return nil
			}
			return v.Load()
		},
		Loaded: func() bool { return true },
		Limits: dns.Limits{UDPSize: o.size, Workers: o.workers, Rate: o.rate},
	})
	if err != nil {
		return err
	}
	if o.pprof != "" {
		go func() { _ = http.ListenAndServe(o.pprof, nil) }()
	}
	tcp, err := net.Listen("tcp", o.listen)
	if err != nil {
		return err
	}
	udp, err := dns.ListenUDP(ctx, o.listen, o.workers)
	if err != nil {
		return err
	}
	go func() {
		<-ctx.Done()
		_ = a.Shutdown(context.Background())
	}()
	if o.changes > 0 {
		go publish(ctx, &v, o)
	}
	fmt.Printf("ready: %d names, %d in the chain, %d MB\n", made.Names(), made.Links(), made.Bytes()>>20)
	err = a.Serve(udp, tcp)
	fmt.Printf("%+v\n", a.Counts())
	return err
}

// echo sends every message back as an answer of a size, in the plainest way that there is without allocating.
func echo(o options) error {
	address, err := net.ResolveUDPAddr("udp", o.listen)
	if err != nil {
		return err
	}
	conn, err := net.ListenUDP("udp", address)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	message := make([]byte, max(o.size, 4096))
	for {
		n, from, err := conn.ReadFromUDPAddrPort(message)
		if err != nil {
			return err
		}
		message[2] |= 0x80
		if _, err := conn.WriteToUDPAddrPort(message[:max(n, o.size)], from); err != nil {
			return err
		}
	}
}
