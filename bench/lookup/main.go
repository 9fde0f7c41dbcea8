// Command lookup asks WHOIS and RDAP for names as the world does, a few of them most, and is what both are measured
// against: a server that has the same octets in memory and does nothing else.
//
//	lookup load    --kind whois --address A --names FILE   ask, and print how many answers a second came
//	lookup ceiling --whois A --rdap A --name NAME          serve the answers that these give for one name
//	lookup serve   --database FILE --listen A              RDAP without TLS, on the database of a demo that has ended
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"time"
)

// options are the flags of all commands.
type options struct {
	kind, address, names string
	of, connections      int
	cold                 int
	span                 time.Duration

	whois, rdap, name string
	listen            string
	certificate, key  string
	database          string
	cacheMiB          int
	pprof             string
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "lookup:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("say load, ceiling or serve")
	}
	var o options
	f := flag.NewFlagSet(args[0], flag.ExitOnError)
	f.StringVar(&o.kind, "kind", "whois", "whois, http or https")
	f.StringVar(&o.address, "address", "127.0.0.1:7043", "whom to ask")
	f.StringVar(&o.names, "names", "", "a file with a name on each line")
	f.IntVar(&o.of, "of", 100_000, "how many of the names are asked for, by Zipf's law")
	f.IntVar(&o.cold, "cold", 0, "instead, so many others, each once")
	f.IntVar(&o.connections, "connections", 16, "at a time")
	f.DurationVar(&o.span, "for", 10*time.Second, "how long")
	f.StringVar(&o.whois, "whois", "127.0.0.1:7043", "where the answers of WHOIS come from")
	f.StringVar(&o.rdap, "rdap", "127.0.0.1:7443", "where those of RDAP come from, over TLS")
	f.StringVar(&o.name, "name", "", "for which name")
	f.StringVar(&o.listen, "listen", "127.0.0.1:25143", "the first port; of the ceiling WHOIS, then HTTP and HTTPS")
	f.StringVar(&o.certificate, "certificate", "", "of HTTPS, a PEM file")
	f.StringVar(&o.key, "key", "", "of HTTPS, a PEM file")
	f.StringVar(&o.database, "database", "", "a SQLite file that nobody else uses")
	f.IntVar(&o.cacheMiB, "cache-mib", 256, "for answers that are kept")
	f.StringVar(&o.pprof, "pprof", "", "an address for profiles")
	if err := f.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "load":
		return load(o)
	case "ceiling":
		return ceiling(o)
	case "serve":
		return serve(o)
	}
	return fmt.Errorf("there is no command %s; say load, ceiling or serve", args[0])
}
